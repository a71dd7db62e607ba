"""The sensor model of a Foresight folder in PyTorch, for planning: all candidates and members in batched products.

The same weights, the same ensemble mean, spread and novelty, the same goal and guardrail as `plan-speed`; written for speed
and nothing else: products with constants are done once, and everything runs in inference mode.
"""

import json
import pathlib
import struct

import torch


def tensors(path):
    """The tensors of a safetensors file."""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = bytearray(data[8 + length:])
    return {
        name: torch.frombuffer(body, dtype=torch.float32, count=(end - begin) // 4, offset=begin).reshape(entry["shape"])
        for name, entry in header.items() for begin, end in [entry["data_offsets"]]
    }


class SensorModel(torch.nn.Module):
    """Costs of action sequences [candidate, step, action] in [-1, 1], from one state."""

    def __init__(self, folder, task):
        super().__init__()
        weights = tensors(pathlib.Path(folder) / "model.safetensors")
        novelty = json.loads((pathlib.Path(folder) / "calibration.json").read_text())["novelty"]
        if "predictor.lead" in weights or task["activation"] != "tanh" or task["disturbances"]:
            raise SystemExit("this peer knows models of tanh without lead and without disturbances")
        linear = weights["predictor.linear"]
        linear = linear / torch.linalg.matrix_norm(linear, 2).clamp(min=1)[:, None, None]
        scale = weights["predictor.scale"]
        self.members, self.width = linear.shape[0], linear.shape[1]
        self.state = torch.cat([linear, weights["predictor.hidden_state"] / scale.transpose(1, 2)], 2)
        self.input = torch.cat([weights["predictor.input"], weights["predictor.hidden_input"]], 2)
        self.offset = torch.cat([weights["predictor.offset"], weights["predictor.hidden_offset"]], 2)
        self.correction = weights["predictor.correction"].contiguous()
        self.readout, self.readout_offset = weights["readout"].contiguous(), weights["readout_offset"]
        size = len(novelty["mean"])
        whitening = torch.tensor(novelty["whitening"]).reshape(size, size)
        # Of the first member, and the distance that counts as 1 divided out.
        whitening = whitening / novelty["distanceThreshold"]
        self.whiten_state = whitening[:self.width] / scale[0].reshape(-1, 1)
        self.whiten_actions = whitening[self.width:].contiguous()
        self.whiten_offset = -(torch.tensor(novelty["mean"]) @ whitening)

        def vector(name):
            return torch.tensor(task[name], dtype=torch.float32)

        steps = task["horizon"]
        outputs = self.readout.shape[2]
        self.low, self.high = vector("action_lower"), vector("action_upper")
        self.action_mean, self.action_scale = vector("action_mean"), vector("action_scale")
        self.output_mean, self.output_scale = vector("output_mean"), vector("output_scale")
        self.start = vector("representation").reshape(self.members, 1, self.width)
        self.previous = vector("previous_actions")
        thresholds = torch.tensor(novelty["spreadThreshold"]).reshape(-1, outputs)
        self.thresholds = 1 / thresholds[:steps].unsqueeze(1)
        self.goal, self.output_width = vector("goal"), vector("output_width")
        self.action_width = self.high - self.low
        self.half_width = vector("half_width").reshape(steps, outputs)[:, 0]
        self.limit = task["limit"]

    def forward(self, points):
        """Costs [candidate]: of the goal, with violations of the guardrail and novelty before everything else."""
        candidates, _, count = points.shape
        actions = self.low + (points.clamp(-1, 1) + 1) / 2 * self.action_width
        outputs, novelty = self.predict(actions)
        cost = ((outputs - self.goal) / self.output_width).square().mean(0).sum(1)
        moved = torch.diff(actions, dim=1, prepend=self.previous.expand(candidates, 1, count)) / self.action_width
        cost = cost + 0.1 * moved.square().mean(1).sum(1)
        beyond = (outputs[..., 0] + self.half_width[:, None] - self.limit).amax(0).clamp(min=0) / self.output_width[0]
        violation = beyond + (novelty - 1).clamp(min=0).sum(0)
        return cost + 1e6 * violation

    def predict(self, actions):
        """Outputs [step, candidate, output] and novelty [step, candidate] under actions in their units."""
        candidates, steps, count = actions.shape
        inputs = ((actions - self.action_mean) / self.action_scale).transpose(0, 1)  # [step, candidate, action]
        rows = inputs.reshape(1, steps * candidates, count).expand(self.members, -1, -1)
        drive = torch.baddbmm(self.offset, rows, self.input).reshape(self.members, steps, candidates, -1)
        z = self.start.expand(self.members, candidates, self.width)
        states = []
        for step in range(steps):
            linear = torch.baddbmm(drive[:, step], z, self.state)
            z = torch.baddbmm(linear[..., :self.width], linear[..., self.width:].tanh(), self.correction)
            states.append(z)
        states = torch.stack(states, 1)
        read = torch.baddbmm(
            self.readout_offset, states.reshape(self.members, steps * candidates, self.width), self.readout)
        variance, mean = torch.var_mean(read, 0)
        mean, spread = mean.reshape(steps, candidates, -1), variance.sqrt().reshape(steps, candidates, -1)
        before = torch.cat([self.start[:1].expand(1, candidates, self.width), states[0, :-1]], 0)
        whitened = before @ self.whiten_state + inputs @ self.whiten_actions + self.whiten_offset
        novelty = torch.maximum(whitened.square().sum(2).sqrt(), (spread * self.thresholds).amax(2))
        return mean * self.output_scale + self.output_mean, novelty

    def get_cost(self, info, candidates):
        """stable-worldmodel's protocol: candidates [environment, sample, step, action], costs [environment, sample]."""
        return self(candidates[0]).unsqueeze(0)
