"""The sensor world model of Foresight in PyTorch, as one would write it there.

Names and shapes of the parameters are those of the Swift side, so that one loads the other's weights. All members of
the ensemble are one batch: every tensor begins with the axis of members.
"""

import torch
from torch import nn
from torch.nn import functional as F


def bounded_cube(x):
    return x.clamp(-3, 3).pow(3)


class ContractiveTransition(nn.Module):
    """z' = z Â + u B + u' B₁ + b + φ((z / s) P + u V + c) G with Â = A / max(1, ‖A‖₂)."""

    def __init__(self, sizes):
        super().__init__()
        members, inputs, width, hidden = sizes["members"], sizes["inputs"], sizes["width"], sizes["hidden"]

        def parameter(*shape):
            return nn.Parameter(torch.zeros(members, *shape))

        self.linear = parameter(width, width)
        self.input = parameter(inputs, width)
        self.lead = parameter(inputs, width) if sizes["lead"] else None
        self.offset = parameter(1, width)
        self.hidden_state = parameter(width, hidden)
        self.hidden_input = parameter(inputs, hidden)
        self.hidden_offset = parameter(1, hidden)
        self.correction = parameter(hidden, width)
        self.register_buffer("scale", torch.ones(members, 1, width))
        self.activation = torch.tanh if sizes["activation"] == "tanh" else bounded_cube

    def contraction(self):
        norm = torch.linalg.svdvals(self.linear)[:, :1].clamp(min=1)  # [members, 1]
        return self.linear / norm.unsqueeze(2)

    def matrices(self):
        """What all steps share: Â, and P with the scale divided into it."""
        return self.contraction(), self.hidden_state / self.scale.transpose(1, 2)

    def drive(self, inputs, after=None):
        """What inputs [members, batch, time, input] add at each step, in two products or three."""
        members, batch, time, _ = inputs.shape
        rows = inputs.reshape(members, batch * time, -1)
        linear = torch.baddbmm(self.offset, rows, self.input)
        if self.lead is not None:
            after = inputs[:, :, -1:] if after is None else after
            following = torch.cat([inputs[:, :, 1:], after], dim=2).reshape(members, batch * time, -1)
            linear = torch.baddbmm(linear, following, self.lead)
        hidden = torch.baddbmm(self.hidden_offset, rows, self.hidden_input)
        return [x.view(members, batch, time, -1).unbind(2) for x in (linear, hidden)]

    def forward(self, z, linear_drive, hidden_drive, contraction, hidden_state):
        hidden = self.activation(torch.baddbmm(hidden_drive, z, hidden_state))  # [members, batch, hidden]
        return torch.baddbmm(torch.baddbmm(linear_drive, z, contraction), hidden, self.correction)


class ObserverEncoder(nn.Module):
    """The gains of the observer: of the first row, of the rows behind it, and of all others."""

    def __init__(self, sizes):
        super().__init__()
        members, outputs, width = sizes["members"], sizes["outputs"], sizes["width"]
        self.gain = nn.Parameter(torch.zeros(members, outputs, width))
        self.first_gain = nn.Parameter(torch.zeros(members, outputs, width))
        self.prior = nn.Parameter(torch.zeros(members, 1, width))
        count = sizes["transient"]
        self.register_buffer("transient", torch.zeros(members, count, outputs, width) if count else None)

    def gain_of(self, row):
        if row == 0:
            return self.first_gain
        if self.transient is not None and row <= self.transient.shape[1]:
            return self.transient[:, row - 1]
        return self.gain


class EnsembleLinear(nn.Module):
    def __init__(self, members, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(members, inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, x):
        return torch.baddbmm(self.bias, x, self.weight)


class SensorWorldModel(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        sizes = dict(sizes, width=sizes["core"] + sizes["free"])
        members, width = sizes["members"], sizes["width"]
        self.predictor = ContractiveTransition(sizes)
        self.encoder = ObserverEncoder(sizes)
        self.readout = nn.Parameter(torch.zeros(members, width, sizes["outputs"]))
        self.readout_offset = nn.Parameter(torch.zeros(members, 1, sizes["outputs"]))
        hidden = 2 * max(16, width)
        self.inverse_input = EnsembleLinear(members, 2 * width, hidden)
        self.inverse_output = EnsembleLinear(members, hidden, sizes["inverse_steps"] * sizes["actions"])

    def read(self, z):
        return torch.baddbmm(self.readout_offset, z, self.readout)

    def read_all(self, z):
        """[members, batch, time, D] to [members, batch, time, output]."""
        return self.read(z.flatten(1, 2)).view(*z.shape[:3], -1)

    def correct(self, z, measured, mask, gain):
        return torch.baddbmm(z, (measured - self.read(z)) * mask, gain)

    def encode(self, outputs, mask, inputs):
        """One representation [members, batch, D] for each row of a window."""
        matrices = self.predictor.matrices()
        linear, hidden = self.predictor.drive(inputs)
        z = self.encoder.prior.expand(-1, outputs.shape[1], -1)
        states = []
        for row, (y, m) in enumerate(zip(outputs.unbind(2), mask.unbind(2))):
            if row > 0:
                z = self.predictor(z, linear[row - 1], hidden[row - 1], *matrices)
            z = self.correct(z, y, m, self.encoder.gain_of(row))
            states.append(z)
        return states

    def rollout(self, z, inputs, after=None):
        matrices = self.predictor.matrices()
        states = []
        for linear, hidden in zip(*self.predictor.drive(inputs, after)):
            z = self.predictor(z, linear, hidden, *matrices)
            states.append(z)
        return states

    def inverse(self, start, end):
        pair = torch.cat([start / self.predictor.scale, end / self.predictor.scale], dim=2)
        return self.inverse_output(F.relu(self.inverse_input(pair)))
