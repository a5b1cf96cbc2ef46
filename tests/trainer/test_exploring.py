"""What the page that explores reads of a model: its decoder, all codes, one example's posterior."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ssvae_core.decoding.interpreter import decode
from ssvae_core.decoding.program import Packed, unpack
from ssvae_core.errors import UserError
from ssvae_core.models import MODELS
from ssvae_core.protocol.queries import ReadCodes, ReadDecoder, ReadPosterior
from ssvae_core.trainer.exploring import MOST_KL, kl_of_each
from ssvae_core.training.drawing_guard import DrawingGuard
from ssvae_core.training.ensemble import WARM_UP
from ssvae_core.training.tensors import as_inputs
from tests.support.small_core import K, ask, label, learned_core, make_core, none_rejected, step

POINTS = {"aae", "aae-map"}


def programs_of(found):
    return unpack(Packed(found.programs, found.frozen, found.learned))


@pytest.fixture(autouse=True)
def _all_pass(monkeypatch):
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)


@pytest.mark.parametrize("model", MODELS)
def test_codes_through_the_program_are_the_model_s_redrawings(digits, starter, tmp_path, model):
    core = learned_core(digits, starter, tmp_path, model)
    programs = programs_of(ask(core, ReadDecoder))
    learner, model_now = core.state.learner, core.state.learner.ema_model.eval()
    y = core.state.ensemble.probabilities().argmax(1)
    x, classes = as_inputs(learner.prepared), torch.from_numpy(y)
    for space, encode, draw in (
        ("code", model_now.code, model_now.decode_code),
        ("style", model_now.encode, model_now.decode),
    ):
        codes = ask(core, ReadCodes, space=space)
        assert codes.codes.shape == (len(digits), programs[space].dim)
        assert len(codes.spread) == programs[space].dim
        assert len(codes.information) == (0 if model in POINTS else programs[space].dim)
        drawn = decode(programs[space], codes.codes.astype(np.float32), y)
        with torch.no_grad():
            expected = draw(encode(x, classes), classes).numpy()
        assert np.abs(drawn - expected).mean() < 2e-3  # codes are halves, too


@pytest.mark.parametrize("model", MODELS)
def test_the_terms_of_a_bound_add_up_to_it(digits, starter, tmp_path, model):
    core = learned_core(digits, starter, tmp_path, model)
    found = ask(core, ReadPosterior, example=3, label=5)
    assert found.label == 5
    if model in POINTS:
        assert found.terms == {}
        assert len(found.style_mean) == 0
        return
    assert (found.style_variance > 0).all()
    terms = dict(found.terms)
    assert terms.pop("bound") == pytest.approx(sum(terms.values()), abs=1e-3)
    assert found.bounded in terms
    likeliest = ask(core, ReadPosterior, example=3).label
    assert likeliest == core.state.ensemble.propagated[3].argmax()


def test_before_labels_the_m1_alone_draws_and_says_its_own_bound(digits, starter, tmp_path):
    core = make_core("guided-m1", digits, starter, tmp_path)
    found = ask(core, ReadDecoder)
    assert list(found.programs) == ["code"]
    assert not found.is_by_class
    assert found.drawn_by == "an M1 trained on these images"
    assert len(ask(core, ReadCodes, space="code").codes) == len(digits)
    with pytest.raises(UserError, match="cannot draw yet"):
        ask(core, ReadCodes, space="style")
    posterior = ask(core, ReadPosterior, example=3)
    assert posterior.bounded == "picture"
    assert posterior.terms["bound"] == pytest.approx(
        posterior.terms["picture"] + posterior.terms["style"], abs=1e-4
    )


def test_what_a_dimension_tells_is_its_kl_and_one_odd_example_does_not_drown_it():
    mean, log_var = torch.tensor([[0.5, -1.0], [0.0, 2.0]]), torch.tensor([[-1.0, 0.3], [70.0, -2]])
    inferred = torch.distributions.Normal(mean, (0.5 * log_var).exp())
    expected = torch.distributions.kl_divergence(inferred, torch.distributions.Normal(0.0, 1.0))
    found = kl_of_each(mean, log_var)
    assert expected[1, 0] > 1e29
    assert found[1, 0] == MOST_KL
    torch.testing.assert_close(found[:, 1], expected[:, 1])
    torch.testing.assert_close(found[0], expected[0])


def test_it_says_which_m1_draws(digits, starter, tmp_path):
    core = learned_core(digits, starter, tmp_path, "guided-m1")
    core.state.starter = replace(core.state.starter, is_trained=False)
    assert ask(core, ReadDecoder).drawn_by.startswith("the images' principal components")
    assert ask(learned_core(digits, starter, tmp_path, "m2"), ReadDecoder).drawn_by == ""


def test_a_model_without_an_m1_draws_nothing_before_it_has_learned(digits, starter, tmp_path):
    core = make_core("guided", digits, starter, tmp_path)
    for kind, about in ((ReadDecoder, {}), (ReadPosterior, {"example": 0})):
        with pytest.raises(UserError, match="Label a few images"):
            ask(core, kind, **about)


def test_weights_that_stay_are_sent_once_and_versions_tell_what_is_new(digits, starter, tmp_path):
    core = make_core("guided-m1", digits, starter, tmp_path)
    label(core)
    step(core, WARM_UP)
    first = ask(core, ReadDecoder)
    assert ask(core, ReadDecoder).version == first.version
    step(core, 5)
    second = ask(core, ReadDecoder, known=first.frozen_version)
    assert second.version != first.version
    assert second.frozen_version == first.frozen_version
    assert len(second.frozen) == 0
    assert len(second.learned) < len(first.frozen)
    assert second.codes["code"] == first.codes["code"]  # M1's do not move
    assert second.codes["style"] != first.codes["style"]


def test_what_looks_like_no_picture_is_not_given_as_a_decoder(
    digits, starter, tmp_path, monkeypatch
):
    core = learned_core(digits, starter, tmp_path, "m2")
    monkeypatch.setattr(DrawingGuard, "rejects", lambda self, drawn: np.ones(len(drawn), bool))
    with pytest.raises(UserError, match="cannot draw yet"):
        ask(core, ReadDecoder)


def test_an_example_that_is_not_there_is_a_sentence(digits, starter, tmp_path):
    core = learned_core(digits, starter, tmp_path, "m2")
    with pytest.raises(UserError, match="There is no image 300"):
        ask(core, ReadPosterior, example=300)
    assert ask(core, ReadPosterior, example=0, label=K + 5).label < K
