"""The Python frames below a C call, without the layer's own; entries of C code in tracebacks."""

import sys
from types import TracebackType

from __pypy__ import hidden_applevel

from capi.core.registry import CAPI

OURS = str(CAPI) + "/"


def is_ours(code):
    """True for the layer's own code: bodies, and the functions that stand for C functions."""
    return code.co_filename.startswith((OURS, "<C function "))


def python_frame():
    """The nearest frame of Python code that called C; None in a thread that C made."""
    frame = sys._getframe()
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
    return frame


def stack_level(level):
    """`level` as C counts it, from the nearest Python frame, as warnings.warn() counts it from our caller."""
    frame, above = sys._getframe(1), 0
    while frame is not None and is_ours(frame.f_code):
        frame = frame.f_back
        above += 1
    return above + level


def raiser():
    raise ZeroDivisionError


entries = {}                               # (file, function, line) -> code that raises there


@hidden_applevel
def entry(file, function, line, namespace, below):
    """A traceback entry for C code, in front of `below` (a traceback or None)."""
    key = file, function, line
    code = entries.get(key)
    if code is None:
        if len(entries) > 4000:
            entries.clear()
        # The one line of `raiser` lies one below its first.
        code = entries[key] = raiser.__code__.replace(co_filename=file, co_name=function, co_qualname=function,
                                                      co_firstlineno=max(line - 1, 0))
    try:
        exec(code, namespace)
    except ZeroDivisionError as error:
        made = error.__traceback__
    while made.tb_frame.f_code is not code:
        made = made.tb_next
    return TracebackType(below, made.tb_frame, made.tb_lasti, line)
