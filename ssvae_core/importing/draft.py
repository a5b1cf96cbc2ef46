"""A data set while it is being written: beside its place, and renamed into it when it is whole.

What it is made of stands in data/stored.py.

Whoever writes holds a lock on the folder, which ends with the process: a folder whose lock is free
is what a killed import left.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..data.pack import PackWriter
from ..data.stored import (
    CLASSES,
    DELETED,
    DIGESTS,
    DOMAINS,
    EXAMPLES,
    FEATURES,
    FORMAT,
    LOCK,
    MANIFEST,
    NAMES,
    ORIGINALS,
    PREFIX,
    REPORT,
    SIZES,
    TEST,
    write_json,
)
from ..errors import NotWritten
from ..storage.file_lock import lock_file
from ..storage.whole import flush_to_disk
from .row_file import RowFile

CHUNK = 2**20


class Draft:
    """Takes examples one after another. Made by `drafting`."""

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
    ) -> None:
        """The next example. A colour image after grey ones makes all of them three channels.

        `size` is the original's height and width, 0 where they are not known. `features` (F,) are
        of every example or of none. `domain` is -1 for none.
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
        assert self._features is None or self._features.n == len(self)

    def be_of_one_shape(self) -> None:
        """Where one part holds grey images only and the other a colour image, both are colour."""
        if self._test and self.n_test and len(self) and self._test.shape != self.shape:
            (self if self.shape[-1] == 1 else self._test)._turn_to_colour()

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
        rows = [self._rows, self._digests, self._sizes, self._features]
        return [*(file for file in rows if file is not None), self._names, self._originals]

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
        more = [self._path(name) for name in (FEATURES, DOMAINS)]
        return [*map(self._path, named), *(path for path in more if path.exists())]

    @staticmethod
    def _sha256(class_names: list[str], parts: list[Draft]) -> str:
        digest = hashlib.sha256(json.dumps(class_names).encode())
        for path in (path for each in parts for path in each._content):
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        return digest.hexdigest()


@contextmanager
def drafting(root: Path) -> Iterator[Draft]:
    """A draft in this root, gone at the end if it was not renamed.

    Raises UserError where the disk is full or may not be written.
    """
    folder, lock, draft = None, None, None
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder, lock = _locked_folder(root)
        draft = Draft(folder)
        yield draft
    except OSError as error:
        raise NotWritten(_in_words(error, root)) from error
    finally:
        if draft is not None:
            draft.abandon()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        if lock:
            lock.close()


def _locked_folder(root: Path) -> tuple[Path, IO[str]]:
    """A new folder and the lock on it; another one if `clean` was quicker than the lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        lock = (folder / LOCK).open("w")
        lock_file(lock.fileno())
        if (folder / LOCK).exists():
            return folder, lock
        lock.close()


def place(folder: Path, at: Path) -> None:
    """Rename a whole draft into its place, on the disk when this returns.

    What is there already has the same content, unless it is damaged: each of its files is replaced.
    """
    (folder / LOCK).unlink(missing_ok=True)
    folder.chmod(0o755)
    for path in (*folder.iterdir(), folder):
        flush_to_disk(path)
    if at.is_dir():
        for path in sorted(folder.iterdir(), key=lambda path: path.name == MANIFEST):  # it last
            path.replace(at / path.name)
        flush_to_disk(at)
    else:
        folder.rename(at)
    flush_to_disk(at.parent)


def clean(root: Path) -> list[str]:
    """Remove what killed imports left; the names of the folders that are gone."""
    gone = []
    for folder in root.glob(f"{DELETED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in sorted(root.glob(f"{PREFIX}*")):
        try:
            with (folder / LOCK).open("a") as lock:
                lock_file(lock.fileno(), is_free=True)
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(folder.name)
        except OSError:  # being written right now, or not ours to remove
            continue
    return gone


def free_space(root: Path) -> int | None:
    """Bytes that are free where this folder will be."""
    there = next((folder for folder in (root, *root.parents) if folder.exists()), None)
    return shutil.disk_usage(there).free if there else None


def _in_words(error: OSError, root: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            f"The disk of {root} is full: nothing of this import was kept. "
            "Free some space, or choose another workspace in SSVAE_WORKSPACE."
        )
    return f"The import could not be written to {root}: {error.strerror or error}."
