"""The report of a session: one HTML file that opens anywhere, without a network.

Every figure on it says what it is computed from.

Letters in shapes: N examples, K classes, H, W, C an image's height, width and channels.
"""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..predictions import PROPAGATION
from .card import in_words
from .content import Accuracy, Labelled, Samples, Story
from .palette import ClassLook, chip, ink_on, looks
from .report_charts import curve, interval, matrix, number
from .report_domains import domains_section
from .report_page import page
from .rows import ExportOptions, in_utc
from .writing import ExportProgress

REPORT_FILE = "report.html"
MOST_SAMPLES = 3  # columns of each group, and groups
NOBODY = 255
Looks = dict[int, ClassLook]


def write_report(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """report.html."""
    yield ExportProgress("drawing the map", 0.1)
    drawn = looks(content.classes)
    points = json.dumps(_points(content, drawn))
    yield ExportProgress("writing the report", 0.6)
    (folder / REPORT_FILE).write_text(
        page(escape(content.session), _body(content, drawn), points), "utf-8"
    )


def _body(content: Labelled, drawn: Looks) -> str:
    story = content.story
    assert story is not None
    parts = [
        _header(content),
        *_figures(content),
        _section("half", "The map", _map_from(content), _map(content, drawn)),
        _samples(content, story, drawn),
        _section(
            "half",
            "Accuracy by number of labels",
            "Share of guesses that were right, against hidden true labels.",
            curve(story.curve),
        ),
        _section("half", "What is taken for what", _matrix_of(story), matrix(story.matrix, drawn)),
        domains_section(content),
        _section("rest", "Classes", "", _classes(content, drawn)),
        _section("third", "Settings", "", _settings(content, story)),
        "<footer>Written by SSVAE Lab. This file holds all it shows and asks for nothing.</footer>",
    ]
    return "\n".join(parts)


def _section(width: str, title: str, source: str, inside: str) -> str:
    about = f'<p class="from">{source}</p>' if source else ""
    return f'<section class="{width}"><h2>{title}</h2>{about}{inside}</section>'


def _header(content: Labelled) -> str:
    n = number(len(content))
    kind = "images" if content.is_images else "vectors"
    return (
        f"<header><h1>{escape(content.session)}</h1><p>{escape(content.title)}, {n} {kind} · "
        f"{in_utc(content.made_at)[:16].replace('T', ' ')} UTC</p></header>"
    )


# Figures


def _figures(content: Labelled) -> list[str]:
    """Four of them: labels, the audit, the answer key, the model."""
    given = [said for said in content.said.values() if said.label is not None]
    people = {said.annotator for said in given if said.annotator}
    states = Counter(said.state for said in content.said.values() if said.state)
    others = "".join(f", {n} {state}" for state, n in states.items())
    by = f"by {len(people)} people" if len(people) > 3 else f"by {', '.join(sorted(people))}"
    by = escape(by) if people else "without a name"
    guesses = content.guesses
    if guesses is None:
        model = _figure("No model yet", "Label a few images, and give it a minute.")
    else:
        by_whom = guesses.predicted_by.replace(PROPAGATION, "labels propagated to neighbours")
        model = _figure(
            escape(guesses.model),
            f"Guesses by: {by_whom}. {number(guesses.step)} steps, labels up to event "
            f"{guesses.label_seq}, {in_utc(guesses.made_at)[:16].replace('T', ' ')}.",
        )
    audit = "No figure. It needs an audit: some random images checked on the page Review."
    key = "This data set has no hidden true labels."
    return [
        _figure(f"{len(given)} labels", f"Given {by}{others}."),
        _estimate(content.audit, "Audit", "random ones, checked without seeing the guess", audit),
        _estimate(content.truth, "Answer key", "without a label, by hidden true labels", key),
        model,
    ]


def _figure(value: str, source: str, more: str = "") -> str:
    return f'<section class="figure"><b>{value}</b>{more}<p class="from">{source}</p></section>'


def _estimate(found: Accuracy | None, title: str, of: str, without: str) -> str:
    if found is None:
        return _figure("–", f"{title}. {without}")
    bar = ""
    if found.low is not None and found.high is not None:
        bar = interval(found.accuracy, found.low, found.high)
    return _figure(f"{found.accuracy:.1%}", f"{title}: {in_words(found)} {of}.", bar)


# The map


def _shown(content: Labelled, drawn: Looks) -> NDArray[np.uint8]:
    """The place in the palette of every example's class, a person's word first: -> (N,)."""
    places = {k: place for place, k in enumerate(drawn) if place < NOBODY}
    kinds = np.full(len(content), NOBODY, np.uint8)
    if content.guesses is not None:
        for k, place in places.items():
            kinds[content.guesses.classes == k] = place
    for example, said in content.said.items():
        kinds[example] = NOBODY if said.label is None else places.get(said.label, NOBODY)
    return kinds


def _points(content: Labelled, drawn: Looks) -> dict[str, Any]:
    """What the script draws: positions, classes, and who was labelled."""
    assert content.story is not None
    xy, kinds = content.story.xy, _shown(content, drawn)
    labelled = [example for example, said in content.said.items() if said.label is not None]
    return {
        "xy": _base64(np.rint(xy.clip(0, 1) * 65535).astype("<u2")),
        "kinds": _base64(kinds),
        "labelled": _base64(np.array(labelled, "<u4")),
        "classes": [
            {
                "glyph": look.glyph,
                "light": look.light,
                "dark": look.dark,
                "lightInk": ink_on(look.light),
                "darkInk": ink_on(look.dark),
                "place": _middle(xy[kinds == place]),
            }
            for place, look in enumerate(drawn.values())
        ],
    }


def _middle(xy: NDArray[np.float32]) -> list[float] | None:
    """Where to write a class's glyph: the dot nearest to the median: (n, 2) -> x, y."""
    if not len(xy):
        return None
    nearest = xy[np.abs(xy - np.median(xy, 0)).sum(1).argmin()]
    return [round(float(value), 4) for value in nearest]


def _base64(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _map_from(content: Labelled) -> str:
    dots = "Dots are guesses of the model" if content.guesses else "No guess yet"
    return f"{dots}, squares are labels of people. A class below shows it alone."


def _map(content: Labelled, drawn: Looks) -> str:
    chips = "".join(
        f'<button class="chip" data-kind="{place}" aria-pressed="false">{chip(look)}'
        f"<span>{escape(look.name)}</span></button>"
        for place, look in enumerate(drawn.values())
    )
    told = f"A map of {len(content)} examples, coloured by class."
    return (
        f'<canvas id="map" role="img" aria-label="{told}"></canvas><div class="key">{chips}</div>'
    )


# Samples over time


def _samples(content: Labelled, story: Story, drawn: Looks) -> str:
    title = "What the model draws of each class"
    groups = story.samples[-MOST_SAMPLES:]
    if not groups or not content.is_images:
        return _section("half", title, "", '<p class="empty">Nothing was drawn yet.</p>')
    edge = 50 if len(drawn) <= 10 else 40 if len(drawn) <= 14 else 28
    head = "".join(f'<span class="head">{escape(group.title)}</span>' for group in groups)
    rows = [
        f"{chip(look)}{''.join(_strip(group, k, edge) for group in groups)}"
        for k, look in drawn.items()
    ]
    inside = (
        f'<div class="samples" style="--groups:{len(groups)}"><span></span>{head}{"".join(rows)}'
    )
    about = "Draws of each class, none chosen among more, with more labels to the right."
    return _section("half", title, about, f'<div class="scroll">{inside}</div>')


def _strip(group: Samples, k: int, edge: int) -> str:
    if k >= len(group.images) or not group.images[k].any():
        return '<span class="from">not yet</span>'
    shown = group.images[k][group.images[k].any((1, 2, 3))]  # what was no picture is left blank
    tiles = "".join(_tile(image) for image in shown[:MOST_SAMPLES])
    return f'<span class="strip" style="--edge:{edge}px">{tiles}</span>'


def _tile(pixels: NDArray[np.uint8]) -> str:
    """A grey image as ink in the colour of the text, another as it is: (H, W, C) -> HTML."""
    from PIL import Image

    out = io.BytesIO()
    if pixels.shape[2] == 1:
        ink = np.stack([np.zeros_like(pixels[..., 0]), pixels[..., 0]], -1)
        Image.fromarray(ink, "LA").save(out, "PNG")
        address = f"url(data:image/png;base64,{base64.b64encode(out.getvalue()).decode()})"
        return f'<span><i style="mask-image:{address};-webkit-mask-image:{address}"></i></span>'
    Image.fromarray(pixels).save(out, "PNG")
    address = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    return f'<span><img alt="" src="{address}"></span>'


def _matrix_of(story: Story) -> str:
    if story.matrix is None:
        return ""
    of = f"{number(story.matrix.n)} examples"
    return f"Rows: {escape(story.compared_with)}. Columns: guesses. {of}."


# Tables


def _classes(content: Labelled, drawn: Looks) -> str:
    labels = Counter(said.label for said in content.said.values() if said.label is not None)
    held = Counter(said.label for said in content.said.values() if said.is_audit)
    guessed: Counter[int] = Counter()
    for example in range(len(content)):
        if (guess := content.guess(example)) is not None:
            guessed[guess[0]] += 1
    head = '<tr><th>class</th><th class="n">labels of people</th><th class="n">of these, audit</th>'
    head += '<th class="n">guesses of the model</th></tr>'
    rows = "".join(
        f'<tr><td><span class="class">{chip(look)}<span class="name">{escape(look.name)}</span>'
        f'</span></td><td class="n">{number(labels[k])}</td><td class="n">{number(held[k])}</td>'
        f'<td class="n">{number(guessed[k])}</td></tr>'
        for k, look in drawn.items()
    )
    return f'<table class="rows">{head}{rows}</table>'


def _settings(content: Labelled, story: Story) -> str:
    guesses = content.guesses
    found = {
        **story.settings,
        "model version": guesses.version if guesses else None,
        "session": content.session_id,
        "events": content.seq,
        "data": content.data,
        "fingerprint": content.fingerprint,
        **_versions(),
    }
    rows = "".join(
        f"<tr><th>{escape(str(name).replace('_', ' '))}</th><td>{escape(str(value))}</td></tr>"
        for name, value in found.items()
        if value is not None
    )
    return f'<table class="rows">{rows}</table>'


def _versions() -> dict[str, str]:
    """Of what made the numbers."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in ("torch", "numpy", "umap-learn"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # an installation without it
            continue
    return found
