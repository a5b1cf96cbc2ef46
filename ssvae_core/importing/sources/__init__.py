"""How each kind of file or folder is read. An importer is one file, named in IMPORTERS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...errors import NotFound, UserError
from ..items import Source
from ..reading import AS_FOUND
from .archive import Archive
from .arrays import Arrays
from .folder import Folder
from .h5ad import H5ad
from .hugging_face import HuggingFace
from .idx import Idx
from .table import Table

# The first that accepts what the person named reads it.
IMPORTERS: dict[str, type[Source]] = {
    "hugging-face": HuggingFace,
    "folder": Folder,
    "arrays": Arrays,
    "idx": Idx,
    "h5ad": H5ad,
    "table": Table,
    "zip": Archive,
}


def open_source(where: str | Path, reading: Mapping[str, str] = AS_FOUND) -> Source:
    """What is there to import, read as chosen.

    UserError if nothing is there, nothing that can be read, or the choice is none there.
    """
    named = str(where)
    for importer in IMPORTERS.values():
        if importer.accepts(named):
            source = importer(named, reading)
            source.reading.check(Path(named).name, at_last=False)
            return source
    path = Path(named)
    try:
        path.stat()
    except FileNotFoundError:
        raise NotFound(f"There is no {named}. Check the path.") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{named!r} cannot be read: {error}.") from error
    raise UserError(
        f"{path.name} is nothing that can be imported. Expected a folder of images or one of: "
        f"{'; '.join(importer.title for importer in IMPORTERS.values())}."
    )


__all__ = ["IMPORTERS", "open_source"]
