"""The debug mode seen from Python: ``CAPI_DEBUG=1`` in the environment runs the layer with a build whose functions are wrapped.

The wrappers report faults of extensions to standard error when they happen (docs/debugging.md).  ``capi.debug()`` reads
the reports, looks for what shows late, and lists what C has not released.
"""

import atexit
import gc
import os
import reprlib
from contextlib import contextmanager

from capi.core import engine
from capi.core.frames import python_frame
from capi.core.to_vm import from_argument

DECLARATIONS = """
    void m_debug_start(int, char *(*)(void), long (*)(intptr_t, intptr_t));
    const char *m_debug_report(long i);
    void m_debug_inspect(void);
    long m_debug_number(void);
    long m_debug_living(long since, intptr_t *out, long cap);
    char *m_debug_facts(intptr_t address, intptr_t *out);
    const char *m_debug_type_name(intptr_t address);
    void free(void *);
"""
VALUES = (int, float, complex, bool, str, bytes, type(None))
MEMORY = 2


class Leak:
    """Something that C made and has not released."""

    def __init__(self, type_name, size, references, value, place):
        self.type_name, self.size, self.references, self.value, self.place = type_name, size, references, value, place

    def __repr__(self):
        what = self.type_name + (f" {self.value}" if self.value else "")
        count = "" if self.references is None else f", {self.references} reference{'s' * (self.references != 1)}"
        return f"{what}, {self.size} bytes{count}\n{self.place}"


class Debug:
    """What `capi.debug()` returns."""

    def __init__(self):
        from cffi import FFI
        self.ffi = FFI()
        self.ffi.cdef(DECLARATIONS)
        self.lib = self.ffi.dlopen(engine.keep_path[0])
        self.where = self.ffi.callback("char *(void)", self.where, error=self.ffi.NULL)
        self.holds = self.ffi.callback("long(intptr_t, intptr_t)", self.holds, error=-1)
        self.text = None
        self.lib.m_debug_start(os.environ["CAPI_DEBUG"] == "fatal", self.where, self.holds)
        atexit.register(self.lib.m_debug_inspect)

    @property
    def reports(self):
        """The texts of all reports so far; each fault is reported once."""
        found = []
        while text := self.lib.m_debug_report(len(found)):
            found.append(self.ffi.string(text).decode("utf-8", "replace"))
        return found

    def check(self):
        """Look for what shows late: use of memory that was freed.  Returns the reports that are new."""
        before = len(self.reports)
        gc.collect()
        self.lib.m_debug_inspect()
        return self.reports[before:]

    @contextmanager
    def leaks(self):
        """``with capi.debug().leaks() as found:`` fills the list `found` with a `Leak` for each object and block of memory that C
        made within and still has a reference to.  Caches fill at the first use: run the code once before."""
        found = []
        gc.collect()
        since = self.lib.m_debug_number()
        yield found
        gc.collect()
        found += self.living(since)

    def living(self, since):
        room = self.lib.m_debug_living(since, self.ffi.NULL, 0) + 64
        addresses = self.ffi.new("intptr_t[]", room)
        n = min(room, self.lib.m_debug_living(since, addresses, room))
        return [self.leak(addresses[i]) for i in reversed(range(n))]

    def leak(self, address):
        facts = self.ffi.new("intptr_t[4]")
        text = self.lib.m_debug_facts(address, facts)
        kind, size, references, word = facts
        place = self.ffi.string(text).decode("utf-8", "replace").rstrip()
        self.lib.free(text)
        name = self.ffi.string(self.lib.m_debug_type_name(address)).decode()
        if kind == MEMORY:
            return Leak(name, size, None, "", place)
        value = from_argument(word) if name in ("int", "float", "str", "bytes", "complex") else None
        return Leak(name, size, references, reprlib.repr(value) if type(value) in VALUES and value is not None else "", place)

    # -- what the reports ask -------------------------------------------------------------------------------------

    def where(self):
        frame = python_frame()
        if frame is None:
            return self.ffi.NULL
        code = frame.f_code
        self.text = self.ffi.new("char[]", f"{code.co_filename}:{frame.f_lineno} in {code.co_name}".encode())
        return self.text

    @staticmethod
    def holds(p_owner, p_op):
        owner, op = from_argument(p_owner), from_argument(p_op)
        if isinstance(owner, dict):
            return any(same(x, op) for pair in dict.items(owner) for x in pair)
        return any(same(x, op) for x in list.__iter__(owner)) if isinstance(owner, list) else -1


def same(x, op):
    return x is op or (type(x) is type(op) and isinstance(x, VALUES) and x == op)


instance = []


def install():
    """Start the reports, if the layer runs with the debug build."""
    if engine.DEBUG and not instance:
        instance.append(Debug())


def debug():
    """The reports of the debug mode; RuntimeError if the layer runs without it."""
    if not instance:
        raise RuntimeError("capi runs without its debug mode: start Python with CAPI_DEBUG=1 in the environment "
                           "(CAPI_DEBUG=fatal stops at the first report).")
    return instance[0]
