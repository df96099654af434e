#!/usr/bin/python3
"""Writes the small networks that the tests of src/Inference run, and the probe that `closedloop doctor` runs.

Debian's python3-onnx is enough: /usr/bin/python3 make_models.py
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
PROBE = HERE.parents[3] / "src" / "Inference" / "probe.onnx"


def save(path, nodes, inputs, outputs, weights=()):
    graph = helper.make_graph(nodes, path.stem, inputs, outputs,
                              [numpy_helper.from_array(value, name) for name, value in weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], producer_name="closedloop-tests")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


# y = 2 x + 1 for a batch of any size N.
save(HERE / "line.onnx",
     [helper.make_node("Mul", ["x", "slope"], ["scaled"]), helper.make_node("Add", ["scaled", "offset"], ["y"])],
     [tensor("x", TensorProto.FLOAT, ["N", 3])], [tensor("y", TensorProto.FLOAT, ["N", 3])],
     [("slope", np.array(2, np.float32)), ("offset", np.array(1, np.float32))])

# The same of a row of three pixels as a convolution: on a card that takes cuDNN.
save(PROBE, [helper.make_node("Conv", ["x", "slope", "offset"], ["y"])],
     [tensor("x", TensorProto.FLOAT, [1, 1, 1, 3])], [tensor("y", TensorProto.FLOAT, [1, 1, 1, 3])],
     [("slope", np.full((1, 1, 1, 1), 2, np.float32)), ("offset", np.ones(1, np.float32))])

# A convolution with bias and a softmax over the picture, for a batch of V: sums in an order that threads could change.
random = np.random.default_rng(3)
save(HERE / "conv.onnx",
     [helper.make_node("Conv", ["images", "weight", "bias"], ["features"], pads=[1, 1, 1, 1]),
      helper.make_node("Relu", ["features"], ["positive"]),
      helper.make_node("Flatten", ["positive"], ["flat"], axis=1),
      helper.make_node("Softmax", ["flat"], ["probability"], axis=1)],
     [tensor("images", TensorProto.FLOAT, ["V", 3, 16, 16])], [tensor("probability", TensorProto.FLOAT, ["V", 1024])],
     [("weight", random.normal(size=(4, 3, 3, 3)).astype(np.float32)), ("bias", random.normal(size=4).astype(np.float32))])

# Bytes of a picture in, sampled at places between its pixels: what the volumetric network does.
save(HERE / "gridsample.onnx",
     [helper.make_node("Cast", ["image"], ["real"], to=TensorProto.FLOAT),
      helper.make_node("Transpose", ["real"], ["planes"], perm=[0, 3, 1, 2]),
      helper.make_node("GridSample", ["planes", "grid"], ["samples"], mode="bilinear", padding_mode="zeros", align_corners=1)],
     [tensor("image", TensorProto.UINT8, [1, 4, 6, 3]), tensor("grid", TensorProto.FLOAT, [1, 2, 2, 2])],
     [tensor("samples", TensorProto.FLOAT, [1, 3, 2, 2])])

# Every element type that there is, passed through.
kinds = [("bytes", TensorProto.UINT8), ("counts", TensorProto.INT64), ("halves", TensorProto.FLOAT16), ("reals", TensorProto.FLOAT)]
save(HERE / "types.onnx",
     [helper.make_node("Identity", [name], [name + "_out"]) for name, _ in kinds],
     [tensor(name, kind, [2, 2]) for name, kind in kinds], [tensor(name + "_out", kind, [2, 2]) for name, kind in kinds])

# The square root of what may be negative.
save(HERE / "root.onnx", [helper.make_node("Sqrt", ["x"], ["y"])],
     [tensor("x", TensorProto.FLOAT, [4])], [tensor("y", TensorProto.FLOAT, [4])])

# An output whose size depends on the values.
save(HERE / "nonzero.onnx", [helper.make_node("NonZero", ["x"], ["places"])],
     [tensor("x", TensorProto.FLOAT, [4])], [tensor("places", TensorProto.INT64, [1, "found"])])

# A kind of element that none of our networks has.
save(HERE / "double.onnx", [helper.make_node("Identity", ["x"], ["y"])],
     [tensor("x", TensorProto.DOUBLE, [4])], [tensor("y", TensorProto.DOUBLE, [4])])

# Scores of two behaviours that remember: each is its feature and half of what it was.
save(HERE / "behaviours.onnx",
     [helper.make_node("Mul", ["trace", "half"], ["faded"]), helper.make_node("Add", ["faded", "features"], ["next_trace"]),
      helper.make_node("Identity", ["next_trace"], ["scores"])],
     [tensor("features", TensorProto.FLOAT, [1, 2]), tensor("trace", TensorProto.FLOAT, [1, 2])],
     [tensor("scores", TensorProto.FLOAT, [1, 2]), tensor("next_trace", TensorProto.FLOAT, [1, 2])],
     [("half", np.array(0.5, np.float32))])
