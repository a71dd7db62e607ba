"""How training grows with its data: ten times as many recorded rows or pictures, once through all of them."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from bench import QUIET, ROOT, Watch, around_median, median, quantile, say

PROGRAM = ROOT / ".build" / "release" / "foresight"
# What one run learns from, settings that go through it once an epoch, and what they are called.
SENSORS = ["refine=false", "order=2", "patience=9"]
PICTURES = ["distance_steps=0", "predictor_steps=0", "batch=16"]
SCALE = 10
# Epochs of the longer run, beside one of one epoch: those of sensors are short beside the start.
EPOCHS = {"sensors": 9, "pictures": 3}
# Seconds that one side runs before the other goes on.
SLICE = 0.5
# Turns at least: of nine the true median lies between the second and the eighth with 96 %.
LEAST = 9


class Queue:
    """Commands one after the other, each of which runs only while it is let, and the seconds that they ran."""

    def __init__(self, commands):
        self.waiting, self.process, self.seconds, self.memory = list(commands), None, 0.0, 0
        self.said = tempfile.TemporaryFile()

    def is_done(self):
        return self.process is None and not self.waiting

    def run(self, slice_of_time):
        """Lets it run for so long, or until one command ends."""
        began = time.perf_counter()
        if self.process is None:
            command = self.waiting.pop(0)
            self.said.truncate(0)
            self.process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=self.said, env={**os.environ, "OMP_NUM_THREADS": "1"})
        else:
            self.process.send_signal(signal.SIGCONT)
        # What ends within the slice ends it, to the millisecond.
        while time.perf_counter() - began < slice_of_time:
            pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.seconds += time.perf_counter() - began
                self.memory = max(self.memory, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
                self.process.returncode = os.waitstatus_to_exitcode(status)
                if self.process.returncode:
                    self.said.seek(0)
                    text = self.said.read().decode(errors="replace").strip().splitlines()
                    args, self.process = self.process.args, None
                    raise RuntimeError(f"{' '.join(map(str, args))} failed: {text[-1] if text else '?'}")
                self.process = None
                return
            time.sleep(0.001)
        self.process.send_signal(signal.SIGSTOP)
        self.seconds += time.perf_counter() - began

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def in_turns(*commands):
    """Both sides in turns of half a second, so that whatever the machine does meets both; seconds and memory of each."""
    sides = [Queue(each) for each in commands]
    try:
        while not all(side.is_done() for side in sides):
            for side in sides:
                if not side.is_done():
                    side.run(SLICE)
    finally:
        for side in sides:
            side.end()
    return [(side.seconds, side.memory) for side in sides]


def record(*words):
    done = subprocess.run([str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"foresight {words[0]} failed: {done.stderr.strip()}")


def turn_of(commands, most, order):
    """One turn: runs of so many epochs and of one, and of either size, in a random order. Of either size the seconds of an epoch,
    of a run, and the memory; the larger data are the second side. None where an epoch took no time, which tells nothing."""
    sides, epochs = {}, [most, 1]
    order.shuffle(epochs)
    for count in epochs:
        begins = order.randrange(2)
        both = commands(count)
        found = in_turns(*(both[::-1] if begins else both))
        sides[count] = found[::-1] if begins else found
    small, large = ((sides[most][side][0] - sides[1][side][0]) / (most - 1) for side in (0, 1))
    small /= SCALE
    if min(small, large) <= 0:
        return None
    return {
        "small": small, "large": large, "ratio": large / small,
        "run": [sides[most][0][0] / SCALE, sides[most][1][0]],
        "memory": [max(sides[count][side][1] for count in sides) for side in (0, 1)],
    }


def summary(turns, sizes):
    """Medians of the turns, and how far their ratios lie apart: quartiles, the range, and where their true median lies."""
    ratios = [turn["ratio"] for turn in turns]
    return {
        "ratio": median(ratios), "spread": [quantile(ratios, 0.25), quantile(ratios, 0.75)],
        "range": [min(ratios), max(ratios)], "interval_95": around_median(ratios), "turns": len(turns), "ratios": ratios,
        "sizes": [
            {"scale": scale, "bytes": bytes, "epoch": median([turn[key] for turn in turns]),
             "epoch_spread": [quantile([turn[key] for turn in turns], share) for share in (0.25, 0.75)],
             "run": median([turn["run"][side] for turn in turns]), "memory": max(turn["memory"][side] for turn in turns)}
            for side, (scale, key, bytes) in enumerate(zip((1, SCALE), ("small", "large"), sizes))
        ],
    }


def growth_train(results, options):
    """Ten runs on some data against one on ten times as much, in turns. An epoch is the difference of runs of several and of
    one, so that start and reading are apart from it. What comes first is drawn anew in each turn, so that nothing that goes on
    beside falls on one side alone."""
    place = options.out / "growth"
    place.mkdir(parents=True, exist_ok=True)
    watch = Watch()
    logs = {scale: place / f"log{scale}.csv" for scale in (1, SCALE)}
    frames = {scale: place / f"frames{scale}.h5" for scale in (1, SCALE)}
    for scale in (1, SCALE):
        record("simulate", "heater-lab", "--hours", 8 * scale, "--seed", 1, "--out", logs[scale])
        if not frames[scale].exists():
            record("simulate", "two-rooms", "--episodes", 15 * scale, "--steps", 50, "--seed", 1, "--out", frames[scale])

    def command(folder, name, scale, epochs):
        """A run of so many epochs; batches of 48 windows of the 2800 that begin somewhere in eight hours, and of 16 of 750
        pictures."""
        words = {
            "sensors": (logs[scale], *SENSORS, f"steps_per_epoch={60 * scale}", f"epochs={epochs}"),
            "pictures": (frames[scale], *PICTURES, f"steps={10 * scale * epochs}"),
        }[name]
        out = f"{folder}/{name}{scale}-{epochs}-{time.monotonic_ns()}"
        return [str(PROGRAM), "train", *map(str, words), "--out", out]

    found, order = {}, random.Random(1)
    for name, data in (("sensors", logs), ("pictures", frames)):
        turns, wanted = [], max(LEAST, options.rounds // 2)
        for number in range(2 * wanted):
            if len(turns) == wanted:
                break
            # What hundreds of runs leave would fill a disk.
            with tempfile.TemporaryDirectory(dir=place) as folder:
                turn = turn_of(
                    lambda epochs: [
                        [command(folder, name, 1, epochs) for _ in range(SCALE)], [command(folder, name, SCALE, epochs)]],
                    EPOCHS[name], order)
            if turn is None:
                say(f"growth-train: {name}, turn {number + 1}: longer runs took no longer; it does not count")
                continue
            turns.append(turn)
            say(f"growth-train: {name}, turn {number + 1}: an epoch {turn['small']:.2f} and {turn['large']:.2f} s, "
                f"{turn['ratio']:.2f} ×")
        if not turns:
            raise RuntimeError(f"no turn of {name} told how long an epoch takes")
        entry = summary(turns, [data[scale].stat().st_size for scale in (1, SCALE)])
        found[name] = entry
        small, large = entry["sizes"]
        interval = entry["interval_95"]
        say(f"growth-train: {name}, {large['bytes'] / small['bytes']:.1f} × as much: an epoch {entry['ratio']:.2f} × (quartiles "
            f"{entry['spread'][0]:.2f} and {entry['spread'][1]:.2f}, {entry['range'][0]:.2f} to {entry['range'][1]:.2f}"
            + (f"; the median within {interval[0]:.2f} to {interval[1]:.2f} with 95 %" if interval else "")
            + f") in {entry['turns']} turns; memory {small['memory'] / 1e6:.0f} and {large['memory'] / 1e6:.0f} MB")
    others = watch.others()
    results["growth_train"] = {"runs": found, "others": others, "disturbed": others is not None and others > QUIET}
