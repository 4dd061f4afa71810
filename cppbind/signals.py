"""Signals as exceptions: SIGSEGV, SIGABRT and their kin in a C++ function become Python exceptions.

While that is on, functions go through entry points that mark where to return to.  It is for finding errors: what the C++ functions on the
way had to clean up is not cleaned up.
"""

from weakref import WeakSet

emitted = WeakSet()                                    # the Python functions of C++ functions
on = False


class FatalError(Exception):
    """A signal that would have ended the process."""


class BusError(FatalError):
    pass


class SegmentationViolation(FatalError):
    pass


class IllegalInstruction(FatalError):
    pass


class AbortSignal(FatalError):
    pass


KINDS = {"SIGBUS": BusError, "SIGSEGV": SegmentationViolation, "SIGILL": IllegalInstruction, "SIGABRT": AbortSignal}
TEXTS = {BusError: "bus error", SegmentationViolation: "segfault", IllegalInstruction: "illegal instruction", AbortSignal: "abort"}


def error(number, signature):
    import signal                                       # here, as it is slow to import
    kind = KINDS.get(signal.Signals(number).name, FatalError)
    return kind(f"{signature} =>\n    {kind.__name__}: {TEXTS.get(kind) or signal.strsignal(number)} in C++; program state was reset")


class Guarded:
    """An entry point that marks where to return to; compiled when first called."""

    def __init__(self, plain, make):
        self.plain, self.make, self.entry = plain, make, None

    def __call__(self, *arguments):
        if self.entry is None:
            self.entry = self.make()
        return self.entry(*arguments)


def register(function, entries):
    """`entries` are {name in its globals: function that makes the guarded entry point} of an emitted function."""
    function.__globals__["guarded"] = entries
    emitted.add(function)
    if on:
        switch(function, True)


def switch(function, value):
    own = function.__globals__
    for name, make in own["guarded"].items():
        there = own[name]
        if value and not isinstance(there, Guarded):
            own[name] = Guarded(there, make)
        elif not value and isinstance(there, Guarded):
            own[name] = there.plain


def set_signals_as_exception(value):
    """Whether signals become exceptions from now on; returns whether they did."""
    global on
    before, on = on, bool(value)
    if before != on:
        from cppbind import native
        from cppbind.scopes import backends
        if native.extension() is not None:
            native.extension().natively(not on)
        for backend in backends():
            backend.lib.cppbind_signals(on)
        for function in list(emitted):
            switch(function, on)
    return before


class signals_as_exception:
    """Signals become exceptions in a with statement."""

    def __enter__(self):
        self.before = set_signals_as_exception(True)

    def __exit__(self, *exception):
        set_signals_as_exception(self.before)
