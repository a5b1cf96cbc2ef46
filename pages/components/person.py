"""Who sits here: a name at the top right of every page, drawn by the browser (person_menu.js).

The name is in the cookie `ssvae_person` of this browser, and every label, undo and audit answer is
stored with it. It tells people apart; it does not keep anybody out. Whoever can reach the server
can call themselves anything: that is why the app serves this machine only.

With a login configured (login.py), pages and routes open only after it, the name is the login's,
and the menu cannot change it.
"""

from __future__ import annotations

import streamlit as st

from .login import name_of
from .parts import below, part

_menu = part("person_menu")


def person_menu(session_id: str) -> None:
    """The name of who sits here, the people of this session, and how to be another of them."""
    _menu(
        key="person",
        data={"session": session_id, "api": f"{below()}/api", "login": name_of(st.user)},
        on_log_out_change=st.logout,
        width="content",
    )
