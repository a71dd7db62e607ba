"""Compares the speed of Foresight with that of others on this machine, in turns.

    make bench                                   everything; results in runs/bench
    python3 Benchmarks/bench.py --only plan      a part; --help names them
    python3 Benchmarks/bench.py --force          look at figures on a busy machine, from which nothing follows

Both sides of a comparison live in processes that stay alive and are asked in turns, so that what changes on the machine
meets both. The ratio of each round counts, their median and quartiles are given. When other programs use the processor, the
benchmark refuses, and what was disturbed while it ran is marked so. Writes benchmarks.json and a page.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "Benchmarks"
BUILT = HERE / ".build" / "release"
VENV = HERE / ".venv"
# More than this of one core used by others is a busy machine.
QUIET = 0.15


def say(text):
    print(f"bench: {text}", flush=True)


def stop(text, remedy):
    print(f"bench: {text}\nbench: {remedy}", file=sys.stderr)
    raise SystemExit(1)


# The machine ---------------------------------------------------------------------------------------------------------


class Watch:
    """How much of the processor others use, in cores: what the machine was busy less what our processes used."""

    def __init__(self):
        self.tick = os.sysconf("SC_CLK_TCK")
        self.began, self.busy, self.own = time.monotonic(), self.machine(), self.ours()

    def machine(self):
        try:
            fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        except OSError:
            return None
        return (sum(fields) - fields[3] - fields[4]) / self.tick

    def ours(self):
        """Processor seconds of this process, of children that ended and of all that live."""
        total = sum(os.times()[:4])
        parents = {os.getpid()}
        stats = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            stats[int(entry.parent.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / self.tick)
        grew = True
        while grew:
            found = {pid for pid, (parent, _) in stats.items() if parent in parents} - parents
            parents |= found
            grew = bool(found)
        return total + sum(stats[pid][1] for pid in parents - {os.getpid()} if pid in stats)

    def others(self):
        """Cores that others used since the beginning; None where the system does not say."""
        if self.busy is None:
            return None
        seconds = time.monotonic() - self.began
        used = (self.machine() - self.busy) - (self.ours() - self.own)
        return max(0.0, used / seconds)


def require_quiet(force):
    watch = Watch()
    time.sleep(3)
    others = watch.others()
    if others is None:
        say("this system does not say how busy it is; see that nothing else runs")
    elif others > QUIET and not force:
        stop(f"other programs use {others:.2f} of {len(cores())} cores, so that no figure would mean anything",
             "end them and run again, or look at figures all the same with --force")
    elif others > QUIET:
        say(f"other programs use {others:.2f} of {len(cores())} cores: nothing follows from these figures")


def cores():
    """The processors that this process may use: in a container they may be few, and not the first ones."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def thread_counts():
    """One thread, and as many as there are processors."""
    return sorted({1, len(cores())})


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().split("\n"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


# Processes that answer -------------------------------------------------------------------------------------------------


class Side:
    """A program that says a line when it is ready, and answers `go N` by the seconds of N runs."""

    def __init__(self, command, hello=None, **environment):
        try:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={**os.environ, **environment}, cwd=ROOT)
            if hello is not None:
                self.write(hello)
        except OSError as error:  # no such program, or one that ended at once
            raise RuntimeError(f"{command[0]} cannot be run: {error.strerror}") from error
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command[0]} ended before it was ready")
        self.hello = json.loads(line)

    def write(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def go(self, runs):
        return self.ask(f"go {runs}")

    def ask(self, command):
        self.write(command)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a side of a comparison has ended")
        return [float(word) for word in line.split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def quantile(values, share):
    """The quantile, linear between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def median(values):
    return quantile(values, 0.5)


def around_median(values, coverage=0.95):
    """Between which of the values the true median lies that often, however they are distributed (the order statistics of the sign
    test); None of fewer than six."""
    ordered, count = sorted(values), len(values)
    below, place = 0.0, None
    for number in range(count // 2):
        below += math.comb(count, number) / 2**count
        if 2 * below > 1 - coverage:
            break
        place = number
    return None if place is None else [ordered[place], ordered[count - 1 - place]]


def compare(ours, theirs, rounds, seconds=0.15):
    """Both in turns; runs are as many as fill about the given time."""
    runs = [max(1, int(seconds / median(side.go(3)))) for side in (ours, theirs)]
    watch, pairs = Watch(), []
    for number in range(rounds):
        order = (0, 1) if number % 2 == 0 else (1, 0)
        times = [0.0, 0.0]
        for side in order:
            times[side] = median((ours, theirs)[side].go(runs[side]))
        pairs.append(times)
    ratios = [their / our for our, their in pairs]
    others = watch.others()
    return {
        "ours": median([pair[0] for pair in pairs]), "theirs": median([pair[1] for pair in pairs]),
        "ratio": median(ratios), "spread": [quantile(ratios, 0.25), quantile(ratios, 0.75)], "rounds": rounds,
        "others": others, "disturbed": others is not None and others > QUIET,
    }


# What parts have in common --------------------------------------------------------------------------------------------


def model(out):
    """The model of the demo, trained once, and the log that plans start from."""
    folder = out / "model"
    program = ROOT / ".build" / "release" / "foresight"
    log, other = out / "log.csv", out / "other.csv"
    if not (folder / "model" / "model.yaml").exists():
        say("training the demo's model")
        # What a training that was ended has left, which nothing goes on with here.
        shutil.rmtree(folder, ignore_errors=True)
        for command in (
                ["simulate", "heater-lab", "--hours", "4", "--seed", "1", "--out", log],
                ["simulate", "heater-lab", "--hours", "2", "--seed", "2", "--out", other],
                ["train", log, "--out", folder, "seed=1"]):
            done = subprocess.run([str(program), *map(str, command)], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"foresight {command[0]} failed: {done.stderr.strip()}")
    return folder, other


def ours(folder, log, *options):
    return Side([BUILT / "plan-speed", folder, log, *options])


def floor(entry, machine, threads):
    """The least time that the counted work can take, seconds, and the part of ours that it is."""
    seconds = max(entry["operations"] / (machine["peak"] * threads), entry["bytes"] / machine["bandwidth"])
    return {"floor": seconds, "share": seconds / entry["ours"]}


def tell(name, entry):
    mark = " (disturbed: nothing follows)" if entry["disturbed"] else ""
    say(f"{name}: ours {entry['ours'] * 1e3:.2f} ms, theirs {entry['theirs'] * 1e3:.2f} ms, ratio {entry['ratio']:.1f} "
        f"({entry['spread'][0]:.1f} to {entry['spread'][1]:.1f}){mark}")


# Peers ---------------------------------------------------------------------------------------------------------------


def python():
    return VENV / "bin" / "python" if (VENV / "installed").exists() else ROOT / ".torch" / "venv" / "bin" / "python"


def install_peers():
    """Peers at pinned versions in an environment of their own, with the torch of set-up."""
    wanted = (HERE / "peers" / "requirements.txt").read_text()
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    torch = next((ROOT / ".torch" / "venv").glob("lib/python3*/site-packages"), None)
    if torch is None:
        say("without the environment of set-up there is no torch for peers")
        return
    say("installing peers into Benchmarks/.venv")
    made = subprocess.run([str(torch.parents[2] / "bin" / "python"), "-m", "venv", "--clear", str(VENV)], check=False)
    place = next(VENV.glob("lib/python3*/site-packages"), None)
    if made.returncode != 0 or place is None:
        say("python cannot make an environment for the peers: comparisons with them are left out")
        return
    (place / "torch-of-set-up.pth").write_text(f"{torch}\n")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Without what they ask for: torchvision would bring another torch, with CUDA. What planning imports is in the list.
    done = subprocess.run([*pip, "--no-deps", "-r", str(HERE / "peers" / "requirements.txt")], check=False)
    if done.returncode == 0:
        stamp.write_text(wanted)
    else:
        say("pip could not install the peers: comparisons with them are left out")


def bandwidth():
    """Bytes a second that one core copies, read and written."""
    data = bytearray(256 << 20)
    view = memoryview(data)
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        view[:128 << 20] = view[128 << 20:]
        best = min(best, time.perf_counter() - began)
    return (256 << 20) / best


def measure(parts, names, results, options, write):
    """Measures part after part and writes what there is after each: one that fails leaves the others as they are."""
    for name in names:
        try:
            parts[name](results, options)
        except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
            say(f"{name}: failed, {error}")
            results.setdefault("failed", {})[name] = str(error)
        write(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    from parts import PARTS as parts  # they use what stands above
    parser.add_argument("--only", nargs="+", choices=list(parts), metavar="PART", default=list(parts),
                        help=", ".join(parts))
    parser.add_argument("--tasks", type=int, default=20, help="plans from pictures to the peer's cost, 20 at most")
    parser.add_argument("--model", type=pathlib.Path, help="a model with predictor=lewm for plan-pictures; drawn without")
    parser.add_argument("--record", type=pathlib.Path, help="pictures that it did not learn from, for its tasks")
    parser.add_argument("--force", action="store_true", help="measure on a busy machine, without conclusions")
    parser.add_argument("--rounds", type=int, default=21, help="pairs of each comparison")
    parser.add_argument("--plans", type=int, default=10_000, help="plans under a deadline")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "runs" / "bench", help="folder of the results")
    options = parser.parse_args()
    # Programs run in other folders.
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    if not (BUILT / "plan-speed").exists() or not (BUILT / "bench-page").exists():
        stop("the programs of Benchmarks are not built", "run   make bench   (with BENCH=\"--only …\" for a part)")
    install_peers()
    require_quiet(options.force)
    probe = subprocess.run([str(BUILT / "plan-speed"), "--peak"], capture_output=True, text=True, check=True)
    lanes, peak = probe.stdout.split()
    results = {
        "machine": {
            "processor": processor(), "cores": len(cores()), "lanes": lanes, "peak": float(peak),
            "bandwidth": bandwidth(),
        },
        "comparisons": {},
    }
    say(f"{results['machine']['processor']}, {len(cores())} cores; {lanes}: {float(peak) / 1e9:.0f} GFLOP/s a core, "
        f"{results['machine']['bandwidth'] / 1e9:.1f} GB/s")
    path, page = options.out / "benchmarks.json", options.out / "report.html"
    measure(parts, options.only, results, options, lambda found: path.write_text(json.dumps(found, indent=2) + "\n"))
    done = subprocess.run([str(BUILT / "bench-page"), str(path), str(page)], check=False)
    say(f"figures: {path}" + (f"\nbench: page: {page}" if done.returncode == 0 else ""))
    if "failed" in results:
        stop(f"failed: {', '.join(results['failed'])}", "see above")


if __name__ == "__main__":
    main()
