"""Ten labels, alone and with sixty thousand images beside them."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, words

ALONE_NEAREST, ALONE_NETWORK, BESIDE_PIXELS, BESIDE_LEARNED = range(4)

LESSON = Lesson(
    name="beside",
    title="Ten labels, and sixty thousand images beside them",
    text=(
        "You label one image of each digit, ten in all. Alone they say little of the others. But "
        "you also have thousands of images that nobody labelled: they show which images are "
        "alike, step by step, and a label can spread from neighbour to neighbour."
    ),
    question="With the images beside them, how many of the guesses from ten labels are wrong?",
    answers=("60 %", "30 %", "15 %", "3 %"),
    right=3,
    asked=BESIDE_LEARNED,
    verdict="3 % were wrong.",
    knob=words(
        "Who guesses",
        "",
        (
            "nearest label",
            "network of ten",
            "spread by pixels",
            "spread by features",
        ),
        start=ALONE_NEAREST,
        kept=ALONE_NEAREST,
    ),
    free_knob=words("Labels", "", ("10", "20", "50", "100"), start=0, kept=0),
    number="of the guesses are wrong, %",
    tolerance=10,
    formula="F ← α S F + ( 1 - α ) Y",
    symbols=(
        Symbol("F", "what of each class has arrived", "ssvae_core/training/label_propagation.py"),
        Symbol("S", "how alike neighbours are", "ssvae_core/atlas/affinity.py"),
        Symbol("α", "the neighbours' share, 0.99", "ssvae_core/training/label_propagation.py"),
        Symbol("Y", "the labels", "ssvae_core/training/label_propagation.py"),
    ),
    why="What do the unlabelled images tell that ten labels cannot?",
    minutes=10,
    seconds=25,
    claims=(
        "From ten labels, spreading by features is 40 points better than the nearest label.",
        "It is 35 points better than a network that saw only the ten.",
    ),
    needs="classes",
)


def said(how: int, n_labels: int, wrong: float, alone: float) -> str:
    """What happened, in two sentences."""
    first = f"From {n_labels} labels {wrong:.0f} % of the guesses are wrong."
    if how == ALONE_NEAREST:
        then = "Two images of a class often differ in more pixels than two of different classes."
    elif how == ALONE_NETWORK:
        then = "The network knows its labels by heart and has nothing else to learn from."
    elif how == BESIDE_PIXELS:
        then = f"Labels went from neighbour to neighbour; nearest labels have {alone:.0f} % wrong."
    else:
        then = f"Who is alike was learned without labels; nearest labels have {alone:.0f} % wrong."
    return f"{first} {then}"
