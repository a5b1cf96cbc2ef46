"""The data set that two become: what is written of either, see joining.py.

Letters in shapes: N examples.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..data.dataset import AUTO, Dataset
from ..data.import_report import Report, class_counts
from ..data.library import MOST_CLASSES, checked_name, slug
from ..data.manifest import encoder_of, read_manifest
from ..data.stored import MANIFEST
from ..errors import Conflict, UserError
from .array_decoding import digest_of
from .class_order import ClassOrder
from .draft import Draft
from .draft_folder import clean, drafting, place
from .joining import Joining, short
from .pixel_policy import Policy
from .progress import ImportCancelled, Imported, ImportProgress

AT_ONCE = 1024  # examples


def joined(what: Joining, root: Path) -> Iterator[ImportProgress]:
    """Write both into a data set of this root; the last event holds it.

    Raises UserError if the disk is full, or there are more classes than a session can hold.
    """
    began, name = time.monotonic(), checked_name(what.title)
    clean(root)
    yield ImportProgress("looking at how the images are made")
    writer = JoinWriter(what)
    with drafting(root) as draft:
        for done in writer.fill(draft):
            if what.should_stop and what.should_stop():
                raise ImportCancelled("Joining was cancelled; nothing of it was kept.")
            seconds = time.monotonic() - began
            left = seconds / max(done, 1) * (writer.total - done)
            yield ImportProgress(
                f"joining {what.second.title}", done, writer.total, done, 0, seconds, left
            )
        imported = writer.finish(draft, root, name, time.monotonic() - began)
    n = writer.total
    yield ImportProgress(
        f"{name} is joined", n, n, n, writer.n_left_out, imported.report.seconds, 0.0, imported
    )


class JoinWriter:
    """Fills a draft with the examples of both."""

    def __init__(self, what: Joining):
        self.what, self.n_left_out = what, 0
        both = what.first, what.second
        tested = (data.test_images for data in both)
        self.total = sum(map(len, both)) + sum(len(part) for part in tested if part is not None)
        self.manifests = [_manifest_of(data) for data in both]
        self.role = _role_of(*both)
        self.classes = ClassOrder(what.first.class_names)
        for name in what.first.class_names:
            self.classes.id_of(name)
        self.places, self.names = _domains_of(*both)
        self._seen: dict[bool, set[bytes]] = {False: set(), True: set()}  # digests by part

    def fill(self, draft: Draft) -> Iterator[int]:
        """Both parts of both; yields how many examples were looked at."""
        done = 0
        for data in (self.what.first, self.what.second):
            for in_test in (False, True):
                images = data.test_images if in_test else data.images
                if images is None:
                    continue
                part = draft.test if in_test else draft
                for start in range(0, len(images), AT_ONCE):
                    self._take(part, data, images[start : start + AT_ONCE], start, in_test)
                    done += len(images[start : start + AT_ONCE])
                    yield done

    def _take(
        self, part: Draft, data: Dataset, before: NDArray[Any], start: int, in_test: bool
    ) -> None:
        is_second = data is self.what.second
        before = np.asarray(before)
        images = self.what.made(before) if is_second else before
        for k, (was, image) in enumerate(zip(before, images, strict=True)):
            example = start + k
            digest = _digest(data, example, in_test, was)
            if digest in self._seen[not in_test]:
                self.n_left_out += 1  # what is tested on is not learned from
                continue
            self._seen[in_test].add(digest)
            original = data.test_original(example) if in_test else data.original(example)
            kept = original[0] if original else b""
            if not kept and is_second and not np.array_equal(was, image):
                kept = _png(was)
            part.add(
                image,
                name=_name(data, example, in_test),
                class_id=self._class(data, example, in_test),
                digest=digest,
                original=kept,
                size=_size(data, example, in_test, was),
                domain=self._domain(data, example, in_test),
            )

    def _class(self, data: Dataset, example: int, in_test: bool) -> int:
        if in_test:
            classes = data.test_answer_key
        elif self.role == "labels":  # a hidden key is not told to the model by being joined
            classes = data.labels
        else:
            classes = data.answer_key if data.answer_key is not None else data.labels
        place = -1 if classes is None else int(classes[example])
        return self.classes.id_of(data.class_names[place]) if place >= 0 else -1

    def _domain(self, data: Dataset, example: int, in_test: bool) -> int:
        domains = data.test_domains if in_test else data.domains
        own = self.places[data is self.what.second]
        if domains is None:
            return own[-1]
        return own[int(domains[example])] if domains[example] >= 0 else -1

    def finish(self, draft: Draft, root: Path, name: str, seconds: float) -> Imported:
        """Write the rest, and put it in its place."""
        if len(self.classes) > MOST_CLASSES:
            raise Conflict(
                f"Together they have {len(self.classes)} classes, and a session holds at most "
                f"{MOST_CLASSES}. Give what is the same the same name in both, and join again."
            )
        draft.be_of_one_shape()
        order, class_names = self.classes.in_order()
        role = self.role if class_names else "ignore"
        names = self.names
        counts = np.bincount(np.array(draft.domains) + 1, minlength=len(names) + 1)[1:]
        both = self.what.first, self.what.second
        sides = [max(data.shape[:2]) for data in both if data.kind == "image"]
        report = Report(
            name=name,
            source="two data sets",
            kind=self.what.first.kind,
            files=self.total,
            taken=self.total - self.n_left_out,
            earlier=len(self.what.first),
            n=len(draft),
            n_test=draft.n_test,
            shape=draft.shape,
            policy=self._policy(),
            smallest=min(sides, default=0),
            largest=max(sides, default=0),
            classes=class_counts(class_names, draft.class_places(order).tolist()),
            domains=dict(zip(names, counts.tolist(), strict=True)),
            class_role=role,
            notes=self._notes(names, counts),
            seconds=seconds,
        )
        first, second = self.manifests
        manifest = {
            "name": name,
            "kind": self.what.first.kind,
            "shape": list(draft.shape),
            "class_names": class_names,
            "role": role,
            "domain_names": names,
            "joined": [self.what.first.name, self.what.second.name],
            "made_alike": self.what.words,
            "are_from_file": True,  # a folder that is added is no class unless it is called as one
            "policy": report.policy,
            "encoder": encoder_of(first) if first.get("encoder") != "features" else AUTO,
            "origins": [*(first.get("origins") or []), *(second.get("origins") or [])],
            "source": "two data sets",
            "where": f"{self.what.first.name}, {self.what.second.name}",
            "created": datetime.now(UTC).isoformat(timespec="microseconds"),
            "earlier": self.what.first.name if first else None,
            "n_earlier": len(self.what.first),
        }
        sha256 = draft.close(manifest, report.to_json(), order)
        at = root / f"{slug(name)}-{sha256[:12]}"
        place(draft.folder, at)
        return Imported(at.name, at, report)

    def _policy(self) -> dict[str, Any]:
        """By which more images would be made: the first's."""
        if self.manifests[0]:
            found: dict[str, Any] = self.manifests[0]["policy"]
            return found
        shape = self.what.first.shape
        if len(shape) != 3:
            return Policy().to_json()
        channels = "grey" if shape[2] == 1 else "colour"
        return Policy(side=max(shape[:2]), fit="resize", channels=channels).to_json()

    def _changed(self) -> str:
        words = self.what.words
        return "stay as they are" if words == "as they are" else f"are made anew, {words}"

    def _notes(self, names: Sequence[str], counts: NDArray[np.integer]) -> list[str]:
        first, second = self.what.first, self.what.second
        each = ", ".join(f"{name} {n:,}" for name, n in zip(names, counts, strict=True))
        said = [
            f"Its examples are of {len(names)} domains: {each}.",
            f"The images of {short(second)} {self._changed()}.",
        ]
        if self.role == "labels" and second.answer_key is not None:
            said.append(
                f"The hidden true labels of {second.title} are left out: those of {first.title} "
                "are labels, and the model would learn from them."
            )
        if self.n_left_out:
            said.append(
                f"{self.n_left_out:,} are left out, because the same image is in the other part, "
                "of tested or of learned ones."
            )
        if any(data.features is not None for data in (first, second)):
            said.append("The features that came with them are left out: choose an encoder anew.")
        return said


def _manifest_of(data: Dataset) -> dict[str, Any]:
    """Of an imported one; nothing of one that ships."""
    folder = getattr(data.images, "filename", None)
    if folder is None or not (Path(folder).parent / MANIFEST).is_file():
        return {}
    try:
        return read_manifest(Path(folder).parent)
    except UserError:
        return {}


def _role_of(first: Dataset, second: Dataset) -> str:
    """What the classes mean: as in the first, or where that has none, as in the second."""
    for data in (first, second):
        if data.answer_key is not None:
            return "truth"
        if data.labels is not None:
            return "labels"
    return "ignore"


def _domains_of(first: Dataset, second: Dataset) -> tuple[list[dict[int, int]], list[str]]:
    """Where each domain of each comes to stand, at -1 that of a set without any; and all names."""
    names: list[str] = []
    found: list[dict[int, int]] = []
    for data in (first, second):
        own: dict[int, int] = {}
        for at, name in enumerate(data.domain_names) if data.domain_names else [(-1, short(data))]:
            new = name
            while new in names:
                new = f"{new} (2)"
            own[at] = len(names)
            names.append(new)
        found.append(own)
    return found, names


def _digest(data: Dataset, example: int, in_test: bool, image: NDArray[Any]) -> bytes:
    """Of its original's pixels, where they were written down; of its own otherwise."""
    if data.provenance is not None and not in_test:
        return data.provenance.digests[example].tobytes()
    return digest_of(image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image)


def _name(data: Dataset, example: int, in_test: bool) -> str:
    if data.file_names is not None and not in_test:
        return data.file_names[example]
    suffix = ".png" if data.kind == "image" else ""
    return f"{slug(data.name)}/{'test-' if in_test else ''}{example:06d}{suffix}"


def _size(data: Dataset, example: int, in_test: bool, image: NDArray[Any]) -> tuple[int, int]:
    known = data.provenance.size(example) if data.provenance is not None and not in_test else None
    return known or (image.shape[:2] if image.ndim == 3 else (0, 0))


def _png(image: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).save(out, "PNG")
    return out.getvalue()
