"""Texts of a source on their way to vectors: read, encoded, and then the items of an import.

An embedding that was worked out before is taken from the workspace, by encoder and text. What an
encoder learns from the texts themselves is kept with the data set, so that texts which are added
later, or come to an exported model, are encoded by the same.

Letters in shapes: N texts, F features.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.import_report import Skipped
from ..data.stored import TEXT_ENCODER
from ..encoders import FeatureStore
from ..encoders.texts.base import text_digest
from ..errors import Conflict, NotWritten, UserError
from ..storage.paths import DATA, FEATURES
from .items import Item, Source
from .progress import Choice, ImportCancelled, ImportProgress
from .text_process import TFIDF, TextEncoding, at_once

SECONDS = 0.3  # of work between two events
MOST_AT_ONCE = 256  # texts
KEEP_EVERY = 512  # texts, after which what was encoded is kept
MOST_TEXTS_BYTES = 1_000_000_000  # of all texts together, held in memory


class EmbeddedTexts(Source):
    """A source of texts as one of vectors, each with its text. Ask `encoded` first."""

    kind = "vector"

    def __init__(self, texts: Source, root: Path, choice: Choice, manifest: dict[str, Any]):
        """`manifest` is of the data set that they are added to, whose encoder is taken."""
        super().__init__(texts.where)
        self._source, self._choice, self._earlier = texts, choice, manifest
        self._store = FeatureStore(root.parent / FEATURES) if root.name == DATA else None
        self.title, self.class_names = texts.title, texts.class_names
        self.reading = texts.reading
        self._found: list[Item | Skipped] = []
        self._rows: NDArray[Any] = np.zeros((0, 0), np.float32)
        self._folder = Path(tempfile.mkdtemp(prefix="ssvae-texts-"))
        self.about: dict[str, Any] = {}  # for the manifest

    @staticmethod
    def accepts(where: str) -> bool:
        """It stands for another source, which does."""
        return False

    @property
    def learned(self) -> Path | None:
        """The file of what the encoder learned from the texts; None where it learns nothing."""
        path = self._folder / TEXT_ENCODER
        return path if path.is_file() else None

    def close(self) -> None:
        """Remove what was written on the way. The source of texts is its owner's."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def count(self) -> int | None:
        """Of all rows."""
        return len(self._found)

    def items(self) -> Iterator[Item | Skipped]:
        """Every row: the embedding as its content."""
        at = 0
        for found in self._found:
            if isinstance(found, Skipped):
                yield found
            else:
                yield replace(found, content=np.asarray(self._rows[at], np.float32))
                at += 1

    def encoded(self, earlier: Path | None) -> Iterator[ImportProgress]:
        """Read all texts and encode them. UserError where there is none, or nothing encodes them.

        `earlier` is the folder of the data set that they are added to.
        """
        yield from self._read()
        texts = [found.text for found in self._found if isinstance(found, Item)]
        self.notes, self.class_notes = self._source.notes, self._source.class_notes
        if not texts:  # nothing to learn from: whoever imports says why nothing was taken
            return
        choice = self._encoder()
        yield self._progress("opening the encoder", 0, len(texts), None)
        with closing(TextEncoding(choice)) as encoder:
            if choice != TFIDF:
                encoder.open()
            elif earlier is not None:
                with suppress(FileNotFoundError):  # the encoder says that it cannot be read
                    shutil.copy(earlier / TEXT_ENCODER, self._folder / TEXT_ENCODER)
                encoder.load(self._folder / TEXT_ENCODER)
            else:
                yield self._progress("learning from the texts", 0, len(texts), None)
                encoder.learn([text or "" for text in texts], self._folder / TEXT_ENCODER)
            self.about = {"encoder": choice, "key": encoder.key}
            expected = self._earlier.get("text", {}).get("key", encoder.key)
            if encoder.key != expected:
                raise Conflict(
                    f"The encoder '{choice}' is another one now ({encoder.key}) than the one that "
                    f"encoded {self._earlier['name']} ({expected}). Import all texts anew."
                )
            yield from self._encode([text or "" for text in texts], encoder)

    def _encoder(self) -> str:
        if self._earlier:
            return str(self._earlier["text"]["encoder"])
        return next(each.value for each in self.reading.options if each.name == "encoder")

    def _read(self) -> Iterator[ImportProgress]:
        total, last, n_bytes = self._source.count(), time.monotonic(), 0
        for found in self._source.items():
            if isinstance(found, Item):
                assert isinstance(found.content, bytes)
                n_bytes += len(found.content)
                if n_bytes > MOST_TEXTS_BYTES:
                    raise UserError(
                        f"{self.where} holds more than {MOST_TEXTS_BYTES // 10**6} MB of texts. "
                        "Import some of them, or shorter ones."
                    )
                found = replace(found, content=b"", text=found.content.decode())
            self._found.append(found)
            if time.monotonic() - last > SECONDS:
                last = time.monotonic()
                yield self._progress("reading the texts", len(self._found), total, None)

    def _encode(self, texts: list[str], encoder: TextEncoding) -> Iterator[ImportProgress]:
        digests = [text_digest(text) for text in texts]
        rows: NDArray[Any] = np.zeros((len(texts), encoder.n_features), np.float32)
        is_known = np.zeros(len(texts), bool)
        store = None if encoder.key.startswith(TFIDF) else self._store
        if store is not None:
            kept, is_known = store.find(encoder.key, digests, encoder.n_features)
            rows = kept.astype(np.float32)
        missing, at, size = np.flatnonzero(~is_known).tolist(), 0, 8
        n_paced, began, unkept = 0, 0.0, list[int]()  # the first batch loads the model
        try:
            while at < len(missing):
                start = time.monotonic()
                some = at_once([texts[place] for place in missing[at : at + size]])
                places = missing[at : at + len(some)]
                rows[places] = encoder.encode(some)
                at, unkept, now = at + len(some), unkept + places, time.monotonic()
                n_paced, began = (n_paced + len(some), began) if began else (0, now)
                size = min(MOST_AT_ONCE, 2 * size) if now - start < SECONDS else max(1, size // 2)
                left = (now - began) / n_paced * (len(missing) - at) if n_paced else None
                n_known = len(texts) - len(missing) + at
                yield self._progress("encoding the texts", n_known, len(texts), left)
                if len(unkept) >= KEEP_EVERY:
                    self._keep(store, encoder.key, [digests[each] for each in unkept], rows[unkept])
                    unkept = []
        finally:
            self._keep(store, encoder.key, [digests[each] for each in unkept], rows[unkept])
        self._rows = rows

    def _keep(
        self, store: FeatureStore | None, key: str, digests: list[bytes], rows: NDArray[Any]
    ) -> None:
        if store is None:
            return
        try:
            store.add(key, digests, rows)
        except NotWritten as error:  # they are encoded again the next time
            if str(error) not in self.notes:
                self.notes.append(str(error))

    def _progress(
        self, message: str, done: int, total: int | None, left: float | None
    ) -> ImportProgress:
        if self._choice.should_stop and self._choice.should_stop():
            raise ImportCancelled("The import was cancelled; nothing of it was kept.")
        return ImportProgress(message, done, total, seconds_left=left)
