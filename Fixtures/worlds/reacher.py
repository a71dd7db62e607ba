"""Writes reacher.json: episodes and a picture of the reacher of dm_control.

    pip install mujoco==4.0.0 dm_control --no-deps && MUJOCO_GL=egl python reacher.py

Torques are held for five steps, as strong as they may be, so that the wrist meets its limits.
"""

import base64
import importlib.util
import json
import pathlib

import mujoco
import numpy as np

MARKS = [1, 5, 25, 60]
suite = pathlib.Path(importlib.util.find_spec("dm_control").submodule_search_locations[0]) / "suite"
assets = {f"./common/{name}": (suite / "common" / name).read_bytes() for name in
          ["skybox.xml", "visual.xml", "materials.xml"]}
model = mujoco.MjModel.from_xml_string((suite / "reacher.xml").read_text(), assets)
data = mujoco.MjData(model)
rng = np.random.default_rng(11)


def episode():
    mujoco.mj_resetData(model, data)
    start = np.array([rng.uniform(-np.pi, np.pi), rng.uniform(*model.jnt_range[1])]).round(3)
    data.qpos[:] = start
    actions, states, limited = [], [], 0
    for step in range(MARKS[-1]):
        if step % 5 == 0:
            action = rng.uniform(-1, 1, 2).round(3)
        actions.append(action.tolist())
        data.ctrl[:] = action
        for _ in range(2):
            mujoco.mj_step(model, data)
        limited += abs(data.qpos[1]) > model.jnt_range[1, 1]
        if step + 1 in MARKS:
            states.append([*data.qpos, *data.qvel])
    return {"start": start.tolist(), "actions": actions, "states": states, "limited": int(limited)}


def picture(angles, side=32):
    mujoco.mj_resetData(model, data)
    data.qpos[:] = angles
    mujoco.mj_forward(model, data)
    model.mat_rgba[model.material("target").id, 3] = 0
    renderer = mujoco.Renderer(model, 15 * side, 15 * side)
    renderer.update_scene(data, camera="fixed")
    small = renderer.render().reshape(side, 15, side, 15, 3).mean((1, 3)).round().astype(np.uint8)
    return {"state": angles, "side": side, "pixels": base64.b64encode(small.tobytes()).decode()}


episodes = [episode() for _ in range(8)]
result = {"marks": MARKS, "episodes": episodes, "picture": picture([0.3, 1.0])}
pathlib.Path(__file__).with_name("reacher.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
