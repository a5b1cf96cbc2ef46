"""What a session asks of its model: each query waits for its answer, and for no longer than said.

Each raises UserError if the trainer is away, has no answer, or none in time.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import Conflict, Unavailable, UserError
from ..protocol.messages import Message
from ..protocol.queries import (
    Answer,
    CheckLabels,
    Codes,
    DecoderProgram,
    DrawMap,
    DrawnMap,
    Explain,
    Explanation,
    LabelChecks,
    NearestFound,
    NearestReal,
    NoAnswer,
    Posterior,
    Propagate,
    Propagated,
    Query,
    ReadCodes,
    ReadDecoder,
    ReadPosterior,
    Redraw,
    Redrawn,
    Space,
    View,
)
from ..protocol.queries_from_elsewhere import PlaceImage, Placement, SampleClasses, Sampled
from ..protocol.queries_of_spaces import ReadSpace, SpaceValues

REDRAW_WITHIN = 2.0  # seconds
ANSWER_WITHIN = 10.0
CHECKS_WITHIN = 20.0  # of all labels
NEAREST_WITHIN = 30.0  # of all examples
SAMPLES_WITHIN = 30.0  # of as many as can be asked for
MAP_WITHIN = 50.0  # of all examples: 60,000 took 10 on two cores that others wanted, too
MOST_UNANSWERED = 100  # at a time; those that nobody waits for any longer count as well
AWAY = "The trainer is not running just now."
AnyAnswer = TypeVar("AnyAnswer", bound=Answer)


class ModelQueries:
    """Queries under way. Any thread may ask; each waits in its own."""

    def __init__(self, send: Callable[[Message], bool]):
        """`send` hands a message to the trainer, False if that is away; it does not wait."""
        self._send = send
        self._lock = threading.Lock()  # over the two below
        self._waiting: dict[int, Future[Answer]] = {}
        self._unanswered: set[int] = set()  # by the trainer that is there now
        self._ids = itertools.count()

    @property
    def n_unanswered(self) -> int:
        """How many the trainer has not answered yet."""
        return len(self._unanswered)

    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it: (H, W, C)."""
        return self._ask(Redraw(next(self._ids), example), Redrawn, REDRAW_WITHIN).image

    def explain(self, example: int, n_nearest: int) -> Explanation:
        """Why this class and not that one, and the labelled examples nearest to it."""
        return self._ask(Explain(next(self._ids), example, n_nearest), Explanation)

    def check_labels(self) -> LabelChecks:
        """What contradicts each label."""
        return self._ask(CheckLabels(next(self._ids)), LabelChecks, CHECKS_WITHIN)

    def draw_map(self, view: str) -> NDArray[np.float32]:
        """Another map of all examples: (N, 2)."""
        if view not in get_args(View):
            raise UserError(f"Unknown view '{view}'. Choose one of: {', '.join(get_args(View))}.")
        return self._ask(DrawMap(next(self._ids), cast(View, view)), DrawnMap, MAP_WITHIN).xy

    def propagate(
        self, examples: NDArray[np.integer], classes: NDArray[np.integer] | None = None
    ) -> NDArray[np.int16]:
        """What labels of these examples (m,) alone would propagate: (N,)."""
        given = None if classes is None else classes.astype(np.int16)
        query = Propagate(next(self._ids), examples.astype(np.int32), given)
        return self._ask(query, Propagated).classes

    def nearest_real(self, images: NDArray[np.uint8]) -> NDArray[np.int32]:
        """The example that each of these drawings (m, H, W, C) is nearest to: (m,)."""
        query = NearestReal(next(self._ids), images)
        return self._ask(query, NearestFound, NEAREST_WITHIN).examples

    def read_decoder(self, known: str) -> DecoderProgram:
        """What draws, without the frozen weights if the asker knows those."""
        return self._ask(ReadDecoder(next(self._ids), known), DecoderProgram)

    def read_codes(self, space: str) -> Codes:
        """The codes of all examples in a space."""
        if space not in get_args(Space):
            raise UserError(
                f"Unknown space '{space}'. Choose one of: {', '.join(get_args(Space))}."
            )
        return self._ask(ReadCodes(next(self._ids), cast(Space, space)), Codes, MAP_WITHIN)

    def read_features(self, space: str = "") -> SpaceValues:
        """All examples in a space, by default the one to trust most before there are labels."""
        return self._ask(ReadSpace(next(self._ids), space), SpaceValues, MAP_WITHIN)

    def read_posterior(self, example: int, label: int) -> Posterior:
        """What is inferred of an example as this class; -1 for its likeliest."""
        return self._ask(ReadPosterior(next(self._ids), example, label), Posterior)

    def place(self, image: NDArray[np.uint8], photo: NDArray[np.uint8] | None = None) -> Placement:
        """Where an image (H, W, C) belongs; `photo` (h, w, C) is it in more pixels."""
        return self._ask(PlaceImage(next(self._ids), image, photo), Placement, NEAREST_WITHIN)

    def sample(
        self,
        classes: NDArray[np.integer],
        n: int,
        seed: int,
        temperature: float = 1.0,
        mean: bool = False,
    ) -> Sampled:
        """New examples of these classes (k,), n of each: (k, n, H, W, C)."""
        about = classes.astype(np.int16), n, seed, temperature, mean
        return self._ask(SampleClasses(next(self._ids), *about), Sampled, SAMPLES_WITHIN)

    def take(self, answer: Answer) -> None:
        """Hand an answer to who waits for it, if somebody still does."""
        with self._lock:
            self._unanswered.discard(answer.id)
            waiting = self._waiting.pop(answer.id, None)
        if waiting is not None:
            waiting.set_result(answer)

    def drop(self) -> None:
        """Let go of all who wait: the trainer that they asked is gone."""
        with self._lock:
            dropped, self._waiting = self._waiting, {}
            self._unanswered.clear()
        for waiting in dropped.values():
            waiting.set_exception(Unavailable(AWAY))

    def _ask(self, query: Query, kind: type[AnyAnswer], within: float = ANSWER_WITHIN) -> AnyAnswer:
        """The answer, of this kind."""
        waiting = Future[Answer]()
        with self._lock:
            if len(self._unanswered) >= MOST_UNANSWERED:
                raise Unavailable("The trainer is busy with earlier questions. Try again later.")
            self._waiting[query.id] = waiting
            self._unanswered.add(query.id)
        try:
            if not self._send(query):
                self.drop()
            found = waiting.result(within)
        except TimeoutError:
            raise Unavailable("The trainer did not answer in time. Try again.") from None
        finally:
            with self._lock:
                self._waiting.pop(query.id, None)
        if isinstance(found, NoAnswer):
            raise Conflict(found.error)  # it has no answer yet, or not to this
        assert isinstance(found, kind)
        return found
