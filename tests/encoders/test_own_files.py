"""Whether the files behind an encoder are what they were."""

import pytest

from ssvae_core.encoders.own_files import content_of, in_words
from ssvae_core.errors import UserError
from tests.support.small_onnx import onnx_file


@pytest.fixture
def choice(tmp_path):
    return f"onnx:{onnx_file(tmp_path / 'a.onnx', side=16)}"


def test_a_file_that_is_replaced_under_its_name_is_said_and_one_that_is_back_is_not(
    choice, tmp_path
):
    was, path = content_of(choice), tmp_path / "a.onnx"
    assert in_words(choice, was) == ""
    first = path.read_bytes()
    onnx_file(path, side=8)
    assert content_of(choice) != was
    assert "a.onnx has changed since it saw these images" in in_words(choice, was)
    path.unlink()
    assert "There is no file" in in_words(choice, was)
    path.write_bytes(first)
    assert in_words(choice, was) == ""


def test_how_images_are_prepared_is_a_part_of_it(choice, tmp_path):
    was = content_of(choice)
    (tmp_path / "a.preprocess.json").write_text('{"mean": 0.5}')
    assert content_of(choice) != was


def test_of_a_folder_the_weights_and_their_settings_count(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("model.safetensors", "config.json", "README.md"):
        (folder / name).write_text(name)
    choice = f"timm:{folder}"
    was = content_of(choice)
    (folder / "README.md").write_text("another")
    assert content_of(choice) == was
    (folder / "config.json").write_text("{}")
    assert content_of(choice) != was
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(UserError, match="no model in"):
        content_of(choice)
    assert "no model in" in in_words(choice, was)


@pytest.mark.parametrize(
    "choice", ["efficientnet-lite0", "timm:resnet18", "features:f.npy", "features", "contrastive"]
)
def test_what_names_no_file_of_its_own_has_none_to_look_at(choice):
    assert content_of(choice) == ""
    assert in_words(choice, "") == ""
