"""The address under which others reach the app, through a proxy or a network: SSVAE_URL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import UserError

VARIABLE = "SSVAE_URL"
DEFAULT_PORT = {"http": "80", "https": "443"}
HOST = r"(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,45}\])"
URL = re.compile(
    rf"(?P<scheme>https?)://{HOST}(?::(?P<port>[0-9]{{1,5}}))?(?P<path>(?:/[\w.-]+)*)/?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class PublicAddress:
    """https://lab.example.org:8443/ssvae, in its parts."""

    scheme: str
    host: str  # in lower case
    port: str
    path: str  # "" or "/ssvae"

    def is_host(self, given: str) -> bool:
        """Whether a request's Host header names it; a port that is not written is the default."""
        return given.lower() in self._places

    def is_origin(self, given: str) -> bool:
        """Whether a page of it sends this as its Origin."""
        scheme, _, place = given.lower().partition("://")
        return scheme == self.scheme and place in self._places

    @property
    def _places(self) -> set[str]:
        bare = {self.host} if self.port == DEFAULT_PORT[self.scheme] else set()
        return {f"{self.host}:{self.port}"} | bare


def public_address(text: str) -> PublicAddress | None:
    """The address that this text names; None for "". UserError where it is none."""
    if not text:
        return None
    found = URL.fullmatch(text)
    if found is None or any(part in (".", "..") for part in found["path"].split("/")):
        raise UserError(
            f"{VARIABLE} must be an address such as https://lab.example.org or "
            f"https://example.org/lab, got '{text[:200]}'."
        )
    scheme = found["scheme"].lower()
    port = found["port"] or DEFAULT_PORT[scheme]
    return PublicAddress(scheme, found["host"].lower(), port, found["path"])
