"""One import under way: everything a source gives, into a draft, and the draft into its place."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..data.import_report import Report, Skipped, class_counts
from ..data.library import MOST_CLASSES, slug
from ..data.stored import TEXT_ENCODER
from ..encoders.texts.base import text_digest
from ..errors import Conflict, UserError
from ..labels.names import listed, same
from .array_decoding import Decoded, blank_of
from .class_order import ClassOrder
from .decoder_pool import DecoderPool
from .draft import Draft
from .draft_folder import clean, drafting, free_space, place
from .embedded_texts import EmbeddedTexts
from .example_features import ExampleFeatures
from .items import Item, Source
from .label_lookup import Answers
from .named_columns import NamedColumns
from .nothing_taken import nothing_taken
from .origin import Origin, absolute, origins_of
from .parts import ExampleParts
from .progress import Choice, ImportCancelled, Imported, ImportProgress
from .settling import settled_on

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
        source.known_classes = tuple(self.manifest.get("class_names", ()))
        self.origin = Origin.of(source.where, choice)
        self.policy, self.began = choice.policy, time.monotonic()
        self.answers = Answers(choice.labels) if choice.labels else None
        self.features = ExampleFeatures(source, choice, earlier, self.manifest)
        self.columns = NamedColumns(source, self.manifest)
        self.classes = ClassOrder(source.class_names, source.known_classes)
        self.report = Report(name=name, source=source.title, kind=source.kind)
        self.report.from_folders = source.are_folders and not self.answers
        self.place = 0  # in the source, of items that could have a label
        self.known = frozenset(map(same, source.known_classes))
        self.no_classes: dict[str, None] = {}  # folders that might have been

    def run(self) -> Iterator[ImportProgress]:
        """Take everything, then put the data set in its place."""
        clean(self.root)
        total = self.source.count()
        if self.answers:
            self.answers.match(self.source)
            self.classes = ClassOrder(self.answers.class_names, self.source.known_classes)
        self.features.match()
        with closing(DecoderPool(self._n_processes(total))) as pool:
            if self.source.kind == "image" and not self.earlier:
                self.policy = settled_on(self.source, self.policy, pool)
            self.source.look()
            self.source.reading.check(self.source.where)
            self._check_space(total)
            with drafting(self.root) as draft:
                self.parts = ExampleParts(draft, self.classes, self.report)
                if self.earlier:
                    for done in self.parts.copy(self.earlier, self.manifest, self.features):
                        if done % COPIED_AT_ONCE == 0:
                            yield self._progress("taking over what is there", None)
                yield from self._take_all(draft, total, pool)
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

    def _n_processes(self, total: int | None) -> int | None:
        few = total is not None and total < PROCESSES_FROM
        return 1 if self.choice.n_processes is None and few else self.choice.n_processes

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

    def _take_all(
        self, draft: Draft, total: int | None, pool: DecoderPool
    ) -> Iterator[ImportProgress]:
        said_at = 0.0
        for group in pool.outcomes(self.source.items(), self.policy):
            for item, outcome in group:
                self._take(draft, item, outcome)
            now = time.monotonic()
            if now - said_at > EVENT_SECONDS:
                said_at = now
                yield self._progress("reading", total)

    def _take(self, draft: Draft, item: Item | Skipped, outcome: Decoded | Skipped) -> None:
        self.report.files += 1
        has_own = isinstance(item, Item) and item.in_test and not self.source.are_folders
        is_left_alone = isinstance(outcome, Skipped) and outcome.reason == "not-image"
        place, self.place = self.place, self.place + (not is_left_alone and not has_own)
        if isinstance(outcome, Skipped):
            return self.report.skip(outcome)
        assert isinstance(item, Item)
        if item.text is not None:
            outcome = replace(outcome, digest=text_digest(item.text))
        expected = draft.shape
        if expected and self.source.kind == "vector" and outcome.pixels.shape != expected:
            why = f"{len(outcome.pixels)} numbers; {expected[0]} were expected"
            return self.report.skip(Skipped(item.name, "bad-row", why))
        features = None if has_own else self.features.of(item, place, draft.n_features)
        if isinstance(features, Skipped):
            return self.report.skip(features)
        columns = self.columns.of(item, outcome)
        if isinstance(columns, Skipped):
            return self.report.skip(columns)
        said = self.classes.id_of(item.class_name if has_own else self._class_name(item, place))
        self._check_classes()
        left_out = self.parts.take(
            item,
            outcome,
            said,
            features,
            keeps_duplicates=self.choice.keeps_duplicates,
            columns=columns,
        )
        if left_out:
            return self.report.skip(left_out)
        longer = max(outcome.height, outcome.width)
        blank = blank_of(outcome.pixels) if self.source.kind == "image" else None
        facts = (*outcome.facts, blank) if blank else outcome.facts
        self.report.take(longer, bool(outcome.preview), facts)
        return None

    def _check_classes(self) -> None:
        """Refuse labels that no session could hold, rather than leave them out."""
        has_classes = self.manifest.get("class_names") and self.choice.role != "ignore"
        if len(self.classes) > MOST_CLASSES and (has_classes or self.choice.role == "labels"):
            raise Conflict(
                f"{self.name} would have more than {MOST_CLASSES} classes, the most that a session "
                "can hold. Nothing was imported. Join some of the classes, or import the images "
                "with their classes ignored (--folders ignore)."
            )

    def _class_name(self, item: Item, place: int) -> str | None:
        if self.answers:
            return self.answers.class_of(item.name, place)
        named = item.class_name
        is_folder = self.source.are_folders and self.manifest.get("are_from_file")
        if named and is_folder and same(named) not in self.known:
            self.no_classes[named] = None
            return None
        return named

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
        self.features.check_length(self.place)
        if not (report.taken or self.parts.n_named) or not len(draft):
            raise UserError(nothing_taken(self.source, report, self.earlier is not None))
        draft.be_of_one_shape()
        columns = self.columns.finish(draft)
        order, class_names = self.classes.in_order()
        role = self.choice.role if 0 < len(class_names) <= MOST_CLASSES else "ignore"
        report.encoder, report.n_features = self.features.encoder, draft.n_features
        report.shape, report.policy = draft.shape, self.policy.to_json()
        report.class_role, report.n, report.n_test = role, len(draft), draft.n_test
        report.reading = [option.to_json() for option in self.source.reading.options]
        report.classes = class_counts(class_names, draft.class_places(order).tolist())
        report.domains = self.parts.domain_counts()
        of_classes = self.answers.notes if self.answers else self.source.class_notes
        notes = [
            *self.source.notes,
            *self.columns.notes,
            *self.features.notes,
            *of_classes,
            *self.classes.notes(),
            *self._classes_in_words(),
            *self._domains_in_words(),
        ]
        report.notes = list(dict.fromkeys(notes))
        report.seconds = time.monotonic() - self.began
        manifest = {
            "name": self.name,
            "kind": self.source.kind,
            "shape": list(draft.shape),
            "class_names": class_names,
            "role": role,
            "domain_names": [*self.parts.domains],
            "columns": columns,
            "are_from_file": bool(self.answers) or self.manifest.get("are_from_file", False),
            "policy": report.policy,
            "encoder": report.encoder,
            "origins": self._origins(),
            "source": self.source.title,
            "where": absolute(self.source.where),
            "created": datetime.now(UTC).isoformat(timespec="microseconds"),
            "earlier": self.earlier.name if self.earlier else None,
            "n_earlier": report.earlier,
        }
        if isinstance(self.source, EmbeddedTexts):
            manifest["text"] = self.source.about
            if self.source.learned:
                shutil.copy(self.source.learned, draft.folder / TEXT_ENCODER)
        sha256 = draft.close(manifest, report.to_json(), order)
        at = self.root / f"{slug(self.name)}-{sha256[:12]}"
        place(draft.folder, at)
        return Imported(at.name, at, report)

    def _origins(self) -> list[dict[str, Any]] | None:
        """Of those before and this import; None where those are not known."""
        before = origins_of(self.manifest) if self.earlier else []
        return None if before is None else [each.to_json() for each in (*before, self.origin)]

    def _classes_in_words(self) -> list[str]:
        """What else a person should know of how examples came to their classes."""
        said = []
        if self.no_classes:
            said.append(
                f"The classes of {self.name} come from a file: folders that are called as none of "
                f"them are no classes: {listed(self.no_classes)}."
            )
        if n_named := self.parts.n_named:
            said.append(f"The class of {n_named:,} was said by a duplicate alone.")
        return said

    def _domains_in_words(self) -> list[str]:
        counts = self.report.domains
        if not counts:
            return []
        each = ", ".join(f"{name} {n:,}" for name, n in counts.items())
        return [f"Its examples are of {len(counts)} domain{'s' * (len(counts) > 1)}: {each}."]
