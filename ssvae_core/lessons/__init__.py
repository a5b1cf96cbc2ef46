"""The lessons of the Learn page: a claim each, asserted by a test, with states that ship.

`lesson.py` is what a lesson is, `texts/` what each says, `result.py` what it comes to at one place
of its knobs, `shipped.py` where that lies ready; none of these loads torch. `run.py` works it out
anew, by `runs/`, on the app's own models and data sets: `python -m ssvae_core.lessons` makes what
ships, and `kept.py` the figures of three seeds that its claim is asserted on.
"""

from .catalogue import LESSONS
from .lesson import Knob, Lesson, Symbol
from .result import Finding
from .shipped import places, shipped

__all__ = ["LESSONS", "Finding", "Knob", "Lesson", "Symbol", "places", "shipped"]
