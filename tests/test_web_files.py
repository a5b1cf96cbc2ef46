"""What the browser is served: the built modules of pages/web, which are what the sources give."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.components.parts import BUILT, web_routes

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path.name for path in BUILT.iterdir())
HAS_ESBUILD = shutil.which("node") is not None and (ROOT / "node_modules" / "esbuild").is_dir()


@pytest.fixture(scope="module")
def client():
    return TestClient(Starlette(routes=web_routes()))


@pytest.mark.skipif(
    not HAS_ESBUILD, reason="make check installs what builds them, and compares too"
)
def test_built_modules_are_what_the_sources_give():
    command = ["node", "pages/web/build.mjs", "--check"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_every_page_is_one_module():
    assert {"label.js", "review.js", "data.js", "export.js", "learn.js"} < set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_a_built_module_needs_no_other_file_and_names_none_of_this_machine(name):
    text = (BUILT / name).read_text()
    assert "sourceMappingURL" not in text
    assert "@import" not in text
    assert str(ROOT) not in text
    assert 'from"./' not in text


def test_a_module_is_kept_by_the_browser_and_asked_about_before_it_is_used_again(client):
    first = client.get("/web/label.js")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"].startswith("text/javascript")
    again = client.get("/web/label.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_sources_are_not_served(client):
    for path in ("label/label_page.js", "shared/http.js", "build.mjs", "../build.mjs"):
        assert client.get(f"/web/{path}").status_code == 404


def test_plotly_is_served_for_the_charts_that_people_read(client):
    answer = client.get("/web/plotly.min.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "Plotly" in answer.text


def test_the_label_page_does_not_name_it():
    assert "plotly" not in (BUILT / "label.js").read_text().lower()
