"""A decoder as a program that needs no torch: what its operations are, and NumPy that runs them."""
