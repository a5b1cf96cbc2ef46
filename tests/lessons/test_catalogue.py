"""Every lesson keeps what a page and a class expect of it."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ssvae_core.lessons import LESSONS
from ssvae_core.lessons.run import RUNS

ROOT = Path(__file__).resolve().parents[2]
every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.name)


def test_every_lesson_can_be_worked_out():
    assert list(RUNS) == list(LESSONS)


@every_lesson
def test_it_is_short(lesson):
    assert len(lesson.text.split()) <= 60
    assert len(lesson.title.split()) <= 9
    assert 0 < lesson.minutes <= 20
    assert 0 < lesson.seconds <= 60


@every_lesson
def test_the_question_has_a_few_answers_with_a_number_each(lesson):
    assert lesson.question.endswith("?")
    assert 3 <= len(lesson.answers) <= 4
    numbers = [re.findall(r"-?\d+(?:\.\d+)?", answer) for answer in lesson.answers]
    assert all(len(found) == 1 for found in numbers)
    assert len({float(found[0]) for found in numbers}) == len(lesson.answers)
    assert 0 <= lesson.right < len(lesson.answers)


@every_lesson
def test_knobs_have_a_label_a_value_and_stand_on_one(lesson):
    assert lesson.asked in lesson.knob.values
    for knob in (lesson.knob, lesson.free_knob):
        assert len(knob.values) == len(knob.labels) > 1
        assert knob.start in knob.values
        assert knob.kept in knob.values
        assert knob.label(knob.kept) in knob.labels
    assert lesson.knob.kept != lesson.asked, "what is asked is not beside the question already"


@every_lesson
def test_the_formula_is_drawn_and_its_symbols_are_in_it_and_in_their_files(lesson):
    found = {
        told for each in ET.fromstring(lesson.mathml).iter() if (told := each.get("data-symbol"))
    }
    assert found == {each.symbol for each in lesson.symbols}
    for symbol in lesson.symbols:
        assert (ROOT / symbol.file).is_file()


@every_lesson
def test_it_claims_something(lesson):
    assert lesson.claims
    assert all(claim.endswith(".") for claim in lesson.claims)
