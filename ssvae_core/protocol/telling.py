"""From what a core holds to messages, and from several messages to what a core takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .messages import Answer, Labels, Message, Snapshot


def merged(messages: Iterable[Message], cursor: int) -> tuple[Labels | None, bool]:
    """All labels among the messages that follow from event `cursor`, as one message, or None.

    Duplicates are passed over, and so is what comes after a gap; the bool says that there is one.
    """
    classes: dict[int, int] = {}
    first, n_classes, undone_from, is_gap = cursor, 0, 0, False
    for some in messages:
        if not isinstance(some, Labels) or some.to_seq <= cursor:
            continue
        if some.from_seq > cursor:
            is_gap = True
            continue
        classes.update(zip(some.examples.tolist(), some.classes.tolist(), strict=True))
        n_classes = max(n_classes, some.n_classes)
        undone_from = min(filter(None, (undone_from, some.undone_from)), default=0)
        cursor = some.to_seq
    if cursor == first:
        return None, is_gap
    examples = np.fromiter(classes.keys(), np.int32, len(classes))
    values = np.fromiter(classes.values(), np.int16, len(classes))
    return Labels(first, cursor, examples, values, n_classes, undone_from), is_gap


def snapshot(generation: int, rev: int, content: Any) -> Snapshot:
    """What a core's snapshot holds, as a message."""
    return Snapshot(
        generation,
        rev,
        content.step,
        content.label_seq,
        content.n_labels,
        content.predicted_by,
        content.map_version,
        content.moved,
        {name: float(value) for name, value in content.terms.items()},
        content.samples,
        content.probabilities,
        content.xy,
        content.undecided,
        content.disagree,
        content.anomaly,
    )


def answer(number: int, content: Any) -> Answer:
    """What a core answers, as a message."""
    return Answer(
        number, "", dict(content.facts), content.examples, content.numbers, content.images
    )
