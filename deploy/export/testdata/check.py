#!/usr/bin/env python3
"""Checks ONNX files with python3-onnx: the full check, and that shape inference finds the shapes that the file declares."""
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
    values = {v.name: (v.type.tensor_type.elem_type, sizes(v)) for v in model.graph.value_info}
    missing = [name for n in model.graph.node for name in n.output if name and name != "logits" and name not in values]
    assert not missing, missing
    del model.graph.value_info[:]
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    whole = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    for v in whole.value_info:
        kind, shape = values[v.name]
        known = sizes(v)
        assert kind == v.type.tensor_type.elem_type and len(known) == len(shape), (v.name, known, shape)
        assert all(a == b or not isinstance(a, int) or a == 0 for a, b in zip(known, shape)), (v.name, known, shape)
    inferred = sizes(whole.output[0])
    assert inferred[1:] == declared[1:] and declared[0] == "batch", (inferred, declared)
