"""Images warped a little: what they show stays, where each stroke or thing lies does not.

Letters in shapes: B images of H x W pixels and C channels, G control points of a warp.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .mirror_images import are_alike

ROTATION = 0.3  # radians, the most
SCALE, SHEAR, SHIFT = 0.18, 0.18, 0.1  # of the image's size, the most
ELASTIC = 0.05  # standard deviation of a control point, of half the image's size
POINTS = 5  # control points a side
# Of the images, left as they are: a model that has seen only warped ones, each a little blurred by
# it, errs more on those that it is asked about: on MNIST in 2.6 %, with 0.15 in 1.9 % (950 steps).
# Notes: benchmarks/notes/training-augmentation.md
UNWARPED = 0.3
LEAST_AREA, ASPECT = 0.4, 0.3  # of a crop: share of the photograph; log of width / height, the most
LIGHT = 0.4  # by which brightness, contrast and saturation may change, the most


class Warp(nn.Module):
    """A random affine and elastic warp of most images: (B, H W C) -> (B, H W C).

    A place in the warped image is a linear function of B x (3 + G) random numbers, so all places
    of all images are one matrix product.
    """

    basis: Tensor  # (H W, 3 + G): a place's x, y and 1, and its share of every control point

    def __init__(
        self,
        shape: tuple[int, ...],
        seed: int | None = None,
        strength: float = 1.0,
        unwarped: float | None = None,
    ):
        """Draws from a generator of its own with this seed, or from torch's."""
        super().__init__()
        self.unwarped = UNWARPED if unwarped is None else unwarped
        height, width, channels = shape
        self.shape, self.strength = (height, width, channels), strength
        y, x = torch.meshgrid(
            (torch.arange(height) * 2 + 1) / height - 1,
            (torch.arange(width) * 2 + 1) / width - 1,
            indexing="ij",
        )
        points = torch.eye(POINTS**2).view(-1, 1, POINTS, POINTS)
        shares = F.interpolate(points, (height, width), mode="bicubic", align_corners=True)
        affine = torch.stack([x, y, torch.ones_like(x)])
        self.register_buffer("basis", torch.cat([affine, shares[:, 0]]).flatten(1).T.contiguous())
        self._generator = None if seed is None else torch.Generator().manual_seed(seed)

    def forward(self, x: Tensor) -> Tensor:
        """(B, H W C) -> (B, H W C)."""
        height, width, channels = self.shape
        moves = self._moves(len(x)).to(x.device).permute(1, 0, 2).flatten(1)
        grid = (self.basis @ moves).view(height, width, -1, 2).permute(2, 0, 1, 3)
        images = x.view(-1, height, width, channels).permute(0, 3, 1, 2)
        warped = F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)
        return warped.permute(0, 2, 3, 1).flatten(1)

    def _moves(self, n: int) -> Tensor:
        """Where x and y come from, as weights of the basis: -> (n, 3 + G, 2)."""
        draw = torch.rand(n, 6, generator=self._generator) * 2 - 1
        angle, stretch = draw[:, 0] * ROTATION, 1 + draw[:, 1] * SCALE
        shear, shift = draw[:, 2:4] * SHEAR, draw[:, 4:6] * SHIFT * 2
        cos, sin = angle.cos() * stretch, angle.sin() * stretch
        aspect = self.shape[1] / self.shape[0]  # x and y are of half a side; a turn is of pixels
        from_x = torch.stack([cos, sin * aspect + shear[:, 1]], -1)
        from_y = torch.stack([-sin / aspect + shear[:, 0], cos], -1)
        elastic = torch.randn(n, POINTS**2, 2, generator=self._generator) * ELASTIC
        moves = torch.cat([torch.stack([from_x, from_y, shift], 1), elastic], 1)
        none = torch.eye(*moves.shape[1:])  # x from x, y from y
        is_left = torch.rand(n, generator=self._generator) < self.unwarped
        return torch.where(is_left[:, None, None], none, none + self.strength * (moves - none))


class PhotographWarp(nn.Module):
    """Another photograph of the same: cropped, mirrored, in other light: (B, H W C) -> (B, H W C).

    What SimCLR does to photographs (Chen et al. 2020, arXiv:2002.05709), less of it.
    """

    axes: Tensor  # (H W, 2): a place's x and y, -1 to 1

    def __init__(
        self,
        shape: tuple[int, ...],
        mirrors: bool,
        strength: float = 1.0,
        unwarped: float | None = None,
    ):
        """`mirrors`: whether a mirror image shows the same. Draws from torch's generator."""
        super().__init__()
        self.shape, self.mirrors, self.strength = shape, mirrors, strength
        self.unwarped = UNWARPED if unwarped is None else unwarped
        y, x = torch.meshgrid(
            *((torch.arange(n) * 2 + 1) / n - 1 for n in shape[:2]), indexing="ij"
        )
        self.register_buffer("axes", torch.stack([x, y], -1).flatten(0, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, H W C) -> (B, H W C)."""
        height, width, channels = self.shape
        images = x.view(-1, height, width, channels).permute(0, 3, 1, 2)
        draw = torch.rand(9, len(x), 1, 1).to(x.device)
        is_left = draw[0] < self.unwarped
        strength = torch.where(is_left, 0.0, self.strength)
        area = 1 - strength * (1 - LEAST_AREA) * draw[1]
        aspect = (strength * ASPECT * (2 * draw[2] - 1)).exp()
        scale = torch.cat([(area * aspect).sqrt(), (area / aspect).sqrt()], -1).clamp(max=1.0)
        centre = (2 * draw[3:5, :, 0].permute(1, 2, 0) - 1) * (1 - scale)  # wholly inside
        if self.mirrors:
            flip = torch.where((draw[5] < 0.5) & ~is_left, -1.0, 1.0)
            scale = scale * torch.cat([flip, torch.ones_like(flip)], -1)
        grid = (self.axes * scale + centre).view(-1, height, width, 2)
        cropped = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
        light, contrast, saturation = (
            1 + strength[..., None] * LIGHT * (2 * amount[..., None] - 1) for amount in draw[6:9]
        )
        grey = cropped.mean(1, keepdim=True)
        cropped = grey + (cropped - grey) * saturation
        centre_of_light = cropped.mean((1, 2, 3), keepdim=True)
        seen = light * (centre_of_light + (cropped - centre_of_light) * contrast)
        return seen.clamp(0, 1).permute(0, 2, 3, 1).flatten(1)


def warp_for(values: Tensor, shape: tuple[int, ...], strength: float = 1.0) -> nn.Module:
    """What may happen to images (N, H W C) of this data set without their class changing.

    Colour is of photographs, else they are drawings; mirrored is what then looks like the others.
    """
    if shape[2] != 3:
        return Warp(shape, strength=strength)
    return PhotographWarp(shape, are_alike(values, shape), strength)


def with_holes(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Half of the images with a square of half their size put to 0: (B, H W C) -> (B, H W C)."""
    height, width, channels = shape
    row, column, has_hole = torch.rand(3, len(x), 1).to(x.device).unbind()
    rows, columns = (torch.arange(n, device=x.device) for n in (height, width))
    inside = (rows - row * height).abs() < height / 4  # (B, H)
    across = (columns - column * width).abs() < width / 4
    hole = (inside & (has_hole < 0.5))[:, :, None] & across[:, None]
    return x.masked_fill(hole[..., None].expand(-1, -1, -1, channels).flatten(1), 0.0)
