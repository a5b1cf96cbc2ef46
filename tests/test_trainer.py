"""A session's line to its trainer: questions, labels, and when to train. The worker is real."""

import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from plain_worker import opening

from ssvae_core.errors import UserError
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.trainer_client import Trainer

WAIT = 20  # seconds until a test gives up
PLAIN_WORKER = (sys.executable, str(Path(__file__).with_name("plain_worker.py")))


@dataclass
class Log:
    """Events of one example each: (example, class now), and at some an earlier one undone."""

    n_classes: int = 3
    events: list[tuple[int, int | None]] = field(default_factory=list)
    undone: dict[int, int] = field(default_factory=dict)

    @property
    def seq(self):
        return len(self.events)

    def changed_since(self, seq):
        return dict(self.events[seq:])

    def undone_since(self, seq):
        return min((first for at, first in self.undone.items() if at > seq), default=0)


class Line:
    """A trainer whose worker counts steps, and what it says."""

    def __init__(self, folder, **config):
        self.history, self.lock = Log(), threading.RLock()
        self.changed, self.folder, self.config = threading.Condition(self.lock), folder, config
        self.snapshot: Snapshot | None = None
        self.generation = 0
        self.trainer = Trainer(
            self.open,
            self.history,
            self.lock,
            on_snapshot=self.take,
            on_change=self.change,
            log_file=folder / "worker.log",
            command=PLAIN_WORKER,
        )

    def open(self):
        self.generation += 1
        return opening(self.folder, self.generation, **self.config)

    def take(self, snapshot):
        self.snapshot = snapshot

    def change(self):
        self.changed.notify_all()

    def until(self, condition):
        with self.lock:
            assert self.changed.wait_for(condition, WAIT)

    def do(self, example, label, undone=None):
        """Something new in the log, which may undo an earlier event; the trainer is told."""
        with self.lock:
            self.history.events.append((example, label))
            if undone:
                self.history.undone[self.history.seq] = undone
            self.trainer.send_labels()


@pytest.fixture
def line(tmp_path):
    lines = []

    def make(**config):
        lines.append(Line(tmp_path, **config))
        return lines[-1]

    yield make
    for one in lines:
        one.trainer.stop()


def started(line):
    line.trainer.start()
    line.until(lambda: line.trainer.state()["state"] in ("training", "waiting"))
    return line


def test_a_question_is_answered(line):
    trainer = started(line()).trainer
    answer = trainer.ask("redraw", [3, 4], {"finely": True})
    assert (answer.facts, answer.examples.tolist()) == ({"finely": True}, [3, 4])
    assert np.array_equal(answer.images[:, 0, 0, 0], [3, 4])
    assert np.array_equal(trainer.redraw(5), np.full((4, 4, 1), 5))


def test_what_the_trainer_cannot_answer_is_an_error_in_its_words(line):
    trainer = started(line()).trainer
    with pytest.raises(UserError, match="There is no image 99"):
        trainer.redraw(99)
    with pytest.raises(UserError, match="Unknown question 'weather'"):
        trainer.ask("weather")


def test_without_a_trainer_there_is_no_answer(line):
    with pytest.raises(UserError, match="not running just now"):
        line().trainer.ask("card", [3])


def test_a_trainer_that_takes_too_long_is_not_waited_for(line):
    trainer = started(line(seconds=0.5)).trainer
    with pytest.raises(UserError, match="did not answer in time"):
        trainer.ask("redraw", [3], within=0.0)
    assert trainer.redraw(4)[0, 0, 0] == 4  # the late answer is not taken for this one's


def test_classes_and_what_is_undone_go_with_the_labels(line, monkeypatch):
    one, sent = started(line()), []
    monkeypatch.setattr(one.trainer._worker, "send", lambda message: sent.append(message) or True)
    one.do(3, 1)
    one.history.n_classes = 5
    one.do(4, 2)
    one.do(4, None, undone=2)
    one.do(3, None, undone=1)
    one.trainer.send_labels(from_seq=0)
    told = [(m.from_seq, m.to_seq, m.n_classes, m.undone_from) for m in sent]
    assert told == [(0, 1, 3, 0), (1, 2, 5, 0), (2, 3, 5, 2), (3, 4, 5, 1), (0, 4, 5, 1)]


def test_when_to_train_is_told_now_and_to_every_trainer_that_starts(line):
    one = line()
    one.trainer.set_when("labels", 20)
    assert one.trainer.state()["when"] == {"mode": "labels", "labels": 20, "seconds": 5.0}
    started(one)
    one.until(lambda: one.trainer.state()["waits_for"] == "mode labels")
    one.trainer.set_when("quiet", 20, 8)
    one.until(lambda: one.trainer.state()["waits_for"] == "mode quiet")
    one.trainer.rest()
    started(one)
    one.until(lambda: one.generation == 2 and one.trainer.state()["waits_for"] == "mode quiet")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("sometimes",), "Unknown way to train: 'sometimes'. Choose one of: always, labels, quiet"),
        (("labels", 0), "Train after 1 to 1,000,000 labels, not after 0"),
        (("quiet", 1, float("nan")), "Train after 0 to 86,400 seconds, not after nan"),
    ],
)
def test_a_way_to_train_that_cannot_be_is_refused(line, options, sentence):
    trainer = line().trainer
    with pytest.raises(UserError, match=sentence):
        trainer.set_when(*options)
    assert trainer.state()["when"]["mode"] == "always"


def test_the_run_is_in_the_state(line):
    one = started(line(seconds=0.01))
    assert one.trainer.state()["run"] is None
    one.trainer.command("now")
    one.until(lambda: one.trainer.state()["run"] is not None)
    run = one.trainer.state()["run"]
    assert (run["step"], run["of"], run["loss"]) == (30, 90, 1.5)
    one.trainer.command("cancel")
    one.until(lambda: one.trainer.state()["run"] is None)


def test_an_unknown_command_is_refused(line):
    with pytest.raises(
        UserError, match=r"Unknown command 'hurry'. Choose one of: pause, resume, n"
    ):
        line().trainer.command("hurry")
