"""Contrastive pretraining: what it learns, which images make a pair, who begins with it."""

import math

import numpy as np
import pytest
import torch

from ssvae_core.atlas.atlas import N_BEYOND, N_NEIGHBOURS, nearest_neighbours, with_others
from ssvae_core.fitting.fit import Fit
from ssvae_core.fitting.saved_fit import load_fit, save_fit
from ssvae_core.fitting.seen import Seen
from ssvae_core.models.contrastive import N_FEATURES, ContrastivePretraining
from ssvae_core.pretraining import contrastive
from ssvae_core.pretraining.contrastive import (
    PARTNERS,
    embed,
    learn_contrastively,
    with_image_encoder,
)
from ssvae_core.protocol.queries import Explain
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.state import new_state
from ssvae_core.training.augmentation import with_holes
from ssvae_core.training.chunks import run_to_end
from tests.support.small_contrastive import SHAPE, encoders_like
from tests.support.small_core import K, ask, label, learned, make_core, step


def learn(pixels, steps, n_pairs=32, seed=0, neighbours=None):
    torch.manual_seed(seed)
    image_encoder = ContrastivePretraining(SHAPE)
    near = nearest_neighbours(pixels.numpy() / 255)[0] if neighbours is None else neighbours
    work = learn_contrastively(
        image_encoder, SHAPE, pixels, near, n_pairs, lambda done: 1 - done / steps, seed
    )
    return image_encoder, [terms["contrast"].item() for terms in work]


def test_learning_lowers_it_and_sees_classes_better_than_new_convolutions(pixels, digits):
    image_encoder, contrasts = learn(pixels, 150)
    assert np.mean(contrasts[-20:]) < np.mean(contrasts[:20]) - 0.1
    new = ContrastivePretraining(SHAPE)

    def share_of_the_same_class(image_encoder):
        found = nearest_neighbours(run_to_end(embed(image_encoder, pixels)).numpy())[0]
        return (digits.answer_key[found] == digits.answer_key[:, None]).mean()

    assert (
        share_of_the_same_class(image_encoder.image_encoder)
        > share_of_the_same_class(new.image_encoder) + 0.02
    )


def test_the_same_seed_learns_the_same(pixels):
    one, other = learn(pixels, 3)[0], learn(pixels, 3)[0]
    mine, its = one.state_dict(), other.state_dict()
    assert all(torch.equal(mine[name], its[name]) for name in mine)


def test_a_pair_is_an_image_and_one_of_its_nearest_neighbours(monkeypatch):
    """Images of one grey each, unwarped and whole, so that who they are can be read off."""
    values = torch.arange(60, dtype=torch.float32)[:, None].expand(-1, 64) / 60
    near = (np.arange(60)[:, None] + np.arange(1, 9)) % 60
    batches = []
    monkeypatch.setattr(contrastive, "Warp", lambda *_, **__: torch.nn.Identity())
    monkeypatch.setattr(contrastive, "with_holes", lambda x, _: x)
    monkeypatch.setattr(
        contrastive.Optimisation, "step", lambda _, batch: batches.append(batch.x_unlabelled) or {}
    )
    list(
        learn_contrastively(
            ContrastivePretraining(SHAPE), SHAPE, values, near, 500, lambda done: 1 - done, 0
        )
    )
    (x,) = batches
    one, other = (60 * x[:, 0]).round().int().chunk(2)
    apart = (other - one) % 60
    assert set(apart.tolist()) == set(range(1, PARTNERS + 1))
    assert len(set(one.tolist())) == 60


def test_half_of_the_images_lose_a_square_of_half_their_size_at_most():
    torch.manual_seed(0)
    shape = (12, 16, 3)
    x = torch.ones(2000, 12 * 16 * 3)
    lost = (with_holes(x, shape) == 0).view(-1, *shape)
    assert (lost.all(-1) == lost.any(-1)).all()  # all channels alike
    lost = lost[..., 0]
    has_hole = lost.flatten(1).any(1)
    assert has_hole.float().mean().item() == pytest.approx(0.5, abs=0.05)
    heights, widths = lost.any(2).sum(1)[has_hole], lost.any(1).sum(1)[has_hole]
    assert (heights.max(), widths.max()) == (6, 8)
    assert (lost.flatten(1).sum(1)[has_hole] == heights * widths).all()  # a square, nothing else
    middle = lost[:, 5:7, 7:9].float().mean(), lost[:, [0, -1]].float().mean()
    assert middle[0] > 1.5 * middle[1] > 0


def test_what_is_seen_does_not_depend_on_who_else_is_looked_at(image_encoder, pixels):
    whole = run_to_end(embed(image_encoder, pixels))
    torch.testing.assert_close(whole.norm(dim=1), torch.ones(len(pixels)))
    torch.testing.assert_close(run_to_end(embed(image_encoder, pixels[7:9])), whole[7:9])


# Neighbours by sight, and beyond them others


def test_others_come_after_the_neighbours_and_lie_further_off():
    rng = np.random.default_rng(0)
    near = nearest_neighbours(rng.normal(size=(90, 3)).astype(np.float32))
    others = nearest_neighbours(
        rng.normal(size=(90, 3)).astype(np.float32), N_NEIGHBOURS + N_BEYOND
    )
    neighbours, distances = with_others(near, others)
    assert np.array_equal(neighbours[:, :N_NEIGHBOURS], near[0])
    assert np.array_equal(distances[:, :N_NEIGHBOURS], near[1])
    assert (np.diff(distances, axis=1) >= 0).all()
    for i in range(90):
        expected = [j for j in others[0][i].tolist() if j not in near[0][i]][:N_BEYOND]
        assert neighbours[i, N_NEIGHBOURS:].tolist() == expected
        apart = [others[1][i][others[0][i].tolist().index(j)] / others[1][i, -1] for j in expected]
        reach = near[1][i, -1]
        beyond = [reach * math.sqrt(1 + share**2) for share in apart]
        np.testing.assert_allclose(distances[i, N_NEIGHBOURS:], beyond, rtol=1e-5)


def test_where_all_are_neighbours_already_no_others_are_added():
    points = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    near = nearest_neighbours(points)
    neighbours, _ = with_others(near, nearest_neighbours(points, N_NEIGHBOURS + N_BEYOND))
    assert neighbours.shape == near[0].shape == (8, 7)


def test_a_starter_learns_to_see_on_the_m1_and_the_map_it_has(starter, digits):
    *lines, new = with_image_encoder(starter, digits, steps=4)
    assert all(isinstance(line, str) for line in lines)
    assert new.m1 is starter.m1
    assert np.array_equal(new.atlas.xy, starter.atlas.xy)
    assert new.atlas.neighbours.shape == (len(digits), N_NEIGHBOURS + N_BEYOND)
    assert new.image_encoder.is_as(SHAPE, N_FEATURES)


def test_a_session_and_a_fit_begin_with_it(starter_with_encoder, digits, tmp_path):
    cpu = torch.device("cpu")
    on = digits, starter_with_encoder
    state = new_state(*on, model="guided", config={}, n_classes=K, device=cpu, folder=tmp_path)
    core = TrainerCore(state)
    fit = Fit(digits.images, core.state.labels, n_classes=K, starter=starter_with_encoder)
    list(fit.run(max_steps=0))
    for model in (core.state.learner.model, fit.learner.model):
        assert list(encoders_like(model, starter_with_encoder.image_encoder))


def test_a_card_has_the_labelled_examples_nearest_by_sight(starter_with_encoder, digits, tmp_path):
    core = make_core("guided", digits, starter_with_encoder, tmp_path)
    labelled = label(core)
    features = (
        run_to_end(embed(starter_with_encoder.image_encoder, core.state.pixels)).cpu().numpy()
    )
    distances = np.linalg.norm(features[np.sort(labelled)] - features[299], axis=1)
    card = ask(core, Explain, example=299, n_nearest=4)
    np.testing.assert_allclose(card.distances, np.sort(distances)[:4], atol=1e-4)
    usual = np.median(core.state.atlas.distances[:, :N_NEIGHBOURS])
    assert card.usual_distance == pytest.approx(usual)


def test_a_fit_places_new_images_by_sight_and_so_does_one_read_back(
    starter_with_encoder, digits, tmp_path
):
    labels = np.where(np.arange(300) < 60, digits.answer_key, -1)
    fit = Fit(digits.images, labels, n_classes=K, starter=starter_with_encoder)
    list(fit.run(max_steps=2))
    new = digits.images[:40, ::-1].copy()
    values = torch.from_numpy(new).flatten(1)
    expected = run_to_end(embed(starter_with_encoder.image_encoder, values)).numpy()
    np.testing.assert_allclose(fit.graphs[0].place(Seen(values)), expected, atol=1e-6)
    save_fit(tmp_path / "model", fit)
    again, _ = load_fit(tmp_path / "model", torch.device("cpu"))
    np.testing.assert_allclose(again.graphs[0].place(Seen(values)), expected, atol=1e-6)
    np.testing.assert_allclose(again.propagated(new), fit.propagated(new), atol=1e-6)


def test_learning_leaves_the_sight_of_the_starter_as_it_was(starter_with_encoder, digits, tmp_path):
    before = {
        name: value.clone()
        for name, value in starter_with_encoder.image_encoder.state_dict().items()
    }
    core = make_core("guided", digits, starter_with_encoder, tmp_path)
    labels = np.arange(40)
    core.apply(40, labels, digits.answer_key[labels])
    step(core, 5)
    assert learned(core)
    after = starter_with_encoder.image_encoder.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
