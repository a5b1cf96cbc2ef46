"""The menu of what a session's M1 is to be."""

from ssvae_core.session.autoencoder_choice import autoencoder_menu


def test_auto_says_what_it_stands_for(monkeypatch):
    monkeypatch.delenv("SSVAE_AUTOENCODER", raising=False)
    assert autoencoder_menu("auto", (64, 64, 3))["options"][0]["words"] == (
        "Auto: its own, trained on these images"
    )
    monkeypatch.setenv("SSVAE_AUTOENCODER", "/models/taef")
    menu = autoencoder_menu("auto", (64, 64, 3))
    assert menu["options"][0]["words"] == "Auto: the autoencoder taef"
    assert menu["words"] == "the autoencoder taef"
    assert autoencoder_menu("own", (64, 64, 3))["words"] == "its own, trained on these images"
    assert autoencoder_menu("auto", (28, 28, 1))["words"] == "its own, trained on these images"


def test_a_chosen_folder_is_in_the_menu_and_vectors_have_none():
    menu = autoencoder_menu("/models/taef", (64, 64, 3))
    assert [each["words"] for each in menu["options"]][2:] == [
        "Pretrained: taef",
        "A pretrained autoencoder …",
    ]
    last = autoencoder_menu("auto", (20,))["options"][-1]
    assert last["why"] == "An autoencoder sees images; these are vectors."
