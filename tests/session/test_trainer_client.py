"""A session's line to its trainer: questions, labels, and when to train. The worker is real."""

import signal
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.protocol.messages import Labels, Snapshot, Status
from ssvae_core.protocol.queries import Redraw, Redrawn
from ssvae_core.session import trainer_client
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.worker import supervisor
from tests.support.plain_worker import opening

WAIT = 20  # seconds until a test gives up
PLAIN_WORKER = (sys.executable, str(Path(__file__).parents[1] / "support" / "plain_worker.py"))


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


def test_a_query_is_answered(line):
    trainer = started(line()).trainer
    assert np.array_equal(trainer.queries.redraw(5), np.full((4, 4, 1), 5))
    found = trainer.queries.propagate(np.array([3, 4]), np.array([2, 1]))
    assert (found[3], found[4], found.dtype) == (2, 1, np.int16)


def test_what_the_trainer_cannot_answer_is_an_error_in_its_words(line):
    trainer = started(line()).trainer
    with pytest.raises(UserError, match="There is no image 99"):
        trainer.queries.redraw(99)
    with pytest.raises(UserError, match="The plain worker draws no map"):
        trainer.queries.draw_map("pca")
    with pytest.raises(UserError, match=r"Unknown view 't-SNE'\. Choose one of: pca, style"):
        trainer.queries.draw_map("t-SNE")


def test_without_a_trainer_there_is_no_answer(line):
    with pytest.raises(UserError, match="not running just now"):
        line().trainer.queries.explain(3, 6)


def test_a_trainer_that_takes_too_long_is_not_waited_for(line):
    trainer = started(line(seconds=0.5)).trainer
    with pytest.raises(UserError, match="did not answer in time"):
        trainer.queries._ask(Redraw(77, 3), Redrawn, within=0.0)
    assert trainer.queries.redraw(4)[0, 0, 0] == 4  # the late answer is not taken for this one's


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


@pytest.fixture
def impatient(monkeypatch):
    """Who ends a worker waits for its last checkpoint, but not long."""
    patience = partial(supervisor.Patience, stop=0.2, terminate=0.1)
    monkeypatch.setattr(supervisor, "Patience", patience)


def stopped(line):
    """A line whose worker does nothing any more, with more on the way than its socket takes."""
    one = started(line)
    one.trainer._worker._process.send_signal(signal.SIGSTOP)
    with one.lock:
        one.history.events = [(example, 1) for example in range(200_000)]
        one.trainer.send_labels()
    return one


def test_nothing_waits_for_a_trainer_that_is_stopped(impatient, line):
    one = stopped(line())
    process = one.trainer._worker._process
    for example in range(40):
        one.do(example, 2)
    one.trainer.command("pause")
    one.trainer.set_when("labels", 5)
    assert process.poll() is None  # all this while it did nothing
    one.trainer.rest()
    one.trainer.start()
    one.trainer.restart()
    assert one.trainer.state()["state"] == "starting"
    one.until(lambda: one.generation == 2)  # it is killed, and the next one has everything
    one.until(lambda: one.trainer._status and one.trainer._status.label_seq == one.history.seq)
    assert process.poll() == -signal.SIGKILL


def test_a_trainer_that_is_stopped_is_ended_with_who_asked_it(impatient, line):
    one = stopped(line())
    process = one.trainer._worker._process
    asked, found = threading.Event(), []
    send = one.trainer._worker.send

    def sending(message):
        done = send(message)
        asked.set()
        return done

    one.trainer.queries._send = sending

    def ask():
        try:
            one.trainer.queries.draw_map("pca")
        except UserError as error:
            found.append(str(error))

    waiting = threading.Thread(target=ask)
    waiting.start()
    assert asked.wait(WAIT)
    one.trainer.rest()
    waiting.join(WAIT)
    assert found == ["The trainer is not running just now."]
    one.trainer.stop()
    assert process.wait(WAIT) == -signal.SIGKILL


@pytest.fixture
def told(line, monkeypatch):
    """A trainer whose statuses a test makes up, at times of its own; and what is sent to it."""
    one, sent, now = line(), [], [100.0]
    one.trainer._has_started = True
    monkeypatch.setattr(one.trainer._worker, "send", lambda message: sent.append(message) or True)
    monkeypatch.setattr(trainer_client, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def tell(label_seq, state="training", generation=1, after=0.0):
        now[0] += after
        sent.clear()
        one.trainer._take(Status(generation, state, label_seq=label_seq))
        return [(m.from_seq, m.to_seq) for m in sent if isinstance(m, Labels)]

    return one, sent, tell, now


def test_labels_on_their_way_to_a_long_step_are_sent_again_less_and_less(told):
    one, _, tell, _ = told
    tell(0)
    one.do(3, 1)
    again = [bool(tell(0, after=1.0)) for _ in range(40)]
    assert [k for k, is_sent in enumerate(again) if is_sent] == [0, 2, 6, 14, 30]
    one.do(4, 1)
    assert tell(1, after=0.5) == []  # it moves: the rest is on its way
    assert tell(1, after=1.0) == [(1, 2)]
    assert tell(2) == []


def test_a_new_trainer_gets_all_that_it_lacks_also_while_somebody_types(told):
    one, sent, tell, _ = told
    tell(0)
    for example in range(5):
        one.do(example, 1)
    assert tell(0, "restarting") == []
    assert tell(0, "starting", generation=2) == []
    one.do(5, 1)
    assert [m for m in sent if isinstance(m, Labels)] == []  # from where on, it says itself
    assert tell(3, generation=2) == [(3, 6)]
    one.do(6, 1)
    assert (sent[-1].from_seq, sent[-1].to_seq) == (6, 7)


def test_a_trainer_that_says_nothing_is_said_to_be_silent(told):
    one, _, tell, now = told
    tell(0)
    assert one.trainer.state()["message"] == ""
    now[0] += 12
    assert "said nothing for 12 s. Labels are saved" in one.trainer.state()["message"]
    tell(0, "restarting")
    now[0] += 12
    assert "said nothing" not in one.trainer.state()["message"]
