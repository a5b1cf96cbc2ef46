"""Imports point one way, torch and Streamlit stay where they belong, files stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "ssvae_core"

MAY_IMPORT = {
    "__init__": {"data", "estimator"},
    "errors": set(),
    "distributions": set(),
    "networks": {"choices"},
    "figures": set(),
    "catalogue": set(),
    "choices": {"catalogue", "errors"},
    "images": set(),
    "pictures": set(),
    "targets": {"errors"},
    "models": {"catalogue", "choices", "distributions", "networks"},
    "workspace": set(),
    "labels_file": {"errors"},
    "data": {"pictures", "errors", "labels_file", "workspace"},
    "labels": {"errors"},
    "backend": {"errors"},
    "files": {"errors"},
    "walks": set(),
    "atlas": {"errors", "files", "walks"},
    "projection": {"atlas"},
    "placing": {"atlas", "projection"},
    "starters": {"atlas", "data", "files", "placing"},
    "acquisition": {"atlas", "errors", "guesses"},
    "review": {"errors", "labels"},
    "milestones": {"backend", "errors"},
    "runs": {"backend", "catalogue", "choices", "labels"},
    "training": {
        *("models", "data", "distributions", "files", "atlas", "projection", "errors", "walks"),
        *("choices", "guesses", "networks", "pictures"),
    },
    "estimator": {"choices", "training", "models", "targets", "images", "errors"},
    "trainer": {"backend", "catalogue", "errors"},
    "by_chance": {"errors", "trainer"},
    "learning_curve": {"errors", "figures", "labels", "review"},
    "guesses": set(),
    "session": {
        *(
            "atlas",
            "backend",
            "by_chance",
            "choices",
            "data",
            "errors",
            "files",
            "guesses",
            "labels",
        ),
        *("catalogue", "learning_curve", "milestones", "projection", "runs", "trainer"),
    },
    "asking": {"acquisition", "backend", "errors", "labels", "session"},
    "inspection": {"errors", "labels", "review", "session"},
    "pace": {"labels"},
    "shades": {"session"},
    "screen": {"catalogue", "choices", "labels", "pace", "session"},
    "export": {
        *("catalogue", "data", "errors", "labels", "labels_file", "review", "session", "training"),
    },
    "warming": {"backend"},
    "lab": {
        *("catalogue", "data", "errors", "labels", "placing", "session", "starters", "warming"),
        "workspace",
    },
    "jobs": {"errors"},
    "uploads": {"data", "errors"},
    "imports": {"data", "errors", "jobs", "placing", "uploads", "workspace"},
    "api": {
        *(
            "asking",
            "choices",
            "data",
            "errors",
            "export",
            "imports",
            "inspection",
            "jobs",
            "lab",
            "labels",
        ),
        *("placing", "screen", "session", "shades", "uploads"),
    },
    "cli": {
        *("acquisition", "atlas", "catalogue", "choices", "data", "errors", "export", "lab"),
        *(
            "labels",
            "models",
            "pictures",
            "placing",
            "session",
            "starters",
            "training",
            "workspace",
        ),
    },
    "__main__": {"cli"},
    "pages": {
        *("api", "catalogue", "data", "errors", "export", "lab", "labels", "labels_file"),
        "session",
    },
    "app": {"api", "lab", "session", "labels", "data", "errors"},
}
# A single file that may do more than its layer.
ALSO = {"backend/worker.py": {"training"}}

MAY_USE_TORCH = {"distributions", "networks", "models", "training"}
MAY_USE_STREAMLIT = {"app", "pages"}


def files():
    found = [*CORE.rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def name_of(path):
    return str(path.relative_to(CORE if CORE in path.parents else ROOT))


def layer_of(path):
    """The folder below the core, or the module's own name: "models", "session", "pages"."""
    return Path(name_of(path)).parts[0].removesuffix(".py")


def package_of(path):
    """What a relative import starts from: ("ssvae_core", "models")."""
    return path.relative_to(ROOT).parent.parts


def imports_in(path):
    """Every module that a file imports, in full, and whether at its top or inside a function."""
    tree = ast.parse(path.read_text())
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = list(package_of(path))
            start = start[: len(start) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            # `from ..backend import messages` and `from ssvae_core import atlas` name modules.
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, id(node) in inside


def layers_imported(path):
    for name, _ in imports_in(path):
        parts = name.split(".")
        if parts[0] == "ssvae_core" and len(parts) > 1:
            yield parts[1]


every_file = pytest.mark.parametrize("path", files(), ids=name_of)


@every_file
def test_imports_point_one_way(path):
    layer = layer_of(path)
    assert layer in MAY_IMPORT, f"a row of MAY_IMPORT must say what {layer} may import"
    allowed = MAY_IMPORT[layer] | {layer} | ALSO.get(name_of(path), set())
    for imported in layers_imported(path):
        assert imported in allowed, f"{name_of(path)} ({layer}) imports {imported}"


def test_the_table_has_no_circle():
    """Every layer comes after all that it may import, so there is an order to read them in."""
    placed: set[str] = set()
    while rest := MAY_IMPORT.keys() - placed:
        ready = {layer for layer in rest if MAY_IMPORT[layer] <= placed}
        assert ready, f"in a circle: {sorted(rest)}"
        placed |= ready


@every_file
def test_torch_and_streamlit_stay_where_they_belong(path):
    used = {name.split(".")[0] for name, _ in imports_in(path)}
    if layer_of(path) not in MAY_USE_TORCH:
        assert "torch" not in used
    if layer_of(path) not in MAY_USE_STREAMLIT:
        assert "streamlit" not in used


def test_the_worker_imports_training_only_inside_a_function():
    found = [
        is_inside
        for name, is_inside in imports_in(CORE / "backend" / "worker.py")
        if name.startswith("ssvae_core.training")
    ]
    assert found
    assert all(found)


@pytest.mark.parametrize(
    "module", ["api", "session", "lab", "backend.worker", "cli", "estimator", "export"]
)
def test_importing_the_app_side_loads_neither_torch_nor_streamlit(module):
    code = (
        f"import sys, ssvae_core.{module}\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'streamlit'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_no_file_is_over_300_lines(path):
    assert len(path.read_text().splitlines()) <= 300


def test_the_reader_of_imports_reads_every_kind(tmp_path, monkeypatch):
    """Or the tests above could pass without looking."""
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "ssvae_core" / "models").mkdir(parents=True)
    path = tmp_path / "ssvae_core" / "models" / "m9.py"
    path.write_text(
        "import torch.nn as nn\n"
        "from . import base\n"
        "from .. import session\n"
        "from ..lab import Lab\n"
        "import ssvae_core.api\n"
        "def f():\n    from ssvae_core import figures\n"
    )
    assert list(imports_in(path)) == [
        ("torch.nn", False),
        ("ssvae_core.models.base", False),
        ("ssvae_core.session", False),
        ("ssvae_core.lab.Lab", False),
        ("ssvae_core.api", False),
        ("ssvae_core.figures", True),
    ]
    assert list(layers_imported(path)) == ["models", "session", "lab", "api", "figures"]
