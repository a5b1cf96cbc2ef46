"""The model card: figures with their source, and what a reader must be warned of."""

from pathlib import Path

from ssvae_core.export.card import card, limits
from ssvae_core.trainer.export_programs import config_of
from tests.support.exported_model import content_of
from tests.support.small_export import small_content


def test_the_card_says_where_its_figures_come_from(exported):
    _, folder = exported
    text = (folder / "README.md").read_text("utf-8")
    assert "Audit: 90.0% right (95 % interval 70.0% to 97.0%), of 20 of random examples" in text
    assert "Against hidden true labels: 88.0% right, of 24 examples without a label" in text
    assert "| nine \\| or not | 0 |" in text
    assert "Without a label, so never guessed: nine \\| or not." in text
    assert "45 labels given by Ana." in text
    assert "safetensors" in text


def test_a_card_without_figures_says_so(exported):
    state, _ = exported
    content = content_of(state, audit=None, truth=None)
    text = card(content, config_of(state) | {"verified": {}}, "load.py")
    assert "No figure. It needs an audit" in text


def test_a_card_warns_of_a_model_that_did_not_speak(exported):
    state, _ = exported
    guesses = small_content().guesses
    from dataclasses import replace

    content = content_of(state, guesses=replace(guesses, predicted_by="propagation"))
    config = config_of(state) | {"verified": {}}
    assert "did not let the model speak" in card(content, config, "load.py")
    assert any("Fewer than 20 labels" in limit for limit in limits(content, config))


def test_a_card_of_texts_says_how_one_is_embedded(exported):
    state, _ = exported
    config = config_of(state) | {"verified": {}}
    model = content_of(state, texts=["a"], text_encoder="universal-sentence-encoder")
    assert 'open_text_encoder("universal-sentence-encoder")' in card(model, config, "load.py")
    learned = content_of(state, texts=["a"], text_encoder="tfidf", text_encoder_file=Path("x"))
    text = card(learned, config, "load.py")
    assert 'TfidfEncoder.load(Path("text-encoder.safetensors"))' in text
    assert "no way back to words" in text
    assert "embed" not in card(content_of(state), config, "load.py")
