"""What the time machine shows of a session: its moments, and how good the guesses were at each.

Letters in shapes: N examples, C classes that can be given.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import Conflict, NotFound
from ...review import confusion
from ..session import Session
from ..shown_moment import COLUMNS, DRAWINGS, GUESSES, Shown

NOW = "now"  # the name of what is shown at present
NO_CLASS = 252  # in a moment's labels, and above: nobody gave one
OF_OTHERS = "This moment is of another number of images. Choose another."
TITLES = {"truth": "hidden true labels", "labels": "the labels of today"}


def moments(session: Session) -> dict[str, Any]:
    """All that are listed, oldest first, with the learning curve, which may reach further back.

    `hidden` counts those of labels that were undone; `now` is what is shown at present, null while
    there is no guess.
    """
    with session.lock:
        kept, history, snapshot, guesses = (
            session.moments,
            session.history,
            session.snapshot,
            session.guesses,
        )
        listed, now = kept.listed(history), None
        if snapshot is not None and guesses is not None:
            labels = session.labels.astype(np.uint8)
            now = Shown(NOW, snapshot, guesses, labels, session.xy, session.snapshot_at).about
        return {
            "moments": listed,
            "now": now,
            "hidden": kept.n_hidden(history),
            "bytes": kept.n_bytes,
            "curve": [list(point) for point in session.curve.points],
            "against": _options(session),
        }


def guesses_then(session: Session, name: str) -> NDArray[np.uint8]:
    """Classes as they count now, confidences in 255ths and labels of a moment: (3, N).

    255 is the class that was deleted since. NotFound if the moment is gone, Conflict for NOW while
    there is no guess.
    """
    if name == NOW:
        labels, _ = session.label_bytes()
        _, guesses = session.current_guesses()
        return np.stack([*guesses[:2], np.frombuffer(labels, np.uint8)])
    found = session.moments.array(name, GUESSES).copy()
    if found.shape != (3, len(session.data)):
        raise NotFound(OF_OTHERS)
    with session.lock:
        now = session.history.classes
        counts_as = np.arange(256, dtype=np.uint8)
        for number in range(session.history.n_classes):
            resolved = now.resolve(number)
            counts_as[number] = 255 if resolved is None else resolved
    found[0], found[2] = counts_as[found[0]], counts_as[found[2]]
    return found


def drawings_then(session: Session, name: str) -> NDArray[np.uint8]:
    """What was drawn at a moment: (K, columns, H, W, C). NotFound if it is gone."""
    if name == NOW:
        snapshot = session.snapshot
        if snapshot is None or not snapshot.is_by_class:
            raise NotFound("The model draws no classes yet.")
        return snapshot.samples[:, :COLUMNS]
    return session.moments.array(name, DRAWINGS)


def map_then(session: Session, name: str) -> NDArray[np.float32]:
    """The map of a moment: (N, 2), in [0, 1]. NotFound if it is gone."""
    xy = session.xy if name == NOW else session.moments.xy(name)
    if len(xy) != len(session.data):
        raise NotFound(OF_OTHERS)
    return xy


def confusion_then(session: Session, name: str, against: str = "") -> dict[str, Any]:
    """How often each class was guessed as each, of images that had no label then.

    Against the answer key, or where there is none the labels of today. Conflict where neither can
    tell; NotFound if the moment is gone.
    """
    options = [option["name"] for option in _options(session)]
    against = against if against in options else (options or [""])[0]
    guesses, _, labels = guesses_then(session, name)
    with session.lock:
        known = session.answer_key() if against == "truth" else session.labels.astype(np.int64)
        classes = [each.id for each in session.history.classes.active]
    if not against or known is None:
        raise Conflict("There is nothing to compare with yet. Label a few more images.")
    compared = (labels >= NO_CLASS) & (known >= 0)
    found = confusion.matrix(known[compared], guesses[compared].astype(np.int64), classes)
    return {
        "against": against,
        "title": TITLES[against],
        "classes": classes,
        "counts": found.counts.tolist(),
        "n": found.n,
        "right": int(np.trace(found.counts)),
    }


def _options(session: Session) -> list[dict[str, str]]:
    """What the guesses can be compared with."""
    names = (["truth"] if session.data.answer_key is not None else []) + ["labels"]
    return [{"name": name, "title": TITLES[name]} for name in names]
