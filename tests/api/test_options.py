"""Choosing how the model is fitted to the data: the route, and what the trainer is told."""

import pytest

from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_autoencoder import as_diffusers


@pytest.fixture
def started(monkeypatch):
    """The config that each start of a trainer would have been told, without a trainer."""
    configs = []

    def start(trainer):
        trainer._has_started = True
        configs.append(trainer._worker._opening().config)

    monkeypatch.setattr(Trainer, "start", start)
    return configs


@pytest.fixture
def workspace(tmp_path, started):
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture
def session(workspace):
    return workspace.create("Digits", model="guided")


def choose(client, session, **chosen):
    return client.post(f"/api/sessions/{session.id}/choices", json=chosen)


def options(client, session):
    return client.get(f"/api/sessions/{session.id}/state").json()["choices"]


def test_what_the_data_chose_is_shown(client, session):
    shown = options(client, session)
    assert shown["sees"] == "28 × 28 grey"
    assert [shown[name]["words"] for name in ("networks", "likelihood", "batch")] == [
        "convolutions classify, MLPs draw",
        "Bernoulli",
        "64 + 192",
    ]


def test_a_choice_is_kept_and_the_trainer_starts_with_it(client, workspace, session, started):
    options(client, session)  # a page opens
    assert started == [{}]
    assert choose(client, session, likelihood="gaussian").status_code == 200
    assert choose(client, session, batch=64).status_code == 200
    config = {"likelihood": "gaussian", "batch": 64}
    assert started == [{}, {"likelihood": "gaussian"}, config]
    assert choose(client, session, batch=64).status_code == 200
    assert len(started) == 3  # nothing changed
    assert workspace.store.session(session.id).config == config
    shown = options(client, session)
    assert (shown["likelihood"]["value"], shown["batch"]["words"]) == ("gaussian", "16 + 48")


def test_another_model_takes_the_place_of_the_first_without_its_knobs(client, workspace, session):
    workspace.store.configure(session.id, "guided", {"likelihood": "gaussian", "latents": 7})
    assert choose(client, session, model="ladder").status_code == 200
    row = workspace.store.session(session.id)
    assert (row.model, row.config) == ("ladder", {"likelihood": "gaussian"})
    opening = workspace.session(session.id)._open()
    assert (opening.model, opening.config) == ("ladder", {"likelihood": "gaussian"})
    assert options(client, session)["model"]["words"] == "Ladder VAE"


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"likelihood": "poisson"}, "likelihood must be one of: auto, bernoulli, gaussian"),
        ({"batch": 1}, "from 2 to 4096"),
        ({"model": "gpt"}, "Unknown model 'gpt'. Choose one of: guided, guided-m1, m1, m2"),
        ({"alpha": 1}, "Expected some of: model, networks, likelihood, batch, autoencoder; got: "),
        ({}, "Expected some of: model, networks, likelihood, batch, autoencoder; got: nothing."),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words_and_changes_nothing(
    client, workspace, session, chosen, says
):
    answer = choose(client, session, **chosen)
    assert answer.status_code in (400, 404)
    assert says in answer.json()["error"]
    assert workspace.store.session(session.id).config == {}


def test_a_folder_with_an_autoencoder_is_kept_in_full_and_what_is_none_is_refused(
    client, session, workspace, started, monkeypatch, tmp_path
):
    monkeypatch.setenv("SSVAE_DATA_ROOTS", str(tmp_path / "allowed"))
    folder = as_diffusers(tmp_path / "allowed" / "tiny")
    as_diffusers(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    (tmp_path / "allowed" / "empty").mkdir()
    assert choose(client, session, autoencoder="tiny").status_code == 200
    assert workspace.session(session.id).row.config["autoencoder"] == str(folder)
    menu = options(client, session)["autoencoder"]
    assert menu["words"] == "the autoencoder tiny"
    assert [each["value"] for each in menu["options"]] == ["auto", "own", str(folder), "folder"]
    for refused, says in (
        ("empty", "has no weights as safetensors"),
        (str(tmp_path.parent / f"{tmp_path.name}-elsewhere"), "lies outside"),
        ("gone", "There is no gone"),
    ):
        answer = choose(client, session, autoencoder=refused)
        assert answer.status_code in (400, 404)
        assert says in answer.json()["error"]
    assert choose(client, session, autoencoder="own").status_code == 200
    assert workspace.session(session.id).row.config["autoencoder"] == "own"
