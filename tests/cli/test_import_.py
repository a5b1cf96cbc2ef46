"""python -m ssvae_core import."""

import json

import numpy as np
import pytest

from ssvae_core.cli import main
from ssvae_core.data import load_dataset
from ssvae_core.encoders.opening import Opening
from ssvae_core.errors import NeedsDownload
from ssvae_core.storage.paths import data_root
from tests.support.small_files import encoded, picture, write
from tests.support.small_label_files import FILES, as_csv


@pytest.fixture
def images(tmp_path):
    for seed, name in enumerate(FILES):
        write(tmp_path / "in" / name, encoded(picture(seed)))
    write(tmp_path / "in" / "Thumbs.db", b"x")
    return tmp_path / "in"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr("ssvae_core.cli.datasets.SOURCES", {})

    def run(*arguments):
        code = main([*map(str, arguments), "--json"])
        said = capsys.readouterr()
        return json.loads(said.out) if code == 0 else said.err

    return run


def test_the_command_imports_and_lists(call, images):
    found = call("import", images, "--name", "Scans", "--side", 16, "--folders", "truth")
    assert found["examples"] == 4
    assert found["shape"] == [16, 16, 1]
    assert found["classes"] == ["a", "b"]
    assert found["report"]["skipped"]["not-image"]["files"] == [["Thumbs.db", ""]]
    listed = next(each for each in call("datasets")["datasets"] if each["name"] == "Scans")
    assert (listed["id"], listed["examples"], listed["true_labels"]) == (found["id"], 4, True)
    assert load_dataset("Scans", data_root()).name == found["id"]


def test_the_command_takes_labels_and_adds_more(call, images, tmp_path):
    as_csv(tmp_path / "x.csv")
    found = call("import", images, "--name", "s", "--labels", tmp_path / "x.csv")
    assert found["report"]["class_role"] == "labels"
    write(images / "c" / "new.png", encoded(picture(9)))
    added = call("import", images, "--add-to", "s")
    assert added["examples"] == 5
    assert added["report"]["earlier"] == 4
    assert added["classes"] == ["cat", "dog"]  # a file named them: folders are none
    assert "is in s already" in call("import", images, "--add-to", "s")


def test_the_command_takes_an_encoder_and_features_of_a_file(call, images, tmp_path, capsys):
    assert call("import", images, "--name", "s")["encoder"] == "auto"
    found = call("import", images, "--name", "s", "--encoder", "contrastive")
    assert load_dataset(found["id"], data_root()).encoder == "contrastive"
    np.save(tmp_path / "f.npy", np.eye(4, dtype=np.float32))
    found = call("import", images, "--name", "s", "--encoder", f"features:{tmp_path / 'f.npy'}")
    assert (found["encoder"], found["n_features"]) == ("features", 4)
    assert np.array_equal(load_dataset(found["id"], data_root()).features, np.eye(4))
    np.save(tmp_path / "f.npy", np.eye(3, dtype=np.float32))
    again = ("import", images, "--name", "s", "--encoder", f"features:{tmp_path / 'f.npy'}")
    assert "3 rows of features, and there are 4" in call(*again)


def test_weights_are_fetched_where_that_is_said(call, images, monkeypatch):
    asked = []

    def opened_apart(choice, network):
        asked.append(network)
        if network == "none":
            raise NeedsDownload("Not here: add --download.", "org/model", None, "hub", "")
        yield Opening("downloading its weights, 1 of 2 MB")
        yield Opening("opened", "key", 3)

    monkeypatch.setattr("ssvae_core.cli.import_.opened_apart", opened_apart)
    options = ["import", images, "--name", "s", "--encoder", "transformers:org/model"]
    assert "add --download" in call(*options)
    assert call(*options, "--download")["encoder"] == "transformers:org/model"
    assert asked == ["none", "download"]


def test_the_command_says_what_is_wrong(call, tmp_path):
    assert "There is no" in call("import", tmp_path / "nowhere", "--name", "x")
    assert "--name NAME, or --add-to NAME" in call("import", tmp_path)
    assert "is empty" in call("import", _made(tmp_path / "empty"), "--name", "x")
    assert "4 to 256 pixels" in call("import", tmp_path, "--name", "x", "--side", 999)


def _made(folder):
    folder.mkdir()
    return folder


def test_the_command_says_how_a_table_was_read_and_reads_it_otherwise(call, tmp_path, capsys):
    path = write(tmp_path / "x.csv", b"1.5,2,a,p\n3,4,b,p\n5,6,a,q\n")
    assert call("import", path, "--name", "x")["classes"] == ["p", "q"]
    found = call("import", path, "--name", "x", "--read", "label=column 3")
    assert found["classes"] == ["a", "b"]
    assert "must be NAME=VALUE" in call("import", path, "--name", "x", "--read", "label")
    assert "'label' can be" in call("import", path, "--name", "x", "--read", "label=z")
    assert main(["import", str(path), "--name", "x"]) == 0
    said = capsys.readouterr().out
    assert "None  (or --read header=first-row)" in said
    assert "column 4  (or --read label=column 1|column 2|column 3|none)" in said


def test_the_command_prints_a_table_to_read(images, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    assert main(["import", str(images), "--name", "Scans"]) == 0
    out = capsys.readouterr().out
    assert "4 of 5 files" in out
    assert "Not an image      1  Thumbs.db" in out
    assert "12 × 12, grey, as they are" in out


def test_a_test_part_comes_along_and_is_what_fit_and_simulate_tell_the_error_on(call, tmp_path):
    from sklearn.datasets import load_digits

    pixels, key = load_digits(return_X_y=True)
    pixels = (pixels * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8)
    arrays = {"x_train": pixels[:200], "y_train": key[:200], "x_test": pixels[200:240]}
    np.savez(tmp_path / "d.npz", **arrays, y_test=key[200:240])
    found = call("import", tmp_path / "d.npz", "--name", "d")
    assert (found["examples"], found["test_examples"]) == (200, 40)
    (listed,) = call("datasets")["datasets"]
    assert (listed["examples"], listed["test_examples"]) == (200, 40)
    options = ["--data", "d", "--model", "m2", "--labels", 50, "--set", "hidden_dim=32"]
    found = call("fit", *options, "--budget", 600, "--steps", 20)
    assert (found["error_on"], found["error"] % 2.5) == ("test", 0)  # of 40
    found = call("simulate", *options, "--batch", 50, "--seconds-per-batch", 0.1)
    assert (found["error_on"], found["error"] % 2.5) == ("test", 0)
    found = call("import", tmp_path / "d.npz", "--name", "all", "--read", "test=none")
    assert (found["examples"], found["test_examples"]) == (200, 0)
    found = call("fit", "--data", "all", *options[2:], "--budget", 600, "--steps", 20)
    assert found["error_on"] == "unlabelled"
    assert found["error"] == pytest.approx(round(found["error"] * 1.5) / 1.5, abs=0.01)  # of 150


def test_columns_of_classes_and_domains_have_flags_of_their_own(call, tmp_path):
    rows = ["a,b,kind,place", "1,2,x,Rome", "3,,y,Bonn", "5,6,x,Rome", "7,9,y,Bonn"]
    path = write(tmp_path / "x.csv", "\n".join(rows).encode())
    found = call("import", path, "--name", "t", "--label", "kind", "--domain", "place")
    assert found["classes"] == ["x", "y"]
    assert found["report"]["domains"] == {"Rome": 2, "Bonn": 2}
    assert "missing" in "".join(found["report"]["notes"])
    said = call("import", path, "--name", "u", "--label", "sort")
    assert "'label' can be" in said
    assert "got 'sort'" in said
