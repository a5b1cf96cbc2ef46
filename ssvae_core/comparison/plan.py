"""What a session's comparison is to train: its members, and the labels that they learn from.

Both are written in the folder `comparison` of the session, so that the process which trains reads
them there, and another life of the app too. What is damaged is left out, with a word in the log.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..encoders import AUTO as AUTO_ENCODER
from ..encoders import FEATURES, check_encoder, chosen_encoder, encoder_beside
from ..errors import Conflict, NotWritten, UserError
from ..options.catalogue import CATALOGUE
from ..options.options import AUTO, FittingOptions
from ..storage.bundles import read_bundle, write_bundle
from ..storage.paths import COMPARISON
from ..storage.whole import write_whole
from ..strict_json import is_number
from .replay import ReplayedLabels

MEMBERS, LABELS = "members.json", "labels"
ENCODER = "encoder"  # in a config
FEWEST, MOST = 2, 6  # members
BUDGETS = (15, 30, 60, 120, 300)  # seconds a member, that a menu offers
BUDGET, LONGEST_BUDGET = 60.0, 3600.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Member:
    """A model with its settings, and how long it may learn.

    `config` holds what somebody chose of FittingOptions, the model's knobs, and the encoder that it
    sees images by. `ended` is why it learns no more and has not all, as a sentence; "" if it has
    all, or is still to learn.
    """

    id: str
    model: str
    config: dict[str, Any] = field(default_factory=dict)
    budget: float = BUDGET  # seconds
    ended: str = ""
    has_failed: bool = False  # or was it stopped by a person

    @property
    def encoder(self) -> str:
        """The encoder that it sees images by, as a data set's is chosen; "" for the data set's."""
        return str(self.config.get(ENCODER, ""))

    @property
    def fitting(self) -> dict[str, Any]:
        """Its config without the encoder, as a session's is."""
        return {name: value for name, value in self.config.items() if name != ENCODER}

    def is_as(self, model: str, config: Mapping[str, Any]) -> bool:
        """Whether this would be the same member."""
        return (self.model, chosen(self.config)) == (model, chosen(config))


@dataclass(frozen=True)
class ComparisonPlan:
    """All members, in order, and their labels; none before the first was added."""

    members: tuple[Member, ...] = ()
    labels: ReplayedLabels | None = None

    def member(self, identity: str) -> Member | None:
        """The one of this id."""
        return next((each for each in self.members if each.id == identity), None)

    def with_more(
        self,
        in_use: tuple[str, Mapping[str, Any]],
        wanted: Sequence[tuple[str, Mapping[str, Any]]],
        budget: float,
    ) -> ComparisonPlan:
        """The same with these models and configs too; the one in use comes by itself.

        UserError for one that is there already, and for too many or too few.
        """
        members = list(self.members)
        for model, config in (in_use, *wanted):
            is_there = any(one.is_as(model, config) for one in members)
            if not is_there:
                members.append(new_member(model, config, budget))
            elif (model, chosen(config)) != (in_use[0], chosen(in_use[1])):
                title = CATALOGUE[model].title
                raise Conflict(f"{title} with these settings is there already.")
        if len(members) == len(self.members):
            raise Conflict("The model in use is there already.")
        if not FEWEST <= len(members) <= MOST:
            raise Conflict(f"{FEWEST} to {MOST} models are compared, not {len(members)}.")
        return replace(self, members=tuple(members))

    def seen_by(self, encoder: str, before: str = "") -> ComparisonPlan:
        """The same where this is the data set's encoder; where it was another, that is kept."""
        members = []
        for one in self.members:
            its_own = one.encoder or before
            config = one.fitting | ({ENCODER: its_own} if its_own not in ("", encoder) else {})
            members.append(replace(one, config=config))
        return replace(self, members=tuple(members))

    def with_member(self, member: Member) -> ComparisonPlan:
        """The same with this one in place of that of its id."""
        members = tuple(member if each.id == member.id else each for each in self.members)
        return replace(self, members=members)


def new_member(model: str, config: Mapping[str, Any], budget: float) -> Member:
    """One that has learned nothing."""
    return Member(f"{model}-{secrets.token_hex(3)}", model, chosen(config), budget)


def chosen(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a config says that would not be so anyway."""
    return {name: value for name, value in config.items() if vars(AUTO).get(name) != value}


def checked_config(model: Any, config: Any, data: Dataset) -> dict[str, Any]:
    """The config of a member as it came, for these examples. UserError if it cannot be.

    An encoder that sees alike as that of the data set is left out. Knobs of the model are looked
    at when it is made, and an encoder's file when it is opened.
    """
    if model not in CATALOGUE:
        raise UserError(
            f"Unknown model {str(model)[:40]!r}. Choose one of: {', '.join(CATALOGUE)}."
        )
    if not isinstance(config, dict):
        raise UserError("The settings of a model must be an object of names and values.")
    for name, value in config.items():
        if not (isinstance(value, str) or is_number(value)):
            raise UserError(f"'{name[:40]}' must be a word or a number.")
    rest = {name: value for name, value in config.items() if name != ENCODER}
    FittingOptions.split(rest, data.shape)
    encoder = _checked_encoder(config.get(ENCODER, data.encoder), data)
    return chosen({**rest, ENCODER: encoder} if encoder else rest)


def _checked_encoder(choice: Any, data: Dataset) -> str:
    """The choice, "" where the data set's own sees alike. UserError if it cannot be."""
    check_encoder(choice)
    if choice == data.encoder:
        return ""
    if choice.startswith(f"{FEATURES}:"):
        raise UserError(
            "Features of a file belong to the data set. Give them to it on the Data page, and "
            "choose 'features' here."
        )
    on = data.shape, data.features is not None
    is_left_to_us = data.encoder == AUTO_ENCODER and not encoder_beside(AUTO_ENCODER, *on)
    if chosen_encoder(choice, *on) == chosen_encoder(AUTO_ENCODER, *on) and is_left_to_us:
        return ""
    return str(choice)


def folder_of(session_folder: Path) -> Path:
    """Where the comparison of a session is."""
    return session_folder / COMPARISON


def write_plan(folder: Path, plan: ComparisonPlan) -> None:
    """Write it. UserError if the disk is full."""
    if plan.labels is not None:
        arrays: dict[str, NDArray[Any]] = {"examples": plan.labels.examples}
        arrays["classes"] = plan.labels.classes
        told = {name: getattr(plan.labels, name) for name in ("seq", "n_classes", "who")}
        write_bundle(folder / LABELS, arrays, told)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / MEMBERS, json.dumps([asdict(each) for each in plan.members]))
    except OSError as error:
        raise NotWritten(f"The comparison could not be saved: {error.strerror}.") from error


def read_plan(folder: Path) -> ComparisonPlan:
    """What was written there; what is damaged is left out, and without labels all is."""
    labels = _labels_in(folder)
    if labels is None:
        return ComparisonPlan()
    return ComparisonPlan(tuple(_members_in(folder)), labels)


def _labels_in(folder: Path) -> ReplayedLabels | None:
    if not (folder / LABELS).exists():
        return None
    try:
        arrays, told = read_bundle(folder / LABELS)
        examples, classes = arrays["examples"], arrays["classes"]
        if examples.shape != classes.shape or examples.ndim != 1:
            raise ValueError("examples and classes do not belong together")
        return ReplayedLabels(
            examples.astype(np.int32),
            classes.astype(np.int16),
            int(told["seq"]),
            int(told["n_classes"]),
            str(told["who"]),
        )
    except (UserError, KeyError, TypeError, ValueError) as error:
        log.warning("The labels of the comparison are left out: %s", error)
        return None


def _members_in(folder: Path) -> list[Member]:
    try:
        found = json.loads((folder / MEMBERS).read_text())
    except (OSError, ValueError, RecursionError) as error:
        log.warning("The members of the comparison are left out: %s", error)
        return []
    members: dict[str, Member] = {}
    for one in found if isinstance(found, list) else []:
        member = _member_of(one)
        if member is None:
            log.warning("A member of the comparison cannot be read and is left out.")
        else:
            members[member.id] = member
    return list(members.values())[:MOST]


def _member_of(found: Any) -> Member | None:
    """A member as it was written, None if it is none; its id is the name of a folder."""
    try:
        member = Member(**found)
    except TypeError:
        return None
    is_whole = (
        isinstance(member.id, str)
        and re.fullmatch(r"[a-z0-9-]{1,40}", member.id) is not None
        and isinstance(member.model, str)
        and member.model in CATALOGUE
        and isinstance(member.config, dict)
        and is_number(member.budget)
        and isinstance(member.ended, str)
    )
    return member if is_whole else None
