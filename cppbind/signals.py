"""Signals as exceptions: SIGSEGV, SIGABRT and their kin in a C++ function become Python exceptions.

While that is on, functions go through entry points that mark where to return to.  It is for finding errors: what the C++ functions on the
way had to clean up is not cleaned up.
"""

from types import FunctionType
from weakref import WeakSet, ref

from cppbind.ownership import ON_PYPY

POLICIES = ("__creates__", "__sig2exc__")
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


class Flags(dict):
    """The attributes of an emitted function on PyPy, which asks here when one is set: what is told by them is then in its globals."""

    def __init__(self, function):
        super().__init__(function.__dict__)
        self.function = ref(function)

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        tell(self.function(), name, value)


class ConstructorFlags(Flags):
    """The same of a class's constructors."""

    def __init__(self, function, cls):
        super().__init__(function)
        self.cls = cls

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        if name == "__creates__":
            from cppbind import policy
            policy.of_constructors(self.cls, value)


def tell(function, name, value):
    """An attribute of an emitted function was set."""
    own = function.__globals__
    if name == "__creates__" and "creates" in own:
        del own["creates"]                              # an entry that is made anew is a constant again for the JIT
        own["creates"] = bool(value)
    if name == "__sig2exc__" and "guarded" in own:
        own["own_signals"] = bool(value)
        if value:
            own["backend"].lib.cppbind_signals(True)
        switch(function, bool(value) or on)


def set_policy(function, name, value):
    """Set an attribute of an emitted function, where its VM asks nobody."""
    setattr(function, name, value)
    if not ON_PYPY and isinstance(function, FunctionType):
        tell(function, name, value)


def register(function, entries, backend):
    """`entries` are {name in its globals: function that makes the guarded entry point} of an emitted function."""
    function.__globals__.update(guarded=entries, backend=backend)
    if ON_PYPY:
        function.__dict__ = Flags(function)
    emitted.add(function)
    if on:
        switch(function, True)


def singles():
    """Whether signals in any one function become exceptions."""
    return any(function.__globals__.get("own_signals") for function in emitted)


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
        from cppbind import policy
        from cppbind.scopes import backends
        policy.natively()
        for backend in backends():
            backend.lib.cppbind_signals(on or singles())
        for function in list(emitted):
            switch(function, on or function.__globals__.get("own_signals", False))
    return before


class signals_as_exception:
    """Signals become exceptions in a with statement."""

    def __enter__(self):
        self.before = set_signals_as_exception(True)

    def __exit__(self, *exception):
        set_signals_as_exception(self.before)
