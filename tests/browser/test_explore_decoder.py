"""The browser's decoder draws what torch draws, for every model and every kind of network."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from ssvae_core.decoding.program import pack
from ssvae_core.models import MODELS, VAE, ModelInputs, components_of, made
from ssvae_core.models.drawing_program import code_program, style_program
from ssvae_core.options.options import FittingOptions
from tests.support.small_models import K, small_config

ROOT = "pages/web/"
PLACE = "http://modules.test/"
N = 6
CLOSE = 1e-3  # of white
SHAPES = {
    "grey": ((9, 10, 1), {}),
    "convolutions": ((21, 18, 3), {"networks": "convolutions"}),
    "components": ((8, 8, 3), {"networks": "components"}),
}
DRAW = """
async ({ programs, frozen, learned, space, z, classes }) => {
  const { readPrograms } = await import("PLACEexplore/decoder.js");
  const { runProgram, OPERATIONS } = await import("PLACEexplore/decoder_ops.js");
  const { toFloats } = await import("PLACEexplore/packed.js");
  const floats = (halves) => toFloats(Uint16Array.from(halves));
  const parts = { frozen: floats(frozen), learned: floats(learned) };
  const program = readPrograms(programs, parts)[space];
  const unknown = program.operations.find(({ name }) => !(name in OPERATIONS));
  if (unknown) return unknown.name;
  return Array.from(runProgram(program, Float32Array.from(z), Int32Array.from(classes)));
}
""".replace("PLACE", PLACE)


@pytest.fixture(scope="module")
def modules(chromium):
    """A page that may import the sources of the browser's modules."""
    page = chromium.new_page()

    def serve(route):
        name = route.request.url.removeprefix(PLACE)
        if name:
            route.fulfill(path=ROOT + name, content_type="text/javascript")
        else:
            route.fulfill(body="<html></html>", content_type="text/html")

    page.route(f"{PLACE}**", serve)
    page.goto(PLACE)
    yield page
    page.close()


def model_of(name, kind):
    shape, chosen = SHAPES[kind]
    torch.manual_seed(0)
    options = FittingOptions(**chosen)
    components = components_of(torch.rand(60, int(np.prod(shape))))
    of_m1 = dataclasses.replace(ModelInputs.of(shape, 1, options), components=components)
    m1 = made(VAE, of_m1, VAE.Config(4, 16)).eval()
    inputs = ModelInputs.of(shape, K, options, m1, torch.randn(60, 4))
    inputs = dataclasses.replace(inputs, components=components)
    model = made(MODELS[name].model, inputs, small_config(MODELS[name], 3)).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # what is silent as new is to say something, too
            parameter.add_(0.03 * torch.randn_like(parameter))
    return model


def drawn_by_browser(page, programs, space, z, y):
    packed = pack(programs)
    found = page.evaluate(
        DRAW,
        {
            "programs": packed.programs,
            "frozen": packed.frozen.view(np.uint16).tolist(),
            "learned": packed.learned.view(np.uint16).tolist(),
            "space": space,
            "z": z.flatten().tolist(),
            "classes": y.tolist(),
        },
    )
    assert not isinstance(found, str), f"the browser does not know {found}"
    return np.array(found, np.float32).reshape(len(y), -1)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("name", MODELS)
def test_the_browser_draws_what_torch_draws(modules, name, kind):
    model = model_of(name, kind)
    programs = {"code": code_program(model), "style": style_program(model)}
    y = torch.arange(N) % K
    for space, draw in (("code", model.decode_code), ("style", model.decode)):
        z = torch.randn(N, programs[space].dim)
        with torch.no_grad():
            expected = draw(z, y).numpy()
        found = drawn_by_browser(modules, programs, space, z, y)
        assert np.abs(found - expected).max() < CLOSE
