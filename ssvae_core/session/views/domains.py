"""What a page shows of the domains of a session: whose each example is, and how good each is known.

Letters in shapes: N examples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...labels.by_eye import answers, labels_by_eye
from ...labels.history import is_open
from ...review.audit import estimate
from ..session import Session

NO_DOMAIN = 255


def listed(session: Session) -> list[dict[str, Any]]:
    """The domains by name, and how many examples each has; nothing where none are known."""
    return [{"name": name, "n": n} for name, n in session.data.domain_counts()]


def domain_bytes(session: Session) -> NDArray[np.uint8]:
    """The place of every example's domain, NO_DOMAIN where it is not known: (N,)."""
    data = session.data
    if data.domains is None:
        return np.full(len(data), NO_DOMAIN, np.uint8)
    return np.where(data.domains < 0, NO_DOMAIN, data.domains).astype(np.uint8)


def within(session: Session, domain: int | None) -> NDArray[np.bool_]:
    """Which examples are of a domain, by its place; all for None: (N,). UserError for no place."""
    data = session.data
    if domain is None:
        return np.ones(len(data), np.bool_)
    if data.domains is None or not 0 <= domain < len(data.domain_names):
        names = data.domain_names
        known = f"0 to {len(names) - 1}: {', '.join(names)}" if names else "none here"
        raise UserError(f"There is no domain {domain}; there are {known}. Reload the page.")
    return data.domains == domain


def by_domain(
    session: Session,
    classes: NDArray[np.integer] | None = None,
    confidence: NDArray[np.floating] | None = None,
) -> list[dict[str, Any]]:
    """How many of each domain have a label, and how many guesses are right: by key and by audit.

    The key is asked only about examples without a label; the audit is that domain's own, of those
    that were checked in it. None where there is none. `classes` (N,), -1 for no guess, and their
    `confidence` (N,) are the guesses, if not those that the session shows.
    """
    data = session.data
    with session.lock:
        history, held = session.history, dict(session.history.held)
        labels = labels_by_eye(session.labels, history)
        if classes is None and session.guesses is not None and session.probabilities is not None:
            classes, confidence = session.guesses[0], session.probabilities.max(1)
        if classes is not None:
            classes = answers(classes, session.labels, history)
        key, given = session.answer_key(), np.array(list(session.history.given), np.int64)
    found = []
    for place, name in enumerate(data.domain_names):
        inside = within(session, place)
        row: dict[str, Any] = {
            "name": name,
            "n": int(inside.sum()),
            "labelled": int(inside[given].sum()),
            "key": None,
            "audit": None,
        }
        if classes is not None and key is not None:
            asked = inside & (labels < 0) & (key >= 0)
            right = int((classes == key)[asked].sum())
            row["key"] = {"right": right, "of": int(asked.sum())} if asked.any() else None
        if classes is not None:
            checked = {example: label for example, label in held.items() if inside[example]}
            audit = estimate(checked, classes, is_open(labels) & inside, confidence)
            if audit is not None:
                share = audit.guesses
                row["audit"] = {
                    "right": audit.right,
                    "of": audit.of,
                    "share": share.share,
                    "low": share.low,
                    "high": share.high,
                }
        found.append(row)
    return found
