"""Which images to ask about next, with a reason in words.

A strategy is a function Situation -> scores (N,), higher first, with a title, a sentence and a
reason for each image (`strategies.py`); `suggest` asks by one of them (`asking.py`).

What was found (`benchmarks/results/acquisition.md`; test error of what labels propagate): `auto`,
which asks where one answer settles the most (`coverage.py`), is the best of eight on MNIST and on
the digits. On MNIST it needs 15 / 20 / 30 labels for 90 / 95 / 97 %, random 30 / 30 / more than
100. Doubt alone asks the same thing again and again, and of the wrong images: with 50 labels
entropy has 5.9 % error, random 3.7 %, auto 2.9 %. Before every class has been seen, doubt between
those that were is worth nothing: with 10 labels margin has 19 %, close calls in crowds 32 %, auto
12 %. Typical images are found early, and then teach nothing more.
"""

from .asking import Suggestion, suggest
from .doubt import entropy
from .situation import Names, Situation
from .strategies import STRATEGIES, Strategy

__all__ = [
    "STRATEGIES",
    "Names",
    "Situation",
    "Strategy",
    "Suggestion",
    "entropy",
    "suggest",
]
