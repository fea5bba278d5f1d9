#!/usr/bin/env python3
"""Writes torch.json beside this file with PyTorch 2.14.1: recurrent layers in float64, with their gradients.

The parameters are in PyTorch's order, layer by layer and direction by direction. With a norm, the cells are written out
below with PyTorch's functions, and the gains follow the biases: of W·x, of U·h and, for LSTM, gain and shift of the cell
state.
"""
import json, os
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(13)
torch.set_default_dtype(torch.float64)
cases = []


def flat(t):
    return None if t is None else t.detach().reshape(-1).tolist()


def record(args, x, h, c, params, run):
    """run returns y and the final states."""
    inputs = [v.requires_grad_() for v in [x, h, c, *params] if v is not None]
    y, hn, cn = run()
    outputs = [v for v in (y, hn, cn) if v is not None]
    grads = [torch.randn_like(v) for v in outputs]
    torch.autograd.backward(outputs, grads)
    dy, dhn, dcn = grads + [None] * (3 - len(grads))
    grad = lambda v: None if v is None else (torch.zeros_like(v) if v.grad is None else v.grad)
    cases.append({**args, "x": flat(x), "h": flat(h), "c": flat(c), "params": [flat(p) for p in params],
                  "y": flat(y), "hn": flat(hn), "cn": flat(cn), "dy": flat(dy), "dhn": flat(dhn), "dcn": flat(dcn),
                  "dx": flat(grad(x)), "dh": flat(grad(h)), "dc": flat(grad(c)), "dparams": [flat(grad(p)) for p in params]})


def layer(cell, n, t, size, hidden, layers=1, both=False, bias=True, state=False, lengths=None, first=True):
    make = {"RNN_TANH": torch.nn.RNN, "RNN_RELU": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}[cell]
    more = {"nonlinearity": cell[4:].lower()} if cell.startswith("RNN") else {}
    net = make(size, hidden, layers, bias=bias, batch_first=first, bidirectional=both, **more)
    x = torch.randn(n, t, size) if first else torch.randn(t, n, size)
    rows = layers * (1 + both)
    h = torch.randn(rows, n, hidden) if state else None
    c = torch.randn(rows, n, hidden) if state and cell == "LSTM" else None

    def run():
        given = h if c is None else (h, c)
        if lengths is None:
            y, final = net(x, given)
        else:
            packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=first, enforce_sorted=False)
            y, final = net(packed, given)
            y, _ = pad_packed_sequence(y, batch_first=first, total_length=t)
        return (y, *final) if cell == "LSTM" else (y, final, None)

    args = dict(cell=cell, n=n, t=t, size=size, hidden=hidden, layers=layers, both=both, bias=bias, lengths=lengths, first=first)
    record(args, x, h, c, list(net.parameters()), run)


def normed(cell, norm, n, t, size, hidden, state=False, held=False):
    """A layer of one direction with a norm inside: Ba et al. 2016, Cooijmans et al. 2016."""
    gates = {"RNN_TANH": 1, "GRU": 3, "LSTM": 4}[cell]
    params = [torch.randn(gates * hidden, size), torch.randn(gates * hidden, hidden)]
    params += [torch.randn(gates * hidden) for _ in range(4)]
    if cell == "LSTM":
        params += [torch.randn(hidden), torch.randn(hidden)]
    w, u, b, bu, gw, gu, *cellp = params
    x = torch.randn(n, t, size)
    h = torch.randn(n, hidden) if state else None
    c = torch.randn(n, hidden) if state and cell == "LSTM" else None
    widths = dict(input=gates * hidden, state=gates * hidden, cell=hidden)
    stats = {k: [torch.randn(t, v) * 0.3, torch.rand(t, v) + 0.5] for k, v in widths.items()}
    before = {k: [flat(m), flat(v)] for k, (m, v) in stats.items()}
    parts = [2 * hidden, hidden] if cell == "GRU" else [gates * hidden]

    def scale(v, gain, at, which, shift=None):
        if norm == "layer":
            if which == "cell":
                v = F.layer_norm(v, (hidden,))
            else:
                v = torch.cat([F.layer_norm(p, (p.shape[1],)) for p in v.split(parts, 1)], 1)
        else:
            m, s = stats[which]
            v = F.batch_norm(v, m[at], s[at], None, None, not held, 0.1)
        return v * gain if shift is None else v * gain + shift

    def run():
        hidden_state = torch.zeros(n, hidden) if h is None else h
        cell_state = torch.zeros(n, hidden) if c is None else c
        out = []
        for at in range(t):
            p = scale(x[:, at] @ w.T, gw, at, "input") + b
            q = scale(hidden_state @ u.T, gu, at, "state") + bu
            if cell == "RNN_TANH":
                hidden_state = torch.tanh(p + q)
            elif cell == "GRU":
                (pr, pz, pn), (qr, qz, qn) = p.chunk(3, 1), q.chunk(3, 1)
                r, z = torch.sigmoid(pr + qr), torch.sigmoid(pz + qz)
                new = torch.tanh(pn + r * qn)
                hidden_state = (1 - z) * new + z * hidden_state
            else:
                i, f, g, o = (p + q).chunk(4, 1)
                cell_state = torch.sigmoid(f) * cell_state + torch.sigmoid(i) * torch.tanh(g)
                hidden_state = torch.sigmoid(o) * torch.tanh(scale(cell_state, cellp[0], at, "cell", cellp[1]))
            out.append(hidden_state)
        return torch.stack(out, 1), hidden_state, cell_state if cell == "LSTM" else None

    args = dict(cell=cell, n=n, t=t, size=size, hidden=hidden, layers=1, both=False, bias=True, lengths=None, first=True,
                norm=norm, held=held, before=before)
    record(args, x, h, c, params, run)
    cases[-1]["after"] = {k: [flat(m), flat(v)] for k, (m, v) in stats.items()}


for cell in ("RNN_TANH", "RNN_RELU", "GRU", "LSTM"):
    layer(cell, 3, 5, 4, 6)
    layer(cell, 3, 5, 4, 6, both=True, state=True, lengths=[5, 1, 3])
    layer(cell, 2, 3, 3, 5, layers=2, both=True, state=True, first=False)
    layer(cell, 6, 4, 2, 3, layers=2, lengths=[4, 3, 1, 2, 4, 4])
    layer(cell, 1, 1, 1, 1)
    layer(cell, 5, 2, 3, 4, both=True, bias=False, state=True)
for cell in ("RNN_TANH", "GRU", "LSTM"):
    normed(cell, "layer", 3, 4, 3, 5, state=True)
    normed(cell, "batch", 6, 4, 3, 5)
    normed(cell, "batch", 4, 3, 3, 5, state=True, held=True)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch.json"), "w") as f:
    json.dump(cases, f)
    f.write("\n")
