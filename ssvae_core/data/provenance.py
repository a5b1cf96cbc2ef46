"""Where the examples of an imported data set came from: by this its originals are found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .stored import DIGESTS, SIZES

Sizes = NDArray[np.int32]  # (N, 2) height and width of each original, upright; 0 where unknown


@dataclass(frozen=True)
class ImportedFrom:
    """One import: a path, or an id; how it was read; and where files might be opened, all if ()."""

    where: str
    reading: Mapping[str, str] = field(default_factory=dict)
    within: tuple[str, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether it can be looked for still."""
        try:
            return Path(self.where).exists()
        except (OSError, ValueError):
            return False


@dataclass(frozen=True)
class Provenance:
    """What imports wrote down of the originals. N examples."""

    imports: tuple[ImportedFrom, ...]  # in the order of the examples
    n_unknown: int  # examples at the beginning of which nobody wrote down where they came from
    sizes: Sizes
    digests: NDArray[np.uint8]  # (N, 16) of the originals' pixels
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def there(self) -> list[str]:
        """What can be looked for still."""
        return [each.where for each in self.imports if each.is_there]

    def size(self, example: int) -> tuple[int, int] | None:
        """Height and width of an example's original; None where nobody wrote it down."""
        height, width = (int(side) for side in self.sizes[example])
        return (height, width) if height and width else None


def provenance_of(folder: Path, manifest: Mapping[str, Any]) -> Provenance:
    """As the data set in this folder says. Raises OSError or ValueError if it is damaged."""
    n = manifest["n"]
    digests = np.load(folder / DIGESTS, mmap_mode="r", allow_pickle=False)
    sizes = sizes_in(folder, n)
    if len(digests) != n or sizes.shape != (n, 2):
        raise ValueError("what it says of the originals is of another length")
    imports = _imports_in(manifest)
    return Provenance(
        imports,
        n_unknown=int(manifest.get("n_earlier", 0)) if not manifest.get("origins") else 0,
        sizes=sizes,
        digests=digests,
        policy=manifest.get("policy") or {},
    )


def _imports_in(manifest: Mapping[str, Any]) -> tuple[ImportedFrom, ...]:
    """Each import that made the set; earlier versions wrote down the last one only."""
    return tuple(
        ImportedFrom(each["where"], each.get("reading") or {}, tuple(each.get("within") or ()))
        for each in manifest.get("origins") or [{"where": str(manifest.get("where", ""))}]
    )


def sizes_in(folder: Path, n: int, prefix: str = "") -> Sizes:
    """Of the n originals; earlier versions did not keep them. `prefix` as of stored.TEST."""
    path = folder / f"{prefix}{SIZES}"
    if not path.is_file():
        return np.zeros((n, 2), np.int32)
    found: Sizes = np.load(path, mmap_mode="r", allow_pickle=False)
    return found
