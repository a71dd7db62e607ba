"""Steps of training beside PyTorch: the sensor model of the demo, and an image JEPA."""

import json
import subprocess

from bench import BUILT, HERE, QUIET, Watch, floor, median, python, quantile, say, tell, thread_counts

# The image JEPA that is compared: LeWM with an encoder of four blocks 192 wide, 32 windows of four pictures of 64 × 64.
PICTURES = ["--size", "64", "--batch", "32", "transformer.depth=4"]


def record(program, out, *words):
    """What a program that takes turns with PyTorch found; `None`, and why, where it did not."""
    try:
        done = subprocess.run(
            [str(word) for word in (python(), HERE / "peers" / program, *words, "--out", out)], text=True, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        say(f"{program}: left out, {error}")
        return None
    if done.returncode != 0:
        say(f"{program}: left out, {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'it failed'}")
        return None
    return json.loads(out.read_text())


def compared(results, name, turns, watch, about):
    """Notes turns of both sides, steps in seconds; PyTorch's is its eager side."""
    ratios = [turn["eager"] / turn["foresight"] for turn in turns]
    others = watch.others()
    entry = {
        "ours": median([turn["foresight"] for turn in turns]), "theirs": median([turn["eager"] for turn in turns]),
        "ratio": median(ratios), "spread": [quantile(ratios, 0.25), quantile(ratios, 0.75)], "rounds": len(turns),
        "others": others, "disturbed": others is not None and others > QUIET, "bytes": 0, **about,
    }
    entry["roofline"] = floor(entry, results["machine"], entry["threads"])
    tell(name, entry)
    results["comparisons"][name] = entry


def train(results, options):
    """Steps of AdamW of the demo's sensor model; both sides have first shown that they take the same ones."""
    for threads in thread_counts():
        watch = Watch()
        found = record(
            "training.py", options.out / "train.json", "--data", options.out, "--only", "heater_lab", "--threads",
            threads, "--rounds", max(3, options.rounds // 3), "--compile", "--binary", BUILT / "training-speed")
        if found is None:
            continue
        entry = found["sets"]["heater_lab"]
        run, sizes = entry["runs"][0], entry["sizes"]
        what = (f"step of the heater lab's model: {sizes['members']} members, {sizes['core']} + {sizes['free']} states, "
                f"{sizes['window']} + {sizes['horizon']} rows")
        compared(results, f"train.{threads}", run["turns"], watch, {
            "what": what, "peer": f"PyTorch {found['torch']}, eager", "threads": threads, "operations": run["flops"]})


def train_pictures(results, options):
    """Steps of an image JEPA in single precision and in bfloat16."""
    for threads in thread_counts():
        best = {}
        for precision in ("float32", "bfloat16"):
            watch = Watch()
            found = record(
                "picture_training.py", options.out / "train-pictures.json", "--precision", precision, "--threads",
                threads, "--rounds", max(3, options.rounds // 5), "--steps", 2, "--binary",
                BUILT / "picture-training-speed", *PICTURES)
            if found is None:
                continue
            # Products of bfloat16 do two in the time of one where the processor has them.
            half = 2 if precision == "bfloat16" and "BF16" in results["machine"]["lanes"] else 1
            name = f"train-pictures.{precision}.{threads}"
            compared(results, name, found["turns"], watch, {
                "what": f"step of an image JEPA, {precision}", "peer": f"PyTorch {found['torch']}, eager",
                "threads": threads, "operations": (sum(found["flops"].values()) - found["flops_spared"]) / half})
            best[precision] = results["comparisons"][name]
        if len(best) == 2:
            mine, theirs = (min(entry[side] for entry in best.values()) for side in ("ours", "theirs"))
            results["comparisons"][f"train-pictures.float32.{threads}"]["best_for_best"] = theirs / mine
            say(f"train-pictures.{threads}: best precision of each, theirs / ours {theirs / mine:.2f}")
