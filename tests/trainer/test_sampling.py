"""Samples of classes: by the seed and the class alone, and blank where they are no pictures."""

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.protocol.queries_from_elsewhere import SampleClasses
from ssvae_core.training.drawing_guard import DrawingGuard
from tests.support.small_core import ask, learned_core, make_core, none_rejected, snapshot


@pytest.fixture
def core(digits, starter, tmp_path, monkeypatch):
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)
    core = learned_core(digits, starter, tmp_path, classes=range(9))
    snapshot(core)  # which remembers the codes that draws come from
    return core


def drawn(core, *classes, n=4, seed=1, **how):
    return ask(core, SampleClasses, classes=np.array(classes, np.int16), n=n, seed=seed, **how)


def test_a_class_is_drawn_by_its_seed_whatever_is_drawn_beside_it(core):
    both, alone = drawn(core, 3, 5), drawn(core, 5)
    assert both.images.shape == (2, 4, 8, 8, 1)
    assert np.array_equal(both.images[1], alone.images[0])
    assert not np.array_equal(drawn(core, 5, seed=2).images, alone.images)
    assert len(np.unique(alone.images[0].reshape(4, -1), axis=0)) == 4


def test_they_differ_more_the_warmer_they_are(core):
    spread = [
        np.mean([drawn(core, 3, n=40, seed=s, temperature=t).images[0].std(0) for s in range(5)])
        for t in (0.0, 1.0, 3.0)
    ]
    assert spread[0] < spread[1] < spread[2]


def test_means_are_of_random_styles(core):
    assert not np.array_equal(drawn(core, 3, mean=True).images, drawn(core, 3).images)


def test_a_class_without_labels_is_left_blank(core):
    found = drawn(core, 9, 0)
    assert found.undrawn.tolist() == [[1] * 4, [0] * 4]
    assert not found.images[0].any()
    assert found.images[1].any()


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"classes": (12,)}, "number from 0 to 9"),
        ({"n": 0}, "1 to 1000 images"),
        ({"n": 600, "classes": (1, 2)}, "1 to 1000 images"),
        ({"temperature": -1.0}, "from 0 to 10"),
        ({"temperature": float("nan")}, "from 0 to 10"),
    ],
)
def test_what_cannot_be_drawn_is_said(core, about, said):
    about = {"classes": (1,), **about}
    with pytest.raises(UserError, match=said):
        drawn(core, *about.pop("classes"), **about)


def test_before_it_draws_classes_it_says_so(digits, starter, tmp_path):
    with pytest.raises(UserError, match="draws no classes yet"):
        drawn(make_core("m1m2", digits, starter, tmp_path), 1)
