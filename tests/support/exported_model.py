"""A state that has learned a little, and the folder its model is exported to."""

import dataclasses

import numpy as np
import pytest
import torch

from ssvae_core.export.content import ClassInfo, Said
from ssvae_core.pretraining.starter import Starter
from ssvae_core.trainer.export_programs import write_onnx
from ssvae_core.trainer.programs import inputs_of, parts_of
from ssvae_core.training.learner import Learner
from tests.support.small_core import label, make_core, step
from tests.support.small_export import small_content

PARTS = ["classifier", "encoder", "decoder", "sampler"]


def taught(name, digits, starter, folder):
    """A trainer's state of this model that has learned a little, of all classes but 9."""
    own = Starter(starter.m1, starter.atlas, features=starter.features)
    core = make_core(name, digits, own, folder)
    label(core, classes=range(9))
    step(core, 5)
    return core.state


def taught_on_features(name, digits, starter, folder, n_features=16):
    """The same, of a model that tells classes from random features."""
    state = taught(name, digits, starter, folder)
    state.plan = dataclasses.replace(state.plan, n_features=n_features)
    torch.manual_seed(0)
    features = torch.nn.functional.normalize(torch.randn(len(digits), n_features), dim=-1).half()
    model, spec = state.new_model(state.n_classes), state.plan.spec
    values, shape = state.pixels, digits.shape
    state.learner = Learner(model, spec, values, shape, state.seed, features=features)
    state.learner.take_labels(state.labels, None)
    for _ in range(3 if state.learner.optimisation.phases else 0):
        state.learner.step()
    return state


def content_of(state, **more):
    """Content whose model is this state's."""
    classes = {k: ClassInfo(str(k)) for k in range(9)} | {9: ClassInfo("nine | or not")}
    said = {i: Said(int(k), annotator="Ana") for i, k in enumerate(state.labels) if k >= 0}
    values = {"classes": classes, "values": state.data.images, "said": said, "guesses": None}
    return small_content(**values | {"open_model": lambda: state} | more)


def check_onnx(state, folder):
    """The parts of this state as ONNX give its numbers, of one example and of many."""
    ort = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    assert list(dict(write_onnx(state, folder))) == PARTS
    for part, module in parts_of(state).items():
        session = ort.InferenceSession(folder / f"{part}.onnx")
        for n in (1, 70):
            inputs = inputs_of(part, state, n)
            (found,) = session.run(None, {key: value.numpy() for key, value in inputs.items()})
            with torch.no_grad():
                assert np.allclose(found, module(**inputs).numpy(), atol=1e-4)
