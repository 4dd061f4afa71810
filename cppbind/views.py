"""LowLevelView: memory of C++ as a sequence, what pointers to numbers and arrays are in Python.

A view has an address, the Type of its elements and their number; elements that are arrays or pointers are views again.
"""

import sys
import warnings

from cppbind import native
from cppbind.backend.api import cast, ffi
from cppbind.emit import made
from cppbind.typecode import NUMBERS, parse
from cppbind.values import spelled

UNKNOWN = 2**31 - 1                                    # bytes behind a pointer, as far as is known
FORMATS = {"b": "?", "c": "b", "a": "b", "h": "B", "B": "b", "U": "B", "w": "i", "Du": "B", "Ds": "H", "Di": "I", "s": "h", "t": "H", "i": "i", "j": "I", "l": "l", "m": "L",
           "x": "q", "y": "Q", "f": "f", "d": "d", "e": "g"}
CHARACTERS = ("c", "w", "Du", "Ds", "Di")
BYTES = {"a": "B", "h": "U"}                            # numbers where there are several; one by itself is a character

if sys.implementation.name == "pypy":
    from __pypy__.bufferable import bufferable as Buffer
else:
    Buffer = getattr(native.extension(), "Buffer", object)     # whose subclasses are asked for __buffer__, which 3.11 does not do by itself


def size_of(type):
    """Bytes of a Type."""
    if type.kind == "number":
        return NUMBERS[type.name][1]
    if type.kind == "enum":
        return size_of(type.of)
    if type.kind == "array":
        return size_of(type.of) * (type.count or 0)
    if type.kind == "complex":
        return 2 * size_of(type.of)
    if type.kind == "class":
        from cppbind.scopes import class_named
        return class_named(type.name)._record.size
    return 1 if type.kind in ("void", "unknown", "function") else 8


def element_code(type):
    """What tells the memory of one type of elements from another's: a number's code, "Jd" of complex numbers; "" of other types."""
    from cppbind import complexes
    part = complexes.part(type)
    return f"J{part}" if part else (type.of if type.kind == "enum" else type).name if type.kind in ("number", "enum") else ""


accessors = {}                                          # code -> (read, write) of an element


def accessor(type):
    """(function of an address that reads, function of address and value that writes or None)."""
    found = accessors.get(type.code)
    if found is None:
        from cppbind.fields import Place
        place = Place(parse(type.code[:-1] + BYTES[type.name]) if type.name in BYTES else type, type.const)
        names = {**place.names, "self": None}
        read = made(["def read(p):", "    return " + place.read.format(p="p")], "read", names)
        write = place.write and made(["def write(p, value):", *(f"    {line.format(p='p')}" for line in place.write)], "write", names)
        found = accessors[type.code] = read, write
    return found


class LowLevelView(Buffer):
    """Elements of one C++ type, one after the other.  Indices are checked where C++ tells the length; of a mere pointer it does not."""

    __slots__ = ("_cpp", "_type", "_count", "_inner", "_step", "_read", "_write", "_kept", "_free", "__weakref__")

    def __init__(self, address, type, count=None, inner=(), kept=None):
        self._cpp, self._type, self._inner, self._kept, self._free = address, type, inner, kept, None
        self._step = size_of(type)
        self._count = 0 if not address else UNKNOWN // self._step if count is None else count
        self._read, self._write = (None, None) if type.kind in ("array", "void") or inner else accessor(type)

    @property
    def _code(self):
        return self._type.code

    # ---- what it looks like --------------------------------------------------------------------------------------

    @property
    def shape(self):
        """The length of each dimension."""
        return (self._count, *(self._inner or dimensions(self._type)))

    def reshape(self, shape):
        """Tell the lengths, as C++ knows none: of all dimensions that there are."""
        if not isinstance(shape, tuple):
            raise TypeError("reshape() expects a tuple of lengths")
        deep = len(dimensions(self._type, True)) + 1
        if len(shape) != deep and not (len(shape) == 1 and not self._inner):
            raise ValueError(f"reshape() expects {deep} lengths, not {len(shape)}")
        self._count, self._inner = shape[0], tuple(shape[1:]) if self._type.kind == "pointer" else ()

    @property
    def _number(self):
        one = self._type
        while one.kind in ("array", "pointer", "enum"):
            one = one.of
        return one

    @property
    def format(self):
        """The code of the numbers as in the module struct."""
        code = element_code(self._number)
        return ("Z" + FORMATS[code[1]] if code[:1] == "J" else FORMATS.get(code, "B")) if self._type.kind != "pointer" else "P"

    typecode = format

    @property
    def itemsize(self):
        return 8 if self._type.kind == "pointer" else size_of(self._number)

    @property
    def size(self):
        """The number of elements; may be set where C++ does not tell."""
        return self._count

    @size.setter
    def size(self, count):
        self._count = int(count)

    ndim = property(lambda self: len(self.shape))
    nbytes = property(lambda self: self._count * self._step)
    __cpp_array__ = property(lambda self: getattr(self._free, "array", False), doc="Whether it was made by new[].")

    @property
    def __python_owns__(self):
        """Whether the memory is freed with this view.  May be set of what `ll` allocated."""
        return getattr(self._free, "owns", False)

    @__python_owns__.setter
    def __python_owns__(self, value):
        if self._free is None:
            from cppbind.ll import Memory
            self._free = Memory(self._cpp, False)
        self._free.owns = bool(value)

    @property
    def __array_interface__(self):
        """How numpy sees the memory, without a copy."""
        one, code = self._number, element_code(self._number)
        if self._type.kind == "pointer" or not code:
            raise AttributeError("the elements are no numbers")
        kind = "c" if code[0] == "J" else "b" if code == "b" else "f" if code in "fde" else "u" if NUMBERS[code][2] == 0 else "i"
        order = "|" if size_of(one) == 1 else "<"
        return {"version": 3, "shape": self.shape, "typestr": f"{order}{kind}{size_of(one)}", "data": (self._cpp, bool(one.const))}

    def __buffer__(self, flags=0):
        plain = memoryview(ffi.buffer(cast("char *", self._cpp), self.nbytes)).cast("B")
        found = plain.cast(self.format, self.shape) if self.nbytes else plain.cast(self.format)
        return found.toreadonly() if self._number.const else found

    # ---- elements ----------------------------------------------------------------------------------------------------

    def _at(self, index):
        """The address of an element."""
        if not self._cpp:
            raise ReferenceError("attempt to access a null-pointer")
        if not isinstance(index, int):
            index = index.__index__() if hasattr(index, "__index__") else bad_index(index)
        if index < 0:
            if self._count == UNKNOWN // self._step:
                raise IndexError("C++ does not tell the length of what a pointer points to")
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError("buffer index out of range")
        return self._cpp + index * self._step

    def _part(self, p):
        """An element that is an array or a pointer."""
        if self._type.kind == "array":
            return LowLevelView(p, self._type.of, self._type.count, kept=self)
        return LowLevelView(cast(WORDS, p)[0], self._type.of, self._inner[0], self._inner[1:], self)

    def __getitem__(self, index):
        if type(index) is tuple:
            found = self
            for one in index:
                found = found[one]
            return found
        if type(index) is slice:
            begin, end, step = index.indices(self._count)
            if step == 1:
                return LowLevelView(self._cpp + begin * self._step, self._type, max(end - begin, 0), self._inner, self)
            return [self[i] for i in range(begin, end, step)]
        if self._type.kind == "void":                   # as if it pointed to pointers
            return void_at(cast(WORDS, self._at(0))[index])
        p = self._at(index)
        return self._read(p) if self._read else self._part(p)

    def __setitem__(self, index, value):
        if type(index) is tuple:
            return self[index[:-1]].__setitem__(index[-1], value) if len(index) > 1 else self.__setitem__(index[0], value)
        if type(index) is slice:
            places = range(*index.indices(self._count))
            values = list(value)
            if len(values) != len(places):
                raise ValueError(f"{len(places)} values are expected, not {len(values)}")
            for i, one in zip(places, values):
                self[i] = one
            return
        p = self._at(index)
        if self._type.kind == "array":
            return fill(LowLevelView(p, self._type.of, self._type.count), value)
        if self._write is None:
            raise TypeError("the elements are constant")
        self._write(p, value)

    def __getattr__(self, name):
        """What a pointer to pointers to objects has is the first object's."""
        if name.startswith("_") or self._type.kind != "pointer" or self._type.of.kind != "class":
            raise AttributeError(f"'LowLevelView' object has no attribute {name!r}")
        return getattr(self[0], name)

    def __len__(self):
        return self._count

    def __iter__(self):
        for i in range(self._count):
            yield self[i]

    def __bool__(self):
        return self._cpp != 0

    def __int__(self):
        """The address of a void *, which is nothing else in Python."""
        if self._type.kind != "void":
            raise TypeError(f"{self!r} is no number")
        return self._cpp

    def __eq__(self, other):
        if isinstance(other, LowLevelView):
            return self._cpp == other._cpp
        if other is None or type(other).__name__ == "nullptr_t":
            return not self._cpp
        if type(other) is int and self._type.kind == "void":
            return self._cpp == other
        if isinstance(other, str) and self._is_text:    # zeros at the end do not count
            return str(self).rstrip("\0") == other.rstrip("\0")
        return NotImplemented

    def __hash__(self):
        return hash(self._cpp)

    @property
    def _is_text(self):
        return self._type.kind == "number" and self._type.name in CHARACTERS

    def as_string(self):
        """The text up to the first zero.  TypeError if the elements are no characters."""
        if not self._is_text:
            raise TypeError(f"{self!r} is no text")
        return text_in(self._type, self._count)(self._cpp)

    def __str__(self):
        if not self._is_text:
            return repr(self)
        if self._count == UNKNOWN // self._step:
            return self.as_string()
        return ffi.buffer(cast("char *", self._cpp), self.nbytes)[:].decode({1: "utf-8", 2: "utf-16-le", 4: "utf-32-le"}[self._step], "replace")

    def __repr__(self):
        return f"<LowLevelView of {spelled(self._type)}[{'' if self._count == UNKNOWN // self._step else self._count}] at {self._cpp:#x}>"


WORDS = ffi.typeof("intptr_t *")


def bad_index(index):
    raise TypeError(f"an index is an integer, not {type(index).__name__!r}")


def dimensions(type, pointers=False):
    """The lengths of the dimensions within an element; of pointers None."""
    found = ()
    while type.kind == "array" or pointers and type.kind == "pointer":
        found += (type.count if type.kind == "array" else None,)
        type = type.of
    return found


def shape_of(values):
    """The lengths of nested sequences, or of what has a shape."""
    shape = getattr(values, "shape", None)
    if shape is not None:
        return tuple(shape)
    found = ()
    while hasattr(values, "__len__") and not isinstance(values, (str, bytes)):
        found += (len(values),)
        if not found[-1]:
            break
        values = values[0]
    return found


def text_in(type, count):
    """A function from an address to the text up to the first zero of at most so many characters; None: no matter how many."""
    if size_of(type) == 1:
        most = -1 if count is None else count
        return lambda address: ffi.string(cast("char *", address), most).decode("utf-8", "surrogateescape") if address else ""
    from cppbind.executors import wide_text
    text = wide_text(type.name)
    return lambda address: text(address, count)


def fill(view, values):
    """Copy the elements of a sequence into an array.  ValueError if there are too many; of a text that is too long what fits, with a warning."""
    if isinstance(values, (str, bytes)) and view._type.kind == "number":
        numbers = view._type.name not in CHARACTERS
        values = [ord(one) if numbers else one for one in (values if isinstance(values, str) else values.decode("latin-1"))]
        values += [0 if numbers else "\0"] * (len(values) < len(view))
        if len(values) > len(view):
            warnings.warn(f"string too long for {spelled(view._type)} array (truncated)", RuntimeWarning, stacklevel=3)
            del values[len(view):]
    shape = shape_of(values)
    if not shape:
        raise TypeError(f"a sequence is expected, not {type(values).__name__!r}")
    if shape[0] > len(view) or len(shape) > 1 and shape != view.shape:
        raise ValueError(f"an array of shape {view.shape} cannot be given values of shape {shape}")
    for i in range(shape[0]):
        view[i] = values[i]


def pointed(type):
    """A function from an address to the view of what a pointer to `type` points to."""
    def view(address, count=None):
        return LowLevelView(address, type, count)
    return view


def arrayed(type):
    """The same for an array `type`, whose length is known."""
    def view(address, kept=None):
        return LowLevelView(address, type.of, type.count, kept=kept)
    return view


def void_at(address):
    """What a void * is: nullptr, or a view of nothing that tells its address."""
    from cppbind.objects import nullptr
    return LowLevelView(address, parse("v")) if address else nullptr
