"""python -m ssvae_core datasets."""

from ssvae_core.cli import main


def test_datasets_names_what_there_is(call):
    small, nameless = call("datasets")["datasets"]
    assert small == {
        "name": "small",
        "title": "Small digits",
        "examples": 300,
        "test_examples": 100,
        "shape": [8, 8, 1],
        "classes": list("0123456789"),
        "true_labels": True,
    }
    assert (nameless["name"], nameless["true_labels"]) == ("nameless", False)


def test_datasets_prints_a_table_without_json(capsys):
    assert main(["datasets"]) == 0
    head, small, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "examples", "test", "shape", "classes", "true", "labels"]
    assert small.split() == ["small", "300", "100", "8", "x", "8", "x", "1", "10", "yes"]
