"""What y says of an image, and what is left for z."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, numbers, words

VARIATIONAL, CONDITIONAL = range(2)

LESSON = Lesson(
    name="style",
    title="Tell it the class, and z is style",
    text=(
        "A VAE has one code z for all that an image is, so z says also which digit it is. A "
        "conditional VAE is told the class y while it learns. What y says, z need not pay for: "
        "slant, width and thickness of the stroke are left, and any class can be drawn in them."
    ),
    question="A line through the CVAE's z tries to tell ten digits. How often is it right?",
    answers=("10 %", "35 %", "60 %", "85 %"),
    right=1,
    asked=CONDITIONAL,
    verdict="It is right about a third of the time; on the VAE's z, four times in five.",
    knob=words("Model", "", ("VAE", "CVAE"), start=VARIATIONAL, kept=VARIATIONAL),
    free_knob=numbers("Dimensions of z", "Z", (2, 8), start=8, kept=8),
    number="of the classes are read from z by a line, %",
    tolerance=10,
    formula="p ( x ) = Σ_y p ( y ) ∫ p ( x | y , z ) p ( z ) dz",
    symbols=(
        Symbol("y", "the class", "ssvae_core/models/cvae.py"),
        Symbol("z", "the style: Z numbers", "ssvae_core/models/cvae.py"),
        Symbol("x", "the image", "ssvae_core/models/cvae.py"),
    ),
    why="Why does it pay for the CVAE not to keep the class in z?",
    minutes=10,
    seconds=20,
    claims=(
        "A line reads the class from the VAE's z at least 70 % of the time.",
        "From the CVAE's z it does at most 45 % of the time.",
        "The slant of an image goes with z into every other class: correlation at least 0.8.",
    ),
    needs="classes",
)


def said(how: int, right: float, slant: float, n_classes: int) -> str:
    """What happened, in two sentences."""
    by_chance = f"guessing would be right for {100 / n_classes:.0f} %."
    first = f"A line reads {right:.0f} % of the classes from z; {by_chance}"
    if how == VARIATIONAL:
        return f"{first} The class is in z, as nothing else could hold it."
    return f"{first} Slant goes with z into every other class, with a correlation of {slant:.2f}."
