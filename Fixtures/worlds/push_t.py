"""Writes push_t.json: episodes and a picture of the original Push-T.

    pip install gym-pusht==0.1.8 && python push_t.py

Half of the episodes have actions relative to the disc, as stable-worldmodel 0.1.1 has them, the others targets. All
stay near the block, so that it is pushed much and often against walls. The last two have what the original has not:
friction, which it sets, but on bodies, where nothing reads it, and a block that glides. Recorded with pymunk 6.11.1;
7.3.1, which stable-worldmodel uses, gives the same numbers.
"""

import base64
import json
import pathlib
import warnings

import cv2
import numpy as np
import pygame

warnings.filterwarnings("ignore")
from gym_pusht.envs.pusht import PushTEnv  # noqa: E402

MARKS = [1, 5, 25, 40]
rng = np.random.default_rng(7)
env = PushTEnv()


def place(state):
    env._setup()
    env.agent.position = list(state[:2])
    env.block.angle = state[4]
    env.block.position = list(state[2:4])


def episode(relative, friction=0, glide=0):
    start = np.array([*rng.uniform(50, 450, 2), *rng.uniform(100, 400, 2), rng.uniform(0, 2 * np.pi)]).round(3)
    place(start)
    env.space.damping = glide
    for shape in env.space.shapes:
        # The coefficient of a pair is the product of both.
        shape.friction = friction**0.5
    actions, states, moved = [], [], 0
    for step in range(MARKS[-1]):
        agent, block = np.array(env.agent.position), np.array(env.block.position)
        if relative:
            target = np.clip(agent + rng.uniform(-100, 100, 2), block - 100, block + 100)
            action = np.clip((np.clip(target, 1, 511) - agent) / 100, -1, 1).round(3)
            target = agent + action * 100
        else:
            target = action = np.clip(block + rng.uniform(-150, 150, 2), 0, 512).round(1)
        env.step(target)
        moved += np.linalg.norm(np.array(env.block.position) - block) > 0.01
        actions.append(action.tolist())
        if step + 1 in MARKS:
            states.append([*env.agent.position, *env.block.position, env.block.angle, *env.agent.velocity])
    return {
        "relative": relative, "friction": friction, "glide": glide, "start": start.tolist(), "actions": actions,
        "states": states, "moved": int(moved)
    }


def picture(state, side=32):
    place(state)
    env.space.reindex_shapes_for_body(env.agent)
    env.space.reindex_shapes_for_body(env.block)
    pixels = np.transpose(np.array(pygame.surfarray.pixels3d(env._draw())), (1, 0, 2))
    small = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    return {"state": state, "side": side, "pixels": base64.b64encode(small.tobytes()).decode()}


episodes = [episode(relative) for relative in [True, False] * 4]
episodes += [episode(False, friction=0.25), episode(False, friction=0.25, glide=0.5)]
result = {"marks": MARKS, "episodes": episodes, "picture": picture([350, 180, 150, 330, 2.1])}
pathlib.Path(__file__).with_name("push_t.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
