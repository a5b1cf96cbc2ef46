"""An adversary instead of a KL term."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, numbers, words

RATES = (1e-6, 1e-3)

LESSON = Lesson(
    name="adversary",
    title="An adversary shapes the codes",
    text=(
        "An adversarial autoencoder has no KL term. A second network, the judge, tries to tell "
        "codes of images from draws of N(0, I), and the encoder learns to fool it. Where it "
        "succeeds, codes lie as the draws do, and new images can be drawn from N(0, I)."
    ),
    question="Without the judge, codes spread about 4 wide. And with it?",
    answers=("0.1", "1", "4", "10"),
    right=1,
    asked=1,
    verdict="About 1, as N(0, I) does.",
    knob=words("Step size of the judge", "", ("off", "0.001"), start=0, kept=0),
    free_knob=numbers("Numbers in a code", "Z", (2, 8), start=2, kept=2),
    number="is the spread of the codes; N(0, I) has 1",
    tolerance=0.8,
    formula="min_q max_D E [ log D ( z′ ) ] + E [ log ( 1 - D ( q ( x ) ) ) ]",
    symbols=(
        Symbol("D", "the judge: how sure it is of a draw of N(0, I)", "ssvae_core/models/aae.py"),
        Symbol("z′", "a draw of N(0, I)", "ssvae_core/models/aae.py"),
        Symbol("x", "an image", "ssvae_core/models/aae.py"),
    ),
    why="A VAE has a bound to tell how good it is. What has this model?",
    minutes=8,
    seconds=45,
    claims=(
        "With the judge's step size at 0.001, codes spread 0.8 to 1.2 wide.",
        "Without the judge they spread at least twice as wide.",
    ),
)


def said(is_off: bool, spread: float, real: float) -> str:
    """What happened, in two sentences."""
    first = f"The codes of images spread {spread:.1f} wide."
    then = f"{100 * real:.0f} % of the new images from N(0, I) pass for real."
    return f"{first} Nothing asks them to lie anywhere, and {then}" if is_off else f"{first} {then}"
