"""Reads a CSV file into columns, for a program that runs it in turns with others.

    python csv_reading.py KIND FILE THREADS

KIND is pandas (its C engine), pyarrow or polars; each reads numbers into its own columns, as its documentation says.
"""

import json
import sys
import time

kind, path, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
if kind == "pandas":
    import pandas
    if threads > 1:
        raise SystemExit("pandas reads with one thread")
    version = pandas.__version__

    def read():
        return pandas.read_csv(path, engine="c")
elif kind == "pyarrow":
    import pyarrow
    import pyarrow.csv
    pyarrow.set_cpu_count(threads)
    version = pyarrow.__version__

    def read():
        return pyarrow.csv.read_csv(path, read_options=pyarrow.csv.ReadOptions(use_threads=threads > 1))
else:
    import polars  # the number of threads comes from POLARS_MAX_THREADS
    version = polars.__version__

    def read():
        return polars.read_csv(path)

read()
print(json.dumps({"version": version}), flush=True)
for line in sys.stdin:
    words = line.split()
    if len(words) != 2 or words[0] != "go":
        break
    seconds = []
    for _ in range(int(words[1])):
        began = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - began)
    print(" ".join(f"{value:.9f}" for value in seconds), flush=True)
