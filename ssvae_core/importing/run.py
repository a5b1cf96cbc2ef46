"""One import under way: everything a source gives, into a draft, and the draft into its place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ..data.import_report import Report, Skipped, class_counts
from ..data.library import slug
from ..data.pack import Pack
from ..data.provenance import sizes_in
from ..data.stored import CLASSES, DIGESTS, EXAMPLES, NAMES, ORIGINALS
from ..errors import UserError
from .class_order import ClassOrder
from .decoder_pool import DecoderPool, bytes_of
from .decoding import Decoded, look, look_at_array
from .draft import Draft, clean, drafting, free_space, place
from .items import Item, Source
from .label_lookup import Answers
from .pixel_policy import ImageFacts, settled
from .progress import Choice, ImportCancelled, Imported, ImportProgress
from .sources import IMPORTERS

N_LOOKS = 256  # files that are looked at before the policy is settled
EVENT_SECONDS = 0.1  # seconds between two events
COPIED_AT_ONCE = 4096  # examples
PROCESSES_FROM = 500  # files, from which more than one process is worth its start


class ImportRun:
    """One import under way."""

    def __init__(
        self,
        source: Source,
        root: Path,
        name: str,
        choice: Choice,
        earlier: Path | None = None,
        manifest: dict[str, Any] | None = None,
    ):
        self.source, self.root, self.name, self.choice = source, root, name, choice
        source.within = choice.within
        self.earlier, self.manifest = earlier, manifest or {}
        self.policy, self.began = choice.policy, time.monotonic()
        self.answers = Answers(choice.labels) if choice.labels else None
        known = self.answers.class_names if self.answers else source.class_names
        self.classes = ClassOrder(known, tuple(self.manifest.get("class_names", ())))
        self.report = Report(name=name, source=source.title, kind=source.kind)
        self.report.from_folders = source.are_folders and not self.answers
        self.seen: dict[bytes, int] = {}  # digest: example
        self.place = 0  # in the source, of items that could have a label
        self.some_names: list[str] = []

    def run(self) -> Iterator[ImportProgress]:
        """Take everything, then put the data set in its place."""
        clean(self.root)
        total = self.source.count()
        if self.answers and total is not None and not self.source.are_folders:
            self.answers.check_length(total)
        self._settle(total)
        self._check_space(total)
        with drafting(self.root) as draft:
            if self.earlier:
                yield from self._copy(draft, self.earlier)
            yield from self._take_all(draft, total)
            yield ImportProgress("writing", self.report.files, total, self.report.taken)
            imported = self._finish(draft)
        yield ImportProgress(
            f"{self.name} is read",
            self.report.files,
            self.report.files,
            self.report.taken,
            self.report.n_skipped,
            self.report.seconds,
            0.0,
            imported,
        )

    def _settle(self, total: int | None) -> None:
        """Choose what the choice leaves open, from some images spread over all."""
        if self.source.kind == "vector" or self.earlier:
            return
        step = max(1, (total or 0) // N_LOOKS)
        some = islice(self.source.items(), 0, N_LOOKS * step, step)
        looks = [found for item in some if isinstance(item, Item) and (found := _look(item))]
        self.policy = settled(self.policy, looks)

    def _check_space(self, total: int | None) -> None:
        """Refuse at once what cannot fit on the disk."""
        if self.source.kind == "vector" or total is None:
            return
        needed = total * (self.policy.side or 0) ** 2
        free = free_space(self.root)
        if free is not None and needed > free:
            raise UserError(
                f"{total} images of {self.policy.side} pixels need {needed / 2**30:.1f} GB, and "
                f"{free / 2**30:.1f} GB are free in {self.root}. Free some, or choose fewer pixels."
            )

    def _copy(self, draft: Draft, folder: Path) -> Iterator[ImportProgress]:
        """The examples that are there already."""
        rows = np.load(folder / EXAMPLES, mmap_mode="r", allow_pickle=False)
        classes = np.load(folder / CLASSES, allow_pickle=False)
        digests = np.load(folder / DIGESTS, mmap_mode="r", allow_pickle=False)
        names, originals = Pack(folder, NAMES), Pack(folder, ORIGINALS)
        sizes = sizes_in(folder, len(rows))
        draft.begin(rows.shape[1:], rows.dtype)
        for example, (name, original) in enumerate(zip(names, originals, strict=True)):
            digest = digests[example].tobytes()
            self.seen.setdefault(digest, example)
            draft.add(
                rows[example],
                name=name.decode(),
                class_id=int(classes[example]),
                digest=digest,
                original=original,
                size=(int(sizes[example][0]), int(sizes[example][1])),
            )
            if example % COPIED_AT_ONCE == 0:
                yield self._progress("taking over what is there", None)
        self.report.earlier = len(draft)

    def _take_all(self, draft: Draft, total: int | None) -> Iterator[ImportProgress]:
        n_processes = self.choice.n_processes
        if n_processes is None and total is not None and total < PROCESSES_FROM:
            n_processes = 1
        said_at = 0.0
        with closing(DecoderPool(n_processes)) as pool:
            for group in pool.outcomes(self.source.items(), self.policy):
                for item, outcome in group:
                    self._take(draft, item, outcome)
                now = time.monotonic()
                if now - said_at > EVENT_SECONDS:
                    said_at = now
                    yield self._progress("reading", total)

    def _take(self, draft: Draft, item: Item | Skipped, outcome: Decoded | Skipped) -> None:
        self.report.files += 1
        if len(self.some_names) < 3:
            self.some_names.append(item.name)
        is_left_alone = isinstance(outcome, Skipped) and outcome.reason == "not-image"
        place, self.place = self.place, self.place + (not is_left_alone)
        if isinstance(outcome, Skipped):
            return self.report.skip(outcome)
        assert isinstance(item, Item)
        class_name = self._class_name(item, place)
        expected = draft.shape
        if expected and self.source.kind == "vector" and outcome.pixels.shape != expected:
            why = f"{len(outcome.pixels)} numbers; {expected[0]} were expected"
            return self.report.skip(Skipped(item.name, "bad-row", why))
        twin = self.seen.setdefault(outcome.digest, len(draft))
        if twin < len(draft) and not self.choice.keeps_duplicates:
            why = f"same pixels as example {twin}"
            return self.report.skip(Skipped(item.name, "duplicate", why))
        draft.add(
            outcome.pixels,
            name=item.name,
            class_id=self.classes.id_of(class_name),
            digest=outcome.digest,
            original=outcome.preview,
            size=(outcome.height, outcome.width),
        )
        longer = max(outcome.height, outcome.width)
        self.report.take(longer, bool(outcome.preview), outcome.facts)
        return None

    def _class_name(self, item: Item, place: int) -> str | None:
        if self.answers:
            return self.answers.class_of(item.name, place)
        # Where a file named the classes before, folders are no classes now.
        return None if self.manifest.get("are_from_file") else item.class_name

    def _progress(self, message: str, total: int | None) -> ImportProgress:
        if self.choice.should_stop and self.choice.should_stop():
            raise ImportCancelled("The import was cancelled; nothing of it was kept.")
        seconds, done = time.monotonic() - self.began, self.report.files
        total = None if total is None else max(total, done)
        left = seconds / done * (total - done) if total and done else None
        taken, skipped = self.report.taken, self.report.n_skipped
        return ImportProgress(message, done, total, taken, skipped, seconds, left)

    def _finish(self, draft: Draft) -> Imported:
        report = self.report
        if self.answers:
            self.answers.check_length(self.place)
        if not report.taken:
            raise UserError(self._nothing())
        if self.answers:
            self.answers.check_found(self.some_names)
        order, class_names = self.classes.in_order()
        role = self.choice.role if class_names else "ignore"
        report.shape, report.policy = draft.shape, self.policy.to_json()
        report.class_role = role
        report.reading = [option.to_json() for option in self.source.reading.options]
        report.classes = class_counts(class_names, draft.class_places(order).tolist())
        report.notes = [
            *self.source.notes,
            *(self.answers.notes if self.answers else ()),
            *self.classes.notes(),
        ]
        report.seconds = time.monotonic() - self.began
        manifest = {
            "name": self.name,
            "kind": self.source.kind,
            "shape": list(draft.shape),
            "class_names": class_names,
            "role": role,
            "are_from_file": bool(self.answers) or self.manifest.get("are_from_file", False),
            "policy": report.policy,
            "reading": dict(self.choice.reading),
            "source": self.source.title,
            "where": _absolute(self.source.where),
            "created": datetime.now(UTC).isoformat(timespec="microseconds"),
            "earlier": self.earlier.name if self.earlier else None,
            "n_earlier": report.earlier,
        }
        sha256 = draft.close(manifest, report.to_json(), order)
        at = self.root / f"{slug(self.name)}-{sha256[:12]}"
        place(draft.folder, at)
        return Imported(at.name, at, report)

    def _nothing(self) -> str:
        """Why no data set came of it."""
        where, report = self.source.where, self.report
        if not report.files:
            return f"{where} is empty: there is nothing to import."
        others = {*report.skipped} - {"duplicate", "not-image"}
        if self.earlier and report.n_duplicates and not others:
            return f"Everything in {where} is in {self.name} already."
        why = "; ".join(
            f"{group.title.lower()}: {group.n} ({group.files[0][0]}"
            + (f", {group.files[0][1]})" if group.files[0][1] else ")")
            for group in report.groups()
        )
        text = f"Nothing could be taken from {where}. {why[:1].upper()}{why[1:]}."
        if isinstance(self.source, IMPORTERS["folder"]):
            text += _other_in(Path(where))
        return text


def _absolute(where: str) -> str:
    """A path by which it is found again from any folder; an id as it is."""
    path = Path(where)
    return str(path.absolute()) if path.exists() else where


def _look(item: Item) -> ImageFacts | None:
    """Before an item is decoded. None if it is broken."""
    if isinstance(item.content, Path):
        return look(item.name, item.content)
    if callable(item.content):
        content = bytes_of(item)
        return look(item.name, content) if isinstance(content, bytes) else None
    return look_at_array(item.content)


def _other_in(folder: Path) -> str:
    """What else is in a folder without images that could be imported."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and any(importer.accepts(str(path)) for importer in IMPORTERS.values()):
            return f" Import {path.name} instead?"
    return ""
