"""Features leave as matrices that NumPy and Parquet's readers have again."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from ssvae_core.export import export
from ssvae_core.export.features import file_name
from ssvae_core.trainer.spaces import names_of, values_of
from ssvae_core.training.chunks import run_to_end
from tests.support.exported_model import content_of, taught


@pytest.fixture(scope="module")
def written(digits, starter, tmp_path_factory):
    place = tmp_path_factory.mktemp("features")
    state = taught("m1m2", digits, starter, place / "session")
    *_, last = export(content_of(state), "features", place / "out")
    return state, last.done


def test_each_space_is_a_matrix_as_the_trainer_has_it(written):
    state, folder = written
    assert {path.stem for path in (folder / "features").iterdir()} == {
        file_name(name) for name in names_of(state)
    }
    for name in names_of(state):
        found = np.load(folder / "features" / f"{file_name(name)}.npy", allow_pickle=False)
        assert found.dtype == np.float32
        assert np.allclose(found, run_to_end(values_of(state, name)), atol=1e-3)
        assert name in (folder / "README.md").read_text("utf-8")


def test_the_table_has_the_same_with_labels(written):
    state, folder = written
    table = pq.read_table(folder / "features.parquet")
    assert table["example"].to_pylist() == list(range(len(state.data)))
    pixels = np.stack(table["pixels"].to_numpy())
    assert np.array_equal(pixels, np.load(folder / "features" / "pixels.npy"))
    assert {"label", "guess"} <= set(table.column_names)


def test_a_space_of_any_name_is_a_file():
    assert file_name("onnx:My Encoder.onnx") == "onnx-my-encoder.onnx"
    assert file_name("../..") == "space"
