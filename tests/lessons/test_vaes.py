import numpy as np
import pytest
import torch

from ssvae_core.lessons.asked import Asked
from ssvae_core.lessons.training import nobody
from ssvae_core.lessons.vaes import codes, trained_vae


@pytest.fixture(scope="module")
def asked(request):
    return Asked(0.0, 2.0, request.getfixturevalue("digits"), share=0.05)


def test_the_same_is_trained_once_and_another_again(asked):
    vae = trained_vae(asked, 2, nobody)
    assert trained_vae(asked, 2, nobody) is vae
    assert trained_vae(asked, 3, nobody) is not vae
    assert codes(vae, asked.material.x()).shape == (50, 2)


def test_whoever_stops_it_leaves_nothing_half_trained(asked):
    class Enough(Exception):
        pass

    def stop(share, what):
        raise Enough

    with pytest.raises(Enough):
        trained_vae(asked, 4, stop)
    told = []
    trained_vae(asked, 4, lambda share, what: told.append(what))
    assert told


def test_a_plain_autoencoder_pays_nothing_and_redraws_better(asked):
    x = asked.material.x()
    plain = trained_vae(asked, 2, nobody, plain=True, steps=2000)
    dear = trained_vae(asked, 2, nobody, beta=16, steps=2000)

    def lost(vae):
        with torch.no_grad():
            return float((vae.decode(codes(vae, x)) - x).square().mean())

    assert np.isfinite(lost(plain))
    assert lost(plain) < lost(dear)
