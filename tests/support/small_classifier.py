"""SSVAEClassifier in a size that learns in a second."""

from ssvae_core import SSVAEClassifier


def classifier(model=None, max_iter=20, config=None, **settings):
    return SSVAEClassifier(
        model,
        max_iter=max_iter,
        budget=None,
        config=config,
        device="cpu",
        random_state=0,
        **settings,
    )
