"""Contrastive pretraining of a few steps on the small digits."""

import torch

from ssvae_core.models.networks import ImageEncoder

SHAPE = (8, 8, 1)


def encoders_like(model, image_encoder):
    weight = image_encoder.convolutions[0].weight
    for module in model.modules():
        if isinstance(module, ImageEncoder) and module is not image_encoder:
            its = module.convolutions[0].weight
            if its.shape == weight.shape and torch.equal(its, weight):
                yield module
