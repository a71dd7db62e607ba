"""Fixtures of the plain layers: forward and backward of torch.nn's own modules."""

import torch
from torch import nn

from fixturelib import Draw, record


def linear():
    draw = Draw(1)
    record("linear", 1, draw.fill(nn.Linear(6, 4)), {"x": draw.normal(3, 5, 6)})
    draw = Draw(2)
    record("linear_without_bias", 2, draw.fill(nn.Linear(6, 4, bias=False)), {"x": draw.normal(5, 6)})


def ensemble_linear():
    """Each member is one nn.Linear; weights are kept [members, in, out]."""
    draw = Draw(3)

    class EnsembleLinear(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(3, 6, 4))
            self.bias = nn.Parameter(torch.zeros(3, 1, 4))

        def forward(self, x):
            rows = [nn.functional.linear(x[m], self.weight[m].T, self.bias[m, 0]) for m in range(3)]
            return torch.stack(rows)

    record("ensemble_linear", 3, draw.fill(EnsembleLinear()), {"x": draw.normal(3, 5, 6)})


def norms():
    draw = Draw(4)
    record("layer_norm", 4, draw.fill(nn.LayerNorm(6)), {"x": draw.normal(3, 5, 6, scale=2.0, mean=0.5)})
    draw = Draw(5)
    record("layer_norm_plain", 5, nn.LayerNorm(6, elementwise_affine=False).double(), {"x": draw.normal(4, 6)})
    draw = Draw(6)
    record("rms_norm", 6, draw.fill(nn.RMSNorm(6, eps=1e-6)), {"x": draw.normal(3, 5, 6, scale=2.0)})
    for mode in ("training", "evaluation"):
        for name, make, shape in (
            ("batch_norm_1d", nn.BatchNorm1d, (7, 4)),
            ("batch_norm_1d_sequence", nn.BatchNorm1d, (5, 4, 3)),
            ("batch_norm_2d", nn.BatchNorm2d, (3, 4, 2, 5)),
        ):
            draw = Draw(7)
            module = draw.fill(make(4)).train(mode == "training")
            module.running_mean.copy_(draw.normal(4))
            module.running_var.copy_(draw.normal(4).abs() + 0.5)
            record(f"{name}_{mode}", 7, module, {"x": draw.normal(*shape, scale=2.0, mean=0.3)})


def embedding():
    draw = Draw(8)
    record("embedding", 8, draw.fill(nn.Embedding(7, 4)), {"indices": torch.tensor([[0, 3, 3], [6, 1, 0]])})


def mlp():
    """Linear, norm, activation, twice, then a linear output: the layout of `MLP`."""
    activations = {
        "gelu": nn.GELU(), "gelu_tanh": nn.GELU(approximate="tanh"), "silu": nn.SiLU(), "relu": nn.ReLU(),
        "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(),
    }
    norms = {"none": None, "layer": nn.LayerNorm, "rms": lambda size: nn.RMSNorm(size, eps=1e-6),
             "batch": nn.BatchNorm1d}
    cases = [(name, "layer") for name in activations] + [("silu", "none"), ("silu", "rms"), ("silu", "batch")]

    class MLP(nn.Module):
        def __init__(self, sizes, norm, activation):
            super().__init__()
            pairs = list(zip(sizes[:-1], sizes[1:]))
            self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairs])
            self.norms = nn.ModuleList([norm(b) for _, b in pairs[:-1]] if norm else [])
            self.activation = activation

        def forward(self, x):
            for index, layer in enumerate(self.layers):
                x = layer(x)
                if index < len(self.layers) - 1:
                    x = self.norms[index](x) if len(self.norms) else x
                    x = self.activation(x)
            return x

    for activation, norm in cases:
        draw = Draw(9)
        module = draw.fill(MLP([5, 7, 6, 3], norms[norm], activations[activation]))
        record(f"mlp_{activation}_{norm}", 9, module, {"x": draw.normal(8, 5)})


def recurrent():
    draw = Draw(10)
    record("gru_cell", 10, draw.fill(nn.GRUCell(4, 5)), {"x": draw.normal(3, 4), "hidden": draw.normal(3, 5)})
    draw = Draw(11)
    module = draw.fill(nn.GRU(4, 5, num_layers=2, batch_first=True))
    inputs = {"x": draw.normal(3, 6, 4), "hidden": draw.normal(2, 3, 5)}
    final = module(inputs["x"], inputs["hidden"])[1]
    record("gru", 11, module, inputs, lambda x, hidden: module(x, hidden)[0], {"final": final})


def convolutions():
    draw = Draw(12)
    record("conv_1d", 12, draw.fill(nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2)), {"x": draw.normal(3, 4, 9)})
    draw = Draw(13)
    record("conv_1d_dilated", 13, draw.fill(nn.Conv1d(2, 3, 3, dilation=2, bias=False)), {"x": draw.normal(2, 2, 9)})
    draw = Draw(14)
    record("conv_2d", 14, draw.fill(nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=(1, 0))),
           {"x": draw.normal(2, 3, 7, 6)})
    draw = Draw(15)

    class PatchEmbedding(nn.Module):
        def __init__(self):
            super().__init__()
            self.projection = nn.Conv2d(3, 8, 4, stride=4)

        def forward(self, x):
            return self.projection(x).flatten(2).transpose(1, 2)

    record("patch_embedding", 15, draw.fill(PatchEmbedding()), {"x": draw.normal(2, 3, 8, 12)})


def dropout():
    """The mask is drawn by a generator of its own, so that the same seed gives the same mask in Swift."""
    generator = torch.Generator().manual_seed(77)
    keep = (torch.rand(6, 8, generator=generator) < 0.7).float()
    draw = Draw(16)
    record("dropout", 16, None, {"x": draw.normal(6, 8)}, lambda x: x * keep.double() / 0.7, {"keep": keep})


def main():
    linear()
    ensemble_linear()
    norms()
    embedding()
    mlp()
    recurrent()
    convolutions()
    dropout()


if __name__ == "__main__":
    main()
