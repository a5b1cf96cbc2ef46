"""What the app asks of the model: every query of the protocol keeps its contract."""

import dataclasses
from typing import get_args

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from ssvae_core.data.vector_pictures import as_pictures
from ssvae_core.errors import UserError
from ssvae_core.models import MODELS
from ssvae_core.models.m1 import ACTIVE_VARIANCE
from ssvae_core.pretraining.starter import Starter, active_latents, latent_means, new_m1
from ssvae_core.protocol.queries import (
    Answer,
    CheckLabels,
    DrawMap,
    Explain,
    NearestReal,
    NoAnswer,
    Propagate,
    Query,
    ReadCodes,
    ReadDecoder,
    ReadPosterior,
    Redraw,
)
from ssvae_core.protocol.queries_from_elsewhere import PlaceImage, SampleClasses
from ssvae_core.protocol.queries_of_spaces import ReadSpace
from ssvae_core.protocol.wire import encode
from ssvae_core.trainer.queries import QUERIES
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.drawing_guard import DrawingGuard
from ssvae_core.training.ensemble import WARM_UP
from ssvae_core.training.label_propagation import Propagation
from ssvae_core.training.tensors import as_inputs
from tests.support.same_core import assert_same, everything
from tests.support.small_core import KINDS, K, ask, label, make_core, none_rejected, step

WITHOUT_BOUND = {"aae", "aae-map"}
ABOUT_3 = {
    Redraw: {"example": 3},
    Explain: {"example": 3},
    CheckLabels: {},
    DrawMap: {"view": "pca"},
    Propagate: {"examples": np.array([3], np.int32)},
    NearestReal: {"images": np.zeros((2, 8, 8, 1), np.uint8)},
    ReadDecoder: {"known": ""},
    ReadCodes: {"space": "style"},
    ReadPosterior: {"example": 3},
    PlaceImage: {"image": np.full((8, 8, 1), 90, np.uint8)},
    SampleClasses: {"classes": np.array([3, 0], np.int16), "n": 2, "seed": 5},
    ReadSpace: {"space": "pixels"},
}


def all_rejected(self, drawn):
    return np.ones(drawn.shape[:-1], bool)


@pytest.fixture
def make(digits, starter, tmp_path):
    def make(model="m1m2", n_steps=WARM_UP, **labels):
        core = make_core(model, digits, starter, tmp_path)
        label(core, **labels)
        step(core, n_steps)
        return core

    return make


# For every query


@pytest.mark.parametrize("kind", QUERIES)
@pytest.mark.parametrize("model", KINDS)
def test_every_query_keeps_its_contract_and_teaches_nothing(make, model, kind):
    """An answer as a message may hold it, or a sentence; before learning, and after."""
    core = make(model, n_steps=0)
    for _ in range(2):
        before, drawn = everything(core), torch.get_rng_state()
        try:
            reply = ask(core, kind, **ABOUT_3[kind])
        except UserError as error:
            reply = NoAnswer(0, str(error))
            assert reply.error[0].isupper()
            assert reply.error.endswith(".")
        assert isinstance(reply, Answer)
        assert encode(reply)
        assert_same(everything(core), before)
        assert torch.equal(torch.get_rng_state(), drawn)
        step(core, WARM_UP)


@pytest.mark.parametrize("kind", QUERIES)
def test_the_same_query_has_the_same_answer(make, kind):
    core = make()
    one, other = (vars(ask(core, kind, **ABOUT_3[kind])) for _ in range(2))
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name])


def test_every_query_of_the_protocol_is_answered_and_says_what_it_promises():
    assert tuple(QUERIES) == get_args(Query)
    assert all(kind.__doc__ and function.__doc__ for kind, function in QUERIES.items())


@pytest.mark.parametrize("kind", [Redraw, Explain, Propagate])
@pytest.mark.parametrize("example", [-1, 300])
def test_an_example_that_is_not_there_is_refused(make, kind, example):
    about = (
        {"examples": np.array([example], np.int32)} if kind is Propagate else {"example": example}
    )
    with pytest.raises(UserError, match=f"There is no image {example}; the data set has 300."):
        ask(make(n_steps=0), kind, **about)


# Drawings and real images


@pytest.mark.parametrize("is_trained", [True, False])
def test_the_example_nearest_to_a_copy_of_one_is_that_one(make, digits, is_trained):
    core = make(n_steps=0)
    core.state.starter = dataclasses.replace(core.state.starter, is_trained=is_trained)
    copied = digits.images[[7, 299, 0]]
    found = ask(core, NearestReal, images=copied)
    assert found.examples.dtype == np.int32
    assert np.array_equal(digits.images[found.examples], copied)


def test_the_example_nearest_to_a_drawing_is_so_in_the_latents_that_vary(make, digits):
    core = make(n_steps=0)
    drawn = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1)).astype(np.uint8)
    m1 = core.state.starter.m1
    with torch.no_grad():
        every = m1.encode(as_inputs(torch.from_numpy(digits.images)).flatten(1))
        theirs = m1.encode(as_inputs(torch.from_numpy(drawn)).flatten(1))
    varies = every.var(0) > 0.05
    expected = torch.cdist(theirs[:, varies], every[:, varies]).argmin(1)
    assert ask(core, NearestReal, images=drawn).examples.tolist() == expected.tolist()


def test_drawings_of_another_size_are_refused(make):
    with pytest.raises(UserError, match="of another size than the images"):
        ask(make(n_steps=0), NearestReal, images=np.zeros((1, 9, 9, 1), np.uint8))


# card


@pytest.mark.parametrize("model", MODELS)
def test_a_card_has_the_gaps_of_the_known_classes_best_first(make, model, monkeypatch):
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)  # after 30 steps some draw fog
    core = make(model, classes=[1, 4, 7])
    card = ask(core, Explain, example=200)
    if model in WITHOUT_BOUND:
        assert (card.classes.tolist(), card.gaps.tolist()) == ([], [])
    else:
        assert sorted(card.classes) == [1, 4, 7]
        gaps = card.gaps.tolist()
        assert gaps[0] == 0
        assert gaps == sorted(gaps, reverse=True)
    assert len(set(card.redrawn.tolist())) == 2
    assert set(card.redrawn.tolist()) < {1, 4, 7}
    assert card.images.shape == (2, 8, 8, 1)
    for image, k in zip(card.images, card.redrawn.tolist(), strict=True):
        redrawn = as_pictures(core.state.learner.redraw(200, k), (8, 8, 1))
        assert np.array_equal(image, redrawn)


def test_what_is_no_picture_is_not_redrawn(make, monkeypatch):
    core = make()
    monkeypatch.setattr(DrawingGuard, "rejects", all_rejected)
    with pytest.raises(UserError, match="cannot draw this image yet"):
        ask(core, Redraw, example=3)
    card = ask(core, Explain, example=200)
    assert (card.redrawn.tolist(), len(card.images)) == ([], 0)
    assert len(card.gaps) > 1  # the bound has its say


def test_a_cards_gaps_are_the_differences_of_the_models_own_bound(make):
    """Against the model's bound asked one class at a time, with many draws."""
    core = make(n_steps=100)
    found = ask(core, Explain, example=250)
    x = as_inputs(core.state.learner.prepared[250:251])
    with torch.no_grad():
        slow = {
            k: core.state.learner.ema_model.bound(x.expand(500, -1), torch.full((500,), k))
            .mean()
            .item()
            for k in range(K)
        }
    best = slow[found.classes[0]]
    for k, gap in zip(found.classes, found.gaps, strict=True):
        assert gap == pytest.approx(slow[k] - best, abs=4)


def test_a_card_shows_the_guess_or_the_label_and_the_other_class_that_explains_it_best(make):
    core = make()
    for example in [
        *np.flatnonzero(core.state.labels < 0)[:20],
        np.flatnonzero(core.state.labels == 3)[0],
    ]:
        found = ask(core, Explain, example=int(example))
        first, second = found.redrawn
        said = core.state.ensemble.probabilities()[example].argmax()
        assert first == (said if core.state.labels[example] < 0 else 3)
        assert second == next(k for k in found.classes if k != first)


def test_without_a_bound_a_card_shows_the_two_likeliest_classes(make):
    core = make("aae")
    likeliest = np.argsort(-core.state.ensemble.probabilities()[200])[:2]
    assert ask(core, Explain, example=200).redrawn.tolist() == likeliest.tolist()
    given = int(np.flatnonzero(core.state.labels == 3)[0])
    others = np.delete(core.state.learner.unlabelled_probabilities(given), 3)
    first, second = ask(core, Explain, example=given).redrawn
    assert (first, second) == (3, np.delete(np.arange(K), 3)[others.argmax()])


def test_a_card_has_the_labelled_examples_nearest_in_the_latents_that_vary(make):
    core = make()
    card = ask(core, Explain, example=200, n_nearest=4)
    latents = core.state.starter.m1.encode(as_inputs(core.state.pixels)).detach()
    latents = latents[:, latents.var(0) > ACTIVE_VARIANCE].numpy()
    labelled = np.flatnonzero(core.state.labels >= 0)
    distances = np.linalg.norm(latents[labelled] - latents[200], axis=1)
    np.testing.assert_allclose(card.distances, np.sort(distances)[:4], atol=0.02)
    its = distances[np.searchsorted(labelled, card.nearest)]
    np.testing.assert_allclose(card.distances, its, atol=0.02)  # 11 bits of a product
    assert card.usual_distance == pytest.approx(np.median(core.state.atlas.distances))
    assert 200 not in card.nearest


def test_while_the_m1_is_new_the_nearest_are_those_of_alike_values(digits, starter, tmp_path):
    new = Starter(new_m1((8, 8, 1)), starter.atlas, is_trained=False)
    core = make_core("guided", digits, new, tmp_path)
    label(core)
    card = ask(core, Explain, example=200, n_nearest=3)
    labelled = np.flatnonzero(core.state.labels >= 0)
    flat = digits.images.reshape(300, -1) / 255
    distances = np.linalg.norm(flat[labelled] - flat[200], axis=1)
    assert card.nearest.tolist() == labelled[np.argsort(distances)[:3]].tolist()
    assert card.usual_distance is None


def test_a_card_of_one_known_class_shows_that_and_before_learning_none(make, digits, starter):
    core = make(classes=[6])
    card = ask(core, Explain, example=3)
    assert (card.redrawn.tolist(), card.gaps.tolist(), len(card.images)) == ([6], [0.0], 1)
    new = ask(make(n_steps=0), Explain, example=3)
    assert (len(new.classes), len(new.redrawn), len(new.images)) == (0, 0, 0)
    assert len(new.nearest) == 6


# doubts


def test_doubts_name_the_flipped_labels_first(make):
    core = make(n_each=15)
    flipped = np.flatnonzero(core.state.labels >= 0)[::20]
    core.apply(200, flipped, (core.state.labels[flipped] + 1) % K)
    reply = ask(core, CheckLabels)
    assert np.array_equal(reply.examples, np.flatnonzero(core.state.labels >= 0))
    assert reply.propagated.shape == reply.bounds.shape == (150, K)
    given = reply.propagated[np.arange(150), core.state.labels[reply.examples]]
    worst = reply.examples[np.argsort(given)][: 2 * len(flipped)]
    assert np.isin(flipped, worst).mean() >= 0.75


def test_a_contradicted_label_has_the_bounds_of_its_class_and_of_the_other(make):
    core = make(n_each=15, n_steps=60)
    chosen = np.flatnonzero(core.state.labels >= 0)[::10]
    core.apply(200, chosen, (core.state.labels[chosen] + 1) % K)
    reply = ask(core, CheckLabels)
    propagated, bound = reply.propagated, reply.bounds
    n_contradicted = 0
    for row, given in enumerate(core.state.labels[reply.examples]):
        best = max((k for k in range(K) if k != given), key=lambda k: propagated[row, k])
        is_contradicted = propagated[row, best] >= propagated[row, given]
        n_contradicted += is_contradicted
        has = set(np.flatnonzero(np.isfinite(bound[row])).tolist())
        assert has == ({int(given), best} if is_contradicted else set())
    assert n_contradicted >= 10
    for without in (make("aae"), make("m1m2", n_steps=0)):
        assert np.isnan(ask(without, CheckLabels).bounds).all()


def test_labels_that_come_while_doubts_are_looked_for_are_for_the_next_time(make):
    core = make(n_each=15)
    expected = ask(core, CheckLabels).propagated
    work = core.query(CheckLabels(0))
    next(work)
    core.apply(200, np.flatnonzero(core.state.labels < 0)[:5], np.full(5, 3), n_classes=K + 2)
    reply = run_to_end(work)
    assert len(reply.examples) == 150
    np.testing.assert_array_equal(reply.propagated, expected)


def test_without_labels_there_is_nothing_to_doubt(digits, starter, tmp_path):
    reply = ask(make_core("m1m2", digits, starter, tmp_path), CheckLabels)
    assert (reply.examples.shape, reply.propagated.shape) == ((0,), (0, K))


def test_what_propagation_leaves_undecided_is_how_close_its_two_best_classes_are(
    make, digits, starter, tmp_path
):
    core = make()
    close = [
        1 - (best - second) for *_, second, best in map(sorted, core.state.ensemble.propagated)
    ]
    np.testing.assert_allclose(core.snapshot().undecided, close, atol=1e-3)
    unlabelled = make_core("m1m2", digits, starter, tmp_path / "unlabelled")
    assert unlabelled.snapshot().undecided is None


def test_the_voices_disagree_by_half_of_what_lies_between_them(make):
    core = make()
    assert core.snapshot().disagree is not None
    apart = [
        0.5 * sum(abs(float(p) - float(m)) for p, m in zip(one, other, strict=True))
        for one, other in zip(
            core.state.ensemble.propagated, core.state.ensemble.modelled, strict=True
        )
    ]
    np.testing.assert_allclose(core.state.ensemble.disagreement(), apart, atol=1e-3)
    assert make(n_steps=0).snapshot().disagree is None


# Another map


def test_the_map_by_pca_shows_the_two_directions_in_which_the_latents_vary_most(make):
    core = make()
    found = ask(core, DrawMap, view="pca").xy
    latents = active_latents(run_to_end(latent_means(core.state.starter.m1, core.state.pixels)))
    expected = PCA(2).fit_transform(latents.astype(np.float64))
    for axis in range(2):
        assert abs(np.corrcoef(found[:, axis], expected[:, axis])[0, 1]) > 0.99
    assert 0 <= found.min() < found.max() <= 1


def test_a_model_with_two_latents_is_a_map_itself(make):
    core = make("aae-map")
    found = ask(core, DrawMap, view="style").xy
    y = torch.from_numpy(core.state.ensemble.probabilities().argmax(1))
    with torch.no_grad():
        z = (
            core.state.learner.ema_model.eval()
            .encode(as_inputs(core.state.learner.prepared), y)
            .numpy()
        )
    inside = ((found > 0) & (found < 1)).all(1)  # the rest is clipped
    for axis in range(2):
        assert np.corrcoef(found[inside, axis], z[inside, axis])[0, 1] > 0.999


def test_a_view_that_is_not_there_yet_is_refused_in_words(make):
    with pytest.raises(UserError, match="Label a few images first"):
        ask(make(n_steps=0), DrawMap, view="style")


# What other labels would propagate


def test_other_labels_propagate_as_they_would_alone_and_those_that_stand_are_not_forgotten(make):
    core = make()
    before = core.state.ensemble.propagated.copy()
    some, classes = [3, 40, 77, 120], [0, 1, 2, 1]
    of = {"examples": np.array(some, np.int32), "classes": np.array(classes, np.int16)}
    found = ask(core, Propagate, **of).classes
    labels = np.full(len(core.state.labels), -1, np.int16)
    labels[some] = classes
    alone = Propagation(core.state.atlas.neighbours, core.state.atlas.distances)(
        labels, core.state.n_classes
    )
    open_ones = labels < 0
    assert np.array_equal(found[open_ones], alone.argmax(1)[open_ones])
    core.state.ensemble.take_labels(core.state.labels)
    assert np.array_equal(core.state.ensemble.propagated, before)


def test_a_label_for_each_image_is_asked_for(make):
    with pytest.raises(UserError, match="each of the 2 images, not 1"):
        ask(
            make(),
            Propagate,
            examples=np.array([3, 40], np.int32),
            classes=np.array([0], np.int16),
        )
