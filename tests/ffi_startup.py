"""What starting costs: import, FFI() and a first cdef() in fresh processes, without and with the cache, beside cffi where it is installed.

    python -m tests.ffi_startup [runs]        milliseconds of the process's own time, the best of some runs (10), on the Python that runs this
"""

import os
import subprocess
import sys
import tempfile

PROBE = """
import sys
from time import process_time
source = open(sys.argv[2]).read()
started = process_time()
FFI = __import__(sys.argv[1]).FFI
imported = process_time()
ffi = FFI()
ffi.cdef(source)
print((imported - started) * 1e3, (process_time() - started) * 1e3)
"""
SOURCES = {"1 declaration": "int puts(const char *);",
           "1000 declarations": "\n".join(f"struct s{i} {{ int a, b; char name[20]; struct s{i} *next; }};\n"
                                          f"int function_{i}(int a, const char *name, double values[10], struct s{i} *p);" for i in range(500))}


def measured(package, source, runs, cache):
    """(ms of the import, ms of all), the best of each; None if the package is not there."""
    environment = {**os.environ, "MOORING_CACHE": "off" if cache is None else "", "XDG_CACHE_HOME": cache or "/nonexistent",
                   "PYTHONPATH": os.pathsep.join([os.getcwd(), *filter(None, sys.path)])}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.setdefault("PYTHONPYCACHEPREFIX", os.path.join(tempfile.gettempdir(), f"ffi-startup-{os.getuid()}"))
    times = []
    for run in range(runs + 1):                        # the first writes the bytecode and the cache
        done = subprocess.run([sys.executable, "-S", "-c", PROBE, package, source], env=environment, capture_output=True, text=True)
        if done.returncode:
            return None
        times.append([float(part) for part in done.stdout.split()])
    return [min(column) for column in zip(*times[1:])]


def main(runs=10):
    print(f"{'':24}{'':20}{'import':>10}{'all':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for title, text in SOURCES.items():
            path = os.path.join(folder, "source.h")
            with open(path, "w") as file:
                file.write(text)
            for name, package, cache in (("ffi", "ffi", None), ("ffi, second run", "ffi", folder), ("cffi", "cffi", None)):
                made = measured(package, path, int(runs), cache)
                print(f"{title:24}{name:20}" + ("not installed" if made is None else f"{made[0]:10.2f}{made[1]:10.2f}"))


if __name__ == "__main__":
    main(*sys.argv[1:])
