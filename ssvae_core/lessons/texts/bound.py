"""The bound: its two terms, and how far it lies below what it bounds."""

from __future__ import annotations

from ..lesson import Lesson, Symbol, numbers

LESSON = Lesson(
    name="bound",
    title="Two terms, and a bound between",
    text=(
        "log p(x), how likely the model finds an image, cannot be computed. A VAE raises a bound "
        "below it: how well the image comes back, minus how much the code says. With more draws "
        "of z, weighted by importance, the bound comes closer to log p(x)."
    ),
    question="How many nats does the bound gain with 64 draws instead of one?",
    answers=("0 nats", "4 nats", "20 nats", "100 nats"),
    right=1,
    asked=64,
    verdict="It gained about 4.",
    knob=numbers("Draws of z", "L", (1, 2, 8, 64, 256), start=1, kept=1),
    free_knob=numbers("Dimensions of z", "Z", (8, 32), start=8, kept=8),
    number="nats above the bound of one draw",
    tolerance=1.5,
    formula="log p ( x ) ≥ E_q [ log p ( x | z ) ] - KL [ q ( z | x ) ‖ p ( z ) ]",
    symbols=(
        Symbol("x", "an image", "ssvae_core/models/vae.py"),
        Symbol("z", "its code", "ssvae_core/models/vae.py"),
        Symbol("E_q", "the mean over codes that the encoder draws", "ssvae_core/models/vae.py"),
        Symbol("KL", "how many nats the code says of the image", "ssvae_core/models/vae.py"),
    ),
    why="Why can more draws never make the bound worse, on average?",
    minutes=12,
    seconds=20,
    claims=(
        "KL by its formula and KL by draws differ by less than 0.2 nats.",
        "With 64 draws the bound is more than 0.5 nats tighter.",
    ),
    needs="images",
)


def said(n_draws: int, closed: float, sampled: float, gain: float, n_images: int) -> str:
    """What happened, in two sentences."""
    first = f"KL is {closed:.2f} nats by its formula and {sampled:.2f} by draws: the same thing."
    if n_draws == 1:
        return f"{first} One draw gives the bound that the VAE is trained on."
    draws = f"{n_draws} draws raise the bound by {gain:.1f} nats, the mean of {n_images} images."
    return f"{first} {draws}"
