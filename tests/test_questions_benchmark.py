"""The benchmark of the strategies: what is measured, and how it is kept and shown."""

import json

import numpy as np
import pytest

from benchmarks import acquisition
from benchmarks.acquisition import COUNTS, Judge, keep, labels_to, race, report
from ssvae_core.cli.trial import percent_wrong
from ssvae_core.data import Dataset
from ssvae_core.fitting.fit import Fit

MADE = {"command": "c", "date": "d", "machine": "m"}


def run_of(seed, *errors):
    """A curve that ends as it begins to be level."""
    errors = [*errors, *[errors[-1]] * (len(COUNTS) - len(errors))]
    return {"seed": seed, "errors": errors, "predicted_by": [], "steps": 0, "wall": 2.0}


@pytest.fixture(scope="module")
def split(digits):
    """200 digits to ask about, and 100 to test on."""
    return Dataset(
        name="small",
        title="Small digits",
        images=digits.images[:200],
        class_names=digits.class_names,
        answer_key=digits.answer_key[:200],
        test_images=digits.images[200:],
        test_answer_key=digits.answer_key[200:],
    )


@pytest.mark.parametrize("model_is_trusted", [False, True])
def test_the_error_is_that_of_what_the_tool_says(split, model_is_trusted):
    labels = np.full(200, -1, np.int16)
    labels[:30] = split.answer_key[:30]
    fit = Fit(split.images, labels, n_classes=10, model="m2", config={"hidden_dim": 32})
    for _ in fit.run(max_steps=40):
        pass
    fit.ensemble.model_is_trusted = model_is_trusted
    judge = Judge()
    assert judge(fit, split) == pytest.approx(percent_wrong(fit, split))
    labels[30:60] = split.answer_key[30:60]
    fit.take_labels(labels)
    assert judge(fit, split) == pytest.approx(percent_wrong(fit, split))  # of the new labels


def test_a_draw_is_a_curve_and_leaves_images_out(split, monkeypatch):
    monkeypatch.setattr(acquisition, "load_dataset", lambda name: split)
    monkeypatch.setattr(acquisition, "COUNTS", [5, 20, 160])
    run = race("small", "propagation", "auto", 0, 1.0)
    assert run["errors"][0] > run["errors"][2]
    assert (run["steps"], run["predicted_by"]) == (0, ["propagation"] * 3)


def test_a_draw_leaves_images_out_and_another_draw_others(split, monkeypatch):
    asked = []

    def look(fit, data):
        asked.append(np.flatnonzero(fit.labels >= 0).tolist())
        return 0.0

    monkeypatch.setattr(acquisition, "load_dataset", lambda name: split)
    monkeypatch.setattr(acquisition, "COUNTS", [200])  # all there are
    monkeypatch.setattr(acquisition, "Judge", lambda: look)
    for seed in (0, 0, 1):
        race("small", "propagation", "auto", seed, 1.0)
    assert [len(examples) for examples in asked] == [160] * 3
    assert asked[0] == asked[1] != asked[2]


def test_labels_to_an_accuracy_are_the_first_that_reach_it():
    errors = [50, 20, 10, 8, 5, 6, 2, 2, 2, 2]
    assert [labels_to(errors, accuracy) for accuracy in (90, 95, 97, 99)] == [15, 25, 40, None]


def test_a_draw_that_is_made_again_replaces_what_was_there(tmp_path):
    keep(tmp_path, "mnist/trained/auto", MADE, run_of(0, 50, 4))
    keep(tmp_path, "mnist/trained/auto", MADE, run_of(1, 50, 6))
    rows = keep(tmp_path, "mnist/trained/auto", MADE, run_of(0, 50, 2))
    assert [run["errors"][-1] for run in rows["mnist/trained/auto"]["runs"]] == [2, 6]
    assert json.loads((tmp_path / "acquisition.json").read_text()) == rows
    assert report(rows) in (tmp_path / "acquisition.md").read_text()


def test_the_report_places_the_strategies_by_their_mean_error():
    rows = {
        "mnist/propagation/random": {**MADE, "runs": [run_of(0, 60, 40, 20, 4), run_of(1, 60, 12)]},
        "mnist/propagation/auto": {**MADE, "runs": [run_of(0, 50, 8, 2), run_of(1, 50, 30, 4)]},
        "digits/propagation/auto": {**MADE, "runs": [run_of(0, 50, 8)]},
    }
    text = report(rows)
    head, *lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in [head, *lines] if "---" not in line}) == 1
    mnist = text[text.index("## mnist, propagation") :]
    auto, random = (line for line in mnist.splitlines() if line.startswith(("| 1", "| 2")))
    assert auto.startswith("| 1 | **auto** | 50.0 | 19.0 | 3.0 |")
    assert auto.endswith("| 15 / 15 / – | 2 |")
    assert random.startswith("| 2 | random | 60.0 | 26.0 |")
    assert "BatchBALD" in mnist
    assert "`c`, d, m: 8 s" in mnist
