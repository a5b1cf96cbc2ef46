"""What a model draws a class from: the class's aggregated posterior, smoothed.

    p(c|y) = 1/M_y sum_i N(c; (1 - SHRINK) c_i + SHRINK mean_i, (1 - (1 - SHRINK)^2) covariance_i)

A code c is what alone decides, with y, what is drawn: the style z, or M1's latents z1 in a model on
an M1. c_1, c_2 ... are the means of q(c|x,y) for examples x of the class y, and mean_i and
covariance_i are of c_i and its nearest in its class. The prior that raises a bound most is the
aggregated posterior (Tomczak and Welling 2018, arXiv:1705.07120); the p(c|y) that a model learned
is simpler, and leaves out half of what is seen in a class or draws things that are none.

A draw from the codes themselves would be an example redrawn. So each has a kernel as wide as its
neighbourhood and of the same shape (Vincent and Bengio 2003, Manifold Parzen Windows), moved
towards the middle such that all together are no wider than the codes (Liu and West 2001). Without
that, one in 25 draws of MNIST is read as another class, with it one in 50.

Whose class is sure counts more: examples have the weight share^SURE, and as many are taken as so
many weights are worth equal ones, (sum w)^2 / sum w^2 (Kish 1965). What is drawn of a class is
therefore its surer part: where half of the guesses are wrong, two in five codes are.
Notes: benchmarks/notes/models-class_codes.md

Letters in shapes: B draws, M codes, C numbers a code has, N examples of the data, K classes, R
codes of a neighbourhood.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

N_CODES = 4096  # of all classes together
SURE = 4.0  # the power of its share that an example weighs
N_NEAREST = 10  # R, the code itself and the nearest in its class
SHRINK = 0.1  # how far towards the middle of its neighbourhood a kernel lies
WIDTH = (1 - (1 - SHRINK) ** 2) ** 0.5  # of a kernel, to its neighbourhood's


def examples_of_classes(
    shares: NDArray[np.floating], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Examples for codes and the class of each, as their shares (N, K) of the classes are.

    -> (M,), (M,). Of a class, those that it is the likeliest of, drawn without replacement by their
    weights, and as many as these are worth. The same seed draws the same as long as shares are.
    """
    n, n_classes = shares.shape
    if not n:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    best, share = shares.argmax(1), shares.max(1)
    # The largest of log weight + Gumbel noise are a draw without replacement.
    noise = np.random.default_rng(seed).gumbel(size=n)
    order = np.lexsort((-(SURE * np.log(share.clip(1e-12)) + noise), best))
    order = order[share[order] > 0]
    its, weight = best[order], share[order].astype(np.float64) ** SURE
    n_known = max(len(np.unique(its)), 1)
    count = np.bincount(its, minlength=n_classes)
    place = np.arange(len(order)) - np.repeat(count.cumsum() - count, count)  # within its class
    total, squares = (np.bincount(its, power, n_classes) for power in (weight, weight**2))
    worth = np.divide(total**2, squares, out=np.zeros(n_classes), where=squares > 0)
    most = np.rint(worth).clip(N_NEAREST, max(N_CODES // n_known, N_NEAREST))
    chosen = order[place < most[its]]
    return chosen, best[chosen]


class ClassCodes(nn.Module):
    """Codes of examples of every class that has some, and draws from their kernels.

    Its tensors belong to no state_dict: whoever has the examples makes them again.
    """

    codes: Tensor  # (M, C), those of a class together
    near: Tensor  # (M, R) a code and the nearest in its class; itself again where they are fewer
    first: Tensor  # (K,) where those of a class begin
    count: Tensor  # (K,) how many they are

    def __init__(self, codes: Tensor, y: Tensor, n_classes: int):
        """codes: (M, C) of examples of the classes y (M,)."""
        super().__init__()
        order = y.argsort(stable=True)
        codes, count = codes[order].float(), torch.bincount(y, minlength=n_classes)
        first, near = count.cumsum(0) - count, []
        for at, part in zip(first.tolist(), codes.split(count.tolist()), strict=True):
            near.append(at + _nearest(part))
        self.register_buffer("codes", codes, persistent=False)
        self.register_buffer("near", torch.cat(near), persistent=False)
        self.register_buffer("first", first, persistent=False)
        self.register_buffer("count", count, persistent=False)

    @classmethod
    def restored(cls, codes: Tensor, count: Tensor) -> ClassCodes:
        """The same again, of its codes (M, C) and their count in each class (K,)."""
        y = torch.arange(len(count), device=count.device).repeat_interleave(count)
        return cls(codes, y, len(count))

    def has(self, y: Tensor) -> Tensor:
        """Whether there are codes of these classes: (...) -> (...)."""
        return self.count[y] > 0

    def drawn(self, y: Tensor, n: int = 1, temperature: float = 1.0) -> Tensor:
        """N draws of each of these classes, which have codes: (B,) -> (B, n, C).

        From as many different kernels, if the class has them; `temperature` scales their width.
        """
        place = (torch.rand(len(y), 1) + torch.arange(n) / n) % 1
        which = (place.to(y.device) * self.count[y][:, None]).long().flatten()
        noise = temperature * torch.randn(len(which), N_NEAREST, device=y.device)
        return self.around(y.repeat_interleave(n), which, noise).view(
            len(y), n, self.codes.shape[1]
        )

    def around(self, y: Tensor, which: Tensor, noise: Tensor) -> Tensor:
        """Draws from one kernel each, the which-th of its class, counted round: -> (B, C).

        (B,), (B,), (B, N_NEAREST) standard normal.
        """
        of = self.first[y] + which % self.count[y].clamp(min=1)
        near = self.codes[self.near[of]]
        middle = near.mean(1)
        # Any weights w of the neighbours: sum_r w_r (c_r - mean) / sqrt(R) has their covariance.
        aside = (noise[..., None] * (near - middle[:, None])).sum(1) / N_NEAREST**0.5
        return torch.lerp(self.codes[of], middle, SHRINK) + WIDTH * aside


def _nearest(codes: Tensor) -> Tensor:
    """Each code and the nearest others, itself again where there are too few: -> (m, R)."""
    m = len(codes)
    found = torch.arange(m, device=codes.device)[:, None].repeat(1, N_NEAREST)
    n = min(m, N_NEAREST)
    if m:
        found[:, :n] = torch.cdist(codes, codes).topk(n, largest=False).indices
    return found
