"""Which encoder a session on a data set sees its images by."""

from __future__ import annotations

from ..data import Dataset
from ..errors import UserError
from . import AUTO, CONTRASTIVE, chosen_encoder

SMALL_GREY = 32  # pixels a side, at most


def wanted_encoder(data: Dataset) -> str:
    """The pretrained encoder that a data set is to be seen by; "" where there is none.

    Small grey images have none unless it was chosen: what is learned on them leads there. One that
    cannot see such examples is named as well: to open it says why.
    """
    is_grey = len(data.shape) == 3 and data.shape[2] == 1
    is_undecided = data.encoder == AUTO and data.features is None
    if is_undecided and is_grey and max(data.shape) <= SMALL_GREY:
        return ""
    try:
        choice = chosen_encoder(data.encoder, data.shape, data.features is not None)
    except UserError:
        return data.encoder
    return "" if choice == CONTRASTIVE else choice
