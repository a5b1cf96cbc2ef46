"""The app's copy of a decoder draws what the trainer's model draws, and reads what is new only."""

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.protocol.queries import ReadDecoder
from ssvae_core.session.decoder_copy import MOST_DRAWN, DecoderCopy
from ssvae_core.session.model_queries import ModelQueries
from ssvae_core.training.drawing_guard import DrawingGuard
from tests.support.small_core import K, ask, learned_core, none_rejected, step


@pytest.fixture
def core(digits, starter, tmp_path, monkeypatch):
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)
    return learned_core(digits, starter, tmp_path, "guided-m1")


@pytest.fixture
def copy(core):
    """Of this core, which answers at once; `asked` are the frozen weights that were known."""
    asked = []

    def send(query):
        asked.append(query.known)
        answer = ask(core, ReadDecoder, known=query.known)
        queries.take(type(answer)(**{**vars(answer), "id": query.id}))
        return True

    queries = ModelQueries(send)
    made = DecoderCopy(queries)
    made.asked = asked
    return made


def test_frozen_weights_come_once_and_go_on_to_whoever_has_none(core, copy):
    first = copy.read()
    step(core, 3)
    second = copy.read(known=first.frozen_version)
    assert copy.asked == ["", first.frozen_version]
    assert len(first.frozen) == len(copy.read().frozen) > 0
    assert len(second.frozen) == 0


def test_it_draws_the_newest_that_was_read(core, copy):
    z, y = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32), np.arange(5) % K
    before = copy.draw("style", z, y)
    assert before.shape == (5, 64)
    assert ((before >= 0) & (before <= 1)).all()
    step(core, 20)
    assert np.array_equal(copy.draw("style", z, y), before)
    copy.read()
    assert not np.array_equal(copy.draw("style", z, y), before)


@pytest.mark.parametrize(
    ("space", "shape", "n", "sentence"),
    [
        ("style", (2, 3), 2, "rows of 4 numbers"),
        ("style", (2, 4), 1, "1 classes"),
        ("style", (0, 4), 0, "1 to 256"),
        ("style", (MOST_DRAWN + 1, 4), MOST_DRAWN + 1, "not for 257"),
        ("colour", (1, 4), 1, "Nothing draws a 'colour'"),
    ],
)
def test_what_fits_nothing_is_a_sentence(copy, space, shape, n, sentence):
    with pytest.raises(UserError, match=sentence):
        copy.draw(space, np.zeros(shape, np.float32), np.zeros(n, np.int64))
