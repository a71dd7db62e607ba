"""Controls a plant with do-mpc, for a program that runs it in turns with others.

    python control.py KIND

KIND is plain, or compiled (do-mpc's compile_nlp). The first line of the input is the task as `control-speed` prints it: the same
equations, step by step, the same horizon, cost, limits and starts. Then `episode K` runs one from start K in closed loop and
answers with a line of JSON: the seconds of each decision, the cost of what happened and by how much a limit was crossed.

What do-mpc's documentation says about speed is done: IPOPT's output is off, only what is needed of a solution is stored, a plan
starts from the last one, and the model is discrete where the plant is, so that no collocation points are added. MA27 is not in
the wheel; IPOPT has MUMPS.
"""

import json
import os
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
import casadi
import numpy

import do_mpc

kind = sys.argv[1]
task = json.loads(sys.stdin.readline())
horizon, period = task["horizon"], task["period"]
names = [f"x{index}" for index in range(len(task["probe_states"][0]))]


def reactor(state, action):
    """The rate of change of pc-gym's reactor, per second: Foresight's `CSTR`."""
    concentration, temperature = state[0], state[1]
    reaction = casadi.exp(-8750 / temperature) * concentration * 7.2e10
    capacity = 239.0
    heat = reaction * (5e4 / capacity) + (action[0] - temperature) * (5e4 / (capacity * 100))
    return casadi.vertcat((1 - concentration - reaction) / 60, (350 - temperature + heat) / 60)


def following(state, action):
    """The state a sampling period later."""
    if task["plant"] == "masses":
        return casadi.DM(task["state_matrix"]) @ state + casadi.DM(task["input_matrix"]) @ action
    step = period / task["sub_steps"]
    for _ in range(task["sub_steps"]):
        k1 = reactor(state, action)
        k2 = reactor(state + step / 2 * k1, action)
        k3 = reactor(state + step / 2 * k2, action)
        k4 = reactor(state + step * k3, action)
        state = state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state


x, u = casadi.SX.sym("x", len(names)), casadi.SX.sym("u", 1)
plant = casadi.Function("plant", [x, u], [following(x, u)])


def check():
    """Stops when the plant here does not move as Foresight's does."""
    state, worst = numpy.array(task["starts"][0]), 0.0
    for action, wanted in zip(task["probe_actions"], task["probe_states"]):
        state = numpy.array(plant(state, action)).ravel()
        worst = max(worst, float(numpy.abs(state - wanted).max()))
    if not worst < 1e-6:
        raise SystemExit(f"the plant here moves otherwise, by {worst}")
    return worst


def controller():
    model = do_mpc.model.Model("discrete", "SX")
    states = [model.set_variable("_x", name) for name in names]
    action = model.set_variable("_u", "u")
    moved = following(casadi.vertcat(*states), casadi.vertcat(action))
    for index, name in enumerate(names):
        model.set_rhs(name, moved[index])
    model.setup()
    mpc = do_mpc.controller.MPC(model)
    mpc.settings.n_horizon = horizon
    mpc.settings.t_step = period
    mpc.settings.n_robust = 0
    mpc.settings.store_full_solution = False
    mpc.settings.store_solver_stats = []
    mpc.settings.supress_ipopt_output()
    cost = sum(
        (weight / scale**2) * (model.x[name] - target) ** 2
        for name, weight, scale, target in zip(names, task["weights"], task["scales"], task["targets"]) if weight > 0)
    mpc.set_objective(lterm=cost, mterm=cost)
    mpc.set_rterm(u=task["move_weight"] / task["action_scale"] ** 2)
    for name, low, high in zip(names, task["lower"], task["upper"]):
        if low is not None:
            mpc.bounds["lower", "_x", name] = low
        if high is not None:
            mpc.bounds["upper", "_x", name] = high
    mpc.bounds["lower", "_u", "u"] = task["action_lower"]
    mpc.bounds["upper", "_u", "u"] = task["action_upper"]
    # Variables of about one size, as the documentation recommends.
    for name, scale in zip(names, task["sizes"]):
        mpc.scaling["_x", name] = scale
    mpc.scaling["_u", "u"] = task["action_size"]
    mpc.setup()
    if kind == "compiled":
        # do-mpc 5.1.1 forgets to import what this calls.
        do_mpc.optimizer.nlpsol = casadi.nlpsol
        library = os.path.join(os.getcwd(), "nlp.so")
        mpc.compile_nlp(
            overwrite=True, libname=library, compiler_command=f"gcc -fPIC -shared -O2 -march=native nlp.c -o {library}")
    return mpc


def stage(state, action, before):
    error = sum(
        weight * ((value - target) / scale) ** 2
        for value, weight, scale, target in zip(state, task["weights"], task["scales"], task["targets"]))
    return float(error + task["move_weight"] * ((action - before) / task["action_scale"]) ** 2)


def episode(mpc, number):
    state, before = numpy.array(task["starts"][number], dtype=float), task["previous"]
    mpc.reset_history()
    mpc.x0, mpc.u0 = state, numpy.array([before])
    mpc.set_initial_guess()
    seconds, cost, violation = [], 0.0, 0.0
    states, actions = [], []
    for _ in range(task["steps"]):
        began = time.perf_counter()
        action = float(mpc.make_step(state.reshape(-1, 1))[0, 0])
        seconds.append(time.perf_counter() - began)
        state = numpy.array(plant(state, action)).ravel()
        cost += stage(state, action, before)
        for value, low, high in zip(state, task["lower"], task["upper"]):
            violation = max(violation, (low if low is not None else value) - value,
                            value - (high if high is not None else value))
        before = action
        states.append(state.tolist())
        actions.append(action)
    return {"seconds": seconds, "cost": cost, "violation": violation, "actions": actions, "last": states[-1]}


difference = check()
place = tempfile.mkdtemp()
os.chdir(place)
real = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # compilers and IPOPT talk
began = time.perf_counter()
mpc = controller()
made = time.perf_counter() - began
episode(mpc, 0)
os.dup2(real, 1)
print(json.dumps({"do_mpc": do_mpc.__version__, "casadi": casadi.__version__, "difference": difference,
                  "set_up_seconds": made}), flush=True)
for line in sys.stdin:
    words = line.split()
    if len(words) != 2 or words[0] != "episode":
        break
    print(json.dumps(episode(mpc, int(words[1]))), flush=True)
