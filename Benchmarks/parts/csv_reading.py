"""Reading logs of CSV."""

import os

from bench import BUILT, HERE, Side, compare, floor, python, say, tell


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
