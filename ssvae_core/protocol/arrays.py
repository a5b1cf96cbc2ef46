"""The arrays that messages hold: each annotation says of which dtype, along how many axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Holds:
    """What an array field holds: values of this dtype, along one of these numbers of axes."""

    dtype: str
    n_axes: tuple[int, ...]


Examples = Annotated[NDArray[np.int32], Holds("int32", (1,))]
Classes = Annotated[NDArray[np.int16], Holds("int16", (1,))]
Probabilities = Annotated[NDArray[np.float16], Holds("float16", (2,))]
Places = Annotated[NDArray[np.float32], Holds("float32", (2,))]
Shares = Annotated[NDArray[np.float16], Holds("float16", (1,))]
Halves = Annotated[NDArray[np.float16], Holds("float16", (1, 2))]
Numbers = Annotated[NDArray[np.float32], Holds("float32", (2,))]
Rows = Annotated[NDArray[np.float32], Holds("float32", (3,))]
Amounts = Annotated[NDArray[np.float32], Holds("float32", (1,))]
Image = Annotated[NDArray[np.uint8], Holds("uint8", (3,))]
Flags = Annotated[NDArray[np.uint8], Holds("uint8", (1, 2))]
Images = Annotated[NDArray[np.uint8], Holds("uint8", (4, 5))]
