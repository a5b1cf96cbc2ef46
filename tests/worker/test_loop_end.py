"""The worker's loop saves, ends with a checkpoint, and says why it ended."""

import pytest

from ssvae_core.protocol.messages import Command, Failed, Snapshot, Status
from ssvae_core.worker.loop import Limits
from tests.support.worker_in_a_thread import WAIT, checkpoint, labels


def test_it_saves_now_and_then_but_only_what_is_new(start, tmp_path):
    worker = start(Limits(checkpoint_every=0.02, status_every=0.05), steps=30)
    worker.until(Status, lambda status: status.state == "waiting")
    worker.until(Status, lambda status: checkpoint(tmp_path)["step_count"] == 30)
    saves = worker.core.saves
    for _ in range(3):
        worker.until(Status)
    assert worker.core.saves == saves > 1


def test_a_full_disk_is_a_warning_and_training_goes_on(start):
    worker = start(Limits(checkpoint_every=0.02), disk_is_full=True)
    warned = worker.until(Status, lambda status: "No space left" in status.message)
    assert warned.message.startswith("The model is not saved, training goes on:")
    worker.until(Status, lambda status: status.step > warned.step)


@pytest.mark.parametrize("how", ["stop", "end of the stream"])
def test_it_ends_with_a_checkpoint(start, tmp_path, how):
    worker = start()
    worker.app.send(labels(0, 1, e5=1))
    worker.until(Status, lambda status: status.label_seq == 1)
    if how == "stop":
        worker.app.send(Command("stop"))
    else:
        worker.app.finish_sending()
    assert worker.exit_code() == 0
    saved = checkpoint(tmp_path)
    assert (saved["step_count"], saved["labels"]) == (worker.core.step_count, {"5": 1})


@pytest.mark.parametrize("how", ["stop", "end of the stream"])
def test_it_ends_without_a_checkpoint_where_a_step_does_not_end(start, tmp_path, how):
    worker = start(Limits(last_step=0.1))
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    if how == "stop":
        worker.app.send(Command("stop"))
    else:
        worker.app.finish_sending()
    assert worker.exit_code() == 0
    assert not (tmp_path / "checkpoint.json").exists()


@pytest.mark.parametrize(
    "config", [{"refuse": "Training cannot go on. Do something."}, {"fail_at": 3}]
)
def test_what_a_person_must_know_is_said_before_it_ends(start, config):
    worker = start(**config)
    assert worker.until(Failed).error == "Training cannot go on. Do something."
    assert worker.exit_code() == 3


def test_a_bug_leaves_its_traceback_and_another_exit_code(start, caplog):
    assert start(crash_at=3).exit_code() == 1
    assert "RuntimeError: the core broke" in caplog.text


def test_what_cannot_be_read_ends_it_with_a_checkpoint(start, tmp_path, caplog):
    worker = start()
    worker.until(Snapshot, lambda snapshot: snapshot.step > 0)
    worker.app._socket.sendall(b"\x05\x00\x00\x00hello")
    assert worker.exit_code() == 1
    assert "A JSON header was expected" in caplog.text
    assert checkpoint(tmp_path)["step_count"] > 0
