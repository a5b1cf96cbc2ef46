"""Sessions, data sets, checkpoints and models from before the layout changed open as they were."""

import importlib
import json
import pickle
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, astuple
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from safetensors.numpy import load_file

from ssvae_core import MOVED, SSVAEClassifier
from ssvae_core.atlas.starter_folders import is_prepared, starter_of
from ssvae_core.cli.sample import open_checkpoint
from ssvae_core.data.library import report_of, shelved
from ssvae_core.export.past_exports import Exports
from ssvae_core.labels.label_files import read_labels
from ssvae_core.labels.store import Operation
from ssvae_core.models import MODELS, ModelInputs
from ssvae_core.models.contrastive import N_FEATURES
from ssvae_core.models.networks import new_image_encoder
from ssvae_core.options.options import AUTO
from ssvae_core.options.renamed import renamed
from ssvae_core.pretraining.starter import Starter
from ssvae_core.session.workspace import Workspace
from ssvae_core.trainer.export_programs import guesses_of, load_exported

BEFORE = Path(__file__).parent / "fixtures" / "before_layout"
EXPECTED = json.loads((BEFORE / "expected.json").read_text())
WEIGHTS = json.loads((BEFORE / "weights.json").read_text())
# The fixtures were made in bfloat16, which a processor without its instructions does without.
ALIKE = 5e-3
SESSIONS = {facts["name"]: key for key, facts in EXPECTED["sessions"].items()}
TRAINED = ("First", "Second")  # sessions with a checkpoint


@pytest.fixture(scope="module")
def arrays():
    """What was said then, as numbers."""
    with np.load(BEFORE / "expected.npz") as found:
        return dict(found)


@contextmanager
def opened(folder):
    """The workspace, copied to this folder."""
    shutil.copytree(BEFORE / "workspace", folder)
    workspace = Workspace(folder)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace that is only looked at."""
    with opened(tmp_path_factory.mktemp("before") / "workspace") as workspace:
        yield workspace


@pytest.fixture(params=SESSIONS)
def facts(request):
    """What was known of a session, and its id."""
    key = SESSIONS[request.param]
    return {"id": key, **EXPECTED["sessions"][key]}


@pytest.fixture(params=TRAINED, scope="module")
def trained(request, workspace):
    """What was known of a session with a checkpoint, and its trainer as that left it."""
    key = SESSIONS[request.param]
    session = workspace.session(key)
    core = open_checkpoint(session.row, session.folder, session.history.n_classes)
    return EXPECTED["sessions"][key], core


# Data sets


def test_data_sets_are_listed_and_read(workspace):
    root = workspace.root / "data"
    assert len(EXPECTED["datasets"]) == 2
    for known, found in zip(EXPECTED["datasets"], shelved(root), strict=True):
        data = workspace.dataset(found.id)
        listed = asdict(found) | {"fingerprint": data.fingerprint}
        assert listed.pop("n_test") == 0  # it knew no test part
        assert listed.pop("domain_names") == ()  # and no domains
        assert listed.pop("are_texts") is False  # nor texts
        assert json.loads(json.dumps(listed)) == known
        assert data.images.shape == (known["n"], *known["shape"])
        assert data.file_names[0]
        assert report_of(found.id, root).taken == known["n"]


def test_the_images_and_their_hidden_classes_are_what_they_were(workspace, arrays):
    data = workspace.dataset("scans")
    assert_array_equal(data.images, arrays["images"])
    assert_array_equal(data.answer_key, np.repeat([0, 1, 2], 20))
    assert data.file_names[20] == "one/one-00.png"


def test_the_first_map_the_m1_and_the_sight_are_found(workspace):
    for name in ("scans", "flowers"):
        assert is_prepared(workspace.dataset(name), workspace.root)
    found = Starter.load(starter_of(workspace.dataset("scans"), workspace.root), (8, 8, 1))
    assert found.m1.latent_dim == 4
    assert found.image_encoder is not None
    assert found.atlas.xy.shape == (60, 2)


# Sessions


def test_a_session_has_its_labels_classes_and_past(workspace, facts):
    session = workspace.session(facts["id"])
    row, history = session.row, session.history
    stored = {"name": row.name, "data": row.data, "model": row.model, "config": row.config}
    assert stored == {name: facts[name] for name in stored}
    assert session.labels.tolist() == facts["labels"]
    assert [[c.id, c.name, c.colour] for c in history.classes.active] == facts["classes"]
    assert sorted(map(list, history.held.items())) == facts["held"]
    assert history.seq == facts["seq"]
    assert [done.op_id for done in history.undoable("Ana")] == facts["undoable"]
    assert [done.op_id for done in history.redoable("Ana")] == facts["redoable"]


def test_a_session_has_its_curve_runs_and_samples(workspace, facts):
    session = workspace.session(facts["id"])
    assert [list(point) for point in session.curve.points] == facts["curve"]
    metrics = [list(astuple(point)) for point in workspace.store.metrics(facts["id"])]
    assert metrics == facts["metrics"]
    assert session.runs.listed() == facts["runs"]
    assert [n for n, _ in session.sample_history.kept] == facts["samples"]


def test_labelling_goes_on_and_undo_reaches_what_was_done_before(tmp_path):
    with opened(tmp_path / "workspace") as workspace:
        session = workspace.session(SESSIONS["First"])
        session.do(Operation("new", "label", [44, 45], 1), "Ana")
        assert session.labels[[44, 45]].tolist() == [1, 1]
        session.do(Operation("undo-new", "undo"), "Ana")
        assert session.labels[[44, 45]].tolist() == [2, -1]
        session.do(Operation("undo-audit", "undo"), "Ana")  # the last that she did then
        assert session.labels[[44, 45]].tolist() == [-1, -1]
        session.do(Operation("redo-audit", "redo"), "Ana")
        assert session.labels[44] == 2


def test_past_exports_are_listed_and_can_be_read(workspace):
    session = SESSIONS["First"]
    (found,) = Exports(workspace.root / "exports").of(session)
    assert (found.format, found.files) == ("csv", 2)
    labels = read_labels(Path(found.path) / "labels.csv")
    people = [row for row in labels.rows if row.is_human and row.class_name]
    assert {row.annotator for row in people} == {"Ana", "Bo"}
    assert {row.class_name for row in people} == {"eight", "a one", "zero", "other"}
    assert [row.example for row in people if row.is_audit] == [44]


# Checkpoints


def test_a_trainer_goes_on_from_the_checkpoint(trained):
    known, core = trained
    assert core.message == ""
    assert (core.state.step_count, core.state.label_seq) == (known["step"], known["label_seq"])
    assert core.state.schedule.as_json() == known["run"]
    labels = np.array(known["labels"])
    labels[[example for example, _ in known["held"]]] = -1  # of an audit it hears nothing
    assert_array_equal(core.state.labels, np.maximum(labels, -1))


def test_it_guesses_what_it_guessed(trained, arrays):
    known, core = trained
    probabilities, said_by = guesses_of(core.state)
    assert said_by == {"model": "model and propagation"}.get(known["speaker"], known["speaker"])
    assert_allclose(probabilities, arrays[f"{known['name']}.probabilities"], atol=ALIKE)


def test_it_learns_on(trained):
    _, core = trained
    step = core.state.step_count
    for _ in range(3):
        core.step()
    assert core.state.step_count == step + 3


# Models that stand alone


@pytest.mark.parametrize("kind", ["estimator", "fit", "estimator.pickle"])
def test_an_estimator_says_what_it_said(kind, arrays):
    if kind == "estimator.pickle":
        loaded = pickle.loads((BEFORE / kind).read_bytes())
    else:
        loaded = SSVAEClassifier.load(BEFORE / kind, device="cpu")
    known = EXPECTED[kind]
    assert loaded.classes_.tolist() == known["classes"]
    assert (loaded.model_, loaded.n_iter_) == (known["model"], known["steps"])
    X = arrays["vectors" if kind == "estimator.pickle" else "images"]
    assert_allclose(loaded.predict_proba(X), arrays[f"{kind}.proba"], atol=ALIKE)
    assert_allclose(loaded.transform(X), arrays[f"{kind}.transform"], atol=ALIKE)


def test_an_estimator_learns_on(arrays):
    loaded = SSVAEClassifier.load(BEFORE / "estimator", device="cpu")
    loaded.set_params(max_iter=2).partial_fit(arrays["images"][:1], ["eight"])
    assert loaded.n_iter_ == EXPECTED["estimator"]["steps"] + 2


def test_an_exported_model_runs_by_its_own_loader_without_this_package(arrays, tmp_path):
    code = """
import sys, numpy, torch
from load import load
x, y = torch.from_numpy(numpy.load("images.npy")), torch.tensor([0, 1, 2, 0, 1, 2])
with torch.no_grad():
    z = load("encoder")(x, y)
    numpy.savez("said.npz", classifier=load()(x), encoder=z, decoder=load("decoder")(z, y))
assert "ssvae_core" not in sys.modules
"""
    folder = tmp_path / "model"
    shutil.copytree(BEFORE / "model", folder)
    np.save(folder / "images.npy", arrays["images"][:6].astype(np.float32) / 255)
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    with np.load(folder / "said.npz") as said:
        for part in ("classifier", "encoder", "decoder"):
            assert_allclose(said[part], arrays[f"model.{part}"], atol=1e-4)


def test_an_exported_model_is_taken_up_again(arrays):
    config = json.loads((BEFORE / "model" / "config.json").read_text())
    model = load_exported(BEFORE / "model", config)
    x = torch.from_numpy(arrays["images"][:6]).float().flatten(1) / 255
    with torch.no_grad():
        said = model.classify(model.prepare(x)).exp()
        z = model.encode(model.prepare(x), torch.tensor([0, 1, 2, 0, 1, 2]))
    assert_allclose(said, arrays["model.classifier"], atol=1e-4)
    assert_allclose(z, arrays["model.encoder"], atol=1e-4)


@pytest.mark.parametrize("name", EXPECTED["knobs"])
def test_a_model_has_its_knobs_and_calls_its_weights_as_before(name, workspace):
    """What a checkpoint, a saved fit or an exported model of any kind is read by."""
    m1 = Starter.load(starter_of(workspace.dataset("scans"), workspace.root), (8, 8, 1)).m1
    z1_mean = torch.from_numpy(load_file(BEFORE / "fit" / "arrays.safetensors")["z1_mean"])
    inputs = ModelInputs.of((8, 8, 1), 3, AUTO, m1, z1_mean)
    model = MODELS[name].make(inputs, **renamed(EXPECTED["knobs"][name]))
    shapes = {weight: list(tensor.shape) for weight, tensor in model.state_dict().items()}
    assert shapes == WEIGHTS[name]


def test_what_sees_calls_its_weights_as_before():
    state = new_image_encoder((8, 8, 1), N_FEATURES).state_dict()
    assert {name: list(tensor.shape) for name, tensor in state.items()} == WEIGHTS["sight"]


def test_what_files_of_before_name_by_its_old_place_is_found_there():
    """An exported model's README says where its loader is; a pickle where its classes are."""
    readme = (BEFORE / "model" / "README.md").read_text()
    (old,) = set(re.findall(r"`(ssvae_core\.[\w.]+)`", readme))
    module, _, name = old.rpartition(".")
    assert getattr(importlib.import_module(module), name) is load_exported
    for gone in MOVED:
        assert vars(importlib.import_module(gone))["__getattr__"]
