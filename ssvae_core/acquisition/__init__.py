"""Which images to ask about next, with a reason in words.

A strategy is a function Situation -> scores (N,), higher first, with a title, a sentence and a
reason for each image (`strategies.py`); `suggest` asks by one of them (`asking.py`).

What was found (`benchmarks/results/acquisition.md`): `auto`, which begins with typical images and
then asks where one answer settles the most (`coverage.py`), is the best of eleven on the digits; on
MNIST, where sight leaves little to settle, typical images alone are as good. There it needs 10 / 10
/ 10 labels for 90 / 95 / 97 %, random 30 / 30 / 30. Doubt alone asks the same thing again and
again, and of the wrong images: with 20 labels entropy has 3.4 % error, close calls in crowds 10.9
%, auto 0.9 %. Where propagation is sure from the start, a model has nothing to say against it:
before `disagree` began with typical images it never came to three of the classes.
"""

from .evidence import Evidence, Names
from .strategies import STRATEGIES, Strategy
from .suggest import Suggestion, suggest
from .uncertainty import entropy

__all__ = [
    "STRATEGIES",
    "Evidence",
    "Names",
    "Strategy",
    "Suggestion",
    "entropy",
    "suggest",
]
