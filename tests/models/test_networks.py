"""Networks by an example's shape: against the layers called one image at a time, as torch has them.

An example is flat, its values ordered by height, width and channel.
"""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ssvae_core.models.components import n_components
from ssvae_core.models.networks import (
    ClassConditionalMLP,
    ImageDecoder,
    ImageEncoder,
    head,
    mlp,
    trunk,
)
from ssvae_core.options.options import AUTO, FittingOptions

VECTOR, GREY, COLOUR, ODD = (20,), (28, 28, 1), (40, 40, 3), (47, 31, 3)
H = 12


@pytest.fixture(params=[VECTOR, GREY, COLOUR, ODD], ids=str)
def shape(request):
    return request.param


@pytest.fixture(params=[GREY, COLOUR, ODD], ids=str)
def image_shape(request):
    return request.param


def examples(shape, *leading):
    generator = torch.Generator().manual_seed(2)
    return torch.rand(*leading, math.prod(shape), generator=generator)


def chosen_for(shape):
    """Convolutions for colour images, as they may be chosen."""
    return FittingOptions("convolutions") if AUTO.in_components(shape) else AUTO


def one_by_one(net, v):
    """The net on every row alone: (..., n) -> (..., m)."""
    rows = [net(row[None])[0] for row in v.flatten(0, -2)]
    return torch.stack(rows).view(*v.shape[:-1], -1)


# Chosen by shape


def test_only_large_grey_images_go_through_convolutions():
    shapes = VECTOR, GREY, COLOUR, ODD, (80, 60, 1)
    assert [AUTO.convolves(shape) for shape in shapes] == [False, False, False, False, True]
    assert [AUTO.in_components(shape) for shape in shapes] == [False, False, True, True, False]
    assert not AUTO.convolves((5000,))


def test_a_trunk_says_how_many_numbers_it_makes_of_an_example(shape):
    for options in (AUTO, chosen_for(shape)):
        net, n_features = trunk(shape, H, options)
        assert net(examples(shape, 4)).shape == (4, n_features)
        if options.in_components(shape):
            assert n_features == n_components(math.prod(shape))
        else:
            assert n_features == (H if options.convolves(shape) else math.prod(shape))


def test_what_is_not_large_is_seen_as_it_is():
    x = examples(GREY, 2)
    assert trunk(GREY, H)[0](x) is x


@pytest.mark.parametrize("per_value", [1, 2])
def test_a_head_makes_so_many_numbers_a_value(shape, per_value):
    net = head(H, shape, per_value, chosen_for(shape))
    assert net(torch.rand(4, H)).shape == (4, math.prod(shape) * per_value)


def test_leading_axes_are_a_loop_over_examples(shape):
    torch.manual_seed(0)
    chosen = chosen_for(shape)
    encoder, decoder = trunk(shape, H, chosen)[0].eval(), head(H, shape, 2, chosen)
    for leading in ((3,), (2, 3), (1, 2, 2)):
        x, v = examples(shape, *leading), torch.rand(*leading, H)
        torch.testing.assert_close(encoder(x), one_by_one(encoder, x), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(decoder(v), one_by_one(decoder, v), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_no_example_is_a_batch_too_and_leaves_no_trace(image_shape, batch_norm):
    encoder, decoder = ImageEncoder(image_shape, H, batch_norm), ImageDecoder(H, image_shape, 2)
    none = encoder(examples(image_shape, 0))
    assert none.shape == (0, H)
    assert decoder(none).shape == (0, 2 * math.prod(image_shape))
    assert encoder.eval()(examples(image_shape, 1)).isfinite().all()


# Images


@pytest.mark.parametrize("batch_norm", [False, True])
def test_an_encoder_sees_rows_columns_and_channels_in_their_places(image_shape, batch_norm):
    encoder = ImageEncoder(image_shape, H, batch_norm).eval()
    height, width, n_channels = image_shape
    x = examples(image_shape, 1)
    image = torch.empty(1, n_channels, height, width)
    for row in range(height):
        for column in range(width):
            for channel in range(n_channels):
                place = (row * width + column) * n_channels + channel
                image[0, channel, row, column] = x[0, place]
    for layer in encoder.convolutions:
        if isinstance(layer, nn.Conv2d):
            padding = layer.kernel_size[0] // 2
            image = F.conv2d(image, layer.weight.contiguous(), layer.bias, 2, padding)
        else:
            image = layer(image)
    expected = F.relu(encoder.last(image.contiguous().flatten(1)))
    torch.testing.assert_close(encoder(x), expected, atol=1e-5, rtol=1e-5)


def test_an_encoder_halves_an_image_down_to_four_by_four_or_so():
    for shape, size in ((GREY, (4, 4)), (COLOUR, (3, 3)), (ODD, (6, 4)), ((64, 64, 3), (4, 4))):
        encoder = ImageEncoder(shape, H)
        image = torch.rand(1, shape[2], *shape[:2])
        assert encoder.convolutions(image).shape[2:] == size
    for shape in ((8, 8, 1), (5, 40, 3), (200, 9, 1)):
        assert ImageEncoder(shape, H)(examples(shape, 2)).shape == (2, H)


@pytest.mark.parametrize("per_value", [1, 2])
def test_a_decoder_draws_rows_columns_and_channels_in_their_places(image_shape, per_value):
    """The means of all values come first, then their second parameters, as `chunk` reads them."""
    height, width, n_channels = image_shape
    decoder = ImageDecoder(H, image_shape, per_value)
    v = torch.rand(1, H)
    drawn = decoder(v)[0]
    image = decoder.convolutions(decoder.first(v).view(1, -1, *decoder.smallest))[0]
    image = image[:, :height, :width]
    assert image.shape == (n_channels * per_value, height, width)
    assert image.std() > 0
    for part, values in enumerate(drawn.chunk(per_value)):
        values = values.view(height, width, n_channels)
        for channel in range(n_channels):
            expected = image[part * n_channels + channel]
            torch.testing.assert_close(values[..., channel], expected)


def test_a_decoder_can_draw_what_an_encoder_saw(image_shape):
    """Gradients reach every weight, and rows do not come out as columns."""
    torch.manual_seed(0)
    encoder, decoder = ImageEncoder(image_shape, 32), ImageDecoder(32, image_shape, 1)
    x = torch.zeros(1, *image_shape)
    x[:, : image_shape[0] // 3] = 1.0
    x[..., 0] *= 0.5
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, 3e-3)
    for _ in range(40):
        optimizer.zero_grad()
        loss = (decoder(encoder(x.flatten(1))) - x.flatten(1)).square().mean()
        loss.backward()
        optimizer.step()
    assert all(parameter.grad is not None for parameter in parameters)
    assert loss.item() < 0.05


# The others


def test_an_mlp_has_a_nonlinearity_between_its_layers_and_none_after():
    net = mlp(3, 4, 5, 2)
    assert [type(layer) for layer in net] == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    assert mlp(3, 2)(torch.zeros(1, 3)).shape == (1, 2)


def test_a_class_and_an_input_broadcast():
    net = ClassConditionalMLP(5, 3, 8, 2)
    v, y = torch.rand(4, 5), torch.arange(3)
    found = net(v[:, None], y)
    assert found.shape == (4, 3, 2)
    for i in range(4):
        for k in range(3):
            torch.testing.assert_close(found[i, k], net(v[i], torch.tensor(k)))
