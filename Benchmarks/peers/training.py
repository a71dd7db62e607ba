#!/usr/bin/env python3
"""Speed of training beside PyTorch: the same model, the same steps on the same batches, in turns on one machine.

    swift build -c release --package-path Benchmarks --product training-speed
    .torch/venv/bin/python Benchmarks/peers/training.py --data DATA [--only SET …] [--runs FOLDER] [--out FILE]

`make bench` runs it for the simulated heater lab (`--only heater_lab`), which needs no data.

For each set the Swift side prepares training (`refine=false`: the epochs are what is compared) and writes where it
starts from; both sides then take the same steps. First it is shown that they are the same: terms of the loss and norms
of gradients of single steps, and the weights after them. Then epochs at the full horizon are timed in turns. `--runs`
takes step, window, horizon and sizes of each set from the models of a run of `foresight benchmark identification`;
without it they are derived from the data. Documentation/benchmarks.md says more.
"""

import argparse
import copy
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

from pytorch.swift import SwiftTrainer  # noqa: E402
from pytorch.training import Trainer  # noqa: E402

SETS = (
    "cascaded_tanks silverbox emps f16 exchanger powplant steamgen glassfurnace dryer2 cstr pHdata hairdryer cdplayer "
    "ballbeam nist_ashp tep"
).split()
KEPT = "stride window horizon members order free hidden activation lead".split()
PARITY_STEPS = 8
TOLERANCE = 1e-4
KINK = 1e-6
ROUNDED = 8


def kept_settings(runs, name):
    """Settings that a run resolved for the set, from the model of its first seed."""
    sheets = sorted(pathlib.Path(runs).glob(f"models/{name}-seed*/model.yaml"))
    if not sheets:
        warn(f"{runs} has no model of {name}: its sizes are derived from the data")
        return []
    settings, inside = [], False
    for line in sheets[0].read_text().splitlines():
        if not line.startswith(" "):
            inside = line == "settings:"
        elif inside and not line.startswith("    "):
            key, _, value = line.strip().partition(": ")
            if key in KEPT:
                settings.append(f"{key}={value}")
    return settings


class Processors:
    """How much of the machine others use from now on; None where the system does not say."""

    TICK = os.sysconf("SC_CLK_TCK")

    def __init__(self, swift):
        self.swift = swift
        self.before = self.read()

    def read(self):
        """Seconds that processors were busy, that passed on all of them, and that the two sides used."""
        try:
            fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
            other = pathlib.Path(f"/proc/{self.swift.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        own = sum(os.times()[:2]) + (int(other[11]) + int(other[12])) / self.TICK
        return (sum(fields) - fields[3] - fields[4]) / self.TICK, sum(fields) / self.TICK, own

    def busy(self):
        """The mean number of processors that others kept busy."""
        after = self.read()
        if self.before is None or after is None or after[1] == self.before[1]:
            return None
        busy, passed, own = (late - early for early, late in zip(self.before, after))
        return max(0.0, (busy - own) / (passed / os.cpu_count()))


def difference(ours, theirs):
    """The relative difference; terms are in units of the start, so that a hundredth is as good as nothing."""
    return abs(ours - theirs) / max(abs(ours), abs(theirs), 0.01)


def rounding(trainer):
    """How far weights that are rounded otherwise, in their last bit, move the norm of the gradient of the next step."""
    sampler, directions = copy.deepcopy(trainer.sampler), trainer.generator.get_state()
    kept = [parameter.detach().clone() for parameter in trainer.parameters]
    noise = torch.Generator().manual_seed(0)

    def norm(rounded):
        with torch.no_grad():
            for parameter, value in zip(trainer.parameters, kept):
                bits = (torch.rand(value.shape, generator=noise) - 0.5) * torch.finfo(value.dtype).eps
                parameter.copy_(value * (1 + bits) if rounded else value)
        norm = trainer.gradient_norm()
        trainer.sampler = copy.deepcopy(sampler)
        trainer.generator.set_state(directions)
        return norm

    others = [norm(rounded=True) for _ in range(ROUNDED)]
    return max(difference(norm(rounded=False), other) for other in others)


def parity(swift):
    """The greatest relative differences of single steps: losses, norms of gradients, weights after.

    Each step begins with the weights of the Swift side, so that a plant near the limit of stability does not blow
    rounding up from step to step; moments of AdamW are each side's own. Where the linear part of a member has a
    spectral norm of 1 to within rounding, max(1, norm) has two derivatives, and either side may take either: such steps
    are counted, and of these only losses are compared. Elsewhere norms may differ by TOLERANCE, or by three times what
    other roundings of the weights make of the norm of PyTorch's own gradient.
    """
    swift.ask("threads 1")
    torch.set_num_threads(1)
    sizes, rows, before = swift.begin(PARITY_STEPS, 1)
    trainer = Trainer(sizes, rows, before)
    terms, norms, rounded, excess, weights, kinks = {}, 0.0, 0.0, 0.0, 0.0, 0
    for _ in range(PARITY_STEPS):
        largest = torch.linalg.svdvals(trainer.model.predictor.linear.detach().double())[:, 0]
        is_kink = bool(((largest - 1).abs() < KINK).any())
        kinks += is_kink
        floor = rounding(trainer)
        ours, theirs = swift.ask("epoch"), trainer.run_epoch()
        if ours["rollout"] != theirs["rollout"] or ours["terms"].keys() != theirs["terms"].keys():
            raise SystemExit(f"training: not the same step: {ours} and {theirs}")
        for name, value in ours["terms"].items():
            terms[name] = max(terms.get(name, 0.0), difference(value, theirs["terms"][name]))
        after, mine = swift.weights(), trainer.model.state_dict()
        if not is_kink:
            norm = difference(ours["gradient_norm"], theirs["gradient_norm"])
            norms, rounded = max(norms, norm), max(rounded, floor)
            excess = max(excess, norm / max(TOLERANCE, 3 * floor))
            for name, value in after.items():
                weights = max(weights, ((value - mine[name]).abs().max() / (value.abs().max() + 1e-12)).item())
        trainer.model.load_state_dict(after)
    agree = max(terms.values()) <= TOLERANCE and excess <= 1 and kinks <= PARITY_STEPS // 2
    return {
        "agree": agree,
        "terms": terms,
        "gradient_norm": norms,
        "gradient_norm_by_rounding": rounded,
        "weights": weights,
        "kinks": kinks,
    }


def operations(trainer):
    """Operators of libtorch that one whole step runs, forward, backward and optimiser, and those that call no other."""
    from torch.profiler import ProfilerActivity, profile

    steps = trainer.rollout_steps()
    drawn = trainer.draw(steps)
    while drawn[0]:
        drawn = trainer.draw(steps)
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        trainer.step(*drawn, steps, 0.0)
    events = [event for event in profiled.events() if event.name.startswith("aten::")]
    inner = [event for event in events if not any(c.name.startswith("aten::") for c in event.cpu_children)]
    return {"operators": len(events), "innermost": len(inner)}


def products(trainer):
    """Floating-point operations of products of matrices in one whole step, forward and backward, as PyTorch counts them."""
    from torch.utils.flop_counter import FlopCounterMode

    steps = trainer.rollout_steps()
    drawn = trainer.draw(steps)
    while drawn[0]:
        drawn = trainer.draw(steps)
    with FlopCounterMode(display=False) as counter:
        trainer.step(*drawn, steps, 0.0)
    return counter.get_total_flops()


def spread(times):
    """Median and quartiles in milliseconds."""
    low, middle, high = statistics.quantiles([x * 1e3 for x in times], n=4)
    return {"median": middle, "quartiles": [low, high], "least": min(times) * 1e3}


def measure(swift, threads, rounds, steps, variants):
    """Times of steps at the full horizon, sides in turns, with the order turned round by round."""
    swift.ask(f"threads {threads}")
    torch.set_num_threads(threads)
    sizes, rows, state = swift.begin(2, steps)  # so few epochs have no curriculum
    sides = {"foresight": lambda: swift.ask("epoch")}
    compiling, trainers = {}, {}
    for variant in variants:
        trainer = Trainer(sizes, rows, state, None if variant == "eager" else variant)
        trainers[variant], sides[variant] = trainer, trainer.run_epoch
    samples = {side: {"steps": [], "processor": []} for side in sides}
    turns = []
    worst = {variant: 0.0 for variant in trainers}
    names = list(sides)
    watch = Processors(swift)
    for turn in range(rounds + 1):
        results = {}
        order = names[turn % len(names) :] + names[: turn % len(names)]
        for side in order:
            begun = time.perf_counter()
            results[side] = sides[side]()
            if turn == 0 and side in ("whole", "cells"):
                compiling[side] = time.perf_counter() - begun
        if turn == 0:  # the first epoch warms up caches and compiles
            watch = Processors(swift)
            continue
        turns.append({side: statistics.median(result["steps"]) for side, result in results.items()})
        for side, result in results.items():
            samples[side]["steps"] += result["steps"]
            samples[side]["processor"] += result["processor"]
        for variant in trainers:
            for name, value in results["foresight"]["terms"].items():
                worst[variant] = max(worst[variant], difference(value, results[variant]["terms"][name]))
    record = {
        "threads": threads,
        "others_busy": watch.busy(),
        "sides": {side: {kind: spread(values) for kind, values in both.items()} for side, both in samples.items()},
        "loss_difference": worst,
        "turns": turns,
    }
    eager = record["sides"].get("eager")
    for variant, first in compiling.items():
        own = record["sides"][variant]
        paid = first - steps * own["steps"]["median"] / 1e3
        gain = (eager["steps"]["median"] - own["steps"]["median"]) / 1e3 if eager else 0
        own["compilation"] = {"seconds": paid, "pays_after_steps": round(paid / gain) if gain > 0 else None}
    for kind in ("steps", "processor"):
        theirs = {variant: record["sides"][variant][kind]["median"] for variant in trainers}
        best = min(theirs, key=theirs.get)
        ratio = theirs[best] / record["sides"]["foresight"][kind]["median"]
        record[kind] = {"better": best, "ratio": ratio}
    if "eager" in trainers and threads == 1:
        record["operations"] = operations(trainers["eager"])
    if "eager" in trainers:
        record["flops"] = products(trainers["eager"])
    return sizes, record


def race(options, name, folder, settings):
    """Seconds on one thread until a left-out error: the search by Gauss–Newton, and epochs of AdamW without it."""
    searched = SwiftTrainer(options.binary, options.data, name, folder, [*settings, "refine=true"])
    found, _, _ = searched.begin(30, 30)
    searched.close()
    plain = SwiftTrainer(options.binary, options.data, name, folder, [*settings, "refine=false"])
    plain.ask("threads 1")
    sizes, _, _ = plain.begin(30, 30)
    target, errors = found["error"], [sizes["error"]]
    clock = {"seconds": sizes["preparation_seconds"], "processor": sizes["preparation_processor"]}
    reached, steps, report = (dict(clock) if errors[0] <= target else None), 0, {"finished": False}
    while not report["finished"]:
        report = plain.ask("epoch")
        clock["seconds"] += sum(report["steps"])
        clock["processor"] += sum(report["processor"])
        steps += len(report["steps"])
        errors.append(report["best"])
        if reached is None and report["best"] <= target:
            reached = dict(clock)
    plain.close()
    return {
        "search": {
            "made": found["refined"],
            "seconds": found["preparation_seconds"],
            "processor": found["preparation_processor"],
            "error": target,
        },
        "epochs": {**clock, "steps": steps, "start": errors[0], "error": errors[-1], "reached_after": reached},
    }


def warn(text):
    print(f"warning: {text}", file=sys.stderr, flush=True)


def milliseconds(side):
    low, high = side["steps"]["quartiles"]
    text = f"{side['steps']['median']:.2f} ({low:.2f}–{high:.2f})"
    compilation = side.get("compilation")
    if compilation:
        after = compilation["pays_after_steps"]
        text += f" after {compilation['seconds']:.0f} s, "
        text += f"paid back in {after} steps" if after else "never paid back"
    return text


def row(name, sizes, record):
    size = f"{sizes['members']}·{sizes['core']}+{sizes['free']}·{sizes['hidden']}, {sizes['window']}+{sizes['horizon']}"
    sides = "  ".join(f"{side} {milliseconds(values)}" for side, values in record["sides"].items())
    ratio, spent = record["steps"]["ratio"], record["processor"]["ratio"]
    return f"{name:15} {size:18} threads {record['threads']}  {sides}  ratio {ratio:.2f}, of processor time {spent:.2f}"


def race_row(name, outcome):
    search, epochs = outcome["search"], outcome["epochs"]
    if not search["made"]:
        return f"{name:15} no search: the log is short, or nothing was better than the start"
    reached = epochs["reached_after"]
    text = "never" if reached is None else f"after {reached['processor']:.1f} s"
    return (
        f"{name:15} search {search['processor']:.1f} s of processor time to a left-out error of {search['error']:.4g}; "
        f"AdamW from {epochs['start']:.4g} to {epochs['error']:.4g} in {epochs['processor']:.1f} s, there {text}"
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder of the sets")
    parser.add_argument("--only", nargs="+", default=SETS, metavar="SET", help="sets instead of all")
    parser.add_argument("--runs", help="a run folder of `foresight benchmark identification`: its sizes")
    parser.add_argument("--threads", nargs="+", type=int, default=sorted({1, os.cpu_count()}))
    parser.add_argument("--rounds", type=int, default=8, help="timed epochs of each side")
    parser.add_argument("--steps", type=int, default=12, help="steps of an epoch")
    parser.add_argument(
        "--compile",
        nargs="*",
        default=["whole"],
        choices=["whole", "cells"],
        help="torch.compile of the whole loss, of the two functions that run at each row, or of nothing",
    )
    parser.add_argument("--race", action="store_true", help="also the time to one left-out error")
    parser.add_argument("--out", default="runs/training.json", help="where the record is written")
    parser.add_argument("--binary", default=ROOT / ".build/release/training-speed", type=pathlib.Path)
    parser.add_argument("settings", nargs="*", metavar="key=value", help="settings of training for all sets")
    return parser.parse_intermixed_args()


def main():
    options = arguments()
    if not options.binary.exists():
        raise SystemExit(
            "training: build the Swift side first: "
            "swift build -c release --package-path Benchmarks --product training-speed"
        )
    torch._inductor.config.force_disable_caches = True  # so that a compilation is timed as its first run is
    load = os.getloadavg()[0]
    record = {
        "date": time.strftime("%Y-%m-%d"),
        "torch": torch.__version__,
        "processors": os.cpu_count(),
        "load_average_before": load,
        "sets": {},
    }
    quiet, agree = load < 0.5, True
    if not quiet:
        warn(f"load average {load:.1f} before anything was started: others use this machine, times are no measurement")
    print("members·core+free·hidden, window+horizon; milliseconds per step: median (quartiles)")
    print("ratio: the faster way of PyTorch to ours, compilation apart")
    for name in options.only:
        settings = (kept_settings(options.runs, name) if options.runs else []) + options.settings + ["refine=false"]
        with tempfile.TemporaryDirectory() as folder:
            swift = SwiftTrainer(options.binary, options.data, name, folder, settings)
            same = parity(swift)
            entry = {"settings": settings, "parity": same, "runs": []}
            kinks = f"; {same['kinks']} at a norm of 1, gradients not compared" if same["kinks"] else ""
            print(
                f"{name:15} same steps: losses within {max(same['terms'].values()):.1g}, gradient norms "
                f"{same['gradient_norm']:.1g} ({same['gradient_norm_by_rounding']:.1g} by rounding alone), weights "
                f"{same['weights']:.1g} in each of {PARITY_STEPS}{kinks}",
                flush=True,
            )
            if not same["agree"]:
                agree = False
                warn(f"{name}: the two sides do not take the same steps; their times say nothing")
            for threads in options.threads:
                sizes, run = measure(swift, threads, options.rounds, options.steps, ["eager", *options.compile])
                entry["sizes"] = {key: sizes[key] for key in sizes if key not in ("segments", "loss")}
                entry["runs"].append(run)
                print(row(name, sizes, run), flush=True)
                if run["others_busy"] is not None and run["others_busy"] > 0.1:
                    quiet = False
                    warn(f"{name}: others kept {run['others_busy']:.1f} processors busy meanwhile")
            swift.close()
            if options.race:
                entry["race"] = race(options, name, folder, settings[:-1])
                print(race_row(name, entry["race"]), flush=True)
        record["sets"][name] = entry
        record["quiet"], record["agree"] = quiet, agree
        pathlib.Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(options.out).write_text(json.dumps(record, indent=2) + "\n")
    if quiet and agree:
        for threads in options.threads:
            runs = [run for entry in record["sets"].values() for run in entry["runs"] if run["threads"] == threads]
            ratios = [run["steps"]["ratio"] for run in runs]
            print(f"{threads} thread(s): PyTorch takes {statistics.median(ratios):.2f} times as long in the median")
    else:
        warn("no conclusion is drawn: " + ("the machine was busy" if agree else "not all sets took the same steps"))
    print(f"written to {options.out}")
    if not agree:
        raise SystemExit(1)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as problem:
        raise SystemExit(f"training: {problem}") from problem
