"""Models of a session side by side: added, trained one after the other, looked at, put into use.

While they learn the session's own model rests: two at once on two cores are slower than one after
the other, and a person who asked for a comparison waits for it. Labels are stored and propagated
meanwhile as always. The process that trains comes after all others on the processor.

Letters in shapes: N examples.
"""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import Conflict, NotFound, UserError
from ..session.session import Session
from ..session.workspace import Workspace
from ..storage.jobs import Job
from .encoder_change import why_no_other_encoder
from .plan import ComparisonPlan, Member, folder_of, new_member, read_plan, write_plan
from .process import trained_apart
from .replay import EVERYBODY, replayed
from .resting import Rest
from .results import MemberResult, forget_results, read_result, stop
from .training import MemberProgress
from .use import put_into_use

STOPPED = "It was stopped before it had all labels."
ENDED = "The app ended while it learned. Train it again."

log = logging.getLogger(__name__)


class Comparison:
    """Of one session. Any thread may call its methods."""

    def __init__(self, workspace: Workspace, session_id: str):
        """Read what an earlier life of the app kept. UserError if there is no such session."""
        self.workspace, self.session_id = workspace, session_id
        self.folder = folder_of(self.session.folder)
        self.plan = read_plan(self.folder)
        self.lock = threading.RLock()
        self.job: Job[MemberProgress] | None = None
        self._results: dict[tuple[str, int, int], MemberResult] = {}
        self._boot, self._changes = secrets.token_hex(3), itertools.count()
        self._rest = Rest()
        self.version = ""
        self._change()

    @property
    def session(self) -> Session:
        """The session; another object of it after its data set has changed."""
        return self.workspace.session(self.session_id)

    # What there is

    @property
    def is_running(self) -> bool:
        """Whether members learn just now."""
        return self.job is not None and self.job.is_running

    @property
    def stops(self) -> Sequence[int]:
        """Numbers of labels at which members are looked at."""
        return self.plan.labels.stops if self.plan.labels is not None else ()

    @property
    def in_use(self) -> Member | None:
        """The member that is as the session's own model; None where none is."""
        row = self.session.row
        plan = self.plan.seen_by(self.session.data.encoder)
        found = next((one for one in plan.members if one.is_as(row.model, row.config)), None)
        return found and self.plan.member(found.id)

    def member(self, identity: str) -> Member:
        """The member of this id. UserError if there is none."""
        member = self.plan.member(identity)
        if member is None:
            raise NotFound(f"There is no model '{identity[:40]}' in this comparison. Reload.")
        return member

    def place(self, member: Member) -> Path:
        """The folder of a member."""
        return self.folder / member.id

    def result(self, member: Member, n_labels: int) -> MemberResult | None:
        """What a member said after so many labels; None if it is not so far."""
        labels, n = self.plan.labels, len(self.session.data)
        if labels is None or n_labels not in labels.stops:
            return None
        key = member.id, n_labels, n  # images may be added to a session
        if key not in self._results:
            found = read_result(self.place(member), n_labels, labels.fingerprint, n)
            if found is None:
                return None
            self._results[key] = found
        return self._results.get(key)

    def results(self, n_labels: int) -> dict[str, MemberResult]:
        """What every member said after so many labels, by its id, as far as they are there."""
        found = {one.id: self.result(one, n_labels) for one in self.plan.members}
        return {name: result for name, result in found.items() if result is not None}

    def is_done(self, member: Member) -> bool:
        """Whether it has learned from all labels."""
        return bool(self.stops) and self.result(member, self.stops[-1]) is not None

    def why_not(self) -> str:
        """Why nothing can be trained now, as a sentence; "" if it can."""
        session = self.session
        with session.lock:
            n_classes = len(set(session.history.labels.values()))
            state = session.trainer.state()["state"]
        if n_classes < 2:
            return "Label some images of at least two classes first: models are compared by them."
        if state == "pretraining" and session.trainer.is_training:
            return "The session still learns its images. Compare models when that is done."
        return ""

    # What a person does

    def add(
        self,
        wanted: Sequence[tuple[str, Mapping[str, Any]]],
        budget: float,
        who: str = EVERYBODY,
    ) -> None:
        """Add models with their configs, and the one in use where it is missing; they begin.

        They learn for `budget` seconds each, from the labels of the others; the first ones from
        those of `who`. UserError if it cannot be.
        """
        with self.lock:
            self._check_can_begin()
            row, labels = self.session.row, self.plan.labels
            plan = self.plan.seen_by(self.session.data.encoder)
            plan = plan.with_more((row.model, row.config), wanted, budget)
            if labels is None or not self.plan.members:
                labels = self._labels(who)
            self._begin(replace(plan, labels=labels), [])

    def train(self, budget: float | None = None, who: str | None = None) -> None:
        """Train those that are not done; all anew with the labels of now where these are others.

        Also with another budget, in seconds, or with the labels of somebody else.
        """
        with self.lock:
            self._check_can_begin()
            plan = self.plan
            if plan.labels is None or not plan.members:
                raise Conflict("There is no model to train yet. Add one first.")
            labels = self._labels(plan.labels.who if who is None else who)
            again = [one for one in plan.members if not self.is_done(one)]
            if not again or labels.fingerprint != plan.labels.fingerprint or budget is not None:
                again = list(plan.members)
            if budget is not None:
                plan = replace(plan, members=tuple(replace(m, budget=budget) for m in plan.members))
            self._begin(replace(plan, labels=labels), again)

    def cancel(self, identity: str = "") -> None:
        """Let the training end, or that of one member; what was learned so far is kept."""
        if identity:
            with self.lock:
                member = self.member(identity)
                if self.is_running and not (member.ended or self.is_done(member)):
                    stop(self.place(member))
                    self._keep(self.plan.with_member(replace(member, ended=STOPPED)))
            return
        job = self.job
        if job is not None:
            job.cancel()
            job.wait()

    def remove(self, identity: str) -> None:
        """Take a member away, with what it has learned. UserError if it is in use or learns."""
        with self.lock:
            member = self.member(identity)
            self._check_is_idle()
            if member == self.in_use:
                raise Conflict("The model in use stays: the others are compared with it.")
            rest = tuple(one for one in self.plan.members if one.id != identity)
            self._keep(replace(self.plan, members=rest))
            self._forget([member], for_good=True)

    def order(self, identities: Sequence[str]) -> None:
        """Show, and train, the members in this order. UserError if it does not name each once."""
        with self.lock:
            self._check_is_idle()
            if sorted(identities) != sorted(one.id for one in self.plan.members):
                raise UserError("An order names each model of the comparison once.")
            members = tuple(self.member(identity) for identity in identities)
            self._keep(replace(self.plan, members=members))

    def use(self, identity: str) -> None:
        """Have the session go on with this member, with its weights where these can be taken.

        The model that was in use stays as a member, with the weights that it has now. UserError if
        it cannot be.
        """
        with self.lock:
            self._check_is_idle()
            member, session = self.member(identity), self.session
            if member == self.in_use:
                return
            own = session.data.encoder
            if member.encoder not in ("", own) and (why := why_no_other_encoder(session)):
                raise Conflict(why)
            before = self.in_use
            if before is None:
                before = new_member(session.row.model, session.row.config, member.budget)
                before = replace(before, ended="It was in use, and has not been compared yet.")
                self._keep(replace(self.plan, members=(*self.plan.members, before)))
            assert self.plan.labels is not None
            places = self.place(member), self.place(before)
            put_into_use(self.workspace, session, member, *places, self.plan.labels)
            self._keep(self.plan.seen_by(self.session.data.encoder, before=own))

    # How it is done

    def _labels(self, who: str) -> Any:
        session = self.session
        with session.lock:
            labels = replayed(session.history, who)
        if len(set(labels.classes.tolist())) < 2:
            whose = f"{who} has" if who else "There are"
            raise Conflict(f"{whose} no labels of two classes. Label some images first.")
        return labels

    def _check_is_idle(self) -> None:
        if self.is_running:
            raise Conflict("Models are still learning. Wait for them, or cancel first.")

    def _check_can_begin(self) -> None:
        self._check_is_idle()
        if why := self.why_not():
            raise Conflict(why)

    def _begin(self, plan: ComparisonPlan, again: Sequence[Member]) -> None:
        """Keep the plan, forget what these members learned, and train all that are not done."""
        waiting = tuple(replace(one, ended="", has_failed=False) for one in plan.members)
        for one in waiting:
            stop(self.place(one), False)
        self._forget(again)
        self._keep(replace(plan, members=waiting))
        self._rest = Rest()
        self.job = Job(self._train(), is_end=lambda event: False)
        self._change()

    def _train(self) -> Iterator[MemberProgress]:
        last = next(one.id for one in reversed(self.plan.members) if not self.is_done(one))
        try:
            with closing(trained_apart(self.workspace.root, self.session_id)) as work:
                for progress in work:
                    self._rest.begin(self.session.trainer)
                    if progress.has_failed and (member := self.plan.member(progress.member)):
                        with self.lock:
                            said = replace(member, ended=progress.message, has_failed=True)
                            self.plan = self.plan.with_member(said)
                    self._change()
                    yield progress
                    if progress.is_over and progress.member == last:
                        return  # nobody waits for the process to put its things away
        finally:
            self._end()

    def _end(self) -> None:
        """Keep how far each came, and let the session's own model go on."""
        with self.lock:
            members = tuple(
                one if one.ended or self.is_done(one) else replace(one, ended=STOPPED)
                for one in self.plan.members
            )
            with suppress(UserError):  # of a full disk: another life says that the app ended
                self._keep(replace(self.plan, members=members))
        self._rest.end(self.session.trainer)
        self._change()

    def _forget(self, members: Sequence[Member], for_good: bool = False) -> None:
        for member in members:
            forget_results(self.place(member), for_good)
            self._results = {key: one for key, one in self._results.items() if key[0] != member.id}

    def _keep(self, plan: ComparisonPlan) -> None:
        write_plan(self.folder, plan)
        self.plan = plan
        self._change()

    def _change(self) -> None:
        self.version = f"{self._boot}.{next(self._changes)}"
