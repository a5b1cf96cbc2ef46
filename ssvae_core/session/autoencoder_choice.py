"""What a session's M1 is to be, as the training panel shows and changes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..encoders import AUTO
from ..encoders.autoencoder_files import OWN, read_autoencoder, wanted_autoencoder
from ..importing.queue import data_roots, readable

ANOTHER = "folder"  # what the menu calls a folder that is still to be named
ITS_OWN = "its own, trained on these images"


def chosen_autoencoder(named: Any, workspace: Path) -> str:
    """The choice as it is kept: a folder in full. UserError where a page may not read it.

    Or where it holds no autoencoder that can be read.
    """
    if named in (AUTO, OWN):
        return str(named)
    folder = readable(str(named).strip(), data_roots(workspace))
    read_autoencoder(folder)
    return str(folder)


def autoencoder_menu(choice: str, shape: Sequence[int]) -> dict[str, Any]:
    """What is chosen and what else could be, as JSON, like the menus of options.py."""
    folder = wanted_autoencoder(choice, shape)
    by_itself = wanted_autoencoder(AUTO, shape)
    words = f"the autoencoder {Path(by_itself).name}" if by_itself else ITS_OWN
    is_named = choice not in (AUTO, OWN)
    why = "" if len(shape) == 3 else "An autoencoder sees images; these are vectors."
    options = [
        {"value": AUTO, "words": f"Auto: {words}", "why": ""},
        {"value": OWN, "words": ITS_OWN.capitalize(), "why": ""},
        *([{"value": choice, "words": f"Pretrained: {Path(choice).name}", "why": ""}] * is_named),
        {"value": ANOTHER, "words": "A pretrained autoencoder …", "why": why},
    ]
    now = f"the autoencoder {Path(folder).name}" if folder else ITS_OWN
    return {"value": choice, "words": now, "options": options}
