"""Declarations of several sources in one: FFI.include() and cdef_headers()."""

from ffi.errors import FFIError
from ffi.model import Declarations
from ffi.words import same


def merge(found, other):
    """(declarations of both, {"struct tag": (Types of the other, type there)}); the other's unnamed tags get new numbers here."""
    theirs, made = other._found, found.copy()
    shift = made.counter

    def renamed(x):
        if isinstance(x, tuple):
            if len(x) == 2 and x[0] in ("struct", "union", "enum") and isinstance(x[1], str) and x[1][:1] == "$" and x[1][1:].isdigit() \
                    and int(x[1][1:]) <= theirs.counter:         # those of headers are the same everywhere
                return x[0], f"${int(x[1][1:]) + shift}"
            return tuple(map(renamed, x))
        if isinstance(x, dict):
            return {k: renamed(v) for k, v in x.items()}
        return x

    def key_of(key):
        return " ".join(renamed(tuple(key.split(" ", 1))))

    made.counter += theirs.counter
    for table in ("typedefs", "constants", "macros"):
        for name, value in getattr(theirs, table).items():
            enter(getattr(made, table), name, renamed(value) if shift else value)
    origins = {}
    for table in ("aggregates", "enums", "names"):
        for key, value in getattr(theirs, table).items():
            enter(getattr(made, table), key_of(key), renamed(value))
            origins[key_of(key)] = other._types, tuple(key.split(" ", 1))
    return made, origins


def enter(table, name, value):
    before = table.get(name)
    if before is not None and before != value and value is not None:
        raise FFIError(f"multiple declarations of {name} (for interactive usage, try cdef(xx, override=True))")
    if before is None:
        table[name] = value


def merged(known, more, override):
    """Declarations of `known` and `more`; FFIError for what contradicts, unless it is to `override`."""
    made = known.copy()
    for table in Declarations.TABLES:
        into = getattr(made, table)
        for name, value in getattr(more, table).items():
            before = into.get(name)
            if before is not None and (value is None or table in ("macros", "names") or not override and same(before, value)):
                continue
            if before is not None and not override:
                raise FFIError(f"multiple declarations of {name}: the headers do not declare it as an earlier cdef() did (override=True replaces that)")
            into[name] = value
    return made
