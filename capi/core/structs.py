"""VM objects whose C struct shows some of their fields, as CPython's macros and old code read them.

`STRUCTS` says, for a class by its module and name, how large the struct is, which fields are objects, and the function that
fills it when the object first crosses.  The values are a copy: all but a frame's line never change.
"""

import sys

from __pypy__ import identity_dict

from capi.core import tables, to_c
from capi.core.engine import ffi, lib


def put_int(p, value):
    ffi.cast("int *", p)[0] = value


def put_object(p, x):
    ffi.cast("intptr_t *", p)[0] = to_c.address(x)


def put_bytes(p, values):
    out = ffi.cast("unsigned char *", p)
    i = 0
    for value in values:
        out[i] = value
        i += 1


def date_bytes(x):
    return x.year >> 8, x.year & 255, x.month, x.day


def time_bytes(x):
    return x.hour, x.minute, x.second, x.microsecond >> 16, x.microsecond >> 8 & 255, x.microsecond & 255


def fill_hash(p):
    ffi.cast("long *", p + 16)[0] = -1


def fill_delta(x, p):
    fill_hash(p)
    put_int(p + 24, x.days)
    put_int(p + 28, x.seconds)
    put_int(p + 32, x.microseconds)


def fill_date(x, p):
    fill_hash(p)
    put_bytes(p + 25, date_bytes(x))


def fill_zone(x, p, offset):
    if x.tzinfo is not None:
        put_object(p + offset, x.tzinfo)
        put_bytes(p + 24, (1,))


def fill_time(x, p):
    fill_hash(p)
    put_bytes(p + 25, (*time_bytes(x), x.fold))
    fill_zone(x, p, 32)


def fill_datetime(x, p):
    fill_hash(p)
    put_bytes(p + 25, (*date_bytes(x), *time_bytes(x), x.fold))
    fill_zone(x, p, 40)


def fill_code(x, p):
    at = CODE
    for name in ("co_flags", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_stacksize", "co_firstlineno", "co_nlocals"):
        put_int(p + at[name], getattr(x, name))
    put_int(p + at["co_nfreevars"], len(x.co_freevars))
    put_int(p + at["co_ncellvars"], len(x.co_cellvars))
    for name in ("co_filename", "co_name", "co_qualname"):
        put_object(p + at[name], getattr(x, name))


def fill_frame(x, p):
    put_object(p + FRAME["f_code"], x.f_code)
    put_object(p + FRAME["f_globals"], x.f_globals)
    put_int(p + FRAME["f_lineno"], x.f_lineno)


def fill_traceback(x, p):
    if x.tb_next is not None:
        put_object(p + 16, x.tb_next)
    put_object(p + 24, x.tb_frame)
    put_int(p + 32, x.tb_lasti)
    put_int(p + 36, x.tb_lineno)


# (module, name): (size, offsets of objects, filler)
STRUCTS = {
    ("datetime", "timedelta"): (40, (), fill_delta),
    ("datetime", "date"): (32, (), fill_date),
    ("datetime", "time"): (40, (32,), fill_time),
    ("datetime", "datetime"): (48, (40,), fill_datetime),
    ("builtins", "traceback"): (40, (16, 24), fill_traceback),
}
CODE = FRAME = {}
fillers = identity_dict()            # class -> its filler, or None


def struct_of(cls):
    """(size, offsets, filler) of a class that has a struct of its own, or None."""
    module, name = (type.__getattribute__(cls, key) for key in ("__module__", "__name__"))           # a metaclass may have its own
    found = STRUCTS.get((module, name)) if isinstance(module, str) else None
    if found is None or getattr(sys.modules.get(module), name, cls) is not cls:
        return None
    return found


def filler_of(cls):
    """The function that fills the struct of an instance of `cls`; None where there is nothing to fill."""
    try:
        return fillers[cls]
    except KeyError:
        found = None
        for base in tables.mro_of(cls):
            struct = struct_of(base)
            if struct is not None:
                found = struct[2]
                break
        fillers[cls] = found
        return found


def declare(p_type, struct):
    """Tell C which fields of the struct are objects that it releases."""
    size, offsets, _ = struct
    tables.type_view(p_type).tp_basicsize = size
    lib.m_struct_declare(p_type, ffi.new("int[]", offsets), len(offsets))


def link_struct(x, p_type):
    return link_filled(x, p_type, filler_of(type(x)))


def link_filled(x, p_type, filler):
    """Link `x` to a struct of `p_type` that `filler` fills; None fills nothing."""
    w = lib.m_link_proxy(p_type)
    p = lib.m_lift_link(w, 0) if w else 0
    if not p:
        return 0
    index = (w >> 3) & tables.INDEX
    tables.table[index] = x
    tables.links[x] = w
    if filler is not None:
        filler(x, p)
    lib.m_land(p)
    return w


def fill(cls, x, p):
    filler = filler_of(cls)
    if filler is not None:
        filler(x, p)


def offsets_of(names, layout):
    """{field: offset} where the shim tells the offset of the i-th name."""
    return {name: layout(i) for i, name in enumerate(names)}


if lib is not None:
    CODE = offsets_of(("co_flags", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_stacksize", "co_firstlineno", "co_nlocals",
                       "co_nfreevars", "co_ncellvars", "co_filename", "co_name", "co_qualname"), lib.m_code_offset)
    FRAME = offsets_of(("f_code", "f_globals", "f_lineno", "f_back", "f_locals", "f_trace"), lib.m_frame_offset)
    STRUCTS["builtins", "code"] = (lib.m_code_offset(-1), (CODE["co_filename"], CODE["co_name"], CODE["co_qualname"]), fill_code)
    STRUCTS["builtins", "frame"] = (lib.m_frame_offset(-1), tuple(FRAME[n] for n in ("f_code", "f_globals", "f_back", "f_locals", "f_trace")),
                                    fill_frame)
