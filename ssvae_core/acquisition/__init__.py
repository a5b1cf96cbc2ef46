"""Active learning: which images to suggest next, with a reason in words.

A strategy is a function Evidence -> scores (N,), higher first, with a title, a sentence and a
reason for each image (`strategies.py`); `suggest` chooses by one of them (`suggest.py`).

What was found (`benchmarks/results/acquisition.md`): `auto`, which begins with typical images and
then asks where one answer settles the most (`coverage.py`), is the best of eleven on the digits; on
MNIST, where the image encoder leaves little to settle, typical images alone are as good. There 97 %
are right after ten labels, where random needs thirty. Notes: benchmarks/notes/acquisition.md
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
