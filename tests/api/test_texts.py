"""The routes of texts: many beginnings, one as a whole, and what speaks for it."""

import numpy as np
import pytest

from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.storage.paths import data_root
from tests.support.small_texts import SUBJECTS, text_csv, texts


@pytest.fixture
def session(workspace, tmp_path):
    choice = Choice(n_processes=0, reading={"encoder": "tfidf"})
    where = text_csv(tmp_path)
    made = import_to_end(import_data(where, data_root(workspace.root), name="t", choice=choice))
    row = workspace.store.create_session(
        "T", data=made.id, model="m1m2", n_examples=30, classes=tuple(SUBJECTS)
    )
    return workspace.session(row.id)


@pytest.fixture
def base(session):
    return f"/api/sessions/{session.row.id}"


def test_beginnings_of_texts_come_in_the_order_asked(client, base):
    found = client.get(f"{base}/texts?ids=3,0").json()
    assert found == {"texts": [texts()[3][0], texts()[0][0]]}
    assert client.get(f"{base}/state").json()["data"]["are_texts"] is True


def test_a_long_text_is_cut_in_a_list_and_whole_by_itself(client, base, session, monkeypatch):
    long = "word " * 1000
    object.__setattr__(session.data, "texts", [long] * 30)
    (cut,) = client.get(f"{base}/texts?ids=0").json()["texts"]
    assert len(cut) < 410
    assert cut.endswith(" …")
    assert client.get(f"{base}/text?example=0").json()["text"] == long


def test_before_there_are_guesses_no_word_speaks(client, base):
    found = client.get(f"{base}/text?example=1").json()
    assert found == {"text": texts()[1][0], "class": None, "keywords": []}


def test_the_words_of_a_text_speak_for_its_likeliest_class_or_its_label(
    client, base, session, monkeypatch
):
    guessed = np.full((30, 3), 0.05, np.float32)
    guessed[np.arange(30), np.arange(30) % 3] = 0.9
    monkeypatch.setattr(session, "probabilities", guessed)
    found = client.get(f"{base}/text?example=1").json()
    assert found["class"] == 1
    assert set(found["keywords"][:4]) <= set(SUBJECTS["kitchen"])
    session.labels[1] = 0
    found = client.get(f"{base}/text?example=1").json()
    assert found["class"] == 0
    assert not set(found["keywords"]) & set(SUBJECTS["kitchen"])


@pytest.mark.parametrize(
    "path", ["texts?ids=99", "texts?ids=", "text?example=99", "text?example=x"]
)
def test_what_is_not_there_is_said(path, client, base):
    answer = client.get(f"{base}/{path}")
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]


def test_images_have_no_texts(client, workspace):
    row = workspace.store.create_session(
        "D", data="digits", model="m2", n_examples=1797, classes=("a",)
    )
    answer = client.get(f"/api/sessions/{row.id}/texts?ids=1")
    assert (answer.status_code, "are no texts" in answer.json()["error"]) == (400, True)
