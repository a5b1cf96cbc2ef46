"""Who sits here: a name at the top right of every page, drawn by the browser (desk/person.js).

The name is in the cookie `ssvae_person` of this browser, and every label, undo and audit answer is
stored with it. It tells people apart; it does not keep anybody out. Whoever can reach the server
can call themselves anything: that is why the app serves this machine only.

With Streamlit's login configured ([auth] in its secrets), the pages open only after a login, the
name is the login's, and the menu cannot change it. What is protected then is the pages and what
they say of who you are. The routes under /api still believe the cookie: a program on this machine
that sends another one labels under another name. Put a proxy that checks the login before the app
where that matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from .part import part

_menu = part("person_menu", "desk/person.js")


def person_menu(session_id: str) -> None:
    """The name of who sits here, the people of this session, and how to be another of them."""
    _menu(
        key="person",
        data={"session": session_id, "api": "/api", "login": login_name(st.user)},
        on_log_out_change=st.logout,
        width="content",
    )


def require_login() -> None:
    """Where a login is configured and nobody is logged in: offer it, and show nothing else."""
    if st.user.get("is_logged_in") is False:
        st.container(key="login").button(
            "Log in", type="primary", icon=":material/login:", on_click=st.login
        )
        st.stop()


def login_name(user: Mapping[str, Any]) -> str:
    """What the login calls this person; "" without one."""
    if not user.get("is_logged_in"):
        return ""
    named = (user.get(key) for key in ("name", "preferred_username", "email", "sub"))
    return next((" ".join(str(name).split()) for name in named if name), "")
