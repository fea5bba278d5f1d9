"""Writes parity.json: what PyTorch computes for networks in float64, in a training step and in evaluation.

Parameters and inputs are not in the file: both sides compute them by value()."""
import json
import math
import torch
from torch import nn
from torch.nn import functional as F


def value(place, count, shape, scale, shift=0.0):
    i = torch.arange(count, dtype=torch.float64)
    return (shift + scale * torch.sin(1.3 * i + place)).reshape(shape)


class Block(nn.Module):
    def __init__(self, c_in, c, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c)
        self.conv2 = nn.Conv2d(c, c, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c)
        self.downsample = None
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(c_in, c, 1, stride, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        h = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(h + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, blocks, c_in):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c_in, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        before = 16
        for stage, c in enumerate([16, 32, 64]):
            layers = []
            for i in range(blocks):
                layers.append(Block(before, c, 2 if stage > 0 and i == 0 else 1))
                before = c
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        h = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.fc(F.adaptive_avg_pool2d(h, 1).flatten(1))


class Separable(nn.Module):
    def __init__(self, c_in, c, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(c_in, c_in, 3, stride, 1, groups=c_in, bias=False)
        self.bn1 = nn.BatchNorm2d(c_in)
        self.pointwise = nn.Conv2d(c_in, c, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c)

    def forward(self, x):
        return F.relu(self.bn2(self.pointwise(F.relu(self.bn1(self.depthwise(x))))))


class MobileNet(nn.Module):
    def __init__(self, c_in):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c_in, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        sizes = [16, 32, 64, 64, 128, 128]
        self.blocks = nn.Sequential(*(Separable(sizes[i], sizes[i + 1], 1 + i % 2) for i in range(5)))
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        h = self.blocks(F.relu(self.bn1(self.conv1(x))))
        return self.fc(F.adaptive_avg_pool2d(h, 1).flatten(1))


class Autoencoder(nn.Module):
    def __init__(self, c_in, size):
        super().__init__()
        self.size = size // 4
        self.encoder = nn.Sequential(
            nn.Conv2d(c_in, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten())
        self.code = nn.Linear(32 * self.size**2, 32)
        self.decode = nn.Linear(32, 32 * self.size**2)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(16, c_in, 3, 2, 1, 1), nn.Sigmoid())

    def forward(self, x):
        h = F.relu(self.decode(self.code(self.encoder(x))))
        return self.decoder(h.reshape(len(x), 32, self.size, self.size))


class Regression(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(columns, 64), nn.Linear(64, 64), nn.Linear(64, 1)

    def forward(self, x):
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


def summary(t):
    v = t.detach().double().flatten()
    w = torch.sin(0.7 * torch.arange(len(v), dtype=torch.float64))
    return [v[0].item(), v[-1].item(), (v * w).sum().item(), (v * v).sum().sqrt().item()]


cases = []
for name, net, channels, size in [
    ("resnet8", ResNet(1, 1), 1, 12), ("resnet20", ResNet(3, 3), 3, 8), ("mobilenet-small", MobileNet(3), 3, 12),
    ("autoencoder", Autoencoder(3, 12), 3, 12), ("mlp-regression", Regression(2 * 3 * 3), 2, 3),
]:
    net = net.double()
    with torch.no_grad():
        for p_name, p in net.named_parameters():
            place = float(sum(p_name.encode()) % 97)
            if p.dim() == 1:
                gamma = p_name.endswith("weight")
                p.copy_(value(place, p.numel(), p.shape, 0.3 if gamma else 0.1, 1.0 if gamma else 0.0))
            else:
                p.copy_(value(place, p.numel(), p.shape, math.sqrt(2.0 / (p.numel() / p.shape[0]))))
    x = value(0.5, 4 * channels * size * size, (4, channels, size, size), 1.0)
    labels, target = [0, 9, 3, 3], None
    if name == "autoencoder":
        labels, target = None, x
    if name == "mlp-regression":
        labels, target = None, value(2.0, 4, (4, 1), 1.0)
    net.train()
    logits = net(x)
    loss = F.cross_entropy(logits, torch.tensor(labels)) if labels else F.mse_loss(logits, target)
    loss.backward()
    case = {
        "name": name, "shape": list(x.shape), "parameters": sum(p.numel() for p in net.parameters()),
        "labels": labels, "logits": logits.detach().flatten().tolist(), "loss": loss.item(),
        "gradients": {n: summary(p.grad) for n, p in net.named_parameters()},
        "buffers": {n: summary(b) for n, b in net.named_buffers() if "num_batches" not in n},
    }
    net.eval()
    case["evaluated"] = net(x).detach().flatten().tolist()
    cases.append(case)
print(json.dumps(cases, indent=1))
