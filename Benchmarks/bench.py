"""Compares the speed of Foresight with that of others on this machine, in turns.

    make bench                                   everything; results in runs/bench
    python3 Benchmarks/bench.py --only plan      a part: plan, plan-pictures, control, cold, growth, deadline, csv
    python3 Benchmarks/bench.py --force          look at figures on a busy machine, from which nothing follows

Both sides of a comparison live in processes that stay alive and are asked in turns, so that what changes on the machine
meets both. The ratio of each round counts, their median and quartiles are given. When other programs use the processor, the
benchmark refuses, and what was disturbed while it ran is marked so. Writes benchmarks.json and a page.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

from parts import cold, control

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
        stop(f"other programs use {others:.2f} of {os.cpu_count()} cores, so that no figure would mean anything",
             "end them and run again, or look at figures all the same with --force")
    elif others > QUIET:
        say(f"other programs use {others:.2f} of {os.cpu_count()} cores: nothing follows from these figures")


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
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **environment}, cwd=ROOT)
        if hello is not None:
            self.write(hello)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command[0]} ended before it was ready")
        self.hello = json.loads(line)

    def write(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def go(self, runs):
        self.write(f"go {runs}")
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


# Parts ---------------------------------------------------------------------------------------------------------------


def model(out):
    """The model of the demo, trained once, and the log that plans start from."""
    folder = out / "model"
    program = ROOT / ".build" / "release" / "foresight"
    log, other = out / "log.csv", out / "other.csv"
    if not (folder / "model" / "model.yaml").exists():
        say("training the demo's model")
        for command in (
                ["simulate", "heater-lab", "--hours", "4", "--seed", "1", "--out", log],
                ["simulate", "heater-lab", "--hours", "2", "--seed", "2", "--out", other],
                ["train", log, "--out", folder, "seed=1"]):
            done = subprocess.run([str(program), *map(str, command)], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                stop(f"foresight {command[0]} failed: {done.stderr.strip()}", "see above")
    return folder, other


def ours(folder, log, *options):
    return Side([BUILT / "plan-speed", folder, log, *options])


def plan(results, options):
    """Plans of the sensor model, beside the same model and method in PyTorch and in stable-worldmodel."""
    folder, log = model(options.out)
    peers = [("eager", "PyTorch"), ("compiled", "PyTorch, torch.compile")]
    if (VENV / "installed").exists():
        peers.append(("stable-worldmodel", "stable-worldmodel 0.1.1"))
    everywhere = sorted({1, os.cpu_count() or 1})
    reference = ours(folder, log, "--engine", "libtorch")
    for threads in everywhere:
        own = ours(folder, log, "--threads", threads)
        task = own.hello
        work = task["operations"] * task["candidates"] * task["iterations"]
        named = [(f"plan.{kind}.{threads}", text, kind) for kind, text in peers]
        if threads == 1:
            named.append(("plan.libtorch.1", "Foresight on libtorch", None))
        for name, text, kind in named:
            try:
                theirs = reference if kind is None else Side(
                    [python(), HERE / "peers" / "plan.py", kind, folder / "model", threads], hello=json.dumps(task),
                    OMP_NUM_THREADS=str(threads))
            except (RuntimeError, ValueError) as error:
                say(f"{name}: left out, {error}")
                continue
            entry = compare(own, theirs, options.rounds)
            entry["what"] = f"{task['candidates']} candidates × {task['horizon']} steps × {task['iterations']} iterations"
            entry["peer"], entry["threads"] = text, threads
            entry["operations"], entry["bytes"] = work, task["bytes"] * task["iterations"]
            entry["roofline"] = floor(entry, results["machine"], threads)
            tell(name, entry)
            results["comparisons"][name] = entry
            if kind is not None:
                theirs.close()
        if threads == 1:
            rollout(results, own)
        own.close()
    reference.close()


def pictures(results, options):
    """Plans with LeWM's predictor, beside LeWM and its search in stable-worldmodel: the same candidates, and to its cost."""
    if not (VENV / "installed").exists():
        return say("plan-pictures: left out, stable-worldmodel is not there")
    program, folder = BUILT / "picture-plan-speed", options.out / "pictures"
    chosen = [] if options.model is None else ["--model", options.model.resolve()]
    for threads in sorted({1, os.cpu_count() or 1}):
        # Two iterations of each are enough to tell how long an iteration takes; the search to the end has all thirty.
        sides = []
        for iterations in (2, 30):
            own = Side([program, folder, "--threads", threads, "--iterations", iterations, *chosen])
            try:
                # Stops when stable-worldmodel predicts otherwise with these weights.
                theirs = Side([python(), HERE / "peers" / "picture_plan.py", threads], hello=json.dumps(own.hello),
                              OMP_NUM_THREADS=str(threads))
            except (RuntimeError, ValueError) as error:
                own.close()
                return say(f"plan-pictures: left out, {error}")
            sides.append((own, theirs))
        own, theirs = sides[0]
        entry = compare(own, theirs, max(3, options.rounds // 3), seconds=0.1)
        about(entry, results, own.hello, threads, own.hello["candidates"] * 2, "the same number of candidates, 2 iterations")
        tell(f"plan-pictures.{threads}", entry)
        results["comparisons"][f"plan-pictures.{threads}"] = entry
        own, theirs = sides[1]
        entry = to_cost(own, theirs, options.tasks)
        about(entry, results, own.hello, threads, entry["candidates"], "to the cost of 30 iterations")
        tell(f"plan-pictures.cost.{threads}", entry)
        say(f"plan-pictures.cost.{threads}: cost ours / theirs {entry['cost_ratio']:.3f} ({entry['cost_spread'][0]:.3f} to "
            f"{entry['cost_spread'][1]:.3f}), not above theirs in {100 * entry['reached']:.0f} % of {entry['rounds']}")
        results["comparisons"][f"plan-pictures.cost.{threads}"] = entry
        for own, theirs in sides:
            own.close()
            theirs.close()


def about(entry, results, task, threads, candidates, what):
    """What a comparison of plans from pictures is of; bfloat16 does two products in the time of one."""
    entry["what"] = f"{task['candidates']} candidates × {task['steps']} steps: {what}"
    entry["peer"], entry["threads"], entry["engine"] = "stable-worldmodel 0.1.1", threads, task["engine"]
    half = 2 if "BF16" in task["engine"] else 1
    entry["operations"], entry["bytes"] = task["operations"] * candidates / half, 0
    entry["roofline"] = floor(entry, results["machine"], threads)


def to_cost(own, theirs, count):
    """Our search beside the peer's, task by task in turns. The search was chosen on tasks 0 to 3, which do not count."""
    watch, pairs, costs, candidates = Watch(), [], [], []
    for task in range(4, 4 + count):
        for side in (own, theirs) if task % 2 else (theirs, own):
            if side is own:
                side.write(f"plan {task} {task} good")
                seconds, tried, cost = [float(word) for word in side.process.stdout.readline().split()]
                candidates.append(tried)
            else:
                side.write(f"plan {task} {task}")
                their_seconds, _, *actions = side.process.stdout.readline().split()
        # Both costs by the same evaluation.
        own.write(f"judge {task} " + " ".join(actions))
        their_cost = float(own.process.stdout.readline())
        pairs.append((seconds, float(their_seconds)))
        costs.append(cost / their_cost)
    ratios, others = [their / our for our, their in pairs], watch.others()
    return {
        "ours": median([pair[0] for pair in pairs]), "theirs": median([pair[1] for pair in pairs]),
        "ratio": median(ratios), "spread": [quantile(ratios, 0.25), quantile(ratios, 0.75)], "rounds": count,
        "candidates": median(candidates), "cost_ratio": median(costs),
        "cost_spread": [quantile(costs, 0.25), quantile(costs, 0.75)], "costs": costs,
        "reached": sum(1 for cost in costs if cost <= 1) / count,
        "others": others, "disturbed": others is not None and others > QUIET,
    }


def rollout(results, own):
    """The compiled rollout alone, against the processor's peak."""
    own.write(f"rollout {200}")
    seconds = median([float(word) for word in own.process.stdout.readline().split()])
    task = own.hello
    speed = task["operations"] * task["candidates"] / seconds
    peak = results["machine"]["peak"]
    results["rollout"] = {
        "seconds": seconds, "operations": task["operations"] * task["candidates"], "speed": speed,
        "share": speed / peak, "activations": task["activations"] * task["candidates"],
    }
    say(f"rollout: {seconds * 1e6:.0f} µs, {speed / 1e9:.0f} GFLOP/s, {100 * speed / peak:.0f} % of the peak")


def floor(entry, machine, threads):
    """The least time that the counted work can take, seconds, and the part of ours that it is."""
    seconds = max(entry["operations"] / (machine["peak"] * threads), entry["bytes"] / machine["bandwidth"])
    return {"floor": seconds, "share": seconds / entry["ours"]}


def tell(name, entry):
    mark = " (disturbed: nothing follows)" if entry["disturbed"] else ""
    say(f"{name}: ours {entry['ours'] * 1e3:.2f} ms, theirs {entry['theirs'] * 1e3:.2f} ms, ratio {entry['ratio']:.1f} "
        f"({entry['spread'][0]:.1f} to {entry['spread'][1]:.1f}){mark}")


def growth(results, options):
    """How the time of a plan grows with candidates × steps: a line, and what it leaves."""
    folder, log = model(options.out)
    points = []
    for candidates in (128, 256, 512, 1024, 2048):
        for horizon in (10, 20):
            side = ours(folder, log, "--candidates", candidates, "--horizon", horizon)
            side.go(3)
            points.append((candidates * horizon, min(side.go(20))))
            side.close()
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    offset = mean_y - slope * mean_x
    worst = max(abs(offset + slope * x - y) / y for x, y in points)
    results["growth"] = {
        "points": [{"size": x, "seconds": y} for x, y in points], "seconds_each": slope, "seconds_fixed": offset,
        "worst_residual": worst,
    }
    say(f"growth: {offset * 1e3:.2f} ms + {slope * 1e9:.1f} ns a candidate's step; {100 * worst:.0f} % off at most")


def deadline(results, options):
    """Plans under a deadline while every other core is busy."""
    folder, log = model(options.out)
    limit = 5e-3
    busy = [
        subprocess.Popen([sys.executable, "-c", f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True: pass"])
        for core in range(1, os.cpu_count() or 1)
    ]
    try:
        side = ours(
            folder, log, "--candidates", 512, "--iterations", 500, "--deadline", limit, "--threads", 1)
        side.go(20)
        times = side.go(options.plans)
        side.close()
    finally:
        for process in busy:
            process.kill()
            process.wait()
    kept = sum(1 for value in times if value <= limit) / len(times)
    results["deadline"] = {
        "deadline": limit, "plans": len(times), "kept": kept, "busy_cores": len(busy),
        "p50": quantile(times, 0.5), "p95": quantile(times, 0.95), "p99": quantile(times, 0.99), "worst": max(times),
    }
    say(f"deadline of {limit * 1e3:.0f} ms: kept by {100 * kept:.2f} % of {len(times)} plans beside {len(busy)} busy core; "
        + ", ".join(f"{name} {results['deadline'][name] * 1e3:.2f} ms" for name in ("p50", "p95", "p99", "worst")))


def csv(results, options):
    """A wide log of CSV, read into columns."""
    path = options.out / "wide.csv"
    if not path.exists():
        say("writing a log to read")
        import random

        generator = random.Random(1)
        with path.open("w") as file:
            file.write("time (s)," + ",".join(f"x{i} (V)" for i in range(30)) + "\n")
            for row in range(200_000):
                file.write(f"{row}," + ",".join(f"{generator.gauss(0, 1):.6f}" for _ in range(30)) + "\n")
    side = Side([BUILT / "csv-speed", path])
    for kind in ("pandas", "pyarrow", "polars"):
        for threads in sorted({1, os.cpu_count() or 1}):
            name = f"csv.{kind}.{threads}"
            try:
                theirs = Side(
                    [python(), HERE / "peers" / "csv_reading.py", kind, path, threads],
                    POLARS_MAX_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
            except (RuntimeError, ValueError) as error:
                say(f"{name}: left out, {error}")
                continue
            entry = compare(side, theirs, max(5, options.rounds // 3), seconds=0.1)
            entry["what"], entry["peer"], entry["threads"] = "200,000 rows of 31 columns", kind, threads
            entry["bytes"], entry["operations"] = path.stat().st_size, 0
            entry["roofline"] = floor(entry, results["machine"], 1)
            tell(name, entry)
            results["comparisons"][name] = entry
            theirs.close()
    side.close()


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
    subprocess.run([str(torch.parents[2] / "bin" / "python"), "-m", "venv", str(VENV)], check=True)
    place = next(VENV.glob("lib/python3*/site-packages"))
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {
        "plan": plan, "plan-pictures": pictures,
        # Those in files of their own are given what is here.
        **{
            name: lambda results, options, part=part: part.run(sys.modules[__name__], results, options)
            for name, part in (("control", control), ("cold", cold))
        },
        "growth": growth, "deadline": deadline, "csv": csv,
    }
    parser.add_argument("--only", nargs="+", choices=list(parts), metavar="PART", default=list(parts),
                        help=", ".join(parts))
    parser.add_argument("--tasks", type=int, default=20, help="plans from pictures to the peer's cost, 20 at most")
    parser.add_argument("--model", type=pathlib.Path, help="a model with predictor=lewm for plan-pictures; drawn without")
    parser.add_argument("--force", action="store_true", help="measure on a busy machine, without conclusions")
    parser.add_argument("--rounds", type=int, default=21, help="pairs of each comparison")
    parser.add_argument("--plans", type=int, default=10_000, help="plans under a deadline")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "runs" / "bench", help="folder of the results")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    install_peers()
    require_quiet(options.force)
    probe = subprocess.run([str(BUILT / "plan-speed"), "--peak"], capture_output=True, text=True, check=True)
    lanes, peak = probe.stdout.split()
    results = {
        "machine": {
            "processor": processor(), "cores": os.cpu_count(), "lanes": lanes, "peak": float(peak),
            "bandwidth": bandwidth(),
        },
        "comparisons": {},
    }
    say(f"{results['machine']['processor']}, {os.cpu_count()} cores; {lanes}: {float(peak) / 1e9:.0f} GFLOP/s a core, "
        f"{results['machine']['bandwidth'] / 1e9:.1f} GB/s")
    for part in options.only:
        parts[part](results, options)
    path = options.out / "benchmarks.json"
    path.write_text(json.dumps(results, indent=2) + "\n")
    done = subprocess.run([str(BUILT / "bench-page"), str(path), str(options.out / "report.html")], check=False)
    say(f"figures: {path}" + (f"\nbench: page: {options.out / 'report.html'}" if done.returncode == 0 else ""))


main()
