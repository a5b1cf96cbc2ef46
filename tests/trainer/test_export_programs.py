"""A model as programs and weights: the same numbers by torch alone, onnxruntime, and us."""

import json

import numpy as np
import pytest
import torch

from ssvae_core.encoders.efficientnet_lite0 import SMALL_SIDE, EfficientNetEncoder
from ssvae_core.export.card import card
from ssvae_core.models import MODELS
from ssvae_core.pretraining.encoded_features import EncodedFeatures
from ssvae_core.pretraining.starter import Starter
from ssvae_core.trainer import export_programs
from ssvae_core.trainer.export_programs import (
    config_of,
    load_exported,
    write_programs,
    write_weights,
)
from ssvae_core.trainer.programs import inputs_of, parts_of
from ssvae_core.training.tensors import as_inputs
from tests.support.exported_model import (
    PARTS,
    check_onnx,
    content_of,
    taught,
    taught_on_features,
)

ALSO_ONNX = ("guided-m1", "m1m2", "ladder", "aae")


@pytest.fixture(params=MODELS, scope="module")
def state(request, digits, starter, tmp_path_factory):
    """Of every model; the tests only look at it."""
    return taught(request.param, digits, starter, tmp_path_factory.mktemp("session"))


def test_every_models_programs_compute_its_numbers_with_torch_alone(state, tmp_path):
    found = dict(write_programs(state, tmp_path))
    assert list(found) == PARTS
    assert max(found.values()) <= export_programs.CLOSE
    for name, part in parts_of(state).items():  # of one example, and of many
        program = torch.export.load(tmp_path / f"{name}.pt2").module()
        for n in (1, 70):
            inputs = inputs_of(name, state, n)
            with torch.no_grad():
                assert torch.allclose(program(*inputs.values()), part(**inputs), atol=1e-4)


def test_every_model_is_taken_up_again_from_its_weights(state, tmp_path):
    write_weights(state, tmp_path)
    config = json.loads(json.dumps(config_of(state)))
    model, before = load_exported(tmp_path, config), state.learner.ema_model
    assert type(model) is type(before)
    x = torch.rand(4, 64, generator=torch.Generator().manual_seed(1))
    y = torch.tensor([0, 1, 2, 3])
    with torch.no_grad():
        z = before.encode(before.prepare(x), y)
        assert torch.equal(model.prepare(x), before.prepare(x))
        assert torch.equal(model.classify(model.prepare(x)), before.classify(before.prepare(x)))
        assert torch.equal(model.encode(model.prepare(x), y), z)
        assert torch.equal(model.decode(z, y), before.decode(z, y))
        torch.manual_seed(0)
        drawn = model.sample(y, 3)
        torch.manual_seed(0)
        assert torch.equal(before.sample(y, 3), drawn)


def test_a_classifier_knows_no_class_without_labels(state):
    found = parts_of(state)["classifier"](**inputs_of("classifier", state, 20))
    assert (found[:, 9] == 0).all()
    assert torch.allclose(found.sum(1), torch.ones(20), atol=1e-5)


def test_an_encoder_and_a_decoder_are_the_models_own(state):
    parts, model = parts_of(state), state.learner.ema_model
    x, y = inputs_of("encoder", state, 6).values()
    with torch.no_grad():
        z = parts["encoder"](x, y)
        expected = model.encode(model.prepare(x.flatten(1)), y)
        assert torch.allclose(z, expected, atol=1e-4)
        drawn = parts["decoder"](z, y)
    assert drawn.shape == (6, 8, 8, 1)
    assert torch.allclose(drawn.flatten(1), model.decode(z, y), atol=1e-6)


def test_a_sampler_draws_what_the_model_does(state):
    part, model = parts_of(state)["sampler"], state.learner.ema_model
    y, which, noise = inputs_of("sampler", state, 40).values()
    with torch.no_grad():
        drawn = part(y, which, noise)
        codes = model.class_codes.around(y, which, noise)
        assert torch.allclose(drawn.flatten(1), model.decode_code(codes, y), atol=1e-6)
        # Whatever number it is.
        assert torch.equal(part(y, which + model.class_codes.count[y] * 7, noise), drawn)


@pytest.mark.parametrize("name", ALSO_ONNX)
def test_onnxruntime_computes_the_models_numbers(name, digits, starter, tmp_path):
    check_onnx(taught(name, digits, starter, tmp_path / "session"), tmp_path)


@pytest.mark.parametrize("name", ["guided-m1", "m1"])
def test_a_model_on_features_is_exported_with_them_as_an_input(name, digits, starter, tmp_path):
    state = taught_on_features(name, digits, starter, tmp_path / "session")
    found = dict(write_programs(state, tmp_path))
    assert max(found.values()) <= export_programs.CLOSE
    inputs = inputs_of("classifier", state, 70)
    assert {key: value.shape[1:] for key, value in inputs.items()} == {
        "x": (8, 8, 1),
        "features": (16,),
    }
    program = torch.export.load(tmp_path / "classifier.pt2").module()
    learner = state.learner
    answers = learner.classify(as_inputs(learner.prepared[torch.arange(70)]))
    # Both what is prepared and the arithmetic are in bfloat16 where the processor has it.
    assert torch.allclose(program(*inputs.values()), answers, atol=5e-2)
    encoder = torch.export.load(tmp_path / "encoder.pt2").module()
    x, y = inputs_of("encoder", state, 5).values()
    z = learner.ema_model.encode(as_inputs(learner.prepared[torch.arange(5)]), y)
    assert torch.allclose(encoder(x, y), z, atol=5e-2)

    write_weights(state, tmp_path)
    again = load_exported(tmp_path, json.loads(json.dumps(config_of(state))))
    prepared = as_inputs(learner.prepared[torch.arange(5)])
    assert torch.equal(again.classify(prepared), learner.ema_model.classify(prepared))


def test_onnxruntime_takes_features_too(digits, starter, tmp_path):
    check_onnx(taught_on_features("guided-m1", digits, starter, tmp_path / "session"), tmp_path)


def test_with_the_encoder_in_front_the_classifier_takes_photos(digits, starter, tmp_path):
    encoder = EfficientNetEncoder()
    values = np.random.default_rng(0).normal(size=(300, encoder.n_features)).astype(np.float16)
    values[:5] = encoder.encode(list(digits.images[:5]))
    features = EncodedFeatures("efficientnet-lite0", encoder.key, values)
    seeing = Starter(starter.m1, starter.atlas, features=features)
    state = taught("guided", digits, seeing, tmp_path / "session")
    config = config_of(state)
    assert (config["photo_side"], config["encoder_key"]) == (SMALL_SIDE, encoder.key)
    (name, difference), *_ = write_programs(state, tmp_path)
    assert (name, difference <= export_programs.CLOSE) == ("classifier", True)
    program = torch.export.load(tmp_path / "classifier.pt2").module()
    inputs = inputs_of("classifier", state, 5)
    assert {key: value.shape[1:] for key, value in inputs.items()} == {
        "x": (8, 8, 1),
        "photo": (SMALL_SIDE, SMALL_SIDE, 3),
    }
    answers = state.learner.classify(as_inputs(state.learner.prepared[torch.arange(5)]))
    with torch.no_grad():
        assert torch.allclose(program(*inputs.values()), answers, atol=1e-2)  # of bfloat16, perhaps
    text = card(content_of(state), config | {"verified": {}}, "load.py")
    assert (
        f"photo is float32 of shape (n, {SMALL_SIDE}, {SMALL_SIDE}, 3), the middle square" in text
    )
