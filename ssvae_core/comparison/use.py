"""A member of a comparison becomes the session's model, and what it was before can come back."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UserError
from ..options.options import AUTO, FittingOptions
from ..session.session import Session
from ..session.views.labelling import trained
from ..session.workspace import Workspace
from ..storage.bundles import MANIFEST, read_bundle, write_bundle
from ..storage.paths import CHECKPOINT
from ..trainer.checkpoints import newest_folder
from ..trainer.step_schedule import STEPS
from .encoder_change import copy_whole, see_by
from .plan import Member
from .replay import EVERYBODY, ReplayedLabels

USED = "used"  # in a member's folder: the session's checkpoint when another took its place

log = logging.getLogger(__name__)


def put_into_use(
    workspace: Workspace,
    session: Session,
    member: Member,
    its_folder: Path,
    folder_before: Path,
    labels: ReplayedLabels,
) -> None:
    """Stop the session's trainer, keep its newest checkpoint, and start it as this member.

    It goes on with the weights that the member has, or had when it was in use before; the trainer
    says so if they do not fit, and learns anew. UserError if the disk is full: nothing is changed.
    """
    was_training = session.trainer.is_training
    session.trainer.stop()
    try:
        _keep(session.folder, folder_before / USED)
        if member.encoder not in ("", session.data.encoder):
            session = see_by(workspace, session, member.encoder, its_folder, folder_before)
        knobs = FittingOptions.split(member.fitting, session.data.shape)[1]
        options = asdict(AUTO) | {k: v for k, v in member.fitting.items() if k not in knobs}
        session.choose(anew=True, model=member.model, **options, **knobs)
        _bring(workspace, session, its_folder, labels)
    finally:
        if was_training:
            session.trainer.start()
    workspace.attend(session.row.id)


def _keep(session_folder: Path, kept: Path) -> None:
    """A copy of the session's newest checkpoint; without one there is nothing to lose."""
    newest = newest_folder(session_folder)
    if newest is not None:
        what = "The weights of the model in use"
        copy_whole(newest, kept, what, "Nothing was changed. ")


def _bring(
    workspace: Workspace, session: Session, its_folder: Path, labels: ReplayedLabels
) -> None:
    """Write the member's weights as the session's newest checkpoint, if it has some."""
    used = its_folder / USED
    is_its_own = (used / MANIFEST).is_file()
    source = used if is_its_own else newest_folder(its_folder)
    if source is None:
        return
    try:
        arrays, told = read_bundle(source)
        if not is_its_own:
            arrays, told = _of_session(arrays, told, session, labels)
        generation = workspace.store.next_generation(session.row.id)
        name = CHECKPOINT.format(generation, int(told["step"]))
        write_bundle(session.folder / name, arrays, told)
    except (UserError, KeyError, TypeError, ValueError) as error:
        log.warning("The model learns anew: %s", error)


def _of_session(
    arrays: dict[str, Any], told: dict[str, Any], session: Session, labels: ReplayedLabels
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A member's checkpoint as one of the session, whose events it knows up to one of them."""
    if labels.who == EVERYBODY:  # what came since is sent to it
        return arrays, told | {"label_seq": labels.seq}
    with session.lock:
        now, seq = trained(session.history, len(session.data)), session.history.seq
    run = {**told["run"], "step": 0, "of": 0, "owed": STEPS, "new_labels": int((now >= 0).sum())}
    return {**arrays, "labels": now.astype(np.int16)}, told | {"label_seq": seq, "run": run}
