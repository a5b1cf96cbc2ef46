"""Sentence-transformers by folder, against the pooling written out token by token."""

import json
import sys

import numpy as np
import pytest
import torch

from ssvae_core.encoders import asked_of_hub, fetched
from ssvae_core.encoders.texts.sentence_transformers import SentenceTransformer, repository_of_texts
from ssvae_core.errors import NeedsDownload, UserError
from tests.support.small_texts import sentence_transformer_folder, texts

TEXTS = [text for text, _ in texts(2)]


@pytest.mark.parametrize("way", ["mean", "first"])
def test_tokens_are_pooled_as_the_models_files_say(way, tmp_path):
    model, tokenizer = sentence_transformer_folder(tmp_path / "m", way)
    rows = SentenceTransformer(str(tmp_path / "m")).encode(TEXTS)
    for text, row in zip(TEXTS, rows, strict=True):
        with torch.inference_mode():
            tokens = tokenizer(text, return_tensors="pt")
            hidden = model(**tokens).last_hidden_state[0].numpy()
        expected = hidden.mean(0) if way == "mean" else hidden[0]
        np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-5)


def test_a_model_that_pools_otherwise_or_has_other_parts_is_refused(tmp_path):
    sentence_transformer_folder(tmp_path / "m", "max")
    with pytest.raises(UserError, match="pools by pooling_mode_max_tokens"):
        SentenceTransformer(str(tmp_path / "m"))
    modules = [{"type": "sentence_transformers.models.Dense"}]
    (tmp_path / "m" / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(UserError, match="a part 'Dense' that is not known"):
        SentenceTransformer(str(tmp_path / "m"))
    (tmp_path / "m" / "modules.json").write_text("{")
    with pytest.raises(UserError, match=r"modules\.json cannot be read"):
        SentenceTransformer(str(tmp_path / "m"))


def test_a_damaged_model_is_told_in_a_sentence(tmp_path):
    sentence_transformer_folder(tmp_path / "m")
    (tmp_path / "m" / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(UserError, match="cannot be opened"):
        SentenceTransformer(str(tmp_path / "m"))


def test_nothing_is_fetched_unless_somebody_agreed(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(NeedsDownload, match="sentence-transformers/all-MiniLM-L6-v2") as caught:
        SentenceTransformer("all-MiniLM-L6-v2")
    assert caught.value.what == "sentence-transformers/all-MiniLM-L6-v2"


def test_the_hub_is_asked_for_it_by_the_name_that_it_has_there(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("ssvae_core.encoders.hub.asked_of_hub", lambda name: asked.append(name))
    monkeypatch.setattr("ssvae_core.encoders.hub.fetched", lambda name: iter([asked.append(name)]))
    asked_of_hub("sentence-transformers:all-MiniLM-L6-v2")
    list(fetched("sentence-transformers:someone/model"))
    assert asked == ["sentence-transformers/all-MiniLM-L6-v2", "someone/model"]
    assert repository_of_texts(str(tmp_path)) == str(tmp_path)


def test_without_the_package_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match="pip install transformers"):
        SentenceTransformer(str(tmp_path))
