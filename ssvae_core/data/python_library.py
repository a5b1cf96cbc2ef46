"""Texts to try things on: what Python's own library says of its functions and classes.

Docstrings of Python 3.11.7's standard library (PSF licence), at most 600 characters of each, and of
what its module is about. `assets/texts/` has them, and beside them their embedding by the Universal
Sentence Encoder along its first 96 principal components, so that nothing has to be installed.
"""

from __future__ import annotations

import csv

import numpy as np

from ..errors import NotFound
from .bundled import ASSETS
from .dataset import Dataset

TEXTS, EMBEDDING = "python_library.csv", "python_library.npy"


def python_library() -> Dataset:
    """1,273 docstrings, each with one of eight topics, as vectors of 96 numbers."""
    folder = ASSETS / "texts"
    try:
        with (folder / TEXTS).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        embedding = np.load(folder / EMBEDDING, allow_pickle=False).astype(np.float32)
    except OSError as error:
        raise NotFound(
            f"The texts of Python's library are missing: {error}. Get the project's files again."
        ) from error
    topics = sorted({row["topic"] for row in rows})
    return Dataset(
        name="python",
        title="Docstrings of Python's library",
        images=embedding,
        features=embedding,
        class_names=tuple(topics),
        answer_key=np.array([topics.index(row["topic"]) for row in rows], np.int64),
        file_names=tuple(row["name"] for row in rows),
        texts=tuple(row["text"] for row in rows),
        text_encoder="universal-sentence-encoder",
    )
