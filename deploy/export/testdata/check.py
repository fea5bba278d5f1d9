#!/usr/bin/env python3
"""Checks ONNX files with python3-onnx: the full check, and that shape inference finds the logits that the file declares."""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    nodes = [n.output[0] for n in model.graph.node]
    assert nodes[-1] == model.graph.output[0].name == "logits", nodes

    def sizes(value):
        return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]

    declared = sizes(model.graph.output[0])
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = sizes(onnx.shape_inference.infer_shapes(model, strict_mode=True).graph.output[0])
    assert inferred[1:] == declared[1:] and declared[0] == "batch", (inferred, declared)
