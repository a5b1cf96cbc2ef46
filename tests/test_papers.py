"""The table of papers: what is measured, how it is kept; and one short run of each kind."""

import dataclasses
import itertools
import json
import math
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from quadrature import Z, log_integral, log_standard_normal

from benchmarks import measures, papers
from benchmarks.measures import (
    clustering_error,
    importance_bound_of_m1,
    model_error,
    weighted_bound,
    weighted_bound_of_m1,
)
from benchmarks.papers import ROWS, Row, keep, order, race, table
from ssvae_core.atlas import atlas
from ssvae_core.data import Dataset
from ssvae_core.models import M2, MODELS, VAE, ModelInputs
from ssvae_core.models.config import check
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.options.options import FittingOptions

MADE = {"command": "c", "date": "d", "machine": "m", "threads": 1, "clock": "wall"}


def run_of(seed, value):
    return {"seed": seed, "value": value, "seconds": 5.0, "steps": 100, "predicted_by": "model"}


@pytest.fixture
def split(digits):
    """The starter's 300 digits to learn from; 100 of them to be asked about."""
    return Dataset(
        name="digits",
        title="Small digits",
        images=digits.images,
        class_names=digits.class_names,
        answer_key=digits.answer_key,
        test_images=digits.images[200:],
        test_answer_key=digits.answer_key[200:],
    )


# The rows


def test_every_model_has_a_row_with_100_labels():
    assert {row.model for row in ROWS.values() if row.labels == 100} == set(MODELS)


def test_every_rows_model_and_settings_are_there():
    for row in ROWS.values():
        _, knobs = FittingOptions.split(row.config, (28, 28, 1))
        check(dataclasses.replace(MODELS[row.model].config, **knobs))


def test_clusters_begin_at_medoids_and_see_no_label(split, starter, monkeypatch):
    monkeypatch.setattr(papers, "load_dataset", lambda _: split)
    monkeypatch.setattr(papers.Starter, "load", lambda *_: starter)
    begun = []
    row = dataclasses.replace(
        ROWS["aae-clusters"], n_classes=4, measure=lambda fit, _: begun.append(fit.labels) or 0.0
    )
    race(row, seed=1, budget=0.1, clock="wall")
    medoids = atlas.medoids(starter.atlas.xy, (4,), seed=1)
    assert begun[0][medoids].tolist() == [0, 1, 2, 3]
    assert (begun[0] >= 0).sum() == 4


@pytest.mark.parametrize("model", ["m2", "m1m2", "m1m2-paper"])
def test_the_first_papers_models_have_all_of_its_columns(model):
    assert {100, 600, 1000, 3000} <= {row.labels for row in ROWS.values() if row.model == model}


# What is measured


def test_an_error_is_the_share_of_wrong_answers_in_percent(split):
    said = np.eye(10)[(split.test_answer_key + (np.arange(100) < 7)) % 10]
    assert model_error(SimpleNamespace(modelled=lambda _: said), split) == pytest.approx(7)


def test_a_cluster_is_named_by_the_training_image_that_is_surest_of_it():
    """Three clusters of two classes; the third's surest image is not like most of its members."""
    surest = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0.1, 0.8, 0.1], [0, 0.3, 0.7], [0, 0.4, 0.6]])
    asked = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])
    data = Dataset(
        "d",
        "d",
        np.zeros((5, 1, 1, 1), np.uint8),
        ("a", "b"),
        answer_key=np.array([0, 1, 1, 1, 0]),
        test_images=np.ones((5, 1, 1, 1), np.uint8),
        test_answer_key=np.array([0, 1, 1, 1, 0]),
    )
    fit = SimpleNamespace(
        modelled=lambda images: asked if images.any() else surest,
        learner=SimpleNamespace(known=torch.zeros(3, dtype=torch.bool)),
    )
    # The clusters are 0, 1, 1: the second image and the last are wrong.
    assert clustering_error(fit, data) == pytest.approx(40)
    assert fit.learner.known.all()


@torch.no_grad()
def test_many_draws_of_an_m1_come_to_log_p_x():
    torch.manual_seed(1)
    vae, x = VAE(ModelInputs((6,), 1, Bernoulli()), VAE.Config(1, 16)), torch.rand(3, 6)
    for i in range(3):
        log_joint = log_standard_normal(Z) + vae.likelihood.log_prob(x[i], vae.decoder(Z))
        bound = importance_bound_of_m1(vae, x[i : i + 1], 2000)
        assert bound.item() == pytest.approx(log_integral(log_joint).item(), abs=1e-2)


def test_a_bound_is_a_mean_over_images_and_the_same_each_time(split):
    torch.manual_seed(0)
    vae = VAE(ModelInputs((8, 8, 1), 1, Bernoulli()), VAE.Config(1, 16))
    m2 = M2(ModelInputs((8, 8, 1), 1, Bernoulli()), M2.Config(1, 16))
    learner = SimpleNamespace(ema_model=m2)
    fit = SimpleNamespace(m1=vae, learner=learner, device=torch.device("cpu"))
    halves = [dataclasses.replace(split, test_images=split.test_images[i::2]) for i in range(2)]
    for bound in (weighted_bound, weighted_bound_of_m1):
        value = bound(fit, split)
        assert -64 < value < 0
        assert bound(fit, split) == value
        assert np.mean([bound(fit, half) for half in halves]) == pytest.approx(value, abs=1)


def test_a_bound_is_of_black_and_white_pixels(split):
    seen = []
    grey = dataclasses.replace(split, test_images=np.full((500, 8, 8, 1), 64, np.uint8))
    fit = SimpleNamespace(device=torch.device("cpu"))
    measures.mean_bound(fit, grey, lambda x: seen.append(x) or torch.zeros(len(x)))
    x = torch.cat(seen)
    assert set(x.unique().tolist()) == {0.0, 1.0}
    assert x.mean().item() == pytest.approx(64 / 255, abs=5 * math.sqrt(0.19 / x.numel()))


# How it is kept


def test_draws_of_a_row_add_up_and_one_that_is_run_again_is_replaced(tmp_path):
    for seed, value in ((1, 5.0), (0, 4.0), (1, 3.0)):
        rows = keep(tmp_path, "m2@60", MADE, run_of(seed, value))
    assert [(run["seed"], run["value"]) for run in rows["m2@60"]["runs"]] == [(0, 4.0), (1, 3.0)]
    assert json.loads((tmp_path / "papers.json").read_text()) == rows
    assert table(rows) in (tmp_path / "papers.md").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"papers.json", "papers.md"}


def test_draws_that_were_made_otherwise_are_not_mixed(tmp_path):
    keep(tmp_path, "m2@60", MADE, run_of(0, 4.0))
    keep(tmp_path, "m2@60", MADE, run_of(1, 5.0))
    rows = keep(tmp_path, "m2@60", {**MADE, "threads": 2}, run_of(0, 3.0))
    assert [run["value"] for run in rows["m2@60"]["runs"]] == [3.0]


def test_other_rows_and_budgets_stay_and_stand_in_order(tmp_path):
    last, first = list(ROWS)[-1], next(iter(ROWS))
    for key in (f"{last}@60", f"{first}@300", f"{first}@30", f"{first}@5"):
        rows = keep(tmp_path, key, MADE, run_of(0, 1.0))
    assert list(rows) == [f"{first}@5", f"{first}@30", f"{first}@300", f"{last}@60"]
    assert order(f"{first}@5") < order(f"{first}@30") < order("gone@5")


def test_commands_side_by_side_lose_nothing(tmp_path):
    names = list(ROWS)[:8]

    def one_command(name):
        for seed in range(12):
            keep(tmp_path, f"{name}@5", MADE, run_of(seed, seed))

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(one_command, names))
    rows = json.loads((tmp_path / "papers.json").read_text())
    assert {key: len(row["runs"]) for key, row in rows.items()} == {f"{n}@5": 12 for n in names}


def test_a_row_says_its_mean_each_draw_and_how_it_was_made():
    runs = [{**run_of(0, 2.0), "model_alone": 3.5}, run_of(1, 4.0)]
    lines = table(
        {
            "m2-alone@5": {**MADE, "runs": runs},
            "gone@5": {**MADE, "runs": runs},
            "aae-clusters@60": {**MADE, "runs": runs[:1], "note": "the first 500 images"},
            "m2@5": {**MADE, "runs": runs, "sight": True},
            "m2@6": {**MADE, "runs": runs},
        }
    ).splitlines()
    assert len(lines) == 6
    assert "with teacher, starter with sight, " in lines[4]
    assert "with teacher, starter without sight, " in lines[5]
    assert len({line.count("|") for line in lines}) == 1
    assert "| m2 | 100 | 11.97" in lines[2]
    assert (
        "| **3.00** | 2.00 4.00 | 3.50 | 5 | 100 | alone, from nothing, model spoke, 1 thread"
        in lines[2]
    )
    assert "16 clusters" in lines[3]
    assert ", the first 500 images | " in lines[3]


# Short runs


@pytest.mark.parametrize(
    "row",
    [
        Row("m2", 30, starter=False),
        Row("m2", 30, with_teacher=False, starter=False),
        Row("m1m2-paper", 30, with_teacher=False, config={"hidden_dim": 32}),
        ROWS["aae-clusters"],
        ROWS["aae-clusters-alone"],
        ROWS["ladder-bound"],
        dataclasses.replace(ROWS["m1-bound"], starter=True),  # an M1 of an instant is no M1
    ],
    ids=lambda row: f"{row.model}-{row.labels}-{row.measure.__name__}",
)
def test_a_row_can_be_run(row, split, starter, monkeypatch):
    monkeypatch.setattr(papers, "load_dataset", lambda _: split)
    monkeypatch.setattr(papers.Starter, "load", lambda *_: starter)
    monkeypatch.setattr(measures, "N_DRAWS", 5)
    run = race(row, seed=1, budget=0.3, clock="wall")
    assert run["seed"] == 1
    assert math.isfinite(run["value"])
    assert ("model_alone" in run) == (row.labels > 0)


def test_where_only_the_m1_counts_it_has_all_seconds(split, monkeypatch):
    monkeypatch.setattr(papers, "load_dataset", lambda _: split)
    row = dataclasses.replace(ROWS["m1-bound"], measure=lambda fit, _: fit.learner is None)
    monkeypatch.setitem(papers.CLOCKS, "looks", partial(next, itertools.count()))
    run = race(row, seed=1, budget=40, clock="looks")
    assert run["value"]  # there is no model on the M1
    assert run["steps"] == 0
    assert 40 <= run["seconds"] < 45


def test_the_command_keeps_every_draw_of_its_rows(split, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(papers, "load_dataset", lambda _: split)
    monkeypatch.setattr(papers, "ROWS", {"m2-30": Row("m2", 30, "9.99", starter=False)})
    monkeypatch.setattr(torch, "set_num_threads", lambda _: None)
    options = ["--only", "m2-30", "--labels", "30", "--seeds", "2", "--budget", "0.3"]
    monkeypatch.setattr(sys, "argv", ["papers", *options, "--results", str(tmp_path)])
    papers.main()
    rows = json.loads((tmp_path / "papers.json").read_text())
    assert [run["seed"] for run in rows["m2-30@0.3"]["runs"]] == [0, 1]
    said = capsys.readouterr()
    assert "| m2 | 30 | 9.99 |" in said.out
    assert "m2-30, draw 1: " in said.err
