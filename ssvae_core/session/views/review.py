"""What the review page shows of a session, as JSON: the audit, the matrix, and what may be wrong.

The mathematics is in review/; here it meets a session's labels, guesses and trainer.

Letters in shapes: N examples, n of them compared, K classes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import Conflict, Unavailable, UserError
from ...labels.by_eye import answers as answers_of
from ...labels.by_eye import grouped, labels_by_eye
from ...labels.history import SKIPPED, UNSURE, is_open
from ...review import confusion
from ...review.agreement import Agreement, agreement
from ...review.audit import Estimate, draw, estimate
from ...review.label_errors import doubts
from ...review.novel_classes import MIN_LABELS_FOR_GROUPS, groups
from ..model_queries import CHECKS_WITHIN
from ..session import Session
from .domains import by_domain, within

ROWS = {"truth": "true class", "audit": "what you said", "labels": "your label"}
EMPTY = {
    "truth": "There is no guess to compare yet. Label a few images first.",
    "audit": "Nothing was checked yet. Press the button on the left to check some random images.",
    "labels": "There are too few labels to hide one and guess it from the others.",
}
MOST_ITEMS = 200

Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Compared:
    """Examples with a class that is known, and what is guessed: all (n,)."""

    examples: Ints
    known: Ints
    guesses: Ints
    confidence: NDArray[np.floating]


@dataclass(frozen=True)
class OutOfFold:
    """The labelled examples, and what the other labels say of each: (n,), (n,), (n, K), (n, K)."""

    examples: Ints
    given: Ints
    probabilities: NDArray[np.float32]
    bounds: NDArray[np.float32]


class Inspection:
    """Of one session; what is costly is kept until a label changes it."""

    def __init__(self, session: Session):
        """Look at this session."""
        self.session = session
        self._lock = threading.Lock()
        self._out_of_fold: tuple[int, OutOfFold] | None = None

    def audit(self, n: int, domain: int | None = None) -> dict[str, Any]:
        """The estimate of the audit so far, and the examples to ask about next; or of a domain's.

        UserError where there is no such domain.
        """
        session, inside = self.session, within(self.session, domain)
        with session.lock:
            eligible = is_open(labels_by_eye(session.labels, session.history)) & inside
            held = {k: label for k, label in session.history.held.items() if inside[k]}
            by_eye = session.history.labels.keys() - session.history.by_group
            n_labels = int(inside[list(by_eye)].sum())
            guesses, probabilities = _answers(session), session.probabilities
        confidence = None if probabilities is None else probabilities.max(1)
        asked = draw(n, eligible, confidence, seed=session.row.seed, already=held)
        found: dict[str, Any] = {"audit": None, "next": asked.tolist(), "domain": domain}
        found["by_domain"] = by_domain(session)
        if guesses is None:
            return found
        audit = estimate(held, guesses, eligible, confidence, n_labels=n_labels, more=20)
        if audit is None:
            return found
        total = int(eligible.sum()) + len(held) + n_labels
        found["audit"] = {
            "right": audit.right,
            "of": audit.of,
            "guesses": _estimate(audit.guesses),
            "exported": {**_estimate(audit.exported), "n": total},
            "method": audit.method,
            "more": audit.more,
            "narrowed": audit.narrowed,
            "by_class": [
                {"class": label, "right": right, "of": of}
                for label, (right, of) in audit.by_class.items()
            ],
        }
        return found

    def matrix(self, against: str = "") -> dict[str, Any]:
        """How often each class is guessed as each, against what is known; "" is the best there is.

        UserError for an unknown name.
        """
        options = self._options()
        against = against or options[0]
        compared = self._compared(against)
        classes = [known.id for known in self.session.history.classes.active]
        found = confusion.matrix(compared.known, compared.guesses, classes)
        return {
            "against": against,
            "options": [{"name": name, "title": confusion.AGAINST[name]} for name in options],
            "rows": ROWS[against],
            "empty": EMPTY[against],
            "classes": classes,
            "counts": found.counts.tolist(),
            "n": found.n,
        }

    def cell(self, against: str, row: int, column: int) -> dict[str, Any]:
        """The examples of a cell, surest mistakes first; on the diagonal, least sure first."""
        of = self._compared(against)
        images = confusion.cell(
            of.examples, of.known, of.guesses, of.confidence, row=row, column=column
        )
        if row == column:
            images = images[::-1]
        items = [{"example": one.example, "p": one.confidence} for one in images[:MOST_ITEMS]]
        return {"n": len(images), "items": items}

    def doubts(self) -> dict[str, Any]:
        """Labels that the others contradict, worst first. UserError while the trainer is away."""
        of, history = self._folds(), self.session.history
        with self.session.lock:
            kept = {int(example) for example in of.examples if history.is_kept(int(example))}
            found = doubts(of.examples, of.given, of.probabilities, of.bounds, kept=kept)
            items = []
            for doubt in found[:MOST_ITEMS]:
                done = history.standing(doubt.example)
                items.append(
                    {
                        "example": doubt.example,
                        "label": doubt.given,
                        "fits": doubt.best,
                        "gap": doubt.gap,
                        "by_bound": doubt.by_bound,
                        "by_group": doubt.example in history.by_group,
                        "who": "" if done is None else done.annotator,
                        "at": 0.0 if done is None else done.at,
                    }
                )
        return {"checked": int(np.isfinite(of.probabilities).all(1).sum()), "items": items}

    def disagreements(self) -> dict[str, Any]:
        """Examples that people disagree about and nobody settled, worst first; their agreement."""
        session = self.session
        with session.lock:
            history, guesses = session.history, session.guesses
            votes = {example: history.votes(example) for example in history.voted}
            said = {example: history.standing(example) for example in votes}
        sure = {} if guesses is None else {e: float(guesses[1, e]) / 255 for e in votes}
        found = agreement(votes, sure)
        settled = {e for e, done in said.items() if done is not None and done.kind == "settle"}
        items = [
            {
                "example": one.example,
                "votes": [{"who": who, "class": label} for who, label in one.votes.items()],
                "counts_as": history.labels.get(one.example),
            }
            for one in found.disagreements
            if one.example not in settled
        ]
        people = {who for of in votes.values() for who in of}
        return {
            "items": items[:MOST_ITEMS],
            "agreement": {"people": len(people), "words": in_words(found)},
        }

    def groups(self) -> dict[str, Any]:
        """Crowds of skipped or unsure images that no class explains, largest first."""
        session = self.session
        with session.lock:
            labels, atlas = session.labels.copy(), session.atlas
        labelled, unnamed = labels >= 0, (labels == SKIPPED) | (labels == UNSURE)
        found = groups(atlas.neighbours, atlas.distances, labelled, unnamed)
        items = []
        for group in found:
            examples = list(dict.fromkeys((*group.unnamed, *group.examples)))
            items.append({"example": examples[0], "examples": examples, "why": group.why})
        return {"items": items, "ready": int(labelled.sum()) >= MIN_LABELS_FOR_GROUPS}

    def _options(self) -> list[str]:
        session = self.session
        return [
            *(["truth"] if session.data.answer_key is not None else []),
            *(["audit"] if session.history.held or session.data.answer_key is None else []),
            "labels",
        ]

    def _compared(self, against: str) -> Compared:
        """What is known and what is guessed of the same examples."""
        if against not in confusion.AGAINST:
            raise UserError(f"Unknown '{against}'. Choose one of: {', '.join(confusion.AGAINST)}.")
        if against == "labels":
            of = self._folds()
            with self.session.lock:
                named = grouped(self.session.history)
            judged = np.isfinite(of.probabilities).all(1) & ~np.isin(of.examples, named)
            shares = of.probabilities[judged]
            return Compared(of.examples[judged], of.given[judged], shares.argmax(1), shares.max(1))
        session = self.session
        with session.lock:
            guesses, key, held = session.guesses, session.answer_key(), dict(session.history.held)
            by_eye, answers = labels_by_eye(session.labels, session.history), _answers(session)
            unlabelled = np.flatnonzero(by_eye < 0)
        if guesses is None or answers is None:
            return Compared(*(np.empty(0, np.int64),) * 3, np.empty(0, np.float32))
        if against == "audit":
            examples, known = np.array(list(held), int), np.array(list(held.values()), int)
        elif key is not None:
            examples, known = unlabelled, key[unlabelled]
        else:
            raise Conflict("This data set has no hidden true labels. Compare with your labels.")
        return Compared(examples, known, answers[examples], guesses[1, examples] / 255)

    def _folds(self) -> OutOfFold:
        """What the labels say of each other, asked of the trainer once a label has changed."""
        if not self._lock.acquire(timeout=CHECKS_WITHIN):  # who came first has not been answered
            raise Unavailable("The trainer did not answer in time. Try again.")
        try:
            return self._newest_folds()
        finally:
            self._lock.release()

    def _newest_folds(self) -> OutOfFold:
        seq = self.session.history.seq
        if self._out_of_fold is None or self._out_of_fold[0] != seq:
            checks = self.session.trainer.queries.check_labels()
            with self.session.lock:
                labels = self.session.history.labels
                given = np.array([labels.get(int(one), -1) for one in checks.examples], int)
            known = given >= 0  # a label may have been taken back meanwhile
            found = OutOfFold(
                checks.examples[known],
                given[known],
                checks.propagated[known],
                checks.bounds[known],
            )
            if len(given) != len(labels):  # the trainer has not heard of all of them yet
                return found
            self._out_of_fold = seq, found
        return self._out_of_fold[1]


def _answers(session: Session) -> Ints | None:
    """What unseen examples are taken for, (N,), None before there is a guess."""
    if session.guesses is None:
        return None
    return answers_of(session.guesses[0], session.labels, session.history)


def in_words(found: Agreement) -> str:
    """How far people agree: "Cohen's kappa 0.91 between Ann and Ben, on 44 images"."""
    if not found.pairs:
        return "Only one person has labelled."
    if len(found.pairs) > 1 and found.fleiss is not None:
        return (
            f"Fleiss' kappa {found.fleiss:.2f} over all people, "
            f"on {found.n_doubly} images with as many votes each"
        )
    if len(found.pairs) > 1 and found.overall is not None:
        return (
            f"Krippendorff's alpha {found.overall:.2f} over all people, "
            f"on {found.n_doubly} images with two votes or more"
        )
    pair = max(found.pairs, key=lambda one: one.n)
    names = " and ".join(person or "somebody" for person in pair.people)
    if pair.kappa is None:
        return f"{names}: {pair.why}"
    return f"Cohen's kappa {pair.kappa:.2f} between {names}, on {pair.n} images"


def _estimate(one: Estimate) -> dict[str, float]:
    return {"share": one.share, "low": one.low, "high": one.high}
