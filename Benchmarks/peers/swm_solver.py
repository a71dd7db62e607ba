"""stable-worldmodel's cross-entropy method, without what else the package imports."""

import importlib.util
import sys
import types


def cem(model, samples, iterations, elites, steps, count):
    """A `CEMSolver` over a model: so many samples, iterations and elites, steps ahead of so many actions within −1 and 1."""
    import gymnasium

    # The package imports data loaders and another torch at once; its solvers need neither.
    package = types.ModuleType("stable_worldmodel")
    package.__path__ = importlib.util.find_spec("stable_worldmodel").submodule_search_locations
    sys.modules["stable_worldmodel"] = package
    from stable_worldmodel.solver import CEMSolver

    solver = CEMSolver(model, batch_size=1, num_samples=samples, n_steps=iterations, topk=elites, seed=1)
    solver.configure(
        action_space=gymnasium.spaces.Box(-1, 1, (1, count)), n_envs=1,
        config=types.SimpleNamespace(horizon=steps, action_block=1))
    return solver
