"""What every fixture script here shares: writing safetensors by hand and recording a forward and backward pass.

References are computed in float64 from inputs that are exact in float32, so that the stored numbers do not depend on
the machine that made them; they are stored as float32.
"""

import json
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).resolve().parent


def save(name, tensors):
    """Writes `<name>.safetensors`: 8-byte header length, JSON header, raw little-endian float32 or int64."""
    header, body, offset = {"__metadata__": {"torch": torch.__version__, "format": "pt"}}, [], 0
    for key, value in sorted(tensors.items()):
        value = value.detach().cpu().contiguous()
        if value.is_floating_point():
            value, kind = value.to(torch.float32), "F32"
        else:
            value, kind = value.to(torch.int64), "I64"
        data = bytes(value.view(torch.uint8).flatten().tolist()) if value.dim() else value.reshape(1).view(torch.uint8)
        data = bytes(data.tolist()) if isinstance(data, torch.Tensor) else data
        header[key] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        body.append(data)
        offset += len(data)
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(HERE / f"{name}.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(body))
    print(f"{name}: {len(tensors)} tensors, {8 + len(text) + offset} bytes")


class Draw:
    """Numbers of one fixture from one seed: normal, exact in float32, handed out in float64."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0, mean=0.0):
        values = torch.randn(*shape, generator=self.generator) * scale + mean
        return values.to(torch.float64)

    def fill(self, module, scale=0.4):
        """Gives every parameter of the module a random value; norms' weights stay near one."""
        module.double()
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                is_gain = name.split(".")[-1] == "weight" and parameter.dim() == 1
                parameter.copy_(self.normal(*parameter.shape, scale=scale, mean=1.0 if is_gain else 0.0))
        return module


def record(name, seed, module, inputs, forward=None, extra=None):
    """Saves inputs, parameters, buffers, output, and the gradients of sum(output · output_gradient)."""
    draw = Draw(seed + 1000)
    tensors = {}
    before = {key: value.clone() for key, value in module.state_dict().items()} if module is not None else {}
    inputs = {key: value.clone() for key, value in inputs.items()}
    for value in inputs.values():
        if value.is_floating_point():
            value.requires_grad_(True)
    output = forward(**inputs) if forward else module(*inputs.values())
    weight = draw.normal(*output.shape)
    output.backward(weight)
    for key, value in inputs.items():
        tensors[f"input.{key}"] = value
        if value.grad is not None:
            tensors[f"gradient.input.{key}"] = value.grad
    for key, value in before.items():
        tensors[f"parameter.{key}"] = value
    if module is not None:
        for key, parameter in module.named_parameters():
            tensors[f"gradient.parameter.{key}"] = parameter.grad
        for key, buffer in module.named_buffers():
            tensors[f"after.{key}"] = buffer
    tensors["output"] = output
    tensors["output_gradient"] = weight
    tensors.update(extra or {})
    save(name, tensors)
