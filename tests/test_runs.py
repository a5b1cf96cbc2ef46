"""The list of runs: one a setting, kept over restarts, and never in the way."""

import numpy as np
import pytest

from ssvae_core.labels.store import LabelStore
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.runs import Runs, settings_in_words

FIRST = {"model": "Guided M1+M2", "batch": "64 + 192", "seed": "0"}
SECOND = {**FIRST, "model": "CVAE"}


def snapshot(step, n_labels=10):
    return Snapshot(
        generation=1,
        rev=1,
        step=step,
        label_seq=n_labels,
        n_labels=n_labels,
        predicted_by="model",
        map_version=0,
        moved=None,
        terms={"picture": -80.0, "style": -17.128, "consistency": 0.3},
        samples=np.zeros((3, 9, 2, 2, 1), np.uint8),
    )


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / "runs.json")


def test_a_run_goes_on_while_the_settings_stay_and_others_begin_the_next(runs):
    runs.note(FIRST, snapshot(100), 0.9)
    runs.note(FIRST, snapshot(150, 20), 0.95)
    runs.note(SECOND, snapshot(0, 20), None)
    second, first = runs.listed()
    assert (first["id"], first["settings"], first["steps"]) == (1, FIRST, 50)
    assert (first["labels"], first["accuracy"], first["predicted_by"]) == (20, 0.95, "model")
    assert first["bound"] == {"picture": -80.0, "style": -17.13}
    assert (second["id"], second["settings"], second["accuracy"]) == (2, SECOND, None)
    assert first["began"] <= first["ended"] <= second["began"]


def test_nothing_has_run_before_there_is_a_label(runs):
    runs.note(FIRST, snapshot(0, 0), None)
    runs.save(at_once=True)
    assert runs.listed() == []
    assert not runs.file.exists()


def test_a_model_that_began_anew_has_no_steps_below_zero(runs):
    runs.note(FIRST, snapshot(500), None)
    runs.note(FIRST, snapshot(3), None)
    assert runs.listed()[0]["steps"] == 0


def test_the_runs_outlive_the_app_and_the_last_goes_on(runs):
    runs.note(FIRST, snapshot(100), 0.9)
    runs.save()
    again = Runs(runs.file)
    assert again.listed() == runs.listed()
    again.note(FIRST, snapshot(160), 0.92)
    assert [run["steps"] for run in again.listed()] == [60]


def test_a_new_run_is_on_disk_at_once_and_its_numbers_some_seconds_later(runs):
    runs.note(FIRST, snapshot(100), 0.9)
    runs.save()
    runs.note(FIRST, snapshot(160), 0.9)
    runs.save()
    assert Runs(runs.file).listed()[0]["steps"] == 0
    runs.save(at_once=True)
    assert Runs(runs.file).listed()[0]["steps"] == 60
    runs.note(SECOND, snapshot(0), None)
    runs.save()
    assert len(Runs(runs.file).listed()) == 2


@pytest.mark.parametrize("content", ["{", "nonsense", ""])
def test_a_damaged_list_is_logged_and_a_new_one_begins(runs, content, caplog):
    runs.file.write_text(content)
    again = Runs(runs.file)
    assert again.listed() == []
    assert "cannot be read" in caplog.text
    again.note(FIRST, snapshot(1), None)
    again.save(at_once=True)
    assert len(Runs(runs.file).listed()) == 1


def test_a_full_disk_is_logged_and_labelling_goes_on(runs, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    runs.note(FIRST, snapshot(1), None)
    runs.save(at_once=True)
    assert "No space left" in caplog.text
    assert len(runs.listed()) == 1


def test_the_settings_are_all_that_decides_how_a_model_learns(tmp_path):
    store = LabelStore(tmp_path / "labels.db")
    config = {"networks": "mlp", "batch": 64, "latents": 7}
    row = store.create_session(
        "A", data="digits", model="ladder", n_examples=9, classes=["0"], config=config, seed=3
    )
    store.close()
    assert settings_in_words(row, (28, 28, 1), None) == {
        "model": "Ladder VAE",
        "networks": "MLPs",
        "likelihood": "Bernoulli",
        "batch": "21 + 43",
        "latents": "7",
        "M1": "as it came with the images",
        "seed": "3",
    }
    assert settings_in_words(row, (28, 28, 1), 1e9)["M1"].startswith("trained here, 0")
