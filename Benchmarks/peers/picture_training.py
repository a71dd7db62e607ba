#!/usr/bin/env python3
"""Speed of training from pictures beside PyTorch: LeWM's networks, the same steps, in turns on one machine.

    swift build -c release --package-path Benchmarks --product picture-training-speed
    .torch/venv/bin/python Benchmarks/peers/picture_training.py --device cuda
    .torch/venv/bin/python Benchmarks/peers/picture_training.py --size 32 --batch 4 --precision float32

The first times the published configuration: 128 windows of four pictures of 224 × 224, a tiny vision transformer with
patches of 14, 18 million parameters, bfloat16. Pictures are random and lie on the device. First it is shown that both
sides take the same steps, in float32 and with nothing dropped: terms of the loss, norms of gradients, weights after.
Then steps are timed in turns, each until the device has done it. Reported are the time of a step, pictures a second, the
operations of a step as the sizes say them, and the share of the chip's peak. Documentation/pixels.md says more.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pytorch.lewm import PictureTrainer  # noqa: E402
from pytorch.swift import SwiftPictureTrainer  # noqa: E402

PARITY_STEPS = 4
# Peaks of products of bfloat16 without sparsity, TFLOP/s, by NVIDIA's data sheets; the first name that fits counts.
PEAKS = {"H200": 989, "H100 PCIe": 756, "H100": 989, "A100": 312, "L40S": 362, "RTX 4090": 165}
PUBLISHED = {
    "recipe": "sigreg",
    "encoder": "vit-tiny",
    "predictor": "lewm",
    "width": "192",
    "block": "5",
    "directions": "1024",
    "rate": "5e-5",
    "weight_decay": "1e-3",
}


def operations(sizes):
    """Floating-point operations of a step, a product of matrices counting two for each multiplication, by part.

    A layer takes once as many forward and twice as many backward: for its input and for its weights. The map of patches
    has no input that learns. Norms, activations, softmax and the optimiser are left out, as is usual.
    """
    pictures = sizes["batch"] * (sizes["history"] + 1)
    rows, width, token = sizes["batch"] * sizes["history"], sizes["width"], sizes["token"]
    patches = (sizes["side"] // sizes["patch"]) ** 2
    tokens = patches + 1
    embedding = patches * 3 * sizes["stack"] * sizes["patch"] ** 2 * token
    block = tokens * token * token * (4 + 2 * sizes["expansion"]) + 2 * tokens**2 * token
    encoder = sizes["depth"] * block + sizes["projector"] * (token + width)
    inner = sizes["predictor_heads"] * sizes["head_size"]
    # All pairs of the few times are counted, whether or not a kernel skips those that come later.
    causal = width * (4 * inner + 6 * width + 2 * sizes["feed_forward"]) + 2 * sizes["history"] * inner
    predictor = sizes["predictor_depth"] * causal + 2 * sizes["predictor_projector"] * width
    actions = 10 * (sizes["actions"] + 4 * width) + 4 * width * width
    return {
        "encoder": 2 * pictures * (2 * embedding + 3 * encoder),
        "predictor": 2 * rows * 3 * (predictor + actions),
        "sigreg": 2 * pictures * 2 * width * sizes["directions"],
    }


def spared(sizes):
    """Operations of the last block of the encoder that nothing depends on, as only the class token counts behind it.

    It needs keys and values of all tokens, and all else of one. Foresight leaves them out on a processor, PyTorch does not.
    """
    pictures, token = sizes["batch"] * (sizes["history"] + 1), sizes["token"]
    others = (sizes["side"] // sizes["patch"]) ** 2
    return 2 * pictures * 3 * others * (token * token * (2 + 2 * sizes["expansion"]) + 2 * (others + 1) * token)


def counted(trainer):
    """Floating-point operations of a step as PyTorch counts them; None where this version does not."""
    try:
        from torch.utils.flop_counter import FlopCounterMode

        with FlopCounterMode(display=False) as counter:
            trainer.losses()[0].backward()
        trainer.optimiser.zero_grad(set_to_none=True)
        return counter.get_total_flops()
    except (ImportError, NotImplementedError):
        return None


def difference(ours, theirs):
    return abs(ours - theirs) / max(abs(ours), abs(theirs), 1e-6)


def parity(options, settings, folder):
    """The greatest relative differences of single steps, each from the weights of the Swift side.

    Of weights it is how far apart they are after a step as a share of the step, which may be a hundred times the
    tolerance: AdamW makes whole steps of small gradients, too. Biases that batch norm takes away are left out:
    their gradients are rounding alone, of which AdamW makes whole steps.
    """
    plain = [*settings, "precision=float32", "transformer.dropout=0"]
    swift = SwiftPictureTrainer(options.binary, folder, options.device, options.size, plain)
    swift.ask(f"threads {options.threads}")
    sizes, batch, start = swift.begin()
    trainer = PictureTrainer(sizes, batch, start, options.device)
    parts = {name: getattr(trainer.model, name) for name in sizes["parameters"]}
    parameters = {name: sum(p.numel() for p in part.parameters()) for name, part in parts.items()}
    terms, norms, weights = {}, 0.0, 0.0
    vain = ("vision.transformer.norm.bias", "predictor.norm.bias", "projector.input.bias")
    names = [name for name, _ in trainer.model.named_parameters() if not name.endswith(vain)]
    before = start
    for _ in range(PARITY_STEPS):
        ours, theirs = swift.ask("steps 1"), trainer.steps(1)
        if ours["terms"].keys() != theirs["terms"].keys():
            raise SystemExit(f"picture_training: not the same step: {ours} and {theirs}")
        for name, value in ours["terms"].items():
            terms[name] = max(terms.get(name, 0.0), difference(value, theirs["terms"][name]))
        norms = max(norms, difference(ours["gradient_norm"], theirs["gradient_norm"]))
        after, mine = swift.weights(), trainer.model.state_dict()
        apart = sum((after[name] - mine[name].cpu()).square().sum().item() for name in names)
        moved = sum((after[name] - before[name]).square().sum().item() for name in names)
        weights = max(weights, (apart / moved) ** 0.5)
        trainer.load(after)
        before = after
    swift.close()
    agree = max([*terms.values(), norms]) <= options.tolerance and weights <= 100 * options.tolerance
    agree = agree and parameters == sizes["parameters"]
    return {"agree": agree, "terms": terms, "gradient_norm": norms, "weights": weights, "parameters": parameters}


def spread(seconds):
    low, median, high = statistics.quantiles(seconds, n=4)
    return {"median": 1e3 * median, "quartiles": [1e3 * low, 1e3 * high], "least": 1e3 * min(seconds)}


def measure(options, settings, folder):
    """Steps of both sides in turns; the first turn of each, which compiles and tunes, is left out."""
    swift = SwiftPictureTrainer(
        options.binary, folder, options.device, options.size, [*settings, f"precision={options.precision}"]
    )
    swift.ask(f"threads {options.threads}")
    sizes, batch, start = swift.begin()
    trainers = {"eager": PictureTrainer(sizes, batch, start, options.device)}
    if options.compile:
        trainers["compiled"] = PictureTrainer(sizes, batch, start, options.device, compiled=True)
    flops, count = operations(sizes), counted(trainers["eager"])
    samples = {side: {"steps": [], "processor": []} for side in ("foresight", *trainers)}
    turns = []
    for turn in range(options.rounds + 1):
        results = {}
        # The order is turned round by round.
        order = list(samples)[turn % len(samples) :] + list(samples)[: turn % len(samples)]
        for side in order:
            swiftly = side == "foresight"
            results[side] = swift.ask(f"steps {options.steps}") if swiftly else trainers[side].steps(options.steps)
        if turn:
            turns.append({side: statistics.median(result["steps"]) for side, result in results.items()})
        for side, result in results.items():
            for kind in samples[side] if turn else ():
                samples[side][kind] += result[kind]
        print(f"turn {turn} of {options.rounds}", file=sys.stderr, flush=True)
    swift.close()
    total = sum(flops.values())
    sides = {}
    for side, both in samples.items():
        values = {kind: spread(numbers) for kind, numbers in both.items()}
        rate = total / (values["steps"]["median"] / 1e3)
        values["pictures_per_second"] = sizes["batch"] * (sizes["history"] + 1) / (values["steps"]["median"] / 1e3)
        values["teraflops"] = rate / 1e12
        values["share_of_peak"] = rate / 1e12 / options.peak if options.peak else None
        sides[side] = values
    ratios = {}
    for kind in ("steps", "processor"):
        theirs = {name: sides[name][kind]["median"] for name in trainers}
        best = min(theirs, key=theirs.get)
        ratios[kind] = {"better": best, "ratio": theirs[best] / sides["foresight"][kind]["median"]}
    return sizes, {
        "flops": flops, "flops_spared": spared(sizes), "flops_counted": count, "sides": sides, "ratio": ratios, "turns": turns}


def warn(text):
    print(f"warning: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:N or mps")
    parser.add_argument("--size", type=int, default=224, help="pixels on a side of a picture")
    parser.add_argument("--batch", type=int, default=128, help="windows of a step")
    parser.add_argument("--precision", default="bfloat16", choices=["bfloat16", "float32"])
    parser.add_argument("--rounds", type=int, default=8, help="timed turns of each side")
    parser.add_argument("--steps", type=int, default=25, help="steps of a turn")
    parser.add_argument("--threads", type=int, default=1, help="processor threads of one operation, on both sides")
    parser.add_argument("--compile", action="store_true", help="also PyTorch by torch.compile")
    parser.add_argument("--peak", type=float, help="peak of the chip, TFLOP/s; known are " + ", ".join(PEAKS))
    parser.add_argument("--tolerance", type=float, help="how far the two sides may be apart, relative")
    parser.add_argument("--out", default="runs/picture_training.json", help="where the record is written")
    parser.add_argument("--binary", default=ROOT / ".build/release/picture-training-speed", type=pathlib.Path)
    parser.add_argument("settings", nargs="*", metavar="key=value", help="settings other than the published")
    return parser.parse_intermixed_args()


def prepared():
    """The options, with what the machine decides."""
    options = arguments()
    if not options.binary.exists():
        raise SystemExit(
            "picture_training: build the Swift side first: "
            "swift build -c release --package-path Benchmarks --product picture-training-speed"
        )
    is_cuda = options.device.startswith("cuda")
    if is_cuda and not torch.cuda.is_available():
        raise SystemExit(f"picture_training: this PyTorch, {torch.__version__}, sees no NVIDIA device")
    # Kernels of a card add in another order than those beside them; those of a processor hardly do.
    options.tolerance = options.tolerance or (1e-4 if options.device == "cpu" else 1e-3)
    options.chip = torch.cuda.get_device_name(options.device) if is_cuda else options.device
    if options.peak is None and is_cuda and options.precision == "bfloat16":
        options.peak = next((peak for name, peak in PEAKS.items() if name in options.chip), None)
        if options.peak is None:
            warn(f"no peak is known of {options.chip}; give --peak TFLOP/s for its share")
    torch.set_num_threads(options.threads)
    return options


def main():
    options = prepared()
    chosen = dict(PUBLISHED, batch=str(options.batch))
    # Patches of 14 do not divide all sizes.
    chosen["transformer.patch"] = "14" if options.size % 14 == 0 else "8"
    settings = [f"{key}={value}" for key, value in chosen.items()] + options.settings
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        same = parity(options, settings, folder)
        print(
            f"{options.chip}: same steps: terms within {max(same['terms'].values()):.1g}, gradient norms "
            f"{same['gradient_norm']:.1g}, weights {same['weights']:.1g} of the step in each of {PARITY_STEPS}; "
            + "parameters "
            + " + ".join(str(count) for count in same["parameters"].values()),
            flush=True,
        )
        sizes, run = measure(options, settings, folder)
    total = sum(run["flops"].values())
    text = f"{total / 1e12:.4g} TFLOP a step (" + ", ".join(f"{n} {v / total:.1%}" for n, v in run["flops"].items()) + ")"
    if run["flops_counted"]:
        text += f"; PyTorch counts {run['flops_counted'] / total:.3f} times that"
    print(text)
    for side, values in run["sides"].items():
        low, high = values["steps"]["quartiles"]
        share = f", {values['share_of_peak']:.1%} of {options.peak:g}" if values["share_of_peak"] else ""
        print(
            f"{side:10} {values['steps']['median']:.2f} ms a step ({low:.2f}–{high:.2f}), "
            f"{values['pictures_per_second']:.0f} pictures/s, {values['teraflops']:.4g} TFLOP/s{share}"
        )
    ratio = run["ratio"]
    print(
        f"PyTorch ({ratio['steps']['better']}) takes {ratio['steps']['ratio']:.2f} times as long by the clock, "
        f"{ratio['processor']['ratio']:.2f} times of processor time"
    )
    record = {
        "date": time.strftime("%Y-%m-%d"),
        "torch": torch.__version__,
        "chip": options.chip,
        "peak_teraflops": options.peak,
        "precision": options.precision,
        "threads": options.threads,
        "load_average_before": load,
        "settings": settings,
        "sizes": sizes,
        "parity": same,
        **run,
    }
    pathlib.Path(options.out).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(options.out).write_text(json.dumps(record, indent=2) + "\n")
    print(f"written to {options.out}")
    if load > 0.5 and options.device == "cpu":
        warn(f"load average {load:.1f} before anything was started: others use this machine, times are no measurement")
    if not same["agree"]:
        raise SystemExit("picture_training: the two sides do not take the same steps; their times say nothing")


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as problem:
        raise SystemExit(f"picture_training: {problem}") from problem
