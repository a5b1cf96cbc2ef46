"""What an installation has and lacks, one check a thing: `ssvae-lab doctor`.

A check looks and changes nothing. What is wrong comes with what to do.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from ..errors import UserError
from ..labels.backup import backups
from ..labels.health import content_of, damage_of, is_blank
from ..labels.opening import check_not_elsewhere, content_in
from ..labels.place import place_of_labels, shown
from ..labels.recovery import RESTORE
from ..labels.store import LabelStore
from ..storage.lock import holder_of
from ..storage.paths import aside_of
from ..system import LAST_PORT, app_folder, port_of, unsupported

Found = Literal["ok", "note", "warning", "problem"]
LEAST_DISK, ENOUGH_DISK = 200e6, 2e9  # bytes free in the workspace
LEAST_MEMORY = 3e9  # bytes; the app and one trainer on MNIST
DEFAULT_PORT = "8501"
PACKAGE = "ssvae-lab"  # as pip calls it
# What an extra is for, and the packages by which it is known to be there.
EXTRAS = {
    "onnx": ("export as ONNX, encoders that are ONNX files", ("onnx", "onnxruntime")),
    "hf": ("data sets by their Hugging Face id", ("datasets",)),
    "timm": ("image encoders of timm", ("timm",)),
    "open-clip": ("image encoders of OpenCLIP", ("open_clip_torch",)),
    "transformers": ("image encoders of transformers", ("transformers",)),
    "login": ("a login by OpenID", ("Authlib",)),
    "postgres": ("labels in PostgreSQL", ("psycopg", "psycopg-binary")),
}


@dataclass(frozen=True)
class Check:
    """What was looked at, how it is, what was found, and what to do where something is wrong."""

    name: str
    state: Found
    found: str
    do: str = ""


def all_checks(
    workspace: Path, environment: Mapping[str, str], devices: Callable[[], list[Check]]
) -> list[Check]:
    """Every check, in the order in which one would mend; `devices` looks at what torch finds."""
    checks = [*_system(), *_packages(), *_extras()]
    try:
        checks += devices()
    except Exception as error:  # torch that cannot be imported raises anything
        say = f"torch cannot be used: {str(error).partition(chr(10))[0]}"
        checks.append(Check("device", "problem", say, "Install it again: make run"))
    return [*checks, *_memory(), *_workspace(workspace), *_labels(workspace), *_port(environment)]


def _system() -> Iterator[Check]:
    told = f"Python {sys.version.split()[0]} on {sys.platform}"
    if problem := unsupported():
        yield Check("system", "problem", told, problem)
    else:
        yield Check("system", "ok", told)


def pinned(requirements: str) -> dict[str, str]:
    """The versions that a requirements file pins, by package."""
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    return dict(line.split("==", 1) for line in lines if "==" in line)


def _packages() -> Iterator[Check]:
    """Those the app runs on, against what it was tested with."""
    file = app_folder() / "requirements.txt"  # in a checkout; an installed package knows its own
    told = file.read_text("utf-8") if file.is_file() else "\n".join(_required())
    pins = pinned(told)
    missing = [name for name in pins if _version(name) is None]
    others = [
        f"{name} {has} (tested with {pin})"
        for name, pin in pins.items()
        if (has := _version(name)) is not None and has.partition("+")[0] != pin
    ]
    named = ", ".join(f"{name} {_version(name)}" for name in ("torch", "streamlit", "numpy"))
    install = f"{sys.executable} -m pip install {f'-r {file}' if file.is_file() else PACKAGE}"
    if missing:
        yield Check("packages", "problem", f"missing: {', '.join(missing)}", f"Install: {install}")
    elif others:
        do = f"If something fails, install what it was tested with: {install}"
        yield Check("packages", "warning", "; ".join(others), do)
    else:
        yield Check("packages", "ok", named)


def _required() -> list[str]:
    """What the installed package names, without its extras."""
    try:
        return [line for line in requires(PACKAGE) or () if ";" not in line]
    except PackageNotFoundError:
        return []


def _extras() -> Iterator[Check]:
    for extra, (what, packages) in EXTRAS.items():
        missing = [name for name in packages if _version(name) is None]
        if not missing:
            found = ", ".join(f"{name} {_version(name)}" for name in packages)
            yield Check(f"extra {extra}", "ok", found)
        else:
            do = f"For {what}: pip install 'ssvae-lab[{extra}]', or {' '.join(missing)}"
            yield Check(f"extra {extra}", "note", "not installed", do)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _memory() -> Iterator[Check]:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):
        return
    told = f"{total / 1e9:.1f} GB, {os.cpu_count()} cores"
    if total < LEAST_MEMORY:
        yield Check("memory", "warning", told, "Large data sets will not fit; take small ones.")
    else:
        yield Check("memory", "ok", told)


def _workspace(workspace: Path) -> Iterator[Check]:
    place = workspace
    while not place.exists() and place != place.parent:
        place = place.parent
    name_another = "Name another folder in SSVAE_WORKSPACE, or change who may write there."
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        yield Check("workspace", "problem", f"{workspace} cannot be written", name_another)
        return
    there = str(workspace) if workspace.exists() else f"{workspace} (made at the first start)"
    holder = holder_of(workspace)
    if holder is not None:
        there += f", in use: process {holder.get('pid', '?')} {holder.get('address', '')}".rstrip()
    yield Check("workspace", "ok", there)
    free = shutil.disk_usage(place).free
    told = f"{free / 1e9:.1f} GB free in {place}"
    if free < LEAST_DISK:
        yield Check("disk", "problem", told, "Free some space: labels may not be stored any more.")
    elif free < ENOUGH_DISK:
        yield Check("disk", "warning", told, "Free some space before you import or train more.")
    else:
        yield Check("disk", "ok", told)
    damaged = sorted(workspace.glob(f"**/{aside_of(Path('x')).name.removesuffix('x')}*"))
    if damaged:
        do = "They were made anew; remove them when you miss nothing."
        yield Check("put aside", "note", f"{len(damaged)} damaged files, {damaged[0]}", do)


def _labels(workspace: Path) -> Iterator[Check]:
    try:
        database = place_of_labels(workspace)
        check_not_elsewhere(workspace, database)
        if not isinstance(database, Path):
            with closing(LabelStore(database)) as store:
                yield Check("labels", "ok", f"{content_in(store)} in {shown(database)}")
            yield Check("backup", "note", "the database's own", "Have its server dump it: pg_dump")
            return
    except UserError as error:
        yield Check("labels", "problem", "cannot be used", str(error))
        return
    copies = backups(database)
    if is_blank(database) and not copies:
        yield Check("labels", "ok", "none yet")
        return
    if why := damage_of(database):
        do = f"Stop the app, then put the newest backup in place: {RESTORE}"
        yield Check("labels", "problem", f"{database}: {why}", do)
    else:
        yield Check("labels", "ok", f"{content_of(database)} in {database}")
    if copies:
        yield Check("backup", "ok", f"the newest of {len(copies)}: {copies[0]}")
    else:
        yield Check("backup", "note", "none yet", "The app makes one when it has run for a moment.")


def _port(environment: Mapping[str, str]) -> Iterator[Check]:
    named = environment.get("PORT", DEFAULT_PORT)
    port = port_of(named)
    if port is None:
        do = f"Name a number from 1 to {LAST_PORT} in PORT."
        yield Check("port", "problem", f"PORT={named} is none", do)
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.get("HOST", "127.0.0.1"), port))
        except OSError as error:
            do = "If that is not this app, choose another: make run PORT=8502"
            yield Check("port", "note", f"{port} is taken ({error.strerror})", do)
        else:
            yield Check("port", "ok", f"{port} is free")
