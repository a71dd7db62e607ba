"""Small environments that do what the tests of the bridge ask of them, registered under bridge/."""

import os
import signal
import subprocess
import sys
import time

import gymnasium
import numpy
from gymnasium import spaces


class Dot(gymnasium.Env):
    """A dot on a line; actions of all kinds, observations of all kinds, pictures that say where the dot is."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 20}

    def __init__(self, render_mode=None, fault="", actions="box", size=64, extra=""):
        self.render_mode = render_mode
        self.fault = fault
        self.extra = extra
        self.resets = 0
        self.helper = 0
        self.size = size
        self.action_space = {
            "box": spaces.Box(-1, 1, (1,), numpy.float32),
            "unlimited": spaces.Box(-numpy.inf, numpy.inf, (1,), numpy.float32),
            "discrete": spaces.Discrete(3, start=-1),
            "several": spaces.Dict(
                {"way": spaces.MultiDiscrete([3, 5]), "on": spaces.MultiBinary(2), "force": spaces.Box(0, 2, (2, 1))}
            ),
        }[actions]
        self.observation_space = spaces.Dict(
            {"state": spaces.Box(-9, 9, (2,)), "touch": spaces.Discrete(2), "arm": spaces.Dict({"angle": spaces.Box(-9, 9, ())})}
        )

    def look(self):
        extra = {self.extra: numpy.float32(self.t)} if self.extra else {}
        return extra | {"state": numpy.array([self.x, self.t]), "touch": int(self.x > 0), "arm": {"angle": numpy.float32(0.5)}}

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.resets += 1
        # The bridge resets once by itself, to see what there is.
        if self.fault == "later" and self.resets > 3:
            raise RuntimeError("a later reset fails")
        if self.fault == "mark" and self.resets == 3:
            open("third", "w").close()
        self.x, self.t = (numpy.random.uniform() if self.fault == "random" else self.np_random.uniform(-0.5, 0.5)), 0
        self.goal = numpy.full((self.size, self.size, 3), 9, numpy.uint8)
        return self.look(), {"goal": self.goal, "text": "not a number", "count": 0}

    def start_helper(self, how):
        """Starts a process of ten minutes: a program, a fork that has all files open, or a fork that flees the session."""
        if how == "run":
            self.helper = subprocess.Popen(["sleep", "600"]).pid
            return
        ready, told = os.pipe()
        self.helper = os.fork()
        if self.helper == 0:
            if how == "flee":
                os.setsid()
            os.write(told, b".")
            time.sleep(600)
            os._exit(0)
        os.read(ready, 1)

    def step(self, action):
        self.t += 1
        print("environments may print")
        how, _, then = self.fault.partition(" and ")
        if how in ("run", "fork", "flee") and not self.helper:
            self.start_helper(how)
        if then == "crash" and self.t == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "raise" and self.t == 3:
            raise RuntimeError("the arm came off")
        if self.fault == "die" and self.t == 3:
            print("dying words", file=sys.stderr)
            os._exit(17)
        if self.fault == "exit" and self.t == 3:
            sys.exit("enough")
        if "hang" in (how, then) and self.t == 3:
            time.sleep(600)
        self.latest = action
        if isinstance(action, dict):
            assert self.action_space.contains(action), action
            self.x = float(sum(numpy.asarray(part, float).sum() for part in action.values()))
        else:
            assert self.action_space.contains(action) or self.fault == "open", action
            self.x += 0.1 * float(numpy.asarray(action).reshape(-1)[0])
        if self.fault == "nan" and self.t > 3:
            self.x = numpy.nan
        over = self.t == 7
        count = self.helper or self.t
        return self.look(), -abs(self.x), over, False, {"count": count, "is_success": over, "goal": self.goal}

    def render(self):
        if self.fault == "moving":
            self.x += 1e-9
        picture = numpy.zeros((self.size, self.size, 3), numpy.uint8)
        if self.fault == "blind":
            return picture + 7
        place = 0 if numpy.isnan(self.x) else int((self.x + 2) / 4 * self.size) % self.size
        picture[:, place] = (255, 128, 0)
        picture[: self.size // 2, :, 2] = numpy.arange(self.size)
        return picture


gymnasium.register("bridge/Dot-v0", entry_point=Dot)
gymnasium.register("bridge/Short-v0", entry_point=Dot, max_episode_steps=4)
