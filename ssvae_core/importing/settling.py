"""The policy of an import, settled by a look at its data before any of it is taken."""

from __future__ import annotations

from collections.abc import Sequence

from .decoder_pool import DecoderPool
from .items import Source
from .pixel_policy import ImageFacts, Policy, on_scale, settled
from .reading import Reading
from .value_range import ValueRange, choices, range_over, scale_of

TITLE = "Values, black to white"
N_LOOKS = 256  # images that are looked at, spread over all


def settled_on(source: Source, policy: Policy, pool: DecoderPool) -> Policy:
    """The policy with what it leaves open chosen from the data, or as a person chose it."""
    step = max(1, (source.count() or 0) // N_LOOKS)
    looks = list(pool.looks(source.some(step, N_LOOKS)))
    found = _range(source, looks, pool)
    policy = settled(policy, looks, found)
    if found is None or found.is_settled:
        return policy
    return on_scale(policy, found, *_scale(source.reading, found))


def _range(source: Source, looks: Sequence[ImageFacts], pool: DecoderPool) -> ValueRange | None:
    """Of all of the data: what a look at some misses would be clipped."""
    seen = range_over(look.values for look in looks)
    if seen is None or seen.is_settled:
        return seen
    known = source.value_range()
    return known or range_over(look.values for look in pool.looks(source.items()))


def _scale(reading: Reading, found: ValueRange) -> tuple[float, float]:
    """What becomes black and white: the likeliest, or what a person said."""
    ranges = choices(found)
    if (named := reading.chosen("values")) and named not in ranges:
        ranges[named] = scale_of(named, found)
    titles = {each: each for each in ranges}
    return ranges[reading.choose("values", TITLE, titles, next(iter(titles)))]
