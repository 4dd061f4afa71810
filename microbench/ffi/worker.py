"""One process: times each operation with `ffi`, cffi and ctypes in turn.

Started as ``python -m microbench.ffi.worker LIBRARY HEADERS OPERATIONS``: HEADERS is a JSON list of folders for compiled modules' Python.h,
OPERATIONS one of names.  Prints a JSON object {name: {binding: ns}} and, for what could not be timed, {name: {binding: text}}.
"""

import gc
import importlib.util
import json
import sys
import time
import types
from itertools import cycle, islice, permutations
from pathlib import Path

from microbench.ffi.operations import BY_NAME, CDEF, CTYPES, operation
from microbench.operations import source
from microbench.worker import FIRST

TARGET = 0.004                  # seconds of a turn
TURNS = 24


def bindings(library, headers, with_api):
    """{binding: names of its loops}, {"API of" binding: those}; a text in place of the names says why not."""
    import ctypes
    import ffi
    made = {"ctypes": {"lib": ctypes.CDLL(library)}}
    exec(CTYPES, made["ctypes"])
    for name in ("ffi", "cffi"):
        try:
            package = ffi if name == "ffi" else importlib.import_module("cffi")
            maker = package.FFI()
            maker.cdef(CDEF)
            made[name] = {"ffi": maker, "lib": maker.dlopen(library)}
        except ImportError as reason:
            made[name] = f"{type(reason).__name__}: {reason}"
        if with_api and not isinstance(made[name], str):
            made["API", name] = compiled(package.FFI(), name, Path(library).with_name("own.c"), headers)
    return made


def compiled(maker, name, source, headers):
    try:
        maker.cdef(CDEF)
        module = f"_{sys.implementation.name}_{name}"
        maker.set_source(module, "typedef struct { int x, y; double z; } wide;\n" + source.read_text(), include_dirs=headers)
        path = maker.compile(tmpdir=str(source.parent))
        spec = importlib.util.spec_from_file_location(module, path)
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        return {"ffi": loaded.ffi, "lib": loaded.lib}
    except Exception as reason:
        return f"{type(reason).__name__}: {reason}"


def main(library, headers, names):
    wanted = [BY_NAME[name] for name in json.loads(names)]
    made = bindings(library, json.loads(headers), any(one.api for one in wanted))
    results = {}
    for one in wanted:
        row = results[one.name] = {}
        loops = {}
        for binding in ("ffi", "cffi", "ctypes"):
            loop, home = operation(one, binding), made.get(("API", binding) if one.api else binding)
            if loop is None or home is None:
                continue
            if isinstance(home, str):
                row[binding] = home
                continue
            try:
                loops[binding] = prepared(loop, home)
            except Exception as reason:
                row[binding] = f"{type(reason).__name__}: {reason}"
        row.update(timed_in_turns(loops))
        print(f"{one.name}: {row}", file=sys.stderr, flush=True)
    print(json.dumps(results))


def prepared(loop, names):
    """(run, repetitions that take about TARGET): warm code."""
    home = types.ModuleType("home")                    # a module's globals are constants to the tracing JIT
    vars(home).update(names, gc=gc, clock=time.process_time)   # its own time, whatever else runs on the machine
    exec(compile(source(loop), f"<{loop.name}>", "exec"), vars(home))
    n = FIRST
    while home.run(n) < TARGET / 4:
        n *= 4
    return home.run, int(n * TARGET / min(home.run(n) for _ in range(5))) + 1


def timed_in_turns(loops):
    """{binding: ns}, the least of TURNS turns; all orders are taken, since a loop that allocates leaves its garbage to the next.

    `ffi` and cffi are repeated equally often: what a loop that allocates costs depends on how many collections fall into it.
    """
    if not loops:
        return {}
    gc.collect()
    equal = min(n for binding, (_, n) in loops.items() if binding != "ctypes")
    best = dict.fromkeys(loops, float("inf"))
    for order in islice(cycle(permutations(loops)), TURNS):
        for binding in order:
            run, n = loops[binding]
            n = n if binding == "ctypes" else equal
            best[binding] = min(best[binding], run(n) * 1e9 / n)
    return best


if __name__ == "__main__":
    main(*sys.argv[1:])
