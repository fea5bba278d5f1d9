"""The networks and layers that pytorch.py measures: those of package models and of BenchmarkLayer, in PyTorch.

MODELS has a function of an image's shape, [C, H, W], for each name of a network. A network that PyTorch has no module
for, such as a cell with a norm inside, is written as one writes it in PyTorch: what does not depend on the previous
state is computed for all steps at once.
"""
import torch
from torch import nn
from torch.nn import functional as F


class LeNet(nn.Module):
    def __init__(self, channels, norm):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(channels, 10, 5), nn.Conv2d(10, 20, 5)
        if norm:
            self.conv1_bn, self.conv2_bn = nn.BatchNorm2d(10), nn.BatchNorm2d(20)
        self.norm = norm
        self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

    def forward(self, x):
        if self.norm:
            x = F.max_pool2d(F.relu(self.conv1_bn(self.conv1(x))), 2)
            x = F.max_pool2d(F.relu(self.conv2_bn(self.conv2(x))), 2)
        else:
            x = F.relu(F.max_pool2d(self.conv1(x), 2))
            x = F.relu(F.max_pool2d(self.conv2(x), 2))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def mlp(inputs, norm):
    layers = [nn.Flatten()]
    for fan_in, fan_out in ((inputs, 300), (300, 100)):
        layers += [nn.Linear(fan_in, fan_out)] + [nn.BatchNorm1d(fan_out)] * norm + [nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Linear(100, 10))


class ViT(nn.Module):
    def __init__(self, channels, height, width):
        super().__init__()
        tokens = height // 4 * (width // 4)
        self.patches, self.positions = nn.Conv2d(channels, 64, 4, 4), nn.Parameter(0.02 * torch.randn(tokens, 64))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(64, 4, 128, 0.0, activation="gelu", batch_first=True, norm_first=True)
            for _ in range(2))
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, 10)

    def forward(self, x):
        h = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h).mean(1))


class Block(nn.Module):
    def __init__(self, fan_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(fan_in, channels, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.downsample = nn.Identity()
        if stride > 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(fan_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        h = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        return F.relu(h.add_(self.downsample(x)), inplace=True)


def normed(*convolution, **options):
    """A convolution, BatchNorm and ReLU."""
    conv = nn.Conv2d(*convolution, bias=False, **options)
    return [conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU(inplace=True)]


def classifier(layers, features):
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, 10))


def resnet(channels, blocks):
    layers, fan_in = normed(channels, 16, 3, 1, 1), 16
    for stage, channels in enumerate([16, 32, 64]):
        for i in range(blocks):
            layers.append(Block(fan_in, channels, 2 if stage > 0 and i == 0 else 1))
            fan_in = channels
    return classifier(layers, 64)


def mobilenet(channels):
    layers, fan_in = normed(channels, 16, 3, 1, 1), 16
    for i, channels in enumerate([32, 64, 64, 128, 128]):
        layers += normed(fan_in, fan_in, 3, 1 + i % 2, 1, groups=fan_in) + normed(fan_in, channels, 1)
        fan_in = channels
    return classifier(layers, 128)


def autoencoder(channels, height, width):
    rows, columns = height // 4, width // 4
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, 2, 1), nn.ReLU(inplace=True), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(inplace=True),
        nn.Flatten(), nn.Linear(32 * rows * columns, 32), nn.Linear(32, 32 * rows * columns), nn.ReLU(inplace=True),
        nn.Unflatten(1, (32, rows, columns)), nn.ConvTranspose2d(32, 16, 3, 2, 1, 1), nn.ReLU(inplace=True),
        nn.ConvTranspose2d(16, channels, 3, 2, 1, 1), nn.Sigmoid())


class LayerNormCell(nn.Module):
    """A GRU or LSTM with LayerNorm inside the cell, over 28 or so steps; the result is the last state."""

    def __init__(self, inputs, hidden, gates):
        super().__init__()
        self.hidden, self.gates = hidden, gates
        self.rnn = (nn.GRU if gates == 3 else nn.LSTM)(inputs, hidden, batch_first=True)  # has the weights
        self.gain_ih, self.gain_hh = (nn.Parameter(torch.ones(gates * hidden)) for _ in range(2))
        if gates == 4:
            self.gain_c, self.shift_c = nn.Parameter(torch.ones(hidden)), nn.Parameter(torch.zeros(hidden))

    def norm(self, v, gain, bias):
        if self.gates == 4:
            return F.layer_norm(v, (4 * self.hidden,), gain, bias)
        two = 2 * self.hidden
        return torch.cat([F.layer_norm(v[..., :two], (two,), gain[:two], bias[:two]),
                          F.layer_norm(v[..., two:], (self.hidden,), gain[two:], bias[two:])], -1)

    def forward(self, x):
        xs = self.norm(x @ self.rnn.weight_ih_l0.T, self.gain_ih, self.rnn.bias_ih_l0).unbind(1)
        h = c = x.new_zeros(len(x), self.hidden)
        for x in xs:
            r = self.norm(h @ self.rnn.weight_hh_l0.T, self.gain_hh, self.rnn.bias_hh_l0)
            if self.gates == 3:
                reset, update = torch.sigmoid(x[:, :2 * self.hidden] + r[:, :2 * self.hidden]).chunk(2, 1)
                n = torch.tanh(x[:, 2 * self.hidden:] + reset * r[:, 2 * self.hidden:])
                h = n + update * (h - n)
            else:
                i, f, g, o = (x + r).chunk(4, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(F.layer_norm(c, (self.hidden,), self.gain_c, self.shift_c))
        return h


class Last(nn.Module):
    """The last output of a recurrent layer, without its states."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][:, -1]


class Rows(nn.Module):
    """An image as the sequence of its rows."""

    def forward(self, x):
        return x.transpose(1, 2).flatten(2)


def rows(channels, width, layer, gates, norm):
    inputs = channels * width
    cell = LayerNormCell(inputs, 128, gates) if norm else Last(layer(inputs, 128, batch_first=True))
    return nn.Sequential(Rows(), cell, nn.Linear(128, 10))


def convolutions(channels, norm):
    layers = []
    for fan_in in (channels, 32):
        layers += [nn.Conv2d(fan_in, 32, 3, padding=1, bias=False), norm(), nn.ReLU(inplace=True)]
    return classifier(layers, 32)


class PerChannel(nn.GroupNorm):
    """LayerNorm of a whole image with gamma and beta per channel, which is GroupNorm of one group."""

    def __init__(self, channels):
        super().__init__(1, channels)


MODELS = {
    "lenet": lambda c, h, w: LeNet(c, False),
    "lenet-bn": lambda c, h, w: LeNet(c, True),
    "mlp": lambda c, h, w: mlp(c * h * w, False),
    "mlp-bn": lambda c, h, w: mlp(c * h * w, True),
    "resnet8": lambda c, h, w: resnet(c, 1),
    "resnet20": lambda c, h, w: resnet(c, 3),
    "mobilenet-small": lambda c, h, w: mobilenet(c),
    "vit-tiny": ViT,
    "gru-row": lambda c, h, w: rows(c, w, nn.GRU, 3, True),
    "gru-row(norm=none)": lambda c, h, w: rows(c, w, nn.GRU, 3, False),
    "lstm-row": lambda c, h, w: rows(c, w, nn.LSTM, 4, True),
    "lstm-row(norm=none)": lambda c, h, w: rows(c, w, nn.LSTM, 4, False),
    "autoencoder": autoencoder,
    "convolutions-batch": lambda c, h, w: convolutions(c, lambda: nn.BatchNorm2d(32)),
    "convolutions-group": lambda c, h, w: convolutions(c, lambda: nn.GroupNorm(4, 32)),
    "convolutions-layer": lambda c, h, w: convolutions(c, lambda: nn.LayerNorm((32, h, w))),
    "convolutions-layer-per-channel": lambda c, h, w: convolutions(c, lambda: PerChannel(32)),
    "convolutions-instance": lambda c, h, w: convolutions(c, lambda: nn.InstanceNorm2d(32, affine=True)),
}


class Outputs(nn.Module):
    """The outputs of a recurrent layer, without its states."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class SelfAttention(nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)[0]


# The rows of BenchmarkLayer, under the same names.
LAYERS = {
    "conv3x3-16-32-28": ((32, 16, 28, 28), lambda: nn.Conv2d(16, 32, 3, padding=1)),
    "conv3x3-32-64-14": ((32, 32, 14, 14), lambda: nn.Conv2d(32, 64, 3, padding=1)),
    "conv3x3-64-128-14-stride2": ((32, 64, 14, 14), lambda: nn.Conv2d(64, 128, 3, padding=1, stride=2)),
    "conv3x3-128-128-7": ((32, 128, 7, 7), lambda: nn.Conv2d(128, 128, 3, padding=1)),
    "conv1x1-64-256-14": ((32, 64, 14, 14), lambda: nn.Conv2d(64, 256, 1)),
    "depthwise3x3-32-28": ((32, 32, 28, 28), lambda: nn.Conv2d(32, 32, 3, padding=1, groups=32)),
    "linear-784-300-100-10": ((64, 784), lambda: nn.Sequential(*map(nn.Linear, (784, 300, 100), (300, 100, 10)))),
    "gru-28-64-28steps": ((64, 28, 28), lambda: Outputs(nn.GRU(28, 64, batch_first=True))),
    "lstm-28-64-28steps": ((64, 28, 28), lambda: Outputs(nn.LSTM(28, 64, batch_first=True))),
    "linear-1024-1024": ((256, 1024), lambda: nn.Linear(1024, 1024)),
    "attention-49-64-4heads": ((64, 49, 64), lambda: SelfAttention(64, 4, batch_first=True)),
    "encoder-49-64-4heads": (
        (64, 49, 64), lambda: nn.TransformerEncoderLayer(64, 4, 128, 0.0, activation="gelu", batch_first=True)),
    "gelu-64-49-128": ((64, 49, 128), lambda: nn.GELU()),
}
