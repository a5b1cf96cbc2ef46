"""The exported model: the same numbers as the session's, by torch alone, onnxruntime, and us."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from small_core import label, make_core, step
from small_export import small_content

from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS, export
from ssvae_core.export.card import card, limits
from ssvae_core.export.content import ClassInfo, Said
from ssvae_core.models import MODELS, VAE
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.trainer import export_programs
from ssvae_core.trainer.export_programs import (
    config_of,
    guesses_of,
    inputs_of,
    load_delivered,
    parts_of,
    write_onnx,
    write_programs,
    write_weights,
)

PARTS = ["classifier", "encoder", "decoder"]
ALSO_ONNX = ("guided-m1", "m1m2", "ladder", "aae")


def taught(name, digits, starter, folder):
    """A core of this model that has learned a little, of all classes but 9."""
    core = make_core(name, digits, Starter(starter.m1, starter.atlas), folder)
    label(core, classes=range(9))
    step(core, 5)
    return core


@pytest.fixture(params=MODELS, scope="module")
def core(request, digits, starter, tmp_path_factory):
    """Of every model; the tests only look at it."""
    return taught(request.param, digits, starter, tmp_path_factory.mktemp("session"))


def content_of(core, **more):
    """Content whose model is this core's."""
    classes = {k: ClassInfo(str(k)) for k in range(9)} | {9: ClassInfo("nine | or not")}
    said = {i: Said(int(k), annotator="Ana") for i, k in enumerate(core.labels) if k >= 0}
    values = {"classes": classes, "values": core.data.images, "said": said, "guesses": None}
    return small_content(**values | {"open_model": lambda: core} | more)


# Every model


def test_every_models_programs_compute_its_numbers_with_torch_alone(core, tmp_path):
    found = dict(write_programs(core, tmp_path))
    assert list(found) == PARTS
    assert max(found.values()) <= export_programs.CLOSE
    for name, part in parts_of(core).items():  # of one example, and of many
        program = torch.export.load(tmp_path / f"{name}.pt2").module()
        for n in (1, 70):
            inputs = inputs_of(name, core, n)
            with torch.no_grad():
                assert torch.allclose(program(*inputs.values()), part(**inputs), atol=1e-4)


def test_every_model_is_taken_up_again_from_its_weights(core, tmp_path):
    write_weights(core, tmp_path)
    config = json.loads(json.dumps(config_of(core)))
    model, before = load_delivered(tmp_path, config), core.learner.ema_model
    assert type(model) is type(before)
    x = torch.rand(4, 64, generator=torch.Generator().manual_seed(1))
    y = torch.tensor([0, 1, 2, 3])
    with torch.no_grad():
        z = before.encode(before.prepare(x), y)
        assert torch.equal(model.prepare(x), before.prepare(x))
        assert torch.equal(model.classify(model.prepare(x)), before.classify(before.prepare(x)))
        assert torch.equal(model.encode(model.prepare(x), y), z)
        assert torch.equal(model.decode(z, y), before.decode(z, y))


def test_a_classifier_knows_no_class_without_labels(core):
    found = parts_of(core)["classifier"](**inputs_of("classifier", core, 20))
    assert (found[:, 9] == 0).all()
    assert torch.allclose(found.sum(1), torch.ones(20), atol=1e-5)


def test_an_encoder_and_a_decoder_are_the_models_own(core):
    parts, model = parts_of(core), core.learner.ema_model
    x, y = inputs_of("encoder", core, 6).values()
    with torch.no_grad():
        z = parts["encoder"](x, y)
        expected = model.encode(model.prepare(x.flatten(1)), y)
        assert torch.allclose(z, expected, atol=1e-4)
        drawn = parts["decoder"](z, y)
    assert drawn.shape == (6, 8, 8, 1)
    assert torch.allclose(drawn.flatten(1), model.decode(z, y), atol=1e-6)


def check_onnx(core, folder):
    """The parts of this core as ONNX give its numbers, of one example and of many."""
    ort = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    assert list(dict(write_onnx(core, folder))) == PARTS
    for part, module in parts_of(core).items():
        session = ort.InferenceSession(folder / f"{part}.onnx")
        for n in (1, 70):
            inputs = inputs_of(part, core, n)
            (found,) = session.run(None, {key: value.numpy() for key, value in inputs.items()})
            with torch.no_grad():
                assert np.allclose(found, module(**inputs).numpy(), atol=1e-4)


@pytest.mark.parametrize("name", ALSO_ONNX)
def test_onnxruntime_computes_the_models_numbers(name, digits, starter, tmp_path):
    check_onnx(taught(name, digits, starter, tmp_path / "session"), tmp_path)


def test_a_model_of_vectors_is_exported_too(digits, starter, tmp_path):
    values = digits.images.reshape(300, 64).astype(np.float32) / 100
    data = dataclasses.replace(digits, images=values)
    m1 = new_m1((64,), VAE.Config(latent_dim=4, hidden_dim=16))
    core = taught("m2", data, Starter(m1, starter.atlas), tmp_path / "session")
    *_, last = export(content_of(core), "model", tmp_path / "out")
    program = torch.export.load(last.done / "classifier.pt2").module()
    x = torch.from_numpy(values[:9])
    with torch.no_grad():
        expected = parts_of(core)["classifier"](x)
    assert torch.allclose(program(x), expected, atol=1e-4)
    assert torch.allclose(expected, core.learner.classify(x), atol=1e-2)  # of bfloat16, perhaps
    check_onnx(core, tmp_path)
    assert "values as they come" in (last.done / "README.md").read_text("utf-8")


# The folder


@pytest.fixture(scope="module")
def exported(digits, starter, tmp_path_factory):
    """A core and the folder of its model."""
    folder = tmp_path_factory.mktemp("model")
    core = taught("guided", digits, starter, folder / "session")
    *_, last = export(content_of(core), "model", folder / "out")
    return core, last.done


def test_the_loader_runs_without_this_package(exported, tmp_path):
    core, folder = exported
    x = inputs_of("classifier", core, 7)["x"]
    np.save(tmp_path / "x.npy", x.numpy())
    code = (
        "import sys, numpy, torch\n"
        f"sys.path.insert(0, {str(folder)!r})\n"
        "from load import load\n"
        "x = torch.from_numpy(numpy.load('x.npy'))\n"
        "found = load('classifier')(x)\n"
        "z = load('encoder')(x, found.argmax(1))\n"
        "assert load('decoder')(z, found.argmax(1)).shape == x.shape\n"
        "numpy.save('found.npy', found.detach().numpy())\n"
        "print('ssvae_core' in sys.modules)\n"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with torch.no_grad():
        expected = parts_of(core)["classifier"](x)
    assert np.allclose(np.load(tmp_path / "found.npy"), expected.numpy(), atol=1e-6)


def test_the_loader_takes_the_weights_from_the_safetensors_file(exported, tmp_path):
    """So that weights that were trained on elsewhere can take their place."""
    import runpy
    import shutil

    from safetensors.torch import load_file, save_file

    _, folder = exported
    shutil.copytree(folder, tmp_path / "other")
    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: torch.zeros_like(tensor) for name, tensor in weights.items()},
        tmp_path / "other" / "model.safetensors",
    )
    load = runpy.run_path(str(tmp_path / "other" / "load.py"))["load"]
    with torch.no_grad():
        drawn = load("decoder")(torch.ones(1, 4), torch.tensor([0]))
    assert torch.equal(drawn, torch.full_like(drawn, 0.5))  # sigmoid(0)


def test_the_loader_has_ten_lines_of_code(exported):
    _, folder = exported
    lines = (folder / "load.py").read_text().split("alone: classifier")[1].splitlines()[1:]
    assert len([line for line in lines if line.strip()]) <= 10


def test_the_config_names_the_classes_in_order_of_the_probabilities(exported):
    core, folder = exported
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert config["classes"] == [*map(str, range(9)), "nine | or not"]
    assert (config["model"], config["shape"], config["step"]) == ("guided", [8, 8, 1], 5)
    assert config["label_seq"] == core.label_seq


def test_a_class_that_was_merged_away_has_no_name_but_keeps_its_place(exported, tmp_path):
    core, _ = exported
    content = content_of(core)
    classes = {k: each for k, each in content.classes.items() if k != 4}
    *_, last = export(content_of(core, classes=classes), "model", tmp_path / "out")
    config = json.loads((last.done / "config.json").read_text("utf-8"))
    assert config["classes"][3:6] == ["3", None, "5"]


def test_the_card_says_where_its_figures_come_from(exported):
    _, folder = exported
    text = (folder / "README.md").read_text("utf-8")
    assert "Audit: 90.0% right (95 % interval 70.0% to 97.0%), of 20 of random examples" in text
    assert "Against hidden true labels: 88.0% right, of 24 examples without a label" in text
    assert "| nine \\| or not | 0 |" in text
    assert "Without a label, so never guessed: nine \\| or not." in text
    assert "45 labels given by Ana." in text
    assert "safetensors" in text


def test_a_card_without_figures_says_so(exported):
    core, _ = exported
    content = content_of(core, audit=None, truth=None)
    text = card(content, config_of(core) | {"verified": {}}, "load.py")
    assert "No figure. It needs an audit" in text


def test_a_card_warns_of_a_model_that_did_not_speak(exported):
    core, _ = exported
    guesses = small_content().guesses
    from dataclasses import replace

    content = content_of(core, guesses=replace(guesses, predicted_by="propagation"))
    config = config_of(core) | {"verified": {}}
    assert "did not let the model speak" in card(content, config, "load.py")
    assert any("Fewer than 20 labels" in limit for limit in limits(content, config))


def test_a_program_with_other_numbers_is_not_delivered(exported, tmp_path, monkeypatch):
    core, _ = exported
    monkeypatch.setattr(export_programs, "CLOSE", -1.0)
    with pytest.raises(UserError, match="computes other numbers than the model"):
        list(export(content_of(core), "model", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name, kind in FORMATS.items() if kind.needs_model])
def test_without_a_model_that_is_said(name, tmp_path):
    with pytest.raises(UserError, match="There is no model to export yet"):
        list(export(small_content(), name, tmp_path / "out"))


def test_without_the_packages_for_onnx_it_names_them(exported, tmp_path, monkeypatch):
    core, _ = exported
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UserError, match="Install: pip install onnx onnxscript onnxruntime"):
        list(export(content_of(core), "onnx", tmp_path / "out"))


def test_guesses_are_what_the_app_would_show(exported):
    core, _ = exported
    probabilities, predicted_by = guesses_of(core)
    assert np.array_equal(probabilities, core.ensemble.probabilities())
    assert predicted_by == (
        "model and propagation" if core.ensemble.model_is_trusted else "propagation"
    )
