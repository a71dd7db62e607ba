"""Plans with a sensor model in PyTorch, for a program that runs it in turns with others.

    python plan.py KIND MODEL THREADS

KIND is eager, compiled (torch.compile) or stable-worldmodel (its CEMSolver). The first line of the input is the task as
`plan-speed` prints it; then `go N` plans N times and is answered by a line of the seconds of each.
"""

import contextlib
import io
import json
import sys

import torch

from sensor_model import SensorModel
from turns import answer

kind, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
task = json.loads(sys.stdin.readline())
model = SensorModel(folder, task)
samples, steps, iterations = task["candidates"], task["horizon"], task["iterations"]
elites, count = max(2, samples // 10), len(task["action_lower"])


def check():
    """Stops when the model here does not predict what Foresight's does."""
    count = len(task["action_lower"])
    outputs, novelty = model.predict(torch.full((1, steps, count), task["probe_action"]))[:2]
    wrong = max(
        (outputs.flatten() - torch.tensor(task["probe_outputs"])).abs().max().item(),
        (novelty.flatten() - torch.tensor(task["probe_novelty"])).abs().max().item())
    if not wrong < 1e-3:
        raise SystemExit(f"the model here predicts otherwise, by {wrong}")


def cross_entropy(cost, generator):
    """The method as stable-worldmodel writes it, without its bookkeeping."""
    mean, deviation = torch.zeros(steps, count), torch.ones(steps, count)
    for _ in range(iterations):
        points = torch.randn(samples, steps, count, generator=generator).mul_(deviation).add_(mean)
        points[0] = mean
        chosen = points[cost(points).topk(elites, largest=False, sorted=False).indices]
        deviation, mean = torch.std_mean(chosen, 0)
    return mean


generator = torch.Generator().manual_seed(1)
if kind == "stable-worldmodel":
    from swm_solver import cem

    solver = cem(model, samples, iterations, elites, steps, count)
    info = {"state": torch.zeros(1, 1)}

    def plan():
        with contextlib.redirect_stdout(io.StringIO()):
            return solver(info)["actions"]
elif kind == "compiled":
    cost = torch.compile(model, dynamic=False, mode="max-autotune-no-cudagraphs")

    def plan():
        return cross_entropy(cost, generator)
else:
    def plan():
        return cross_entropy(model, generator)

with torch.inference_mode():
    check()
    for _ in range(3):
        plan()
    answer(plan, {"torch": torch.__version__, "threads": torch.get_num_threads()})
