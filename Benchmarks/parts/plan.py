"""Plans of the sensor model: beside others, as they grow, and under a deadline."""

import json
import os
import subprocess
import sys

from bench import (
    BUILT, HERE, VENV, Side, compare, cores, floor, median, model, ours, python, quantile, say, tell, thread_counts)


def plan(results, options):
    """Plans of the sensor model, beside the same model and method in PyTorch and in stable-worldmodel."""
    folder, log = model(options.out)
    peers = [("eager", "PyTorch"), ("compiled", "PyTorch, torch.compile")]
    if (VENV / "installed").exists():
        peers.append(("stable-worldmodel", "stable-worldmodel 0.1.1"))
    everywhere = thread_counts()
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


def realtime():
    """Whether this user may have real-time priority, which a plan under a deadline takes by itself where it can."""
    if not hasattr(os, "sched_setscheduler"):
        return False
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        os.sched_setscheduler(0, *before)
    except OSError:
        return False
    return True


def deadline(results, options):
    """Plans under a deadline while every other core is busy: at once after each other, and as a loop asks for them."""
    folder, log = model(options.out)
    limit, every = 5e-3, 1e-2
    planning = [
        BUILT / "plan-speed", folder, log, "--candidates", 512, "--iterations", 500, "--deadline", limit, "--threads", 1]
    priorities = ["automatic", "normal"] if realtime() else ["normal"]
    if len(priorities) == 1:
        say("deadline: this user may not have real-time priority, which is left out")
    ways = {
        f"{how}, {'in real time' if priority == 'automatic' else 'ordinary priority'}":
            [*planning, "--priority", priority, *pause]
        for priority in priorities
        for how, pause in (("at once after each other", []), (f"every {every * 1e3:.0f} ms", ["--every", every]))
    }
    # Where a process cannot be held on a core, as many others keep all busy.
    held = "import os, sys\nif hasattr(os, 'sched_setaffinity'): os.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"
    busy = [subprocess.Popen([sys.executable, "-c", held, str(core)]) for core in cores()[1:]]
    found = []
    try:
        for name, command in ways.items():
            side = Side(command)
            side.go(20)
            times = side.go(options.plans)
            taken = side.ask("taken 0")
            side.close()
            late = [how_often for value, how_often in zip(times, taken) if value > limit]
            found.append({
                "way": name, "deadline": limit, "plans": len(times), "kept": 1 - len(late) / len(times),
                "busy_cores": len(busy), "late_and_taken": sum(1 for how_often in late if how_often > 0),
                "taken": sum(1 for how_often in taken if how_often > 0), "p50": quantile(times, 0.5),
                "p95": quantile(times, 0.95), "p99": quantile(times, 0.99), "worst": max(times),
            })
            say(f"deadline of {limit * 1e3:.0f} ms, {name}: kept by {100 * found[-1]['kept']:.2f} % of {len(times)} plans beside "
                f"{len(busy)} busy core; from {found[-1]['late_and_taken']} of {len(late)} late ones another program had taken "
                "the processor; " + ", ".join(f"{key} {found[-1][key] * 1e3:.2f} ms" for key in ("p50", "p95", "p99", "worst")))
    finally:
        for process in busy:
            process.kill()
            process.wait()
    results["deadline"] = {**found[0], "ways": found}
