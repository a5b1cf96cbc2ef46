import pytest
import torch

from ssvae_core.lessons.training import Explaining, images_alone, labelled_alone, part, train
from ssvae_core.models import CVAE, VAE, ModelInputs
from ssvae_core.models.vae import VAEConfig
from ssvae_core.options.options import AUTO
from ssvae_core.training.seeding import seeded

CPU = torch.device("cpu")
VALUES = torch.randint(0, 255, (200, 64), generator=torch.Generator().manual_seed(0)).byte()


def small_vae():
    with seeded(CPU, 0):
        return VAE(ModelInputs.of((8, 8, 1), 1, AUTO), VAEConfig(2, 16))


def trained(seed, steps=5, told=lambda *_: None):
    vae = small_vae()
    train(vae, images_alone(VALUES), steps, seed, told, "training")
    return torch.cat([each.flatten() for each in vae.state_dict().values()])


def test_a_seed_gives_the_same_each_time_and_another_seed_another():
    assert torch.equal(trained(1), trained(1))
    assert not torch.equal(trained(1), trained(2))


def test_whoever_is_told_may_end_it():
    class Enough(Exception):
        pass

    def told(share, what):
        assert 0 <= share <= 1
        assert "step 0 of 5" in what
        raise Enough

    with pytest.raises(Enough):
        trained(0, told=told)


def test_a_part_of_the_work_is_told_as_a_share_of_all_of_it():
    seen = []
    told = part(lambda share, _: seen.append(share), 0.5, 0.9)
    told(0.0, "")
    told(1.0, "")
    assert seen == pytest.approx([0.5, 0.9])


def test_explaining_raises_the_bound_of_labelled_images():
    classes = torch.arange(200) % 3
    with seeded(CPU, 0):
        cvae = CVAE(ModelInputs.of((8, 8, 1), 3, AUTO), CVAE.Config(4, 16))
    x = VALUES.float() / 255

    def bound():
        with torch.no_grad(), seeded(CPU, 9):
            return float(cvae.bound(x, classes).mean())

    before = bound()
    learner = Explaining(cvae, cvae.bound, 2e-3)
    train(learner, labelled_alone(VALUES, classes), 60, 0, lambda *_: None, "training")
    assert bound() > before + 0.5
