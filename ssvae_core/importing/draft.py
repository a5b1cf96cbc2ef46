"""A data set while it is being written, in a folder of draft_folder.py.

What it is made of stands in data/stored.py.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.columns import COLUMNS
from ..data.pack import PackWriter
from ..data.stored import (
    CLASSES,
    DIGESTS,
    DOMAINS,
    EXAMPLES,
    FEATURES,
    FORMAT,
    MANIFEST,
    NAMES,
    ORIGINALS,
    REPORT,
    SIZES,
    TEST,
    TEXTS,
    write_json,
)
from .gaps import fill_gaps
from .row_file import RowFile

CHUNK = 2**20


class Draft:
    """Takes examples one after another. Made by `drafting` (draft_folder.py)."""

    def __init__(self, folder: Path, prefix: str = ""):
        """`prefix` stands before the names of its files."""
        self.folder, self._prefix = folder, prefix
        self._names = PackWriter(folder, f"{prefix}{NAMES}")
        self._originals = PackWriter(folder, f"{prefix}{ORIGINALS}")
        self._digests = RowFile(self._path(DIGESTS), (16,), np.uint8)
        self._sizes = RowFile(self._path(SIZES), (2,), np.int32)
        self._test: Draft | None = None
        self._classes: list[int] = []
        self.domains: list[int] = []  # of every example, a place in the manifest's domain_names
        self._rows: RowFile | None = None
        self._features: RowFile | None = None
        self._columns: RowFile | None = None
        self._texts: PackWriter | None = None

    def __len__(self) -> int:
        return len(self._classes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an example; () before the first."""
        return self._rows.shape if self._rows else ()

    @property
    def n_features(self) -> int:
        """Of an example; 0 before the first, and where they have none."""
        return self._features.shape[0] if self._features else 0

    def begin(self, shape: tuple[int, ...], dtype: Any) -> None:
        """Say what an example is."""
        self._rows = RowFile(self._path(EXAMPLES), shape, dtype)

    @property
    def test(self) -> Draft:
        """The test part: other examples, of the same shape and classes."""
        if self._test is None:
            self._test = Draft(self.folder, TEST)
        return self._test

    @property
    def n_test(self) -> int:
        """Examples of the test part."""
        return len(self._test) if self._test else 0

    def add(
        self,
        row: NDArray[Any],
        *,
        name: str,
        class_id: int,
        digest: bytes,
        original: bytes = b"",
        size: tuple[int, int] = (0, 0),
        features: NDArray[np.float32] | None = None,
        domain: int = -1,
        columns: NDArray[np.float32] | None = None,
        text: str | None = None,
    ) -> None:
        """The next example. A colour image after grey ones makes all of them three channels.

        `size` is the original's height and width, 0 where they are not known. `features` (F,) are
        of every example or of none, and so are `columns` (F,) and the `text`. `domain` is -1 for
        none.
        """
        if self._rows is None:
            self.begin(row.shape, row.dtype)
        assert self._rows is not None
        if row.shape[-1] == 3 and self._rows.shape[-1] == 1 and row.ndim == 3:
            self._turn_to_colour()
        if row.ndim == 3 and row.shape[-1] == 1 and self._rows.shape[-1] == 3:
            row = row.repeat(3, 2)
        self._rows.add(row[None])
        self._names.add(name.encode())
        self._originals.add(original)
        self._digests.add(np.frombuffer(digest, np.uint8)[None])
        self._sizes.add(np.array([size], np.int32))
        self._classes.append(class_id)
        self.domains.append(domain)
        if features is not None:
            if self._features is None:
                self._features = RowFile(self._path(FEATURES), features.shape, np.float32)
            self._features.add(features[None])
        if columns is not None:
            if self._columns is None:
                self._columns = RowFile(self._path(COLUMNS), columns.shape, np.float32)
            self._columns.add(columns[None])
        assert self._features is None or self._features.n == len(self)
        assert self._columns is None or self._columns.n == len(self)
        if text is not None:
            self._texts = self._texts or PackWriter(self.folder, f"{self._prefix}{TEXTS}")
            self._texts.add(text.encode())

    def be_of_one_shape(self) -> None:
        """Where one part holds grey images only and the other a colour image, both are colour."""
        if self._test and self.n_test and len(self) and self._test.shape != self.shape:
            (self if self.shape[-1] == 1 else self._test)._turn_to_colour()

    def fill_gaps(self) -> dict[int, int]:
        """Fill what is missing in vectors, in both parts: how many each column (D,) had."""
        parts = [self, self._test] if self._test and self.n_test else [self]
        return fill_gaps([each._rows.values() for each in parts if each._rows is not None])

    def name(self, example: int) -> str:
        """The file name of an example that was added."""
        return self._names.read(example).decode()

    def class_id(self, example: int) -> int:
        """The class that it was added with, or was set to since."""
        return self._classes[example]

    def set_class(self, example: int, class_id: int) -> None:
        """Give an example another class, -1 for none."""
        self._classes[example] = class_id

    def close(self, manifest: dict[str, Any], report: dict[str, Any], order: list[int]) -> str:
        """Write what is left, and say the sha256 of all content.

        Class ids are changed to order[id]: where each class stands among the sorted names.
        """
        parts = [self, self._test] if self._test and self.n_test else [self]
        for each in parts:
            for file in each._files:
                file.close()
            np.save(each._path(CLASSES), each.class_places(order), allow_pickle=False)
            if manifest.get("domain_names"):
                np.save(each._path(DOMAINS), np.array(each.domains, np.int16))
        sha256 = self._sha256(manifest["class_names"], parts)
        counts = {"n": len(self), "n_features": self.n_features, "n_test": self.n_test}
        counts["n_test_features"] = self._test.n_features if self._test else 0
        whole = {"format": FORMAT, "sha256": sha256, **manifest, **counts}
        write_json(self.folder / REPORT, report)
        write_json(self.folder / MANIFEST, whole)
        return sha256

    def class_places(self, order: list[int]) -> NDArray[np.int16]:
        """The class of each example by its final id: (N,), -1 for none."""
        places = np.array([*order, -1], np.int16)  # -1 is the last
        return places[np.array(self._classes, np.int64)]

    def abandon(self) -> None:
        """Let go of the files."""
        for file in self._files:
            with suppress(OSError):  # the disk may be full for what is still to be written
                file.abandon()
        if self._test is not None:
            self._test.abandon()

    @property
    def _files(self) -> list[RowFile | PackWriter]:
        of_some = (self._rows, self._features, self._columns, self._texts)
        of_all = (self._digests, self._sizes, self._names, self._originals)
        return [*of_all, *(file for file in of_some if file is not None)]

    def _path(self, name: str) -> Path:
        return self.folder / f"{self._prefix}{name}"

    def _turn_to_colour(self) -> None:
        grey = self._rows
        assert grey is not None
        grey.close()
        grey.path.rename(self._path("grey.npy"))
        self._rows = RowFile(grey.path, (*grey.shape[:2], 3), grey.dtype)
        if grey.n:
            written = np.load(self._path("grey.npy"), mmap_mode="r", allow_pickle=False)
            step = max(1, CHUNK // int(np.prod(grey.shape)))
            for start in range(0, grey.n, step):
                self._rows.add(written[start : start + step].repeat(3, 3))
        self._path("grey.npy").unlink()

    @property
    def _content(self) -> list[Path]:
        named = [EXAMPLES, CLASSES, f"{NAMES}.bin", f"{ORIGINALS}.bin"]
        more = [self._path(name) for name in (FEATURES, DOMAINS, COLUMNS, f"{TEXTS}.bin")]
        return [*map(self._path, named), *(path for path in more if path.exists())]

    @staticmethod
    def _sha256(class_names: list[str], parts: list[Draft]) -> str:
        digest = hashlib.sha256(json.dumps(class_names).encode())
        for path in (path for each in parts for path in each._content):
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        return digest.hexdigest()
