"""Why nothing came of an import, in words."""

from __future__ import annotations

from pathlib import Path

from ..data.import_report import Report
from .items import Source
from .sources import IMPORTERS


def nothing_taken(source: Source, report: Report, is_added: bool) -> str:
    """The sentence, with a file of each reason; `is_added` to a data set that is there."""
    where = source.where
    if not report.files:
        return f"{where} is empty: there is nothing to import."
    others = {*report.skipped} - {"duplicate", "not-image"}
    if is_added and report.n_duplicates and not others:
        return f"Everything in {where} is in {report.name} already."
    why = "; ".join(
        f"{group.title.lower()}: {group.n} ({group.files[0][0]}"
        + (f", {group.files[0][1]})" if group.files[0][1] else ")")
        for group in report.groups()
    )
    text = f"Nothing could be taken from {where}. {why[:1].upper()}{why[1:]}."
    if isinstance(source, IMPORTERS["folder"]):
        text += _other_in(Path(where))
    return text


def _other_in(folder: Path) -> str:
    """What else is in a folder without images that could be imported."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    for path in sorted(files, key=lambda path: path.suffix.lower() == ".txt"):  # notes, mostly
        if any(importer.accepts(str(path)) for importer in IMPORTERS.values()):
            return f" Import {path.name} instead?"
    return ""
