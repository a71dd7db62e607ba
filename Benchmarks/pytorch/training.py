"""Training steps of the sensor world model: batches, AdamW with its groups, schedule, clipping, curriculum.

The draws (which windows, which histories are cut short, which directions SIGReg looks along) repeat those of the Swift
side number for number, so that both take the same steps on the same batches.
"""

import copy
import math
import time

import torch

from .model import SensorWorldModel
from .objective import Objective, prediction

MASK = (1 << 64) - 1


class SeededGenerator:
    """xoshiro256** seeded by SplitMix64, as Sources/Basics/SeededGenerator.swift."""

    def __init__(self, seed, stream):
        mixer = (seed + 0x9E3779B97F4A7C15 * (2 * stream + 1)) & MASK

        def split_mix():
            nonlocal mixer
            mixer = (mixer + 0x9E3779B97F4A7C15) & MASK
            z = ((mixer ^ (mixer >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            return z ^ (z >> 31)

        mixer = split_mix() ^ stream
        self.state = [split_mix() for _ in range(4)]

    def next(self):
        s0, s1, s2, s3 = self.state

        def rotate(x, k):
            return ((x << k) | (x >> (64 - k))) & MASK

        result = (rotate((s1 * 5) & MASK, 7) * 9) & MASK
        t = (s1 << 17) & MASK
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        self.state = [s0, s1, s2, rotate(s3, 45)]
        return result

    def below(self, bound):
        """Lemire's method, as Swift's next(upperBound:)."""
        product = self.next() * bound
        if product & MASK < bound:
            least = (1 << 64) % bound
            while product & MASK < least:
                product = self.next() * bound
        return product >> 64


def schedule(step, total):
    """A warm-up and half a cosine down to a hundredth."""
    warm_up, floor = min(50, max(1, total // 10)), 0.01
    if step < warm_up:
        return (step + 1) / warm_up
    progress = min((step - warm_up) / max(total - 1 - warm_up, 1), 1)
    return floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2


class Trainer:
    """Takes the steps of Sources/WorldModels/Training/Trainer.swift from the same starting point."""

    def __init__(self, sizes, rows, state, compiled=None):
        self.sizes, self.rows = sizes, rows
        self.window, self.horizon, self.members = sizes["window"], sizes["horizon"], sizes["members"]
        self.model = SensorWorldModel(sizes)
        self.model.load_state_dict(state)
        self.objective = Objective(self.model, sizes, *self.starting_errors())
        # Histories that are cut short come in every length: they are not worth a compilation each.
        self.whole = self.objective
        if compiled == "whole":
            self.whole = torch.compile(self.objective, dynamic=False)
        elif compiled == "cells":
            twin = copy.copy(self.model)  # of the same parameters
            twin._modules = dict(self.model._modules, predictor=copy.copy(self.model.predictor))
            twin.predictor.forward = torch.compile(twin.predictor.forward, dynamic=False)
            twin.correct = torch.compile(twin.correct, dynamic=False)
            self.whole = copy.copy(self.objective)
            self.whole._modules = dict(self.objective._modules, model=twin)
        self.firsts = [self.model.encoder.first_gain, self.model.encoder.prior]
        self.parameters = list(self.model.parameters())
        self.others = [p for p in self.parameters if not any(p is first for first in self.firsts)]
        self.optimiser = torch.optim.AdamW(self.groups(), fused=True)
        self.rates = [group["lr"] for group in self.optimiser.param_groups]
        self.sampler = SeededGenerator(sizes["seed"], 1)
        self.generator = torch.Generator().manual_seed(sizes["seed"] + 0x5EED)
        self.epoch = 0

    def groups(self):
        sizes, predictor = self.sizes, self.model.predictor
        factor = 0.03 if sizes["refined"] else 0.1 if sizes["short"] else 1
        rate = sizes["rate"] * factor
        decaying = [
            predictor.hidden_state,
            predictor.hidden_input,
            predictor.correction,
            self.model.inverse_input.weight,
            self.model.inverse_output.weight,
        ]
        plain = [p for p in self.others if not any(p is other for other in decaying)]
        return [
            {"params": decaying, "lr": rate, "weight_decay": sizes["weight_decay"]},
            {"params": plain, "lr": rate * 0.1, "weight_decay": 0.0},
            {"params": self.firsts, "lr": rate, "weight_decay": 0.0},
        ]

    def starts(self, history, steps):
        """Rows that a prediction may start at, as the pieces (first, count) of one list."""
        pieces = []
        for start, count in self.sizes["segments"]:
            first, last = start + history, start + count - steps
            if first <= last:
                pieces.append((first, last - first + 1))
        return pieces

    @staticmethod
    def pick(pieces, index):
        for first, count in pieces:
            if index < count:
                return first + index
            index -= count
        raise IndexError(index)

    def batch(self, starts, history, steps):
        """Windows around starts [members, batch]: outputs, mask, inputs, each [members, batch, time, …]."""
        index = (starts - history).unsqueeze(2) + torch.arange(history + steps)
        outputs, mask, inputs = (self.rows[name][index] for name in ("outputs", "mask", "inputs"))
        if "visible" in self.rows:
            member = torch.arange(self.members).view(-1, 1, 1)
            mask = mask * self.rows["visible"][member, index].unsqueeze(3)
        return outputs, mask, inputs

    @torch.no_grad()
    def starting_errors(self):
        """The units of the errors: what the model is off by before the first step."""
        history, steps = self.window, self.horizon
        pieces = self.starts(history, steps)
        total = sum(count for _, count in pieces)
        if total == 0:
            return torch.ones(self.sizes["outputs"]), 1.0
        count = min(128, total)
        starts = torch.tensor([self.pick(pieces, index * total // count) for index in range(count)])
        outputs, mask, inputs = self.batch(starts.expand(self.members, -1), history, steps)
        encoded = self.model.encode(outputs, mask, inputs)
        predicted = self.model.rollout(encoded[history - 1], inputs[:, :, history - 1 : -1], inputs[:, :, -1:])
        predicted, ahead = torch.stack(predicted, 2), torch.stack(encoded, 2)[:, :, history:]
        seen = mask[:, :, history:]
        squares = (self.model.read_all(predicted) - outputs[:, :, history:]).square() * seen
        mean = squares.sum((0, 1, 2)) / seen.sum((0, 1, 2)).clamp(min=1)
        loss = prediction(predicted, ahead, self.model.predictor.scale).item()
        return mean.sqrt().clamp(min=2e-3), max(loss, 4e-6)

    def rollout_steps(self):
        ramp = self.sizes["epochs"] * 2 // 5
        share = min(1, (self.epoch + 1) / max(1, ramp))
        wanted = max(min(8, self.horizon), math.floor(self.horizon * share + 0.5))
        while wanted > 1 and not self.starts(self.window, wanted):
            wanted -= 1
        return wanted

    def draw(self, steps):
        """The next windows: whether their histories are cut short, how long they are, and where predictions start."""
        is_cut = self.sampler.below(4) == 0 and self.sizes["cuts"]
        history = 1 + self.sampler.below(self.window) if is_cut else self.window
        pieces = self.starts(history, steps)
        total = sum(count for _, count in pieces)
        drawn = [
            [self.pick(pieces, self.sampler.below(total)) for _ in range(self.sizes["batch"])]
            for _ in range(self.members)
        ]
        return is_cut, history, torch.tensor(drawn)

    def gradient_norm(self):
        """The norm of the gradient of the next windows, which takes no step."""
        steps = self.rollout_steps()
        is_cut, history, starts = self.draw(steps)
        norm = self.backward(is_cut, history, starts, steps, float("inf"))[1].item()
        self.optimiser.zero_grad(set_to_none=True)
        return norm

    def backward(self, is_cut, history, starts, steps, clip):
        """Terms of the loss and the norm of the gradient, which is there afterwards and at most as long as `clip`."""
        outputs, mask, inputs = self.batch(starts, history, steps)
        width = self.model.readout.shape[1]
        directions = torch.randn(
            self.members, width, self.sizes["loss"]["directions"], generator=self.generator
        )
        objective = self.objective if is_cut else self.whole
        total, terms = objective(outputs, mask, inputs, history, directions)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        for parameter in self.others if is_cut else self.firsts:
            parameter.grad = None
        learning = self.firsts if is_cut else self.others
        return terms, torch.nn.utils.clip_grad_norm_(learning, clip)

    def step(self, is_cut, history, starts, steps, factor):
        terms, norm = self.backward(is_cut, history, starts, steps, self.sizes["clip"])
        if norm.isfinite():
            for group, rate in zip(self.optimiser.param_groups, self.rates):
                group["lr"] = rate * factor
            self.optimiser.step()
        return {name: value.item() for name, value in terms.items()}, norm.item()

    def run_epoch(self):
        """One epoch; draws are made while the clock stands still."""
        steps, count = self.rollout_steps(), self.sizes["steps_per_epoch"]
        times, processor, sums, norms = [], [], {}, 0.0
        for index in range(count):
            drawn = self.draw(steps)
            factor = schedule(self.epoch * count + index, self.sizes["epochs"] * count)
            wall, spent = time.perf_counter(), time.process_time()
            terms, norm = self.step(*drawn, steps, factor)
            processor.append(time.process_time() - spent)
            times.append(time.perf_counter() - wall)
            norms += norm / count
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value / count
        self.epoch += 1
        return {"steps": times, "processor": processor, "rollout": steps, "terms": sums, "gradient_norm": norms}
