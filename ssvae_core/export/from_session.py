"""What a session has to export: the one place that knows both sides."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..data import Dataset
from ..importing.original_files import OriginalFiles
from ..labels.by_eye import answers, labels_by_eye
from ..labels.history import JUNK, SKIPPED, UNSURE, History, is_open
from ..review.audit import estimate
from ..review.confusion import AGAINST, matrix
from ..session.session import Session
from ..session.views.domains import by_domain
from .content import (
    Accuracy,
    ClassInfo,
    ExampleState,
    ExportedGuesses,
    Labelled,
    Said,
    Samples,
    Story,
    best_guesses,
)

STATES: dict[int, ExampleState] = {UNSURE: "unsure", JUNK: "junk", SKIPPED: "skipped"}


def content_of(session: Session) -> Labelled:
    """All of a session that can be exported, as it stands now; the model apart."""
    with session.lock:
        row, data, snapshot, history = session.row, session.data, session.snapshot, session.history
        content = Labelled(
            session_id=row.id,
            session=row.name,
            data=data.name,
            title=data.title,
            fingerprint=data.fingerprint,
            values=data.images,
            classes={
                known.id: ClassInfo(known.name, known.colour) for known in history.classes.active
            },
            said=_said(history),
            file_names=data.file_names,
            domain_names=data.domain_names,
            domains=data.domains,
            by_domain=tuple(by_domain(session)),
            columns=data.columns,
            texts=data.texts,
            text_encoder=data.text_encoder,
            text_encoder_file=data.text_encoder_file,
            original=data.original if data.originals else None,
            **_originals(data),
            seq=history.seq,
            story=_story(session),
        )
        if snapshot is None or session.probabilities is None:
            return content
        guesses = ExportedGuesses(
            *best_guesses(session.probabilities),
            row.model,
            snapshot.label_seq,
            snapshot.step,
            session.snapshot_at,
            snapshot.predicted_by,
        )
        return judged(content, session, guesses)


def _originals(data: Dataset) -> dict[str, Any]:
    """The sizes of the images as they came, and where to find them again."""
    if data.provenance is None or data.kind != "image" or data.file_names is None:
        return {}
    return {
        "original_sizes": data.provenance.sizes,
        "original_files": OriginalFiles(data.file_names, data.provenance),
    }


def judged(content: Labelled, session: Session, guesses: ExportedGuesses) -> Labelled:
    """The content with these guesses, and how right they are by an audit and by an answer key.

    The key is asked only about examples that nobody labelled by eye: of the others the model has
    been told. What was named with its group is taken for that.
    """
    key, story, history = session.answer_key(), content.story, session.history
    by_eye = labels_by_eye(session.labels, history)
    eligible = is_open(by_eye)
    taken_for = answers(guesses.classes, session.labels, history)
    found = estimate(history.held, taken_for, eligible, guesses.confidence)
    audit = None
    if found is not None:
        share = found.guesses
        audit = Accuracy(share.share, found.of, share.low, share.high)
    judged_by = tuple(by_domain(session, guesses.classes, guesses.confidence))
    content = dataclasses.replace(content, guesses=guesses, audit=audit, by_domain=judged_by)
    if key is None or story is None:
        return content
    seen = (by_eye < 0) & (taken_for >= 0) & (key >= 0)
    right, said = key[seen], taken_for[seen]
    truth = Accuracy(float((right == said).mean()), int(seen.sum())) if seen.any() else None
    compared = matrix(right, said, tuple(content.classes))
    story = dataclasses.replace(story, matrix=compared, compared_with=AGAINST["truth"])
    return dataclasses.replace(content, truth=truth, story=story)


def _said(history: History) -> dict[int, Said]:
    """What stands of every example that anybody said something about."""
    said: dict[int, Said] = {}
    for example in history.voted:
        value, done, votes = history.value(example), history.standing(example), {}
        if done is None or (value < 0 and value not in STATES):
            continue
        label, state = (value, None) if value >= 0 else (None, STATES[value])
        is_by_group = example in history.by_group
        if not is_by_group and history.votes(example) != {done.annotator: label}:
            votes = history.votes(example)
        is_audit = example in history.held
        said[example] = Said(label, state, done.annotator, done.at, votes, is_audit, is_by_group)
    return dict(sorted(said.items()))


def _story(session: Session) -> Story:
    """The session's past: samples of milestones and of now, and the learning curve."""
    snapshot, row = session.snapshot, session.row
    samples = [Samples(f"{n} labels", images) for n, images in session.sample_history.kept]
    if snapshot is not None and snapshot.is_by_class and not snapshot.blank.all():
        samples.append(Samples(f"{snapshot.n_labels} labels, now", snapshot.samples))
    return Story(
        session.xy,
        tuple(samples),
        tuple(session.curve.points),
        settings={"model": row.model, "seed": row.seed, **row.config},
    )
