"""Words that speak for a class, against the same sums written out word by word."""

import numpy as np
import pytest

from ssvae_core.encoders.texts.keywords import WordWeights
from tests.support.small_texts import SUBJECTS, texts

ROWS = texts(8)
TEXTS = [text for text, _ in ROWS]
IS_SEA = np.array([float(subject == "sea") for _, subject in ROWS])


def test_what_a_word_adds_is_its_weight_for_the_class_times_its_own_and_its_rarity():
    words = WordWeights.of(TEXTS)
    dense = words.weights.toarray()
    names = words.vectorizer.get_feature_names_out().tolist()
    p = np.where(IS_SEA > 0, 0.9, 0.2)
    found = dict(words.keywords(TEXTS[0], p, n=50))
    for column, name in enumerate(names):
        inside = sum(p[k] * dense[k, column] for k in range(len(p))) / sum(p)
        outside = sum((1 - p[k]) * dense[k, column] for k in range(len(p))) / sum(1 - p)
        rarity = np.log((1 + len(TEXTS)) / (1 + (dense[:, column] > 0).sum()))
        adds = dense[0, column] * (inside - outside) * rarity
        assert found.get(name, 0) == pytest.approx(max(adds, 0), abs=1e-9)


def test_the_words_of_a_subject_speak_for_it():
    found = [word for word, _ in WordWeights.of(TEXTS).keywords(TEXTS[0], IS_SEA)]
    assert set(found[:4]) == set(SUBJECTS["sea"]) & set(TEXTS[0].lower().replace(",", "").split())
    assert "the" not in found[:4]


def test_where_nothing_speaks_nothing_is_said():
    words = WordWeights.of(TEXTS)
    assert words.keywords(TEXTS[0], np.zeros(len(TEXTS))) == []
    assert words.keywords(TEXTS[0], np.ones(len(TEXTS))) == []
    assert words.keywords("xyzzy", IS_SEA) == []
    assert WordWeights.of(["?", "!"]) is None


def test_of_very_many_texts_some_are_counted(monkeypatch):
    monkeypatch.setattr("ssvae_core.encoders.texts.keywords.MOST_TEXTS", 12)
    words = WordWeights.of(TEXTS)
    assert len(words.chosen) == words.weights.shape[0] == 12
    assert words.keywords(TEXTS[0], IS_SEA)
