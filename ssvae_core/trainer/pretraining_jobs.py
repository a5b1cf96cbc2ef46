"""What a session's trainer learns of the images before it learns from labels: one job at a time.

A job is gone through bit by bit, and ends with the starter to go on with: a data set encoded, an
M1 trained, the map brought to another graph. Labels are taken in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from ..atlas.layout import Map
from ..errors import UserError
from ..pretraining.m1 import NothingFound
from ..pretraining.progress import PretrainingProgress
from ..pretraining.starter import Starter
from ..training.chunks import Chunked
from ..training.optimisation import TrainingDiverged


class StaysAsItWas(Exception):
    """A job ended with nothing that is better than what there was before, as the sentence says."""


class PretrainingJob(Protocol):
    """One job under way."""

    @property
    def title(self) -> str:
        """What it does, until it says more."""
        ...

    @property
    def kept(self) -> str:
        """What is there if it fails or is cancelled, as a sentence."""
        ...

    @property
    def takes_turns(self) -> bool:
        """Whether the model stays what it is, and takes its steps in turns with it."""
        ...

    @property
    def map_before(self) -> Map | None:
        """The map when it began; None where it draws none."""
        ...

    @property
    def first_map(self) -> Map | None:
        """Where another life of the trainer left the map."""
        ...

    @property
    def gives_way(self) -> bool:
        """Whether a model goes first that has steps to take."""
        ...

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Work; the last event is the Starter to go on with.

        Raises UserError, TrainingDiverged, NothingFound or StaysAsItWas where there is none.
        """
        ...

    def keep(self, starter: Starter) -> None:
        """Write what came of it to where it is looked for. UserError if the disk is full."""

    def save(self) -> None:
        """Keep what is learned so far, where that is wanted. UserError if the disk is full."""

    def forget(self) -> None:
        """Remove what was kept: nobody is to go on from it."""


JobMaker = Callable[[], PretrainingJob | None]  # when its turn comes; None: nothing is left to do


class PretrainingJobs:
    """The job at work, and those that wait for their turn."""

    def __init__(
        self,
        adopt: Callable[[PretrainingJob, Starter], Chunked[None]],
        show_map: Callable[[Map, float | None], None],
    ):
        """`adopt` goes on with what came of a job, `show_map` shows a map, and how far it moved."""
        self._adopt, self._show_map = adopt, show_map
        self._waiting: deque[JobMaker] = deque()
        self._work: Iterator[None] = iter(())
        self._note = ""  # why a job came to nothing, as long as another is at work
        self.job: PretrainingJob | None = None
        self.message = ""
        self.seconds_left: float | None = None

    def begin(self, *jobs: JobMaker) -> None:
        """Do these, each made when those before it have ended."""
        self._waiting.extend(jobs)
        if self.job is None:
            self._next()

    def step(self) -> None:
        """A piece of work."""
        next(self._work, None)

    def give_up(self, why: str) -> None:
        """Leave the job at work, and bring back what was there before it; go on with the next."""
        assert self.job is not None
        self._end(f"{why} {self.job.kept}", self.job.map_before)

    def cancel(self) -> None:
        """Leave the job at work, and do none of those that wait."""
        self._waiting.clear()
        self.give_up("Cancelled.")

    def save(self) -> None:
        """Keep what the job at work has learned so far. UserError if the disk is full."""
        if self.job is not None:
            self.job.save()

    def _at_work(self, job: PretrainingJob) -> Iterator[None]:
        """Work on a job, show its map, and go on with what comes of it."""
        try:
            for event in job:
                if isinstance(event, Starter):
                    yield from self._adopt(job, event)
                    self._end()
                    return
                self._say(event.message)
                self.seconds_left = event.seconds_left
                if event.xy is not None:
                    self._show_map(event.xy, event.moved)
                yield
        except StaysAsItWas as why:
            self._end(str(why), job.map_before)
        except (UserError, TrainingDiverged, NothingFound) as error:
            self.give_up(str(error))

    def _end(self, message: str = "", map_before: Map | None = None) -> None:
        """The job at work is done with; why, if that is to be said, and the map that is back."""
        assert self.job is not None
        self.job.forget()
        self._work, self.job = iter(()), None  # which would keep its M1 in memory
        self._note, self.message, self.seconds_left = message or self._note, "", None
        if map_before is not None:
            self._show_map(map_before, None)
        self._next()

    def _next(self) -> None:
        while self.job is None and self._waiting:
            self.job = self._waiting.popleft()()
        if self.job is None:
            self.message, self._note = self._note, ""
            return
        self._work = self._at_work(self.job)
        self._say(self.job.title)
        if self.job.first_map is not None:
            self._show_map(self.job.first_map, None)

    def _say(self, message: str) -> None:
        self.message = f"{message}. {self._note}" if self._note else message
