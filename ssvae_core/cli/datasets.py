"""datasets: what there is to train on."""

from __future__ import annotations

import argparse
from typing import Any

from ..data import SOURCES, Dataset, load_dataset
from ..data.library import Shelved, shelved
from ..storage.paths import data_root
from .options import Commands, new_command
from .reporting import CommandResult, table


def add(commands: Commands) -> None:
    """Declare the command."""
    new_command(commands, "datasets", run, "what data sets there are", ["", "--json"])


def run(arguments: argparse.Namespace) -> CommandResult:
    """List them."""
    found = [_described(load_dataset(name)) for name in SOURCES]
    found += [_listed(each) for each in shelved(data_root())]
    header = ["name", "examples", "test", "shape", "classes", "true labels"]
    rows = [
        [
            each["name"],
            each["examples"],
            each["test_examples"],
            " x ".join(map(str, each["shape"])),
            len(each["classes"]),
            "yes" if each["true_labels"] else "no",
        ]
        for each in found
    ]
    return CommandResult({"datasets": found}, table(header, rows))


def _described(data: Dataset) -> dict[str, Any]:
    return {
        "name": data.name,
        "title": data.title,
        "examples": len(data),
        "test_examples": 0 if data.test_images is None else len(data.test_images),
        "shape": list(data.shape),
        "classes": list(data.class_names),
        "true_labels": data.answer_key is not None,
    }


def _listed(data: Shelved) -> dict[str, Any]:
    """An imported one; its examples are not opened for it."""
    return {
        "name": data.name,
        "title": data.name,
        "id": data.id,
        "examples": data.n,
        "test_examples": data.n_test,
        "shape": list(data.shape),
        "classes": [] if data.role == "ignore" else list(data.class_names),
        "true_labels": data.role == "truth",
        "imported": data.created,
    }
