"""The two machines that run a package's own tests: CPython 3.11 with its own C API, and PyPy with this layer.

Each has a virtual environment for what the tests need, and each package a folder of its own for the package itself, with
its C code built from the same sdist.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "packages"
RECORDER = Path(__file__).with_name("recorder.py")
TIMEOUT = 3600                                  # seconds for one suite
MOST_CRASHES = 20                               # after so many the rest of a suite is not run
DIED = "the process died: "
BETWEEN = "(between tests)"


class HarnessError(Exception):
    """What keeps the harness from measuring, and what to do."""


class Machine:
    """A Python with a virtual environment under ``build/packages``; `folder` is its name there."""

    folder = title = None

    def __init__(self):
        self.home = HOME / self.folder

    def base_python(self):
        """Path of the Python that the virtual environment is made from."""
        raise NotImplementedError

    def build(self, package, sdist, site):
        """Install `sdist` with its C code into the folder `site`."""
        raise NotImplementedError

    def environment(self, package):
        return {}

    def pth_lines(self):
        """What the virtual environment's site reads beside the package's own folder."""
        return [str(self.home / "plugin")]

    @property
    def python(self):
        return self.home / "venv" / "bin" / "python"

    def prepare(self, requires):
        """Make the virtual environment and install the tests' requirements, unless they are there."""
        plugin = self.home / "plugin"
        plugin.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(RECORDER, plugin / "package_recorder.py")
        if not self.python.exists():
            run([self.base_python(), "-m", "venv", self.home / "venv"], self.home / "venv.log")
        stamp = self.home / "requires.json"
        have = set(json.loads(stamp.read_text())) if stamp.exists() else set()
        missing = set(requires) - have
        if missing:
            run([self.python, "-m", "pip", "install", "--disable-pip-version-check", *sorted(missing)],
                self.home / "requires.log")
            stamp.write_text(json.dumps(sorted(have | missing)))

    def site(self, package):
        return self.home / package.requirement / "site"

    def link(self, package):
        """Make the virtual environment find the package, and no other, as if installed: tests start ``python -I`` too."""
        folder = next((self.home / "venv").glob("lib/*/site-packages"))
        (folder / "package_under_test.pth").write_text("\n".join([str(self.site(package)), *self.pth_lines()]) + "\n")

    def run_tests(self, package, sdist):
        """Run the package's own tests; answer (outcomes, modules, crashes).

        `outcomes` is {test id: (outcome, reason)}, `modules` the set of extension modules that were loaded, `crashes` the
        ids of the tests during which the process died.  After each crash another process runs the rest.
        """
        home = self.home / package.requirement
        work = home / "work"
        shutil.rmtree(work, ignore_errors=True)
        unpack(sdist, work, package.files)
        settings = []
        if not has_configuration(work):         # else pytest goes up the folders and finds this project's
            (work / "pytest.ini").touch()
            settings = ["-c", "pytest.ini"]
        record = home / "record.jsonl"
        record.unlink(missing_ok=True)
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment = {**inherited, **self.environment(package), "PACKAGE_RECORD": str(record),
                       "PACKAGE_SITE": str(self.site(package)), "PYTHONDONTWRITEBYTECODE": "1",
                       "PYTHONNOUSERSITE": "1"}
        self.link(package)
        command = [self.python, "-m", "pytest", "-p", "package_recorder", "-p", "no:cacheprovider", "-q", "--tb=short",
                   "--color=no", "--continue-on-collection-errors", "--rootdir", ".", *settings, *package.arguments]
        crashes = []
        with open(home / "tests.log", "w", encoding="utf-8") as log:
            for _ in range(MOST_CRASHES):
                code = run_once(command, work, environment, log)
                if not record.exists() or code in (2, 3, 4):    # pytest's: interrupted, its own error, bad usage
                    raise HarnessError(f"pytest could not run the tests of {package.name} on {self.title}: "
                                       f"read {home / 'tests.log'}.")
                outcomes, modules, crashed = read_record(record, code)
                crashes = [test for test, (_, reason) in outcomes.items() if reason.startswith(DIED)]
                if crashed in (None, BETWEEN):
                    break
        return outcomes, modules, crashes


def run_once(command, folder, environment, log):
    """The exit status of `command`, or a text if it did not end."""
    try:
        return subprocess.run([str(word) for word in command], cwd=folder, env=environment, stdout=log,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=TIMEOUT).returncode
    except subprocess.TimeoutExpired:
        return f"no end after {TIMEOUT} s"


class CPython(Machine):
    folder = "cpython"
    title = "CPython 3.11"

    def base_python(self):
        named = os.environ.get("CPYTHON") or shutil.which("python3.11")
        if not named:
            raise HarnessError("no CPython 3.11 to compare with: install python3.11 or set $CPYTHON to its executable.")
        return named

    def build(self, package, sdist, site):
        run([self.python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps",
             "--no-binary", package.name, "--target", site, sdist], site.parent / "build.log")


class Here(Machine):
    """PyPy with this layer."""

    folder = "pypy"
    title = "PyPy + mooring"

    def base_python(self):
        if sys.implementation.name != "pypy":
            raise HarnessError("run this with the PyPy of the project's virtual environment: make packages.")
        return sys.executable

    def build(self, package, sdist, site):
        from capi.core.project import build_project
        build_project(sdist, target=site)

    def environment(self, package):
        return {"MOORING_AS_CPYTHON": "1"}      # during the import of packages built for the layer; see capi.core.as_cpython

    def pth_lines(self):
        return [*super().pth_lines(), str(ROOT), "import capi"]     # also in processes that the tests start


def built(machine, package, sdist):
    """The names of the extension modules in the package's folder, built now if it is not there."""
    site = machine.site(package)
    done = site.with_name("site.done")
    mark = f"{sdist.name} {stamp_of(machine)}"
    if not done.exists() or done.read_text() != mark:
        shutil.rmtree(site, ignore_errors=True)
        site.mkdir(parents=True)
        machine.build(package, sdist, site)
        done.write_text(mark)
    return {".".join(path.relative_to(site).with_name(path.name.split(".")[0]).parts) for path in site.rglob("*.so")}


def stamp_of(machine):
    """What a build depends on beside the sdist: this layer's headers, or nothing."""
    if machine.folder == "cpython":
        return ""
    from capi.core.build import headers_hash
    return headers_hash()


def fetch(package):
    """Path of the package's sdist, downloaded once."""
    folder = HOME / "sdists"
    folder.mkdir(parents=True, exist_ok=True)
    stem = package.name.lower().replace("-", "_")
    for path in folder.iterdir():
        if path.name.lower().replace("-", "_") == f"{stem}_{package.version}.tar.gz":
            return path
    from capi.core.project import fetch_sdist
    return fetch_sdist(package.requirement, folder)


def unpack(sdist, target, names):
    """Unpack the members of `sdist` that are or lie under one of `names` into `target`."""
    target.mkdir(parents=True)
    with tarfile.open(sdist) as archive:
        for member in archive:
            _, _, inner = member.name.partition("/")
            if any(inner == name or inner.startswith(name + "/") for name in names):
                member.name = inner
                archive.extract(member, target)


def has_configuration(folder):
    """True if the package brings its own settings for pytest."""
    project = folder / "pyproject.toml"
    return (folder / "pytest.ini").exists() or project.exists() and "[tool.pytest" in project.read_text(encoding="utf-8")


def read_record(path, code):
    """(outcomes, modules, crashed) of the lines that the recorder wrote; `crashed` is a test's id if the end is missing."""
    outcomes, modules, started, finished = {}, set(), None, False
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "start" in entry:
            if started:
                outcomes[started] = ("failed", DIED + "in an earlier run")
            started = entry["start"]
        elif "test" in entry:
            started = None
            outcomes[entry["test"]] = (entry["outcome"], entry["reason"])
        else:
            if started:
                outcomes[started] = ("failed", DIED + "in an earlier run")
            modules, started, finished = set(entry["modules"]), None, True
    if finished:
        return outcomes, modules, None
    crashed = started or BETWEEN
    outcomes[crashed] = ("failed", DIED + str(code))
    return outcomes, modules, crashed


def run(command, log):
    """Run `command`, its output in the file `log`; raise HarnessError if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8") as file:
        code = subprocess.run([str(word) for word in command], stdout=file, stderr=subprocess.STDOUT).returncode
    if code:
        raise HarnessError(f"`{' '.join(str(word) for word in command[:4])} ...` failed: read {log}.")
