"""LeWorldModel (arXiv:2603.19312) and its training step in PyTorch, as one would write them there.

The networks of stable-worldmodel with the names of Foresight's parameters, so that weights go from one to the other; attention
is PyTorch's own with its own dropout. Networks are computed under autocast where bfloat16 is asked for; losses are float32.
"""

import math
import time

import torch
import torch.nn.functional as F
from torch import nn

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Attention(nn.Module):
    def __init__(self, width, heads, head_size, bias, causal=False, dropout=0.0):
        super().__init__()
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.in_proj_weight = nn.Parameter(torch.empty(3 * heads * head_size, width))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * heads * head_size)) if bias else None
        self.out_proj = nn.Linear(heads * head_size, width)

    def forward(self, x):
        batch, tokens, _ = x.shape
        parts = F.linear(x, self.in_proj_weight, self.in_proj_bias).view(batch, tokens, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        dropped = self.dropout if self.training else 0.0
        seen = F.scaled_dot_product_attention(query, key, value, dropout_p=dropped, is_causal=self.causal)
        return self.out_proj(seen.transpose(1, 2).flatten(2))


class Layers(nn.Module):
    """Two linear layers with a nonlinearity and dropout between them."""

    def __init__(self, inputs, hidden, outputs, activation, dropout=0.0):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)])
        self.activation, self.dropout = activation, nn.Dropout(dropout)

    def forward(self, x):
        return self.layers[1](self.dropout(self.activation(self.layers[0](x))))


class Block(nn.Module):
    def __init__(self, width, heads, hidden, epsilon):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, epsilon)
        self.attention = Attention(width, heads, width // heads, bias=True)
        self.mlp_norm = nn.LayerNorm(width, epsilon)
        self.mlp = Layers(width, hidden, width, F.gelu)

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.mlp(self.mlp_norm(x))


class Transformer(nn.Module):
    def __init__(self, width, heads, hidden, depth, epsilon):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads, hidden, epsilon) for _ in range(depth))
        self.norm = nn.LayerNorm(width, epsilon)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Vision(nn.Module):
    """A vision transformer, of which the class token counts."""

    def __init__(self, sizes):
        super().__init__()
        width, patch, epsilon = sizes["token"], sizes["patch"], 1e-12
        self.patches = nn.ModuleDict({"projection": nn.Conv2d(3 * sizes["stack"], width, patch, patch)})
        self.class_token = nn.Parameter(torch.empty(1, 1, width))
        self.positions = nn.ParameterDict({"weight": torch.empty(1, 1 + (sizes["side"] // patch) ** 2, width)})
        self.transformer = Transformer(width, sizes["heads"], sizes["expansion"] * width, sizes["depth"], epsilon)

    def forward(self, x):
        tokens = self.patches["projection"](x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(x), -1, -1), tokens], dim=1) + self.positions["weight"]
        return self.transformer(tokens)[:, 0]


class Projector(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.input, self.norm = nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.output(F.gelu(self.norm(self.input(x.flatten(0, -2))))).view(*x.shape[:-1], -1)


class Encoder(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.vision = Vision(sizes)
        self.projector = Projector(sizes["token"], sizes["projector"], sizes["width"])

    def forward(self, x):
        return self.projector(self.vision(x))


class CausalBlock(nn.Module):
    def __init__(self, width, sizes):
        super().__init__()
        dropout = sizes["dropout"]
        self.plain_norm = nn.LayerNorm(width, 1e-6, elementwise_affine=False)
        self.attention_norm, self.mlp_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(
            width, sizes["predictor_heads"], sizes["head_size"], bias=False, causal=True, dropout=dropout
        )
        self.mlp = Layers(width, sizes["feed_forward"], width, F.gelu, dropout)
        self.modulation = nn.Linear(width, 6 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, condition):
        parts = self.modulation(F.silu(condition)).chunk(6, dim=-1)
        y = self.attention(self.attention_norm(self.plain_norm(x) * (1 + parts[1]) + parts[0]))
        x = x + parts[2] * self.dropout(y)
        y = self.mlp(self.mlp_norm(self.plain_norm(x) * (1 + parts[4]) + parts[3]))
        return x + parts[5] * self.dropout(y)


class ActionEncoder(nn.Module):
    def __init__(self, actions, width, smoothed=10, expansion=4):
        super().__init__()
        self.input = nn.Conv1d(actions, smoothed, 1)
        self.mlp = Layers(smoothed, expansion * width, width, F.silu)

    def forward(self, actions):
        return self.mlp(self.input(actions.transpose(1, 2)).transpose(1, 2))


class Predictor(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width = sizes["width"]
        self.action_encoder = ActionEncoder(sizes["actions"], width)
        self.positions = nn.Parameter(torch.empty(1, sizes["history"], width))
        self.blocks = nn.ModuleList(CausalBlock(width, sizes) for _ in range(sizes["predictor_depth"]))
        self.norm = nn.LayerNorm(width)
        self.projector = Projector(width, sizes["predictor_projector"], width)

    def forward(self, z, actions):
        condition, x = self.action_encoder(actions), z + self.positions
        for block in self.blocks:
            x = block(x, condition)
        return self.projector(self.norm(x))


class LeWM(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.encoder, self.predictor = Encoder(sizes), Predictor(sizes)

    def forward(self, pictures, actions):
        """Representations [batch, time, D] and predictions [batch, time − 1, D] of pictures as networks see them."""
        z = self.encoder(pictures.flatten(0, 1)).view(*pictures.shape[:2], -1)
        return z, self.predictor(z[:, :-1], actions)


def sigreg(z, directions):
    """SIGReg of representations [time, batch, D] along directions [D, number] of length one, as LeWM has it."""
    knots = torch.linspace(0, 3, 17, device=z.device)
    phi = torch.exp(-knots.square() / 2)
    weights = torch.full_like(knots, 6 / 16)
    weights[[0, -1]] = 3 / 16
    angles = (z @ directions).unsqueeze(-1) * knots
    error = (angles.cos().mean(1) - phi).square() + angles.sin().mean(1).square()
    return (error @ (weights * phi)).mean() * z.shape[1]


def schedule(step, total):
    """A warm-up and half a cosine down to a hundredth."""
    warm_up, floor = min(200, max(1, total // 20)), 0.01
    if step < warm_up:
        return (step + 1) / warm_up
    progress = min((step - warm_up) / max(total - 1 - warm_up, 1), 1)
    return floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2


class PictureTrainer:
    """Takes the steps of Sources/WorldModels/Images/ImageTrainer.swift from the same starting point on the same batch."""

    def __init__(self, sizes, batch, state, device, compiled=False):
        self.sizes, self.device, self.step_count = sizes, torch.device(device), 0
        self.pictures, self.actions = (batch[name].to(device) for name in ("pictures", "actions"))
        self.model = LeWM(sizes).to(device)
        self.load(state)
        self.network = torch.compile(self.model, dynamic=False) if compiled else self.model
        self.parameters = list(self.model.parameters())
        named = list(self.model.named_parameters())
        self.optimiser = torch.optim.AdamW(
            [
                {"params": [p for n, p in named if self.decays(n, p)], "weight_decay": sizes["weight_decay"]},
                {"params": [p for n, p in named if not self.decays(n, p)], "weight_decay": 0.0},
            ],
            lr=sizes["rate"],
            fused=True,
        )
        self.generator = torch.Generator(device=device).manual_seed(sizes["seed"] + 0x5EED)
        self.mean, self.deviation = (torch.tensor(x, device=device).view(3, 1, 1) * 255 for x in (MEAN, DEVIATION))

    @staticmethod
    def decays(name, parameter):
        return parameter.ndim > 1 and "class_token" not in name and "positions" not in name

    def load(self, state):
        """Takes weights of Foresight, whose inverse dynamics the recipe does not use."""
        self.model.load_state_dict({n: t for n, t in state.items() if not n.startswith("inverse_dynamics.")})

    def networks(self):
        pictures = (self.pictures.permute(0, 1, 4, 2, 3).float() - self.mean) / self.deviation
        short = self.sizes["precision"] == "bfloat16"
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=short):
            z, predicted = self.network(pictures, self.actions)
        return z.float(), predicted.float()

    def losses(self):
        z, predicted = self.networks()
        shape = (self.sizes["width"], self.sizes["directions"])
        directions = torch.randn(shape, generator=self.generator, device=self.device)
        terms = {
            "prediction": (predicted - z[:, 1:]).square().mean(),
            "sigreg": sigreg(z.transpose(0, 1), directions / directions.norm(dim=0)),
        }
        return terms["prediction"] + self.sizes["sigreg"] * terms["sigreg"], terms

    def step(self):
        total, terms = self.losses()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.sizes["clip"])
        if norm.isfinite():
            for group in self.optimiser.param_groups:
                group["lr"] = self.sizes["rate"] * schedule(self.step_count, self.sizes["steps"])
            self.optimiser.step()
        self.step_count += 1
        return {name: value.item() for name, value in terms.items()}, norm.item()

    def synchronise(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()

    def steps(self, count):
        """Optimiser steps, each until the device has done it."""
        times, processor, sums, norms = [], [], {}, 0.0
        self.synchronise()
        for _ in range(count):
            wall, spent = time.perf_counter(), time.process_time()
            terms, norm = self.step()
            self.synchronise()
            times.append(time.perf_counter() - wall)
            processor.append(time.process_time() - spent)
            norms += norm / count
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value / count
        return {"steps": times, "processor": processor, "terms": sums, "gradient_norm": norms}
