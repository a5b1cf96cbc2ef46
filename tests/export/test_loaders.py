"""The loader of an exported model runs without this package."""

import subprocess
import sys

import numpy as np
import torch

from ssvae_core.trainer.programs import inputs_of, parts_of


def test_the_loader_runs_without_this_package(exported, tmp_path):
    state, folder = exported
    x = inputs_of("classifier", state, 7)["x"]
    np.save(tmp_path / "x.npy", x.numpy())
    code = (
        "import sys, numpy, torch\n"
        f"sys.path.insert(0, {str(folder)!r})\n"
        "from load import load\n"
        "x = torch.from_numpy(numpy.load('x.npy'))\n"
        "found = load('classifier')(x)\n"
        "z = load('encoder')(x, found.argmax(1))\n"
        "assert load('decoder')(z, found.argmax(1)).shape == x.shape\n"
        "numpy.save('found.npy', found.detach().numpy())\n"
        "print('ssvae_core' in sys.modules)\n"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with torch.no_grad():
        expected = parts_of(state)["classifier"](x)
    assert np.allclose(np.load(tmp_path / "found.npy"), expected.numpy(), atol=1e-6)


def test_the_loader_takes_the_weights_from_the_safetensors_file(exported, tmp_path):
    """So that weights that were trained on elsewhere can take their place."""
    import runpy
    import shutil

    from safetensors.torch import load_file, save_file

    _, folder = exported
    shutil.copytree(folder, tmp_path / "other")
    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: torch.zeros_like(tensor) for name, tensor in weights.items()},
        tmp_path / "other" / "model.safetensors",
    )
    load = runpy.run_path(str(tmp_path / "other" / "load.py"))["load"]
    with torch.no_grad():
        drawn = load("decoder")(torch.ones(1, 4), torch.tensor([0]))
    assert torch.equal(drawn, torch.full_like(drawn, 0.5))  # sigmoid(0)


def test_the_loader_has_ten_lines_of_code(exported):
    _, folder = exported
    lines = (folder / "load.py").read_text().split("alone: classifier")[1].splitlines()[1:]
    assert len([line for line in lines if line.strip()]) <= 10
