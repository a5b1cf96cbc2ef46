"""What the tutorials in docs/ tell to type is typed here, and does what they say."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from ssvae_core.cli import main

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PREFIX = "python -m ssvae_core "


def blocks(name):
    """The blocks of a tutorial in order: its language ("" of commands), and the text."""
    return BLOCK.findall((DOCS / name).read_text())


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """Runs a tutorial with fits of a few seconds: what each command printed as JSON, by command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("SSVAE_THREADS", "1")

    def typed(name, budget="1"):
        found = {}
        for language, text in blocks(name):
            if language == "python":
                exec(compile(text, name, "exec"), {})
                continue
            for line in text.splitlines():
                assert line.startswith(PREFIX), line
                arguments = shlex.split(line.removeprefix(PREFIX))
                if "--budget" in arguments:
                    arguments[arguments.index("--budget") + 1] = budget
                said = arguments if "--json" in arguments else [*arguments, "--json"]
                capsys.readouterr()
                assert main(said) == 0, line
                found[line.removeprefix(PREFIX)] = json.loads(
                    capsys.readouterr().out.splitlines()[-1]
                )
        return found

    return typed


def test_two_domains(typed):
    found = typed("domains.md")
    made, stretched = (
        next(answer for line, answer in found.items() if f"--name {name}" in line)
        for name in ("both", "stretched")
    )
    assert made["domains"] == stretched["domains"] == {"large": 2000, "digits": 1297}
    assert "ink of 20 pixels" in " ".join(made["report"]["notes"])
    fits = [answer for line, answer in found.items() if line.startswith("fit")]
    for fit in fits:
        first, second = fit["domains"]
        assert (first["labels"], second["labels"]) == (200, 0)
        assert 0 <= first["error"] < 60  # of chance's 90
    # Which is what the tutorial shows, even after a second of training.
    assert fits[0]["domains"][1]["error"] < fits[1]["domains"][1]["error"]
    assert fits[2]["model"] == "vfae"


def test_a_table(typed):
    found = typed("tables.md")
    imported, fit = found.values()
    assert (imported["examples"], imported["shape"]) == (178, [13])
    said = " ".join(imported["report"]["notes"])
    assert "filled by their column's median" in said
    assert "lab (" in said
    assert len(imported["classes"]) == 3
    assert 0 <= fit["error"] < 30


def test_single_cells(typed):
    found = typed("cells.md")
    components, genes, fit = found.values()
    assert (components["examples"], components["shape"]) == (700, [50])
    assert components["report"]["domains"] == {"G1": 501, "S": 182, "G2M": 17}
    assert "principal components of the 765 genes" in " ".join(genes["report"]["notes"])
    assert 0 <= fit["error"] < 60  # of ten types


def test_states(typed):
    found = typed("states.md")
    imported, _ = found.values()
    assert imported["shape"] == [3]
    assert imported["classes"] == []
    assert len(imported["report"]["domains"]) == 6
    assert imported["examples"] == sum(imported["report"]["domains"].values()) > 800


def test_clusters(typed):
    found = typed("clusters.md")
    ten, thirty = (answer for line, answer in found.items() if line.startswith("cluster"))
    assert thirty["error"] < ten["error"] < 25
    assert thirty["error"] < 5  # the tutorial says some 3
    (fit,) = (answer for line, answer in found.items() if line.startswith("fit"))
    assert fit["model"] in ("gmvae", "m2")  # in a second, no M1 has learned


def test_features(typed):
    typed("features.md")


def test_texts(typed):
    made, fit, simulated = typed("text.md").values()
    assert (made["examples"], len(made["classes"])) == (1273, 8)
    read_as = {option["name"]: option["value"] for option in made["report"]["reading"]}
    assert (read_as["text"], read_as["label"], read_as["encoder"]) == ("text", "topic", "tfidf")
    # In a second the M1 may find nothing in them, which is said, and m2 is trained then.
    assert {fit["model"], simulated["model"]} <= {"m1m2", "m2"}
    assert 0 <= fit["error"] < 80  # of chance's 87
    assert [point["labels"] for point in simulated["curve"]] == [20, 40]
