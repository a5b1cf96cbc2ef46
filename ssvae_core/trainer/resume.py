"""What a session's trainer remembers from one life to the next: its checkpoints and its own M1."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..options.options import FittingOptions
from ..options.renamed import renamed
from .checkpoints import (
    Checkpoint,
    drop_from,
    learned_arrays,
    read_all,
    read_newest,
    write_checkpoint,
)
from .model_states import State, cpu_tensors

if TYPE_CHECKING:
    from .core import TrainerCore

OWN_STARTER = "starter"  # folder, in the session's, of an M1 trained there


def save_checkpoint(core: TrainerCore) -> None:
    """Write a checkpoint, and remove those with labels undone since. UserError if disk is full."""
    if core.starter_is_new:
        for folder in (core.folder / OWN_STARTER, *core.starter_homes):
            core.starter.save(folder, {"fingerprint": core.data.fingerprint})
        core.starter_is_new = False
    learner = core.learner
    write_checkpoint(
        core.folder,
        core.generation,
        core.step_count,
        {**learned_arrays(learner), "labels": core.labels},
        {
            "label_seq": core.label_seq,
            "step": core.step_count,
            "learner_steps": learner.steps,
            "attempt": learner.attempt,
            "teacher_has_given_up": learner.teacher is not None and learner.teacher.has_given_up,
            "run": core.run.as_json(),
            "model": core.model_name,
            "choices": asdict(core.options),
            "atlas": core.atlas.fingerprint,
            "n_classes": core.n_classes,
        },
    )
    if math.isfinite(core.history.undone_from):
        drop_from(core.folder, int(core.history.undone_from), but=1)
        core.history.undone_from = math.inf


def resume(core: TrainerCore, folder: Path) -> None:
    """Go on from the newest checkpoint; without one, or after other choices, stay as made."""
    checkpoint = read_newest(folder)
    if checkpoint is None or not _is_made_alike(core, checkpoint):
        return
    arrays, manifest = checkpoint
    try:
        counts = manifest["label_seq"], manifest["step"], manifest["run"]
        core.history.put_back(_state(core, checkpoint))
    except UserError as error:
        core.start_over(str(error))
    except KeyError as error:
        core.start_over(f"The checkpoint lacks {error}. The model starts anew.")
    else:
        core.restore(arrays["labels"].copy(), *counts)


def go_back_on_disk(core: TrainerCore, seq: int) -> bool:
    """Make the model what the newest checkpoint from before event `seq` says, if there is one."""
    for checkpoint in read_all(core.folder):
        try:
            if checkpoint[1]["label_seq"] < min(seq, core.history.undone_from):
                core.history.put_back(_state(core, checkpoint))
                return True
        except (UserError, KeyError):
            continue  # of another M1 or model
    return False


def _is_made_alike(core: TrainerCore, checkpoint: Checkpoint) -> bool:
    """Whether it is of this model, with these networks and this likelihood."""
    if checkpoint[1].get("model") != core.model_name:
        return False
    before = FittingOptions(**checkpoint[1].get("choices", {}))
    return core.options.made_alike(before, core.data.shape, core.model_name)


def _state(core: TrainerCore, checkpoint: Checkpoint) -> State:
    """What was learned, as it is in a checkpoint. UserError or KeyError if it does not fit."""
    arrays, manifest = checkpoint[0], renamed(checkpoint[1])
    if len(arrays["labels"]) != len(core.labels):
        raise UserError("The checkpoint is of another data set.")
    if not _is_made_alike(core, checkpoint):
        raise UserError("The checkpoint is of another model, other networks or another likelihood.")
    if manifest["atlas"] != core.atlas.fingerprint:
        raise UserError(
            "The checkpoint was learned on another M1. The model starts anew; the labels are kept."
        )
    n_classes: Any = manifest["n_classes"]
    if n_classes > core.n_classes:
        raise UserError(
            f"The checkpoint does not fit: it knows {n_classes} classes, the session "
            f"{core.n_classes}. The model starts anew; the labels are kept."
        )
    return State(
        manifest["label_seq"],
        n_classes,
        manifest["attempt"],
        manifest["learner_steps"],
        manifest["teacher_has_given_up"],
        0.0,
        cpu_tensors({name: array for name, array in arrays.items() if name != "labels"}),
    )
