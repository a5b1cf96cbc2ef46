import torch

from ssvae_core.data import load_dataset
from ssvae_core.lessons.reading import read

DATA = load_dataset("mnist")


def test_real_digits_are_read_right_and_pass_for_real():
    values = torch.from_numpy(DATA.images[8000:8500]).flatten(1).float() / 255
    found = read(values)
    assert (found.classes == DATA.answer_key[8000:8500]).mean() > 0.97
    assert 0.9 < found.share_real < 0.99


def test_noise_and_an_average_do_not_pass_for_real():
    noise = torch.rand(20, 784, generator=torch.Generator().manual_seed(0))
    average = torch.from_numpy(DATA.images[:1000]).float().mean(0).flatten()[None] / 255
    assert read(torch.cat([noise, average])).share_real == 0
