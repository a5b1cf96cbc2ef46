"""Options with which a command of the command line takes moments; see cli/conftest.py."""

QUICK = ["--data", "small", "--set", "hidden_dim=32", "--set", "latent_dim=3"]
STEPS = ["--budget", "600", "--steps", "60"]  # the same result at any load of the machine
