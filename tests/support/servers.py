"""The servers that tests run beside the app: those that are there, or are installed now."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Where packages put what only an administrator's PATH leads to.
PLACES = ("usr/sbin", "usr/lib/postgresql/*/bin", "usr/local/pgsql/bin", "opt/homebrew/bin")
PACKAGES = {"nginx": "nginx", "postgres": "postgresql", "initdb": "postgresql"}


def find(name):
    """The path of this program, the newest of several; None where it is not there."""
    found = [shutil.which(name)]
    for place in PLACES:
        found += [str(path) for path in sorted(Path("/").glob(f"{place}/{name}"), reverse=True)]
    return next((path for path in found if path), None)


def program(name):
    """The path of this program."""
    path = find(name)
    assert path, f"Install {PACKAGES[name]}: tests run a real one."
    return path


def install(packages):
    """From the system's packages, where that can be done."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.check_call(["apt-get", "update", "-qq"])
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.check_call(command, env=environment)


if __name__ == "__main__":
    missing = {package for name, package in PACKAGES.items() if not find(name)}
    if missing:
        install(missing)
    if missing := sorted({package for name, package in PACKAGES.items() if not find(name)}):
        sys.exit(
            f"The tests run a real {' and a real '.join(missing)}, which could not be installed. "
            "Install what is missing, by apt-get or brew."
        )
