"""A login that may have been meant is there, or the app does not start."""

import os
import socket

import pytest
import streamlit.config
from streamlit.runtime import secrets as streamlit_secrets

from pages.components import secrets
from pages.components.secrets import checked_secrets
from ssvae_core.errors import UserError

WHOLE = """
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "of this test only, and long"
client_id = "lab"
client_secret = "known to the provider"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
"""
PROVIDER = "".join(line + "\n" for line in WHOLE.splitlines()[3:])
COMMON = "\n".join(WHOLE.splitlines()[:3])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The app's folder; another one is the home, and a third the one it is started from."""
    for name in ("home", "cwd", "project"):
        (tmp_path / name / ".streamlit").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setattr(streamlit.config, "_main_script_path", None)
    fresh = streamlit_secrets.Secrets()
    monkeypatch.setattr(fresh, "_file_watchers_installed", True)
    monkeypatch.setattr(secrets, "secrets_singleton", fresh)
    monkeypatch.setattr("streamlit.auth_util.secrets_singleton", fresh)
    names = [str(tmp_path / name / ".streamlit" / "secrets.toml") for name in ("home", "cwd")]
    monkeypatch.setattr(streamlit.config, "is_manually_set", lambda key: False)
    options = {"secrets.files": names}
    monkeypatch.setattr(streamlit.config, "get_option", lambda key: options.get(key))
    monkeypatch.setattr(streamlit.config, "set_option", lambda k, value: options.update({k: value}))
    return tmp_path / "project"


def place(project, name="cwd"):
    return project.parent / name / ".streamlit" / "secrets.toml"


def problem(project):
    """What ends the start."""
    with pytest.raises(UserError) as raised:
        checked_secrets(project)
    says = str(raised.value)
    assert says.endswith(".")
    return says


@pytest.mark.parametrize("name", ["home", "cwd", "project"])
def test_a_whole_login_is_found_in_each_place_and_no_file_is_no_login(project, name):
    checked_secrets(project)
    assert not streamlit_auth(project)
    place(project, name).write_text(f"[auth]{WHOLE}")
    checked_secrets(project)
    assert streamlit_auth(project)["client_id"] == "lab"


def streamlit_auth(project):
    """What Streamlit itself reads of it."""
    from streamlit.auth_util import get_secrets_auth_section

    return get_secrets_auth_section()


@pytest.mark.parametrize(
    "text",
    [
        f"[auth]\n{COMMON}\n[auth.google]\n{PROVIDER}",
        f"[auth]{WHOLE}[auth.google]\n{PROVIDER}",
        f"[auth]{WHOLE}client_kwargs = {{ prompt = 'login' }}\nexpose_tokens = 'id'",
        "[database]\nauthenticator = 'x'\nclient_id = 'y'\n[author]\nname = 'z'\n[path]\na = 1",
        "password = 'only this'",
        "[elastic]\nauth = 'basic'",
    ],
)
def test_what_is_whole_or_no_login_at_all_is_taken(project, text):
    place(project).write_text(text)
    checked_secrets(project)


@pytest.mark.parametrize("name", ["home", "cwd", "project"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[auth", "is no TOML"),
        (b"[auth]\nclient_id = ", "is no TOML"),
        (b"a = " + b"[" * 5000, "is no TOML"),
        (b"\xff\xfe[\x00a\x00", "is no UTF-8"),
        ('[auth]\nclient_id = "Käse"'.encode("cp1252"), "is no UTF-8"),
        (b"\xef\xbb\xbf[auth]", "is no TOML"),
        (b"", "is empty"),
        (b" \n# [auth]\n", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_ends_the_start(project, name, content, says):
    place(project, name).write_bytes(content)
    found = problem(project)
    assert says in found
    assert str(place(project, name)) in found


def test_what_is_no_file_ends_the_start(project):
    file = place(project)
    file.mkdir()
    assert "is no file" in problem(project)
    file.rmdir()
    file.symlink_to("nowhere")
    assert "cannot be read: No such file" in problem(project)
    file.unlink()
    file.symlink_to(file.name)  # to itself
    assert "cannot be read" in problem(project)
    file.unlink()
    os.mkfifo(file)
    assert "is no file" in problem(project)
    file.unlink()
    with socket.socket(socket.AF_UNIX) as other, pytest.MonkeyPatch.context() as patch:
        patch.chdir(file.parent)
        other.bind(file.name)
        assert "is no file" in problem(project)


@pytest.mark.parametrize("closed", ["file", "folder"])
def test_what_may_not_be_read_ends_the_start(project, closed):
    file = place(project)
    file.write_text(f"[auth]{WHOLE}")
    (file if closed == "file" else file.parent).chmod(0)
    is_root = os.geteuid() == 0
    if is_root:  # whom no mode keeps out
        os.seteuid(65534)
    try:
        assert "cannot be read: Permission denied" in problem(project)
    finally:
        if is_root:
            os.seteuid(0)
        (file if closed == "file" else file.parent).chmod(0o700)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[auth]", "is empty"),
        ("auth = ''", "must be a section"),
        ("auth = true", "must be a section"),
        (f"[[auth]]{WHOLE}", "must be a section"),
        (f"[auth.google]\n{PROVIDER}", "no redirect_uri, cookie_secret"),
        (f"[auth]{COMMON}", "[auth] has no client_id, client_secret, server_metadata_url"),
        (f"[auth]{WHOLE.replace('cookie_secret', 'cookie_secrets')}", "no cookie_secret"),
        (f"[auth]{WHOLE.replace('redirect_uri', 'redirect_url')}", "no redirect_uri"),
        (f"[auth]{WHOLE.replace('client_id', 'clientid')}", "has no client_id"),
        (f"[auth]{WHOLE}[auth.google]\nclient_id = 'a'", "[google] has no client_secret"),
        (f"[auth]\n{COMMON}\nclient_id = 'a'\n[auth.google]\n{PROVIDER}", "[auth] has no client"),
        (f"[auth]{WHOLE.replace('of this test only, and long', 'xxx')}", "can be guessed"),
        (f"[auth]{WHOLE.replace('of this test only, and long', 'x' * 40)}", "can be guessed"),
        (f"[auth]{WHOLE.replace('of this test only, and long', '')}", "no cookie_secret"),
        (f"[auth]{WHOLE.replace('of this test only, and long', '  ')}", "no cookie_secret"),
        (f"[auth]{WHOLE}".replace('"of this test only, and long"', "1234567890123456"), "a text"),
        (f"[auth]{WHOLE}".replace('"lab"', "true"), "has no client_id that is a text"),
        (f"[auth]{WHOLE}".replace('"lab"', '""'), "has no client_id"),
        (f"[auth]{WHOLE}".replace("oauth2callback", "callback"), "end with /oauth2callback"),
        (f"[auth]{WHOLE}".replace("http://localhost", "localhost"), "begin with http"),
        (f"[auth]{WHOLE}".replace("https://id.example", "id.example"), "begin with http"),
        (f"[auth]{WHOLE}expose_tokens = 'all'", "expose_tokens"),
    ],
)
def test_a_login_that_is_not_whole_ends_the_start(project, text, says):
    place(project).write_text(text)
    assert says in problem(project)


@pytest.mark.parametrize(
    "section",
    [
        *("Auth", "AUTH", "oauth", "OAuth2", "auht", "aut", "auths", "atuh", "auth0", "aauth"),
        *(
            '"auth "',
            "login",
            "oidc",
            "authentication",
            "google",
            "streamlit.auth",
            '"auth.google"',
        ),
    ],
)
def test_a_login_under_another_name_ends_the_start(project, section):
    place(project).write_text(f"[{section}]{WHOLE}")
    assert "no [auth]" in problem(project)


@pytest.mark.parametrize("text", ["[Auth]", "Auth = 1", WHOLE, "[[oauth]]\na = 1", "[login]\na=1"])
def test_so_does_what_is_left_of_one(project, text):
    place(project).write_text(text)
    assert "no [auth]" in problem(project)


def test_a_place_that_was_named_must_be_there_and_be_one_that_streamlit_reads(project, monkeypatch):
    monkeypatch.setattr(streamlit.config, "is_manually_set", lambda key: True)
    files = [str(place(project)), str(project / "mounted")]
    streamlit.config.set_option("secrets.files", files)
    place(project).write_text("a = 1")
    assert f"{files[1]}, which is not there" in problem(project)
    (project / "mounted").mkdir()
    (project / "mounted" / "auth").write_text("no folder")
    assert "Streamlit cannot read" in problem(project)
    (project / "mounted" / "auth").unlink()
    (project / "mounted" / "auth").mkdir()
    (project / "mounted" / "auth" / "client_id").write_text("lab")
    assert "is incomplete" in problem(project)
    streamlit.config.set_option("secrets.files", [str(project / "secrets.txt")])
    (project / "secrets.txt").write_text(f"[auth]{WHOLE}")
    assert "Streamlit cannot read" in problem(project)


def test_places_of_the_environment_are_looked_at(project, monkeypatch):
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", f"{project}/a.toml {project}/b.toml")
    (project / "a.toml").write_text("a = 1")
    assert f"{project}/b.toml, which is not there" in problem(project)
    (project / "b.toml").write_text("[Auth]")
    assert "no [auth]" in problem(project)
    (project / "b.toml").write_text(f"[auth]{WHOLE}")
    checked_secrets(project)
    assert streamlit_auth(project)["client_id"] == "lab"


@pytest.mark.parametrize("name", ["home", "cwd"])
@pytest.mark.parametrize("content", [b"[secrets", b"\xff"])
def test_settings_that_might_name_another_place_can_be_read(project, name, content):
    place(project, name).with_name("config.toml").write_bytes(content)
    assert "config.toml is no " in problem(project)
