"""Where a person's things are kept."""

from __future__ import annotations

import os
from pathlib import Path

DATA = "data"  # the folder of imported data sets, in the workspace


def default_workspace() -> Path:
    """SSVAE_WORKSPACE, or the person's data folder."""
    from platformdirs import user_data_path

    named = os.environ.get("SSVAE_WORKSPACE")
    return Path(named) if named else user_data_path("ssvae-lab", appauthor=False)


def data_root(workspace: Path | None = None) -> Path:
    """Where the data sets of this workspace are."""
    return (workspace or default_workspace()) / DATA
