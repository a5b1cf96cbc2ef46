"""What every page begins with: the workspace, the session, and errors in words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import streamlit as st

from ssvae_core.errors import UserError
from ssvae_core.labels.store import SessionRow
from ssvae_core.options.catalogue import CATALOGUE, IN_SESSIONS
from ssvae_core.session.workspace import Workspace, default_name, default_workspace

from .login import require_login
from .person import person_menu
from .plain_text import text

HERE = Path(__file__).resolve().parents[2]
CSS = HERE / "pages" / "components" / "frame.css"

log = logging.getLogger(__name__)


@cache
def the_workspace() -> Workspace:
    """The workspace, one object for every browser and every request."""
    return Workspace(default_workspace(), for_app=True)


@contextmanager
def page(needs_images: bool = True) -> Iterator[SessionRow]:
    """The frame of a page, around the session that its address names.

    Without `needs_images` it is shown for a session whose data set is gone, too.
    """
    st.html(CSS)
    st.logo(HERE / "assets" / "logo.svg", icon_image=HERE / "assets" / "icon.svg", size="large")
    if problem := st.session_state.pop("problem", None):
        st.toast(text(problem), icon=":material/error:")
    require_login()
    try:
        row = the_session(needs_images)
    except UserError as error:
        offer_sessions(error)
        st.stop()
    try:
        with st.container(key="corner", horizontal=True, gap="xsmall", width="content"):
            session_menu(row)
            person_menu(row.id)
        yield row
    except UserError as error:
        show_error(error)


def show_error(error: UserError) -> None:
    """Its sentence."""
    st.error(text(str(error)), icon=":material/error:")


def the_session(needs_images: bool) -> SessionRow:
    """The session in the address, or that of the page before; otherwise the newest.

    The first session is made here. UserError if it is not there, or its images are wanted and gone.
    """
    workspace = the_workspace()
    named = st.query_params.get("session") or st.session_state.get("session_id")
    row = workspace.store.session(named) if named else workspace.newest()
    if needs_images:
        workspace.dataset(row.data)
    st.session_state["session_id"] = row.id
    if st.query_params.get("session") != row.id:  # else the whole address would be written anew
        st.query_params["session"] = row.id
    return row


def offer_sessions(error: UserError) -> None:
    """Why there is no session to show, and those that there are, or a new one to begin."""
    st.session_state.pop("session_id", None)
    with st.container(key="no-session"):
        show_error(error)
        try:
            rows = the_workspace().sessions()
        except UserError as another:
            if str(another) != str(error):
                show_error(another)
            return
        if rows:
            st.markdown("Open another session:")
            session_list(rows)
        new_session()


def session_menu(row: SessionRow) -> None:
    """The session's name at the top right; opens the list of all, and makes new ones."""
    rows = the_workspace().sessions()
    with (
        st.container(key="session"),
        # A key of the session: the popover of the next one begins closed.
        st.popover(text(row.name), icon=":material/folder_open:", key=f"sessions-{row.id}"),
    ):
        session_list(rows, row.id)
        new_session()


def session_list(rows: list[SessionRow], shown: str = "") -> None:
    """A button for each, which opens it; many scroll."""
    height = 220 if len(rows) > 6 else "content"
    with st.container(key="session-list", gap=None, height=height):
        for row in rows:
            st.button(
                f"{text(row.name)} :gray[{begun(row)}]",
                key=f"open-{row.id}",
                icon=":material/check:" if row.id == shown else ":material/folder:",
                on_click=open_session,
                args=(row.id,),
                type="tertiary",
                width="stretch",
            )


def new_session() -> None:
    """The form that begins one."""
    with st.form("new-session", clear_on_submit=True, border=False):
        st.text_input("New session", placeholder=default_name(), key="new-name", max_chars=60)
        st.selectbox(
            "Model",
            sorted(CATALOGUE, key=lambda name: name != IN_SESSIONS),
            key="new-model",
            format_func=lambda name: CATALOGUE[name].title,
            help="  \n".join(f"**{known.title}**: {known.about}" for known in CATALOGUE.values()),
        )
        st.form_submit_button("Begin", type="primary", on_click=attempt, args=(begin_session,))


def begun(row: SessionRow) -> str:
    """When the session was made: "22 Nov 14:02"."""
    return f"{datetime.fromtimestamp(row.created):%d %b %H:%M}"


def open_session(session_id: str) -> None:
    """Go to another session."""
    st.query_params["session"] = session_id


def begin_session() -> None:
    """Make the session that the form describes, and go to it."""
    name = st.session_state["new-name"].strip() or default_name()
    open_session(the_workspace().create(name, model=st.session_state["new-model"]).id)


def attempt(action: Callable[..., None], *args: object) -> None:
    """Run a verb from a widget's callback, where raising would show a traceback."""
    try:
        action(*args)
    except UserError as error:
        st.session_state.problem = str(error)


def say_sorry(error: Exception) -> bool:
    """What a page shows of a bug: one sentence; the traceback goes to the log."""
    log.error("A page failed", exc_info=error)
    st.error(
        "Something went wrong on this page. The labels are saved. Reload the page; "
        "if it happens again, the app's log says why.",
        icon=":material/error:",
    )
    return True
