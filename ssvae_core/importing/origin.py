"""What a data set was made from, as its manifest remembers it: enough to read it again.

A manifest has an origin for the import and one for each that added images. Those of older versions
say less: what was read without a file of labels can be told from them, and the rest is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import Conflict
from .feature_file import OF_FILE, path_of
from .pixel_policy import Policy
from .progress import Choice


@dataclass(frozen=True)
class Origin:
    """One import: where from, and what was chosen."""

    where: str  # absolute, or an id of Hugging Face
    role: str = "truth"
    labels: str = ""  # the file of labels, absolute; "" for none
    labels_sha256: str = ""
    features: str = ""  # a file of features, absolute; "" for none
    policy: dict[str, Any] = field(default_factory=dict)  # as chosen: what is None was found
    reading: dict[str, str] = field(default_factory=dict)
    keeps_duplicates: bool = False
    within: list[str] = field(default_factory=list)  # of Choice; none: any file could be opened

    @classmethod
    def of(cls, where: str, choice: Choice) -> Origin:
        """Of an import that begins: the file of labels is read for its digest."""
        features = path_of(choice.encoder)
        return cls(
            where=absolute(where),
            role=choice.role,
            labels=absolute(choice.labels) if choice.labels else "",
            labels_sha256=_sha256(choice.labels) if choice.labels else "",
            features=absolute(features) if features else "",
            policy=choice.policy.to_json(),
            reading=dict(choice.reading),
            keeps_duplicates=choice.keeps_duplicates,
            within=[str(root.absolute()) for root in choice.within],
        )

    def to_json(self) -> dict[str, Any]:
        """For a manifest."""
        return asdict(self)

    def choice(self, otherwise: Choice | None = None) -> Choice:
        """What was chosen; what somebody chooses otherwise takes its place, what he leaves stays.

        What its classes mean is no part of that: library.set_role changes it without reading.
        """
        new = otherwise or Choice()
        policy, labels = Policy(**self.policy), Path(self.labels) if self.labels else None
        policy = replace(
            policy,
            side=new.policy.side or policy.side,
            fit=new.policy.fit or policy.fit,
            channels=policy.channels if new.policy.channels == "auto" else new.policy.channels,
        )
        return replace(
            new,
            policy=policy,
            role=self.role,
            labels=labels,
            encoder=f"{OF_FILE}{self.features}" if self.features else new.encoder,
            keeps_duplicates=self.keeps_duplicates or new.keeps_duplicates,
            reading=new.reading or self.reading,
            within=tuple(map(Path, self.within)) or self._within(new.within),
        )

    def _within(self, roots: tuple[Path, ...]) -> tuple[Path, ...]:
        """Where files may be opened by somebody who is held to these roots: in the source too."""
        where = Path(self.where)
        return (*roots, where if where.is_dir() else where.parent) if roots else ()


def origins_of(manifest: dict[str, Any]) -> list[Origin] | None:
    """What a data set was made from, in the order of its examples; None where that is not known."""
    if "origins" in manifest:
        found = manifest["origins"]
        return None if found is None else [Origin(**each) for each in found]
    if manifest["earlier"] is not None or manifest.get("are_from_file"):
        return None
    policy = {name: manifest["policy"].get(name) for name in ("side", "fit", "low", "high")}
    channels = manifest["policy"].get("channels", "auto")
    role, where = manifest["role"], manifest["where"]
    return [Origin(where, role, policy={**policy, "channels": channels})]


def why_not_again(manifest: dict[str, Any]) -> str:
    """Why a data set cannot be read again, in words; "" if it can."""
    name, origins = manifest["name"], origins_of(manifest)
    if manifest.get("joined"):
        return f"{name} joins two data sets: read those again, and join them."
    if manifest["earlier"] is not None:
        return f"Images were added to {name}: they are made as the first ones were."
    if origins is None:
        return (
            f"The labels of {name} came from a file that an older version did not note. Import it "
            "once more, with that file."
        )
    where, labels = Path(origins[0].where), origins[0].labels
    if origins[0].where.startswith("hf:"):
        return f"{name} came from {where}: import it once more on the command line."
    if not where.is_absolute() or not where.exists():
        return f"What {name} was read from is gone: {where}. Put it back, or import it once more."
    if labels and not Path(labels).is_file():
        return (
            f"The labels of {name} are gone: {labels}. Put the file back, or import the images "
            "once more, with another."
        )
    return ""


def origin_to_read(manifest: dict[str, Any]) -> Origin:
    """What a data set is to be read from again. Conflict if that is gone, or its labels changed."""
    if why := why_not_again(manifest):
        raise Conflict(why)
    origins = origins_of(manifest)
    assert origins is not None
    origin = origins[0]
    if origin.labels and _sha256(Path(origin.labels)) != origin.labels_sha256:
        raise Conflict(
            f"{origin.labels} has changed since {manifest['name']} was read with it, so its labels "
            "could be lost or others. Import the images once more with it; what is there stays."
        )
    has_classes = bool(manifest["class_names"])  # else nothing could be said of what they mean
    return replace(origin, role=manifest["role"] if has_classes else origin.role)


def absolute(where: str | Path) -> str:
    """A path by which it is found again from any folder; an id as it is."""
    path = Path(where)
    return str(path.absolute()) if path.exists() else str(where)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # who reads it says so
        return ""
