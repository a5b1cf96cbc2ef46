"""Wrong labels among right ones, and how they are found."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, words

SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
N_LABELS = 600

LESSON = Lesson(
    name="poison",
    title="Find the labels that are wrong",
    text=(
        "Somebody labelled 600 images and was wrong now and then. Nobody knows where. But every "
        "label can be hidden and guessed from all others: where the guess is sure and says "
        "something else, the label is suspect. The worst come first on a list."
    ),
    question="60 of 600 labels are wrong. How many of these 60 are the first 60 of the list?",
    answers=("10 %", "40 %", "70 %", "97 %"),
    right=3,
    asked=2,
    verdict="Nearly all of them were.",
    knob=words("Wrong labels", "", tuple(f"{share:.0%}" for share in SHARES), start=0, kept=0),
    free_knob=words("Which wrong label", "", ("any class", "the next class"), start=0, kept=0),
    number="of the wrong labels come first, %",
    tolerance=8,
    formula="log p ( y_best | others ) - log p ( y_given | others )",
    symbols=(
        Symbol("y_given", "the label as it was given", "ssvae_core/review/label_errors.py"),
        Symbol("y_best", "the class that fits best", "ssvae_core/review/label_errors.py"),
        Symbol("others", "the labels of the other folds", "ssvae_core/training/out_of_fold.py"),
    ),
    why="Why is it harder when everybody makes the same mistake?",
    minutes=8,
    seconds=15,
    claims=(
        "Of 60 wrong labels among 600, at least 80 % are the first 60 of the list.",
        "Of 240 wrong labels, all by the next class, fewer are found than of 240 by any class.",
    ),
    needs="classes",
)


def said(n_wrong: int, found: int, guesses_wrong: float) -> str:
    """What happened, in two sentences."""
    first = f"{found} of the {n_wrong} wrong labels are the first {n_wrong} of the list."
    return f"{first} Wrong labels and all, {guesses_wrong:.1f} % of the other guesses are wrong."
