"""The side, the fit and the scale that all images of a data set share."""

import pytest

from ssvae_core.importing.pixel_policy import (
    SIDES,
    ImageFacts,
    Policy,
    nearest_side,
    settled,
)


@pytest.mark.parametrize(
    ("sides", "chosen"),
    [([28] * 9, 28), ([8], 8), ([32], 32), ([50], 48), ([24, 29, 64], 28), ([4000], 64), ([3], 8)],
)
def test_the_side_is_the_friendly_one_nearest_to_the_median(sides, chosen):
    assert nearest_side(sides) == chosen
    assert nearest_side([]) in SIDES


def test_images_of_one_proportion_are_stretched_and_others_padded():
    photos = [ImageFacts(30, 40, True), ImageFacts(300, 400, True)]
    assert settled(Policy(), photos).fit == "resize"
    assert settled(Policy(), [*photos, ImageFacts(400, 300, True)]).fit == "pad"
    assert settled(Policy(fit="crop"), photos).fit == "crop"


@pytest.mark.parametrize(
    "wrong", [{"side": 3}, {"side": 257}, {"fit": "squash"}, {"channels": "x"}]
)
def test_a_policy_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must be|Expected one of"):
        Policy(**wrong)
