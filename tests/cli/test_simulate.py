"""`simulate`: an oracle answers what a strategy asks."""

import dataclasses

import numpy as np
import pytest
import torch

from ssvae_core.acquisition import STRATEGIES
from ssvae_core.cli import main
from ssvae_core.data import SOURCES
from ssvae_core.training.bounds import anomaly_scores
from tests.support.small_cli import QUICK, seen


def test_an_oracle_labels_what_the_strategy_asks(call, fits, data, shipped):
    options = ["--labels", "25", "--batch", "10", "--seconds-per-batch", "0.3"]
    found = call("simulate", *QUICK, "--model", "m1m2", "--strategy", "margin", *options)
    assert (found["strategy"], found["batch"], found["starter"]) == ("margin", 10, True)
    assert [point["labels"] for point in found["curve"]] == [10, 20, 25]
    seconds = np.diff([0.0, *(point["seconds"] for point in found["curve"])])
    assert (seconds.round(2) >= 0.3).all()  # 0.95 - 0.65 is a little less
    (fit,) = fits
    given = fit.labels >= 0
    assert given.sum() == 25
    assert np.array_equal(fit.labels[given], data.answer_key[given])
    best = fit.probabilities(data.test_images, seen(data.test_images)).argmax(1)
    error = round(100 * np.mean(best != data.test_answer_key), 2)
    assert found["curve"][-1]["error"] == error < 60
    assert found["curve"][-1]["predicted_by"] == fit.predicted_by
    # Before the first label, the most typical images are asked.
    typical = set(fit.starter.atlas.medoids.tolist())
    assert (
        len(typical & set(np.flatnonzero(given).tolist())) >= 5
    )  # nothing else was known at first


@pytest.mark.parametrize(("model", "alone"), [("m2", False), ("m2", True), ("m1m2", False)])
def test_without_a_starter_the_map_and_the_m1_are_made_first(model, alone, call):
    options = ["--labels", "20", "--seconds-per-batch", "0.3", "--strategy", "close"]
    found = call("simulate", *QUICK, "--model", model, *options, *(["--alone"] if alone else []))
    assert [point["labels"] for point in found["curve"]] == [10, 20]
    assert (found["starter"], found["with_teacher"]) == (False, not alone)
    needs_m1 = model == "m1m2"  # it had as long as both batches
    assert found["curve"][0]["seconds"] >= (2 * 0.3 if needs_m1 else 0) + 0.3


def test_the_first_questions_are_typical_by_the_features(call, fits, photos):
    options = ["--data", "photos", "--labels", "4", "--batch", "2", "--seconds-per-batch", "0.1"]
    found = call("simulate", *options)
    assert found["features"] == "mean-colour"
    assert found["curve"][0]["error"] == 0  # one of each kind
    assert photos.n_seen == 40


def test_simulate_prints_a_table_without_json(capsys, shipped):
    options = ["--model", "m2", "--labels", "4", "--batch", "3", "--seconds-per-batch", "0.1"]
    assert main(["simulate", *QUICK, *options, "--strategy", "random"]) == 0
    printed = capsys.readouterr()
    head, one, other = printed.out.splitlines()
    assert head.split() == ["labels", "seconds", "test", "error,", "%", "predicted_by"]
    assert (one.split()[0], other.split()[0]) == ("3", "4")
    assert "3 of 4 labels" in printed.err


def test_an_unknown_strategy_is_refused_with_those_there_are(refused):
    sentence = refused("simulate", *QUICK, "--strategy", "entrpy")
    assert sentence == f"Unknown strategy 'entrpy'. Choose one of: {', '.join(STRATEGIES)}."


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_simulated(strategy, call, fits, shipped):
    options = ["--model", "m1m2", "--labels", "12", "--batch", "6", "--seconds-per-batch", "0.05"]
    found = call("simulate", *QUICK, *options, "--strategy", strategy, "--class", "4")
    assert [point["labels"] for point in found["curve"]] == [6, 12]
    assert (fits[0].labels >= 0).sum() == 12


def test_a_mix_of_1_asks_what_random_asks(call, fits, shipped):
    options = ["--model", "m2", "--labels", "9", "--batch", "3", "--seconds-per-batch", "0.05"]
    call("simulate", *QUICK, *options, "--strategy", "entropy", "--mix", "1")
    call("simulate", *QUICK, *options, "--strategy", "random")
    assert np.array_equal(fits[0].labels, fits[1].labels)


def test_least_sure_wants_a_class_that_there_is(refused):
    needs = ["simulate", *QUICK, "--strategy", "least-sure"]
    expected = "--strategy least-sure expects --class, one of: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert refused(*needs) == f"{expected}."
    assert refused(*needs, "--class", "ten") == f"{expected}, got 'ten'."


@pytest.mark.parametrize("mix", ["-0.1", "1.5", "half", "nan"])
def test_a_mix_that_is_no_share_is_refused(mix, refused):
    sentence = refused("simulate", *QUICK, f"--mix={mix}")
    assert f"expected a share from 0 to 1, got '{mix}'" in sentence


def test_an_image_of_noise_is_odder_than_the_digits(call, fits, shipped):
    call("simulate", *QUICK, "--model", "m2", "--labels", "10", "--seconds-per-batch", "1")
    learner = fits[0].learner
    some = np.arange(50)
    guesses = learner.probabilities(some)
    before = anomaly_scores(learner, some, guesses)
    assert abs(before.mean()) < 1e-4
    assert np.array_equal(before, anomaly_scores(learner, some, guesses))
    learner.prepared[7] = torch.randint(0, 256, learner.prepared[7].shape, dtype=torch.uint8)
    assert anomaly_scores(learner, some, guesses).argmax() == 7


def test_without_a_test_part_the_curve_is_of_what_has_no_label(call, fits, data, monkeypatch):
    alone = dataclasses.replace(data, name="alone", test_images=None, test_answer_key=None)
    monkeypatch.setitem(SOURCES, "alone", lambda: alone)
    options = ["--model", "m2", "--labels", "20", "--seconds-per-batch", "0.2"]
    found = call("simulate", "--data", "alone", *QUICK[2:], *options)
    (fit,) = fits
    rest = fit.labels < 0
    wrong = fit.ensemble.probabilities()[rest].argmax(1) != data.answer_key[rest]
    assert (found["error"], found["error_on"]) == (round(100 * wrong.mean(), 2), "unlabelled")
    assert found["curve"][-1]["error"] == found["error"]
