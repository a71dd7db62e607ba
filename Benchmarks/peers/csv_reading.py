"""Reads a CSV file into columns, for a program that runs it in turns with others.

    python csv_reading.py KIND FILE THREADS (times | text)

KIND is pandas (its C engine), pyarrow or polars; each reads numbers into its own columns, as its documentation says, and the
column of times into its own type of times, or leaves it as text.

    python csv_reading.py KIND FILE THREADS (times | text) once

reads once and says how much memory the process took at most, in bytes, less what it took before.
"""

import resource
import sys

from turns import answer

kind, path, threads, times = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "times"
if kind == "pandas":
    import pandas
    # Since 3.1 the C engine reads large files by several threads unless it is told otherwise.
    pandas.set_option("mode.max_threads", threads)
    version = pandas.__version__
    # The fast way for dates, by the documentation: the format is said, so that it need not be found out for each.
    options = {"parse_dates": ["time"], "date_format": "ISO8601"} if times else {}

    def read():
        return pandas.read_csv(path, engine="c", **options)
elif kind == "pyarrow":
    import pyarrow
    import pyarrow.csv
    pyarrow.set_cpu_count(threads)
    version = pyarrow.__version__
    # It finds times by itself; without them the column has to be called text.
    conversion = pyarrow.csv.ConvertOptions(column_types=None if times else {"time": pyarrow.string()})

    def read():
        return pyarrow.csv.read_csv(
            path, read_options=pyarrow.csv.ReadOptions(use_threads=threads > 1), convert_options=conversion)
else:
    import polars  # the number of threads comes from POLARS_MAX_THREADS
    version = polars.__version__

    def read():
        return polars.read_csv(path, try_parse_dates=times)


def peak():
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


before = peak()
table = read()
if sys.argv[5:] == ["once"]:
    print(peak() - before)
else:
    is_time = "date" in str(table["time"].dtype if kind != "pyarrow" else table["time"].type).lower() + "date" * (
        kind == "pyarrow" and str(table["time"].type).startswith("timestamp"))
    if is_time != times:
        raise SystemExit(f"{kind} reads times as {table['time'].dtype if kind != 'pyarrow' else table['time'].type}")
    del table
    answer(read, {"version": version})
