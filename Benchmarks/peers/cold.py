"""Makes one plan with a sensor model in PyTorch and says so: what a process has to do from its start on.

    python cold.py KIND MODEL TASK

KIND is eager, or stable-worldmodel (its CEMSolver). TASK is a file with the line that `plan-speed` prints. Nothing is done twice and
nothing is checked; `plan.py` checks the same model.
"""

import contextlib
import io
import json
import sys

import torch

from sensor_model import SensorModel

kind, folder = sys.argv[1], sys.argv[2]
with open(sys.argv[3]) as file:
    task = json.load(file)
torch.set_num_threads(1)
samples, steps, iterations = task["candidates"], task["horizon"], task["iterations"]
elites, count = max(2, samples // 10), len(task["action_lower"])
with torch.inference_mode():
    model = SensorModel(folder, task)
    if kind == "stable-worldmodel":
        from swm_solver import cem

        solver = cem(model, samples, iterations, elites, steps, count)
        with contextlib.redirect_stdout(io.StringIO()):
            first = solver({"state": torch.zeros(1, 1)})["actions"].flatten()[:count]
    else:
        generator = torch.Generator().manual_seed(1)
        mean, deviation = torch.zeros(steps, count), torch.ones(steps, count)
        for _ in range(iterations):
            points = torch.randn(samples, steps, count, generator=generator).mul_(deviation).add_(mean)
            points[0] = mean
            chosen = points[model(points).topk(elites, largest=False, sorted=False).indices]
            deviation, mean = torch.std_mean(chosen, 0)
        first = mean[0]
    print(" ".join(f"{value:.4f}" for value in first.tolist()), flush=True)
