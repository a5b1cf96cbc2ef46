"""Counts of genes in cells of three types, two batches: what a test makes in place of cells."""

import tempfile
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

TYPES = np.array(["B cell", "Monocyte", "T cell"])


def small_cells(n=60, n_genes=150, seed=0, **more):
    """An AnnData with counts in X, its logarithms in a layer, X_pca, and cell_type and batch."""
    random = np.random.default_rng(seed)
    kind = np.arange(n) % len(TYPES)
    level = random.gamma(1.0, 2.0, n_genes)
    markers = np.ones((len(TYPES), n_genes))
    for k in range(len(TYPES)):
        markers[k, 10 * k : 10 * k + 10] = 8.0
    counts = random.poisson(level * markers[kind] * random.uniform(0.5, 2, (n, 1)))
    obs = pd.DataFrame(
        {
            "cell_type": pd.Categorical(TYPES[kind]),
            "batch": pd.Categorical(np.array(["first", "second"])[np.arange(n) // 2 % 2]),
            "percent_mito": random.uniform(0, 0.1, n),
        },
        index=[f"cell{k}" for k in range(n)],
    )
    var = pd.DataFrame(index=[f"GENE{k}" for k in range(n_genes)])
    found = anndata.AnnData(sparse.csr_matrix(counts.astype(np.float32)), obs=obs, var=var, **more)
    found.layers["log"] = np.log1p(counts).astype(np.float32)
    found.obsm["X_pca"] = (random.normal(size=(n, 5)) + kind[:, None]).astype(np.float32)
    return found


def in_h5ad(path, cells=None):
    """Written as people write it."""
    (cells if cells is not None else small_cells()).write_h5ad(path)
    return path


def h5ad_bytes(cells):
    """The same, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        return in_h5ad(Path(folder) / "x.h5ad", cells).read_bytes()
