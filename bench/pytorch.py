"""What PyTorch does in place of `mnist bench`, BenchmarkStep and BenchmarkLayer. Prints one JSON object.

usage: pytorch.py train|eval MODEL C,H,W BATCH SECONDS THREADS
       pytorch.py layers SECONDS THREADS
       pytorch.py onnx MODEL FILE      writes the model, untrained, in ONNX
       pytorch.py version

A network or layer with convolutions is measured in both of PyTorch's memory formats, and what it prints has both:
"NCHW", which is the default, and "channels_last".
"""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from networks import LAYERS, MODELS

FORMATS = {"NCHW": torch.contiguous_format, "channels_last": torch.channels_last}


def measure(step, seconds):
    """The median and the least time of a step, after a tenth of the time to warm up."""
    for limit in (seconds / 10, seconds):
        times = []
        began = time.perf_counter()
        while len(times) < 3 or time.perf_counter() - began < limit:
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
    return {"median_us": statistics.median(times) * 1e6, "min_us": min(times) * 1e6}


def formats(make, shape, seconds, steps):
    """What measure says of make() on random numbers of that shape, by memory format. steps returns the function to
    time."""
    result = {}
    for name, order in FORMATS.items():
        model, x = make(), torch.randn(shape)
        if name != "NCHW":
            if len(shape) != 4 or not any(isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)) for m in model.modules()):
                break
            model, x = model.to(memory_format=order), x.to(memory_format=order)
        result[name] = measure(steps(model, x), seconds)
        result[name]["peak_memory_bytes"] = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result[name]["parameters"] = sum(p.numel() for p in model.parameters())
    return result


def training(model, x):
    """Forward, loss, backward and a step of SGD with momentum. A network that draws its input gets MSE."""
    labels, solver = torch.randint(10, (len(x),)), torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step():
        solver.zero_grad(set_to_none=True)
        y = model(x)
        (F.mse_loss(y, x) if y.shape == x.shape else F.cross_entropy(y, labels)).backward()
        solver.step()

    return step


def inference(model, x):
    model.eval()

    def step():
        with torch.no_grad():
            model(x)

    return step


def gradients(model, x):
    """A layer forward and backward, with the gradient of its input."""
    x.requires_grad_()
    dy = torch.randn_like(model(x))

    def step():
        x.grad = None
        for p in model.parameters():
            p.grad = None
        model(x).backward(dy)

    return step


def main():
    torch.manual_seed(1)
    what = sys.argv[1]
    if what == "version":
        print(json.dumps({"version": torch.__version__}))
        return
    if what == "onnx":
        torch.onnx.export(MODELS[sys.argv[2]](1, 28, 28).eval(), torch.randn(1, 1, 28, 28), sys.argv[3],
                          opset_version=16, input_names=["input"], output_names=["logits"],
                          dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
        return
    seconds = float(sys.argv[-2])
    torch.set_num_threads(int(sys.argv[-1]))
    if what == "layers":
        print(json.dumps({name: formats(make, shape, seconds, gradients) for name, (shape, make) in LAYERS.items()}))
        return
    image, batch = [int(n) for n in sys.argv[3].split(",")], int(sys.argv[4])
    steps = {"train": training, "eval": inference}[what]
    print(json.dumps(formats(lambda: MODELS[sys.argv[2]](*image), [batch, *image], seconds, steps)))


main()
