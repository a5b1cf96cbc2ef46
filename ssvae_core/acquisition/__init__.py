"""Which images to ask about next, with a reason in words.

A strategy is a function Situation -> scores (N,), higher first, with a title, a sentence and a
reason for each image (`strategies.py`); `suggest` asks by one of them (`asking.py`).
"""

from .asking import Suggestion, suggest
from .doubt import entropy, margin
from .situation import Names, Situation
from .strategies import STRATEGIES, Strategy

__all__ = [
    "STRATEGIES",
    "Names",
    "Situation",
    "Strategy",
    "Suggestion",
    "entropy",
    "margin",
    "suggest",
]
