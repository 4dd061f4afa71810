"""C++ functions and overload sets as native functions in front of their Python functions."""

from types import MethodType

from cppbind import policy, referring, signals
from cppbind.backend.api import cast
from cppbind.native import Asked, extension, ways
from cppbind.typecode import key_of

WORDS, REALS = 6, 8                                    # that cross in registers


class Owner(Asked):
    """What a native function asks Python."""

    def __init__(self, calls, make, result=None):
        self.calls, self.make, self.made, self.result = calls, make, None, result

    def target(self):
        """The Python function."""
        if self.made is None:
            self.made = self.make()
        return self.made

    def compiled(self, number):
        """(addresses of the entry points by number of arguments, *how the result is taken)."""
        call = self.calls[number]
        return tuple(call.addresses()), *(self.result or ways.result(call))

    def admit(self, number, position, type):
        """(what to add to the address of a class's instances, whether the class is Python's); False if they are none, None if only Python knows."""
        call = self.calls[number]
        if position >= 0:
            return admitted(call.converters[position].cls, type)
        found = admitted(call.scope, type)
        if not found or call.kind == "static":
            return found or None
        python = found[1]
        if call.kind == "new":
            return None if python else found
        if "v" in call.function.flags and (python or getattr(type, key_of(call.function.name)) != call.scope._number):
            return None
        return found

    def told(self, name, value):
        target, call = self.target(), self.calls[0]
        if name == "__creates__" and call.kind == "new":
            policy.of_constructors(call.scope, value)
        if name == "__sig2exc__" and hasattr(target, "__globals__"):
            signals.set_policy(target, name, value)

    def pending(self, number):
        """Raise what C++ threw."""
        from cppbind.exceptions import raise_pending
        raise_pending(self.calls[number].function.backend, self.calls[number].signature)


def admitted(cls, type):
    if not issubclass(type, cls):
        return False
    offset = getattr(type, f"_offset_{cls._number}", None)
    if not issubclass(type, extension().Instance) or not isinstance(offset, int):
        return None
    return offset, type._dispatch is not None


def usable(call):
    """Whether what crosses fits into registers."""
    reals = sum(map(ways.is_real, call.converters))
    return reals <= REALS and len(call.converters) - reals + (call.kind == "method") <= WORDS


def candidate(call):
    pending = int(cast("intptr_t", call.function.backend.pending))
    return call.kind[0], usable(call), call.function.required, tuple(map(ways.parameter, call.converters)), pending


def function(calls, make, binder=MethodType, result=None):
    """A native function for some `Call`s, in the order in which they are tried; `make()` gives the Python function, `result` how what they
    return is taken, if not as C++ says.  None where there is none."""
    native = extension()
    if native is None or len({call.kind for call in calls}) != 1 or not all(map(plain, calls)):
        return None
    if calls[0].kind == "static":                       # one free function may be put into a class, as one of Python's
        binder = MethodType if len(calls) == 1 and calls[0].function.kind == "f" else None
    return native.function(Owner(calls, make, result), len(calls) > 1, binder, tuple(map(candidate, calls)))


def plain(call):
    """Whether a Call is to be called as it is: not a dispatcher's, not with PyObject *, nor for a class whose instances have no place for an address,
    nor if its result keeps arguments, or is one, as that of std::move."""
    from cppbind.emit import Call
    from cppbind.executors import Moved
    if type(call) is not Call or call.form != "call" or call.held or "k" in call.function.flags:
        return False
    if isinstance(call.executor, Moved) or any(number >= 0 for number in referring.named(call)[0]):
        return False
    return call.kind == "static" or ways.manager_of(call.scope._own) is not None
