"""What a known density of codes is good for: autoencoder and VAE."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, numbers, words

AE, AE_FITTED, VARIATIONAL = range(3)

LESSON = Lesson(
    name="density",
    title="Where may new codes come from?",
    text=(
        "An autoencoder (AE) turns an image into 32 numbers and back. To draw a new image you need "
        "new numbers, but from where? A VAE is trained so that its codes lie as N(0, I) does. An "
        "autoencoder's lie anywhere, until somebody fits a density to them."
    ),
    question=(
        "From N(0, I), how many of the VAE's images pass for real: as near to real ones as those "
        "are to each other?"
    ),
    answers=("1 %", "20 %", "60 %", "95 %"),
    right=1,
    asked=VARIATIONAL,
    verdict="About one in six did; of real ones 95 % do.",
    knob=words(
        "Codes from",
        "",
        ("AE, N(0, I)", "AE, fitted density", "VAE, N(0, I)"),
        start=AE,
        kept=AE,
    ),
    free_knob=numbers("Numbers in a code", "Z", (2, 32), start=32, kept=32),
    number="of the new images pass for real, %",
    tolerance=15,
    formula="z ~ N ( 0 , I ) x ~ p ( x | z )",
    symbols=(
        Symbol("z", "the code of an image: Z numbers", "ssvae_core/models/vae.py"),
        Symbol("I", "each number on its own, with spread 1", "ssvae_core/models/vae.py"),
        Symbol("x", "the image that is drawn", "ssvae_core/models/vae.py"),
    ),
    why="Is an autoencoder a worse model, or do you only know less about its codes?",
    minutes=10,
    seconds=20,
    claims=(
        "From N(0, I), at least 8 points more of the VAE's images pass for real than of the "
        "autoencoder's.",
        "With a Gaussian fitted to its codes, the autoencoder has as many, but for 3 points.",
    ),
)


def said(how: int, n_latents: int, real: float, spread: float) -> str:
    """What happened, in two sentences."""
    first = f"{100 * real:.0f} % of the new images pass for real."
    if how == AE:
        then = f"The codes of real images spread {spread:.1f} wide, not 1: N(0, I) misses them."
    elif how == AE_FITTED:
        then = "The same autoencoder: only the density was found afterwards, from its codes."
    else:
        then = f"The codes of real images spread {spread:.1f} wide, as N(0, I) asks them to."
    return f"{first} {then}"
