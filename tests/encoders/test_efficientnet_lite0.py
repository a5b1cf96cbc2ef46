import numpy as np
import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet

from ssvae_core.encoders import efficientnet_lite0 as module
from ssvae_core.encoders.efficientnet_lite0 import (
    SIDE,
    SMALL_SIDE,
    STAGES,
    EfficientNetEncoder,
    EfficientNetLite0,
    read_weights,
    weights_file,
)
from ssvae_core.encoders.preprocessing import MEAN, STD, middle_square
from ssvae_core.errors import Conflict
from tests.support.small_encoders import photographs


@pytest.fixture(scope="module")
def encoder():
    """In full precision, whatever processor this is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "is_faster_in_bfloat16", lambda network: False)
        return EfficientNetEncoder()


@pytest.mark.parametrize("side", [160, 224])
def test_features_are_those_of_the_reference_implementation(encoder, side):
    reference = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(weights_file()))
    stages = []
    for last in (14, 15):  # of stages 6 and 7
        reference._blocks[last].register_forward_hook(lambda *found: stages.append(found[-1]))
    x = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        theirs = reference.eval().extract_features(x).mean((2, 3))
        ours = encoder.network(x)
    stages = [stage.mean((2, 3)) for stage in stages]
    torch.testing.assert_close(ours[:, :1280] ** 2, theirs, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(ours[:, 1280:], 0.14 * torch.cat(stages, 1), atol=1e-4, rtol=1e-4)
    assert ours.shape == (2, encoder.n_features)
    assert theirs.std() > 0.1


def test_its_stages_are_those_of_the_weights():
    weights = read_weights(weights_file())
    stages = [stage for stage in STAGES for _ in range(stage[0])]
    for place, (_, kernel, _, expansion, channels) in enumerate(stages):
        each = weights[f"_blocks.{place}._depthwise_conv.weight"]
        assert each.shape[2:] == (kernel, kernel)
        assert (f"_blocks.{place}._expand_conv.weight" in weights) == (expansion > 1)
        assert weights[f"_blocks.{place}._project_conv.weight"].shape[0] == channels


def test_an_image_is_seen_as_its_middle_square_and_a_small_one_enlarged(encoder):
    large, small = photographs(1, 40, 60)[0], photographs(1, 32)[0]
    features = encoder.encode([large, small])
    for image, side, row in ((large, SIDE, 0), (small, SMALL_SIDE, 1)):
        x = (middle_square(image, side) / 255 - MEAN) / STD
        alone = encoder.network(torch.from_numpy(x).float().permute(2, 0, 1)[None])
        np.testing.assert_allclose(features[row], alone[0].numpy(), atol=1e-4)


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_weights_that_are_not_the_known_ones_are_refused_before_they_are_read(tmp_path, damage):
    path = tmp_path / "weights.pth"
    if damage == "changed":
        torch.save({"_conv_stem.weight": torch.ones(2)}, path)
    with pytest.raises(Conflict, match="Install the package"):
        read_weights(path)


def test_the_network_learns_nothing_here(encoder):
    assert isinstance(encoder.network, EfficientNetLite0)
    assert not any(weight.requires_grad for weight in encoder.network.parameters())


def test_bfloat16_is_tried_only_where_there_are_instructions_for_it(encoder, monkeypatch):
    tried = []
    monkeypatch.setattr(module, "_seconds", lambda network, x: tried.append(x.dtype) or 1.0)
    for found, n_tries in (("AVX2", 0), ("AVX512", 8)):
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda found=found: found)
        module.is_faster_in_bfloat16.cache_clear()
        assert not module.is_faster_in_bfloat16(encoder.network)
        assert len(tried) == n_tries
    assert set(tried) == {torch.bfloat16, torch.float32}


@pytest.mark.parametrize(
    ("short", "is_faster", "n_tries"), [(0.7, True, 4), (0.8, False, 4), (9, False, 1)]
)
def test_bfloat16_is_taken_where_it_is_clearly_faster(
    encoder, monkeypatch, short, is_faster, n_tries
):
    tried = []

    def seconds(network, x):
        tried.append(x.dtype)
        return short if x.dtype == torch.bfloat16 else 1.0

    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    monkeypatch.setattr(module, "_seconds", seconds)
    module.is_faster_in_bfloat16.cache_clear()
    assert module.is_faster_in_bfloat16(encoder.network) == is_faster
    assert tried == [torch.bfloat16, torch.float32] * n_tries
    module.is_faster_in_bfloat16.cache_clear()


def test_features_in_bfloat16_are_nearly_the_same(encoder, monkeypatch):
    images = photographs(2, 32)
    monkeypatch.setattr(module, "is_faster_in_bfloat16", lambda network: True)
    monkeypatch.setattr(module, "SMALL_SIDE", 64)  # without its instructions it is slow
    short = EfficientNetEncoder()
    assert short.precision == torch.bfloat16
    full, found = encoder.encode(images), short.encode(images)
    cosine = (full * found).sum(1) / np.linalg.norm(full, axis=1) / np.linalg.norm(found, axis=1)
    assert (cosine > 0.99).all()


def test_many_images_are_the_same_as_few(encoder):
    images = photographs(11, 32, 40)
    np.testing.assert_allclose(encoder.encode(images)[10:], encoder.encode(images[10:]), atol=1e-3)
