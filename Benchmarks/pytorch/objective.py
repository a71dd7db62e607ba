"""The terms of the loss, with the formulas of Sources/WorldModels/Losses."""

import torch
from torch import nn
from torch.nn import functional as F


def grounding(predicted, targets, mask, scale):
    return (((predicted - targets) / scale).square() * mask).sum() / mask.sum().clamp(min=1)


def prediction(predicted, targets, scale):
    return ((predicted - targets) / scale.unsqueeze(2)).square().mean()


class SIGReg(nn.Module):
    """Epps and Pulley's statistic along random directions, arXiv:2511.08544."""

    def __init__(self):
        super().__init__()
        knots = torch.arange(17) * 3 / 16
        phi = torch.exp(-knots.square() / 2)
        weights = torch.full((17,), 6 / 16)
        weights[[0, -1]] = 3 / 16
        self.register_buffer("knots", knots)
        self.register_buffer("phi", phi)
        self.register_buffer("weights", weights * phi)

    def forward(self, samples, drawn):
        """Samples [members, N, D], directions [members, D, count] of any length."""
        unit = drawn / drawn.norm(dim=1, keepdim=True)
        angles = torch.bmm(samples, unit).unsqueeze(-1) * self.knots  # [members, N, directions, knots]
        real = angles.cos().mean(1) - self.phi
        imaginary = angles.sin().mean(1)
        statistic = ((real.square() + imaginary.square()) * self.weights).sum(2)
        return statistic.mean() * samples.shape[1]


def inverse_dynamics(model, encoded, inputs, steps, actions):
    """Mean square error of the actions recovered between representations [members, batch, time, D]."""
    pairs = encoded.shape[2] - steps
    recovered = model.inverse(encoded[:, :, :pairs].flatten(1, 2), encoded[:, :, steps:].flatten(1, 2))
    wanted = torch.cat([inputs[:, :, step : step + pairs, :actions] for step in range(steps)], dim=3)
    return F.mse_loss(recovered, wanted.flatten(1, 2))


class Objective(nn.Module):
    """The weighted sum and its terms for windows with so many rows of history."""

    def __init__(self, model, sizes, error_scale, prediction_scale):
        super().__init__()
        self.model, self.sizes, self.weights = model, sizes, sizes["loss"]
        self.sigreg = SIGReg()
        self.register_buffer("error_scale", error_scale)
        self.prediction_scale = prediction_scale

    def forward(self, outputs, mask, inputs, history, directions):
        model, weights = self.model, self.weights
        encoded = model.encode(outputs, mask, inputs)
        predicted = model.rollout(encoded[history - 1], inputs[:, :, history - 1 : -1], inputs[:, :, -1:])
        encoded, predicted = torch.stack(encoded, 2), torch.stack(predicted, 2)  # [members, batch, time, D]
        ahead, targets, seen = encoded[:, :, history:], outputs[:, :, history:], mask[:, :, history:]
        scale = model.predictor.scale
        last = encoded[:, :, -1] / scale
        terms = {
            "grounding": grounding(model.read_all(predicted), targets, seen, self.error_scale),
            "encoding": grounding(model.read_all(ahead), targets, seen, self.error_scale),
            "prediction": prediction(predicted, ahead, scale) / self.prediction_scale,
            "sigreg": self.sigreg(last, directions),
        }
        factors = {
            "grounding": weights["grounding"],
            "encoding": weights["encoding"],
            "prediction": weights["prediction"],
            "sigreg": weights["anti_collapse_weight"] / last.shape[1],
        }
        if self.sizes["actions"] > 0:
            terms["inverse"] = inverse_dynamics(
                model, encoded, inputs, self.sizes["inverse_steps"], self.sizes["actions"]
            )
            factors["inverse"] = weights["inverse"]
        total = sum(factors[name] * value for name, value in terms.items())
        return total, {name: value.detach() for name, value in terms.items()}
