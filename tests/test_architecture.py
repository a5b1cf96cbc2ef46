"""Imports point one way, torch and Streamlit stay where they belong, files stay short."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "ssvae_core"

MAY_IMPORT = {
    "csv_cells": set(),
    "decoding": set(),
    "errors": set(),
    "limits": {"errors"},
    "predictions": set(),
    "logs": {"printable"},
    "operation": {"errors", "labels", "storage", "system"},
    "printable": set(),
    "review": set(),
    "system": set(),
    "labels": {"csv_cells", "errors", "limits", "storage"},
    "options": {"errors"},
    "protocol": {"predictions"},
    "storage": {"errors"},
    "strict_json": {"errors"},
    "data": {"csv_cells", "errors", "storage", "system"},
    "models": {"decoding", "options"},
    "worker": {"errors", "protocol", "system"},
    "atlas": {"data", "errors", "storage"},
    "acquisition": {"atlas", "errors", "predictions"},
    "importing": {
        *("atlas", "data", "encoders", "errors", "labels", "limits", "storage", "strict_json"),
        "system",
    },
    "encoders": {"data", "errors", "limits", "storage", "strict_json"},
    "training": {"atlas", "data", "errors", "models", "predictions"},
    "pretraining": {
        *("atlas", "data", "encoders", "errors", "models", "options", "storage", "training"),
    },
    "session": {
        *("acquisition", "atlas", "data", "decoding", "encoders", "errors", "importing"),
        *("labels", "options", "predictions", "protocol", "review", "storage", "worker"),
    },
    "fitting": {
        *("atlas", "data", "encoders", "errors", "importing", "models", "options"),
        *("predictions", "pretraining", "storage", "training"),
    },
    "lessons": {
        *("acquisition", "atlas", "data", "errors", "models", "options", "predictions"),
        *("pretraining", "review", "storage", "system", "training"),
    },
    "pages": {"api", "errors", "labels", "options", "session", "storage", "system"},
    "trainer": {
        *("atlas", "data", "decoding", "encoders", "errors", "models", "options"),
        *("pretraining", "protocol", "storage", "training"),
    },
    "__init__": {"data", "fitting"},
    "comparison": {
        *("atlas", "data", "encoders", "errors", "labels", "options", "predictions", "review"),
        *("session", "storage", "strict_json", "system", "trainer", "worker"),
    },
    "export": {
        *("csv_cells", "data", "errors", "importing", "labels", "predictions", "review"),
        *("session", "storage", "system", "trainer"),
    },
    "api": {
        *("comparison", "data", "encoders", "errors", "export", "importing", "labels", "lessons"),
        *("operation", "options", "session", "storage", "strict_json"),
    },
    "cli": {
        *("acquisition", "atlas", "comparison", "data", "encoders", "errors", "export"),
        *("fitting", "importing", "labels", "models", "operation", "options", "pretraining"),
        *("printable", "session", "storage", "trainer", "training"),
    },
    "__main__": {"cli", "system"},
    "app": {"api", "errors", "logs", "pages", "printable", "storage", "system"},
}
# A single file that may do more than its layer.
ALSO = {"worker/worker.py": {"trainer"}}

MAY_USE_TORCH = {
    *("encoders", "fitting", "lessons", "models", "pretraining", "trainer", "training"),
}
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
            # `from ..protocol import messages` and `from ssvae_core import atlas` name modules.
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, id(node) in inside


every_file = pytest.mark.parametrize("path", files(), ids=name_of)


def module_of(name):
    """The file that an imported name is in: "ssvae_core.models.MODELS" -> models/__init__.py."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:end])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                return path
    return None


def file_arrows():
    """Which file imports which: {path: paths}, also where only the types are wanted."""
    found = {path: set() for path in files()}
    for path in found:
        for name, _ in imports_in(path):
            if name.split(".")[0] in ("ssvae_core", "pages", "app"):
                found[path].add(module_of(name))
        found[path] -= {path, None, CORE / "__init__.py"}
    return found


def packages_used():
    """Which layer imports which, but for what ALSO lets a single file do."""
    used = {layer_of(path): set() for path in files()}
    for path, imported in file_arrows().items():
        layers = {layer_of(other) for other in imported} - {layer_of(path)}
        used[layer_of(path)] |= layers - ALSO.get(name_of(path), set())
    return used


def circles(arrows):
    """Groups of which every member can be reached from every other along the arrows."""
    reached = {}
    for start in arrows:
        seen, open_ends = set(), [start]
        while open_ends:
            ends = arrows.get(open_ends.pop(), set()) - seen
            seen |= ends
            open_ends += ends
        reached[start] = seen
    groups = {
        frozenset(other for other in reached[one] if one in reached[other])
        for one in arrows
        if one in reached[one]
    }
    return sorted(sorted(map(str, group)) for group in groups)


def test_every_package_imports_what_its_row_permits_and_no_permission_is_unused():
    assert packages_used() == MAY_IMPORT


def told_order():
    """The packages and modules that the core's docstring lists, in its order; and the docstring."""
    text = ast.get_docstring(ast.parse((CORE / "__init__.py").read_text()))
    rows = re.findall(r"^    (\w[\w/]*(?:, \w[\w/]*)*)(?:  |$)", text, re.MULTILINE)
    return [name.strip("/") for row in rows for name in row.split(", ")], text


def test_the_reading_order_names_every_package_once():
    there = {layer_of(path) for path in files() if CORE in path.parents}
    assert sorted(told_order()[0]) == sorted(there - {"__init__", "__main__"})


def test_it_can_be_read_from_top_to_bottom():
    order, _ = told_order()
    for place, name in enumerate(order):
        assert set() == MAY_IMPORT[name] - set(order[:place]), name


def test_the_modules_that_a_label_goes_through_are_there():
    named = re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)`", told_order()[1])
    assert len(named) > 5
    for name in named:
        place = CORE.joinpath(*name.split("."))
        assert place.is_dir() or place.with_suffix(".py").is_file(), name


def test_no_file_and_no_package_imports_itself_by_way_of_others():
    assert circles(file_arrows()) == []
    assert circles(packages_used()) == []


@every_file
def test_a_single_file_may_import_more_only_where_it_does(path):
    if permitted := ALSO.get(name_of(path)):
        assert permitted <= {layer_of(other) for other in file_arrows()[path]}


@every_file
def test_torch_and_streamlit_stay_where_they_belong(path):
    used = {name.split(".")[0] for name, _ in imports_in(path)}
    if layer_of(path) not in MAY_USE_TORCH:
        assert "torch" not in used
    if layer_of(path) not in MAY_USE_STREAMLIT:
        assert "streamlit" not in used


# Labels: what the label encoder of estimators pickled before is called there.
TWICE = {"Labels"}


def test_a_name_of_a_class_stands_for_one_thing():
    """Classes at the top of a file, and types named there, such as `State = Literal[...]`."""
    classes, named = Counter(), Counter()
    for path in CORE.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] += not node.name.startswith("_")
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named[node.targets[0].id] += 1
    twice = {name for name, n in classes.items() if n > 1 or (n and named[name])}
    assert twice == TWICE


def test_the_worker_imports_the_trainer_only_inside_a_function():
    found = [
        is_inside
        for name, is_inside in imports_in(CORE / "worker" / "worker.py")
        if name.startswith("ssvae_core.trainer")
    ]
    assert found
    assert all(found)


@pytest.mark.parametrize(
    "module",
    ["api", "encoders", "session.workspace", "worker.worker", "cli", "fitting.estimator", "export"],
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


def test_the_finder_of_circles_finds_them():
    assert circles({"a": {"b"}, "b": {"a", "c"}, "c": set(), "d": {"c"}}) == [["a", "b"]]


def main():
    """Count the arrows and the circles: python tests/test_architecture.py."""
    for what, arrows in {"files": file_arrows(), "packages": packages_used()}.items():
        found = circles(arrows)
        print(f"{len(arrows)} {what}, {sum(map(len, arrows.values()))} arrows between them,")
        print(f"{len(found)} circles: {found}")


if __name__ == "__main__":
    main()
