"""What the README promises is there."""

import re
from pathlib import Path

import pytest

from benchmarks.readme import TABLES, section
from ssvae_core.acquisition import STRATEGIES
from ssvae_core.atlas.layout import PROJECTIONS
from ssvae_core.cli import COMMANDS
from ssvae_core.data import SOURCES
from ssvae_core.export import FORMATS
from ssvae_core.importing.sources import IMPORTERS
from ssvae_core.models import MODELS
from ssvae_core.trainer.questions import QUESTIONS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_make_target_it_names_exists():
    named = set(re.findall(r"`?make ([a-z]+)", README))
    assert {"run", "test", "check", "bench", "starter"} <= named
    for target in named:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)h][^)]*)\)", README))))
def test_every_picture_and_file_it_links_is_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:ssvae_core|pages)/[\w/.]+)`", README)))
)
def test_every_file_it_names_is_there(path):
    assert (ROOT / path).exists()


def test_the_registries_it_names_hold_something():
    registries = {
        "MODELS": MODELS,
        "STRATEGIES": STRATEGIES,
        "PROJECTIONS": PROJECTIONS,
        "SOURCES": SOURCES,
        "IMPORTERS": IMPORTERS,
        "FORMATS": FORMATS,
        "QUESTIONS": QUESTIONS,
    }
    for name, registry in registries.items():
        assert f"`{name}`" in README
        assert registry


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
