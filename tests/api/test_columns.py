"""The columns of a session's rows: a row, a column, and rows beside others."""

import numpy as np
import pytest

from ssvae_core.protocol.queries_from_elsewhere import Sampled
from ssvae_core.session.model_queries import ModelQueries
from ssvae_core.storage.paths import data_root
from tests.support.small_imports import take_in

N = 80
RANDOM = np.random.default_rng(0)
VALUES = RANDOM.normal(size=(N, 3)).astype(np.float32) * [1, 10, 100] + [0, 5, 50]
KIND = np.arange(N) % 2


@pytest.fixture
def table(tmp_path, workspace):
    lines = ["length,width,mass,kind"]
    for k, row in enumerate(VALUES):
        cells = ["" if (k, c) == (4, 1) else f"{value:.6f}" for c, value in enumerate(row)]
        lines.append(",".join([*cells, "ab"[KIND[k]]]))
    (tmp_path / "x.csv").write_text("\n".join(lines))
    return take_in(tmp_path / "x.csv", data_root(workspace.root)).id


@pytest.fixture
def get(workspace, client, table):
    row = workspace.create("cells", table)

    def ask(path, status=200, **body):
        address = f"/api/sessions/{row.id}/columns{path}"
        answer = client.post(address, json=body) if body else client.get(address)
        assert answer.status_code == status, answer.text
        return answer

    return ask


def test_columns_are_listed_with_their_ends(get):
    found = get("").json()
    assert found["names"] == ["length", "width", "mass"]
    assert found["low"] == pytest.approx(VALUES.min(0).tolist(), rel=1e-4)
    assert found["high"] == pytest.approx(VALUES.max(0).tolist(), rel=1e-4)
    assert found["draws"]


def test_a_row_says_values_where_they_stand_and_what_was_filled(get):
    length, width, _ = get("/row?example=4").json()["columns"]
    below = (VALUES[:, 0] < VALUES[4, 0]).mean()
    assert length["value"] == pytest.approx(VALUES[4, 0], rel=1e-4)
    assert length["rank"] == pytest.approx(below, abs=0.02)
    assert (width["value"], width["rank"]) == (None, None)
    assert width["filled"] == pytest.approx(np.median(np.delete(VALUES[:, 1], 4)), rel=1e-4)
    assert "There is no image 99" in get("/row?example=99", 404).json()["error"]


def test_a_column_is_read_as_bytes(get):
    found = np.frombuffer(get("/values?column=1").content, "<f4")
    assert np.isnan(found).nonzero()[0].tolist() == [4]
    assert "from 0 to 2" in get("/values?column=3", 400).json()["error"]


def test_a_selection_stands_beside_other_rows(get):
    chosen = np.argsort(-VALUES[:, 0])[:10].tolist()
    found = get("/parallel", examples=chosen).json()
    assert [axis["name"] for axis in found["axes"]] == ["length", "width", "mass"]
    lengths = [line[0] for line in found["lines"]["selected"]]
    assert sorted(lengths) == pytest.approx(sorted(VALUES[chosen, 0].tolist()), rel=1e-4)
    assert max(line[0] for line in found["lines"]["others"]) < min(lengths)
    assert "Select some rows first" in get("/parallel", 400, examples=[]).json()["error"]
    assert "whole numbers" in get("/parallel", 400, examples=["a"]).json()["error"]


def test_drawings_of_a_class_are_in_units_of_the_columns(get, monkeypatch):
    rows = np.full((1, 60, 3), 7, np.float32)
    undrawn = np.zeros((1, 60), np.uint8)
    undrawn[0, :50] = 1

    def sample(self, classes, n, seed):
        return Sampled(0, np.zeros((1, n, 2, 2, 1), np.uint8), undrawn, rows)

    monkeypatch.setattr(ModelQueries, "sample", sample)
    found = get("/parallel", examples=[1, 2], **{"class": 0}).json()
    assert found["lines"]["drawn"] == [[7, 7, 7]] * 10
    assert len(found["lines"]["selected"]) == 2


def test_without_columns_it_is_said_what_has_some(client, workspace):
    row = workspace.create("digits", "digits")
    answer = client.get(f"/api/sessions/{row.id}/columns")
    assert answer.status_code == 404
    assert "no named columns" in answer.json()["error"]
