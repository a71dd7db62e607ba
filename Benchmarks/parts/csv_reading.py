"""Reading logs of CSV: a day of 100 channels at 1 Hz, and a gigabyte of such days, beside others."""

import datetime
import os
import random
import shutil
import subprocess

from bench import BUILT, HERE, Side, compare, cores, floor, python, say, tell, thread_counts

PEERS = ("pandas", "pyarrow", "polars")
ROWS, CHANNELS, DAYS = 86_400, 100, 14
START = datetime.datetime(2026, 1, 5)


def fields(channels=CHANNELS, rows=ROWS, seed=1):
    """The numbers of each row as text: four to seven digits, slow changes, one field of 500 empty."""
    generator = random.Random(seed)
    scales = [10 ** generator.uniform(-1, 3.5) for _ in range(channels)]
    offsets = [2 * scale * generator.gauss(0, 1) for scale in scales]
    pattern = ",".join(
        f"%.{min(6, max(1, 4 + generator.randrange(3) - len(str(int(scale)))))}f" for scale in scales)
    values = [0.0] * channels
    for _ in range(rows):
        values = [0.98 * value + generator.gauss(0, 0.2) for value in values]
        row = pattern % tuple(offset + scale * value for offset, scale, value in zip(offsets, scales, values))
        if generator.random() < channels / 500:
            words = row.split(",")
            words[generator.randrange(channels)] = ""
            row = ",".join(words)
        yield row


def write(path, days):
    """A log of days, all with the same numbers and each with its own times."""
    say(f"writing {path.name}")
    rows = list(fields())
    with path.open("w") as file:
        file.write("time," + ",".join(f"x{channel} (V)" for channel in range(CHANNELS)) + "\n")
        for day in range(days):
            date = (START + datetime.timedelta(days=day)).date().isoformat()
            file.writelines(
                f"{date} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02},{row}\n"
                for second, row in enumerate(rows))


def ours(path, threads):
    """Our side: on one processor for one thread, since it takes as many as there are."""
    one = ["taskset", "-c", str(cores()[0])] if threads == 1 and shutil.which("taskset") else []
    return [*one, BUILT / "csv-speed", path]


def theirs(kind, path, threads, times=True):
    command = [python(), HERE / "peers" / "csv_reading.py", kind, path, threads, "times" if times else "text"]
    return [str(word) for word in command], {"POLARS_MAX_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}


def memory(command, environment=None):
    """Bytes that reading once takes at most."""
    try:
        done = subprocess.run(
            [str(word) for word in command] + ["once"], capture_output=True, text=True, check=False,
            env={**os.environ, **(environment or {})})
    except OSError:  # a peer that is not there
        return None
    return int(done.stdout) if done.returncode == 0 else None


def side_by_side(results, name, path, threads, kind, times, rounds, what):
    own = Side(ours(path, threads))
    command, environment = theirs(kind, path, threads, times)
    try:
        other = Side(command, **environment)
    except (RuntimeError, ValueError) as error:
        own.close()
        say(f"{name}: left out, {error}")
        return None
    entry = compare(own, other, rounds, seconds=0.1)
    entry["what"], entry["peer"], entry["threads"] = what, f"{kind} {other.hello['version']}", threads
    # The text is read once and the samples are written once.
    entry["bytes"], entry["operations"] = path.stat().st_size + 8 * own.hello["samples"] * CHANNELS, 0
    entry["roofline"] = floor(entry, results["machine"], 1)
    tell(name, entry)
    say(f"{name}: ours {path.stat().st_size / entry['ours'] / 1e6:.0f} MB/s, "
        f"theirs {path.stat().st_size / entry['theirs'] / 1e6:.0f} MB/s")
    results["comparisons"][name] = entry
    for side in (own, other):
        side.close()
    return entry


def csv(results, options):
    """Logs of CSV, read into channels: a day, and a gigabyte."""
    day, everywhere = options.out / "day.csv", thread_counts()
    if not day.exists():
        write(day, 1)
    for kind in PEERS:
        for threads in everywhere:
            for times in (True, False):
                name = f"csv.{kind}.{threads}" + ("" if times else ".text")
                what = f"{ROWS:,} rows of {CHANNELS} channels" + ("" if times else "; theirs leaves times as text")
                side_by_side(results, name, day, threads, kind, times, max(5, options.rounds // 3), what)
    large = options.out / "large.csv"
    try:
        write(large, DAYS)
        threads = everywhere[-1]
        own = memory(ours(large, threads))
        what = f"{large.stat().st_size / 1e9:.2f} GB"
        results["csv"] = {"bytes": large.stat().st_size, "samples": 8 * DAYS * ROWS * CHANNELS, "memory": {"Foresight": own}}
        for kind in PEERS:
            side_by_side(results, f"csv.large.{kind}.{threads}", large, threads, kind, True, 5, what)
            results["csv"]["memory"][kind] = memory(*theirs(kind, large, threads))
        say("memory for " + what + ": " + ", ".join(
            f"{name} {bytes / 1e9:.2f} GB" for name, bytes in results["csv"]["memory"].items() if bytes is not None))
    finally:
        large.unlink(missing_ok=True)
