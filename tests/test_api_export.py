"""The routes of the export page, on a session of MNIST whose trainer is off."""

from __future__ import annotations

import io
import itertools
import json
import uuid
import zipfile

import numpy as np
import pandas
import pytest
from small_export import small_content
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.app_process import wait_until
from ssvae_core.api import routes
from ssvae_core.api.exporting import READ_BY
from ssvae_core.export import FORMATS, WHATS, ExportOptions
from ssvae_core.export.accuracy import audited
from ssvae_core.export.counting import counted
from ssvae_core.export.rows import rows
from ssvae_core.labels.store import Operation
from ssvae_core.predictions import read_guesses
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace

CHOICES = [
    ExportOptions(what, confidence, junk)
    for what, confidence, junk in itertools.product(WHATS, (0.0, 0.6, 1.0), (False, True))
]


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "start", lambda self: None)  # no trainer: 5 s a test
    lab = Workspace(tmp_path)
    yield lab
    lab.close()


@pytest.fixture
def session(lab):
    """Three labels, one unsure and one junk image."""
    session = lab.session(lab.create("Digits, Tuesday").id)
    for kind, examples, label in (
        ("label", (5, 7, 9), 3),
        ("unsure", (11,), None),
        ("junk", (12,), None),
    ):
        session.do(Operation(str(uuid.uuid4()), kind, examples, label), "Ana")
    return session


@pytest.fixture
def client(lab):
    return TestClient(Starlette(routes=routes(lab)), base_url="http://127.0.0.1:8501")


def guess(session, right=1.0):
    """The session's model as one that is right this often, surer where it is right."""
    key, rng = session.data.answer_key, np.random.default_rng(0)
    is_right = rng.random(len(key)) < right
    said = np.where(is_right, key, (key + 1) % 10)
    confidence = np.where(is_right, 0.95, 0.6) + 0.04 * rng.random(len(key))
    probabilities = np.full((len(key), 10), 0.0, np.float32)
    probabilities[np.arange(len(key)), said] = confidence
    session.probabilities, session.guesses = probabilities, read_guesses(probabilities)
    samples = np.zeros((10, 3, 28, 28, 1), np.uint8)
    session.snapshot = Snapshot(1, 1, 10, 3, 3, "model", 1, None, {}, samples, probabilities)
    return said, probabilities.max(1)


def base(session):
    return f"/api/sessions/{session.row.id}/exports"


def written(client, session, **wish):
    """The export that came of it."""
    answer = client.post(base(session), json=wish)
    assert answer.status_code == 200, answer.json()
    job = ended(client, session)
    assert job["state"] == "done", job
    return job["export"]


def ended(client, session):
    def job():
        now = client.get(base(session)).json()["job"]
        return now["state"] != "running" and now

    return wait_until(job, 60, "the export has ended")


def unzipped(client, session, export):
    answer = client.get(f"{base(session)}/{export}/zip")
    assert f'filename="{export}.zip"' in answer.headers["content-disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


def error_of(answer):
    assert answer.status_code >= 400
    return answer.json()["error"]


# How much


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_what_is_counted_is_what_is_written(options):
    content = small_content()
    found, count = list(rows(content, options)), counted(content, options)
    labels = [row for row in found if row.label is not None]
    guesses = [row for row in found if row.label is None and row.guess is not None]
    states = [row for row in found if row.shown is None and row.said.state is not None]
    assert (count.labels, count.guesses, count.states) == (len(labels), len(guesses), len(states))
    assert count.rows == len(found)
    assert count.of == len(content)


def test_without_guesses_only_labels_are_counted():
    count = counted(small_content(guesses=None), ExportOptions())
    assert count.guesses == 0
    assert count.labels == 7


def test_the_page_is_told_the_count_and_that_there_is_no_audit(client, session):
    count = client.get(f"{base(session)}/count?what=labels").json()
    assert (count["labels"], count["states"], count["rows"]) == (3, 1, 4)
    assert count["accuracy"] is None
    assert client.get(f"{base(session)}/count?what=labels&junk=1").json()["rows"] == 5
    assert "all, labels, guesses" in error_of(client.get(f"{base(session)}/count?what=x"))


# How right


def checked(session, examples):
    key = session.data.answer_key
    for label in range(10):
        some = tuple(int(k) for k in examples if key[k] == label)
        if some:
            session.do(Operation(str(uuid.uuid4()), "audit", some, label))


def test_the_accuracy_is_that_of_the_guesses_that_are_sure_enough(client, session):
    _, confidence = guess(session, right=0.8)
    asked = np.random.default_rng(1).choice(60_000, 200, replace=False)
    checked(session, asked)
    of_all, n = audited(session, ExportOptions("guesses"))
    assert n == 200
    assert of_all.low < 0.8 < of_all.high
    of_sure, n = audited(session, ExportOptions("guesses", 0.9))
    assert n == (confidence[asked] >= 0.9).sum()
    assert of_sure.share == 1  # what it is sure of is right here
    shown = client.get(f"{base(session)}/count?what=guesses&min_confidence=0.9").json()
    assert shown["accuracy"]["of"] == n
    assert shown["accuracy"]["share"] == 1
    pool = (confidence >= 0.9).sum()
    assert shown["guesses"] == pytest.approx(pool, abs=205)
    assert audited(session, ExportOptions("labels")) is None


# The files


def test_every_format_says_who_reads_it(client, session):
    assert FORMATS.keys() <= READ_BY.keys()
    shown = client.get(base(session)).json()
    assert [each["name"] for each in shown["formats"]] == list(FORMATS)
    assert all(each["read_by"] and each["about"] for each in shown["formats"])
    why = {each["name"]: each["why_not"] for each in shown["formats"]}
    assert "There is no model yet" in why["onnx"]
    assert why["csv"] == ""
    assert shown["exports"] == []
    assert shown["job"] is None


def test_a_table_is_written_downloaded_and_read(client, session):
    export = written(client, session, format="csv", what="labels")
    with unzipped(client, session, export) as archive:
        table = pandas.read_csv(archive.open(f"{export}/labels.csv"))
    assert sorted(table["example"]) == [5, 7, 9, 11]
    assert set(table["annotator"]) == {"Ana"}
    (listed,) = client.get(base(session)).json()["exports"]
    assert (listed["id"], listed["format"]) == (export, "csv")
    assert listed["path"].endswith(f"exports/{export}")


def test_images_in_folders_are_written_with_the_guesses_that_are_sure(client, session):
    _, confidence = guess(session)
    surest = float(np.sort(confidence)[-20])
    export = written(client, session, format="imagefolder", min_confidence=surest)
    with unzipped(client, session, export) as archive:
        names = [name for name in archive.namelist() if name.endswith(".png")]
        assert archive.testzip() is None
    count = client.get(f"{base(session)}/count?min_confidence={surest}").json()
    assert len(names) == count["labels"] + count["guesses"]


def test_two_exports_in_one_second_have_folders_of_their_own(client, session):
    first, second = (written(client, session, format="jsonl", what="labels") for _ in range(2))
    assert first != second
    assert len(client.get(base(session)).json()["exports"]) == 2


def test_a_cancelled_export_leaves_nothing(client, session, lab):
    guess(session)
    client.post(base(session), json={"format": "imagefolder"})
    busy = error_of(client.post(base(session), json={"format": "csv"}))
    client.post(f"{base(session)}/cancel", json={})
    assert "being written" in busy
    assert ended(client, session)["state"] == "cancelled"
    assert list((lab.workspace / "exports").iterdir()) == []


@pytest.mark.parametrize("wish", [{"format": "xls"}, {"format": "csv", "min_confidence": "a"}])
def test_a_wish_that_cannot_be_is_refused(client, session, wish):
    assert client.post(base(session), json=wish).status_code == 400


def test_refusals_are_in_words(client, session):
    answer = client.post(base(session), json={"format": "onnx"})
    assert "Label a few images" in error_of(answer)
    answer = client.post(base(session), json={"format": "csv", "min_confidence": 2})
    assert "between 0 and 1" in error_of(answer)


def test_only_exports_of_the_session_are_given_away(client, session, lab):
    other = lab.create("Other")
    export = written(client, session, format="csv", what="labels")
    away = f"/api/sessions/{other.id}/exports/{export}/zip"
    assert "is gone" in error_of(client.get(away))
    for name in ("..", f"..%2F-{session.row.id}-", "sessions"):
        assert client.get(f"{base(session)}/{name}/zip").status_code >= 400
    assert "Download it" in error_of(client.get(f"{base(session)}/{export}/page"))


def test_a_page_of_an_export_can_reach_nothing_of_the_server(client, session, lab):
    folder = lab.workspace / "exports" / f"x-{session.row.id}-report-1"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<h1>Report</h1>")
    about = {"kind": "ssvae-export", "format": "report", "written_at": "2026-11-25"}
    (folder / "export.json").write_text(json.dumps(about))
    answer = client.get(f"{base(session)}/{folder.name}/page")
    assert answer.text == "<h1>Report</h1>"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
