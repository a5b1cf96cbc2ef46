"""An AnnData file of a session, read back by anndata."""

import sys

import anndata
import numpy as np
import pytest

from ssvae_core.data.columns import Columns
from ssvae_core.errors import UserError
from ssvae_core.export.cells import FILE, MISSING
from ssvae_core.export.content import ExportedGuesses
from tests.support.export_files import written
from tests.support.exported_model import content_of, taught


@pytest.fixture(scope="module")
def state(digits, starter, tmp_path_factory):
    return taught("m2", digits, starter, tmp_path_factory.mktemp("session"))


def guesses_of(n):
    about = {"label_seq": 9, "step": 5, "made_at": 1.0, "predicted_by": "model"}
    return ExportedGuesses(
        np.arange(n, dtype=np.int16) % 9, np.linspace(0, 1, n, dtype=np.float32), "m2", **about
    )


def test_labels_guesses_and_latents_come_back(state, tmp_path):
    n = len(state.data)
    values = np.arange(n * 3, dtype=np.float32).reshape(n, 3)
    names = [f"cell{k // 2}" for k in range(n)]  # twice each
    content = content_of(
        state,
        guesses=guesses_of(n),
        story=None,
        columns=Columns(("CD3D", "CD14", "MS4A1"), values, are_examples=False),
        file_names=names,
        values=values,
    )
    folder = written(content, "anndata", tmp_path / "out")
    found = anndata.read_h5ad(folder / FILE)
    assert found.n_obs == n
    assert found.var_names.tolist() == ["CD3D", "CD14", "MS4A1"]
    assert np.array_equal(found.X, values)
    assert found.obs_names.is_unique
    assert found.obsm["X_ssvae"].shape[0] == n
    assert np.isfinite(found.obsm["X_ssvae"]).all()
    assert len(np.unique(found.obsm["X_ssvae"].round(4), axis=0)) > n // 2
    labelled = next(iter(content.said))
    assert found.obs["label"].iloc[labelled] == content.classes[content.said[labelled].label].name
    free = next(k for k in range(n) if k not in content.said)
    assert found.obs["guess"].iloc[free] == content.classes[free % 9].name
    assert found.obs["confidence"].iloc[free] == pytest.approx(free / (n - 1), abs=1e-5)
    assert found.obs["label"].isna().sum() == n - len(content.said)


def test_images_are_rows_of_their_pixels(state, tmp_path):
    folder = written(content_of(state, story=None), "anndata", tmp_path / "out")
    found = anndata.read_h5ad(folder / FILE)
    assert found.shape == (len(state.data), 64)
    assert "X_learned_from" not in found.obsm


def test_without_anndata_it_is_said_what_to_install(state, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "anndata", None)
    with pytest.raises(UserError) as caught:
        written(content_of(state, story=None), "anndata", tmp_path / "out")
    assert str(caught.value) == MISSING
