"""What `import capi` leaves on the VM's heap, which each major collection looks at."""

import os
import subprocess
import sys

import pytest

from tests.capi.extension import ON_PYPY, ROOT

MEASURE = """
import gc
found = []
def note(stats):
    found.append(stats.arenas_bytes + stats.rawmalloc_bytes_after)
def heap():
    del found[:]
    gc.hooks.on_gc_collect = note
    while not found:
        collect()
    return found[0]
collect = gc.collect
import _contextvars                        # the VM's own Python, which the layer imports
before = heap()
import capi
hook = gc.hooks.on_gc_collect
print(heap() - before)
from capi.core.pace import OWN
print(OWN)
"""


DROP = """
from tests.capi.extension import module_of
from tests.capi.test_cycles import NODE
mod = module_of(NODE, False, ())
for i in range(200_000):
    mod.Node().a = mod
print(mod.counts()[0])
"""


HELD = """
from tests.capi.extension import module_of
from tests.capi.test_cycles import NODE
mod = module_of(NODE, False, ())
class Thing:
    pass
things = [Thing(), [1], {1: 2}]
for i in range(150_000):
    for thing in things:
        node = mod.Node()
        node.a = thing
        mod.keep(thing)
        assert mod.give() is thing
print(mod.counts()[0])
"""


@pytest.mark.skipif(not ON_PYPY, reason="the layer runs on PyPy only")
def test_what_the_layer_keeps_is_known():
    out = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True).stdout
    left, own = map(int, out.split())
    assert 0.4 * own < left < own, f"import capi leaves {left} bytes, capi/core/pace.py says {own}"


@pytest.mark.skipif(not ON_PYPY, reason="CPython has no nursery")
def test_a_large_nursery_does_not_put_off_the_end_of_structs():
    """The VM chooses its size by the processor's cache: 4 MB here, 240 MB there."""
    done = subprocess.run([sys.executable, "-c", DROP], capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, "PYPY_GC_NURSERY": "512M"})
    assert int(done.stdout) > 100_000


@pytest.mark.skipif(not ON_PYPY, reason="CPython has no nursery")
def test_what_instances_hold_crosses_while_the_collector_moves_it():
    done = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYPY_GC_NURSERY": "4M"})
    assert not done.returncode and int(done.stdout) > 300_000, done.stderr[-2000:]
