"""SSVAE Lab: label images on the map of a semi-supervised VAE that learns while you label.

A label's way, and the order in which to read:

    distributions, networks   densities and divergences; the networks models are built of
    models/                   one file a model, like the paper's section; MODELS names them all
    catalogue                 the same names, for those who only choose one
    workspace, labels_file    where a person's things are; labels in files of other tools
    data/                     data sets: bundled, drawn, and imported (importing -> intake -> draft,
                              one file a source in sources/), listed by shelf
    atlas, projection         the 2-D map of an M1's latents, and who is near whom
    training/                 loop (phases -> steps), propagation, teacher, learner, voices (who
                              speaks, and the guard); then core (the hot loop of a session) with
                              pretraining, starter, checkpoints; and fitting (without a session)
    labels/                   the append-only store of what people said, and what it amounts to
    backend/                  the trainer's process: messages, protocol, worker, supervisor
    acquisition/              which image to ask about next, and why
    milestones, learning_curve, runs  what a session keeps of its past
    trainer, guesses, session, lab  a line to the trainer, what it believes; the verbs of the app;
                              all of a workspace
    screen, asking, api       what a page shows of a session; what is asked next, and all that helps
                              to answer; the same over HTTP
    export/                   what leaves the app: labels, guesses, the model, a report
    targets, images, estimator  the models as a scikit-learn classifier: labels, images, the rest
    cli/                      python -m ssvae_core: datasets, import, fit, simulate, sample, export

A browser posts a label to `api`; `labels.store` commits it; it is acknowledged; `session` sends it
to the worker, where `training.core` takes it in between two steps, propagates it over the graph at
once and goes on learning; snapshots of what the model believes come back, and the map recolours.

Imports point upwards in this list only, and `tests/test_architecture.py` holds them to it.
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
