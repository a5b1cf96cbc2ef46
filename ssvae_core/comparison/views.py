"""What the page shows of a comparison, as JSON; guesses and drawings come as bytes.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from ..atlas.starter_folders import m1_made_at
from ..errors import NotFound
from ..labels.by_eye import labels_by_eye
from ..labels.history import is_open
from ..options.catalogue import CATALOGUE
from ..session.runs import settings_in_words
from ..session.views.state import people
from ..storage.paths import OWN_STARTER
from .comparison import ENDED, Comparison
from .disagreement import disagreement
from .encoder_change import why_no_other_encoder
from .judged import ROWS, TITLES, Judged, chosen_judge, in_words, judges_of
from .menus import encoder_in_words, menu_of_models, trio_of
from .plan import BUDGET, BUDGETS, FEWEST, MOST, Member
from .replay import EVERYBODY, replayed
from .results import MemberResult

MOST_ITEMS = 200


def state(comparison: Comparison, by: str = "") -> dict[str, Any]:
    """All that is small. `by`: what the models are judged by, "" for the best there is.

    UserError for an unknown one.
    """
    with comparison.lock:
        session, plan, job = comparison.session, comparison.plan, comparison.job
        judges = judges_of(session, plan.labels)
        judged = chosen_judge(judges, by, len(session.data))
        in_use = comparison.in_use
        settings = {one.id: _settings(comparison, one) for one in plan.members}
        return {
            "version": f"{comparison.version}.{session.history.seq}",
            "labels": _labels(comparison),
            "ladder": list(comparison.stops),
            "by": judged.by,
            "judges": [
                {"name": name, "title": TITLES[name], "n": len(one)} for name, one in judges.items()
            ],
            "judged": {"n": len(judged), "words": judged.words},
            "members": [_member(comparison, one, settings, judged, in_use) for one in plan.members],
            "job": None if job is None else _job(comparison),
            "limits": {"fewest": FEWEST, "most": MOST, "budgets": BUDGETS, "budget": BUDGET},
            "models": menu_of_models(comparison.session),
            "trio": trio_of(comparison.session),
            "can_begin": comparison.why_not(),
        }


def guesses(comparison: Comparison, member: str, n_labels: int, together: bool) -> bytes:
    """Class and probability of every example, 2 x N bytes. UserError if they are not there."""
    result = _result(comparison, member, n_labels)
    return (result.together if together else result.alone).tobytes()


def draws(comparison: Comparison, member: str, n_labels: int) -> bytes:
    """The drawings, row after row. UserError if they are not there."""
    return _result(comparison, member, n_labels).draws.tobytes()


def confusion(comparison: Comparison, n_labels: int, by: str = "") -> dict[str, Any]:
    """How often each member guesses each class as each, of the judged images."""
    session = comparison.session
    judges = judges_of(session, comparison.plan.labels)
    judged = chosen_judge(judges, by, len(session.data))
    classes = [known.id for known in session.history.classes.active]
    return {
        "classes": classes,
        "by": judged.by,
        "rows": ROWS[judged.by],
        "n": len(judged),
        "members": {
            name: judged.confusion(result.alone, classes).tolist()
            for name, result in comparison.results(n_labels).items()
        },
    }


def disagreements(comparison: Comparison, n_labels: int, n: int) -> dict[str, Any]:
    """Images without a label that the members do not guess alike, the most informative first."""
    session, results = comparison.session, comparison.results(n_labels)
    if len(results) < 2:
        return {"n": 0, "items": []}
    with session.lock:
        open_ones = is_open(labels_by_eye(session.labels, session.history))
    found = disagreement([one.alone for one in results.values()], open_ones)
    items = [
        {
            "example": int(example),
            "n_classes": int(n_classes),
            "score": round(float(score), 4),
            "guesses": {name: int(one.alone[0, example]) for name, one in results.items()},
            "sure": {name: int(one.alone[1, example]) for name, one in results.items()},
        }
        for example, n_classes, score in zip(
            found.examples[: min(n, MOST_ITEMS)], found.n_classes, found.score, strict=False
        )
    ]
    return {"n": len(found.examples), "items": items}


def _result(comparison: Comparison, member: str, n_labels: int) -> MemberResult:
    found = comparison.result(comparison.member(member), n_labels)
    if found is None:
        raise NotFound(f"This model has not learned from {n_labels} labels yet.")
    return found


def _labels(comparison: Comparison) -> dict[str, Any]:
    session, labels = comparison.session, comparison.plan.labels
    with session.lock:
        now = replayed(session.history, EVERYBODY if labels is None else labels.who)
    before = set() if labels is None else set(zip(labels.examples, labels.classes, strict=True))
    newer = [each for each in zip(now.examples, now.classes, strict=True) if each not in before]
    return {
        "who": EVERYBODY if labels is None else labels.who,
        "n": len(now) if labels is None else len(labels),
        "people": people(session),
        "newer": 0 if labels is None else len(newer),
    }


def _member(
    comparison: Comparison,
    member: Member,
    settings: Mapping[str, Mapping[str, str]],
    judged: Judged,
    in_use: Member | None,
) -> dict[str, Any]:
    known, own = CATALOGUE[member.model], settings[member.id]
    reached = {
        stop: result for stop in comparison.stops if (result := comparison.result(member, stop))
    }
    differs = {
        name: words
        for name, words in own.items()
        if any(other.get(name) != words for other in settings.values()) and name != "model"
    }
    newest = list(reached.values())[-1:]
    return {
        "id": member.id,
        "model": member.model,
        "title": known.title,
        "about": known.about,
        "in_use": member == in_use,
        **_seen_by(comparison, member),
        **_standing(comparison, member, newest),
        "budget": member.budget,
        "config": member.config,
        "settings": own,
        "differs": differs,
        "reached": list(reached),
        "results": {
            str(stop): _stop(comparison, result, judged, member, in_use)
            for stop, result in reached.items()
        },
    }


def _seen_by(comparison: Comparison, member: Member) -> dict[str, str]:
    """Another encoder than that of the session, in words, and why it cannot be put into use."""
    session = comparison.session
    if member.encoder in ("", session.data.encoder):
        return {"other_encoder": "", "why_not_use": ""}
    words = encoder_in_words(member.encoder, session.data)
    return {"other_encoder": words, "why_not_use": why_no_other_encoder(session)}


def _standing(comparison: Comparison, member: Member, newest: list[MemberResult]) -> dict[str, Any]:
    """Whether it waits, learns or has learned, and what is to be said of that."""
    found = {"share": 0.0, "seconds_left": None, "message": member.ended}
    found["seconds"] = newest[-1].seconds if newest else 0.0
    job = comparison.job
    if comparison.is_done(member):
        note = newest[-1].note if newest else ""
        return {**found, "state": "done", "share": 1.0, "message": note}
    if member.ended:
        return {**found, "state": "failed" if member.has_failed else "cancelled"}
    if not comparison.is_running or job is None:
        return {**found, "state": "cancelled", "message": ENDED}
    if (event := job.latest) is None or event.member != member.id:
        return {**found, "state": "waiting", "seconds_left": member.budget}
    now = {"message": event.message, "share": event.share, "seconds_left": event.seconds_left}
    return {**found, "state": "training", **now}


def _stop(
    comparison: Comparison,
    result: MemberResult,
    judged: Judged,
    member: Member,
    in_use: Member | None,
) -> dict[str, Any]:
    """What a member had reached with so many labels."""
    terms = {name: round(value, 2) for name, value in result.terms.items()}
    total = round(sum(result.terms.values()), 2) if len(terms) > 1 else result.mean_bound
    return {
        "seconds": result.seconds,
        "steps": result.steps,
        "error": _error(judged, result.alone),
        "together": _error(judged, result.together),
        "bound": {
            "terms": terms,
            "total": total,
            "of_images": result.mean_bound,
            "counts": result.counts,
        },
        "draws": {
            "rows": len(result.draws),
            "classes": result.drawn.tolist(),
            "undrawn": result.undrawn.ravel().nonzero()[0].tolist(),
        },
        "pair": _pair(comparison, result, judged, member, in_use),
    }


def _error(judged: Judged, said: Any) -> dict[str, Any] | None:
    found = judged.error(said)
    return None if found is None else {**asdict(found), "n": len(judged)}


def _pair(
    comparison: Comparison,
    result: MemberResult,
    judged: Judged,
    member: Member,
    in_use: Member | None,
) -> dict[str, Any] | None:
    """How it differs from the one in use with as many labels, and whether that can be told."""
    if in_use is None or member == in_use:
        return None
    other = comparison.result(in_use, result.n_labels)
    pair = None if other is None else judged.pair(result.alone, other.alone)
    if pair is None:
        return None
    most = int(judged.is_eligible.sum()) if judged.by == "audit" else 0
    name, is_audit = CATALOGUE[in_use.model].title, judged.by == "audit"
    words = in_words(pair, name, is_audit, most, judged.noun)
    return {
        "difference": pair.difference,
        "low": pair.low,
        "high": pair.high,
        "better": pair.is_better,
        "more": pair.more,
        "words": words,
    }


def _job(comparison: Comparison) -> dict[str, Any]:
    """How far all members are together."""
    job, members = comparison.job, comparison.plan.members
    assert job is not None
    event = job.latest
    rest = [one for one in members if not (comparison.is_done(one) or one.ended)]
    total, left = sum(one.budget for one in members), sum(one.budget for one in rest)
    ahead, at = left, event.member if event is not None else ""
    member = next((one for one in rest if one.id == at), None)
    if event is not None and member is not None:
        ahead -= member.budget * event.share
        if event.seconds_left is not None:  # also of an M1 that is learned first
            left += event.seconds_left - member.budget
    return {
        "state": job.state,
        "message": job.error or (event.message if event is not None else ""),
        "share": round(1 - ahead / total, 3) if total else 1.0,
        "seconds_left": max(left, 0.0) if job.is_running else None,
        "member": at if job.is_running else None,
    }


def _settings(comparison: Comparison, member: Member) -> dict[str, str]:
    session = comparison.session
    row = replace(session.row, model=member.model, config=member.fitting)
    m1_at = m1_made_at(session.folder / OWN_STARTER)
    found = settings_in_words(row, session.data.shape, m1_at)
    if not CATALOGUE[member.model].needs_m1:
        found.pop("M1")
    if session.data.kind == "image":
        found["encoder"] = encoder_in_words(member.encoder or session.data.encoder, session.data)
    return found
