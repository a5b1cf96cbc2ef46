import json
import socket

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ssvae_core.encoders import library_models, open_encoder
from ssvae_core.encoders.library_models import PACKAGES, loaded, repository_of
from ssvae_core.encoders.preprocessing import middle_square
from ssvae_core.errors import UserError
from tests.support.small_encoders import photographs
from tests.support.small_models_of_libraries import FOLDERS


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def saved(request, tmp_path_factory):
    """(library, folder, the model that was saved there)."""
    folder = tmp_path_factory.mktemp(request.param) / "model"
    return request.param, folder, FOLDERS[request.param](folder)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def refused(*_):
        raise AssertionError("a request")

    monkeypatch.setattr(socket.socket, "connect", refused)


def features_of(library, model, x):
    """(B, 3, S, S) -> (B, F), by the library's own words."""
    if library == "timm":
        return model.forward_head(model.forward_features(x), pre_logits=True)
    if library == "open_clip":
        return model.encode_image(x)
    return model(pixel_values=x).last_hidden_state.mean(1)


def test_features_are_those_of_the_saved_model_on_images_prepared_as_its_files_say(saved):
    library, folder, model = saved
    images, side = photographs(2, 40, 60), 48 if library == "timm" else 32
    squares = np.stack([middle_square(image, side) for image in images])
    x = torch.from_numpy((squares / 255 - [0.4, 0.5, 0.6]) / [0.2, 0.2, 0.3]).float()
    with torch.inference_mode():
        expected = features_of(library, model, x.permute(0, 3, 1, 2)).numpy()
    encoder = open_encoder(f"{library}:{folder}")
    found = encoder.encode(images)
    assert found.shape == (2, encoder.n_features)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())
    assert np.abs(found[0] - found[1]).max() > 1e-4


def test_its_key_says_weights_and_preprocessing(saved):
    library, folder, _ = saved
    key = open_encoder(f"{library}:{folder}").key
    assert open_encoder(f"{library}:{folder}").key == key
    name = {"timm": "config.json", "open_clip": "open_clip_config.json"}.get(
        library, "preprocessor_config.json"
    )
    before = (folder / name).read_text()
    (folder / name).write_text(before.replace("0.4", "0.3"))
    assert open_encoder(f"{library}:{folder}").key != key
    (folder / name).write_text(before)


@pytest.mark.parametrize("damage", ["weights", "config", "no config"])
def test_a_damaged_model_is_said(saved, tmp_path, damage):
    library, folder, _ = saved
    for path in folder.iterdir():
        content = path.read_bytes()
        if damage == "weights" and path.suffix == ".safetensors":
            content = content[: len(content) // 2]
        if path.name in ("config.json", "open_clip_config.json"):
            if damage == "no config":
                continue
            content = b"{" if damage == "config" else content
        (tmp_path / path.name).write_bytes(content)
    with pytest.raises(UserError, match="cannot be opened"):
        open_encoder(f"{library}:{tmp_path}")


def test_a_model_that_asks_for_more_of_the_hub_gets_nothing(tmp_path):
    FOLDERS["open_clip"](folder := tmp_path / "model")
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"] = {"hf_model_name": "org/text", "hf_tokenizer_name": "org/text"}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(UserError, match="cannot be opened"):
        open_encoder(f"open_clip:{folder}")


def test_names_of_the_libraries_are_found_on_the_hub(tmp_path, monkeypatch):
    assert repository_of("timm", "resnet18.a1_in1k") == "timm/resnet18.a1_in1k"
    assert repository_of("timm", "org/model") == "org/model"
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    for folder in (tmp_path, f"local-dir:{tmp_path}", f"~/{tmp_path.name}"):
        assert repository_of("timm", str(folder)) == str(tmp_path)
    assert repository_of("timm", "hf-hub:org/model") == "org/model"
    assert repository_of("transformers", "org/model") == "org/model"
    assert repository_of("open_clip", "org/model") == "org/model"
    assert repository_of("open_clip", "ViT-B-32/laion2b_s34b_b79k").startswith("laion/CLIP-ViT-B")


def test_a_library_loads_beside_a_torchvision_that_has_no_operators(monkeypatch):
    def loads(name):
        if name == "torchvision":
            raise RuntimeError("operator torchvision::nms_of_a_test does not exist")
        return name

    monkeypatch.setattr(library_models, "BOX_OPERATORS", ("nms_of_a_test",))
    monkeypatch.setattr(library_models.importlib, "import_module", loads)
    assert loaded("timm") == "timm"
    assert hasattr(torch.ops.torchvision, "nms_of_a_test")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("timm"), "pip install timm"),
        (RuntimeError("operator torchvision::nms does not exist"), "of another build than torch"),
    ],
)
def test_a_library_that_does_not_load_is_said(monkeypatch, error, said):
    def fails(name):
        raise error

    monkeypatch.setattr(library_models.importlib, "import_module", fails)
    with pytest.raises(UserError, match=said):
        open_encoder("timm:resnet18")


def test_a_model_of_transformers_that_lacks_weights_is_refused(tmp_path):
    FOLDERS["transformers"](tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    weights.pop(next(name for name in weights if name.endswith("bias")))
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(UserError, match="lacks weights"):
        open_encoder(f"transformers:{tmp_path}")
