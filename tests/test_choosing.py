"""Choosing how the model is fitted to the data: the route, and the menus in a real browser."""

import pytest
from desk import LAB, Desk
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace


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
def lab(tmp_path, started):
    lab = Workspace(tmp_path)
    yield lab
    lab.close()


@pytest.fixture
def session(lab):
    return lab.create("Digits", model="guided")


@pytest.fixture
def client(lab):
    return TestClient(Starlette(routes=routes(lab)), base_url="http://127.0.0.1:8501")


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


def test_a_choice_is_kept_and_the_trainer_starts_with_it(client, lab, session, started):
    options(client, session)  # a page opens
    assert started == [{}]
    assert choose(client, session, likelihood="gaussian").status_code == 200
    assert choose(client, session, batch=64).status_code == 200
    config = {"likelihood": "gaussian", "batch": 64}
    assert started == [{}, {"likelihood": "gaussian"}, config]
    assert choose(client, session, batch=64).status_code == 200
    assert len(started) == 3  # nothing changed
    assert lab.store.session(session.id).config == config
    shown = options(client, session)
    assert (shown["likelihood"]["value"], shown["batch"]["words"]) == ("gaussian", "16 + 48")


def test_another_model_takes_the_place_of_the_first_without_its_knobs(client, lab, session):
    lab.store.configure(session.id, "guided", {"likelihood": "gaussian", "latents": 7})
    assert choose(client, session, model="ladder").status_code == 200
    row = lab.store.session(session.id)
    assert (row.model, row.config) == ("ladder", {"likelihood": "gaussian"})
    opening = lab.session(session.id)._open()
    assert (opening.model, opening.config) == ("ladder", {"likelihood": "gaussian"})
    assert options(client, session)["model"]["words"] == "Ladder VAE"


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"likelihood": "poisson"}, "likelihood must be one of: auto, bernoulli, gaussian"),
        ({"batch": 1}, "from 2 to 4096"),
        ({"model": "gpt"}, "Unknown model 'gpt'. Choose one of: guided, guided-m1, m1, m2"),
        ({"alpha": 1}, "Expected some of: model, networks, likelihood, batch; got: alpha."),
        ({}, "Expected some of: model, networks, likelihood, batch; got: nothing."),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words_and_changes_nothing(
    client, lab, session, chosen, says
):
    answer = choose(client, session, **chosen)
    assert answer.status_code in (400, 404)
    assert says in answer.json()["error"]
    assert lab.store.session(session.id).config == {}


def test_another_likelihood_in_the_panel_begins_the_model_anew_and_labels_stay(chromium, app):
    desk = Desk(chromium, app, app.new_session("guided").id)
    menu = desk.page.get_by_test_id("choice-likelihood")
    desk.press("1", "2")
    desk.guesses_for(2)
    labels, life = desk.stored(), desk.js(f"{LAB}.state.snapshot.rev.split('-')[0]")
    desk.press("Shift+T")
    assert "start the model anew" in desk.page.get_by_test_id("choice-note").inner_text()
    assert menu.input_value() == "auto"
    menu.select_option("gaussian")
    desk.until(f"{LAB}.state.choices.likelihood.value === 'gaussian'")
    desk.until(f"{LAB}.state.snapshot?.rev.split('-')[0] !== '{life}'")
    desk.guesses_for(2)
    desk.until(f"['training', 'waiting'].includes({LAB}.state.trainer.state)")
    assert desk.stored() == labels
    assert app.store.session(desk.session).config == {"likelihood": "gaussian"}
    desk.open()
    desk.press("Shift+T")
    assert menu.input_value() == "gaussian"
    assert desk.errors == []
    desk.page.close()


def test_another_model_learns_the_same_labels_and_the_list_of_runs_says_what_differs(chromium, app):
    desk = Desk(chromium, app, app.new_session().id)
    page = desk.page
    desk.press("1", "2", "3")
    desk.guesses_for(3)
    desk.press("Shift+T")
    page.get_by_test_id("runs-open").click()
    rows = page.get_by_test_id("run-row")
    rows.first.wait_for()
    assert rows.count() == 1
    assert "One run so far" in page.get_by_test_id("runs-note").inner_text()
    assert page.get_by_test_id("runs-apart").is_hidden()
    page.keyboard.press("Escape")
    labels = desk.stored()
    desk.press("Shift+T")
    page.get_by_test_id("choice-model").select_option("cvae")
    desk.until(f"{LAB}.state.session.model === 'cvae'")
    desk.until(f"{LAB}.state.trainer.step > 20 && {LAB}.state.snapshot?.n_labels === 3")
    assert desk.stored() == labels
    page.get_by_test_id("runs-open").click()
    apart = page.get_by_test_id("runs-apart")
    apart.wait_for()
    assert rows.count() == 2
    assert "2 · CVAE" in rows.first.inner_text()
    words = apart.inner_text()
    assert "Guided M1+M2" in words
    assert "CVAE" in words
    assert "seed 0" in page.get_by_test_id("runs-note").inner_text()
    rows.last.locator("input").uncheck()
    assert apart.is_hidden()
    assert desk.errors == []
    desk.page.close()
