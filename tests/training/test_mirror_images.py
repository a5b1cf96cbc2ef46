"""Whether mirror images look alike is told from images alone."""

import math

import pytest
import torch

from ssvae_core.data import load_dataset
from ssvae_core.training.mirror_images import LEAST_COMPARED, are_alike, share_farther

SHAPE = (10, 14, 3)


def blobs(one_sided, n=200):
    """A bright square each, anywhere or only on the left."""
    generator = torch.Generator().manual_seed(0)
    images = torch.zeros(n, *SHAPE)
    for image in images:
        row, column = (int(torch.randint(m, (), generator=generator)) for m in (7, 11))
        column = column // 3 if one_sided else column
        image[row : row + 3, column : column + 3] = torch.rand(SHAPE[2], generator=generator)
    return (images * 255).byte().flatten(1)


@pytest.mark.parametrize("one_sided", [False, True])
def test_it_is_told_where_things_stand(one_sided):
    assert are_alike(blobs(one_sided), SHAPE) != one_sided


def test_a_symmetric_image_is_as_far_as_its_mirror_image():
    images = torch.rand(60, 6, 6, 1)
    symmetric = (images + images.flip(2)).flatten(1)
    assert share_farther(symmetric, (6, 6, 1)) == 0.5


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_digits_are_not_mirrored(name):
    data = load_dataset(name)
    values = torch.from_numpy(data.images[:2000]).flatten(1)
    assert not are_alike(values, data.shape)


def test_few_images_say_nothing():
    few = blobs(one_sided=False, n=LEAST_COMPARED - 1)
    assert not are_alike(few, SHAPE)
    assert math.isfinite(share_farther(few, SHAPE))
