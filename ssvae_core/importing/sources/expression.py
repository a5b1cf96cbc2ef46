"""What is learned from counts of genes: on a log scale, of the genes that vary, components.

The steps that people take before a model (Luecken & Theis 2019, "Current best practices in
single-cell RNA-seq analysis"), computed on sparse matrices.

Letters in shapes: N cells, G genes, H of them that vary, D components, F columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

N_VARIABLE = 2000  # genes that components are found in
N_COMPONENTS = 50
N_BINS = 20  # of genes of a like mean, among which dispersions are compared
LOOKED_AT = 1000  # cells by which it is told whether a matrix holds counts
ROWS_AT_ONCE = 512


def are_counts(matrix: Any) -> bool:
    """Whether all values of a look are whole numbers of 0 or more, and some are not 0: (N, G)."""
    some = numbers_in(matrix[: min(LOOKED_AT, matrix.shape[0])])
    return bool(some.size and (some >= 0).all() and (some == np.rint(some)).all() and some.any())


def are_negative(matrix: Any) -> bool:
    """Whether some values are below 0: they are scaled already."""
    return bool((numbers_in(matrix) < 0).any())


def log_normalised(counts: Any) -> Any:
    """log(1 + counts of a cell, scaled to the median cell's total): (N, G) -> (N, G), sparse."""
    from scipy import sparse

    rows = sparse.csr_matrix(counts, dtype=np.float32, copy=True)
    totals = np.asarray(rows.sum(1), np.float64).ravel()
    usual = float(np.median(totals[totals > 0])) if (totals > 0).any() else 1.0
    scale = np.divide(usual, totals, out=np.zeros_like(totals), where=totals > 0)
    rows.data *= np.repeat(scale, np.diff(rows.indptr)).astype(np.float32)
    np.log1p(rows.data, out=rows.data)
    return rows


def variable_genes(logs: Any, n: int = N_VARIABLE) -> NDArray[np.intp]:
    """The n genes whose dispersion is largest among genes of a like mean: (N, G) -> (n,), sorted.

    Dispersion is variance over mean of the normalised counts, on a log scale, compared with its
    mean and spread in N_BINS bins of the mean (Satija et al. 2015, "Spatial reconstruction of
    single-cell gene expression data").
    """
    mean, variance = _moments(_unlogged(logs))
    with np.errstate(divide="ignore", invalid="ignore"):
        dispersion = np.log(np.where(variance > 0, variance / np.maximum(mean, 1e-12), np.nan))
    level = np.log1p(mean)
    edges = np.linspace(level.min(), level.max(), N_BINS + 1)
    bins = np.clip(np.searchsorted(edges, level, "left") - 1, 0, N_BINS - 1)
    score = np.full(len(mean), -np.inf)
    for place in np.unique(bins):
        here = np.flatnonzero((bins == place) & np.isfinite(dispersion))
        if not len(here):
            continue
        centre, spread = dispersion[here].mean(), dispersion[here].std(ddof=min(1, len(here) - 1))
        if len(here) == 1 or spread == 0:  # alone in its bin: neither more nor less than usual
            score[here] = 1.0
        else:
            score[here] = (dispersion[here] - centre) / spread
    best = np.argsort(-score, kind="stable")[:n]
    return np.sort(best[np.isfinite(score[best])])


def most_varying(matrix: Any, n: int = N_VARIABLE) -> NDArray[np.intp]:
    """The n columns of largest variance: (N, G) -> (n,), sorted."""
    _, variance = _moments(matrix)
    return np.sort(np.argsort(-variance, kind="stable")[:n])


def components(matrix: Any, n: int = N_COMPONENTS) -> NDArray[np.float32]:
    """Principal components of cells: (N, H) -> (N, D), D = n or as many as there are."""
    n_rows, width = matrix.shape
    mean = np.asarray(matrix.mean(0), np.float64).ravel()
    gram = matrix.T @ matrix
    gram = np.asarray(gram.todense() if hasattr(gram, "todense") else gram, np.float64)
    values, axes = np.linalg.eigh(gram - n_rows * np.outer(mean, mean))
    kept = max(1, min(n, width, n_rows - 1))
    axes = axes[:, ::-1][:, :kept][:, values[::-1][:kept] > 1e-9 * max(values[-1], 1e-30)]
    axes = axes if axes.shape[1] else np.eye(width)[:, :1]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return np.asarray(matrix @ axes - mean @ axes, np.float32)


def regressed(columns: Any, examples: NDArray[np.floating]) -> NDArray[np.float32]:
    """What leads from examples to columns by least squares: (N, F), (N, D) -> (D + 1, F).

    The last row is the offset. Of components it gives the columns back as far as these hold them.
    """
    design = np.column_stack([examples, np.ones(len(examples))]).astype(np.float64)
    right = (columns.T @ design).T
    return np.asarray(np.linalg.pinv(design.T @ design, hermitian=True) @ right, np.float32)


def dense_rows(matrix: Any, start: int) -> NDArray[np.float32]:
    """ROWS_AT_ONCE rows from this one: (n, F)."""
    part = matrix[start : start + ROWS_AT_ONCE]
    return np.asarray(part.toarray() if hasattr(part, "toarray") else part, np.float32)


def _unlogged(logs: Any) -> Any:
    if not hasattr(logs, "data") or isinstance(logs, np.ndarray):
        return np.expm1(logs)
    found = logs.copy()
    np.expm1(found.data, out=found.data)
    return found


def _moments(matrix: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of each column: (G,), (G,)."""
    n = matrix.shape[0]
    mean = np.asarray(matrix.mean(0), np.float64).ravel()
    squared = matrix.multiply(matrix) if hasattr(matrix, "multiply") else np.square(matrix)
    square = np.asarray(squared.mean(0), np.float64).ravel()
    return mean, np.maximum(square - mean**2, 0) * n / max(1, n - 1)


def numbers_in(matrix: Any) -> NDArray[Any]:
    """Those that it holds; of a sparse matrix the others are 0."""
    return np.asarray(matrix.data if hasattr(matrix, "indptr") else matrix)
