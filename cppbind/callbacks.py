"""Python functions that C++ calls: straight-line Python behind a C function pointer, and what becomes of their exceptions.

What it raises is kept by a ticket and told to the back-end (`cppbind_raise`): compiled callers throw it as CPyCppyy::PyException, and when
that reaches an entry point, or C++ returned without throwing, the exception itself is raised again (`exceptions.raise_pending`).
"""

import os
import sys
from _thread import _local
from itertools import count

from cppbind import converters, executors
from cppbind.backend.api import cast, ffi
from cppbind.emit import made

tickets, numbers = {}, count(1)                        # exceptions under way in C++


def reporter(backend):
    """raised(error): keep a callback's exception until C++ has returned to Python."""
    raise_in_cpp, dropped = backend.lib.cppbind_raise, backend.lib.cppbind_dropped

    def raised(error):
        ticket = next(numbers)
        tickets[ticket] = error
        raise_in_cpp(ticket, described(error).encode("utf-8", "replace"))
        while True:
            old = dropped()
            if not old:
                return
            tickets.pop(old, None)
    return raised


def described(error):
    """In one line: type, text, where."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" (at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{where}"


# ---- what crosses ------------------------------------------------------------------------------------------------------------

class ConstInt(int):
    value = property(int)


class ConstFloat(float):
    value = property(float)


CTYPES = {"b": "bool", "c": "char", "a": "byte", "h": "ubyte", "B": "byte", "U": "ubyte", "w": "wchar", "s": "short", "t": "ushort",
          "i": "int", "j": "uint", "l": "long", "m": "ulong", "x": "longlong", "y": "ulonglong", "f": "float", "d": "double", "e": "longdouble"}


class Referred:
    """A number by reference: an object of ctypes, whose `value` is the number; a const one is a number that also has `value`."""
    ctype = "intptr_t"

    def __init__(self, type):
        self.source = "{n}number(cast({n}pointer, {r})[0])" if type.of.const else "{n}at({r})"
        self.type = type

    def names(self):
        of = self.type.of
        if not of.const:
            import ctypes                               # here, as few callbacks need it
            return {"at": getattr(ctypes, "c_" + CTYPES[of.name]).from_address}
        pointer = executors.executor(of).ctype + " *"
        kind = ConstFloat if of.name in "fde" else bool if of.name == "b" else ConstInt
        return {"pointer": ffi.typeof(pointer), "number": kind}


def argument(type):
    """The executor of a callback's parameter."""
    if type.kind in ("reference", "rvalue") and type.of.kind == "number" and type.of.name in CTYPES and type.of.name not in ("c", "w"):
        return Referred(type)
    return executors.executor(type)


def result_lines(type, names):
    """(C's type, lines) that turn Python's result {r} into what crosses."""
    if type.kind == "void":
        return "void", ["return None"]
    way = converters.converter(type if type.kind != "rvalue" else type.of)
    names.update({"q" + key: value for key, value in way.names().items()}, qconvert=way.convert)
    if type.kind in ("number", "enum"):
        return way.ctype, [*(line.format(v="r", n="q") for line in way.lines), "return r"]
    names["cross"] = keeping(way)
    return "intptr_t", ["return cross(r)"]


def keeping(way):
    """What crosses for a result, by address: it stays alive until the same callback's next result."""
    source = ["def convert(r):", *("    " + line.format(v="r", n="q") for line in way.lines), "    return r"]
    convert = made(source, "convert", {**{"q" + key: value for key, value in way.names().items()}, "qconvert": way.convert})
    kept = _local()
    temporary = temporary_object if way.type.kind == "pointer" and way.type.of.kind == "class" else None

    def cross(value):
        if temporary is not None and temporary(value):
            return 0
        crossing = convert(value)
        kept.value = value, crossing
        if isinstance(crossing, bytes):
            crossing = kept.buffer = ffi.new("char[]", crossing)
        return crossing if type(crossing) is int else int(cast("intptr_t", crossing))
    return cross


def temporary_object(value):
    """Whether an object is Python's and nobody's: it ends with the callback, so that C++ is given no pointer to it.

    Only reference counts tell; elsewhere it stays alive until the same callback's next result.
    """
    return getrefcount is not None and getattr(value, "__python_owns__", False) and getrefcount(value) <= REFERENCES


getrefcount, REFERENCES = getattr(sys, "getrefcount", None), 4    # of the callback, cross, temporary_object and getrefcount


# ---- the function ------------------------------------------------------------------------------------------------------------

def callback(backend, name, result, parameters, target, names, first=()):
    """(C function, its Python function): calls the expression `target` with the converted parameters.

    The compiled callback has no loop and allocates what its arguments need; C++ to Python and back is some 60 ns on PyPy.
    """
    names = {**names, "cast": cast, "raised": reporter(backend)}
    ctypes_, values = ["intptr_t"] * len(first), []
    for number, type in enumerate(parameters):
        way = argument(type)
        names.update({f"a{number}n{key}": value for key, value in way.names().items()})
        ctypes_.append(way.ctype)
        values.append(way.source.format(r=f"a{number}", n=f"a{number}n"))
    crosses, back = result_lines(result, names)
    source = [f"def {name}({', '.join([*first, *(f'a{i}' for i in range(len(parameters)))])}):", "    try:",
              f"        r = {target}({', '.join(values)})", *(f"        {line}" for line in back),
              "    except BaseException as error:", "        raised(error)", f"        return {'None' if crosses == 'void' else 0}"]
    function = made(source, name, names)
    return ffi.callback(f"{crosses}(*)({', '.join(ctypes_) or 'void'})", function)
