"""Columns of features beside images and their paths: recognised, shown, changed."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ssvae_core.importing.import_data import Choice
from tests.support.small_sources import (
    KEY,
    NAMES,
    PICTURES,
    N,
    in_csv_of_paths,
    in_parquet_of_bytes,
    taken_in,
)

ROWS = np.random.default_rng(0).normal(size=(N, 20)).astype(np.float32)


def beside_paths_in_csv(folder):
    path = in_csv_of_paths(folder)
    head, *lines = path.read_text().splitlines()
    heads = ",".join(f"dim_{k}" for k in range(20))
    rows = (",".join(f"{value:.9g}" for value in row) for row in ROWS)
    text = [f"{head},width,{heads}"]
    text += [f"{line},{k},{row}" for k, (line, row) in enumerate(zip(lines, rows, strict=True))]
    path.write_text("\n".join(text))
    return path, "dim_0 to dim_19, 20 numbers"


def beside_bytes_in_parquet(folder):
    table = pq.read_table(in_parquet_of_bytes(folder))
    table = table.append_column("box", pa.array([[1.0, 2, 3, 4]] * N))
    table = table.append_column("clip_embedding", pa.array(list(ROWS)))
    pq.write_table(table, folder / "x.parquet")
    return folder / "x.parquet", "clip_embedding"


@pytest.mark.parametrize("made", [beside_paths_in_csv, beside_bytes_in_parquet])
@pytest.mark.parametrize("n_processes", [0, 1])
def test_they_are_recognised_and_can_be_left_out(made, n_processes, tmp_path, root):
    path, said = made(tmp_path)
    data, report = taken_in(path, root, Choice(n_processes=n_processes))
    assert np.array_equal(data.images[..., 0], PICTURES)
    assert np.allclose(data.features, ROWS, rtol=1e-6)
    assert [data.class_names[key] for key in data.answer_key] == [NAMES[key] for key in KEY]
    assert data.encoder == "auto"
    option = next(each for each in report.reading if each["name"] == "features")
    assert dict(option["options"])[option["value"]] == said
    chosen = Choice(n_processes=n_processes, reading={"features": "none"})
    data, report = taken_in(path, root, chosen, name="other")
    assert (data.features, report.n_features) == (None, 0)


def test_rows_without_them_are_skipped(tmp_path, root):
    path, _ = beside_paths_in_csv(tmp_path)
    lines = path.read_text().splitlines()
    lines[2] = ",".join(lines[2].split(",")[:-1]) + ","
    path.write_text("\n".join(lines))
    data, report = taken_in(path, root)
    assert len(data) == len(data.features) == N - 1
    assert report.skipped["bad-row"].n == 1
