"""What `import capi` leaves on the VM's heap, which each major collection looks at."""

import subprocess
import sys

import pytest

from tests.capi.extension import ON_PYPY

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


@pytest.mark.skipif(not ON_PYPY, reason="the layer runs on PyPy only")
def test_what_the_layer_keeps_is_known():
    out = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True).stdout
    left, own = map(int, out.split())
    assert 0.4 * own < left < own, f"import capi leaves {left} bytes, capi/core/pace.py says {own}"
