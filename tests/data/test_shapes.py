"""Shapes: the same every time, and as their factors say."""

import numpy as np
import pytest

from ssvae_core.data.shapes import shapes


def test_shapes_are_the_same_every_time_and_another_seed_draws_others():
    few = shapes(20, 5)
    assert np.array_equal(few.images, shapes(20, 5).images)
    assert not np.array_equal(few.images, shapes(20, 5, seed=1).images)
    assert np.bincount(shapes(100, 0).answer_key).tolist() == [20] * 5


def test_the_factors_of_shapes_are_what_is_seen():
    """The centre of mass is where x and y say, and the area grows with the square of the size."""
    data = shapes(300, 0)
    factors, ink = data.factors, data.images[..., 0] / 255
    assert np.array_equal(factors["shape"], data.answer_key)
    centres = np.arange(32) + 0.5
    mass = ink.sum((1, 2))
    x, y = (ink.sum(1) @ centres) / mass, (ink.sum(2) @ centres) / mass
    assert np.abs(x - factors["x"]).max() < 0.15
    assert np.abs(y - factors["y"]).max() < 0.15
    area = {"circle": np.pi * 0.8**2, "ellipse": np.pi / 2, "square": 1.4**2}
    for place, name in enumerate(data.class_names):
        members = data.answer_key == place
        ratio = mass[members] / factors["size"][members] ** 2
        assert np.ptp(ratio) < 0.12 * ratio.mean()
        if name in area:
            assert ratio.mean() == pytest.approx(area[name], rel=0.02)


def test_the_angle_of_shapes_turns_them():
    """An ellipse's long axis, from its second moments, stands at the angle that it was drawn at."""
    data = shapes(300, 0)
    ellipses = np.flatnonzero(data.answer_key == data.class_names.index("ellipse"))
    rows, columns = np.mgrid[:32, :32] + 0.5
    for example in ellipses:
        ink = data.images[example, ..., 0] / 255
        dx, dy = columns - data.factors["x"][example], rows - data.factors["y"][example]
        xx, yy, xy = ((ink * product).sum() for product in (dx * dx, dy * dy, dx * dy))
        seen = np.arctan2(2 * xy, xx - yy) / 2
        assert abs(np.sin(seen - data.factors["angle"][example])) < 0.15
