"""How right the classes in an export are, by the audit."""

from __future__ import annotations

from ..labels.by_eye import answers, labels_by_eye
from ..labels.history import is_open
from ..review.audit import Estimate, estimate
from ..session.session import Session
from .rows import ExportOptions


def audited(session: Session, options: ExportOptions) -> tuple[Estimate, int] | None:
    """The share that is right of what would be exported, and how many checked examples say so.

    Only checked examples that the model is as sure of are asked: among these the draw was as
    random. A person's labels count as right. None without an audit, and where only labels go out.
    """
    if options.what == "labels":
        return None
    with session.lock:
        history, probabilities, guesses = session.history, session.probabilities, session.guesses
        if probabilities is None or guesses is None:
            return None
        confidence = probabilities.max(1)
        sure = confidence >= options.min_confidence
        checked = {k: label for k, label in history.held.items() if sure[k]}
        n_labels = len(history.labels) - len(history.by_group)
        eligible = is_open(labels_by_eye(session.labels, history)) & sure
        taken_for = answers(guesses[0], session.labels, history)
    found = estimate(checked, taken_for, eligible, confidence, n_labels=n_labels)
    if found is None:
        return None
    return (found.guesses if options.what == "guesses" else found.exported), found.of
