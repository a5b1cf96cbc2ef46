"""compare: models on a session's labels, in a table and as JSON; the session stays as it is."""

from pathlib import Path

import pytest

from ssvae_core.cli.compare import _wanted
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_comparison import labelled_session


@pytest.fixture
def session(tmp_path, digits, monkeypatch):
    """The id of a session in the command's workspace."""
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    (tmp_path / "workspace").mkdir()
    workspace = Workspace(tmp_path / "workspace")
    row = labelled_session(workspace, digits, n=24, audit=12).row
    workspace.close()
    return row.id


def test_it_says_how_each_errs_and_whether_they_can_be_told_apart(call, session, tmp_path):
    found = call("compare", "--session", session, "--models", "m1,m2", "--steps", "3")
    assert (found["labels"], found["judged_by"], found["judged"]) == (24, "truth", 264)
    m1, m2 = found["models"]
    assert (m1["model"], m2["model"]) == ("m1", "m2")
    assert 0 <= m1["low"] <= m1["error"] <= m1["high"] <= 100
    assert m1["words"] == ""
    assert m2["words"].endswith(".")
    assert m2["steps"] == 9
    assert not list((tmp_path / "workspace").glob("sessions/*/comparison"))
    by_audit = call(
        *("compare", "--session", session, "--models", "m1,m1m2", "--steps", "2"),
        *("--by", "audit", "--who", "Ann"),
    )
    assert (by_audit["labels"], by_audit["judged"], by_audit["who"]) == (18, 12, "Ann")


def test_a_model_is_named_with_the_encoder_that_it_sees_by(digits):
    assert _wanted("m2@contrastive", digits) == ("m2", {"encoder": "contrastive"})
    assert _wanted("m2@auto", digits) == ("m2", {})  # as the data set is seen anyway
    choice = _wanted("m1@onnx:here/net.onnx", digits)[1]["encoder"]
    assert choice == f"onnx:{Path.cwd() / 'here' / 'net.onnx'}"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--models", "m1"], "2 to 6 models"),
        (["--models", "m1,m9"], "Unknown model 'm9'"),
        (["--models", "m1,m2", "--who", "Nobody"], "no label"),
        (["--models", "m1,m2", "--by", "luck"], "Unknown 'luck'"),
        (["--models", "m1,m1@eyes"], "Unknown encoder 'eyes'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(refused, session, more, why):
    assert why in refused("compare", "--session", session, *more)
