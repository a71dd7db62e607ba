"""The Swift side as a process that takes commands, and the files that it leaves."""

import json
import pathlib
import struct
import subprocess

import torch

TYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}


def read_safetensors(path):
    """Tensors by name: eight bytes of length, a JSON header, then the numbers."""
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        numbers = bytearray(content[8 + length + begin : 8 + length + end])
        flat = torch.frombuffer(numbers, dtype=TYPES[entry["dtype"]]) if numbers else torch.empty(0)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


class SwiftProcess:
    """A program of the package Benchmarks that answers each line with one of JSON."""

    def __init__(self, folder, words):
        self.folder = pathlib.Path(folder)
        self.name = pathlib.Path(words[0]).name
        self.process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self.process.wait()}")
        answer = json.loads(line)
        if "failure" in answer:
            raise RuntimeError(answer["failure"])
        return answer

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def weights(self):
        self.ask("weights")
        return read_safetensors(self.folder / "weights.safetensors")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class SwiftTrainer(SwiftProcess):
    """training-speed: a training of a sensor model."""

    def __init__(self, binary, data, name, folder, settings):
        super().__init__(folder, [binary, data, name, folder, *settings])

    def begin(self, epochs, steps):
        """Begins anew; what the training is about, the rows, and the weights that it starts from."""
        sizes = self.ask(f"begin {epochs} {steps}")
        return sizes, read_safetensors(self.folder / "rows.safetensors"), read_safetensors(
            self.folder / "start.safetensors"
        )


class SwiftPictureTrainer(SwiftProcess):
    """picture-training-speed: a training of LeWM's networks from pictures."""

    def __init__(self, binary, folder, device, side, settings):
        super().__init__(folder, [binary, folder, device, side, *settings])

    def begin(self):
        """Begins anew; what the training is about, its batch, and the weights that it starts from."""
        sizes = self.ask("begin")
        return sizes, read_safetensors(self.folder / "batch.safetensors"), read_safetensors(
            self.folder / "start.safetensors"
        )
