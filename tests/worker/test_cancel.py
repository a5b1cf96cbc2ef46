"""A Cancel in the middle of a piece of work: the last good model stays."""

import socket
import threading
import time

import numpy as np
import pytest

from ssvae_core.pretraining import m1
from ssvae_core.protocol.messages import Command, Status
from ssvae_core.protocol.wire import Connection
from ssvae_core.worker.loop import WorkerLoop
from tests.support.plain_worker import opening
from tests.support.same_core import assert_same, everything
from tests.support.small_core import label, learned, make_core, step

MODEL = "guided"
WAIT = 30  # seconds until a test gives up


@pytest.fixture
def core(digits, starter, tmp_path):
    core = make_core(MODEL, digits, starter, tmp_path)
    label(core)
    step(core, 5)
    return core


class Held:
    """A worker that is held in the middle of a piece of work, and the app's end of its line."""

    def __init__(self, core, folder, work):
        """`work` does half a piece, waits for what it is given, and does the rest."""
        ours, theirs = socket.socketpair()
        self.app, self.may_go_on = Connection(ours, timeout=WAIT), threading.Event()
        self.is_held = threading.Event()
        core.step = lambda: work(self.hold)
        self.theirs = Connection(theirs)
        self.loop = WorkerLoop(self.theirs, opening(folder, 7), lambda _: core)
        self.thread = threading.Thread(target=self.loop.run)
        self.thread.start()

    def hold(self):
        self.is_held.set()
        self.may_go_on.wait(WAIT)

    def cancel_in_the_middle(self):
        """Have the Cancel arrive while it is held; the first status that says it is over."""
        assert self.is_held.wait(WAIT)
        self.app.send(Command("cancel"))
        while not self.loop._inbox.heard:
            time.sleep(0.005)
        self.may_go_on.set()
        while True:
            message = self.app.receive()
            if isinstance(message, Status) and message.state == "waiting":
                return message

    def end(self):
        self.may_go_on.set()
        self.app.close()
        self.thread.join(WAIT)
        self.theirs.close()


def test_a_cancel_during_a_step_leaves_the_model_that_these_steps_make(
    core, digits, starter, tmp_path
):
    """It ends the step, takes no other, and is the model of another core after as many."""

    def work(hold):
        hold()
        type(core).step(core)

    held = Held(core, tmp_path, work)
    status = held.cancel_in_the_middle()
    held.end()
    assert (core.busy, status.run_steps, status.waits_for) == (False, 0, "a new label")
    twin = make_core(MODEL, digits, starter, tmp_path / "twin")
    label(twin)
    step(twin, core.state.learner.steps)
    assert core.state.learner.steps > 5
    assert_same(everything(core), everything(twin))


def test_a_cancel_while_an_m1_learns_leaves_the_m1_the_map_and_the_model(
    core, starter, tmp_path, monkeypatch
):
    """In the middle of a step whose map is already drawn."""
    monkeypatch.setattr(m1, "MAP_EVERY", 0.0)
    before = learned(core)
    core.command("pretrain")

    def work(hold):
        type(core).step(core)
        if core.state.map_version:
            hold()

    held = Held(core, tmp_path, work)
    core.state.schedule.end()
    status = held.cancel_in_the_middle()
    held.end()
    assert status.message == "Cancelled. The M1 and the map from before are back."
    assert core.state.starter is starter
    assert np.array_equal(core.state.atlas.xy, starter.atlas.xy)
    assert_same(learned(core), before)
