"""A small content to export, with every kind of thing that people say in it."""

import numpy as np

from ssvae_core.export.content import (
    ClassInfo,
    Estimate,
    Guesses,
    Labelled,
    Matrix,
    Said,
    Samples,
    Story,
)

AT = 1_763_000_000.25
NAMES = ("cat", 'dog, "big"', "=1+1", "🐈 test/me\nnow")
IDS = (0, 1, 4, 7)  # classes 2, 3, 5, 6 were merged away


def small_content(n=24, names=NAMES, size=8, **more):
    """Ids have gaps; examples 0 to 9 have every kind of word of a person, and all have guesses."""
    rng = np.random.default_rng(0)
    ids = IDS if len(names) == len(IDS) else tuple(range(len(names)))
    a, b = ids[0], ids[-1]
    said = {
        0: Said(a, annotator="Ana", at=AT),
        1: Said(b, annotator="Bo", at=AT + 1, votes={"Ana": a, "Bo": b}),
        2: Said(state="unsure", annotator="Ana", at=AT + 2),
        3: Said(state="junk", annotator="Ana", at=AT + 3),
        4: Said(state="skipped", at=AT + 4),
        5: Said(b, annotator="Ana", at=AT + 5, is_audit=True),
        **{6 + i: Said(k, annotator='B"o, =x', at=AT + 6 + i) for i, k in enumerate(ids)},
    }
    guesses = Guesses(
        np.array([ids[i % len(ids)] for i in range(n)], np.int16),
        np.linspace(0.3, 1, n, dtype=np.float32),
        "guided",
        label_seq=12,
        step=840,
        made_at=AT + 60,
        predicted_by="model",
    )
    k = max(ids) + 1
    story = Story(
        rng.random((n, 2), np.float32),
        (Samples("10 labels", rng.integers(0, 255, (k, 3, size, size, 1), np.uint8)),),
        ((10, 0.5), (20, 0.8), (50, 0.91)),
        Matrix("hidden true labels", ids, rng.integers(0, 9, (len(ids), len(ids)))),
        {"model": "guided", "seed": 0},
    )
    values = {
        "session_id": "ab12cd34",
        "session": "Pets, Tuesday",
        "data": "pets",
        "title": "Photos of pets",
        "fingerprint": "f00d",
        "values": rng.integers(0, 255, (n, size, size, 1), np.uint8),
        "classes": {k: ClassInfo(name) for k, name in zip(ids, names, strict=True)},
        "said": said,
        "guesses": guesses,
        "audit": Estimate(0.9, 20, 0.7, 0.97),
        "truth": Estimate(0.88, n),
        "seq": 14,
        "made_at": AT + 100,
        "story": story,
    }
    return Labelled(**values | more)
