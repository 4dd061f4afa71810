"""Build a project's own sources, unpatched, for this layer, with the project's own build scripts.

pip runs the build on PyPy, isolated, in a virtual environment kept for builds.  A ``.pth`` file there runs `build_site` at
the start of each Python process of the build: it answers questions about the Python being built for with our headers and
suffix, and, unless `as_cpython` is False, says that this is CPython.  That is the default, because what a build script
means by the question is "is CPython's C API here, and is it fast?", and here it is; and because a script that finds PyPy
leaves the C code out silently, which nobody who builds for this layer wants.  ``MOORING_AS_CPYTHON=0`` or
``--as-pypy`` switches it off.

    source  ->  sdist or folder  ->  pip wheel  ->  wheel tagged mooring311  ->  site-packages, or a folder
"""

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

from .build import TAG, BuildError, cache_dir, compiler, ext_suffix, first_error, headers_hash, include_dir

STEPS = ("find", "compile", "install")
SITE = Path(__file__).with_name("build_site.py")
PTH = ('import os; "MOORING_BUILD_SITE" in os.environ and exec(compile(open(os.environ["MOORING_BUILD_SITE"]).read(), '
       'os.environ["MOORING_BUILD_SITE"], "exec"), {"__name__": "mooring_build_site", '
       '"__file__": os.environ["MOORING_BUILD_SITE"]})\n')
ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
SKIPPED = {".git", ".hg", ".tox", ".venv", "build", "dist", "__pycache__", ".mypy_cache", ".pytest_cache"}
FLAGS = ("CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS")
FOREIGN_SUFFIX = re.compile(r"\.(abi3|cpython-\d+[^.]*|pypy\d+[^.]*)\.so$")


def build_project(path_or_name, target=None, as_cpython=None, tell=lambda step: None):
    """Build a project for this layer and install it; return the paths of its extension modules.

    `path_or_name` is a folder with ``pyproject.toml`` or ``setup.py``, an sdist, or a requirement (``name`` or
    ``name==version``) of the package index.  It is installed without its dependencies into the folder `target`, or else into
    the current virtual environment.  `tell` is called with a word on each step.  Raises BuildError.
    """
    wheel = build_wheel(path_or_name, as_cpython, tell)
    tell("install")
    return install_wheel(wheel, target)


def build_wheel(path_or_name, as_cpython=None, tell=lambda step: None):
    """Path of the project's wheel for this layer, built unless its sources, our headers and the flags are as before."""
    require_pypy()
    compiler()
    if as_cpython is None:
        as_cpython = os.environ.get("MOORING_AS_CPYTHON", "1") != "0"
    tell("find")
    source = find_source(path_or_name)
    digest = hashlib.sha256("\0".join([hash_of(source), headers_hash(), hash_of(SITE.parent / "as_cpython.py"), hash_of(SITE),
                                       str(as_cpython), sys.version, *(os.environ.get(name, "") for name in FLAGS)]).encode())
    folder = cache_dir() / "wheels" / digest.hexdigest()[:16]
    done = sorted(folder.glob("*.whl"))
    if done:
        return done[0]
    tell("compile")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "build.log"
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        failed = pip(["wheel", "-v", "--no-deps", "--use-pep517", "-w", temporary, str(source)], log, as_cpython=as_cpython)
        output = log.read_text(encoding="utf-8", errors="replace")
        if failed:
            raise BuildError(f"{path_or_name} does not build: {first_error(output)} (all of it: {log})")
        made, = Path(temporary).glob("*.whl")
        modules = retag(made, made.with_suffix(".new"))
        if not modules:
            reason = first_error(output)
            raise BuildError(f"{path_or_name} built without its C modules, because they do not compile: {reason} (all of it: "
                             f"{log})" if "error:" in reason else
                             f"{path_or_name} built without any C module: it has none, or its build script left them out; "
                             f"read {log} for what it says.")
        name, version = made.name.split("-")[:2]
        wheel = folder / f"{name}-{version}-{TAG}-none-{machine_tag()}.whl"
        os.replace(made.with_suffix(".new"), wheel)
    return wheel


def require_pypy():
    if "__pypy__" not in sys.builtin_module_names:
        raise BuildError("projects are built with the PyPy that will load them: run this with PyPy, not "
                         f"{sys.implementation.name} ({sys.executable}).")


def machine_tag():
    return re.sub(r"[^A-Za-z0-9]", "_", sysconfig.get_platform())


# ---- sources ------------------------------------------------------------------------------------------------

def find_source(path_or_name):
    """The folder or sdist that `path_or_name` is, or names on the package index.  Raises BuildError."""
    path = Path(path_or_name)
    if path.is_dir():
        if not any((path / name).exists() for name in ("pyproject.toml", "setup.py")):
            raise BuildError(f"{path} has no pyproject.toml and no setup.py: give the top folder of a Python project.")
        return path.resolve()
    if path.is_file():
        if not path.name.endswith(ARCHIVES):
            raise BuildError(f"{path} is no sdist ({', '.join(ARCHIVES)}): give the project's source archive or its folder.")
        return path.resolve()
    if os.sep in str(path_or_name) or str(path_or_name).endswith(ARCHIVES):
        raise BuildError(f"there is no {path}: give a project's folder, its sdist, or its name on the package index.")
    return fetch_sdist(str(path_or_name), cache_dir() / "sdists")


def fetch_sdist(requirement, folder):
    """Download the sdist of a requirement through pip, running none of the project's code; return its path."""
    name = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[|[<>=!~;@].*|$)", requirement)
    if not name:
        raise BuildError(f"{requirement!r} is no project: give a folder, an sdist, or a name on the package index.")
    pinned = re.fullmatch(r"\s*([A-Za-z0-9._-]+)\s*==\s*([A-Za-z0-9.!+]+)\s*", requirement)
    folder.mkdir(parents=True, exist_ok=True)
    if pinned:
        wanted = "-".join([plain(pinned[1]), pinned[2]])
        for path in sorted(folder.iterdir()):
            stem, _, version = re.sub(r"\.(tar\.\w+|tgz|zip)$", "", path.name).rpartition("-")
            if f"{plain(stem)}-{version}" == wanted:
                return path
    log = folder / f"{plain(name[1])}.log"
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        failed = pip(["download", "--no-deps", "--no-build-isolation", "--use-pep517", "--no-binary", name[1],
                      "-d", temporary, requirement], log, fetch_only=True)
        if failed:
            output = log.read_text(encoding="utf-8", errors="replace")
            if "No matching distribution" in output:
                raise BuildError(f"there is no folder or file {requirement!r} here, and no such sdist on the package index: "
                                 f"check the name and version.")
            raise BuildError(f"the sdist of {requirement} cannot be fetched: {first_error(output)} (all of it: {log})")
        found, = Path(temporary).iterdir()
        return Path(shutil.move(str(found), str(folder / found.name)))


def plain(name):
    """A project's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def hash_of(path):
    """A hash of a file, or of a project folder's files by name and content."""
    digest = hashlib.sha256()
    if path.is_file():
        digest.update(path.read_bytes())
        return digest.hexdigest()
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.endswith(".egg-info"))
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file() and not name.endswith((".pyc", ".so", ".o")):
                digest.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


# ---- pip ----------------------------------------------------------------------------------------------------

def build_environment(name="build-env"):
    """Path of the Python of the virtual environment for builds, made at first use."""
    label = hashlib.sha256(f"{sys.base_prefix} {sys.version}".encode()).hexdigest()[:8]
    home = cache_dir() / f"{name}-{label}"
    python = home / "bin" / "python"
    if (home / "done").exists():
        return python
    shutil.rmtree(home, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(home)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise BuildError(f"{sys.executable} -m venv failed: {first_error(done.stdout)}; install PyPy's venv module "
                         "(Debian: pypy3-venv).")
    site = next(home.glob("lib/pypy*/site-packages"))
    (site / "mooring_build.pth").write_text(PTH)
    (home / "done").touch()
    return python


def pip(arguments, log, as_cpython=False, fetch_only=False, python=None):
    """Run the pip of the build environment, or of another's `python`, its output in the file `log`; return its exit status.

    pip keeps a cache of its own here: the user's would take wheels that were built for this layer, and give some that
    were not.
    """
    settings = {"include": include_dir() if not fetch_only else "", "suffix": ext_suffix(), "as_cpython": as_cpython,
                "fetch_only": fetch_only}
    environment = {**os.environ, "MOORING_BUILD": json.dumps(settings), "MOORING_BUILD_SITE": str(SITE),
                   "PIP_CACHE_DIR": str(cache_dir() / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    environment.pop("PYTHONPATH", None)
    with open(log, "w", encoding="utf-8") as file:
        return subprocess.run([str(python or build_environment()), "-m", "pip", *arguments], stdout=file, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, env=environment).returncode


# ---- wheels -------------------------------------------------------------------------------------------------

def retag(wheel, target):
    """Copy `wheel` to `target` with our tag, and our suffix on its extension modules; return their names in it."""
    modules, rows = [], []
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        record = next(name for name in old.namelist() if name.endswith(".dist-info/RECORD"))
        for item in old.infolist():
            if item.is_dir() or item.filename == record:
                continue
            data = old.read(item)
            if item.filename == record.replace("RECORD", "WHEEL"):
                data = re.sub(rb"(?m)^Tag: .*\n", b"", data).rstrip() + f"\nTag: {TAG}-none-{machine_tag()}\n".encode()
            item.filename = FOREIGN_SUFFIX.sub(ext_suffix(), item.filename)
            if item.filename.endswith(ext_suffix()):
                modules.append(item.filename)
            new.writestr(item, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append((item.filename, f"sha256={digest}", len(data)))
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([*rows, (record, "", "")])
        new.writestr(record, text.getvalue())
    return modules


def install_wheel(wheel, target=None):
    """Install a wheel built by `build_wheel` into the folder `target` or the current virtual environment.

    Returns the paths of its extension modules.  Raises BuildError.
    """
    if target is None and sys.prefix == sys.base_prefix:
        raise BuildError(f"{sys.executable} is not in a virtual environment: make one (python -m venv), or say where to "
                         "install with --target.")
    root = Path(target or sysconfig.get_path("platlib"))
    if not is_installed(wheel, root):
        name, version = wheel.name.split("-")[:2]
        with tempfile.TemporaryDirectory() as temporary:
            # pip refuses tags that it does not know: it gets the wheel under a name that fits anywhere
            link = Path(temporary, f"{name}-{version}-py3-none-any.whl")
            shutil.copyfile(wheel, link)
            where = ["--target", str(target), "--upgrade"] if target else []
            log = wheel.with_name("install.log")
            command = ["--python", sys.executable, "install", "--no-deps", "--no-index", "--force-reinstall", *where, str(link)]
            if pip(command, log):
                output = log.read_text(encoding="utf-8", errors="replace")
                raise BuildError(f"{wheel.name} cannot be installed: {first_error(output)} (all of it: {log})")
    return [str(path) for path, _ in modules_in(wheel, root)]


def is_installed(wheel, root):
    """True if this very wheel is what is installed in the folder `root`: the same version with the same modules."""
    name, version = wheel.name.split("-")[:2]
    return (root / f"{name}-{version}.dist-info").exists() and all(
        path.exists() and path.read_bytes() == data for path, data in modules_in(wheel, root))


def modules_in(wheel, root):
    """(path, bytes) of each extension module in the wheel, as installed in the folder `root`."""
    with zipfile.ZipFile(wheel) as archive:
        return [(root / re.sub(r"^[^/]*\.data/(plat|pure)lib/", "", name), archive.read(name))
                for name in archive.namelist() if name.endswith(ext_suffix())]
