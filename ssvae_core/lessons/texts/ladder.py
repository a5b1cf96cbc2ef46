"""What each level of a ladder holds."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, numbers, words

LEVELS = ("nothing", "bottom", "middle", "top", "everything")

LESSON = Lesson(
    name="ladder",
    title="A ladder of codes, level by level",
    text=(
        "A Ladder VAE stacks codes. The top level draws what the level below should look like, "
        "that one the next, the bottom draws the image. Draw one level anew and keep the others: "
        "what changes is what that level holds."
    ),
    question="The top level is drawn anew. How many images still show the same digit?",
    answers=("100 %", "65 %", "35 %", "10 %"),
    right=2,
    asked=3,
    verdict="About a third did.",
    knob=words("Drawn anew", "", LEVELS, start=0, kept=0),
    free_knob=numbers("Numbers at the top", "Z", (2, 8), start=8, kept=8),
    number="of the images still show the same digit, %",
    tolerance=15,
    formula="p ( x , z ) = p ( z_3 ) p ( z_2 | z_3 ) p ( z_1 | z_2 ) p ( x | z_1 )",
    symbols=(
        Symbol("z_3", "the top level", "ssvae_core/models/ladder.py"),
        Symbol("z_2", "the middle level", "ssvae_core/models/ladder.py"),
        Symbol("z_1", "the bottom level, which draws the image", "ssvae_core/models/ladder.py"),
    ),
    why="Nobody told the model what a class is. Why does it end up at the top?",
    minutes=8,
    seconds=45,
    claims=(
        "With the bottom level drawn anew, at least 20 points more of the images show the same "
        "digit than with the top one.",
        "With the top one, fewer than half do; with nothing drawn anew, at least 90 %.",
    ),
)


def said(level: int, kept: float, nats: list[float]) -> str:
    """What happened, in two sentences."""
    first = f"{kept:.0f} % of the images still show the same digit."
    held = "the levels hold, from the top, " + ", ".join(f"{each:.1f}" for each in nats) + " nats."
    if level == 0:
        return f"{first} All that is needed to draw them is kept; {held}"
    return f"{first} That says what is in the level that was drawn anew; {held}"
