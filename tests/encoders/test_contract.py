"""What every name in ENCODERS must do."""

import re

import numpy as np
import pytest

from ssvae_core.encoders import (
    ENCODERS,
    check_encoder,
    chosen_encoder,
    features_for_graph,
    open_encoder,
)
from ssvae_core.errors import UserError
from tests.support.small_encoders import photographs
from tests.support.small_models_of_libraries import FOLDERS
from tests.support.small_onnx import onnx_file

OPEN_NOTHING = {"contrastive", "features"}


@pytest.fixture(scope="module", params=sorted(set(ENCODERS) - OPEN_NOTHING))
def encoder(request, tmp_path_factory):
    """The encoder of that name, of the app's own weights or of a small model made here."""
    name, folder = request.param, tmp_path_factory.mktemp("model") / "model"
    if name == "onnx":
        return open_encoder(f"onnx:{onnx_file(folder.with_suffix('.onnx'))}")
    if name not in FOLDERS:
        return open_encoder(name)
    FOLDERS[name](folder)
    return open_encoder(f"{name}:{folder}")


def test_images_of_any_size_and_channels_become_rows_of_features(encoder):
    images = [
        *photographs(2, 40, 60),
        *photographs(1, 8),
        *photographs(1, 50, channels=1),
        np.dstack([photographs(1, 50)[0], np.full((50, 50), 9, np.uint8)]),
    ]
    features = encoder.encode(images)
    assert features.shape == (5, encoder.n_features)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert features_for_graph(features).std() > 0


def test_features_do_not_depend_on_what_else_is_encoded(encoder):
    images = photographs(3, 40, 60)
    together = encoder.encode(images)
    alone = np.concatenate([encoder.encode([image]) for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-3 * np.abs(alone).max())


def test_its_key_can_be_a_folders_name(encoder):
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", encoder.key)


@pytest.mark.parametrize("name", ENCODERS)
def test_a_choice_is_checked_before_anything_is_opened(name):
    wrong = f"{name}:" if ENCODERS[name].argument else f"{name}:more"
    with pytest.raises(UserError, match=rf"{name}"):
        check_encoder(wrong)


@pytest.mark.parametrize("choice", ["", "eyes", "eyes:x"])
def test_an_unknown_encoder_is_refused_with_those_that_there_are(choice):
    with pytest.raises(UserError, match="auto, efficientnet-lite0"):
        check_encoder(choice)


def test_what_is_no_name_at_all_is_refused():
    with pytest.raises(UserError, match="such as 'auto', got None"):
        chosen_encoder(None, (8, 8, 3))


@pytest.mark.parametrize("name", sorted(OPEN_NOTHING))
def test_what_is_no_network_is_not_opened(name):
    with pytest.raises(UserError, match="no network"):
        open_encoder(name if not ENCODERS[name].argument else f"{name}:x.npy")


def test_auto_is_what_suits_the_examples():
    check_encoder("auto")
    assert chosen_encoder("auto", (28, 28, 1)) == "contrastive"
    assert chosen_encoder("auto", (64, 64, 1)) == "efficientnet-lite0"
    assert chosen_encoder("auto", (28, 28, 3)) == "efficientnet-lite0"
    assert chosen_encoder("auto", (64, 64, 3)) == "efficientnet-lite0"
    assert chosen_encoder("auto", (64, 64, 7)) == "contrastive"
    assert chosen_encoder("auto", (64, 64, 3), has_features=True) == "features"
    assert chosen_encoder("auto", (12,)) == ""
    assert chosen_encoder("features", (12,), has_features=True) == "features"
    with pytest.raises(UserError, match="no features of its own"):
        chosen_encoder("features", (64, 64, 3))
    assert chosen_encoder("contrastive", (28, 28, 1)) == "contrastive"
    with pytest.raises(UserError, match="vectors"):
        chosen_encoder("efficientnet-lite0", (12,))
