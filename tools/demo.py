"""Build four real packages for this layer, run them on PyPy, and compare their speed: ``python -m tools.demo``.

The same sdists are built for CPython and for PyPy's own C API (cpyext), each into its own folder below ``build/demo``.
Nothing is built twice; the calls are timed anew each time, each package on each machine in a process of its own.
"""

import concurrent.futures
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from capi.core.build import BuildError, headers_hash
from capi.core.progress import Progress
from capi.core.project import build_project, fetch_sdist
from microbench.machines import Unavailable, find_cpython, probe
from tools import get_pypy
from tools.demo_calls import PACKAGES

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "demo"
CALLS = Path(__file__).with_name("demo_calls.py")
VERSIONS = {"MarkupSafe": "3.0.4", "wrapt": "2.5.2", "ujson": "6.1.0", "msgpack": "1.2.4"}
TIMEOUT = 300                                   # seconds for one package's calls on one machine


class Machine:
    """Where a package is built and run; `absent` says why it cannot be, or is None."""

    name = facts = None

    def __init__(self):
        self.home, self.absent = HOME / self.name, None

    def prepare(self):
        """Find what builds and runs; raise Unavailable or OSError with the reason."""

    def mark(self):
        """What a build depends on beside its sdist."""

    def build(self, sdist, site):
        """Build `sdist` into the folder `site`; raise BuildError or CalledProcessError."""

    def command(self):
        """How to run ``demo_calls.py``."""

    def built(self, package, sdist):
        """The folder with the package, built unless it is there; or why there is none, as BuildError."""
        site = self.home / package
        done = site.with_name(package + ".done")
        mark = f"{sdist.name} {self.mark()}"
        if not done.exists() or done.read_text() != mark:
            shutil.rmtree(site, ignore_errors=True)
            site.mkdir(parents=True)
            self.build(sdist, site)
            done.write_text(mark)
        return site


class Here(Machine):
    """PyPy with this layer."""

    name = "mooring"

    def mark(self):
        return f"{sys.version} {headers_hash()}"

    def build(self, sdist, site):
        build_project(sdist, target=site)

    def command(self):
        return [sys.executable, CALLS]


class Peer(Machine):
    """A Python with its own C API, its packages built by pip in a virtual environment."""

    environment = {}

    def prepare(self):
        self.python = self.home / "venv" / "bin" / "python"
        if not self.python.exists():
            executable = str(self.base())
            done = subprocess.run([executable, "-m", "venv", "--clear", self.home / "venv"], capture_output=True, text=True)
            if done.returncode:
                raise Unavailable(f"{executable} -m venv failed; install the venv package of that Python")
        self.facts = probe(str(self.python))

    def mark(self):
        return self.facts["version"]

    def build(self, sdist, site):
        log = site.with_name(site.name + ".log")
        with tempfile.TemporaryDirectory() as folder, open(log, "w", encoding="utf-8") as file:
            command = [self.python, "-m", "pip", "wheel", "--disable-pip-version-check", "--no-deps", "--no-cache-dir",
                       "--wheel-dir", folder, sdist]
            code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  env={**os.environ, **self.environment}).returncode
            if code:
                raise BuildError(f"does not build (read {log.relative_to(ROOT)})")
            for wheel in Path(folder).iterdir():
                shutil.unpack_archive(wheel, site, "zip")

    def command(self):
        return [self.python, CALLS]


# Packages leave out their C code on PyPy; as for this layer, their build scripts are told that they run on CPython.
AS_CPYTHON = """\
import importlib.util
spec = importlib.util.spec_from_file_location("mooring_as_cpython", {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.present_to_build()
"""
AS_CPYTHON_PTH = "import os; any(name.endswith('_BUILD_BACKEND') for name in os.environ) and __import__('demo_as_cpython')\n"


class Cpyext(Peer):
    name = "cpyext"

    def base(self):
        return sys._base_executable if hasattr(sys, "_base_executable") else sys.executable

    def prepare(self):
        super().prepare()
        site = next(self.home.glob("venv/lib/pypy*/site-packages"))
        (site / "demo_as_cpython.py").write_text(AS_CPYTHON.format(path=str(ROOT / "capi" / "core" / "as_cpython.py")))
        (site / "demo_as_cpython.pth").write_text(AS_CPYTHON_PTH)
        folders = get_pypy.peer_headers(self.python)
        self.environment = {"C_INCLUDE_PATH": os.pathsep.join(map(str, folders))}


class CPython(Peer):
    name = "CPython"

    def base(self):
        return find_cpython()["executable"]

    def prepare(self):
        find_cpython()
        super().prepare()


def fetch_all():
    """{package: path of its sdist}, downloaded once."""
    folder = HOME / "sdists"
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for package, version in VERSIONS.items():
        there = [path for path in folder.iterdir() if path.name.lower() == f"{package}-{version}.tar.gz".lower()]
        found[package] = there[0] if there else Path(fetch_sdist(f"{package}=={version}", folder))
    return found


def build_all(machines, sdists):
    """{(machine name, package): its folder, or why there is none}; the machines build side by side."""
    def on(machine):
        places = {}
        try:
            machine.prepare()
        except (Unavailable, OSError, subprocess.CalledProcessError) as reason:
            machine.absent = str(reason)
        for package, sdist in sdists.items():
            progress.step(f"{package} for {machine.name}")
            try:
                if machine.absent:
                    raise BuildError(machine.absent)
                places[machine.name, package] = machine.built(package, sdist)
            except BuildError as reason:
                places[machine.name, package] = str(reason)
        return places

    workers = min(len(machines), os.cpu_count() or 1)
    with Progress("build", len(machines) * len(sdists)) as progress, concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return {place: folder for places in pool.map(on, machines) for place, folder in places.items()}


def run_calls(machine, package, site):
    """(facts, trouble): the JSON lines of one process, and why they end early, or None."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}
    command = [*machine.command(), package, *(["--layer"] if machine.name == "mooring" else [])]
    try:
        done = subprocess.run([str(word) for word in command], env=environment, cwd=HOME, capture_output=True, text=True,
                              timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return [], f"no end after {TIMEOUT} s"
    facts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode < 0:
        return facts, f"crashes ({signal.Signals(-done.returncode).name})"
    if done.returncode:
        return facts, "fails: " + (done.stderr.strip().splitlines() or ["without a word"])[-1]
    return facts, None


def measure_all(machines, places):
    """{(machine name, package): (facts, trouble)}, one process after another."""
    results = {}
    with Progress("time", len(places)) as progress:
        for package, machine in itertools.product(PACKAGES, machines):
            progress.step(f"{package} on {machine.name}")
            place = places[machine.name, package]
            absent = isinstance(place, str)
            results[machine.name, package] = ([], place) if absent else run_calls(machine, package, place)
    return results


def show(results):
    """Print what each package did on PyPy with this layer."""
    for package in PACKAGES:
        facts, trouble = results["mooring", package]
        print(f"\n{package} {VERSIONS[package]}")
        for fact in facts:
            if "file" in fact:
                print(f"    {fact['module']} from {os.path.relpath(fact['file'], ROOT) if fact['file'] else 'nowhere'}")
            if "shown" in fact:
                print(f"    >>> {fact['expression']}\n    {fact['shown']}")
        if trouble:
            print(f"    {trouble}")


def table(results, machines):
    """The lines of the table, and its footnotes."""
    notes, lines = [], [f"{'ns per call':<42}" + "".join(f"{machine.name:>12}" for machine in machines)]
    for package, (_, _, _, calls) in PACKAGES.items():
        lines.append(package)
        for label in calls:
            cells = [cell(results, machine, package, label, notes) for machine in machines]
            lines.append(f"  {label:<40}" + "".join(f"{text:>12}" for text in cells))
    return lines, notes


def cell(results, machine, package, label, notes):
    """One figure, or a dash, with the number of the footnote that explains it."""
    facts, trouble = results[machine.name, package]
    figure = next((f"{fact['ns']:,.0f}" for fact in facts if fact.get("call") == label), None)
    loaded = next((fact["file"] for fact in facts if "file" in fact), "")
    note = None
    if figure is None:
        note = f"{package} on {machine.name}: {trouble}"
    elif loaded is None:
        note = f"{package} on {machine.name}: the package leaves its C code out there; this is its pure-Python code"
    if not note:
        return figure
    if note not in notes:
        notes.append(note)
    return f"{figure or '-'} [{notes.index(note) + 1}]"


def main():
    machines = [Here(), Cpyext(), CPython()]
    started = time.monotonic()
    try:
        sdists = fetch_all()
    except BuildError as reason:
        sys.exit(f"demo: {reason}")
    results = measure_all(machines, build_all(machines, sdists))
    show(results)
    lines, notes = table(results, machines)
    print("\n" + "\n".join(lines))
    for number, note in enumerate(notes, 1):
        print(f"[{number}] {note}")
    pypy = "PyPy " + ".".join(map(str, sys.pypy_version_info[:3]))
    cpython = next((f", CPython {machine.facts['version'].split()[0]}" for machine in machines if machine.name == "CPython"
                    and machine.facts), "")
    print(f"\nMedians of 5 runs on {pypy}{cpython}; each package on each machine in a process of its own. "
          f"All of it took {time.monotonic() - started:.0f} s.")
    broken = [package for package in PACKAGES if results["mooring", package][1]]
    if broken:
        sys.exit(f"demo: {', '.join(broken)} did not run through.")


if __name__ == "__main__":
    main()
