"""Why M1 comes before M2."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, words

ALONE, STACKED = range(2)
COUNTS = (100, 1000)

LESSON = Lesson(
    name="stack",
    title="First see, then name",
    text=(
        "M2 learns from pixels, with a class y and a style z. M1+M2 learns in two steps: first M1, "
        "a VAE without labels, turns images into a few numbers; then an M2 learns classes from "
        "those. Both get the same labels and the same number of steps."
    ),
    question="M2 on pixels gets about half wrong from 100 labels. And M1+M2?",
    answers=("50 %", "30 %", "17 %", "2 %"),
    right=2,
    asked=STACKED,
    verdict="About 17 % were wrong.",
    knob=words("Model", "", ("M2 on pixels", "M1+M2"), start=ALONE, kept=ALONE),
    free_knob=words("Labels", "", tuple(map(str, COUNTS)), start=0, kept=0),
    number="of new images are guessed wrong, %",
    tolerance=12,
    formula="p ( x , z_1 , z_2 , y ) = p ( y ) p ( z_2 ) p ( z_1 | y , z_2 ) p ( x | z_1 )",
    symbols=(
        Symbol("z_1", "the code of M1, learned without labels", "ssvae_core/models/m1m2.py"),
        Symbol("z_2", "the style of M2 on top", "ssvae_core/models/m1m2.py"),
        Symbol("y", "the class", "ssvae_core/models/m1m2.py"),
    ),
    why="M1 never saw a label. How can it help to tell classes?",
    minutes=8,
    seconds=45,
    claims=("From 100 labels, in as many steps, M1+M2 has less than half of the errors of M2.",),
)


def said(how: int, n_labels: int, wrong: float, steps: int, n_latents: int) -> str:
    """What happened, in two sentences."""
    first = f"From {n_labels} labels, {wrong:.1f} % of new images are wrong after {steps} steps."
    if how == ALONE:
        return f"{first} M2 had to learn from 784 pixels what a stroke is and what a class is."
    return f"{first} M1 had seen all images without labels, and left {n_latents} numbers of each."
