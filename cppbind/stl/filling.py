"""Containers from Python's iterables: constructed, filled, compared."""

from cppbind.backend.api import cast, ffi
from cppbind.classes import CPPInstance
from cppbind.stl.methods import constructor, put
from cppbind.strings import Temporary
from cppbind.typecode import NUMBERS

SOURCES = (list, tuple, range, set, frozenset, dict)


def iterable(value):
    """Whether a container is made of the items of a value: Python's containers, iterators and arrays, but no text."""
    if isinstance(value, SOURCES):
        return True
    return not isinstance(value, (str, bytes, bytearray, CPPInstance, type)) and (hasattr(type(value), "__iter__") or hasattr(type(value), "__getitem__"))


def made_of(cls, values):
    """A container of a class with such values."""
    made = cls()
    put_in(made, values)
    return made


def put_in(self, values):
    """Append the values of an iterable."""
    if isinstance(values, dict):
        for key, value in values.items():
            self[key] = value
        return
    put_one = type(self)._put_one
    for value in values:
        put_one(self, value)


def constructed(cls, element):
    """std::vector, list, deque: push_back of each; a vector of numbers is written as memory."""
    pairs = element is not None and element.type.name.startswith(("std::pair<", "std::tuple<"))

    def push_back(self, value):
        self.push_back(tuple(value) if pairs and isinstance(value, list) else value)
    direct = element is not None and element.type.kind == "number" and hasattr(cls, "resize") and hasattr(cls, "_begin")
    accept(cls, lambda self, values: fill_memory(self, element, values) if direct else put_in(self, values))

    def __iadd__(self, values):
        if isinstance(values, (str, bytes)) or not (iterable(values) or isinstance(values, CPPInstance)):
            raise TypeError(f"an iterable is expected, not {type(values).__name__!r}")
        put_in(self, list(values) if isinstance(values, CPPInstance) else values)
        return self
    put(cls, _put_one=push_back, __iadd__=__iadd__)


def accept(cls, fill):
    """Let the constructor take one iterable of Python, or one C++ container of another class."""
    def make(self, arguments):
        if len(arguments) != 1 or isinstance(arguments[0], cls):
            return False
        values = arguments[0]
        if isinstance(values, CPPInstance):
            if getattr(type(values), "__iter__", None) is None or not hasattr(type(values), "__len__"):
                return False
            values = list(values)
        elif not iterable(values):
            if isinstance(values, (str, bytes)):
                raise TypeError(f"{cls.__cpp_name__} is not made of text")
            return False
        if not isinstance(values, SOURCES):
            values = list(values)
        construct(self)
        fill(self, values)
        return True
    construct = constructor(cls, make)


def fill_memory(self, element, values):
    """Numbers, written in a row."""
    values = values if isinstance(values, (list, tuple, range)) else list(values)
    self.resize(len(values))
    setitem = type(self).__setitem__
    for index, value in enumerate(values):
        setitem(self, index, value)


def filled(cls, element, count):
    """std::array: as many values as it has elements, or fewer."""
    def fill(self, values):
        values = list(values)
        if len(values) > count:
            raise ValueError(f"{cls.__cpp_name__} has {count} elements, {len(values)} values were given")
        for index, value in enumerate(values):
            self[index] = value
    accept(cls, fill)


def compared(cls):
    """Element by element with a container of the same class; never equal to what is none."""
    def __eq__(self, other):
        if not isinstance(other, cls):
            return NotImplemented if other is not None else False
        return len(self) == len(other) and all(a == b for a, b in zip(self, other))

    def __ne__(self, other):
        equal = __eq__(self, other)
        return equal if equal is NotImplemented else not equal
    put(cls, __eq__=__eq__, __ne__=__ne__, __hash__=CPPInstance.__hash__)


def same_items(cls, values):
    """Whether the items of an array, which has one type for all, are what a container's elements are; True for other iterables."""
    format = getattr(getattr(values, "dtype", None), "str", None) or getattr(values, "typecode", None)
    element = getattr(cls, "_element", None)
    if not isinstance(format, str) or element is None or element.type.kind != "number":
        return True
    return ITEMS.get(format.lstrip("<|=")) == kind_and_size(element.type.name)


def kind_and_size(code):
    """What a number's type is to arrays: "i4", "u8", "f8"."""
    ctype, size, low, _ = NUMBERS[code]
    return "b1" if code == "b" else f"{'f' if ctype in ('float', 'double') else 'u' if low == 0 else 'i'}{size}"


ITEMS = {f"{kind}{size}": f"{kind}{size}" for kind in "iuf" for size in (1, 2, 4, 8)}
ITEMS |= {"b": "i1", "B": "u1", "h": "i2", "H": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8", "q": "i8", "Q": "u8", "f": "f4", "d": "f8", "?": "b1", "b1": "b1"}


def listed(cls, values):
    """An instance of std::initializer_list over a vector of the values, which it keeps; TypeError if they do not convert."""
    from cppbind.scopes import type_of_text
    held = type_of_text("std::vector" + cls._record.name[len("std::initializer_list"):])(values)
    return Temporary(*block_of(held))


def block_of(held):
    block = ffi.new("intptr_t[]", 2)
    block[0], block[1] = held._begin(), len(held)
    return int(cast("intptr_t", block)), (block, held)


def vector_text(values):
    """The std::vector, or std::map, that C++ takes a list, tuple, set, range or dict for; None if the first item does not tell."""
    first = next(iter(values), None)
    if first is None:
        return None
    if isinstance(values, dict):
        words = type_of_item(first), type_of_item(values[first])
        return None if None in words else f"std::map<{', '.join(words)}>"
    word = type_of_item(first)
    return word and f"std::vector<{word}>"


def type_of_item(value):
    from cppbind.values import type_text
    text = type_text(value)
    return text and text.rstrip("&")


def deduced(template, arguments):
    """The arguments of a template of the standard library that one Python container tells: "double" of std::list([1.0]); None for others."""
    if len(arguments) != 1 or not isinstance(arguments[0], (list, tuple, set, frozenset, range, dict)):
        return None
    name = template.removeprefix("std::")
    text = vector_text(arguments[0])
    if name in ("vector", "list", "deque", "set", "multiset", "unordered_set", "forward_list", "map", "unordered_map", "multimap") and text:
        return text[text.index("<") + 1:-1]
    return None
