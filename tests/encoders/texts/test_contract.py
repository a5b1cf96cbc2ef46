"""What every name in TEXT_ENCODERS must do."""

import re

import numpy as np
import pytest

from ssvae_core.encoders import check_encoder, chosen_encoder, open_encoder
from ssvae_core.encoders.texts import (
    TEXT_ENCODERS,
    default_text_encoder,
    is_text_encoder,
    open_text_encoder,
)
from ssvae_core.encoders.texts.base import text_digest
from ssvae_core.encoders.texts.tfidf import TfidfEncoder
from ssvae_core.errors import UserError
from tests.support.small_texts import sentence_transformer_folder, texts

TEXTS = [text for text, _ in texts(4)]


@pytest.fixture(scope="module", params=sorted(TEXT_ENCODERS))
def encoder(request, tmp_path_factory):
    if request.param == "tfidf":
        return TfidfEncoder.fitted(TEXTS)
    if request.param == "sentence-transformers":
        folder = tmp_path_factory.mktemp("model") / "model"
        sentence_transformer_folder(folder)
        return open_text_encoder(f"sentence-transformers:{folder}")
    return open_text_encoder(request.param)


def test_texts_become_rows_of_length_one(encoder):
    rows = encoder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), encoder.n_features)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_an_embedding_does_not_depend_on_what_else_is_encoded(encoder):
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS[:3]])
    np.testing.assert_allclose(encoder.encode(TEXTS)[:3], alone, atol=1e-5)


def test_no_text_and_odd_ones_are_encoded_too(encoder):
    assert encoder.encode([]).shape == (0, encoder.n_features)
    odd = ["", "?", "日本語のテキスト", "\U0001f600 \ufeff", "word " * 5000]
    rows = encoder.encode(odd)
    assert rows.shape == (len(odd), encoder.n_features)
    assert np.isfinite(rows).all()


def test_its_key_can_be_a_folders_name(encoder):
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", encoder.key)


@pytest.mark.parametrize("name", TEXT_ENCODERS)
def test_it_is_told_in_words_and_does_not_see_images(name):
    kind = TEXT_ENCODERS[name]
    choice = f"{name}:x" if kind.argument else name
    check_encoder(choice)
    assert is_text_encoder(choice)
    assert kind.title
    assert kind.about == kind.about.rstrip(".")
    for refused in (lambda: chosen_encoder(choice, (28, 28, 1)), lambda: open_encoder(choice)):
        with pytest.raises(UserError, match="reads texts"):
            refused()


def test_what_is_wrong_with_a_choice_is_said():
    with pytest.raises(UserError, match="needs to know which"):
        open_text_encoder("sentence-transformers")
    with pytest.raises(UserError, match="Choose one of: tfidf, universal"):
        open_text_encoder("word2vec")
    with pytest.raises(UserError, match="learned from texts"):
        open_text_encoder("tfidf")


def test_the_default_is_the_model_where_it_is_installed(monkeypatch):
    assert default_text_encoder() == "universal-sentence-encoder"
    monkeypatch.setattr("ssvae_core.encoders.texts.is_installed", lambda: False)
    assert default_text_encoder() == "tfidf"


def test_a_text_is_named_by_its_content():
    assert len(text_digest("a")) == 16
    assert text_digest("a") == text_digest("a") != text_digest("a ")
