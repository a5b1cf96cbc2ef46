"""What a session's trainer remembers from one life to the next: its checkpoints and its own M1."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from .checkpoints import learned_arrays, load_learned, read_newest, write_checkpoint

if TYPE_CHECKING:
    from .core import TrainerCore

OWN_STARTER = "starter"  # folder, in the session's, of an M1 trained there


def remember(core: TrainerCore) -> None:
    """Write a checkpoint. Raises UserError if the disk is full."""
    if core.starter_is_new:
        core.starter.save(core.folder / OWN_STARTER, {"fingerprint": core.data.fingerprint})
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
            "model": core.model_name,
            "atlas": core.atlas.fingerprint,
            "n_classes": core.n_classes,
        },
    )


def resume(core: TrainerCore, folder: Path) -> None:
    """Go on from the newest checkpoint that fits; without one, stay as made."""
    checkpoint = read_newest(folder)
    if checkpoint is None:
        return
    arrays, manifest = checkpoint
    try:
        if len(arrays["labels"]) != len(core.labels):
            raise UserError("The checkpoint is of another data set.")
        if manifest["atlas"] != core.atlas.fingerprint:
            raise UserError(
                "The checkpoint was learned on another M1. The model starts anew; "
                "the labels are kept."
            )
        counts = manifest["label_seq"], manifest["step"], manifest["learner_steps"]
        load_learned(arrays, core.learner)
    except UserError as error:
        core.start_over(str(error))
    except KeyError as error:
        core.start_over(f"The checkpoint lacks {error}. The model starts anew.")
    else:
        core.restore(arrays["labels"].copy(), *counts)
