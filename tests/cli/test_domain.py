"""`import --domain-of`: a second data set joins one, or a session's, as another domain."""

import dataclasses

import pytest

from ssvae_core.cli import main
from ssvae_core.data import SOURCES, load_dataset
from ssvae_core.labels.history import replay
from ssvae_core.labels.store import Operation
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace, default_workspace
from ssvae_core.storage.paths import data_root
from tests.support.small_cli import QUICK, STEPS, laid_otherwise
from tests.support.small_files import encoded, picture, write


@pytest.fixture
def other(data, monkeypatch):
    """Sixty digits more, larger and black on white."""
    images = laid_otherwise(data.test_images[:60])
    other = dataclasses.replace(
        data,
        name="other",
        images=images,
        answer_key=data.test_answer_key[:60],
        identity="",
        test_images=None,
        test_answer_key=None,
    )
    monkeypatch.setitem(SOURCES, "other", lambda: other)
    return other


def test_a_data_set_joins_another_and_each_domain_has_its_error(call, other, data):
    found = call("import", "other", "--domain-of", "small", "--name", "both")
    assert found["domains"] == {"small": len(data), "other": 60}
    assert "dark on light" in " ".join(found["report"]["notes"])
    assert load_dataset("both").domain_names == ("small", "other")
    on = ("fit", "--data", "both", "--labels", "200", "--labels-in", "small", *QUICK[2:], *STEPS)
    fitted = call(*on, "--model", "vfae")
    first, second = fitted["domains"]
    assert (first["name"], first["labels"], first["error_on"]) == ("small", 200, "test")
    assert (second["labels"], second["error_on"], second["examples"]) == (0, "unlabelled", 60)
    assert first["error"] < 45
    assert 0 <= second["error"] < 90  # chance


def test_a_file_joins_and_only_its_size_changes_if_that_is_wanted(call, tmp_path):
    for k in range(4):
        write(tmp_path / "in" / "01"[k % 2] / f"{k}.png", encoded(picture(k, 16, 16)))
    found = call("import", str(tmp_path / "in"), "--domain-of", "small", "--as-they-are")
    assert found["name"] == "small and in"
    assert found["shape"] == [8, 8, 1]
    assert load_dataset(found["id"]).domain_counts()[1] == ("in", 4)
    assert data_root().is_dir()


def test_a_session_goes_on_with_its_labels(call, other, data, monkeypatch):
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    workspace = Workspace(default_workspace())
    row = workspace.create("Mine", "small")
    workspace.session(row.id).do(Operation("one", "label", (3,), 1))
    workspace.close()
    found = call("import", "other", "--domain-of", "Mine")
    workspace = Workspace(default_workspace())
    now = workspace.store.session(row.id)
    assert (now.data, now.n_examples) == (found["id"], len(data) + 60)
    assert replay(workspace.store.events(row.id), now.classes).labels == {3: 1}
    workspace.close()


def test_what_cannot_be_is_said(refused, other):
    said = refused("import", "other", "--domain-of", "nowhere")
    assert "Unknown data set 'nowhere'" in said
    assert "--domain-of" in refused("import", "other", "--name", "x", "--as-they-are")
    said = refused("fit", "--data", "small", "--labels-in", "other")
    assert "has no domain 'other'. It has none: see import --domain-of" in said


def test_without_domains_it_is_said_that_the_model_is_an_m2(capsys):
    on = ("fit", *QUICK, "--model", "vfae", "--labels", "50", "--budget", "600", "--steps", "2")
    assert main(on) == 0
    assert "VFAE is an M2 here" in capsys.readouterr().err
