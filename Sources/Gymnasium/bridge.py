"""Runs one Gymnasium environment for Foresight, which starts this file and talks to it.

Requests and answers are lines of JSON on standard input and output. Actions, numbers and pictures lie in one shared
file that both sides map; nothing is pickled. The file is laid out as 64-bit floats

    reward, terminated, truncated, success | the action | the columns, one after the other

and behind them the bytes of one picture, [height, width, 3]. Needs gymnasium and numpy, nothing else.
"""

import faulthandler
import importlib
import importlib.util
import json
import mmap
import os
import signal
import sys
import threading
import time
import traceback

PROTOCOL = 1
HEADER = 4
# What registers the environments of a namespace, for names that stand without a module.
NAMESPACES = {"swm": "stable_worldmodel", "ALE": "ale_py"}
# A column of more numbers is no measurement, but something like a picture or a map.
LARGEST_COLUMN = 4096


class Refusal(Exception):
    """An error with a kind that the other side turns into one of its own."""

    def __init__(self, kind, message, **details):
        super().__init__(message)
        self.answer = {"error": message, "kind": kind, **details}


def start():
    """Keeps the streams of the protocol for itself: what an environment prints goes to standard error."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    answers = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Pictures are drawn without a window.
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("MUJOCO_GL", "egl")
    try:
        os.setpgid(0, 0)
    except OSError:
        pass
    return requests, answers


def leave(status):
    """Ends this process and all that the environment has started, which are in its group."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(status)


def watch(patience):
    """Ends this process soon after its parent has ended, whatever the environment is doing."""
    parent = os.getppid()
    nowhere = open(os.devnull, "w")

    def look():
        while True:
            if os.getppid() != parent:
                leave(3)
            # Where compiled code keeps this thread from running, a clock without Python ends the process.
            faulthandler.dump_traceback_later(patience + 30, exit=True, file=nowhere)
            time.sleep(0.5)

    threading.Thread(target=look, daemon=True).start()


# Actions


def bounds(space):
    """The channels of a space of actions: name, least and greatest value, whether only whole numbers count."""
    from gymnasium import spaces

    def limit(value):
        value = float(value)
        # Gymnasium writes the greatest number of a type for "no limit", too.
        return value if abs(value) < 1e30 else None

    def parts(space, name):
        if isinstance(space, spaces.Dict):
            return [part for key, below in space.spaces.items() for part in parts(below, f"{name}.{key}")]
        if isinstance(space, spaces.Tuple):
            return [part for index, below in enumerate(space.spaces) for part in parts(below, f"{name}.{index}")]
        if isinstance(space, spaces.Discrete):
            return [(name, int(space.start), int(space.start + space.n - 1), True)]
        if isinstance(space, spaces.MultiDiscrete):
            least = numpy.broadcast_to(getattr(space, "start", 0), space.nvec.shape).ravel()
            pairs = [(int(a), int(a + n - 1), True) for a, n in zip(least, space.nvec.ravel())]
        elif isinstance(space, spaces.MultiBinary):
            pairs = [(0, 1, True)] * int(numpy.prod(space.shape))
        elif isinstance(space, spaces.Box):
            whole = numpy.issubdtype(space.dtype, numpy.integer)
            pairs = [(limit(a), limit(b), whole) for a, b in zip(space.low.ravel(), space.high.ravel())]
        else:
            raise Refusal("usage", f"actions of the space {type(space).__name__} are not numbers")
        return [(f"{name}_{index}" if len(pairs) > 1 else name, *pair) for index, pair in enumerate(pairs)]

    return [
        {"name": name, "low": low, "high": high, "whole": bool(whole)} for name, low, high, whole in parts(space, "action")
    ]


def compose(space, numbers):
    """An action of a space from an iterator over its numbers."""
    from gymnasium import spaces

    if isinstance(space, spaces.Dict):
        return {key: compose(below, numbers) for key, below in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(compose(below, numbers) for below in space.spaces)
    if isinstance(space, spaces.Discrete):
        return space.dtype.type(round(next(numbers)))
    count = int(numpy.prod(space.shape))
    values = numpy.array([next(numbers) for _ in range(count)], dtype=numpy.float64)
    if numpy.issubdtype(space.dtype, numpy.integer):
        values = numpy.rint(values)
    return values.astype(space.dtype).reshape(space.shape)


# What is seen


def plain(value):
    """An array of what may be an array, a tensor, a number; None for anything else."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, (bool, int, float)):
        return numpy.asarray(value, dtype=numpy.float64)
    if isinstance(value, (numpy.ndarray, numpy.generic)) and value.dtype.kind in "biuf":
        return numpy.asarray(value)
    return None


def is_picture(value):
    return value is not None and value.dtype == numpy.uint8 and value.ndim == 3 and value.shape[2] in (1, 3, 4)


def walk(name, value, found):
    """Collects the numbers in an observation under names with dots between."""
    if isinstance(value, dict):
        for key, below in value.items():
            walk(f"{name}.{key}" if name else str(key), below, found)
        return
    if isinstance(value, (tuple, list)):
        for index, below in enumerate(value):
            walk(f"{name}.{index}" if name else str(index), below, found)
        return
    array = plain(value)
    if array is not None and not is_picture(array) and 0 < array.size <= LARGEST_COLUMN:
        # A slash would be a folder in some formats of files.
        found.setdefault(name.replace("/", "."), array)


def columns(observation, info):
    """The numbers of an observation and of the information beside it, by the names of columns."""
    found = {}
    walk("" if isinstance(observation, dict) else "observation", observation, found)
    beside = {}
    walk("", info, beside)
    for name, array in beside.items():
        found.setdefault(name if name in ("state", "proprio") else f"info.{name}", array)
    if "state" in found or "observation" not in found:
        return found
    return {"state" if name == "observation" else name: array for name, array in found.items()}


# Pictures


def weights(source, target):
    """The rows or columns that each of `target` is a mean of, and how much each counts: by the area that they share."""
    edges = numpy.arange(target + 1) * (source / target)
    first = numpy.floor(edges[:-1]).astype(int)
    span = int(numpy.max(numpy.ceil(edges[1:] - 1e-9).astype(int) - first))
    places = first[:, None] + numpy.arange(span)
    shares = numpy.minimum(places + 1, edges[1:, None]) - numpy.maximum(places, edges[:-1, None])
    shares = numpy.clip(shares, 0, None)
    shares /= shares.sum(axis=1, keepdims=True)
    return numpy.minimum(places, source - 1).T, shares.T.astype(numpy.float32)


class Shrinker:
    """Pictures of another size, by averages over areas."""

    def __init__(self):
        self.known = {}

    def __call__(self, picture, height, width):
        if picture.shape[:2] == (height, width):
            return picture
        key = (picture.shape[:2], height, width)
        if key not in self.known:
            self.known[key] = (weights(picture.shape[0], height), weights(picture.shape[1], width))
        (rows, down), (places, across) = self.known[key]
        part = sum(picture[r] * w[:, None, None] for r, w in zip(rows, down))
        part = sum(part[:, c] * w[None, :, None] for c, w in zip(places, across))
        return numpy.rint(part).astype(numpy.uint8)


def three_channels(picture):
    """Red, green and blue of a picture as environments give it."""
    picture = plain(picture)
    if picture is None or picture.dtype != numpy.uint8 or picture.ndim not in (2, 3):
        return None
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.shape[2] == 1:
        return numpy.repeat(picture, 3, axis=2)
    return picture[:, :, :3] if picture.shape[2] in (3, 4) else None


# The environment


class Bridge:
    def __init__(self):
        self.env = None
        self.shrink = Shrinker()
        self.observation, self.info = None, {}
        self.numbers, self.bytes = None, None
        self.names, self.varied = [], []

    def make(self, id, imports, arguments, varied):
        for name in imports:
            self.load(name)
        bare = id.split(":")[-1]
        if ":" in id:
            self.load(id.split(":")[0])
        elif "/" in bare:
            space = bare.split("/")[0]
            if space in NAMESPACES and not any(key.startswith(space + "/") for key in gymnasium.registry):
                self.load(NAMESPACES[space])
        try:
            self.env = self.build(bare, arguments)
        except gymnasium.error.DependencyNotInstalled as error:
            raise Refusal("missing", str(error)) from error
        except ModuleNotFoundError as error:
            raise Refusal("missing", f"No module named {error.name!r}", module=error.name) from error
        except (gymnasium.error.UnregisteredEnv, gymnasium.error.DeprecatedEnv) as error:
            near = [] if "mean" in str(error) else self.near(bare)
            raise Refusal("unknown", str(error), near=near) from error
        self.varied = varied
        self.check_variations(varied)
        self.reset(seed=0, options={})
        found = self.found()
        self.names = [(name, int(array.size)) for name, array in found.items()]
        try:
            picture = self.own_picture()
        except Exception:
            # Said when a picture is asked for; numbers may be all that is wanted.
            picture = None
        return {
            "actions": bounds(self.env.action_space),
            "columns": [{"name": name, "shape": list(array.shape)} for name, array in found.items()],
            "fps": self.rate(),
            "native": None if picture is None else list(picture.shape[:2]),
            "has_variations": self.variations() is not None,
            "steps": getattr(self.env.spec, "max_episode_steps", None),
        }

    @staticmethod
    def load(name):
        try:
            if name.endswith(".py"):
                if not os.path.exists(name):
                    raise Refusal("usage", f"there is no file {name} to import")
                own = os.path.splitext(os.path.basename(name))[0]
                spec = importlib.util.spec_from_file_location(own, name)
                module = importlib.util.module_from_spec(spec)
                sys.modules[own] = module
                spec.loader.exec_module(module)
            else:
                importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise Refusal("missing", f"No module named {error.name!r}", module=error.name) from error

    @staticmethod
    def build(id, arguments):
        options = {"render_mode": "rgb_array", **arguments}
        try:
            return gymnasium.make(id, disable_env_checker=True, **options)
        except TypeError as error:
            if "render_mode" not in str(error) or "render_mode" in arguments:
                raise
            return gymnasium.make(id, disable_env_checker=True, **arguments)

    @staticmethod
    def near(id):
        import difflib

        return difflib.get_close_matches(id, list(gymnasium.registry), n=3, cutoff=0.5)

    def rate(self):
        value = (self.env.metadata or {}).get("render_fps")
        return float(value) if value else None

    def variations(self):
        return getattr(self.env.unwrapped, "variation_space", None)

    def check_variations(self, names):
        space = self.variations()
        if not names:
            return
        if space is None:
            raise Refusal("usage", f"{self.env.spec.id} has no variations, which are a thing of stable-worldmodel")
        known = list(space.names())
        for name in names:
            if name not in known and name != "all":
                raise Refusal("usage", f"{self.env.spec.id} has no variation {name}", known=known)

    def found(self):
        found = columns(self.observation, self.info)
        for name in self.varied:
            value = self.variations()
            for part in name.split("."):
                value = value[part]
            walk(f"factor.{name}", value.value, found)
        return found

    def attach(self, path, action, columns, picture):
        file = os.open(path, os.O_RDWR)
        size = 8 * (HEADER + action + columns)
        memory = mmap.mmap(file, size + picture)
        os.close(file)
        self.numbers = numpy.frombuffer(memory, dtype=numpy.float64, count=HEADER + action + columns)
        self.bytes = numpy.frombuffer(memory, dtype=numpy.uint8, offset=size)
        self.action = self.numbers[HEADER : HEADER + action]
        self.values = self.numbers[HEADER + action :]
        return {}

    def tell(self, reward, terminated, truncated):
        success = self.info.get("is_success", self.info.get("success", numpy.nan)) if self.info else numpy.nan
        try:
            success = float(numpy.asarray(success).reshape(-1)[0])
        except (TypeError, ValueError, IndexError):
            success = numpy.nan
        self.numbers[:HEADER] = (float(reward), bool(terminated), bool(truncated), success)
        found = self.found()
        place = 0
        for name, count in self.names:
            array = found.get(name)
            there = array is not None and array.size == count
            self.values[place : place + count] = array.ravel() if there else numpy.nan
            place += count

    def reset(self, seed, options):
        self.check_variations([*options.get("variation", []), *options.get("variation_values", {})])
        values = options.get("variation_values")
        if values:
            options = {**options, "variation_values": {k: self.typed(k, v) for k, v in values.items()}}
        self.observation, self.info = self.env.reset(seed=seed, options=options or None)
        if self.numbers is not None:
            self.tell(0, False, False)
        return {}

    def typed(self, name, value):
        space = self.variations()
        for part in name.split("."):
            space = space[part]
        if hasattr(space, "n") and not getattr(space, "shape", ()):
            return int(value)
        value = numpy.asarray(value, dtype=space.dtype).reshape(space.shape)
        if not space.contains(value):
            raise Refusal("usage", f"{name}={value.tolist()} is not within {space}")
        return value

    def step(self):
        action = compose(self.env.action_space, iter(self.action.tolist()))
        self.observation, reward, terminated, truncated, self.info = self.env.step(action)
        self.tell(reward, terminated, truncated)
        return {}

    def own_picture(self):
        # Whatever render_mode says: some environments draw without knowing of it.
        picture = three_channels(self.env.render())
        if picture is None:
            seen = self.observation
            picture = three_channels(seen) if is_picture(plain(seen)) else None
        return picture

    def render(self, width, height):
        picture = self.own_picture()
        if picture is None:
            raise Refusal("usage", f"{self.env.spec.id} draws no pictures: render() gives no array [height, width, 3]")
        return self.show(picture, width, height)

    def goal(self, width, height):
        value = self.info.get("goal")
        if value is None and isinstance(self.observation, dict):
            value = self.observation.get("goal")
        picture = three_channels(value) if is_picture(plain(value)) else None
        return {"there": False} if picture is None else self.show(picture, width, height)

    def show(self, picture, width, height):
        picture = self.shrink(picture, height, width)
        self.bytes[: picture.size] = picture.ravel()
        return {"there": True}


def serve():
    requests, answers = start()

    def answer(value):
        os.write(answers, (json.dumps(value) + "\n").encode())

    global gymnasium, numpy
    try:
        import numpy
        import gymnasium
    except ModuleNotFoundError as error:
        answer({"error": f"No module named {error.name!r}", "kind": "missing", "module": error.name})
        return
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}", "kind": "failure"})
        return
    answer({"protocol": PROTOCOL, "python": sys.version.split()[0], "gymnasium": gymnasium.__version__})
    bridge = Bridge()
    for line in requests:
        request = json.loads(line)
        what = request.pop("do")
        if what == "close":
            break
        if what == "watch":
            watch(request["patience"])
            answer({})
            continue
        try:
            value = getattr(bridge, what)(**request)
        except Refusal as refusal:
            value = refusal.answer
        except (Exception, SystemExit) as error:
            last = traceback.format_exception_only(error)[-1].strip()
            where = traceback.extract_tb(error.__traceback__)
            place = f"{os.path.basename(where[-1].filename)}:{where[-1].lineno}" if where else ""
            traceback.print_exc()
            value = {"error": last, "kind": "failure", "place": place}
        answer(value)
    try:
        if bridge.env is not None:
            bridge.env.close()
    finally:
        leave(0)


serve()
