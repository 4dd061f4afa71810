"""Build and test packages that use cffi, with cffi and with `ffi`: ``python -m tests.cffi_users [--machine cpython|pypy] [NAMES]``.

Each package is built twice from its sdist, and its own tests run on both builds: with cffi itself, and with `import cffi` giving `ffi`
(`ffi.compat`), for its build too.  Everything is below ``build/cffi_users``; ``<machine>/<side>/<package>/build.log`` and ``tests.log``
there say what went wrong.  Exit status 1 if a test passes with cffi and not with `ffi`.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.cffi_suite.machines import MACHINES, ROOT, Failure, call, variables

from .table import USERS

HOME = ROOT / "build" / "cffi_users"
SIDES = {"cffi": "cffi", "ours": "ffi"}
TIMEOUT = 2400                                         # seconds for the tests of one package
PIP = ["-m", "pip", "--disable-pip-version-check"]


def sdist(python, user):
    """The unpacked sdist, fetched at the first call."""
    folder = HOME / "sdists" / f"{user.name}-{user.version}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as fetched:
            call([python, *PIP, "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", fetched,
                  f"{user.name}=={user.version}"])
            [archive] = Path(fetched).iterdir()
            with tarfile.open(archive) as file:
                file.extractall(f"{fetched}/unpacked", filter="data")
            if not folder.exists():                    # of another run
                next(Path(fetched, "unpacked").iterdir()).rename(folder)
    return folder


def built(python, user, source, home, environ):
    """Install the package into the folder `site`, from a fresh copy of its source."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(source, home / "source")
    with (home / "build.log").open("w") as log:
        done = subprocess.run([str(python), *PIP, "install", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--no-index", "-v",
                               "--target", str(home / "site"), str(home / "source")], env=environ, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failure(f"{user.name} cannot be built: read {home / 'build.log'}")


def tested(python, user, home, environ):
    """test -> outcome."""
    work, out = home / "work", home / "outcomes.json"
    for name in user.files:
        shutil.copytree(home / "source" / name, work / name)
    work.mkdir(exist_ok=True)
    (work / "pytest.ini").write_text("[pytest]\n")
    command = [str(python), "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider", "-p", "cffi_users_plugin", "-c", "pytest.ini",
               *user.tests]
    with (home / "tests.log").open("w") as log:
        try:
            subprocess.run(command, cwd=work, env={**environ, "FFI_USER_OUT": str(out), "FFI_USER_BOUND": user.bound}, stdout=log,
                           stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            pass
    if not out.exists():
        raise Failure(f"the tests of {user.name} did not run to their end: read {home / 'tests.log'}")
    written = json.loads(out.read_text())
    if written["wrong"]:
        raise Failure(f"{written['wrong']}: read {home / 'tests.log'}")
    return written["outcomes"]


def alone():
    """A folder for PYTHONPATH with `ffi` and the plugin, and without the name `tests`, which packages have too."""
    folder = HOME / "path"
    folder.mkdir(exist_ok=True)
    for name, target in (("ffi", ROOT / "ffi"), ("cffi_users_plugin.py", Path(__file__).with_name("plugin.py"))):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)
    return folder


def outcomes(machine, python, side, user):
    """test -> outcome, of a build of its own."""
    environ = variables(HOME, machine, side, python, alone())
    home = HOME / machine / SIDES[side] / user.name
    environ["PYTHONPATH"] += f":{home / 'site'}"
    environ.update(user.environ, PYTHONDONTWRITEBYTECODE="1")
    print(f"cffi_users: {machine}, {SIDES[side]}: {user.name}", file=sys.stderr, flush=True)
    built(python, user, sdist(python, user), home, environ)
    return tested(python, user, home, environ)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.cffi_users", description=__doc__.split("\n\n")[0])
    parser.add_argument("--machine", choices=MACHINES, help="only one (default: both)")
    parser.add_argument("names", nargs="*", help=f"packages: {', '.join(user.name for user in USERS)} (default: all)")
    options = parser.parse_args()
    known = {user.name.lower(): user for user in USERS}
    unknown = [name for name in options.names if name.lower() not in known]
    if unknown:
        parser.error(f"no package {unknown[0]!r} in the table")
    print(f"{'':34} {'uses':16} {'tests':>6} {'cffi':>6} {'ffi':>6}")
    failed = [not shown(machine, user) for machine in ([options.machine] if options.machine else MACHINES)
              for user in ([known[name.lower()] for name in options.names] or USERS) if machine in user.machines]
    sys.exit(1 if any(failed) else 0)


def shown(machine, user):
    """Print the row of a package; True if all that passes with cffi passes with `ffi`."""
    label = f"{machine} {user.name} {user.version}"
    try:
        python = MACHINES[machine](HOME, [name for one in USERS if machine in one.machines for name in one.requires])
        theirs, ours = (outcomes(machine, python, side, user) for side in SIDES)
    except Failure as failure:
        print(f"{label:34} {failure}", flush=True)
        return False
    passed = {test for test, outcome in theirs.items() if outcome == "passed"}
    missing = [test for test in passed if ours.get(test) != "passed"]
    print(f"{label:34} {user.mode:16} {len(theirs):6} {len(passed):6} {len(passed) - len(missing):6}", flush=True)
    for test in sorted(missing):
        print(f"    {test}: {ours.get(test, 'did not run')}", flush=True)
    return passed and not missing


if __name__ == "__main__":
    main()
