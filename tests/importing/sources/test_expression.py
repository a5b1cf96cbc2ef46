"""Counts of genes against scanpy, which is how people do it."""

import anndata
import numpy as np
import pytest
import scanpy as sc
from scipy import sparse

from ssvae_core.importing.sources.expression import (
    are_counts,
    are_negative,
    components,
    log_normalised,
    regressed,
    variable_genes,
)


def counts_of(n=120, n_genes=300, seed=0):
    random = np.random.default_rng(seed)
    level = random.gamma(1.0, 3.0, n_genes)
    kinds = random.gamma(1.0, 1.0, (3, n_genes))[random.integers(0, 3, n)]
    depth = random.uniform(0.5, 2, (n, 1))
    return random.poisson(level * kinds * depth).astype(np.float32)


COUNTS = counts_of()


@pytest.fixture(scope="module")
def by_scanpy():
    found = anndata.AnnData(sparse.csr_matrix(COUNTS))
    sc.pp.normalize_total(found)
    sc.pp.log1p(found)
    sc.pp.highly_variable_genes(found, n_top_genes=60, flavor="seurat")
    sc.pp.pca(found, n_comps=8, mask_var="highly_variable")
    return found


@pytest.mark.parametrize("of", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
def test_normalised_counts_are_those_of_scanpy(of, by_scanpy):
    assert np.allclose(log_normalised(of(COUNTS)).toarray(), by_scanpy.X.toarray(), atol=1e-4)


def test_genes_that_vary_are_those_of_scanpy(by_scanpy):
    known = np.flatnonzero(by_scanpy.var["highly_variable"])
    for logs in (by_scanpy.X, by_scanpy.X.toarray()):
        found = variable_genes(logs, 60)
        assert len({*known} & {*found}) >= 58  # bins' edges are rounded otherwise


def test_components_are_those_of_scanpy_but_for_their_signs(by_scanpy):
    of_genes = by_scanpy.X[:, np.flatnonzero(by_scanpy.var["highly_variable"])]
    for matrix in (of_genes, of_genes.toarray()):
        found, known = components(matrix, 8), by_scanpy.obsm["X_pca"]
        assert np.allclose(np.abs(found), np.abs(known), atol=2e-2)


def test_regression_of_all_components_gives_the_columns_back():
    values = counts_of(40, 6)
    examples = components(values, 6)
    loadings = regressed(sparse.csr_matrix(values), examples)
    assert np.allclose(examples @ loadings[:-1] + loadings[-1], values, atol=1e-2)


def test_counts_are_told_from_what_was_made_of_them():
    assert are_counts(sparse.csr_matrix(COUNTS))
    assert not are_counts(log_normalised(COUNTS))
    assert not are_counts(np.zeros((3, 3), np.float32))
    assert are_negative(COUNTS - 1)
    assert not are_negative(COUNTS)


def test_cells_without_a_count_and_genes_that_never_vary_do_no_harm():
    counts = COUNTS.copy()
    counts[3], counts[:, 5] = 0, 2
    logs = log_normalised(counts)
    assert np.isfinite(logs.toarray()).all()
    assert np.isfinite(components(logs[:, variable_genes(logs, 30)])).all()
    assert components(np.ones((5, 3), np.float32)).shape == (5, 1)
