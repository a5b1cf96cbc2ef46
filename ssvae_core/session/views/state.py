"""What a page shows of a session, as JSON. What is large has a version here and its own route."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ...labels.history import JUNK, SKIPPED, UNSURE, History
from ...labels.wording import in_words
from ...options.catalogue import CATALOGUE, without_domains
from ...options.options import menus
from ..autoencoder_choice import autoencoder_menu
from ..session import Session
from .domains import listed
from .typing_speed import pace

LONGEST_LIST = 500  # operations


def state(session: Session, person: str = "") -> dict[str, Any]:
    """All that is small, as this person sees it."""
    with session.lock:
        history, row, data = session.history, session.row, session.data
        undoable, redoable = history.undoable(person), history.redoable(person)
        return {
            "version": session.version,
            "session": {
                "id": row.id,
                "name": row.name,
                "model": row.model,
                "model_title": CATALOGUE[row.model].title,
                "created": row.created,
            },
            "choices": {
                **menus(session.options, data.shape, row.model),
                "autoencoder": autoencoder_menu(session.options.autoencoder, data.shape),
            },
            "data": {
                "name": data.name,
                "title": data.title,
                "fingerprint": data.fingerprint,
                "n": len(data),
                "kind": data.kind,
                "are_texts": data.texts is not None,
                "has_columns": data.columns is not None,
                "shape": list(data.pictures.shape[1:]),
                "domains": listed(session),
            },
            "classes": _classes(session),
            "labels": {
                "seq": history.seq,
                "n": len(history.given),
                "held": len(history.held),
                **_counts(history),
                "saved_at": session.saved_at,
            },
            "person": person,
            "people": people(session),
            "pace": pace(history, person),
            "undo": in_words(undoable[-1], history.classes) if undoable else None,
            "redo": in_words(redoable[-1], history.classes) if redoable else None,
            "map": {"version": session.map_version, "moved": session.moved},
            "snapshot": _snapshot(session),
            "accuracy": session.accuracy,
            "samples": session.sample_history.listed(session.snapshot),
            "curve": session.curve.version,
            "trainer": _trainer(session),
        }


def people(session: Session) -> list[dict[str, Any]]:
    """Who labelled, and how many examples each, most first."""
    with session.lock:
        counts: Counter[str] = Counter()
        for done in session.history.operations:
            if done.stands and done.examples:
                counts[done.annotator] += len(done.examples)
    return [{"name": name, "n": n} for name, n in counts.most_common()]


def operations(session: Session, person: str, n: int) -> dict[str, Any]:
    """What was done, newest first, whether it stands, and how many steps lead there.

    `steps` is how often the asking person must undo (below 0: redo) until an operation is their
    last that stands; None for what others did, and for what was undone and cannot come back.
    """
    with session.lock:
        history = session.history
        steps = _steps(history, person)
        newest = history.operations[: -min(n, LONGEST_LIST) - 1 : -1]
        return {
            "n": len(history.operations),
            "to_the_beginning": len(history.undoable(person)),
            "operations": [
                {
                    "op_id": done.op_id,
                    "at": done.at,
                    "who": done.annotator,
                    "kind": done.kind,
                    "words": in_words(done, history.classes),
                    "n": len(done.examples),
                    "example": done.examples[0] if done.examples else None,
                    "class": done.label,
                    "standing": done.stands,
                    "yours": done.annotator == person,
                    "steps": steps.get(done.op_id),
                }
                for done in newest
            ],
        }


def _steps(history: History, person: str) -> dict[str, int]:
    """Undos (below 0: redos) to each operation of a person that they can go to."""
    back = {done.op_id: n for n, done in enumerate(reversed(history.undoable(person)))}
    forth = {done.op_id: -n for n, done in enumerate(reversed(history.redoable(person)), 1)}
    return back | forth


def _classes(session: Session) -> list[dict[str, Any]]:
    """The classes that can be given, in the order of their keys."""
    classes = session.history.classes
    counts, glyphs = Counter(session.history.given.values()), classes.glyphs()
    return [
        {
            "id": known.id,
            "name": known.name,
            "key": classes.key(known.id),
            "glyph": glyphs[known.id],
            "colour": known.colour,
            "count": counts[known.id],
        }
        for known in classes.active
    ]


def _counts(history: History) -> dict[str, int]:
    counts = Counter(history.states.values())
    return {"unsure": counts[UNSURE], "junk": counts[JUNK], "skipped": counts[SKIPPED]}


def _trainer(session: Session) -> dict[str, Any]:
    """Its state, and in `epochs` how often its steps have gone through all images."""
    told = session.trainer.state()
    without = without_domains(session.row.model, len(session.data.domain_names))
    said = told["message"], without, *session.notes
    told["message"] = " ".join(each for each in said if each)
    n_unlabelled = session.options.batch_of(CATALOGUE[session.row.model].batch)[1]
    return {**told, "epochs": told["step"] * n_unlabelled / len(session.data)}


def _snapshot(session: Session) -> dict[str, Any] | None:
    snapshot = session.snapshot
    if snapshot is None or session.guesses is None:
        return None
    return {
        "rev": session.snapshot_name,
        "label_seq": snapshot.label_seq,
        "n_labels": snapshot.n_labels,
        "made_at": session.snapshot_at,
        "predicted_by": snapshot.predicted_by,
        "graph": snapshot.graph,
        "about_graph": snapshot.about_graph,
    }
