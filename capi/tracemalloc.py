"""The module ``_tracemalloc``, under the standard library's tracemalloc, where the VM has none.

It traces the memory that C extensions allocate through the layer: ``PyMem_...``, ``PyObject_...``, objects, and what they
announce by ``PyTraceMalloc_Track``.  Objects of the VM are its garbage collector's, which cannot be traced.
"""

import sys
import types

from capi.core import fading, tables, vm
from capi.core.engine import ffi, lib
from capi.core.frames import is_ours

MOST_FRAMES = 0xffff
UNKNOWN = ((("<unknown>", 0),), 1)

tracebacks = []                            # (frames, how many there were)
places = {}                                # a traceback's index in it
limit = 1


@vm("long vm_traceback(long limit)", quiet=True)
def vm_traceback(limit):
    """Index of the traceback of the Python code that called C."""
    frames, total, frame = [], 0, sys._getframe()
    while frame is not None:
        if not is_ours(frame.f_code):
            if total < limit:
                frames.append((frame.f_code.co_filename, frame.f_lineno))
            total += 1
        frame = frame.f_back
    if not frames:
        return -1
    traceback = tuple(frames), min(total, MOST_FRAMES)
    place = places.get(traceback)
    if place is None:
        place = places[traceback] = len(tracebacks)
        tracebacks.append(traceback)
    return place


@vm("PyObject *vm_trace_frames(long place)")
def vm_trace_frames(place):
    return None if place == -2 else frames_at(place)[0]


def frames_at(place):
    return tracebacks[place] if place >= 0 else UNKNOWN


def start(nframe=1, /):
    """Trace allocations from now on, each with up to `nframe` frames."""
    global limit
    if not 1 <= nframe <= MOST_FRAMES:
        raise ValueError(f"the number of frames must be in range [1; {MOST_FRAMES}]")
    if not is_tracing():
        limit = nframe
        lib.m_trace_start(nframe)


def stop():
    """Stop tracing and forget the traces."""
    lib.m_trace_start(0)
    forget_tracebacks()


def forget_tracebacks():
    places.clear()
    tracebacks.clear()


def is_tracing():
    """True while allocations are traced."""
    return lib.m_trace_limit() != 0


def clear_traces():
    """Forget the traces so far; tracing goes on."""
    if is_tracing():
        lib.m_trace_clear()


def get_traceback_limit():
    """How many frames a traceback has at most."""
    return limit


def figures():
    out = ffi.new("intptr_t[3]")
    lib.m_trace_figures(out)
    return tuple(out)


def get_traced_memory():
    """(bytes traced now, the most that there were)."""
    return figures()[:2]


def reset_peak():
    """Let the peak be what is traced now."""
    lib.m_trace_reset_peak()


def get_tracemalloc_memory():
    """Bytes of the table of traces; the tracebacks, objects of the VM, are not counted."""
    return figures()[2]


def _get_traces():
    """[(domain, size, frames, number of frames before the limit)] of all that is traced."""
    cap = lib.m_trace_count() + 64
    out = ffi.new("intptr_t[]", 3 * cap)
    n = lib.m_trace_read(out, cap)
    return [(out[i], out[i + 1], *frames_at(out[i + 2])) for i in range(0, 3 * n, 3)]


def _get_object_traceback(obj, /):
    """The frames that made the C object of `obj`; None for what C does not have."""
    w = tables.links.get(obj)
    if w is None and type(obj) not in (int, float, tuple):
        get = fading.getter_of(type(obj))
        w = get(obj) if get is not None else None
    return vm_trace_frames(lib.m_trace_find(0, lib.m_object_address(w) & -8)) if w else None


class Loader:
    """Makes the module `_tracemalloc`."""

    @staticmethod
    def create_module(spec):
        return types.ModuleType(spec.name, __doc__)

    @staticmethod
    def exec_module(module):
        for function in (start, stop, is_tracing, clear_traces, get_traceback_limit, get_traced_memory, reset_peak,
                         get_tracemalloc_memory, _get_traces, _get_object_traceback):
            setattr(module, function.__name__, function)
