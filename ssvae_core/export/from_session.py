"""What a session has to export: the one place that knows both sides."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..session import Session
from .content import (
    ClassInfo,
    Estimate,
    Guesses,
    Labelled,
    Matrix,
    Said,
    Samples,
    Story,
    best_guesses,
)


def content_of(session: Session) -> Labelled:
    """All of a session that can be exported, as it stands now; the model apart."""
    row, data, snapshot = session.row, session.data, session.snapshot
    state = session.state()
    content = Labelled(
        session_id=row.id,
        session=row.name,
        data=data.name,
        title=data.title,
        fingerprint=data.fingerprint,
        values=data.images,
        classes={k: ClassInfo(name) for k, name in enumerate(row.classes)},
        said=_said(session),
        seq=state["labels"]["seq"],
        story=_story(session),
    )
    if snapshot is None or session.probabilities is None:
        return content
    guesses = Guesses(
        *best_guesses(session.probabilities),
        row.model,
        snapshot.label_seq,
        snapshot.step,
        state["snapshot"]["made_at"],
        snapshot.speaker,
    )
    return judged(content, session, guesses)


def judged(content: Labelled, session: Session, guesses: Guesses) -> Labelled:
    """The content with these guesses, and how right they are where there is an answer key.

    Only examples without a label count: the others have been told.
    """
    key, story = session.data.answer_key, content.story
    ids = tuple(content.classes)
    if key is None or story is None:
        return dataclasses.replace(content, guesses=guesses)
    seen = (session.labels < 0) & (guesses.classes >= 0)
    right, said = key[seen], guesses.classes[seen]
    truth = Estimate(float((right == said).mean()), int(seen.sum())) if seen.any() else None
    counts = np.array([[((right == a) & (said == b)).sum() for b in ids] for a in ids], np.int64)
    story = dataclasses.replace(story, matrix=Matrix("hidden true labels", ids, counts))
    return dataclasses.replace(content, guesses=guesses, truth=truth, story=story)


def _said(session: Session) -> dict[int, Said]:
    said: dict[int, Said] = {}
    for done in session._history.undoable:
        for example in done.examples:
            said[example] = Said(label=done.label, at=done.at)
    return {example: each for example, each in said.items() if each.label is not None}


def _story(session: Session) -> Story:
    snapshot, metrics = session.snapshot, session._store.metrics(session.row.id)
    groups = [group for group in session.state()["samples"] if group["by_class"]]
    return Story(
        session.xy,
        tuple(Samples(group["title"], session.samples(group["id"])) for group in groups),
        tuple((point.n_labels, point.accuracy) for point in metrics),
        settings={
            "model": session.row.model,
            "seed": session.row.seed,
            "steps": snapshot.step if snapshot else None,
            **session.row.config,
        },
    )
