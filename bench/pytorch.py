"""What PyTorch does in place of `mnist bench` and BenchmarkLayer. Prints one JSON object.

usage: pytorch.py train|eval MODEL BATCH SECONDS THREADS
       pytorch.py layers SECONDS THREADS
       pytorch.py onnx MODEL FILE      writes the model, untrained, in ONNX
       pytorch.py version
"""
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def lenet(norm):
    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
            if norm:
                self.conv1_bn, self.conv2_bn = nn.BatchNorm2d(10), nn.BatchNorm2d(20)
            self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

        def forward(self, x):
            if norm:
                x = F.max_pool2d(F.relu(self.conv1_bn(self.conv1(x))), 2)
                x = F.max_pool2d(F.relu(self.conv2_bn(self.conv2(x))), 2)
            else:
                x = F.relu(F.max_pool2d(self.conv1(x), 2))
                x = F.relu(F.max_pool2d(self.conv2(x), 2))
            return self.fc2(F.relu(self.fc1(x.flatten(1))))

    return LeNet()


def mlp(norm):
    layers = [nn.Flatten()]
    for fan_in, fan_out in ((784, 300), (300, 100)):
        layers += [nn.Linear(fan_in, fan_out)] + [nn.BatchNorm1d(fan_out)] * norm + [nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Linear(100, 10))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches, self.positions = nn.Conv2d(1, 64, 4, 4), nn.Parameter(0.02 * torch.randn(49, 64))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(64, 4, 128, 0.0, activation="gelu", batch_first=True, norm_first=True) for _ in range(2))
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, 10)

    def forward(self, x):
        h = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h).mean(1))


class SelfAttention(nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)[0]


class Block(nn.Module):
    def __init__(self, fan_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(fan_in, channels, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.downsample = nn.Identity()
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(fan_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        h = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        return F.relu(h.add_(self.downsample(x)), inplace=True)


def resnet(blocks):
    layers, fan_in = [nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)], 16
    for stage, channels in enumerate([16, 32, 64]):
        for i in range(blocks):
            layers.append(Block(fan_in, channels, 2 if stage > 0 and i == 0 else 1))
            fan_in = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


MODELS = {
    "lenet": lambda: lenet(0), "lenet-bn": lambda: lenet(1), "mlp": lambda: mlp(0), "mlp-bn": lambda: mlp(1),
    "resnet8": lambda: resnet(1), "resnet20": lambda: resnet(3), "vit-tiny": ViT,
}

class Outputs(nn.Module):
    """The outputs of a recurrent layer, without its states."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


# The rows of BenchmarkLayer, under the same names.
LAYERS = {
    "conv3x3-16-32-28": ((32, 16, 28, 28), lambda: nn.Conv2d(16, 32, 3, padding=1)),
    "conv3x3-32-64-14": ((32, 32, 14, 14), lambda: nn.Conv2d(32, 64, 3, padding=1)),
    "conv3x3-64-128-14-stride2": ((32, 64, 14, 14), lambda: nn.Conv2d(64, 128, 3, padding=1, stride=2)),
    "conv3x3-128-128-7": ((32, 128, 7, 7), lambda: nn.Conv2d(128, 128, 3, padding=1)),
    "conv1x1-64-256-14": ((32, 64, 14, 14), lambda: nn.Conv2d(64, 256, 1)),
    "depthwise3x3-32-28": ((32, 32, 28, 28), lambda: nn.Conv2d(32, 32, 3, padding=1, groups=32)),
    "linear-784-300-100-10": ((64, 784), lambda: nn.Sequential(nn.Linear(784, 300), nn.Linear(300, 100), nn.Linear(100, 10))),
    "gru-28-64-28steps": ((64, 28, 28), lambda: Outputs(nn.GRU(28, 64, batch_first=True))),
    "lstm-28-64-28steps": ((64, 28, 28), lambda: Outputs(nn.LSTM(28, 64, batch_first=True))),
    "linear-1024-1024": ((256, 1024), lambda: nn.Linear(1024, 1024)),
    "attention-49-64-4heads": ((64, 49, 64), lambda: SelfAttention(64, 4, batch_first=True)),
    "encoder-49-64-4heads": ((64, 49, 64), lambda: nn.TransformerEncoderLayer(64, 4, 128, 0.0, activation="gelu", batch_first=True)),
    "gelu-64-49-128": ((64, 49, 128), lambda: nn.GELU()),
}


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


def train(name, batch, seconds):
    model, x, labels = MODELS[name](), torch.randn(batch, 1, 28, 28), torch.randint(10, (batch,))
    solver = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step():
        solver.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), labels).backward()
        solver.step()

    return measure(step, seconds)


def evaluate(name, batch, seconds):
    model, x = MODELS[name]().eval(), torch.randn(batch, 1, 28, 28)
    with torch.no_grad():
        return measure(lambda: model(x), seconds)


def layer(shape, make, seconds):
    model, x = make(), torch.randn(shape, requires_grad=True)
    dy = torch.randn_like(model(x))

    def step():
        x.grad = None
        for p in model.parameters():
            p.grad = None
        model(x).backward(dy)

    return measure(step, seconds)


def main():
    torch.manual_seed(1)
    what = sys.argv[1]
    if what == "version":
        print(json.dumps({"version": torch.__version__}))
        return
    if what == "onnx":
        torch.onnx.export(MODELS[sys.argv[2]]().eval(), torch.randn(1, 1, 28, 28), sys.argv[3], opset_version=16,
                          input_names=["input"], output_names=["logits"], dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
        return
    seconds, threads = sys.argv[-2:]
    torch.set_num_threads(int(threads))
    if what == "layers":
        print(json.dumps({name: layer(*row, float(seconds)) for name, row in LAYERS.items()}))
        return
    time_it = {"train": train, "eval": evaluate}[what]
    result = time_it(sys.argv[2], int(sys.argv[3]), float(seconds))
    result["peak_memory_bytes"] = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(result))


main()
