"""What ships is whole, small, and what its lesson says."""

import re
import subprocess
import sys

import numpy as np
import pytest

from ssvae_core.errors import NotFound
from ssvae_core.lessons import LESSONS, places, shipped
from ssvae_core.lessons.kept import FILE
from ssvae_core.lessons.shipped import SHIPPED, stem_of

MOST_BYTES = 15_000_000  # of all states
EVERY = [(lesson, *place) for lesson in LESSONS.values() for place in places(lesson)]


def number_in(answer):
    return float(re.search(r"-?\d+(?:\.\d+)?", answer)[0])


@pytest.mark.parametrize(("lesson", "value", "free"), EVERY)
def test_every_place_of_the_knobs_ships(lesson, value, free):
    finding = shipped(lesson, value, free)
    assert np.isfinite(finding.number)
    assert finding.words
    assert len(re.findall(r"[.!?](?: |$)", finding.said)) == 2, finding.said
    assert 1 <= len(finding.figures) <= 5
    for figure in finding.figures:
        assert figure["kind"] in ("scatter", "bars", "lines", "pictures", "grid")
        assert figure["title"]
        for value in figure.values():
            if isinstance(value, np.ndarray):
                assert np.isfinite(value).all()


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.name)
def test_the_right_answer_is_the_one_that_is_nearest_to_what_ships(lesson):
    came_out = shipped(lesson, lesson.asked, lesson.free_knob.kept).number
    distances = [abs(number_in(answer) - came_out) for answer in lesson.answers]
    assert int(np.argmin(distances)) == lesson.right


def test_nothing_else_ships_and_all_of_it_is_small():
    there = {path for path in SHIPPED.rglob("*") if path.is_file()}
    stems = [stem_of(*place) for place in EVERY]
    wanted = {stem.with_name(stem.name + end) for stem in stems for end in (".json", ".npz")}
    wanted |= {SHIPPED / lesson.name / FILE for lesson in LESSONS.values()}
    assert there == wanted
    assert sum(path.stat().st_size for path in there) <= MOST_BYTES


def test_a_place_that_is_none_is_told():
    with pytest.raises(NotFound, match="has no state at Price of information 3"):
        stem_of(LESSONS["collapse"], 3, 8)


def test_reading_what_ships_loads_no_torch():
    code = (
        "import sys\nfrom ssvae_core.lessons import LESSONS, shipped\n"
        "shipped(LESSONS['collapse'], 1, 8)\nprint('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
