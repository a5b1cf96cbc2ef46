"""TF-IDF and SVD, against scikit-learn's own pipeline and against plain counting."""

import math
from collections import Counter

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from ssvae_core.encoders.texts.tfidf import TfidfEncoder
from ssvae_core.errors import UserError
from tests.support.small_texts import texts

TEXTS = [text for text, _ in texts(8)]


def test_weights_are_counted_plainly():
    encoder = TfidfEncoder.fitted(TEXTS, 5)
    documents = [text.lower().replace(",", "").replace(".", "").split() for text in TEXTS]
    found = encoder.weights(TEXTS).toarray()
    for row, words in zip(found, documents, strict=True):
        expected = np.zeros(len(encoder.words))
        for word, times in Counter(words).items():
            if len(word) > 1:
                n_with = sum(word in others for others in documents)
                idf = math.log((1 + len(documents)) / (1 + n_with)) + 1
                expected[encoder.words.index(word)] = (1 + math.log(times)) * idf
        np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-6)


def test_the_embedding_is_scikit_learns_up_to_length():
    weights = TfidfVectorizer(sublinear_tf=True).fit_transform(TEXTS)
    rows = TruncatedSVD(5, random_state=0).fit(weights).transform(weights)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(TfidfEncoder.fitted(TEXTS, 5).encode(TEXTS), rows, atol=1e-4)


def test_it_is_the_same_after_it_was_saved(tmp_path):
    encoder = TfidfEncoder.fitted(TEXTS)
    encoder.save(tmp_path / "x.safetensors")
    again = TfidfEncoder.load(tmp_path / "x.safetensors")
    assert again.key == encoder.key
    np.testing.assert_array_equal(again.encode(TEXTS), encoder.encode(TEXTS))
    (tmp_path / "x.safetensors").write_bytes(b"12345678" * 9)
    with pytest.raises(ValueError, match="damaged"):
        TfidfEncoder.load(tmp_path / "x.safetensors")


def test_few_texts_give_few_features_and_too_few_are_refused():
    assert TfidfEncoder.fitted(["one two", "two three", "four"]).n_features == 2
    with pytest.raises(UserError, match="too few"):
        TfidfEncoder.fitted(["one two"])
    with pytest.raises(UserError, match="No text has a word"):
        TfidfEncoder.fitted(["?", "!", "a"])


def test_a_text_without_a_known_word_is_nowhere():
    assert not TfidfEncoder.fitted(TEXTS).encode(["xyzzy"]).any()
