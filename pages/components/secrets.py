"""The check of Streamlit's secrets at the start: a login that was meant is there, or nothing is.

Streamlit takes a file that it cannot read for none, and an [auth] that it does not find for no
login: then everybody who reaches the app is let in. Here each such file ends the start.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import streamlit.config
from streamlit.auth_util import get_expose_tokens_config
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.secrets import secrets_singleton

from ssvae_core.errors import UserError

VARIABLE = "STREAMLIT_SECRETS_FILES"
CALLBACK = "/oauth2callback"  # where Streamlit listens for who comes back from the login
SHORTEST_SECRET, FEWEST_LETTERS = 16, 6  # "xxx" is what the manual has in its place
OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
ONLY_OF_A_LOGIN = {"redirect_uri", "redirect_url", "cookie_secret", "server_metadata_url"}
OTHER_NAMES = {
    *("authentication", "authorization", "login", "oauth", "oauth2", "oidc", "openid", "sso"),
}
MEND = "Mend it, or remove the file if no login is wanted."


def checked_secrets(project: Path) -> None:
    """Have Streamlit read the secrets of every place. UserError where a login may be meant in vain.

    `project` is the app's own folder: Streamlit alone looks in the one it is started from.
    """
    for settings in streamlit.config.get_config_files("config.toml"):
        if _may_be_there(settings):  # it may say where the secrets are
            _parsed(settings)
    in_environment = os.environ.get(VARIABLE, "").split()  # which Streamlit reads as a command only
    is_named = bool(in_environment) or streamlit.config.is_manually_set("secrets.files")
    files = in_environment or [*streamlit.config.get_option("secrets.files")]
    if not is_named:
        files = list(dict.fromkeys([*files, str(project / ".streamlit" / "secrets.toml")]))
    streamlit.config.set_option("secrets.files", files)
    there = [file for file in files if _may_be_there(file)]
    if is_named and len(there) < len(files):
        missing = ", ".join(file for file in files if file not in there)
        raise UserError(f"Secrets are to be in {missing}, which is not there. Check secrets.files.")
    found: dict[str, Any] = {}
    for file in there:
        found |= read_secrets(file)
    where = ", ".join(there)
    _check_login(found, where)
    if there and not secrets_singleton.load_if_toml_exists():
        raise UserError(f"Streamlit cannot read the secrets in {where}. {MEND}")
    try:
        get_expose_tokens_config()
    except StreamlitAuthError as error:
        raise UserError(f"The secrets' [auth]: {error} {MEND}") from None


def _may_be_there(file: str) -> bool:
    """Whether it is there, a link that leads nowhere included, or in a folder that hides it."""
    try:
        Path(file).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def read_secrets(file: str) -> dict[str, Any]:
    """What a file of secrets says, or a folder of them. UserError if that cannot be read."""
    if file.endswith(".toml") or not Path(file).is_dir():
        found = _parsed(file)
    else:
        try:
            return _read_folder(Path(file))
        except (OSError, ValueError) as error:
            raise UserError(f"The secrets in {file} cannot be read: {error}. {MEND}") from None
    if not found:
        raise UserError(f"The secrets file {file} is empty. {MEND}")
    return found


def _parsed(file: str) -> dict[str, Any]:
    """What a file of TOML says. UserError if it is none, or cannot be read."""
    try:
        if not stat.S_ISREG(Path(file).stat().st_mode):  # reading a pipe would not end
            raise UserError(f"{file} is no file. {MEND}")
        return tomllib.loads(Path(file).read_bytes().decode("utf-8"))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}. {MEND}") from None
    except (ValueError, RecursionError) as error:
        kind = "UTF-8" if isinstance(error, UnicodeDecodeError) else "TOML"
        raise UserError(f"{file} is no {kind}: {error}. {MEND}") from None


def _read_folder(folder: Path) -> dict[str, Any]:
    """A folder a secret, a file a value, as Kubernetes mounts them."""
    return {
        secret.name: {
            file.name: file.read_text("utf-8").strip()
            for file in secret.iterdir()
            if not file.is_dir()
        }
        for secret in folder.iterdir()
        if secret.is_dir()
    }


def _check_login(secrets: Mapping[str, Any], where: str) -> None:
    """UserError unless the secrets have a whole [auth], or nothing that was to be one."""
    if "auth" in secrets:
        if problem := _problem(secrets["auth"]):
            raise UserError(f"The login in the secrets ({where}) {problem}. {MEND}")
    elif misspelt := next(_meant_as_login(secrets), None):
        raise UserError(
            f"The secrets ({where}) have {misspelt}, and no [auth]: if a login is meant, "
            f"write [auth] with redirect_uri, cookie_secret, {', '.join(OF_PROVIDER)}. "
            "Otherwise name it differently."
        )


def _problem(auth: Any) -> str:
    """What is wrong with [auth], as the end of a sentence; "" if nothing is."""
    if not isinstance(auth, Mapping):
        return f"must be a section [auth], and auth is {auth!r}"
    if not auth:
        return "is empty: [auth] has nothing in it"
    missing = [key for key in ("redirect_uri", "cookie_secret") if not _is_text(auth.get(key))]
    if missing:
        return f"is incomplete: [auth] has no {', '.join(missing)} that is a text"
    if not _is_address(auth["redirect_uri"]) or not auth["redirect_uri"].endswith(CALLBACK):
        return f"has a redirect_uri that does not begin with http and end with {CALLBACK}"
    secret = auth["cookie_secret"]
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS:
        return f"has a cookie_secret that can be guessed: take {SHORTEST_SECRET} random letters"
    named = {name: auth[name] for name in providers(auth)}
    own = {key: auth.get(key) for key in OF_PROVIDER}
    if any(value is not None for value in own.values()) or not named:
        named["auth"] = own
    wrong = (f"[{name}] {said}" for name, section in named.items() if (said := _lacks(section)))
    return next(wrong, "")


def _lacks(provider: Mapping[str, Any]) -> str:
    """What a provider's section lacks; "" if nothing."""
    missing = [key for key in OF_PROVIDER if not _is_text(provider.get(key))]
    if missing:
        return f"has no {', '.join(missing)} that is a text"
    if not _is_address(provider["server_metadata_url"]):
        return "has a server_metadata_url that does not begin with http"
    return ""


def providers(auth: Mapping[str, Any]) -> list[str]:
    """The names of its providers, each with a section [auth.NAME]."""
    own = [name for name, value in auth.items() if isinstance(value, Mapping)]
    return [name for name in own if name != "client_kwargs"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: str) -> bool:
    return value.startswith(("http://", "https://")) and len(value.split("//")[1]) > 0


def _meant_as_login(secrets: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """What in these secrets may have been meant as [auth]: a name near to it, a key that it has."""
    for name, value in secrets.items():
        plain = name.strip().casefold().replace("-", "_")
        is_section = isinstance(value, Mapping | list) or not within
        if is_section and (plain in OTHER_NAMES or _is_near_auth(plain)):
            yield f"[{within}{name}]"
        elif plain in ONLY_OF_A_LOGIN:
            yield f"'{name}' in [{within.rstrip('.')}]" if within else f"'{name}'"
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, Mapping):
                yield from _meant_as_login(part, f"{within}{name}.")


def _is_near_auth(name: str) -> bool:
    """Whether one letter more, less or other, or two that are swapped, make it "auth"."""
    right = "auth"
    return sorted(name) == sorted(right) or any(
        name[:at] == right[:at]
        and name[at:][is_more or is_other :] == right[at:][is_less or is_other :]
        for at in range(len(right) + 1)
        for is_more, is_less, is_other in ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    )
