"""Reads a CSV file into columns, for a program that runs it in turns with others.

    python csv_reading.py KIND FILE THREADS

KIND is pandas (its C engine), pyarrow or polars; each reads numbers into its own columns, as its documentation says.
"""

import sys

from turns import answer

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
answer(read, {"version": version})
