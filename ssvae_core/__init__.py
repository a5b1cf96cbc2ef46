"""SSVAE Lab: label images on the map of a semi-supervised VAE that learns while you label.

The packages, in the order in which to read them:

    errors, predictions, printable, logs, strict_json, system, csv_cells, limits
                   what everybody may use: errors with a sentence for people, whose a guess is,
                   text and JSON from elsewhere, how much of a file is decoded
    options/       which models there are, in words, and what can be chosen of each
    storage/       where a person's things are; folders that are whole or not there
    data/          data sets: bundled, drawn, and the library of those that were imported
    atlas/         the 2-D map of a data set, and who is near whom
    decoding/      a decoder as a program that the browser or NumPy runs, without torch
    models/        one file a model, like the paper's section; MODELS names them all
    encoders/      image encoders, one file each, and their features of a data set, kept by content;
                   ENCODERS names them all
    training/      a step of training: optimisation, label propagation, the teacher; and the
                   ensemble of propagation and the model
    pretraining/   what is learned before the first label: an M1, an image encoder, the starter
    protocol/      what crosses between the app and the trainer's process
    trainer/       the hot loop of a session: takes labels between two steps, undoes, answers
    worker/        that loop in a process of its own, and its supervisor
    labels/        the append-only store of what people said, and what it amounts to
    operation/     running it for others: what is missing, figures, copies of a workspace
    review/        how good the guesses are, and which labels may be wrong
    acquisition/   active learning: which image to suggest next, and why
    lessons/       the lessons of the Learn page: what each says, shows and claims
    importing/     images and labels from files of any kind into a data set
    session/       all of a session, its line to the trainer and what a page shows of it; all
                   sessions of a workspace
    comparison/    models side by side: trained on the same labels, judged by the same images
    export/        what leaves the app: labels, guesses, the model, a report
    api/           the same over HTTP, for the pages
    fitting/       without a session: a fit within a budget, and the scikit-learn classifier
    cli/           python -m ssvae_core: datasets, import, fit, simulate, compare, sample,
                   export, backup, restore, move, doctor

A browser posts a label to `api`; `labels.store` commits it; it is acknowledged; `session` sends it
over `protocol.wire` to `worker.loop`; there `training.label_propagation` spreads it over the graphs
at once, whatever is at work in the thread beside it, `trainer.core` takes it in before the next
step and `training.learner` goes on learning. Snapshots of what is predicted come back the same
way, and the map recolours.

Imports point upwards in this list only, and `tests/test_architecture.py` holds both to the code.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .data import load_dataset
    from .fitting.estimator import SSVAEClassifier

__all__ = ["SSVAEClassifier", "load_dataset"]


# What pickles and exported models of before name by its old place, and where it is now.
MOVED = {
    "ssvae_core.estimator": "ssvae_core.fitting.estimator",
    "ssvae_core.targets": "ssvae_core.fitting.label_encoder",
    "ssvae_core.training.deliver": "ssvae_core.trainer.export_programs",
}


class _Moved(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what has moved where it was, so that files of before are read."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(fullname, self) if fullname in MOVED else None

    def exec_module(self, module: Any) -> None:
        module.__getattr__ = partial(getattr, importlib.import_module(MOVED[module.__name__]))


sys.meta_path.append(_Moved())


def __getattr__(name: str) -> Any:
    """What __all__ names, imported when it is first asked for: the app does without torch."""
    if name == "SSVAEClassifier":
        from .fitting.estimator import SSVAEClassifier

        return SSVAEClassifier
    if name == "load_dataset":
        from .data import load_dataset

        return load_dataset
    raise AttributeError(f"module 'ssvae_core' has no attribute '{name}'")
