"""How training grows with its data: ten times as many recorded rows or pictures, once through all of them."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from bench import QUIET, ROOT, Watch, say, stop

PROGRAM = ROOT / ".build" / "release" / "foresight"
# What one run learns from, settings that go through it once an epoch, and what they are called.
SENSORS = ["refine=false", "order=2", "patience=9"]
PICTURES = ["distance_steps=0", "predictor_steps=0", "batch=16"]
SCALE = 10
# Epochs of the longer run, beside one of one epoch: those of sensors are short beside the start.
EPOCHS = {"sensors": 9, "pictures": 3}
# Seconds that one side runs before the other goes on.
SLICE = 0.5


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
                    stop(f"{' '.join(map(str, self.process.args))} failed: {text[-1] if text else '?'}", "see above")
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
        stop(f"foresight {words[0]} failed: {done.stderr.strip()}", "see above")


def growth_train(results, options):
    """Ten runs on some data against one on ten times as much, in turns. An epoch is the difference of runs of several and of
    one, so that start and reading are apart from it."""
    place = options.out / "growth"
    place.mkdir(parents=True, exist_ok=True)
    watch = Watch()
    logs = {scale: place / f"log{scale}.csv" for scale in (1, SCALE)}
    frames = {scale: place / f"frames{scale}.h5" for scale in (1, SCALE)}
    for scale in (1, SCALE):
        record("simulate", "heater-lab", "--hours", 8 * scale, "--seed", 1, "--out", logs[scale])
        if not frames[scale].exists():
            record("simulate", "two-rooms", "--episodes", 15 * scale, "--steps", 50, "--seed", 1, "--out", frames[scale])

    def command(name, scale, epochs):
        """A run of so many epochs; batches of 48 windows of the 2800 that begin somewhere in eight hours, and of 16 of 750
        pictures."""
        words = {
            "sensors": (logs[scale], *SENSORS, f"steps_per_epoch={60 * scale}", f"epochs={epochs}"),
            "pictures": (frames[scale], *PICTURES, f"steps={10 * scale * epochs}"),
        }[name]
        out = place / f"{name}{scale}-{epochs}-{time.monotonic_ns()}"
        return [str(PROGRAM), "train", *map(str, words), "--out", str(out)]

    found = {}
    for name, data in (("sensors", logs), ("pictures", frames)):
        most, turns = EPOCHS[name], []
        for turn in range(max(3, options.rounds // 3)):
            sides = {
                epochs: in_turns(
                    [command(name, 1, epochs) for _ in range(SCALE)], [command(name, SCALE, epochs)])
                for epochs in (most, 1)
            }
            small = (sides[most][0][0] - sides[1][0][0]) / (most - 1) / SCALE
            large = (sides[most][1][0] - sides[1][1][0]) / (most - 1)
            turns.append({"small": small, "large": large, "ratio": large / small,
                          "run": [sides[most][0][0] / SCALE, sides[most][1][0]],
                          "memory": [max(sides[epochs][side][1] for epochs in sides) for side in (0, 1)]})
            say(f"growth-train: {name}, turn {turn + 1}: an epoch {small:.2f} and {large:.2f} s, {large / small:.2f} ×")
        ratios = [turn["ratio"] for turn in turns]
        middle = statistics.median
        found[name] = {
            "ratio": middle(ratios), "spread": [min(ratios), max(ratios)], "turns": len(turns),
            "sizes": [
                {"scale": scale, "bytes": data[scale].stat().st_size, "epoch": middle([t[key] for t in turns]),
                 "run": middle([t["run"][side] for t in turns]), "memory": max(t["memory"][side] for t in turns)}
                for side, (scale, key) in enumerate(((1, "small"), (SCALE, "large")))
            ],
        }
        small, large = found[name]["sizes"]
        say(f"growth-train: {name}, {large['bytes'] / small['bytes']:.1f} × as much: an epoch {found[name]['ratio']:.2f} × "
            f"({min(ratios):.2f} to {max(ratios):.2f}); memory {small['memory'] / 1e6:.0f} and {large['memory'] / 1e6:.0f} MB")
    others = watch.others()
    results["growth_train"] = {"runs": found, "others": others, "disturbed": others is not None and others > QUIET}
