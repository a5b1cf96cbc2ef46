"""Which images to ask about next, with a reason in words.

A strategy is a function Situation -> scores (N,), higher first, with a title, a sentence and a
reason for each image (`strategies.py`); `suggest` asks by one of them (`asking.py`).

What was found (`benchmarks/results/acquisition.md`): `auto`, which begins with typical images and
then asks where one answer settles the most (`coverage.py`), is the best of eleven on MNIST, and of
nine on the digits where labels only propagate; where a model learns there too, `diverse` is
before it. On MNIST, with a model, it needs 10 / 10 / 15 labels for 90 / 95 / 97 %, random 30 / 30 /
40. Doubt alone asks the same thing again and again, and of the wrong images: with 25 labels entropy
has 4.9 % error, close calls in crowds 15.8 %, auto 1.7 %. Typical images are found early, and then
teach little more: 1.6 % with 75 labels, auto 1.2 %.
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
