"""Which encoder a session on a data set sees its images by."""

from __future__ import annotations

from ..data import Dataset
from ..errors import UserError
from . import CONTRASTIVE, chosen_encoder, encoder_beside


def wanted_encoder(data: Dataset) -> str:
    """The pretrained encoder that a data set is to be seen by; "" where there is none.

    One that cannot see such examples is named as well: to open it says why.
    """
    try:
        choice = chosen_encoder(data.encoder, data.shape, data.features is not None)
    except UserError:
        return data.encoder
    return "" if choice == CONTRASTIVE else choice


def wanted_beside(data: Dataset) -> str:
    """The pretrained encoder whose features come beside what is learned; "" where there is none."""
    return encoder_beside(data.encoder, data.shape, data.features is not None)


def any_encoder(data: Dataset, has_starter: bool = False) -> str:
    """The one or the other; none comes beside where what is learned ships with the images."""
    return wanted_encoder(data) or ("" if has_starter else wanted_beside(data))
