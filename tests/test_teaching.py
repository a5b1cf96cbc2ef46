"""The notes for teachers say of every lesson what the lesson says, and name only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages.components.notes import NOTES, for_session
from ssvae_core.cli import COMMANDS
from ssvae_core.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[1]
TEXT = NOTES.read_text("utf-8")
HEADING = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
NEEDS = {
    "digits": "the digits that ship",
    "images": "the digits that ship, or any images",
    "classes": "the digits that ship, or images whose classes are known",
}
# What every lesson's notes answer, besides its facts.
PARTS = ("**They say**", "**Exercises**")


def sections():
    """The notes of each lesson, by title."""
    _, *parts = HEADING.split(TEXT)
    return dict(zip(parts[1::3], parts[2::3], strict=True))


def plain(text):
    return " ".join(text.split())


every_lesson = pytest.mark.parametrize("name", LESSONS)


def test_lessons_have_their_notes_in_their_order():
    found = HEADING.findall(TEXT)
    titles = [lesson.title for lesson in LESSONS.values()]
    assert found == [(str(place + 1), title) for place, title in enumerate(titles)]


@every_lesson
def test_the_notes_of_a_lesson_agree_with_it(name):
    lesson, section = LESSONS[name], plain(sections()[LESSONS[name].title])
    assert f"](/learn?lesson={name})" in section
    assert f"About {lesson.minutes:g} minutes" in section
    assert f"Needs {NEEDS[lesson.needs]}." in section
    assert f"**Asks**: {lesson.question} (**{lesson.answers[lesson.right]}**)" in section
    assert f"**Claims**: {lesson.claims[0]}" in section
    *first, last = lesson.free_knob.labels
    named = f"- Last knob: {lesson.free_knob.name.lower()}, {', '.join(first)} or {last}."
    assert named in section
    for part in PARTS:
        assert part in section


@every_lesson
def test_exercises_on_ones_own_images_are_those_of_lessons_that_take_them(name):
    section = plain(sections()[LESSONS[name].title])
    assert ("*On your own images*" in section) == (LESSONS[name].needs != "digits")


def test_all_minutes_together_are_what_the_notes_say():
    minutes = sum(lesson.minutes for lesson in LESSONS.values())
    assert f"about {minutes:g} minutes in all" in plain(TEXT)


def test_links_and_commands_are_there():
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert {f"/learn?lesson={name}" for name in LESSONS} <= set(links)
    for link in links:
        if not link.startswith("/learn?lesson="):
            assert (NOTES.parent / link).is_file(), link
    for path in re.findall(r"`((?:ssvae_core|tests|docs)/[\w/.]+)`", TEXT):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"`make ([a-z]+)", TEXT):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target
    known = {module.__name__.rsplit(".", 1)[-1].rstrip("_") for module in COMMANDS}
    assert set(re.findall(r"python -m ssvae_core ([a-z]+)", TEXT)) <= known


def test_their_links_open_lessons_in_the_session_that_is_open():
    assert for_session("[Open](/learn?lesson=a-b) [x](y)", "1f") == (
        "[Open](/learn?session=1f&lesson=a-b) [x](y)"
    )
