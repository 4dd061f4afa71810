"""std::basic_string and std::basic_string_view with what Python's strings do."""

from cppbind import native, strings
from cppbind.stl.methods import constructor, give, of_cpp, put
from cppbind.typecode import parse

BY_PYTHON = ("capitalize casefold center count endswith expandtabs isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric "
             "isprintable isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix rindex index rjust rpartition "
             "rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill __format__ __mod__ __mul__ __rmul__").split()


class Nowhere(int):
    """npos: the largest number, and equal to Python's -1."""

    def __eq__(self, other):
        return int(other) in (int(self), -1) if isinstance(other, int) else NotImplemented

    def __ne__(self, other):
        return not self == other

    __hash__ = int.__hash__


def apply(cls):
    kind = strings.kind_of_name(cls._record.name)
    if kind is None:
        return
    type.__setattr__(cls, "_kind", kind)
    cls.__name__ = cls.__qualname__ = kind.name.removeprefix("std::")
    type.__setattr__(cls, "__cpp_name__", kind.name)
    type.__setattr__(cls, "npos", Nowhere(2 ** 64 - 1))
    length = "words[0]" if kind.view else "words[1]"
    data = "words[1]" if kind.view else "words[0]"
    give(cls, "_bytes(self)", ["return read(p)"], read=kind.read)
    give(cls, "__len__(self)", [f"return {length}"])
    give(cls, "__bool__(self)", [f"return {length} != 0"])
    give(cls, "__getitem__(self, index)",
         [f"if type(index) is not int: return {'decode(read(p)[index])' if kind.width == 1 else 'decode(read(p))[index]'}",
          f"if index < 0: index += {length}", f"if not 0 <= index < {length}: raise IndexError('index out of range')",
          f"return character(cast(UNITS, {data})[index])"],
         decode=kind.decode, read=kind.read, character=character_of(kind), UNITS=units(kind))
    constructor(cls, maker(cls, kind))
    put(cls, __str__=lambda self: kind.decode(self._bytes()), __repr__=lambda self: repr(self._bytes() if kind.width == 1 else str(self)),
        __hash__=lambda self: hash(str(self)), __iter__=lambda self: iter(list(map(chr, self._bytes())) if kind.code == "c" else list(str(self))),
        __contains__=lambda self, other: part(other, kind) in self._bytes(),
        decode=lambda self, encoding="utf-8", errors="strict": self._bytes().decode(encoding, errors),
        encode=lambda self, encoding="utf-8", errors="strict": str(self).encode(encoding, errors))
    if kind.width == 1:
        put(cls, __bytes__=lambda self: self._bytes())
    if native.extension() is not None:
        from cppbind.native import rows
        rows.put(cls, "w" if kind.view else "s", kind.width, 0, parse(kind.code), ("__len__", "__bool__", "__getitem__", *(["__str__"] if kind.width == 1 else [])))
    comparisons(cls, kind)
    finding(cls, kind)
    if not kind.view:
        adding(cls, kind)
    for name in BY_PYTHON:
        if name not in cls.__dict__:
            put(cls, **{name: by_python(name)})


def character_of(kind):
    mask = 256 ** kind.width - 1
    return lambda unit: chr(unit & mask)


def units(kind):
    from cppbind.backend.api import ffi
    return ffi.typeof({1: "unsigned char *", 2: "unsigned short *", 4: "unsigned int *"}[kind.width])


def by_python(name):
    def method(self, *arguments, **keywords):
        return getattr(str(self), name)(*map(plain, arguments), **keywords)
    method.__name__ = name
    return method


def plain(value):
    """A C++ string as a str, anything else as it is."""
    return str(value) if hasattr(type(value), "_kind") else value


def part(value, kind):
    """The bytes of what is compared with a string of a kind."""
    return value._bytes() if getattr(type(value), "_kind", None) is kind else kind.encode(plain(value))


def maker(cls, kind):
    """Construction from str and bytes; a view, which keeps what it looks at, also with the number of characters, and from C++'s strings."""
    def make(self, arguments):
        if not arguments or not isinstance(arguments[0], (str, bytes, bytearray)):
            source = getattr(type(arguments[0]), "_kind", None) if kind.view and len(arguments) == 1 else None
            if source is None or source.code != kind.code or not arguments[0]._cpp:
                return False
            words = strings.cast(strings.WORDS, arguments[0]._cpp)
            look(self, arguments[0], words[not source.view], words[source.view])
        elif len(arguments) == 1:
            if kind.view:
                kept = kind.borrowed(arguments[0])
                look(self, kept, *strings.cast(strings.WORDS, kept)[0:2])
            else:
                data = kind.encode(arguments[0])
                address = strings.allocator.new(32)
                kind.store(address, data)
                own(self, address)
        elif kind.view and len(arguments) == 2 and type(arguments[1]) is int:
            kept = kind.borrowed(arguments[0])
            length, data = strings.cast(strings.WORDS, kept)[0:2]
            if not 0 <= arguments[1] <= length:
                raise ValueError(f"{kind.name}() expects a length up to {length}, not {arguments[1]}")
            look(self, kept, arguments[1], data)
        else:
            return False
        return True

    def look(self, kept, length, data):
        self._kept = kept
        address = strings.allocator.new(16)
        words = strings.cast(strings.WORDS, address)
        words[0], words[1] = length, data
        own(self, address)

    def own(self, address):
        self._cpp = address
        cls._own(self, address)
    return make


def comparisons(cls, kind):
    def compared(name):
        def compare(self, other):
            if isinstance(other, (bytes, bytearray)):
                return getattr(self._bytes(), name)(bytes(other))
            if not isinstance(other, str) and not hasattr(type(other), "_kind"):
                return NotImplemented
            if name in ("__eq__", "__ne__"):
                return (self._bytes() == part(other, kind)) is (name == "__eq__")
            return getattr(str(self), name)(str(other))
        compare.__name__ = name
        return compare
    put(cls, **{name: compared(name) for name in "__eq__ __ne__ __lt__ __le__ __gt__ __ge__".split()})


def adding(cls, kind):
    def joined(data):
        return cls(data) if kind.width == 1 else cls(kind.decode(data))

    def added(first, second):
        try:
            return joined(part(first, kind) + part(second, kind))
        except TypeError:
            return NotImplemented

    def __iadd__(self, other):
        self._set(self._bytes() + part(other, kind))
        return self
    give(cls, "_set(self, data)", ["assign(p, data)"], assign=kind.assign)
    put(cls, __add__=lambda self, other: added(self, other), __radd__=lambda self, other: added(other, self), __iadd__=__iadd__)
    in_cpp = of_cpp(cls, "replace")

    def replace(self, *arguments):
        if isinstance(arguments[0], int) or not isinstance(plain(arguments[0]), str):
            return in_cpp(self, *arguments)
        return str(self).replace(*map(plain, arguments))
    put(cls, replace=replace)


def finding(cls, kind):
    """find and rfind of both worlds: a str is sought in C++'s units, and what is not found is at npos, which is -1."""
    for name in ("find", "rfind"):
        def method(self, what, *places, name=name, in_cpp=of_cpp(cls, name)):
            if hasattr(type(what), "_kind") or not isinstance(what, (str, bytes)):
                found = in_cpp(self, what, *places)
                return cls.npos if found == 2 ** 64 - 1 else found
            if kind.width == 1:
                return getattr(self._bytes(), name)(kind.encode(what), *places)
            return getattr(str(self), name)(what, *places)
        method.__name__ = name
        put(cls, **{name: method})
