"""Formulas as MathML, from a line of words with spaces between them.

A word of letters is a name (upright from two letters on), digits are a number, anything else an
operator; `a_b` has an index, `a^b` an exponent, and `a / b` in a line of its own is not drawn as a
fraction. So `log p ( x ) ≥ E_q [ log p ( x | z ) ] - β KL` is a whole formula.
"""

from __future__ import annotations

from html import escape

NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def mathml(formula: str, symbols: tuple[str, ...] = ()) -> str:
    """A `<math>` element; words that are one of the symbols carry it as data-symbol."""
    drawn = "".join(_word(word, symbols) for word in formula.split())
    return f'<math xmlns="{NAMESPACE}" display="block"><mrow>{drawn}</mrow></math>'


def _word(word: str, symbols: tuple[str, ...]) -> str:
    told = f' data-symbol="{escape(word)}"' if word in symbols else ""
    for mark, tag in (("_", "msub"), ("^", "msup")):
        base, found, other = word.partition(mark)
        if found and base and other:
            return f"<{tag}{told}>{_atom(base)}{_atom(other)}</{tag}>"
    return _atom(word, told)


def _atom(word: str, told: str = "") -> str:
    if word.replace(".", "", 1).isdigit():
        tag = "mn"
    elif word.replace("′", "").isalpha():
        tag = "mi"
    else:
        tag = "mo"
    return f"<{tag}{told}>{escape(minus(word))}</{tag}>"


def minus(text: str) -> str:
    """A hyphen before or between numbers as the sign that it stands for."""
    return text.replace("-", "−")
