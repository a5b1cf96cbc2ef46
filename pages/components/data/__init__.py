"""The data page: how images come in, and what an import took and left out.

Like the label desk it lives in the browser and talks to api/; its modules use the desk's.
"""

from __future__ import annotations

from pathlib import Path

from pages.components.part import part

STATIC = Path(__file__).parent

_data = part("data_desk", "data-desk/data.js")


def data_desk(session_id: str) -> None:
    """Mount the desk; the session is what the other pages show."""
    _data(key="data", data={"session": session_id, "api": "/api"})
