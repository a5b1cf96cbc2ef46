"""From one life of a session's trainer to the next: its checkpoints, and its own M1."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..errors import UserError
from ..options.options import FittingOptions
from ..options.renamed import renamed
from ..training.learned import learned_arrays
from .checkpoints import Checkpoint, drop_from, read_all, write_checkpoint
from .model_states import ModelState, cpu_tensors
from .state import TrainerState


def save_checkpoint(state: TrainerState, undone_from: float) -> None:
    """Write a checkpoint, and remove older ones that have learned from event `undone_from`.

    Raises UserError if the disk is full.
    """
    while state.unsaved:
        state.unsaved[0]()
        del state.unsaved[0]
    learner = state.learner
    write_checkpoint(
        state.folder,
        state.generation,
        state.step_count,
        {**learned_arrays(learner), "labels": state.labels},
        {
            "label_seq": state.label_seq,
            "step": state.step_count,
            "learner_steps": learner.steps,
            "attempt": learner.attempt,
            "teacher_has_given_up": learner.teacher is not None and learner.teacher.has_given_up,
            "run": state.schedule.as_json(),
            "model": state.model_name,
            "choices": asdict(state.options),
            "atlas": state.starter.fingerprint,
            "n_classes": state.n_classes,
        },
    )
    if math.isfinite(undone_from):
        drop_from(state.folder, int(undone_from), but=1)


def learned_before(state: TrainerState, seq: float) -> Iterator[ModelState]:
    """What the checkpoints from before event `seq` say was learned, newest first."""
    for checkpoint in read_all(state.folder):
        try:
            if checkpoint[1]["label_seq"] < seq:
                yield learned_in(checkpoint, state)
        except (UserError, KeyError, TypeError, ValueError, AttributeError):
            continue  # of another M1 or model, or damaged


def is_made_alike(checkpoint: Checkpoint, state: TrainerState) -> bool:
    """Whether it is of this model, with these networks and this likelihood."""
    if checkpoint[1].get("model") != state.model_name:
        return False
    try:
        before = FittingOptions(**checkpoint[1].get("choices", {}))
    except (TypeError, ValueError):  # damaged
        return False
    return state.options.made_alike(before, state.data.shape, state.model_name)


def learned_in(checkpoint: Checkpoint, state: TrainerState) -> ModelState:
    """What was learned, as it is in a checkpoint. UserError or KeyError if it does not fit."""
    arrays, manifest = checkpoint[0], renamed(checkpoint[1])
    if len(arrays["labels"]) != len(state.labels):
        raise UserError("The checkpoint is of another data set.")
    if not is_made_alike(checkpoint, state):
        raise UserError("The checkpoint is of another model, other networks or another likelihood.")
    if manifest["atlas"] != state.starter.fingerprint:
        raise UserError(
            "The checkpoint was learned on another M1. The model starts anew; the labels are kept."
        )
    n_classes: Any = manifest["n_classes"]
    if n_classes > state.n_classes:
        raise UserError(
            f"The checkpoint does not fit: it knows {n_classes} classes, the session "
            f"{state.n_classes}. The model starts anew; the labels are kept."
        )
    return ModelState(
        manifest["label_seq"],
        n_classes,
        manifest["attempt"],
        manifest["learner_steps"],
        manifest["teacher_has_given_up"],
        0.0,
        cpu_tensors({name: array for name, array in arrays.items() if name != "labels"}),
    )
