"""Sets up libtorch and the libraries through which Swift calls it and our kernels, in .torch/ of the package.

    scripts/setup            set up; a second run only checks and takes no time
    scripts/setup --force    build the libraries again

TORCH_HOME=/path/to/torch    use this installation (a folder with lib/ and include/, such as site-packages/torch of a
                             Python environment, with CUDA if it has it) instead of the one from pip; remembered,
                             `make distclean` forgets it
CXX=clang++                  use this C++ compiler
"""

import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
TORCH = ROOT / ".torch"
VENV = TORCH / "venv"
MAC = platform.system() == "Darwin"
SUFFIX = ".dylib" if MAC else ".so"
LIBRARY = TORCH / "lib" / ("libctorch" + SUFFIX)
# What needs nothing of libtorch is a library of its own, which is there at once.
KERNELS = TORCH / "lib" / ("libkernels" + SUFFIX)
VERSION = "2.13.0"
# Exact, so that a fixture made once stays true; numpy is there for torch.from_numpy in the fixtures' scripts.
NUMPY = "numpy>=2,<3"
# Its wheel brings libhdf5, which is loaded when an HDF5 file is opened.
H5PY = "3.16.0"


def say(text):
    print(f"setup: {text}", flush=True)


def stop(text, remedy=""):
    print(f"setup: {text}", file=sys.stderr)
    if remedy:
        print(f"setup: run   {remedy}", file=sys.stderr)
    raise SystemExit(1)


def output(*command):
    """What a command prints, or None when it cannot be run."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


# What must be there already ------------------------------------------------------------------------------------------


def compiler():
    """The C++ compiler as a list of words, or None."""
    for name in [os.environ.get("CXX", "")] + (["clang++"] if MAC else ["g++", "c++", "clang++"]):
        words = name.split()
        if words and shutil.which(words[0]):
            return words
    return None


def compiles(words, header):
    return subprocess.run(
        [*words, "-std=c++20", "-fsyntax-only", "-x", "c++", "-"], input=f"#include {header}\n", text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def missing():
    """What is missing: texts, and the packages of Debian that bring it."""
    texts, packages = [], []

    def lacks(text, package=None):
        texts.append(text)
        if package:
            packages.append(package)

    found = re.search(r"Swift version (\d+)\.(\d+)", output("swift", "--version") or "")
    if not found:
        lacks("Swift is missing: install 6.1 or newer as https://www.swift.org/install says")
    elif (int(found[1]), int(found[2])) < (6, 1):
        lacks(f"Swift {found[1]}.{found[2]} is too old: install 6.1 or newer as https://www.swift.org/install says")
    needs_pip = not os.environ.get("TORCH_HOME") and not (TORCH / "home").exists()
    if sys.version_info < (3, 10):
        lacks(f"Python {platform.python_version()} is too old: libtorch's wheel needs 3.10 or newer", "python3")
    elif needs_pip and output(sys.executable, "-c", "import venv, ensurepip") is None:
        lacks("python3 has no venv", "python3-venv")
    words = compiler()
    if words is None:
        lacks("a C++ compiler is missing", "g++")
    elif not compiles(words, "<optional>"):
        lacks(f"{' '.join(words)} does not compile C++20", "g++")
    if not (compiles(words, "<zlib.h>") if words else MAC or pathlib.Path("/usr/include/zlib.h").exists()):
        lacks("zlib's header zlib.h is missing", "zlib1g-dev")
    return texts, packages


def check_tools():
    texts, packages = missing()
    for text in texts:
        print(f"setup: {text}", file=sys.stderr)
    if packages and MAC:
        print("setup: run   xcode-select --install", file=sys.stderr)
        if "python3" in packages:
            print("setup: run   brew install python", file=sys.stderr)
    elif packages:
        print(f"setup: run   sudo apt-get install {' '.join(packages)}", file=sys.stderr)
    if texts:
        raise SystemExit(1)


# libtorch ------------------------------------------------------------------------------------------------------------


def is_torch(folder):
    return (folder / "include" / "ATen" / "ATen.h").exists() and any((folder / "lib").glob("libtorch_cpu.*"))


def installed():
    """torch's folder in the environment of the package, when it is whole and of the right version."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return None
    found = next(iter(VENV.glob("lib/python3*/site-packages/torch")), None)
    if found is None or not is_torch(found):
        return None
    text = (found / "version.py").read_text() if (found / "version.py").exists() else ""
    match = re.search(r"__version__ = '([^'+]+)", text)
    # The stamp says that pip came to its end: a folder that was left half-way is not used.
    return found if match and match[1] == VERSION and (VENV / "complete").exists() else None


def install():
    say(f"installing libtorch {VERSION} from pip into .torch/venv (about 200 MB to download, 1 GB on disk)")
    if VENV.exists():
        shutil.rmtree(VENV)
    TORCH.mkdir(exist_ok=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode != 0:
        stop("no Python environment could be made",
             "brew install python" if MAC else "sudo apt-get install python3-venv")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    # Linux's plain wheel brings CUDA (several GB); the CPU build carries a local version where an index offers it.
    wanted = [f"torch=={VERSION}"] if MAC else [f"torch=={VERSION}+cpu", f"torch=={VERSION}"]
    for package in wanted:
        say(f"pip install {package}")
        if subprocess.run([*pip, package, NUMPY], check=False).returncode == 0:
            break
        if package != wanted[-1]:
            say(f"{package} is not to be had; trying {wanted[-1]}")
    else:
        stop(f"pip could not install torch=={VERSION}: see above",
             "make setup   again once the network or the disk is in order")
    (VENV / "complete").write_text(VERSION + "\n")
    found = installed()
    if found is None:
        stop("pip has installed torch, but its libraries and headers are not there", "rm -rf .torch && make setup")
    return found


def find_torch():
    """The installation that TORCH_HOME names, now or when it was last given; else the one from pip."""
    remembered = TORCH / "home"
    named = os.environ.get("TORCH_HOME")
    if not named and remembered.exists():
        named = remembered.read_text().strip()
        if not is_torch(pathlib.Path(named)):
            say(f"{named}, which TORCH_HOME named before, is gone")
            remembered.unlink()
            named = None
    if not named:
        return installed() or install()
    folder = pathlib.Path(named).expanduser().resolve()
    for candidate in (folder, folder / "torch"):
        if is_torch(candidate):
            TORCH.mkdir(exist_ok=True)
            remembered.write_text(f"{candidate}\n")
            return candidate
    stop(f"TORCH_HOME={named} has no include/ATen/ATen.h and lib/libtorch_cpu",
         "make setup   with TORCH_HOME naming a torch folder, or without it")


# HDF5 ----------------------------------------------------------------------------------------------------------------


def install_hdf5():
    """Installs h5py beside torch where it is missing. Nothing else needs it, so that a failure is only told."""
    python = VENV / "bin" / "python"
    if not python.exists() or any(VENV.glob(f"lib/python3*/site-packages/h5py-{H5PY}.dist-info")):
        return
    say(f"pip install h5py=={H5PY}, which brings libhdf5 for HDF5 files")
    done = run([str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--only-binary", ":all:",
                f"h5py=={H5PY}", NUMPY])
    if done.returncode != 0:
        say("h5py is not to be had; HDF5 files then need libhdf5 of the system")


# The libraries -------------------------------------------------------------------------------------------------------


def units():
    """The files of native/ in two compilations, each of which reads libtorch's headers, the costly part, once."""
    sources = sorted((ROOT / "native").glob("*.cpp"))
    return {TORCH / "build" / f"unit{i}.cpp": sources[i::2] for i in range(2)}


def interface(name, path):
    """What the Swift side was generated from; scripts/generate-loader computes the same."""
    return f'-D{name}="{hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:16]}"'


def commands(torch, words):
    """The compilations of both libraries, and their links."""
    flags = ["-std=c++20", "-O2", "-fPIC", "-fvisibility=hidden", "-Wall"]
    kernels = sorted((ROOT / "native/kernels").glob("*.cpp"))
    outputs = [TORCH / "build" / (path.stem + ".o") for path in kernels]
    plain = [*words, *flags, interface("CK_INTERFACE", "native/kernels/kernels.h")]
    compilations = [[*plain, "-c", str(path), "-o", str(out)] for path, out in zip(kernels, outputs)]
    named = ["-Wl,-install_name,@rpath/libkernels.dylib"] if MAC else ["-Wl,-soname,libkernels.so", "-pthread"]
    links = {KERNELS: [*words, "-shared", *map(str, outputs), *named]}

    flags += ["-DAT_PER_OPERATOR_HEADERS", interface("CT_INTERFACE", "native/ctorch.h"), f"-I{ROOT / 'native/kernels'}"]
    flags += ["-isystem", str(torch / "include"), "-isystem", str(torch / "include/torch/csrc/api/include")]
    if not MAC and uses_old_abi(torch):
        flags.append("-D_GLIBCXX_USE_CXX11_ABI=0")
    # Work is shared among libtorch's own threads, those of GCC's OpenMP; without them it is done on one.
    if not MAC and "clang" not in (output(*words, "--version") or "clang"):
        flags.append("-fopenmp")
    objects = [str(unit.with_suffix(".o")) for unit in units()]
    compilations += [[*words, *flags, "-c", str(unit), "-o", out] for unit, out in zip(units(), objects)]
    lib = torch / "lib"
    link = [*words, "-shared", *(flag for flag in flags if flag == "-fopenmp"), *objects, f"-L{lib}"]
    link += [f"-Wl,-rpath,{lib}", "-ltorch_cpu", "-lc10"]
    if MAC:
        link += ["-Wl,-install_name,@rpath/libctorch.dylib"]
    else:
        # CUDA's kernels register themselves when their library is loaded: nothing of ours calls them by name.
        link[-2:-2] = ["-Wl,-soname,libctorch.so", "-Wl,--allow-shlib-undefined", "-Wl,--no-as-needed"]
        if (lib / "libtorch_cuda.so").exists():
            link += ["-ltorch_cuda", "-lc10_cuda"]
    links[LIBRARY] = link
    return compilations, links


def uses_old_abi(torch):
    """Whether a libtorch was built with GCC's string type of before 2015, as downloads named pre-cxx11-abi are."""
    config = torch / "share/cmake/Torch/TorchConfig.cmake"
    return config.exists() and "_GLIBCXX_USE_CXX11_ABI=0" in config.read_text()


def fingerprint(torch, compilations, links):
    digest = hashlib.sha256()
    for path in sorted(path for path in (ROOT / "native").rglob("*") if path.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(repr((compilations, links)).encode())
    # Another version in the same folder changes this file.
    version = torch / "include/torch/headeronly/version.h"
    digest.update(version.read_bytes() if version.exists() else b"")
    return digest.hexdigest()


def build(torch, force):
    words = compiler()
    compilations, links = commands(torch, words)
    stamp = TORCH / "lib" / "stamp"
    wanted = fingerprint(torch, compilations, links)
    if not force and all(map(pathlib.Path.exists, links)) and stamp.exists() and stamp.read_text() == wanted:
        return False
    say(f"building {KERNELS.relative_to(ROOT)}, and {LIBRARY.name} against {torch} with {' '.join(words)}")
    (TORCH / "build").mkdir(parents=True, exist_ok=True)
    (TORCH / "lib").mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    for unit, sources in units().items():
        unit.write_text("".join(f'#include "{source}"\n' for source in sources))
    with ThreadPoolExecutor() as pool:
        for done in pool.map(run, compilations):
            if done.returncode != 0:
                stop(f"the compiler failed:\n{done.stdout}")
    for library, link in links.items():
        unfinished = library.with_name(library.name + ".new")
        done = run([*link, "-o", str(unfinished)])
        if done.returncode != 0:
            stop(f"the linker failed:\n{done.stdout}")
        # Renamed when it is whole: programs that run keep the old one.
        unfinished.replace(library)
    stamp.write_text(wanted)
    say(f"built in {time.monotonic() - started:.0f} s")
    return True


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def main():
    if set(sys.argv[1:]) - {"--force"}:
        print(__doc__.strip())
        raise SystemExit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 64)
    force = "--force" in sys.argv
    check_tools()
    torch = find_torch()
    install_hdf5()
    build(torch, force)
    say(f"libtorch is ready: {LIBRARY.relative_to(ROOT)}, against {torch}")


main()
