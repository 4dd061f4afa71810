"""Containers whose elements lie in a row: std::vector, std::array, std::span, std::initializer_list.  No call, no allocation in a trace.

    vector             first, last, end of the memory
    vector<bool>       first word and bit, last word and bit, end of the memory
    array              the elements
    span               first, count (if that is no constant)
    initializer_list   first, count
"""

from cppbind import native
from cppbind.backend.api import cast
from cppbind.classes import CPPInstance
from cppbind.conversion import kind_of
from cppbind.stl import filling
from cppbind.stl.elements import Element
from cppbind.stl.methods import alias_code, constructor, give, iterate, of_cpp, put
from cppbind.pointers import WORDS
from cppbind.strings import kind_of_name
from cppbind.typecode import parse
from cppbind.values import spelled


def vector(cls):
    code = alias_code(cls, "value_type")
    if code == "b":
        return bits(cls)
    element = Element(code)
    begin, count = "words[0]", f"(words[1] - words[0]) // {element.size}" if element.size > 1 else "words[1] - words[0]"
    row(cls, element, begin, count, "v")
    filling.constructed(cls, element)
    with_length(cls)
    put(cls, value_type=name_of(element.type))


def name_of(type):
    """A type as cppyy names a vector's value_type."""
    kind = kind_of_name(type.name) if type.kind == "class" else None
    return kind.name if kind else spelled(type)


def array(cls):
    element = Element(alias_code(cls, "value_type"))
    count = cls._record.size // element.size if element.size and not cls._record.name.endswith(", 0>") else 0
    row(cls, element, "p", str(count), "a", count)
    filling.filled(cls, element, count)
    with_length(cls)


def span(cls):
    element = Element(alias_code(cls, "element_type"))
    fixed = cls._record.name.rpartition(", ")[2].rstrip("UL>") if cls._record.size == 8 else ""
    row(cls, element, "words[0]", fixed or "words[1]", "f" if fixed else "s", int(fixed or 0))
    if not fixed and element.type.kind == "number":
        over_buffers(cls, element)


def over_buffers(cls, element):
    """Let the constructor take a buffer of Python's, which the span keeps."""
    def make(self, arguments):
        if len(arguments) != 1 or isinstance(arguments[0], (CPPInstance, type)) or not filling.iterable(arguments[0]):
            return False
        try:
            with memoryview(arguments[0]) as view:
                fits, count = not view.readonly or element.type.const, view.nbytes // element.size
        except TypeError:
            fits = False
        address = fits and converter(parse("P" + element.type.code)).convert(arguments[0])
        if not address:
            raise TypeError(f"memory of {spelled(element.type)} is expected, not {kind_of(arguments[0])}")
        construct(self)
        words = cast(WORDS, self._cpp)
        words[0], words[1] = int(address), count
        self._over = address
        return True
    from cppbind.converters import converter
    construct = constructor(cls, make)


def initializer_list(cls):
    row(cls, Element(alias_code(cls, "value_type")), "words[0]", "words[1]", "s")


def with_length(cls):
    """data() knows how many elements there are."""
    from cppbind.views import LowLevelView
    if "data" not in cls.__dict__:
        return
    in_cpp = of_cpp(cls, "data")

    def data(self):
        view = in_cpp(self)
        if isinstance(view, LowLevelView):
            view = LowLevelView(view._cpp, view._type, len(self), kept=self)
        return view
    put(cls, data=data)


def row(cls, element, begin, count, layout, fixed=0):
    """What all of them have in common; `layout` and `fixed`, a count, are what native rows are told."""
    size, names = element.size, element.names
    give(cls, "__len__(self)", [f"return {count}"])
    give(cls, "__bool__(self)", [f"return {count} != 0"])
    give(cls, "_begin(self)", [f"return {begin}"])
    inside = [f"count = {count}", "if index < 0: index += count", "if not 0 <= index < count: raise IndexError('index out of range')"]
    give(cls, "__getitem__(self, index)",
         ["if type(index) is not int: return other(self, index)", *inside, f"at = {begin} + index * {size}", f"return {element.reading('at')}"],
         other=lambda self, index: sliced(cls, self, index), **names)
    if element.write:
        give(cls, "__setitem__(self, index, value)", ["index = index.__index__()", *inside, f"at = {begin} + index * {size}", *element.writing("at")], **names)
    iterate(cls, count, [f"at = {begin} + index * {size}"], element.reading("at"), **names)
    if native.extension() is not None:
        from cppbind.native import rows
        rows.put(cls, layout, size, fixed, element.type, ("__len__", "__bool__", "__getitem__", "__setitem__", "__iter__"))
    put(cls, __array__=numpy_array, __contains__=lambda self, value: any(one == value for one in self), _element=element)
    if "__str__" not in cls.__dict__:
        put(cls, __str__=lambda self: "{ " + ", ".join(shown(one) for one in self) + " }" if len(self) else "{}")
    filling.compared(cls)


def shown(value):
    return f'"{value}"' if isinstance(value, str) or hasattr(type(value), "_kind") else str(value)


def sliced(cls, self, index):
    """A new container of the same class with the elements of a slice."""
    if not isinstance(index, slice):
        return self[index.__index__()]
    chosen = [self[i] for i in range(*index.indices(len(self)))]
    return filling.made_of(cls, chosen)


FORMATS = {"c": "i1", "a": "i1", "B": "i1", "h": "u1", "U": "u1", "s": "i2", "t": "u2", "i": "i4", "j": "u4", "l": "i8", "m": "u8", "x": "i8",
           "y": "u8", "f": "f4", "d": "f8", "b": "?"}


def numpy_array(self, dtype=None, copy=None):
    """For numpy.array: over the container's own memory, unless a copy is asked for or another type."""
    import numpy
    element = self._element
    format = FORMATS.get(element.type.name if element.type.kind == "number" else "")
    if format is None:
        made = numpy.empty(len(self), object)
        made[:] = list(self)
        return made if dtype is None else made.astype(dtype)
    from cppbind.strings import CHARS, cast, ffi
    count = len(self)
    memory = ffi.buffer(cast(CHARS, self._begin()), count * element.size) if count else b""
    made = numpy.frombuffer(memory, format, count)
    return made.astype(dtype) if dtype is not None and made.dtype != dtype else made.copy() if copy else made


def bits(cls):
    """std::vector<bool>: 64 to a word."""
    count = "(words[2] - words[0]) * 8 + (words[3] & 0xffffffff)"
    inside = [f"count = {count}", "if index < 0: index += count", "if not 0 <= index < count: raise IndexError('index out of range')"]
    give(cls, "__len__(self)", [f"return {count}"])
    give(cls, "__bool__(self)", [f"return {count} != 0"])
    read = "cast(WORDS, words[0])[index >> 6] >> (index & 63) & 1 != 0"
    give(cls, "__getitem__(self, index)", ["if type(index) is not int: return other(self, index)", *inside, f"return {read}"],
         other=lambda self, index: sliced(cls, self, index))
    give(cls, "__setitem__(self, index, value)",
         ["index = index.__index__()", *inside, "at = cast(BYTES, words[0])", "bit = 1 << (index & 7)",
          "at[index >> 3] = at[index >> 3] | bit if value else at[index >> 3] & ~bit"], BYTES=bytes_pointer())
    iterate(cls, count, [], read)
    put(cls, __contains__=lambda self, value: any(one == value for one in self))
    filling.constructed(cls, None)
    filling.compared(cls)


def bytes_pointer():
    from cppbind.backend.api import ffi
    return ffi.typeof("unsigned char *")
