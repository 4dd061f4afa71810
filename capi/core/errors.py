"""Exceptions across both borders.

A body that raises sets the C error indicator; a C function that fails raises what the indicator holds.  The exception
object is the same on both sides, so its traceback grows as it travels.
"""

from __pypy__ import hidden_applevel

from capi.core.engine import ffi, lib
from capi.core import tables, to_c
from capi.core.linking import linked_errors
from capi.core.to_vm import from_argument
from capi.core.to_c import to_word


def raised(error, name):
    """A callback's body raised `error`: set C's error indicator."""
    p_type = tables.addresses.get(type(error))
    if p_type is not None and not tables.multi[0] and to_c.is_proxied(p_type, type(error)) and not (linked_errors[0] and error in tables.links):
        if not (tables.guests.n and to_c.guest_stays(error)):
            w = lib.m_raise_new(p_type)
            if w:
                tables.table[(w >> 3) & tables.INDEX] = error
                return None
    while True:
        w = to_word(error)
        if not tables.multi[0]:
            lib.m_raise(w)
            return None
        p = lib.m_pin_temp(w)
        if p:
            lib.m_raise(p)
            return None


def fetch():
    """(type, value, traceback) from C's error indicator, which is cleared; None where it was not set."""
    if tables.multi[0]:
        out = ffi.new("intptr_t[3]")
    else:                                  # a hook that interrupts the reading below takes the next
        turn[0] = (turn[0] + 1) & 7
        out = outs[turn[0]]
    found = lib.m_fetch(out)
    if not found:
        return None
    kind, value, traceback = out[0], out[1], out[2]
    kind = from_argument(kind) if kind else None
    value = from_argument(value) if value else None
    traceback = from_argument(traceback) if traceback else None
    if found == 2:
        error = SystemError("returned a result with an exception set")
        error.__cause__ = error.__context__ = instance(kind, value, traceback)
        return SystemError, error, None
    return kind, value, traceback


turn = [0]
outs = [ffi.new("intptr_t[3]") for _ in range(8)] if lib is not None else []


def instance(kind, value, traceback):
    """The exception object of an error indicator whose value may still be the argument of the constructor."""
    if isinstance(value, BaseException) and (not isinstance(kind, type) or isinstance(value, kind)):
        error = value
    elif value is None:
        error = kind()
    elif isinstance(value, tuple):
        error = kind(*value)
    else:
        error = kind(value)
    if not isinstance(error, BaseException):
        error = TypeError(f"calling {kind!r} should have returned an instance of BaseException, not {type(error).__name__}")
    if traceback is not None and error.__traceback__ is not traceback:
        error.__traceback__ = traceback
    return error


@hidden_applevel
def raise_pending(name):
    """Raise what C's error indicator holds; SystemError if it holds nothing."""
    found = fetch()
    if found is None:
        raise SystemError(f"{name} returned NULL without setting an exception")
    error = instance(*found)
    if found[0] is SystemError and error.args == ("returned a result with an exception set",):
        error.args = (f"{name} returned a result with an exception set",)
    raise error


@hidden_applevel
def raise_if_pending(name):
    """Raise what C's error indicator holds, if anything."""
    if lib.m_error_occurred():
        raise_pending(name)


@hidden_applevel
def raise_or_stop(name):
    """What tp_iternext means by NULL: an error, or else the end."""
    found = fetch()
    if found is None:
        raise StopIteration
    raise instance(*found)
