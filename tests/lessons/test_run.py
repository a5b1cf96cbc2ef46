import dataclasses

import numpy as np
import pytest

from ssvae_core.data import Dataset
from ssvae_core.errors import UserError
from ssvae_core.lessons.run import run


def images(key=True):
    draws = np.random.default_rng(0)
    answers = draws.integers(0, 2, 120) if key else None
    return Dataset(
        "few", "Few", draws.integers(0, 255, (120, 8, 8, 1), np.uint8), ("a", "b"), answers
    )


def test_it_tells_how_far_it_is_to_the_end():
    told = []
    run("collapse", 1, data=images(), share=0.01, report=lambda *each: told.append(each))
    assert told[0][0] == 0
    assert told[-1] == (1.0, "done")
    assert [share for share, _ in told] == sorted(share for share, _ in told)


def test_a_class_can_run_it_on_its_own_images_with_and_without_known_classes():
    for key in (True, False):
        finding = run("collapse", 4, data=images(key), share=0.02)
        assert finding.n_images <= 100
        assert {figure["kind"] for figure in finding.figures} == {"scatter", "bars", "pictures"}


def test_an_unknown_lesson_and_an_unknown_place_are_told():
    with pytest.raises(UserError, match="Unknown lesson"):
        run("flying", 1)
    with pytest.raises(UserError, match="has no state"):
        run("collapse", 3)


def test_what_is_told_of_classes_is_told_of_those_that_are_known_alone(digits):
    """Of images half of which nobody named."""
    key = np.where(np.arange(300) % 2, digits.answer_key, -1)
    half = dataclasses.replace(digits, answer_key=key, identity=digits.fingerprint)
    finding = run("style", 1, 2, data=half, share=0.02)
    assert finding.n_images <= 150
    assert "guessing would be right for 10 %" in finding.said
    assert {"right", "slant"} == set(finding.measured)
    few = dataclasses.replace(images(), answer_key=np.zeros(120, np.int64))
    with pytest.raises(UserError, match="more images whose classes are known"):
        run("style", 1, 2, data=few, share=0.02)


def test_labels_spread_on_other_images_than_the_digits(digits):
    finding = run("beside", 3, data=digits, share=0.02)
    assert 0 <= finding.measured["wrong"] < finding.measured["nearest"] + 20
