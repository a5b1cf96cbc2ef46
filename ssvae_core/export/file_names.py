"""Names of files and folders that every file system takes, and no tool misreads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from ..csv_cells import TO_MARK

LONGEST = 120  # bytes of a name; file systems take 255
# Names that Windows keeps for itself.
RESERVED = {
    *("con", "prn", "aux", "nul", "conin$", "conout$", "clock$"),
    *(f"{device}{n}" for device in ("com", "lpt") for n in "0123456789\xb9\xb2\xb3"),
}
# Names of folders in which `imagefolder` sees another part of the data set.
PARTS = re.compile(
    r"(?<![^-._ 0-9])(train(ing)?|test(ing)?|eval(uation)?|dev|val(id(ation)?)?)(?![^-._ 0-9])",
    re.IGNORECASE,
)
# Folders that `imagefolder` leaves out, and names of its tables.
LEFT_OUT = re.compile(r"\A(?=__|metadata\.[a-z]+\Z)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """The name as one that every file system takes."""
    kept = "".join(
        "_" if char in '/\\:*?"<>|[]{};' or _is_unseen(char) else char
        for char in unicodedata.normalize("NFC", name)
    )
    kept = kept.encode()[:LONGEST].decode(errors="ignore").strip(" .") or "_"
    return f"{kept}_" if kept.split(".")[0].strip().casefold() in RESERVED else kept


def _is_unseen(char: str) -> bool:
    """Whether it is a control character, or one that only turns or hides others."""
    joins = char in "\u200c\u200d" or "\U000e0020" <= char <= "\U000e007f"  # emoji, Persian
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and not joins


def safe_names(names: Iterable[str]) -> list[str]:
    """Names of folders that differ, also where upper and lower case do not count."""
    found: dict[str, str] = {}
    for name in names:
        first = TO_MARK.sub("~", safe_name(name), count=1)
        first = safe = LEFT_OUT.sub("~", PARTS.sub(r"~\1", first))
        number = 1
        while safe.casefold() in found:
            number += 1
            safe = f"{first}+{number}"
        found[safe.casefold()] = safe
    return list(found.values())


def with_ending(name: str, endings: tuple[str, ...], known: Collection[str]) -> tuple[str, str]:
    """A file's stem and ending: its own ending where that is one of `endings`, else the first.

    What is none of the `known` endings belongs to the stem.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    own = path.suffix
    if not endings or own.lower() in endings:
        return path.stem, own
    return (path.stem if own.lower() in known else path.name), endings[0]
