"""Parts of `bench.py` in files of their own; each is given the module that runs it."""
