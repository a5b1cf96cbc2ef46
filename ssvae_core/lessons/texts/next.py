"""Which image to label next."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, words

STRATEGIES = ("random", "margin", "typical", "auto")
COUNTS = (10, 20, 30, 50)

LESSON = Lesson(
    name="next",
    title="Which image should you label next?",
    text=(
        "A label costs your time, so it matters which image you label. You can draw images at "
        "random, ask where the guess is closest between two classes, or begin with the most "
        "typical image of every part of the map. The model asks; you answer."
    ),
    question="Ten random labels leave a quarter wrong. And ten typical images?",
    answers=("25 %", "15 %", "10 %", "2 %"),
    right=3,
    asked=2,
    verdict="2 % were wrong.",
    knob=words(
        "Label first",
        "",
        ("at random", "closest calls", "one of every kind", "best for now"),
        start=0,
        kept=0,
    ),
    free_knob=words("Labels", "", tuple(map(str, COUNTS)), start=0, kept=0),
    number="of the guesses are wrong, %",
    tolerance=20,
    formula="x^* = argmin p ( y_1 | x ) - p ( y_2 | x )",
    symbols=(
        Symbol("x^*", "the image that is suggested", "ssvae_core/acquisition/suggest.py"),
        Symbol("y_1", "the likeliest class", "ssvae_core/acquisition/uncertainty.py"),
        Symbol("y_2", "the second likeliest class", "ssvae_core/acquisition/uncertainty.py"),
    ),
    why="Why are close calls poor questions when there are few labels?",
    minutes=10,
    seconds=30,
    claims=("With ten labels, typical images leave less than half the error of random ones.",),
    needs="classes",
)


def said(how: str, n_labels: int, wrong: float, n_classes: int, of: int) -> str:
    """What happened, in two sentences."""
    first = f"After {n_labels} labels {wrong:.1f} % of the guesses are wrong."
    if how == "random":
        then = (
            f"Chance found {n_classes} of {of} classes: it asks about some kinds again and again."
        )
    elif how == "margin":
        then = f"It asked between the classes that it knew, and found {n_classes} of {of}."
    else:
        then = f"Each question stood for a crowd; all together for {n_classes} of {of} classes."
    return f"{first} {then}"
