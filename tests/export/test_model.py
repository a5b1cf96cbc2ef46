"""The folder of an exported model, and when there is none."""

import dataclasses
import json
import sys

import numpy as np
import pytest
import torch

from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS, export
from ssvae_core.models import VAE
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.trainer import export_programs
from ssvae_core.trainer.export_programs import guesses_of
from ssvae_core.trainer.programs import parts_of
from tests.support.exported_model import check_onnx, content_of, taught
from tests.support.small_export import small_content


def test_a_model_of_vectors_is_exported_too(digits, starter, tmp_path):
    values = digits.images.reshape(300, 64).astype(np.float32) / 100
    data = dataclasses.replace(digits, images=values)
    m1 = new_m1((64,), VAE.Config(latent_dim=4, hidden_dim=16))
    state = taught("m2", data, Starter(m1, starter.atlas), tmp_path / "session")
    *_, last = export(content_of(state), "model", tmp_path / "out")
    program = torch.export.load(last.done / "classifier.pt2").module()
    x = torch.from_numpy(values[:9])
    with torch.no_grad():
        expected = parts_of(state)["classifier"](x)
    assert torch.allclose(program(x), expected, atol=1e-4)
    assert torch.allclose(expected, state.learner.classify(x), atol=1e-2)  # of bfloat16, perhaps
    check_onnx(state, tmp_path)
    assert "values as they come" in (last.done / "README.md").read_text("utf-8")


def test_the_config_names_the_classes_in_order_of_the_probabilities(exported):
    state, folder = exported
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert config["classes"] == [*map(str, range(9)), "nine | or not"]
    assert (config["model"], config["shape"], config["step"]) == ("guided", [8, 8, 1], 5)
    assert config["label_seq"] == state.label_seq


def test_a_class_that_was_merged_away_has_no_name_but_keeps_its_place(exported, tmp_path):
    state, _ = exported
    content = content_of(state)
    classes = {k: each for k, each in content.classes.items() if k != 4}
    *_, last = export(content_of(state, classes=classes), "model", tmp_path / "out")
    config = json.loads((last.done / "config.json").read_text("utf-8"))
    assert config["classes"][3:6] == ["3", None, "5"]


def test_a_program_with_other_numbers_is_not_delivered(exported, tmp_path, monkeypatch):
    state, _ = exported
    monkeypatch.setattr(export_programs, "CLOSE", -1.0)
    with pytest.raises(UserError, match="computes other numbers than the model"):
        list(export(content_of(state), "model", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name, kind in FORMATS.items() if kind.needs_model])
def test_without_a_model_that_is_said(name, tmp_path):
    with pytest.raises(UserError, match="There is no model to export yet"):
        list(export(small_content(), name, tmp_path / "out"))


def test_without_the_packages_for_onnx_it_names_them(exported, tmp_path, monkeypatch):
    state, _ = exported
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UserError, match="Install: pip install onnx onnxscript onnxruntime"):
        list(export(content_of(state), "onnx", tmp_path / "out"))


def test_guesses_are_what_the_app_would_show(exported):
    state, _ = exported
    probabilities, predicted_by = guesses_of(state)
    assert np.array_equal(probabilities, state.ensemble.probabilities())
    assert predicted_by == (
        "model and propagation" if state.ensemble.model_is_trusted else "propagation"
    )
