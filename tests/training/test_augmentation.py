"""A warp moves what an image shows, all channels alike, and as far as its constants say."""

import math

import pytest
import torch
import torch.nn.functional as F

from ssvae_core.training import augmentation
from ssvae_core.training.augmentation import (
    ELASTIC,
    POINTS,
    ROTATION,
    SCALE,
    SHIFT,
    UNWARPED,
    PhotographWarp,
    Warp,
    warp_for,
)

SHAPES = [(28, 28, 1), (17, 23, 3)]
ALL = ("ROTATION", "SCALE", "SHEAR", "SHIFT", "ELASTIC", "UNWARPED")


@pytest.fixture(params=SHAPES, ids=str)
def shape(request):
    return request.param


def images(shape, n=6):
    return torch.rand(n, math.prod(shape), generator=torch.Generator().manual_seed(3))


def only(monkeypatch, *names):
    """Let a warp do this only."""
    for name in set(ALL) - set(names):
        monkeypatch.setattr(augmentation, name, 0.0)


def shifted(warp, right, down):
    """The warp, but where x and y come from is so many pixels off."""
    height, width, _ = warp.shape
    moves = torch.zeros(1, 3 + POINTS**2, 2)
    moves[0, 0, 0] = moves[0, 1, 1] = 1.0
    moves[0, 2] = torch.tensor([2 * right / width, 2 * down / height])
    warp._moves = lambda n: moves.expand(n, -1, -1)
    return warp


def test_an_image_that_nothing_moves_stays_as_it_is(shape, monkeypatch):
    only(monkeypatch)
    x = images(shape)
    torch.testing.assert_close(Warp(shape, 0)(x), x, atol=1e-4, rtol=0)


def test_a_shift_by_whole_pixels_moves_each_pixel_there_and_brings_in_black(shape):
    height, width, _ = shape
    x = images(shape)
    warped = shifted(Warp(shape, 0), right=3, down=-2)(x).view(-1, *shape)
    expected = torch.zeros_like(warped)
    expected[:, 2:, : width - 3] = x.view(-1, *shape)[:, : height - 2, 3:]
    torch.testing.assert_close(warped, expected, atol=1e-4, rtol=0)


def test_the_one_product_is_an_affine_grid_plus_an_elastic_one_image_by_image(shape):
    height, width, channels = shape
    x = images(shape)
    warped, moves = Warp(shape, 5)(x), Warp(shape, 5)._moves(len(x))
    for i in range(len(x)):
        grid = F.affine_grid(moves[i, :3].T[None], [1, 1, height, width], align_corners=False)
        points = moves[i, 3:].T.reshape(1, 2, POINTS, POINTS)
        elastic = F.interpolate(points, (height, width), mode="bicubic", align_corners=True)
        image = x[i].view(1, height, width, channels).permute(0, 3, 1, 2)
        grid = grid + elastic.permute(0, 2, 3, 1)
        expected = F.grid_sample(image, grid, align_corners=False).permute(0, 2, 3, 1)
        torch.testing.assert_close(warped[i], expected.flatten(), atol=1e-4, rtol=0)


def test_the_same_seed_warps_alike_and_every_call_anew(shape):
    x, one, other = images(shape), Warp(shape, 7), Warp(shape, 7)
    first = one(x)
    assert torch.equal(first, other(x))
    assert not torch.equal(first, one(x))
    assert not torch.equal(first, Warp(shape, 8)(x))


def test_each_image_of_a_batch_is_warped_in_its_own_way(shape, monkeypatch):
    monkeypatch.setattr(augmentation, "UNWARPED", 0.0)
    warped = Warp(shape, 0)(images(shape, 1).expand(4, -1))
    assert all(not torch.equal(warped[0], other) for other in warped[1:])


def test_values_stay_between_black_and_white(shape):
    x = (images(shape, 40) > 0.5).float()
    warped = Warp(shape, 0)(x)
    assert warped.min() >= 0
    assert warped.max() <= 1 + 1e-6


def test_the_channels_of_an_image_move_together():
    height, width = 17, 23
    x = images((height, width, 3)).view(-1, height, width, 3)
    warped = Warp((height, width, 3), 4)(x.flatten(1)).view(-1, height, width, 3)
    for channel in range(3):
        alone = Warp((height, width, 1), 4)(x[..., channel].flatten(1))
        torch.testing.assert_close(warped[..., channel].flatten(1), alone)


@pytest.mark.parametrize("shape", [(28, 28, 1), (16, 32, 1)], ids=str)
def test_a_turn_is_one_in_pixels_and_goes_as_far_as_it_says(shape, monkeypatch):
    only(monkeypatch, "ROTATION")
    height, width, _ = shape
    matrix = Warp(shape, 0)._moves(2000)[:, :2]  # (n, from x or y, to x or y), of half the sides
    sides = torch.tensor([width, height])
    matrix = matrix * sides / sides[:, None]  # the same in pixels
    eye = torch.eye(2).expand_as(matrix)
    torch.testing.assert_close(matrix @ matrix.mT, eye, atol=1e-5, rtol=0)
    angle = torch.atan2(matrix[:, 0, 1], matrix[:, 0, 0]).abs()
    assert 0.95 * ROTATION < angle.max() <= ROTATION + 1e-5


def test_an_image_grows_moves_and_ripples_as_far_as_it_says(monkeypatch):
    only(monkeypatch, "SCALE", "SHIFT", "ELASTIC")
    moves = Warp((28, 28, 1), 0)._moves(2000)
    stretch, shift, ripples = moves[:, 0, 0] - 1, moves[:, 2], moves[:, 3:]
    assert 0.95 * SCALE < stretch.abs().max() <= SCALE + 1e-5
    assert 0.95 * 2 * SHIFT < shift.abs().max() <= 2 * SHIFT + 1e-5
    assert ripples.std().item() == pytest.approx(ELASTIC, rel=0.02)


def test_a_slight_warp_goes_a_part_of_the_way(shape):
    full, slight = (Warp(shape, 3, strength=strength)._moves(50) for strength in (1.0, 0.25))
    none = torch.eye(*full.shape[1:])
    torch.testing.assert_close(slight - none, 0.25 * (full - none), atol=1e-5, rtol=0)


def test_some_images_stay_as_they_are(shape):
    x = images(shape, 400)
    is_left = (Warp(shape, 0)(x) - x).abs().amax(1) < 1e-4
    assert is_left.float().mean().item() == pytest.approx(UNWARPED, abs=0.05)


# Photographs


COLOUR = (24, 30, 3)


def photographs(n=6, seed=0):
    """Smooth ones, whose places a crop moves by little."""
    torch.manual_seed(seed)
    coarse = torch.rand(n, 3, 4, 5)
    smooth = F.interpolate(coarse, COLOUR[:2], mode="bicubic", align_corners=True).clamp(0, 1)
    return smooth.permute(0, 2, 3, 1).flatten(1)


def other(x, *, mirrors=False, seed=0, **options):
    torch.manual_seed(seed)
    return PhotographWarp(COLOUR, mirrors, **options)(x)


def test_a_photograph_that_nothing_happens_to_stays_as_it_is():
    x = photographs()
    torch.testing.assert_close(other(x, strength=0.0), x, atol=1e-5, rtol=0)
    torch.testing.assert_close(other(x, mirrors=True, unwarped=1.0), x, atol=1e-5, rtol=0)


def test_half_of_the_photographs_are_mirrored_where_that_shows_the_same():
    x = photographs(40)
    mirrored = x.view(-1, *COLOUR).flip(2).flatten(1)
    found = other(x, mirrors=True, strength=0.0, unwarped=0.0)
    is_mirrored = (found - mirrored).abs().amax(1) < 1e-4
    is_same = (found - x).abs().amax(1) < 1e-4
    assert (is_mirrored ^ is_same).all()
    assert 10 < is_mirrored.sum() < 30


def test_a_crop_lies_inside_and_is_as_large_as_it_may_be(monkeypatch):
    monkeypatch.setattr(augmentation, "LIGHT", 0.0)
    height, width, _ = COLOUR
    y, x = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    places = torch.stack([x, y, 0 * x], -1).flatten()[None].expand(200, -1)  # each its own
    found = other(places, unwarped=0.0).view(-1, *COLOUR)
    across, down = found[:, 0, -1, 0] - found[:, 0, 0, 0], found[:, -1, 0, 1] - found[:, 0, 0, 1]
    area = across * down
    assert area.min() > augmentation.LEAST_AREA - 0.06
    assert 0.9 < area.max() < 1.01
    assert (across / down).log().abs().max() < 2 * augmentation.ASPECT
    torch.testing.assert_close(found[..., 0], found[:, :1, :, 0].expand(found.shape[:3]))  # no turn


def test_light_changes_all_of_a_photograph_and_stays_a_photograph():
    x = photographs(20).view(-1, *COLOUR)
    found = other(x.flatten(1), unwarped=0.0, strength=0.999).view(-1, *COLOUR)
    assert found.min() >= 0
    assert found.max() <= 1
    brighter = found.mean((1, 2, 3)) / x.mean((1, 2, 3))
    assert brighter.max() > 1.1
    assert brighter.min() < 0.9


def test_what_may_happen_to_images_is_told_by_them(digits):
    grey = torch.from_numpy(digits.images).flatten(1)
    assert isinstance(warp_for(grey, (8, 8, 1)), Warp)
    alike = photographs(80)
    assert warp_for(alike, COLOUR).mirrors
    one_sided = alike.view(-1, *COLOUR) * torch.linspace(0, 1, COLOUR[1])[:, None]
    assert not warp_for(one_sided.flatten(1), COLOUR).mirrors
