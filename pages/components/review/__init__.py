"""The review desk: how good the labels are, what is taken for what, and what may be wrong.

Like the label desk it lives in the browser and talks to api/; its modules use the desk's.
"""

from __future__ import annotations

from pathlib import Path

from pages.components.part import part

STATIC = Path(__file__).parent

_review = part("review_desk", "review-desk/review.js")


def review_desk(session_id: str) -> None:
    """Mount the desk on a session."""
    _review(key="review", data={"session": session_id, "api": "/api"})
