"""What a page shows of images from elsewhere: drawn by hand, dropped, or by the model.

Letters in shapes: H, W, C an example's height, width and channels, k classes, n images of each.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...importing.new_image import how_made, new_image
from ..session import Session
from .labelling import likeliest

FAR = 1.5  # times the usual distance to a nearest neighbour, from which an image is like no other


def placed(session: Session, name: str, content: bytes | NDArray[np.uint8]) -> dict[str, Any]:
    """An image as the model sees it, its place, its guess, its redrawing and its codes, as JSON.

    A file, or pixels (h, w, C); a file is kept, and `kept` names it. UserError if it is no image,
    or the trainer is away.
    """
    new = new_image(session.data, name, content)
    kept = session.dropped.keep(content) if isinstance(content, bytes) else ""
    found = session.trainer.queries.place(new.image, new.photo)
    with session.lock:
        resolve = session.history.classes.resolve
        guesses = [
            each for each in likeliest(found.probabilities) if resolve(each["class"]) is not None
        ]
    return {
        "image": _text(new.image),
        "kept": kept,
        "done": list(new.done),
        "guesses": guesses,
        "xy": found.xy[0].tolist(),
        "nearest": [
            {"example": int(example), "distance": float(distance)}
            for example, distance in zip(found.nearest, found.distances, strict=True)
        ],
        "is_far": bool(found.distances[0] > FAR * found.usual_distance),
        "redrawn": _text(found.redrawn) if len(found.redrawn) else None,
        "code": found.code.tolist(),
        "variance": found.variance.tolist(),
        "style": found.style.tolist(),
        "unseen": found.unseen,
    }


def framing(session: Session) -> dict[str, Any]:
    """What there is to draw on: `is_dark`, `box` or None, see Making; neither of vectors."""
    if session.data.kind != "image":
        return {"kind": session.data.kind}
    found = how_made(session.data)
    box = found.box if found.is_laid_by_mass else None
    return {"kind": "image", "is_dark": found.is_light_on_dark, "box": box}


def sampled(
    session: Session,
    classes: NDArray[np.integer],
    n: int,
    seed: int,
    temperature: float = 1.0,
    mean: bool = False,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """New images of classes (k, n, H, W, C), and which are no pictures (k, n).

    UserError if the model draws none, or the trainer is away.
    """
    found = session.trainer.queries.sample(classes, n, seed, temperature, mean)
    return found.images, found.undrawn


def _text(pixels: NDArray[np.uint8]) -> str:
    return base64.b64encode(pixels.tobytes()).decode()
