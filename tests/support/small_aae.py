"""Small adversarial autoencoders."""

import torch

from ssvae_core.models.aae import AAE
from ssvae_core.models.base import Batch, ModelInputs
from ssvae_core.models.distributions import Bernoulli

D, K = 6, 3
CPU = torch.device("cpu")


def make(kind, n_classes=K, likelihood=None, **config):
    torch.manual_seed(2)
    inputs = ModelInputs((D,), n_classes, likelihood or Bernoulli())
    small = {"hidden_dim": 16, "judge_dim": 32} | config
    if kind is AAE:
        small = {"latent_dim": 2} | small
    return kind(inputs, kind.Config(**small))


def batch_of(n_labelled=5, n_unlabelled=7, fraction=0.3):
    torch.manual_seed(3)
    x = torch.rand(n_labelled + n_unlabelled, D)
    return Batch(x[:n_labelled], torch.arange(n_labelled) % K, x[n_labelled:], fraction)


def judge_loss_at_optimum(model, batch, steps=400):
    """The judge's loss, trained with everything else standing still, averaged at the end."""
    phase = model.phases()[1]
    optimizer = torch.optim.Adam(phase.parameters, 3e-3)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = phase.loss(batch)
        loss.total.backward()
        optimizer.step()
        losses.append(loss.terms)
    return {name: sum(one[name].item() for one in losses[-100:]) / 100 for name in loss.terms}
