"""What a session has to export: the one place that knows both sides."""

from __future__ import annotations

import dataclasses

from ..labels.history import JUNK, NONE, SKIPPED, UNSURE, History
from ..review.audit import estimate
from ..review.confusion import matrix
from ..session import Session, is_open
from .content import (
    ClassInfo,
    Estimate,
    Guesses,
    Labelled,
    Matrix,
    Said,
    Samples,
    State,
    Story,
    best_guesses,
)

STATE_NAMES: dict[int, State] = {UNSURE: "unsure", JUNK: "junk", SKIPPED: "skipped"}


def content_of(session: Session) -> Labelled:
    """All of a session that can be exported, as it stands now; the model apart."""
    row, data, snapshot = session.row, session.data, session.snapshot
    with session.lock:
        table = session.history.classes
        content = Labelled(
            session_id=row.id,
            session=row.name,
            data=data.name,
            title=data.title,
            fingerprint=data.fingerprint,
            values=data.images,
            classes={known.id: ClassInfo(known.name, known.colour) for known in table.active},
            said=_said(session.history),
            file_names=data.file_names,
            original=data.original if data.originals else None,
            seq=session.history.seq,
            story=_story(session),
        )
        probabilities, made_at = session.probabilities, session.snapshot_at
    if snapshot is None or probabilities is None:
        return content
    guesses = Guesses(
        *best_guesses(probabilities),
        row.model,
        snapshot.label_seq,
        snapshot.step,
        made_at,
        snapshot.speaker,
    )
    return judged(content, session, guesses)


def judged(content: Labelled, session: Session, guesses: Guesses) -> Labelled:
    """The content with these guesses, and how right they are as far as that is known.

    By the audit, if there was one, and by the answer key, if there is one: there, only examples
    without a label count, as the others have been told.
    """
    content = dataclasses.replace(content, guesses=guesses, audit=_audited(session, guesses))
    key, story = session.answer_key(), content.story
    ids = tuple(content.classes)
    if key is None or story is None:
        return content
    seen = (session.labels < 0) & (guesses.classes >= 0) & (key >= 0)
    right, said = key[seen], guesses.classes[seen]
    truth = Estimate(float((right == said).mean()), int(seen.sum())) if seen.any() else None
    counts = matrix(right, said, ids).counts
    story = dataclasses.replace(story, matrix=Matrix("hidden true labels", ids, counts))
    return dataclasses.replace(content, truth=truth, story=story)


def _audited(session: Session, guesses: Guesses) -> Estimate | None:
    """How right all exported labels are, by the audit; None without one."""
    with session.lock:
        held, n_labels = dict(session.history.held), len(session.history.labels)
        eligible = is_open(session.labels)
    audit = estimate(held, guesses.classes, eligible, guesses.confidence, n_labels=n_labels)
    if audit is None:
        return None
    exported = audit.exported
    return Estimate(exported.share, audit.of, exported.low, exported.high)


def _said(history: History) -> dict[int, Said]:
    """What people said of each example that anybody said something about."""
    found: dict[int, Said] = {}
    for example in history.voted:
        done, value = history.standing(example), history.value(example)
        if done is None or value == NONE:
            continue
        votes = history.votes(example)
        found[example] = Said(
            label=value if value >= 0 else None,
            state=STATE_NAMES.get(value),
            annotator=done.annotator,
            at=done.at,
            votes=votes if len(votes) > 1 else {},
            is_audit=example in history.held,
        )
    return found


def _story(session: Session) -> Story:
    snapshot = session.snapshot
    groups = [group for group in session.milestones.listed(snapshot) if group["by_class"]]
    return Story(
        session.xy,
        tuple(Samples(group["title"], session.samples(group["id"])) for group in groups),
        tuple(session.curve.points),
        settings={
            "model": session.row.model,
            "seed": session.row.seed,
            "steps": snapshot.step if snapshot else None,
            **session.row.config,
        },
    )
