"""The login, where Streamlit's is configured ([auth] in its secrets): for pages, and for /api.

It ends with a cookie that Streamlit has signed with the secrets' cookie_secret, that no script of a
page can read, and that a logout removes. Pages know from it who is there, as `st.user`; the routes
beside them read the same cookie, and believe nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st
from starlette.requests import Request
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_secrets_auth_section,
    is_authlib_installed,
)
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from ssvae_core.api import named_by_cookie

from .parts import below, part
from .plain_text import text
from .secrets import OF_PROVIDER, providers

AUTHLIB = "Authlib>=1.3.2"  # what st.login uses; nothing else here needs it

_way_back = part("login_return")


class _Login:
    """Whether a login is asked for: once it was, always, whatever becomes of the secrets."""

    is_required = False


def is_required() -> bool:
    """Whether a login is asked for, or was since the app was started."""
    _Login.is_required = _Login.is_required or bool(get_secrets_auth_section())
    return _Login.is_required


def require_login() -> None:
    """Where a login is asked for and nobody is logged in: offer it, and show nothing else."""
    if not is_required() or st.user.get("is_logged_in") is True:
        return
    with st.container(key="login"):
        if is_authlib_installed():
            st.markdown("The sessions open after a login. Your labels will carry your name.")
            for name, words in ways_in(get_secrets_auth_section()).items():
                st.button(
                    words,
                    key=f"log-in-{name}",
                    type="primary",
                    icon=":material/login:",
                    on_click=st.login,
                    args=(name,) if name else (),
                )
            _way_back(key="way-back", data={"api": f"{below()}/api"})
        else:
            st.error(
                "A login is configured, and the package that it needs is missing. "
                f"Install it and start the app again: pip install '{AUTHLIB}'",
                icon=":material/error:",
            )
    st.stop()


def ways_in(auth: Mapping[str, Any]) -> dict[str, str]:
    """What the button of each provider says, by its name; the name of [auth] itself is ""."""
    named = providers(auth)
    own = {"": "Log in"} if not named or all(key in auth for key in OF_PROVIDER) else {}
    return own | {name: f"Log in with {text(name)}" for name in named}


def who(request: Request) -> str | None:
    """The name of who sends a request: the login's, or where none is asked for the cookie's."""
    return logged_in(request) if is_required() else named_by_cookie(request)


def logged_in(request: Request) -> str | None:
    """The name of who sends a request, by the login's cookie; None without a valid one."""

    def signed(name: str) -> bytes | None:
        value = request.cookies.get(name, "").encode("latin-1", "replace")
        return decode_signed_value(get_cookie_secret(), name, value)

    try:
        user = json.loads(get_cookie_with_chunks(signed, AUTH_COOKIE_NAME) or b"{}")
    except (ValueError, RecursionError):
        return None
    return name_of(user) or None if isinstance(user, dict) else None


def name_of(user: Mapping[str, Any]) -> str:
    """What the login calls this person; "" without one."""
    if not user.get("is_logged_in"):
        return ""
    named = (user.get(key) for key in ("name", "preferred_username", "email", "sub"))
    return next((" ".join(str(name).split()) for name in named if name), "")
