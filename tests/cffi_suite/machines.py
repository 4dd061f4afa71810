"""The two machines, each with cffi's sdist and a Python that has cffi, pytest and setuptools; all of it below ``build/cffi_suite``."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.loader import compiler_for

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "cffi_suite"
CFFI = "cffi==2.1.1"
TIMEOUT = 2400                                         # seconds for one file of tests
OVERLAY = """\
import sys
sys.path[:0] = [path for path in [{root!r}] if path not in sys.path]
del sys.modules["cffi"]
import ffi.compat
ffi.compat.install()
sys.modules["cffi"].__file__ = __file__
"""
ENTRY_POINTS = "[distutils.setup_keywords]\ncffi_modules = ffi.setuptools_ext:cffi_modules\nffi_modules = ffi.setuptools_ext:ffi_modules\n"
GEN_SRC = "#!{python}\nimport sys\nfrom ffi.gen_src import main\nimport cffi\nmain(prog='cffi-gen-src')\n"


class Failure(Exception):
    """The suite cannot be run; says why."""


def call(command, **keywords):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **keywords)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return done.stdout


def requirement(name):
    lines = (ROOT / "tools" / "requirements.txt").read_text().splitlines()
    return next((line.strip() for line in lines if line.startswith(name + "==")), name)


def sdist(python):
    """The unpacked sdist of cffi, fetched at the first call."""
    folder = HOME / "sdist"
    if not folder.exists():
        call([python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "cffi", "--no-build-isolation", "--dest", HOME / "fetched", CFFI])
        [archive] = (HOME / "fetched").glob("cffi-*.tar.gz")
        with tarfile.open(archive) as file:
            file.extractall(HOME / "unpacked", filter="data")
        next((HOME / "unpacked").iterdir()).rename(folder)
    return folder


def cpython(home, packages=()):
    """The Python of a virtual environment of CPython with cffi."""
    from tests.oracle import find_cpython
    return environment(home / "cpython" / "venv", find_cpython(), [CFFI, *packages])


def pypy(home, packages=()):
    """The Python of a virtual environment of PyPy, which has cffi built in."""
    python = ROOT / ".venv" / "bin" / "python" if sys.implementation.name != "pypy" else Path(sys.executable)
    return environment(home / "pypy" / "venv", python, packages)


def environment(folder, base, packages):
    wanted = [*packages, requirement("pytest"), requirement("setuptools"), "wheel"]
    stamp, python = folder / "installed", folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != "\n".join(wanted):
        prefix = call([base, "-c", "import sys; print(sys.base_prefix + '|' + sys.implementation.name)"]).strip().split("|")
        real = next((p for p in (Path(prefix[0]) / "bin" / name for name in ("pypy3", "python3")) if p.exists()), base)
        call([real, "-m", "venv", "--clear", folder])
        call([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted])
        stamp.write_text("\n".join(wanted))
    return python


MACHINES = {"cpython": cpython, "pypy": pypy}


def overlay(python, folder, root):
    """A folder for PYTHONPATH in which `cffi` is the `ffi` of the folder `root`, with the setup() keyword and the console script that an installed `ffi` has."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in (("cffi/__init__.py", OVERLAY.format(root=str(root))), ("ffi_suite-1.dist-info/entry_points.txt", ENTRY_POINTS),
                          ("ffi_suite-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: ffi-suite\nVersion: 1\n"),
                          ("bin/cffi-gen-src", GEN_SRC.format(python=python))):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "bin" / "cffi-gen-src").chmod(0o755)
    return folder


def variables(home, machine, side, python, root=ROOT):
    """The environment of a run, in which `cffi` is the `ffi` of `root` on side "ours"; what it needs is made below the folder `home`."""
    made = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
    made.update(FFI_SUITE=side, PYTHONDONTWRITEBYTECODE="1", PATH=f"{python.parent}{os.pathsep}{made['PATH']}")
    path = [str(root)]
    if side == "ours":
        folder = overlay(python, home / machine / "overlay", root)
        path.insert(0, str(folder))
        made["PATH"] = f"{folder / 'bin'}{os.pathsep}{made['PATH']}"
    made["PYTHONPATH"] = os.pathsep.join(path)
    compiler = shutil.which("cc")
    if compiler:                                       # of the programs with Python inside that the suite makes
        compiler_for(python, home / machine / "compiler", compiler)
        made["PATH"] = f"{home / machine / 'compiler'}{os.pathsep}{made['PATH']}"
    if machine == "pypy":
        headers = call([sys.executable, ROOT / "tools" / "get_pypy.py", "--peer-headers"]).split()
        made["CPATH"] = os.pathsep.join(headers)
    return made


def run(machine, side, names, done):
    """test -> outcome, of some files of the suite (all of them without names), but not of those that are `done`."""
    python = MACHINES[machine](HOME, ["virtualenv"])      # which test_zintegration calls
    folder = HOME / machine / side / "suite"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sdist(python), folder)
    files = sorted(str(path.relative_to(folder / "testing")) for path in (folder / "testing").rglob("test_*.py"))
    environ, results = variables(HOME, machine, side, python), {}
    for file in files:
        if file in done or names and not any(name in file for name in names):
            continue
        results[file] = "ran"
        results.update(run_file(python, folder, file, environ, HOME / machine / side))
    return results


def run_file(python, folder, file, environ, home):
    out = home / (file.replace("/", ".") + ".json")
    out.unlink(missing_ok=True)
    log = out.with_suffix(".log")
    print(f"cffi_suite: {home.parent.name}, {home.name}: {file}", file=sys.stderr, flush=True)
    with log.open("w") as stream:
        command = [str(python), "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider", "-p", "tests.cffi_suite.plugin",
                   "-c", str(folder / "pyproject.toml"), "--rootdir", str(folder), f"testing/{file}"]
        try:
            subprocess.run(command, cwd=folder, env={**environ, "FFI_SUITE_OUT": str(out)}, stdout=stream, stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            pass
    return json.loads(out.read_text()) if out.exists() else {file: "broken"}
