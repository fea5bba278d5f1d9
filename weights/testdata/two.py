#!/usr/bin/env python3
"""Writes two.pt beside this file with PyTorch: two state dicts of one network; in "ema" conv.bias is 2, in "state_dict" 1."""
import os
from collections import OrderedDict
import torch
from torch import nn

net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 3), conv_bn=nn.BatchNorm2d(2), flat=nn.Flatten(), fc=nn.Linear(8, 3)))
state = net.state_dict()
one, two = OrderedDict(state), OrderedDict(state)
one["conv.bias"], two["conv.bias"] = torch.ones(2), torch.full((2,), 2.)
torch.save({"ema": two, "state_dict": one}, os.path.join(os.path.dirname(os.path.abspath(__file__)), "two.pt"))
