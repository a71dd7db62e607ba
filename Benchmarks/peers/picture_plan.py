"""Plans with LeWM's predictor in stable-worldmodel, for a program that runs it in turns with others.

    python picture_plan.py THREADS [WIDTH]

Its LeWM module and its CEMSolver, with the weights that `picture-plan-speed` wrote. The first line of the input is the task as
that program prints it; then `go N` plans N times and is answered by a line of the seconds of each, and `plan K SEED` plans task K
and is answered by the seconds, LeWM's cost of the plan and its actions, normalised. WIDTH is how many deviations wide its search
begins, 1 as it is published.
"""

import contextlib
import importlib.util
import io
import json
import pathlib
import sys
import time
import types

import gymnasium
import torch
from safetensors.torch import load_file

threads = int(sys.argv[1])
torch.set_num_threads(threads)
scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
task = json.loads(sys.stdin.readline())

# The package imports data loaders and simulators at once; its model and its solver need neither.
found = importlib.util.find_spec("stable_worldmodel")
for name, folder in (("", ""), (".wm", "wm")):
    package = types.ModuleType("stable_worldmodel" + name)
    package.__path__ = [str(pathlib.Path(place) / folder) for place in found.submodule_search_locations]
    sys.modules[package.__name__] = package
from stable_worldmodel.solver import CEMSolver
from stable_worldmodel.wm.lewm.lewm import LeWM
from stable_worldmodel.wm.lewm.module import MLP, Embedder, Predictor

tensors = load_file(pathlib.Path(task["folder"]) / "task.safetensors")
width = task["width"]
projector = MLP(width, task["projector"], width, norm_fn=torch.nn.BatchNorm1d)
model = LeWM(
    encoder=torch.nn.Identity(),
    predictor=Predictor(
        num_frames=task["history"], depth=task["depth"], heads=task["heads"], mlp_dim=task["feed_forward"],
        input_dim=width, hidden_dim=width, dim_head=task["head_size"]),
    action_encoder=Embedder(task["actions"], task["smoothed"], width, task["expansion"]),
    pred_proj=projector)

# What the parts are called there: the longest first.
NAMES = [
    ("predictor.projector.input", "pred_proj.net.0"), ("predictor.projector.norm", "pred_proj.net.1"),
    ("predictor.projector.output", "pred_proj.net.3"), ("predictor.action_encoder.input", "action_encoder.patch_embed"),
    ("predictor.action_encoder.mlp.layers.0", "action_encoder.embed.0"),
    ("predictor.action_encoder.mlp.layers.1", "action_encoder.embed.2"), ("predictor.norm", "predictor.transformer.norm"),
    ("predictor.positions", "predictor.pos_embedding"), ("predictor.blocks", "predictor.transformer.layers"),
    (".modulation", ".adaLN_modulation.1"), (".attention_norm", ".attn.norm"),
    (".attention.out_proj", ".attn.to_out.0"), (".attention.in_proj_weight", ".attn.to_qkv.weight"),
    (".mlp_norm", ".mlp.net.0"), (".mlp.layers.0", ".mlp.net.1"), (".mlp.layers.1", ".mlp.net.4"),
]


def renamed(name):
    for ours, theirs in NAMES:
        if "action_encoder" in name and ours.startswith(".mlp"):
            continue
        name = name.replace(ours, theirs)
    return name


weights = {renamed(name): value for name, value in tensors.items() if name.startswith("predictor.")}
missing = model.load_state_dict(weights, strict=False)
if missing.unexpected_keys or missing.missing_keys:
    raise SystemExit(f"the model here is another: {missing}")
model.eval().requires_grad_(False)


def rolled(emb, actions):
    """The representations [candidates, steps, D] that LeWM predicts from one start [D] under actions."""
    info = {"pixels": torch.zeros(1, len(actions), 1, 1), "emb": emb.expand(1, len(actions), 1, width)}
    return model.rollout(info, actions[None])["predicted_emb"][0, :, 1:]


def info(number):
    """What the solver is given: the pictures are encoded already on both sides."""
    return {
        "pixels": torch.zeros(1, 1, 1), "emb": tensors["starts"][number].view(1, 1, width), "goal": torch.zeros(1, 1),
        "goal_emb": tensors["goals"][number].view(1, 1, width),
    }


def plan(number, seed):
    solver = CEMSolver(
        model, batch_size=1, num_samples=task["candidates"], var_scale=scale, n_steps=task["iterations"], topk=30,
        seed=seed)
    solver.configure(
        action_space=gymnasium.spaces.Box(-1, 1, (1, task["actions"])), n_envs=1,
        config=types.SimpleNamespace(horizon=task["steps"], action_block=1))
    with contextlib.redirect_stdout(io.StringIO()):
        return solver(info(number))["actions"][0]


with torch.inference_mode():
    wrong = (rolled(tensors["starts"][0], tensors["probe_actions"]) - tensors["probe_predictions"]).abs().max().item()
    if not wrong < 1e-3:
        raise SystemExit(f"the model here predicts otherwise, by {wrong}")
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "difference": wrong}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if len(words) < 2:
            break
        if words[0] == "go":
            seconds = []
            for index in range(int(words[1])):
                began = time.perf_counter()
                plan(index % task["tasks"], index)
                seconds.append(time.perf_counter() - began)
            print(" ".join(f"{value:.9f}" for value in seconds), flush=True)
        elif words[0] == "plan":
            number = int(words[1])
            began = time.perf_counter()
            actions = plan(number, int(words[2]))
            taken = time.perf_counter() - began
            last = rolled(tensors["starts"][number], actions[None])[0, -1]
            cost = (last - tensors["goals"][number]).square().sum().item()
            print(f"{taken} {cost} " + " ".join(repr(x) for x in actions.flatten().tolist()), flush=True)
