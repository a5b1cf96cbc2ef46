"""The files that run an exported model, by name: text here, for they run without this package."""

LOADERS = {
    "load.py": '''\
"""The model, with torch and safetensors alone: classifier, encoder, decoder or sampler."""

from pathlib import Path

import torch
from safetensors.torch import load_file


def load(part="classifier", folder=Path(__file__).parent):
    """x: float32 in [0, 1], y: int64, any batch size; what else it may take, see README.md."""
    program = torch.export.load(folder / f"{part}.pt2").module()
    weights = load_file(folder / "model.safetensors")
    program.load_state_dict({name: weights[name] for name in program.state_dict()})
    return program
''',
    "run.py": '''\
"""The model, with onnxruntime and numpy alone: classifier, encoder, decoder or sampler."""

from pathlib import Path

import onnxruntime


def load(part="classifier", folder=Path(__file__).parent):
    """x: float32 in [0, 1], y: int64, any batch size; what else it may take, see README.md."""
    session = onnxruntime.InferenceSession(folder / f"{part}.onnx")
    names = [each.name for each in session.get_inputs()]
    return lambda *inputs: session.run(None, dict(zip(names, inputs, strict=True)))[0]
''',
}
