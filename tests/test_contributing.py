"""The table of CONTRIBUTING.md has a row for everything that one can add to."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
from pathlib import Path
from types import FunctionType, ModuleType

import ssvae_core

ROOT = Path(__file__).resolve().parents[1]
# Lists of code that nobody adds a file to.
NO_REGISTRY = {
    "NOT_ITS_FAULT": "kinds of errors",
    "DECODERS": "part of a model",
    "INFERRED": "part of a model",
    "OPERATIONS": "what programs of decoders do: added with those who make and run them",
    "MESSAGES": "what crosses the process: added with both of its ends",
    "PARTS": "the files of the API: a page adds its route to one of them",
}


def holds_code(value):
    """Whether it is something of ours that is called, or has a field that is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(holds_code(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, ModuleType):
        return value.__name__.startswith("ssvae_core")
    return isinstance(value, FunctionType | type) and value.__module__.startswith("ssvae_core")


def constants_of(module):
    """Name and value of what a module gives a name at its top, and does not import."""
    for node in ast.parse(Path(module.__file__).read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id.isupper():
                yield target.id, getattr(module, target.id)


def registries():
    """The constants of ssvae_core with several values that hold code."""
    for found in pkgutil.walk_packages(ssvae_core.__path__, "ssvae_core."):
        if found.name == "ssvae_core.__main__":
            continue
        for name, value in constants_of(importlib.import_module(found.name)):
            values = value.values() if isinstance(value, dict) else value
            is_many = isinstance(value, dict | tuple | list | set) and len(value) > 1
            if is_many and any(map(holds_code, values)):
                yield name


def test_every_registry_has_a_row_and_every_row_is_of_a_registry():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rows = re.findall(r"^\|[^|]+\|[^|]+\| `([A-Z_]+)`[^|]*\|$", text, re.MULTILINE)
    assert sorted([*rows, *NO_REGISTRY]) == sorted([*registries(), "PAGES"])
