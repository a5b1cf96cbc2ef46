"""What the app and its trainer say to each other: one frozen dataclass a message.

A field holds what it is annotated with: an array (arrays.py), or plain JSON values. What the app
asks of the model, and the answers, are in queries.py. Letters in shapes: n examples of the data
set, m some of them, K classes, c columns of samples, H x W x C an image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..predictions import PredictedBy
from .arrays import Classes, Examples, Flags, Images, Places, Probabilities, Shares
from .queries import Answer, Query

State = Literal["starting", "training", "waiting", "paused", "pretraining", "restarting", "failed"]
CommandName = Literal["pause", "resume", "now", "pretrain", "cancel", "checkpoint", "stop"]
WhenMode = Literal["always", "labels", "quiet", "asked"]


@dataclass(frozen=True, eq=False)
class Open:
    """First message to a worker: what to train. `folder` holds its checkpoints and its log.

    `starter` is the folder of the data set's starter, `features` that of what was ever encoded.
    """

    session: str
    generation: int
    data: str
    model: str
    config: dict[str, Any]
    n_classes: int
    seed: int
    folder: str
    device: str
    starter: str
    features: str


@dataclass(frozen=True, eq=False)
class Labels:
    """What changed after event `from_seq` up to `to_seq`: examples (m,), classes (m,).

    A class is what the example has at `to_seq`, -1 where it has none: taking it twice does no harm.
    `n_classes` is how many ids there have ever been, 0 for as many as the trainer knows. Where
    events between the two undo earlier ones, `undone_from` is the first of those, otherwise 0.
    """

    from_seq: int
    to_seq: int
    examples: Examples
    classes: Classes
    n_classes: int = 0
    undone_from: int = 0

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        if np.shape(self.examples) != np.shape(self.classes):
            raise ValueError(
                f"as many classes as examples were expected, got {np.shape(self.classes)} "
                f"for {np.shape(self.examples)}"
            )


@dataclass(frozen=True, eq=False)
class Command:
    """A person's wish. `stop` ends the worker, after a checkpoint."""

    name: CommandName


@dataclass(frozen=True)
class When:
    """When the model is to take steps; labels are propagated at once in any case.

    "always": after every label; "labels": after so many new ones; "quiet": after so many seconds
    without one; "asked": on the command `now` only, which works in every mode.
    """

    mode: WhenMode
    labels: int = 10
    seconds: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.mode not in get_args(WhenMode):
            raise ValueError(
                f"Unknown way to train: {self.mode!r}. "
                f"Choose one of: {', '.join(get_args(WhenMode))}."
            )
        if not 1 <= self.labels <= 1_000_000:
            raise ValueError(f"Train after 1 to 1,000,000 labels, not after {self.labels}.")
        if not 0 <= self.seconds <= 86_400:
            raise ValueError(f"Train after 0 to 86,400 seconds, not after {self.seconds:g}.")


@dataclass(frozen=True, eq=False)
class Status:
    """Sign of life. `label_seq`: labels up to this event are in the model; 0 while starting.

    `rate` is in steps a second, `terms` in nats; "restarting" is said by the app's side. A run is
    the steps owed since the last label: `run_step` of `run_steps` are taken, 0 of 0 where there is
    none, and then `waits_for` says in words what begins the next.
    """

    generation: int
    state: State
    device: str = ""
    step: int = 0
    label_seq: int = 0
    rate: float = 0.0
    message: str = ""
    seconds_left: float | None = None
    terms: dict[str, float] = field(default_factory=dict)
    run_step: int = 0
    run_steps: int = 0
    waits_for: str = ""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the model knows now.

    probabilities (n, K) are absent while there are no labels; samples are (K, c, H, W, C), or (c,
    H, W, C) while the model knows no classes, and c is 0 while it knows nothing; xy (n, 2) in [0,
    1] comes only when the map is new. `rev` counts a generation's snapshots from 1; `moved` is a
    share of the map's width. undrawn, along the first axes of samples, is 1 where what was drawn is
    no picture and is left blank, absent where all are. undecided (n,) is how close the two
    likeliest classes are by what labels propagate, 1 if equal; disagree (n,) is the total variation
    between what the model says and what labels propagate, absent until the model was asked; odd
    (n,) says how badly the best class explains an example, nan where that was not asked yet.
    `graph` names the graph of neighbours that leads, `about_graph` says why, "" where there is no
    other to compare it with.
    """

    generation: int
    rev: int
    step: int
    label_seq: int
    n_labels: int
    predicted_by: PredictedBy | Literal[""]
    map_version: int
    moved: float | None
    terms: dict[str, float]
    samples: Images
    probabilities: Probabilities | None = None
    xy: Places | None = None
    undecided: Shares | None = None
    disagree: Shares | None = None
    anomaly: Shares | None = None
    undrawn: Flags | None = None
    graph: str = ""
    about_graph: str = ""

    @property
    def is_by_class(self) -> bool:
        """Whether its samples are of classes; until the model knows some, they are of none."""
        return np.ndim(self.samples) == 5

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Where no picture is, along the first axes of samples: one left blank, or never drawn."""
        return blank_among(self.samples)


def blank_among(samples: Images) -> NDArray[np.bool_]:
    """Which pictures are left blank, nothing but zeros: (..., H, W, C) -> (...)."""
    return np.asarray(~samples.any((-3, -2, -1)))


@dataclass(frozen=True, eq=False)
class Failed:
    """The trainer cannot go on before a person has done something; the sentence says what."""

    error: str


Message = Open | Labels | Command | When | Query | Status | Snapshot | Answer | Failed

MESSAGES: dict[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}


def merged(messages: Iterable[Message], cursor: int) -> tuple[Labels | None, bool]:
    """All labels among the messages that follow from event `cursor`, as one message, or None.

    Duplicates are passed over, and so is what comes after a gap; the bool says that there is one.
    """
    classes: dict[int, int] = {}
    first, n_classes, undone_from, is_gap = cursor, 0, 0, False
    for some in messages:
        if not isinstance(some, Labels) or some.to_seq <= cursor:
            continue
        if some.from_seq > cursor:
            is_gap = True
            continue
        classes.update(zip(some.examples.tolist(), some.classes.tolist(), strict=True))
        n_classes = max(n_classes, some.n_classes)
        undone_from = min(filter(None, (undone_from, some.undone_from)), default=0)
        cursor = some.to_seq
    if cursor == first:
        return None, is_gap
    examples = np.fromiter(classes.keys(), np.int32, len(classes))
    values = np.fromiter(classes.values(), np.int16, len(classes))
    return Labels(first, cursor, examples, values, n_classes, undone_from), is_gap
