"""A member of a comparison learns: the session's labels are given to it again, in their order.

It is the trainer of a session that learns here, on the same M1 and map, from no label on: what it
knows with few labels is what it would have known then. It goes on with the weights it has from one
number of labels to the next. A member has so many seconds of learning, half of them with all
labels. They are seconds of the processor, so that a machine that is busy with something else is
unfair to nobody; M1s and encodings that have to be made first do not count.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..atlas.atlas import Atlas
from ..atlas.first_map import first_atlas
from ..atlas.starter_folders import shipped, starter_of
from ..data import load_dataset, place_of
from ..errors import UserError
from ..options.catalogue import CATALOGUE, bound_of
from ..predictions import read_guesses
from ..session.session import Session
from ..storage.paths import ATLAS, FEATURES, OWN_STARTER, data_root
from .plan import Member, read_plan
from .replay import ReplayedLabels, shares_of_budget
from .results import MemberResult, forget_results, is_stopped, read_result, write_result

if TYPE_CHECKING:
    from ..trainer.core import TrainerCore

STYLES = 4  # rows of drawings
ASK_EVERY = 100  # steps between two questions to the model, by which it is trusted or not
SAY_EVERY = 0.3  # seconds
LEAST_PACED = 1.0  # seconds of learning, by which it is told how long the rest takes
MOST_WAITED = 10  # times its seconds, that a stop lasts where the processor gives it little


@dataclass(frozen=True)
class MemberProgress:
    """Where a member stands."""

    member: str
    message: str
    share: float  # of its time
    seconds_left: float | None
    reached: int = 0  # labels of the newest result
    is_over: bool = False  # all of it is kept, or it has failed
    has_failed: bool = False  # as the message says; the next one goes on


@dataclass(frozen=True)
class Ground:
    """What all members of a session learn on.

    `data` is what it is loaded by, `encoder` what it is seen by; `own` the folder of the session's
    own M1 and map, `starter` that of the data set's, `features` of what was ever encoded.
    """

    data: str
    encoder: str
    seed: int
    device: str
    own: Path
    starter: Path
    features: Path

    @classmethod
    def of(cls, session: Session, workspace: Path) -> Ground:
        """What the models of a session in this workspace learn on."""
        return cls(
            data=place_of(session.row.data, data_root(workspace)),
            encoder=session.data.encoder,
            seed=session.row.seed,
            device=os.environ.get("SSVAE_DEVICE", "auto"),
            own=session.folder / OWN_STARTER,
            starter=starter_of(session.data, workspace),
            features=workspace / FEATURES,
        )


def train_planned(
    folder: Path, ground: Ground, n: int, max_steps: int | None = None
) -> Iterator[MemberProgress]:
    """Train what the plan in this folder says, but for what is done; of n examples.

    One that fails says why, and holds up no other; nor does one that is stopped meanwhile.
    """
    plan = read_plan(folder)
    if plan.labels is None:
        return
    last, known = plan.labels.stops[-1], (plan.labels.fingerprint, n)
    for member in plan.members:
        place = folder / member.id
        if read_result(place, last, *known) is not None:
            continue
        try:
            learning = train_member(member, plan.labels, ground, place, max_steps)
            with closing(learning):
                while not is_stopped(place) and (event := next(learning, None)) is not None:
                    yield event
        except UserError as error:
            yield MemberProgress(member.id, str(error), 1.0, 0.0, is_over=True, has_failed=True)
        if is_stopped(place):
            yield MemberProgress(member.id, "stopped", 1.0, 0.0, is_over=True)


def train_member(
    member: Member,
    labels: ReplayedLabels,
    ground: Ground,
    folder: Path,
    max_steps: int | None = None,
    clock: Callable[[], float] = time.thread_time,
) -> Generator[MemberProgress, None, None]:
    """Train it from nothing and keep its results and its weights in its folder.

    With `max_steps` a stop ends after so many at the latest. Raises UserError for a choice that
    cannot be, and if the disk is full.
    """
    forget_results(folder)
    core = _opened(member, labels, ground, folder)
    told = partial(MemberProgress, member.id)
    yield told("the model is made", 0.0, member.budget)
    while core.pretraining.job is not None:
        core.step()
        left = core.pretraining.seconds_left
        yield told(core.message, 0.0, None if left is None else left + member.budget)
    spent, reached, before, began = 0.0, 0, 0, time.monotonic()
    for stop, share in zip(labels.stops, shares_of_budget(labels.stops), strict=True):
        new = slice(before, stop)
        core.apply(stop, labels.examples[new], labels.classes[new], labels.n_classes)
        if core.pretraining.job is not None:  # another map, which nobody looks at here
            core.pretraining.cancel()
        message = f"{stop} of {len(labels)} labels"
        for seconds in _learned(core, share * member.budget, max_steps, clock):
            gone = spent + seconds
            pace = max((time.monotonic() - began) / max(gone, LEAST_PACED), 1.0)
            left = max(member.budget - gone, 0.0) * (pace if gone > LEAST_PACED else 1.0)
            yield told(message, min(gone / member.budget, 1.0), left, reached)
        spent += seconds
        write_result(folder, _result(core, stop, spent), labels.fingerprint)
        before = reached = stop
    core.save()
    yield told("done", 1.0, 0.0, reached, is_over=True)


def _opened(member: Member, labels: ReplayedLabels, ground: Ground, folder: Path) -> TrainerCore:
    from ..trainer.open import open_core

    its_own = folder / OWN_STARTER
    starter, own = ground.starter, its_own if its_own.is_dir() else ground.own
    if member.encoder not in ("", ground.encoder):
        starter, own = _seen_anew(ground, its_own), its_own
    try:
        return open_core(
            data=ground.data,
            model=member.model,
            config=member.fitting,
            n_classes=labels.n_classes,
            seed=ground.seed,
            device=ground.device,
            starter=starter,
            own=own,
            folder=folder,
            generation=1,
            features=ground.features,
            encoder=member.encoder or None,
        )
    except (TypeError, ValueError) as error:  # a knob that the model has not, or out of its range
        raise UserError(f"{CATALOGUE[member.model].title} cannot be made so: {error}") from error


def _seen_anew(ground: Ground, its_own: Path) -> Path:
    """The starter of a member that sees the images by another encoder: what it makes is its own.

    One that ships knows of no encoder, and will do. Otherwise it begins with the images' first map.
    """
    data = load_dataset(ground.data)
    if shipped(data) == ground.starter:
        return ground.starter
    if not (its_own / ATLAS).is_dir():
        for event in first_atlas(data.images):
            if isinstance(event, Atlas):
                event.save(its_own / ATLAS, {"fingerprint": data.fingerprint})
    return its_own


def _learned(
    core: TrainerCore, seconds: float, max_steps: int | None, clock: Callable[[], float]
) -> Iterator[float]:
    """Steps, as many as a session takes with these labels if there is time; the seconds so far."""
    ensemble, start, said_at, steps = core.state.ensemble, clock(), time.monotonic(), 0
    until = said_at + MOST_WAITED * seconds
    yield 0.0
    while core.busy and clock() - start < seconds and (max_steps is None or steps < max_steps):
        if time.monotonic() > until:
            break
        core.step()
        steps += 1
        if steps % ASK_EVERY == 0:
            ensemble.query_at = 0.0
            ensemble.query_model(0.0)
        if time.monotonic() - said_at > SAY_EVERY:
            said_at = time.monotonic()
            yield clock() - start
    yield clock() - start


def _result(core: TrainerCore, n_labels: int, seconds: float) -> MemberResult:
    from ..trainer import side_by_side

    state = core.state
    said = side_by_side.ask_everywhere(state)
    draws, undrawn, drawn = side_by_side.drawn_in_styles(state, STYLES, state.seed)
    counts = side_by_side.counted(state)
    terms: dict[str, float] = {name: float(value) for name, value in state.terms.items()}
    note = core.message
    if side_by_side.stands_in(state):
        asked = CATALOGUE[state.model_name].title
        note = f"The M1 that {asked} stands on finds nothing in these; another model learned."
    return MemberResult(
        n_labels=n_labels,
        seconds=round(seconds, 2),
        steps=state.learner.steps,
        terms={name: value for name, value in bound_of(terms).items() if np.isfinite(value)},
        mean_bound=side_by_side.bound_of_some(state, said),
        counts=counts,
        note=note,
        alone=read_guesses(said)[:2],
        together=read_guesses(state.ensemble.probabilities())[:2],
        draws=draws,
        undrawn=undrawn,
        drawn=drawn,
    )
