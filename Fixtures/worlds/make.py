"""Reference numbers of the worlds from the programs that they follow, into reference.json beside this file.

    pip install stable-worldmodel==0.1.1 gymnasium mujoco gymnasium-robotics scipy torch
    python make.py

TwoRoom: pictures (means of blocks of 16 x 16 pixels) and walks of stable-worldmodel. CartPole: rates of change of
Gymnasium, from its Euler steps. PointMaze: a push of the ball of Gymnasium-Robotics through MuJoCo, without walls.
Driving: the equations and parameters of alexliniger/MPCC, in its formulas, integrated by SciPy.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent


def two_rooms(env_class):
    cases = []
    for setting in (
        {},
        {
            ("wall", "thickness"): 20,
            ("wall", "axis"): 0,
            ("door", "number"): 2,
            ("door", "position"): [60, 150, 49],
            ("door", "size"): [14, 20, 14],
            ("agent", "radius"): [10.0],
            ("agent", "color"): [20, 90, 200],
            ("background", "color"): [240, 220, 180],
            ("wall", "color"): [60, 0, 90],
            ("door", "color"): [200, 255, 200],
            ("wall", "border_color"): [0, 80, 0],
            ("agent", "speed"): [8.0],
        },
    ):
        env = env_class()
        env.reset(seed=0)
        for (group, name), value in setting.items():
            space = env.variation_space[group][name]
            old = np.asarray(space.value)
            space.set_value(np.asarray(value, dtype=old.dtype).reshape(old.shape) if old.shape else int(value))
        env._cache_params()
        env._set_state([60.0, 140.0])
        picture = env.render().astype(np.float64)
        blocks = picture.reshape(14, 16, 14, 16, 3).mean(axis=(1, 3))
        # A walk that touches the border, whose treatment is the same, and not the wall.
        rng = np.random.default_rng(1)
        env._set_state([40.0, 50.0] if setting else [60.0, 140.0])
        actions, states = [], []
        for step in range(40):
            drift = [-0.6, -0.3] if step < 20 else [0.3, 0.2 if not setting else -0.3]
            action = np.round(rng.uniform(-1.3, 1.3, 2) * 0.5 + drift, 3)
            env.step(action.astype(np.float32))
            actions.append(action.tolist())
            states.append([round(float(v), 4) for v in env.agent_position])
        cases.append(
            {
                "blocks": np.round(blocks, 2).ravel().tolist(),
                "start": [40.0, 50.0] if setting else [60.0, 140.0],
                "actions": actions,
                "states": states,
            }
        )
    # One step each, of at most 10.5 px in each axis, from inside the door (35 to 63 along the wall from 107 to 117).
    env = env_class()
    env.reset(seed=0)
    env._cache_params()
    env.variation_space["agent"]["speed"].set_value(np.array([10.5], dtype=np.float32))
    leak = []
    for start, action in (([99, 74], [1, -0.9]), ([112, 58], [0.2, 1]), ([94.9, 69], [1, -0.5]), ([112, 40], [0, -1])):
        env._set_state([float(value) for value in start])
        env.step(np.array(action, dtype=np.float32))
        leak.append([round(float(v), 4) for v in env.agent_position])
    return {"cases": cases, "leak": leak}


def cart_pole():
    import gymnasium

    env = gymnasium.make("CartPole-v1").unwrapped
    env.reset(seed=0)
    rng = np.random.default_rng(2)
    rows = []
    for _ in range(12):
        state = rng.uniform(-1, 1, 4) * [2, 3, 3, 5]
        action = int(rng.integers(2))
        env.state = tuple(state)
        env.tau = 1.0
        env.steps_beyond_terminated = 5
        env.step(action)
        # env.state is kept in double precision.
        rate = np.asarray(env.state, dtype=np.float64) - state
        rows.append({"state": state.tolist(), "force": 10.0 if action else -10.0, "rate": rate.tolist()})
    return rows


def point_maze():
    import mujoco

    spec = importlib.util.find_spec("gymnasium_robotics")
    path = pathlib.Path(spec.submodule_search_locations[0]) / "envs/assets/point/point.xml"
    model = mujoco.MjModel.from_xml_path(str(path))
    data = mujoco.MjData(model)
    data.qpos[:] = [0.1, -0.2]
    data.qvel[:] = [5.5, -1.0]
    rng = np.random.default_rng(3)
    mass = float(model.body_mass[1])
    actions, states = [], []
    for _ in range(30):
        action = np.round(rng.uniform(-1.5, 1.5, 2), 3)
        data.ctrl[:] = np.clip(action, -1, 1)
        data.qvel[:] = np.clip(data.qvel, -5, 5)
        for _ in range(5):
            mujoco.mj_step(model, data)
        actions.append(action.tolist())
        states.append(np.concatenate([data.qpos, data.qvel]).tolist())
    return {"mass": mass, "start": [0.1, -0.2, 5.5, -1.0], "actions": actions, "states": states}


def driving():
    from scipy.integrate import solve_ivp

    m, iz, lf, lr = 0.041, 27.8e-6, 0.029, 0.033
    cm1, cm2, cr0, cr2 = 0.287, 0.0545, 0.0518, 0.00035
    br, cr, dr, bf, cf, df = 3.3852, 1.2691, 0.1737, 2.579, 1.2, 0.192

    def rate(_, s, d, delta):
        _, _, phi, vx, vy, w = s
        alpha_f = -np.arctan2(lf * w + vy, vx) + delta
        alpha_r = np.arctan2(lr * w - vy, vx)
        ffy = df * np.sin(cf * np.arctan(bf * alpha_f))
        fry = dr * np.sin(cr * np.arctan(br * alpha_r))
        frx = (cm1 - cm2 * vx) * d - cr0 - cr2 * vx**2
        return [
            vx * np.cos(phi) - vy * np.sin(phi),
            vx * np.sin(phi) + vy * np.cos(phi),
            w,
            (frx - ffy * np.sin(delta) + m * vy * w) / m,
            (fry + ffy * np.cos(delta) - m * vx * w) / m,
            (ffy * lf * np.cos(delta) - fry * lr) / iz,
        ]

    rng = np.random.default_rng(4)
    start = [0.0, 0.0, 0.3, 1.2, 0.05, -1.0]
    state, actions, states = start, [], []
    for step in range(25):
        if step % 5 == 0:
            action = [round(rng.uniform(0.1, 0.6), 3), round(rng.uniform(-0.35, 0.35), 3)]
        state = solve_ivp(rate, (0, 0.04), state, args=tuple(action), rtol=1e-11, atol=1e-12).y[:, -1].tolist()
        actions.append(action)
        states.append(state)
    return {"start": start, "actions": actions, "states": states}


def main():
    from stable_worldmodel.envs.two_room.env import TwoRoomEnv

    reference = {
        "two_rooms": two_rooms(TwoRoomEnv),
        "cart_pole": cart_pole(),
        "point_maze": point_maze(),
        "driving": driving(),
    }
    (HERE / "reference.json").write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    sys.exit(main())
