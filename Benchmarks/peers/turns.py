"""Answers whoever measures two programs in turns: for each line `go N` the seconds of N calls, in one line."""

import json
import sys
import time


def answer(what, about):
    """Says that it is ready, by what it is told of itself as JSON, and calls `what` as often as it is asked."""
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        words = line.split()
        if len(words) != 2 or words[0] != "go":
            break
        seconds = []
        for _ in range(int(words[1])):
            began = time.perf_counter()
            what()
            seconds.append(time.perf_counter() - began)
        print(" ".join(f"{value:.9f}" for value in seconds), flush=True)
