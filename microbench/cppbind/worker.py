"""One process: times each operation with one binder.

Started as ``python -m microbench.cppbind.worker BINDER FOLDER OPERATIONS``; prints a JSON object {name: ns, or text where it failed}.
"""

import gc
import json
import statistics
import sys
import time
import types
from pathlib import Path

from microbench.cppbind.operations import BY_NAME, source
from microbench.worker import calibrated

HERE = Path(__file__).resolve().parent
NAMES = ("B", "P", "half", "length", "of", "calls")


def names_of(binder, folder):
    """The names that operations use."""
    if binder == "pybind11":
        sys.path.insert(0, folder)
        import own_pybind as own
        vector = own.vector_int
    else:
        if binder == "cppbind":
            import cppbind as package
        else:
            import cppyy as package
        package.include(str(HERE / "own.h"))
        own, vector = package.gbl.bench, package.gbl.std.vector[int]

    class D(own.B):
        def Virtual(self):
            return 3
    made = {name: getattr(own, name) for name in NAMES}
    made.update(b=own.B(), d=D(), vector=vector(range(100)))
    return made


def timed(operation, names):
    """Median ns of one operation in five runs."""
    home = types.ModuleType("home")             # a module's globals are constants to the tracing JIT, a plain dict's are not
    vars(home).update(names, clock=time.perf_counter)
    exec(compile(source(operation), f"<{operation.name}>", "exec"), vars(home))
    n = calibrated(home.run)
    gc.collect()
    return statistics.median(home.run(n) / n * 1e9 / operation.per for _ in range(5))


def main(binder, folder, wanted):
    answers, sys.stdout = sys.stdout, sys.stderr
    names, results = names_of(binder, folder), {}
    for name in json.loads(wanted):
        try:
            results[name] = timed(BY_NAME[name], names)
        except Exception as reason:
            results[name] = f"{type(reason).__name__}: {reason}"
    print(json.dumps(results), file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
