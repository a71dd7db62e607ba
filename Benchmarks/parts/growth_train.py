"""How training grows with its data: ten times as many recorded rows or pictures, once through all of them."""

import os
import subprocess
import sys
import time

from bench import QUIET, ROOT, Watch, say, stop

PROGRAM = ROOT / ".build" / "release" / "foresight"
# What one run learns from, settings that go through it once an epoch, and what they are called.
SENSORS = ["refine=false", "order=2", "patience=9"]
PICTURES = ["distance_steps=0", "predictor_steps=0"]


def run(*words):
    """Seconds, and bytes of memory at most, of a command."""
    # A process in between, so that the greatest memory is that of this command and not of all before it.
    probe = ("import resource, subprocess, sys, time; began = time.perf_counter(); "
             "done = subprocess.run(sys.argv[1:], capture_output=True, text=True); "
             "print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); "
             "sys.exit(done.stderr.strip().splitlines()[-1] if done.returncode else 0)")
    done = subprocess.run(
        [sys.executable, "-c", probe, str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode != 0:
        stop(f"foresight {words[0]} failed: {done.stderr.strip()}", "see above")
    seconds, most = done.stdout.split()
    return float(seconds), int(most) * (1 if sys.platform == "darwin" else 1024)


def growth_train(results, options):
    """An epoch is the difference of runs of three and of one, so that start and reading are apart from it."""
    place = options.out / "growth"
    place.mkdir(parents=True, exist_ok=True)
    watch, scales, epochs = Watch(), (1, 10), (1, 3)
    logs = {scale: place / f"log{scale}.csv" for scale in scales}
    frames = {scale: place / f"frames{scale}.h5" for scale in scales}
    for scale in scales:
        run("simulate", "heater-lab", "--hours", 8 * scale, "--seed", 1, "--out", logs[scale])
        if not frames[scale].exists():
            run("simulate", "two-rooms", "--episodes", 60 * scale, "--steps", 50, "--seed", 1, "--out", frames[scale])

    def once(name, scale, count):
        """One run of so many epochs; batches of 48 windows of the 2800 that begin somewhere in eight hours."""
        words = {
            "sensors": (logs[scale], *SENSORS, f"steps_per_epoch={60 * scale}", f"epochs={count}"),
            "pictures": (frames[scale], *PICTURES, f"steps={10 * scale * count}"),
        }[name]
        return run("train", *words, "--out", place / f"{name}{scale}-{count}-{time.monotonic_ns()}")

    # The least of each: others only ever add. In turns, so that an hour in which they add much meets all of them.
    least = {}
    for turn in range(max(2, options.rounds // 10)):
        for key in ((name, scale, count) for name in ("sensors", "pictures") for scale in scales for count in epochs):
            found = once(*key)
            least[key] = tuple(map(min, found, least.get(key, found)))
            say(f"growth-train: turn {turn + 1}, {key[0]} × {key[1]}, {key[2]} epochs: {found[0]:.2f} s")
    found = {
        name: [
            {
                "scale": scale, "bytes": (logs if name == "sensors" else frames)[scale].stat().st_size,
                "epoch": (least[name, scale, 3][0] - least[name, scale, 1][0]) / 2, "run": least[name, scale, 3][0],
                "memory": max(least[name, scale, count][1] for count in epochs),
            }
            for scale in scales
        ]
        for name in ("sensors", "pictures")
    }
    others = watch.others()
    results["growth_train"] = {
        "runs": found, "others": others, "disturbed": others is not None and others > QUIET,
    }
    for name, (small, large) in found.items():
        say(f"growth-train: {name}, {large['bytes'] / small['bytes']:.1f} × as much: an epoch "
            f"{small['epoch']:.2f} and {large['epoch']:.2f} s, {large['epoch'] / small['epoch']:.1f} ×; memory "
            f"{small['memory'] / 1e6:.0f} and {large['memory'] / 1e6:.0f} MB")
