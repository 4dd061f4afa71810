"""One machine's process: times the operations it is asked for.

Started as ``python -m microbench.worker MACHINE NAME=PATH...`` with the built extensions.  Each line on stdin is a
JSON object ``{"operation", "n"}``, answered on stdout by ``{"ns", "n"}`` or ``{"error"}``; ``n`` null means: find one
that takes about `TARGET` seconds.
"""

import gc
import importlib.util
import json
import statistics
import sys
import time
import types
from importlib.machinery import ExtensionFileLoader

from microbench.operations import BY_NAME, source

TARGET = 0.15                   # seconds of a timed run
ENOUGH = 0.03                   # a warm-up run this long is long enough to judge by
MOST = 400_000_000
FIRST = 2500                    # beyond the tracing JIT's threshold


def load(machine, name, path):
    if machine == "mooring":
        import capi
        return capi.load_extension(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fill_nursery():
    """Have PyPy write to all of its nursery once: the kernel finds the pages then, or at the cost of the first operations timed."""
    if sys.implementation.name == "pypy":
        size = gc.get_stats().nursery_size              # such as 4.0MB
        for _ in range(int(float(size[:-2]) * {"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[size[-2:]]) // 8000 + 1):
            [None] * 1000
        gc.collect()


def calibrated(run):
    """A number of repetitions that takes about TARGET seconds, found on warm code."""
    n = FIRST
    seconds = run(n)
    while seconds < ENOUGH and n < MOST:
        n *= 4
        seconds = run(n)
    return min(MOST, max(FIRST, int(n * TARGET / seconds)))


def timed(operation, n, modules):
    """(ns of one operation, repetitions)"""
    home = types.ModuleType("home")         # a module's globals are constants to the tracing JIT, a plain dict's are not
    vars(home).update(modules, gc=gc, clock=time.perf_counter, X=100)
    exec(compile(source(operation), f"<{operation.name}>", "exec"), vars(home))
    run = home.run
    counts = operation.counts or (n or calibrated(run),)
    for _ in range(3):
        run(max(FIRST, counts[0] // 20))
    gc.collect()
    return statistics.mean(run(count) * 1e9 / count for count in counts), counts[-1]


def main(machine, *extensions):
    answers = sys.stdout
    sys.stdout = sys.stderr                 # nothing an extension prints may get among the answers
    modules = {}
    for extension in extensions:
        name, path = extension.split("=", 1)
        modules[name] = load(machine, name, path)
    fill_nursery()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            ns, n = timed(BY_NAME[asked["operation"]], asked["n"], modules)
            answer = {"ns": ns, "n": n}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
