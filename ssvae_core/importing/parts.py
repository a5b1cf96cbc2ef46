"""The two parts that an import fills: what is labelled and learned from, and what is tested on.

An image of one part is no image of the other: a score on what was learned from says nothing. Of two
files with the same pixels in both parts the later one is left out, whatever it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.columns import COLUMNS
from ..data.import_report import Report, Skipped
from ..data.library import report_of
from ..data.pack import Pack
from ..data.parts import domain_names_of, domains_in
from ..data.provenance import sizes_in
from ..data.stored import CLASSES, DIGESTS, DOMAINS, EXAMPLES, NAMES, ORIGINALS, TEST, TEXTS
from ..errors import UserError
from ..labels.names import same, shown
from .array_decoding import Decoded
from .class_order import ClassOrder
from .draft import Draft
from .example_features import ExampleFeatures
from .items import Item
from .twins import Twins

MOST_DOMAINS = 250  # a domain is a byte in the browser, and some mean something else


class ExampleParts:
    """Takes examples into the part that they are of."""

    def __init__(self, draft: Draft, classes: ClassOrder, report: Report):
        self._draft, self._classes, self._report = draft, classes, report
        self._twins: dict[bool, Twins] = {}  # by whether they are of the test part
        self.n_named = 0  # examples whose class only a later file with their pixels said
        self.domains: dict[str, int] = {}  # places by name, in the order in which they were met

    def take(
        self,
        item: Item,
        outcome: Decoded,
        said: int,
        features: NDArray[np.float32] | None,
        *,
        keeps_duplicates: bool,
        columns: NDArray[np.float32] | None = None,
    ) -> Skipped | None:
        """Take an example of class `said`, -1 for none; why not, where it is left out."""
        others = self._twins.get(not item.in_test)
        beside = others.find(outcome.digest) if others else None
        if others and beside is not None and not keeps_duplicates:
            return others.skipped_beside(beside, item.name)
        draft, twins = self._part(in_test=item.in_test)
        class_id, first = said, twins.first_of(outcome.digest, len(draft))
        if first < len(draft):
            class_id = twins.settle(first, item.name, said)
            if not keeps_duplicates:
                if draft.class_id(first) < 0 <= class_id:  # only this file says what it is
                    draft.set_class(first, class_id)
                    self.n_named += 1
                return twins.skipped(first, item.name, said)
            twins.keep(first, len(draft), class_id)
        draft.add(
            outcome.pixels,
            name=item.name,
            class_id=class_id,
            digest=outcome.digest,
            original=outcome.preview,
            size=(outcome.height, outcome.width),
            features=features,
            domain=self.domain(item.domain),
            columns=None if item.in_test else columns,
            text=item.text,
        )
        return None

    def domain(self, name: str | None) -> int:
        """The place of a domain; -1 for none, and for those after the first MOST_DOMAINS."""
        if not name or not (name := same(shown(name))):
            return -1
        if name not in self.domains and len(self.domains) >= MOST_DOMAINS:
            return -1
        return self.domains.setdefault(name, len(self.domains))

    def domain_counts(self) -> dict[str, int]:
        """How many examples are of each domain, but for the test part."""
        counts = Counter(self._draft.domains)
        return {name: counts[place] for name, place in self.domains.items()}

    def copy(
        self, folder: Path, manifest: dict[str, Any], features: ExampleFeatures
    ) -> Iterator[int]:
        """Take over both parts of an earlier data set: yields how many examples are copied."""
        with suppress(ValueError):  # damaged: what is there has no domain then
            for name in domain_names_of(manifest):
                self.domain(name)
        for in_test in (False, True) if manifest.get("n_test") else (False,):
            kept = features.of_earlier(in_test=in_test)
            yield from self._copy(folder, manifest, kept, in_test=in_test)
        self._report.earlier = len(self._draft)
        with suppress(UserError):  # of a damaged report the import can do without
            for found in report_of(folder.name, folder.parent).contradictions:
                self._part(in_test=found.in_test)[1].remember(found)

    def _part(self, *, in_test: bool) -> tuple[Draft, Twins]:
        """The part's examples; the test part is begun when something is of it."""
        draft = self._draft.test if in_test else self._draft
        if in_test not in self._twins:
            self._twins[in_test] = Twins(draft, self._classes, self._report, in_test=in_test)
        return draft, self._twins[in_test]

    def _copy(
        self,
        folder: Path,
        manifest: dict[str, Any],
        features: NDArray[np.float32] | None,
        *,
        in_test: bool,
    ) -> Iterator[int]:
        (draft, twins), prefix = self._part(in_test=in_test), TEST if in_test else ""
        rows = np.load(folder / f"{prefix}{EXAMPLES}", mmap_mode="r", allow_pickle=False)
        classes = np.load(folder / f"{prefix}{CLASSES}", allow_pickle=False)
        digests = np.load(folder / f"{prefix}{DIGESTS}", mmap_mode="r", allow_pickle=False)
        names, originals = (Pack(folder, f"{prefix}{name}") for name in (NAMES, ORIGINALS))
        sizes = sizes_in(folder, len(rows), prefix)
        domains = None
        with suppress(OSError, ValueError):  # as above
            domains = domains_in(folder, {**manifest, "n": len(rows)}, f"{prefix}{DOMAINS}")
        columns = None
        if manifest.get("columns") and not in_test:
            columns = np.load(folder / COLUMNS, mmap_mode="r", allow_pickle=False)
        texts = Pack(folder, f"{prefix}{TEXTS}") if manifest.get("text") and not in_test else None
        draft.begin(rows.shape[1:], rows.dtype)
        for example, (name, original) in enumerate(zip(names, originals, strict=True)):
            digest = digests[example].tobytes()
            first = twins.first_of(digest, example)
            draft.add(
                rows[example],
                name=name.decode(),
                class_id=int(classes[example]),
                digest=digest,
                original=original,
                size=(int(sizes[example][0]), int(sizes[example][1])),
                features=None if features is None else features[example],
                domain=-1 if domains is None else int(domains[example]),
                columns=None if columns is None else columns[example],
                text=None if texts is None else texts.read(example).decode(),
            )
            if first < example:
                twins.keep(first, example, int(classes[example]))
            yield example
        twins.n_earlier = len(draft)
