"""Small ONNX files: a 1 x 1 convolution of an image, then what an exporter may make of it."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)  # features, channels


def onnx_file(
    path,
    *,
    side="side",
    n="batch",
    layout="NCHW",
    kind=TensorProto.FLOAT,
    outputs=("features",),
    metadata=None,
    channels=3,
    more_inputs=(),
):
    """Of an image x: (x . WEIGHTS) averaged over its pixels, or as outputs of other names.

    features   (B, 5); pooler_output the same, doubled
    last_hidden_state   (B, T, 5), a token a pixel
    map   (B, 5, H, W)
    """
    shape = [n, channels, side, side] if layout == "NCHW" else [n, side, side, channels]
    nodes, x = [], "images"
    if kind != TensorProto.FLOAT:
        nodes.append(helper.make_node("Cast", [x], ["floats"], to=TensorProto.FLOAT))
        x = "floats"
    if layout == "NHWC":
        nodes.append(helper.make_node("Transpose", [x], ["first"], perm=[0, 3, 1, 2]))
        x = "first"
    nodes += [
        helper.make_node("Conv", [x, "weights"], ["map"]),
        helper.make_node("ReduceMean", ["map", "across"], ["features"], keepdims=0),
        helper.make_node("Add", ["features", "features"], ["pooler_output"]),
        helper.make_node("Reshape", ["map", "flat"], ["columns"]),
        helper.make_node("Transpose", ["columns"], ["last_hidden_state"], perm=[0, 2, 1]),
    ]
    shapes = {
        "features": [n, 5],
        "pooler_output": [n, 5],
        "last_hidden_state": [n, "tokens", 5],
        "map": [n, 5, "high", "wide"],
    }
    shapes |= {"columns": [n, 5, "tokens"]}
    weights = WEIGHTS[:, :channels].reshape(5, channels, 1, 1)
    graph = helper.make_graph(
        nodes,
        "encoder",
        [
            helper.make_tensor_value_info("images", kind, shape),
            *(helper.make_tensor_value_info(name, TensorProto.INT64, [n]) for name in more_inputs),
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in outputs],
        [
            numpy_helper.from_array(np.ascontiguousarray(weights), "weights"),
            numpy_helper.from_array(np.array([2, 3]), "across"),
            numpy_helper.from_array(np.array([0, 5, -1]), "flat"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, metadata or {})
    onnx.save(model, path)
    return path
