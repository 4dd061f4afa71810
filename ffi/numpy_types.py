"""ctypes of the engine as numpy dtypes."""

from ffi.engine import CType, engine, fields_of
from ffi.model import INTEGERS

FLOATS = {"float": "f4", "double": "f8", "long double": "g", "float _Complex": "c8", "double _Complex": "c16",
          "_cffi_float_complex_t": "c8", "_cffi_double_complex_t": "c16"}
TEXT = {"char": "S", "wchar_t": "U", "char32_t": "U"}  # arrays of these are numpy's strings


def dtype(ctype):
    """The numpy dtype of a ctype's memory: numpy.frombuffer(ffi.buffer(array), ffi.dtype(item)) sees it without a copy.

    Structs and unions have fields at C's offsets, those of a union overlap, those of anonymous members are the outer one's.  char[n] and
    wchar_t[n] are strings; pointers are unsigned integers.  Bit fields, and an array without length at the end, are left out: their bytes
    are padding.  Raises TypeError for what has no memory, ImportError without numpy.
    """
    import numpy
    if not isinstance(ctype, CType):
        raise TypeError(f"dtype() expects a ctype, as of ffi.typeof(), not {ctype!r}")
    return made(numpy, ctype)


def made(numpy, ctype):
    kind = ctype.kind
    if kind == "primitive":
        return numpy.dtype(primitive(ctype))
    if kind == "enum":
        return numpy.dtype(("i" if any(value < 0 for value in ctype.elements) else "u") + str(engine.sizeof(ctype)))
    if kind in ("pointer", "function"):
        return numpy.dtype(numpy.uintp)
    if kind == "array":
        return array(numpy, ctype)
    if kind in ("struct", "union"):
        return aggregate(numpy, ctype)
    raise TypeError(f"{ctype.cname!r} has no memory of its own")


def primitive(ctype):
    name = ctype.cname
    if name in FLOATS:
        return FLOATS[name]
    if name in TEXT:
        return TEXT[name] + "1"
    if name == "_Bool":
        return "?"
    size = engine.sizeof(ctype)
    return f"{'i' if INTEGERS.get(name, (0, False))[1] else 'u'}{size}"


def array(numpy, ctype):
    shape = []
    while ctype.kind == "array":
        if ctype.length is None:
            raise TypeError(f"{ctype.cname!r} has no length")
        shape.append(ctype.length)
        ctype = ctype.item
    if ctype.kind == "primitive" and ctype.cname in TEXT and shape[-1]:
        base = numpy.dtype(f"{TEXT[ctype.cname]}{shape.pop()}")
    else:
        base = made(numpy, ctype)
    return numpy.dtype((base, tuple(shape))) if shape else base


def aggregate(numpy, ctype):
    if fields_of(ctype) is None:
        raise TypeError(f"{ctype.cname!r} is opaque: its fields are not known")
    names, formats, offsets = [], [], []
    for name, format, offset in fields(numpy, ctype, 0):
        names.append(name)
        formats.append(format)
        offsets.append(offset)
    return numpy.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": engine.sizeof(ctype)})


def fields(numpy, ctype, base):
    """(name, dtype, offset) of each field."""
    for name, field in ctype.fields:
        kind = field.type
        if not name and kind.kind in ("struct", "union"):
            yield from fields(numpy, kind, base + field.offset)
        elif field.bitsize < 0 and not (kind.kind == "array" and kind.length is None):
            yield name, made(numpy, kind), base + field.offset
