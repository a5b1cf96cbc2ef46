"""What the README, CONTRIBUTING and CHANGES promise is there."""

import ast
import re
from pathlib import Path

import pytest

from benchmarks.readme import TABLES, section
from ssvae_core.acquisition import STRATEGIES
from ssvae_core.atlas.layout import PROJECTIONS
from ssvae_core.cli import COMMANDS
from ssvae_core.data import SOURCES
from ssvae_core.encoders import ENCODERS
from ssvae_core.export import FORMATS
from ssvae_core.importing.sources import IMPORTERS
from ssvae_core.lessons.run import RUNS
from ssvae_core.models import MODELS
from ssvae_core.trainer.queries import QUERIES

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md", "CHANGES.md")
}
README, CONTRIBUTING = DOCUMENTS["README.md"], DOCUMENTS["CONTRIBUTING.md"]
MAKEFILE = (ROOT / "Makefile").read_text()
MAKE = r"(?:^|`)make ([a-z]+)"


def named(pattern):
    """(document, what the pattern finds in it), once each."""
    return [
        (document, found)
        for document, text in DOCUMENTS.items()
        for found in sorted(set(re.findall(pattern, text, re.MULTILINE)))
    ]


def test_the_readme_names_the_make_targets_that_one_needs():
    targets = {target for document, target in named(MAKE) if document == "README.md"}
    assert {"run", "test", "check", "bench", "starter"} <= targets


@pytest.mark.parametrize(("document", "target"), named(MAKE))
def test_every_make_target_they_name_exists(document, target):
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(("document", "path"), named(r"\]\(([^)h][^)]*)\)"))
def test_every_picture_and_file_they_link_is_there(document, path):
    assert (ROOT / path).is_file()


FOLDERS = r"ssvae_core|pages|tests|benchmarks|assets|\.ci"


@pytest.mark.parametrize(
    ("document", "path"), named(rf"[`\"]((?:{FOLDERS})/[\w/.]*|[\w-]+\.(?:py|md|txt))[`\"]")
)
def test_every_file_they_name_is_there(document, path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("document", "command"), named(r"(?:python -m ssvae_core|ssvae-lab) ([a-z]+)")
)
def test_every_command_they_name_exists(document, command):
    assert command in {module.__name__.rsplit(".", 1)[-1].rstrip("_") for module in COMMANDS}


@pytest.mark.parametrize(("document", "program"), named(r"python -m benchmarks\.(\w+)"))
def test_every_benchmark_they_name_exists(document, program):
    assert (ROOT / "benchmarks" / f"{program}.py").is_file()


# Of each registry, what somebody writes to add to it: its module is where the table says.
ADDED = {
    "MODELS": [recipe.model for recipe in MODELS.values()],
    "STRATEGIES": [strategy.scores for strategy in STRATEGIES.values()],
    "ENCODERS": [kind.opens for kind in ENCODERS.values() if kind.opens],
    "PROJECTIONS": [*PROJECTIONS.values()],
    "SOURCES": [*SOURCES.values()],
    "IMPORTERS": [*IMPORTERS.values()],
    "FORMATS": [kind.write for kind in FORMATS.values()],
    "RUNS": [*RUNS.values()],
    "QUERIES": [*QUERIES.values()],
    "COMMANDS": [command.run for command in COMMANDS],
}


@pytest.mark.parametrize("registry", ADDED)
def test_what_is_in_a_registry_is_where_one_is_told_to_add_to_it(registry):
    (place,) = re.findall(
        rf"^\|[^|]+\|[^|]*`([^`]+)`[^|]*\| `{registry}` \|$", CONTRIBUTING, re.MULTILINE
    )
    start = place.removesuffix("/").removesuffix(".py").replace("<name>", "").strip("/")
    assert ADDED[registry]
    for added in ADDED[registry]:
        assert added.__module__.startswith(start.replace("/", ".")), added


def test_a_page_is_a_file_that_the_navigation_names():
    row = (
        "| page | `pages/<name>.py`, a folder in `pages/web/` | `PAGES` in `pages/navigation.py`, "
    )
    assert row in CONTRIBUTING
    (names,) = re.findall(
        r"^PAGES = (\[.*\])$", (ROOT / "pages" / "navigation.py").read_text(), re.MULTILINE
    )
    for name in ast.literal_eval(names):
        assert (ROOT / "pages" / f"{name}.py").is_file()


def test_every_row_of_what_to_add_is_tested_above():
    rows = re.findall(r"^\|[^|]+\|[^|]+\| `([A-Z]+)`[^|]*\|$", CONTRIBUTING, re.MULTILINE)
    assert set(rows) == {*ADDED, "PAGES"}


@pytest.mark.parametrize("variable", ["SSVAE_WORKSPACE", "SSVAE_DEVICE", "PORT"])
def test_every_setting_it_names_is_read_by_the_code(variable):
    assert variable in README
    code = [*ROOT.glob("*.py"), *(ROOT / "ssvae_core").rglob("*.py")]
    assert any(f'"{variable}"' in path.read_text() for path in code)


def test_nothing_is_reported_to_anyone():
    config = (ROOT / ".streamlit" / "config.toml").read_text()
    assert "gatherUsageStats = false" in config
    assert 'address = "127.0.0.1"' in config


def test_every_requirement_is_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        packages = [line for line in lines if line and line[0] not in "#-"]
        assert packages
        assert all("==" in line for line in packages)


def test_the_table_of_its_benchmark_is_what_the_benchmark_prints():
    source = (ROOT / "benchmarks" / "loop.py").read_text()
    rows = re.findall(r"^\| ((?:start|key|new|movement)[^|]*) \|", README, re.MULTILINE)
    assert len(rows) == 6
    for row in rows:
        assert row in source


@pytest.mark.parametrize("name", TABLES)
def test_its_tables_are_what_was_measured(name):
    """Or run `python -m benchmarks.readme`."""
    assert section(name) in README


def test_it_names_every_model_and_every_command():
    for name in MODELS:
        assert f"`{name}`" in README
    shown = set(re.findall(r"^python -m ssvae_core (\w+)", README, re.MULTILINE))
    assert shown == {command.__name__.rsplit(".", 1)[-1].rstrip("_") for command in COMMANDS}


def test_its_python_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert "budget=20" in example
    names = {}
    exec(example.replace("budget=20", "budget=None, max_iter=40"), names)
    assert float(capsys.readouterr().out) > 0.8
    assert names["threes"].shape == (10, 8, 8)
    assert (tmp_path / "digits-model").exists()


def test_its_picture_of_the_processes_names_what_is_there():
    (picture,) = re.findall(r"```\n(browser .*?)```", README, re.DOTALL)
    named = re.findall(r"([\w/]+/|\w+\.py)", picture)
    assert {"api/", "session/", "protocol/", "worker/", "trainer/", "app.py"} <= set(named)
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "ssvae_core" / name).exists(), name
