"""The routes of the export page, on a session of MNIST whose trainer is off."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

import numpy as np
import pandas
import pytest

from benchmarks.app_process import wait_until
from ssvae_core.api.exporting import READ_BY
from ssvae_core.export import FORMATS, ExportOptions
from ssvae_core.export.accuracy import audited
from ssvae_core.labels.store import Operation
from ssvae_core.predictions import read_guesses
from ssvae_core.protocol.messages import Snapshot
from tests.support.small_originals import file_of, session_on, write_files


@pytest.fixture
def session(workspace):
    """Three labels, one unsure and one junk image."""
    session = workspace.session(workspace.create("Digits, Tuesday").id)
    for kind, examples, label in (
        ("label", (5, 7, 9), 3),
        ("unsure", (11,), None),
        ("junk", (12,), None),
    ):
        session.do(Operation(str(uuid.uuid4()), kind, examples, label), "Ana")
    return session


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


def test_a_cancelled_export_leaves_nothing(client, session, workspace):
    guess(session)
    client.post(base(session), json={"format": "imagefolder"})
    busy = error_of(client.post(base(session), json={"format": "csv"}))
    client.post(f"{base(session)}/cancel", json={})
    assert "being written" in busy
    assert ended(client, session)["state"] == "cancelled"
    assert list((workspace.root / "exports").iterdir()) == []


@pytest.fixture
def photos(workspace, tmp_path):
    """A session on two photos, one of them called .png though it is a JPEG."""
    files = {"c0.png": (file_of(0), (480, 640)), "c1.png": (file_of(1, "JPEG"), (480, 640))}
    write_files(tmp_path / "photos", files)
    return session_on(workspace, tmp_path / "photos"), tmp_path / "photos"


def test_image_files_are_written_as_the_person_chooses(client, photos):
    session, folder = photos
    words = client.get(base(session)).json()["images"]
    assert str(folder) in words["originals"]
    export = written(client, session, format="imagefolder")
    with unzipped(client, session, export) as archive:
        content = archive.read(f"{export}/train/cat/c0.png")
        names = {name.rsplit("/", 1)[1] for name in archive.namelist() if "/train/" in name}
    assert content == (folder / "c0.png").read_bytes()
    assert names == {"c0.png", "c1.jpg", "metadata.csv"}
    export = written(client, session, format="imagefolder", images="copies")
    with unzipped(client, session, export) as archive:
        names = {name.rsplit("/", 1)[1] for name in archive.namelist() if "/train/" in name}
    assert names == {"c0-256x192.jpg", "c1-256x192.jpg", "metadata.csv"}
    assert [each["note"] for each in client.get(base(session)).json()["exports"]] == ["", ""]


def test_originals_that_are_gone_are_said_to_be_before_and_after(client, photos):
    session, folder = photos
    folder.rename(folder.with_name("elsewhere"))
    assert "not where it was" in client.get(base(session)).json()["images"]["originals"]
    written(client, session, format="label-studio")
    (listed,) = client.get(base(session)).json()["exports"]
    assert "2 of 2 images are smaller copies" in listed["note"]


def test_a_bundled_set_has_no_choice_of_images(client, session):
    assert client.get(base(session)).json()["images"] is None


@pytest.mark.parametrize(
    "wish",
    [
        {"format": "xls"},
        {"format": "csv", "min_confidence": "a"},
        {"format": "coco", "images": "thumbnails"},
        {"format": "coco", "images": ["copies"]},
    ],
)
def test_a_wish_that_cannot_be_is_refused(client, session, wish):
    assert client.post(base(session), json=wish).status_code == 400


def test_refusals_are_in_words(client, session):
    answer = client.post(base(session), json={"format": "onnx"})
    assert "Label a few images" in error_of(answer)
    answer = client.post(base(session), json={"format": "csv", "min_confidence": 2})
    assert "between 0 and 1" in error_of(answer)


def test_only_exports_of_the_session_are_given_away(client, session, workspace):
    other = workspace.create("Other")
    export = written(client, session, format="csv", what="labels")
    away = f"/api/sessions/{other.id}/exports/{export}/zip"
    assert "is gone" in error_of(client.get(away))
    for name in ("..", f"..%2F-{session.row.id}-", "sessions"):
        assert client.get(f"{base(session)}/{name}/zip").status_code >= 400
    assert "Download it" in error_of(client.get(f"{base(session)}/{export}/page"))


def test_a_page_of_an_export_can_reach_nothing_of_the_server(client, session, workspace):
    folder = workspace.root / "exports" / f"x-{session.row.id}-report-1"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<h1>Report</h1>")
    about = {"kind": "ssvae-export", "format": "report", "written_at": "2026-11-25"}
    (folder / "export.json").write_text(json.dumps(about))
    answer = client.get(f"{base(session)}/{folder.name}/page")
    assert answer.text == "<h1>Report</h1>"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
