"""Fixtures of attention and transformer blocks, composed of torch.nn's own modules."""

import torch
from torch import nn
from torch.nn import functional as F

from fixturelib import Draw, record

WIDTH, HEADS, TIME = 8, 2, 6


def causal_mask(time, window=None):
    """True where attention is allowed: the past, and no further back than the window (itself included)."""
    query, key = torch.arange(time)[:, None], torch.arange(time)[None, :]
    allowed = key <= query
    return allowed if window is None else allowed & (query - key < window)


def rotate(x, positions, base=10000.0):
    """Rotary position embedding in the "rotate half" layout (Su et al. 2021, as in GPT-NeoX): x [batch, heads, time, size]."""
    half = x.shape[-1] // 2
    angles = positions[:, None].double() * base ** (-torch.arange(half).double() / half)
    cosine, sine = angles.cos(), angles.sin()
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)


def attend(attention, x, context=None, mask=None, rotary=False):
    """What nn.MultiheadAttention computes, with rotary positions when asked; checked against it where it can be."""
    context = x if context is None else context
    size = WIDTH // HEADS
    weights, biases = attention.in_proj_weight.chunk(3), attention.in_proj_bias.chunk(3)
    q = F.linear(x, weights[0], biases[0])
    k = F.linear(context, weights[1], biases[1])
    v = F.linear(context, weights[2], biases[2])
    q, k, v = (t.unflatten(-1, (HEADS, size)).transpose(1, 2) for t in (q, k, v))
    if rotary:
        q, k = rotate(q, torch.arange(q.shape[2])), rotate(k, torch.arange(k.shape[2]))
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)
    y = attention.out_proj(y)
    if not rotary:
        blocked = None if mask is None else ~mask
        reference = attention(x, context, context, attn_mask=blocked, need_weights=False)[0]
        assert torch.allclose(y, reference, atol=1e-12), "attend differs from nn.MultiheadAttention"
    return y


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)])

    def forward(self, x):
        return self.layers[1](F.gelu(self.layers[0](x)))


class Block(nn.Module):
    """Pre-norm block: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self):
        super().__init__()
        self.attention_norm = nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.mlp_norm = nn.LayerNorm(WIDTH)
        self.mlp = MLP()

    def forward(self, x, mask=None, rotary=False):
        x = x + attend(self.attention, self.attention_norm(x), mask=mask, rotary=rotary)
        return x + self.mlp(self.mlp_norm(x))


class Transformer(nn.Module):
    """Blocks and a final norm."""

    def __init__(self, depth):
        super().__init__()
        self.blocks = nn.ModuleList([Block() for _ in range(depth)])
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, x, mask=None, rotary=False):
        for block in self.blocks:
            x = block(x, mask, rotary)
        return self.norm(x)


class AdaptiveBlock(nn.Module):
    """The adaLN-Zero block of DiT (Peebles and Xie 2022, figure 3), condition [batch, time, size] or [batch, 1, size]."""

    def __init__(self, condition):
        super().__init__()
        self.attention_norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.mlp_norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.mlp = MLP()
        self.modulation = nn.Linear(condition, 6 * WIDTH)

    def forward(self, x, condition, mask):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(F.silu(condition)).chunk(6, dim=-1)
        x = x + gate1 * attend(self.attention, self.attention_norm(x) * (1 + scale1) + shift1, mask=mask)
        return x + gate2 * self.mlp(self.mlp_norm(x) * (1 + scale2) + shift2)


def attention():
    for name, mask in (("plain", None), ("causal", causal_mask(TIME)), ("windowed", causal_mask(TIME, 3))):
        draw = Draw(20)
        module = draw.fill(nn.MultiheadAttention(WIDTH, HEADS, batch_first=True))
        record(f"attention_{name}", 20, module, {"x": draw.normal(2, TIME, WIDTH)},
               lambda x, m=module, k=mask: attend(m, x, mask=k))
    draw = Draw(21)
    module = draw.fill(nn.MultiheadAttention(WIDTH, HEADS, batch_first=True))
    record("attention_cross", 21, module, {"x": draw.normal(2, 3, WIDTH), "context": draw.normal(2, 5, WIDTH)},
           lambda x, context: attend(module, x, context))
    draw = Draw(22)
    positions = torch.arange(3, 8)
    record("rotary", 22, None, {"x": draw.normal(2, 2, 5, 4)}, lambda x: rotate(x, positions))


def blocks():
    draw = Draw(23)
    module = draw.fill(Block(), scale=0.3)
    record("block", 23, module, {"x": draw.normal(2, TIME, WIDTH)})
    draw = Draw(24)
    module = draw.fill(AdaptiveBlock(5), scale=0.3)
    record("adaptive_block", 24, module, {"x": draw.normal(2, TIME, WIDTH), "condition": draw.normal(2, TIME, 5)},
           lambda x, condition: module(x, condition, causal_mask(TIME)))
    draw = Draw(25)
    module = draw.fill(Transformer(2), scale=0.3)
    record("transformer_windowed_rotary", 25, module, {"x": draw.normal(2, TIME, WIDTH)},
           lambda x: module(x, causal_mask(TIME, 3), True))


def main():
    attention()
    blocks()


if __name__ == "__main__":
    main()
