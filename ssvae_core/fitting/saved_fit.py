"""A fit on disk or in a pickle: arrays and a manifest, without code, for any device.

It holds the examples too: labels propagate over them, and training goes on from them. A fit that
is loaded predicts the same, and learns on as the one that was saved would have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.atlas import Near
from ..atlas.graphs import CONTRASTIVE, M1_LATENTS, PIXELS
from ..errors import UserError
from ..models import MODELS
from ..models.contrastive import N_FEATURES
from ..models.networks import new_image_encoder
from ..options.renamed import renamed
from ..pretraining.saved_m1 import give_m1, known_arrays, made_m1
from ..storage.bundles import read_bundle, write_bundle
from ..training.examples import Standard
from ..training.learned import learned_arrays, load_learned
from .fit import Fit
from .seen import Seen

FitArrays = dict[str, NDArray[Any]]
KIND = "fit"


def save_fit(folder: Path, fit: Fit, more: Mapping[str, Any] | None = None) -> None:
    """Write a fit that has run as a bundle, with more to say in its manifest.

    Raises UserError if that cannot be done.
    """
    arrays, manifest = packed(fit)
    write_bundle(folder, arrays, {**manifest, **(more or {})})


def load_fit(folder: Path, device: torch.device) -> tuple[Fit, dict[str, Any]]:
    """The fit and its manifest. Raises UserError if it is missing, damaged or too new."""
    arrays, manifest = read_bundle(folder)
    if manifest.get("kind") != KIND:
        raise UserError(f"{folder} holds something else than a fitted model.")
    if manifest.get("model") not in MODELS:
        raise UserError(
            f"{folder} holds a model named '{manifest.get('model')}', which this version does not "
            f"know. It knows: {', '.join(MODELS)}."
        )
    try:
        return unpacked(arrays, manifest, device), manifest
    except (KeyError, TypeError, ValueError, RuntimeError, UserError) as error:
        raise UserError(
            f"{folder} was saved by another version of the app, or is damaged: {error} "
            "Fit the model again."
        ) from error


def packed(fit: Fit) -> tuple[FitArrays, dict[str, Any]]:
    """All that a fit is: arrays by name, and a manifest that JSON can hold."""
    if fit.learner is None:
        raise UserError("There is nothing to save: the model has not been fitted yet.")
    arrays = learned_arrays(fit.learner)
    arrays |= {"values": fit.values.cpu().numpy(), "labels": fit.labels}
    if fit.m1 is not None:
        whole = {name: part.cpu().numpy() for name, part in fit.m1.state_dict().items()}
        arrays |= {f"m1.{name}": part for name, part in (whole | known_arrays(fit.m1)).items()}
    if fit.image_encoder is not None:
        weights = fit.image_encoder.state_dict()
        arrays |= {f"sight.{name}": part.cpu().numpy() for name, part in weights.items()}
    if fit.z1_mean is not None:
        arrays["z1_mean"] = fit.z1_mean.cpu().numpy()
    if fit.seen.features is not None and fit.centre is not None:
        arrays |= {"features": fit.seen.features.cpu().numpy(), "feature_centre": fit.centre}
    if fit.seen.digests is not None:
        arrays["digests"] = fit.seen.digests
    if fit.seen.domains is not None:
        arrays["domains"] = fit.seen.domains
    if fit.standard:
        arrays |= {f"standard.{name}": part for name, part in vars(fit.standard).items()}
    for graph in fit.graphs:
        of_graph = {"neighbours": graph.neighbours, "distances": graph.distances}
        arrays |= {f"graph.{graph.name}.{name}": array for name, array in of_graph.items()}
    teacher = fit.learner.teacher
    return arrays, {
        "kind": KIND,
        "model": fit.model_name,
        "config": asdict(fit.config),
        "choices": asdict(fit.options),
        "m1": None if fit.m1 is None else asdict(fit.m1.config),
        "m1_choices": None if fit.m1 is None else asdict(fit.m1.options),
        "shape": list(fit.shape),
        "n_classes": fit.n_classes,
        "features_beside": fit.beside,
        "with_teacher": teacher is not None,
        "teacher_has_given_up": teacher is not None and teacher.has_given_up,
        "model_is_trusted": fit.ensemble is not None and fit.ensemble.model_is_trusted,
        "seed": fit.seed,
        "steps": fit.steps,
        "seconds": fit.seconds,
        "versions": {"torch": str(torch.__version__), "numpy": np.__version__},
    }


def unpacked(
    arrays: Mapping[str, NDArray[Any]], manifest: dict[str, Any], device: torch.device
) -> Fit:
    """The fit that was packed, on this device."""
    manifest = renamed(manifest)
    arrays = {name: np.array(array) for name, array in arrays.items()}  # theirs may be read-only
    shape = tuple(manifest["shape"])
    standard = None
    if "standard.centre" in arrays:
        standard = Standard(arrays["standard.centre"], arrays["standard.scale"])
    fit = Fit(
        np.empty((0, *shape), np.float32),
        np.empty(0, np.int16),
        n_classes=manifest["n_classes"],
        model=manifest["model"],
        config={**manifest["config"], **manifest.get("choices", {})},
        with_teacher=manifest["with_teacher"],
        device=device,
        seed=manifest["seed"],
        standard=standard,
        centre=arrays.get("feature_centre"),
        beside=manifest.get("features_beside", False),
    )
    values = torch.from_numpy(arrays["values"]).to(device)
    fit.seen = Seen.of(values, *(arrays.get(name) for name in ("features", "digests", "domains")))
    fit.labels = arrays["labels"]
    if manifest["m1"] is not None:
        fit.m1 = made_m1(shape, manifest["m1"], manifest.get("m1_choices", {}))
        give_m1(fit.m1, {n: part.numpy() for n, part in tensors_below("m1.", arrays).items()})
        fit.m1.to(device)
    if weights := tensors_below("sight.", arrays):
        fit.image_encoder = new_image_encoder(shape, N_FEATURES)
        fit.image_encoder.load_state_dict(weights)
        fit.image_encoder.to(device)
    if "z1_mean" in arrays:
        fit.z1_mean = torch.from_numpy(arrays["z1_mean"]).to(device)
    with torch.random.fork_rng([]):  # weights are drawn, to be overwritten
        _begin(fit, arrays, manifest)
    return fit


def _begin(fit: Fit, arrays: FitArrays, manifest: dict[str, Any]) -> None:
    """Make its learner and its ensemble, and give them what they had learned."""
    fit.begin()
    if near := _near(arrays):
        fit.find_neighbours(near)
    fit.take_labels(fit.labels)
    learner = fit.learner
    assert learner is not None
    load_learned(arrays, learner)
    learner.steps, fit.seconds = manifest["steps"], manifest["seconds"]
    if learner.teacher and manifest["teacher_has_given_up"]:
        learner.teacher.give_up()
    if fit.ensemble:
        fit.ensemble.model_is_trusted = manifest["model_is_trusted"]


def _near(arrays: FitArrays) -> dict[str, Near]:
    """Who is near whom in each graph, by its name."""
    if "neighbours" in arrays:  # of before there were several: whichever it is
        near = arrays["neighbours"], arrays["distances"]
        return dict.fromkeys((CONTRASTIVE, M1_LATENTS, PIXELS), near)
    names = [re.fullmatch(r"graph\.(.+)\.neighbours", key) for key in arrays]
    return {
        name[1]: (arrays[f"graph.{name[1]}.neighbours"], arrays[f"graph.{name[1]}.distances"])
        for name in names
        if name
    }


def tensors_below(prefix: str, arrays: FitArrays) -> dict[str, torch.Tensor]:
    """The arrays whose names begin so, without the prefix."""
    return {
        name.removeprefix(prefix): torch.from_numpy(array)
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
