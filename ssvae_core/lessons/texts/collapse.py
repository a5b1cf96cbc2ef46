"""What information costs: beta, up to posterior collapse."""

from __future__ import annotations

from ..formula import minus
from ..lesson import Lesson, Symbol, numbers

LESSON = Lesson(
    name="collapse",
    title="Squeeze the code until it breaks",
    text=(
        "A VAE pays for every nat that it stores about an image in its code z. β is the price of "
        "a nat. Make it dear, and the model gives up whole dimensions of z: their code is the "
        "same for every image. That is posterior collapse."
    ),
    question="At β = 16, how many of the 8 dimensions will still be used?",
    answers=("8", "5", "3", "1"),
    right=3,
    asked=16,
    verdict="It gave up all but one.",
    knob=numbers("Price of information", "β", (0.1, 0.5, 1, 2, 4, 8, 16), start=1, kept=1),
    free_knob=numbers("Dimensions of z", "Z", (8, 16), start=8, kept=8),
    number="dimensions of z in use",
    tolerance=2,
    formula="- E_q [ log p ( x | z ) ] + β KL [ q ( z | x ) ‖ p ( z ) ]",
    symbols=(
        Symbol("β", "the price of a nat: the weight of the KL term", "ssvae_core/models/vae.py"),
        Symbol("z", "the code of an image: Z numbers", "ssvae_core/models/vae.py"),
        Symbol("KL", "how many nats the code says of the image", "ssvae_core/models/vae.py"),
        Symbol("E_q", "the mean over codes that the encoder draws", "ssvae_core/models/vae.py"),
    ),
    why="Which properties of a digit would you keep, if you could keep only two numbers of it?",
    minutes=10,
    seconds=20,
    claims=(
        "At β = 16 at most 3 of 8 dimensions are used; at β = 1 at least 7.",
        "From β = 0.1 to 16 the information falls at least tenfold.",
        "The bound itself is better at β = 1 than at 0.1, 4 and 16.",
    ),
    needs="images",
)


def said(beta: float, used: int, n_latents: int, nats: float, bound: float) -> str:
    """What happened, in two sentences."""
    are = "is" if used == 1 else "are"
    if used == 0:
        kept = f"z says next to nothing, {nats:.1f} nats, and every image comes back the same."
    elif used == n_latents:
        kept = f"All {n_latents} dimensions are used and hold {nats:.1f} nats of each image."
    else:
        kept = f"{used} of {n_latents} dimensions {are} used, with {nats:.1f} nats of each image."
    if beta < 1:
        then = "What comes back is sharp, but codes lie where p(z) has few: new images suffer."
    elif beta == 1:
        then = f"A nat costs what it costs in the bound, which is {minus(f'{bound:.0f}')} nats."
    else:
        then = f"What comes back is blurred, and the bound is {minus(f'{bound:.0f}')} nats."
    return f"{kept} {then}"
