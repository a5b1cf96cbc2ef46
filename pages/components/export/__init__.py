"""The export page: what a session can be written as, and what was written.

Like the label desk it lives in the browser and talks to api/; its modules use the desk's.
"""

from __future__ import annotations

from pathlib import Path

from pages.components.part import part

STATIC = Path(__file__).parent

_export = part("export_desk", "export-desk/export.js")


def export_desk(session_id: str) -> None:
    """Mount the desk on a session."""
    _export(key="export", data={"session": session_id, "api": "/api"})
