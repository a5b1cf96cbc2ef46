"""The notes for teachers, docs/teaching.md, as a page of the app."""

from __future__ import annotations

import re

import streamlit as st

from ssvae_core.system import app_folder

NOTES = app_folder() / "docs" / "teaching.md"
LESSON_LINK = re.compile(r"\]\(/learn\?lesson=([\w-]+)\)")


def teaching_notes(session_id: str) -> None:
    """Show them, with their links to lessons leading to the session that is open."""
    with st.container(key="teaching-notes"):
        st.markdown(for_session(NOTES.read_text("utf-8"), session_id))


def for_session(notes: str, session_id: str) -> str:
    """The notes, their links to lessons opening with this session."""
    return LESSON_LINK.sub(rf"](/learn?session={session_id}&lesson=\1)", notes)
