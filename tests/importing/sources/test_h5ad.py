"""Cells of AnnData files: what is learned from, what is shown, and what is refused in words."""

import h5py
import numpy as np
import pandas as pd
import pytest
import scanpy as sc
from scipy import sparse

from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice
from ssvae_core.importing.sources.h5ad_file import MISSING
from tests.support.small_cells import TYPES, in_h5ad, small_cells
from tests.support.small_sources import refused, taken_in

CELLS = small_cells()


def as_said(**reading):
    return Choice(n_processes=0, reading=reading)


def read_as(report):
    return {option["name"]: option["value"] for option in report.reading}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return in_h5ad(tmp_path_factory.mktemp("cells") / "x.h5ad")


@pytest.mark.parametrize("n_processes", [0, 1])
def test_what_is_in_the_file_comes_out(n_processes, path, root):
    choice = Choice(n_processes=n_processes, reading={"domain": "batch"})
    data, report = taken_in(path, root, choice)
    assert np.array_equal(data.images, CELLS.obsm["X_pca"].astype(np.float32))
    assert data.class_names == tuple(TYPES)
    assert [data.class_names[k] for k in data.answer_key] == CELLS.obs["cell_type"].tolist()
    assert [data.domain_names[k] for k in data.domains] == CELLS.obs["batch"].tolist()
    assert [*data.file_names] == CELLS.obs_names.tolist()
    assert read_as(report)["use"] == "obsm:X_pca"
    assert data.columns.names == ("percent_mito", *CELLS.var_names)
    assert np.allclose(data.columns.values[:, 0], CELLS.obs["percent_mito"])
    normalised = CELLS.copy()
    sc.pp.normalize_total(normalised)
    sc.pp.log1p(normalised)
    assert np.allclose(data.columns.values[:, 1:], normalised.X.toarray(), atol=1e-4)


def test_counts_become_components_and_lead_back_to_genes(path, root):
    data, report = taken_in(path, root, as_said(use="X"))
    assert data.shape == (50,)
    said = " ".join(report.notes)
    assert "X holds counts: each cell was scaled" in said
    assert "50 principal components of the 150 genes" in said
    drawn = data.columns.of_examples(data.images)
    marker = 1 + 5  # of the first type; percent_mito stands first
    known, found = data.columns.values[:, marker], drawn[:, marker]
    assert np.corrcoef(known, found)[0, 1] > 0.9


def test_a_layer_is_taken_as_it_is(path, root):
    _, report = taken_in(path, root, as_said(use="layer:log"))
    assert "layer:log holds no counts: its values are taken as they are" in " ".join(report.notes)


def test_a_few_measured_proteins_are_learned_from_as_they_are(tmp_path, root):
    few = small_cells()[:, :20].copy()
    del few.obsm["X_pca"]
    data, _ = taken_in(in_h5ad(tmp_path / "x.h5ad", few), root)
    assert data.columns.are_examples
    assert data.columns.names == tuple(few.var_names)
    assert data.shape == (20,)


def test_cells_of_no_known_type_have_no_class(tmp_path, root):
    cells = small_cells()
    said = cells.obs["cell_type"].astype(str).to_numpy()
    said[:7] = "Unknown"
    cells.obs["cell_type"] = said
    data, report = taken_in(in_h5ad(tmp_path / "x.h5ad", cells), root)
    assert (data.answer_key == -1).tolist() == [True] * 7 + [False] * 53
    assert "7 cells of 'Unknown' have no class." in report.notes


def test_raw_and_symbols_of_genes_are_shown(tmp_path, root):
    cells = small_cells()
    cells.var["gene_symbols"] = [f"SYM{k}" for k in range(cells.n_vars)]
    cells.raw = cells
    cells = cells[:, :30].copy()
    data, _ = taken_in(in_h5ad(tmp_path / "x.h5ad", cells), root)
    assert data.columns.names[-1] == "SYM149"


def test_the_cells_that_scanpy_ships_are_read_whatever_their_age(root):
    import importlib.util
    from pathlib import Path

    folder = Path(importlib.util.find_spec("scanpy").origin).parent / "datasets"
    data, _ = taken_in(folder / "10x_pbmc68k_reduced.h5ad", root, as_said(label="bulk_labels"))
    assert (len(data), data.shape, len(data.class_names)) == (700, (50,), 10)
    assert "CD3D" in data.columns.names


def test_a_matrix_whose_indices_lie_is_refused(tmp_path, root):
    path = in_h5ad(tmp_path / "x.h5ad")
    with h5py.File(path, "r+") as file:
        indices = file["X/indices"][:]
        indices[3] = 10**6
        file["X/indices"][:] = indices
    assert "x.h5ad" in refused(path, root, as_said(use="X"))


@pytest.mark.parametrize("kind", ["external", "soft", "virtual", "raw-data"])
def test_what_leads_to_another_file_is_refused(kind, tmp_path, root):
    path = in_h5ad(tmp_path / "x.h5ad")
    np.arange(300, dtype=np.float32).tofile(tmp_path / "secret")
    in_h5ad(tmp_path / "other.h5ad")
    with h5py.File(path, "r+") as file:
        del file["obsm/X_pca"]
        if kind == "external":
            file["obsm/X_pca"] = h5py.ExternalLink("other.h5ad", "obsm/X_pca")
        elif kind == "soft":
            file["obsm/X_pca"] = h5py.SoftLink("/X")
        elif kind == "virtual":
            layout = h5py.VirtualLayout((60, 5), np.float32)
            layout[:] = h5py.VirtualSource(tmp_path / "other.h5ad", "obsm/X_pca", (60, 5))
            file.create_virtual_dataset("obsm/X_pca", layout)
        else:
            names = [(str(tmp_path / "secret"), 0, 1200)]
            file.create_dataset("obsm/X_pca", (60, 5), np.float32, external=names)
    said = refused(path, root)
    assert "'X_pca', which leads to another place or file, and that is not followed" in said


def test_files_that_are_none_are_refused_in_words(tmp_path, root):
    path = tmp_path / "x.h5ad"
    path.write_bytes(b"PK no HDF5")
    assert "is no .h5ad file that can be read" in refused(path, root)
    with h5py.File(path, "w") as file:
        file["X"] = np.ones((3, 3))
    assert "not laid out as AnnData writes it" in refused(path, root)


def test_a_matrix_of_other_cells_or_of_no_numbers_is_refused(tmp_path, root):
    path = in_h5ad(tmp_path / "x.h5ad")
    with h5py.File(path, "r+") as file:
        del file["layers/log"]
        file["layers/log"] = np.full((60, 150), np.nan)
    assert "holds values that are no numbers" in refused(path, root, as_said(use="layer:log"))
    said = refused(path, root, as_said(use="obsm:X_umap"))
    assert "'use' can be obsm:X_pca, X" in said


def test_without_anndata_it_is_said_what_to_install(tmp_path, monkeypatch):
    from ssvae_core.importing.sources import open_source

    path = in_h5ad(tmp_path / "x.h5ad")
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(UserError) as caught:
        open_source(path)
    assert str(caught.value) == MISSING


def test_a_table_in_obsm_and_a_column_matrix_are_read(tmp_path, root):
    cells = small_cells()
    cells.X = sparse.csc_matrix(cells.X)
    table = pd.DataFrame(cells.obsm["X_pca"], index=cells.obs_names, columns=list("abcde"))
    cells.obsm["scores"] = table
    path = in_h5ad(tmp_path / "x.h5ad", cells)
    data, _ = taken_in(path, root, as_said(use="obsm:scores"))
    assert np.allclose(data.images, cells.obsm["X_pca"])
    assert taken_in(path, root, as_said(use="X"), name="y")[0].shape == (50,)
