"""From the start of a process to its first plan: `foresight plan` beside Python."""

import json
import os
import subprocess
import tempfile
import time


def first_line(command, **environment):
    """Seconds until a program that starts now has written its first line and, after it, all: it must not fail."""
    began = time.perf_counter()
    try:
        process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **environment})
    except OSError as error:
        raise RuntimeError(f"{command[0]} cannot be run: {error.strerror}") from error
    line = process.stdout.readline()
    seconds = time.perf_counter() - began
    rest, errors = process.communicate(timeout=120)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {errors.strip() or (line + rest).strip()}")
    return seconds


def run(bench, results, options):
    """Both read the same model folder; files are in the page cache of both sides, after one start that does not count."""
    folder, log = bench.model(options.out)
    side = bench.ours(folder, log, "--candidates", 200, "--iterations", 12)
    task = options.out / "cold-task.json"
    task.write_text(json.dumps(side.hello))
    side.close()
    rounds = max(11, options.rounds // 2)
    program = bench.ROOT / ".build" / "release" / "foresight"
    peers = [("eager", "PyTorch, import and load included")]
    if (bench.VENV / "installed").exists():
        peers.append(("stable-worldmodel", "stable-worldmodel 0.1.1, import and load included"))
    with tempfile.TemporaryDirectory() as place:
        count = 0

        def ours():
            nonlocal count
            count += 1
            # cem with what it has by default: 200 candidates × 12 iterations, which the peer is given too.
            return first_line([
                program, "plan", folder, "--from", log, "--at", "120", "--goal",
                "T1 = 50; T2 = 40; 0.1 * smooth(Q1); 0.1 * smooth(Q2)", "--guardrail", "always(T1 <= 52)",
                "--safe-action", "Q1=0,Q2=0", "--solver", "cem", "--horizon", "20steps", "--no-report", "--quiet",
                "--out", f"{place}/{count}"], OMP_NUM_THREADS="1")

        for kind, text in peers:
            def theirs():
                return first_line(
                    [bench.python(), bench.HERE / "peers" / "cold.py", kind, folder / "model", task],
                    OMP_NUM_THREADS="1")

            name = f"cold.{kind}"
            try:
                ours(), theirs()
            except RuntimeError as error:
                bench.say(f"{name}: left out, {error}")
                continue
            watch, pairs = bench.Watch(), []
            for number in range(rounds):
                if number % 2 == 0:
                    own, other = ours(), theirs()
                else:
                    other, own = theirs(), ours()
                pairs.append((own, other))
            entry = summary(bench, pairs, watch)
            entry["what"] = "process start to first plan: 200 candidates × 20 steps × 12 iterations, files in the page cache"
            entry["peer"], entry["threads"] = text, 1
            # What has to be done at least: the plan itself.
            entry["operations"], entry["bytes"] = side.hello["operations"] * 200 * 12, 0
            entry["roofline"] = bench.floor(entry, results["machine"], 1)
            bench.tell(name, entry)
            results["comparisons"][name] = entry


def summary(bench, pairs, watch):
    """Medians of pairs of seconds, ours first, and of their ratios."""
    ratios, others = [their / our for our, their in pairs], watch.others()
    return {
        "ours": bench.median([pair[0] for pair in pairs]), "theirs": bench.median([pair[1] for pair in pairs]),
        "ratio": bench.median(ratios), "spread": [bench.quantile(ratios, 0.25), bench.quantile(ratios, 0.75)],
        "rounds": len(pairs), "others": others, "disturbed": others is not None and others > bench.QUIET,
    }
