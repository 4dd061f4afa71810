"""Strings as libstdc++ lays them out, read and written without a call:

    std::basic_string       data, length, then 16 bytes: the characters if they are few, else the capacity
    std::basic_string_view  length, data

What is kept by an argument that was made for one call is its `Temporary`.
"""

from cppbind.backend.api import cast, ffi
from cppbind.typecode import NUMBERS

WORDS, CHARS = ffi.typeof("intptr_t *"), ffi.typeof("char *")
CODECS = {"c": "utf-8", "Du": "utf-8", "Ds": "utf-16-le", "w": "utf-32-le", "Di": "utf-32-le"}
CODES = {"char": "c", "wchar_t": "w", "char8_t": "Du", "char16_t": "Ds", "char32_t": "Di"}
STRING, VIEW = "std::basic_string<", "std::basic_string_view<"


class Temporary(int):
    """An address, and what has to live as long as it is in use."""

    def __new__(cls, address, kept):
        self = int.__new__(cls, address)
        self.kept = kept
        return self


class Allocator:
    """operator new and delete of the C++ library, which is loaded when they are first needed."""

    def __getattr__(self, name):
        own = type(ffi)()
        own.cdef("intptr_t _Znwm(size_t); void _ZdlPv(intptr_t);")
        library = own.dlopen("libstdc++.so.6")
        self.new, self.delete = library._Znwm, library._ZdlPv
        return self.__dict__[name]


allocator = Allocator()


class Kind:
    """Strings, or views, of one type of characters."""

    def __init__(self, code, view):
        self.code, self.view, self.codec = code, view, CODECS[code]
        self.name = "std::" + {"c": "", "w": "w", "Du": "u8", "Ds": "u16", "Di": "u32"}[code] + "string" + "_view" * view
        self.width = NUMBERS[code][1]
        self.local = 16 // self.width - 1                # characters that need no memory of their own

    # ---- Python's side -------------------------------------------------------------------------------------------

    def encode(self, value):
        """The bytes of a str or, where characters are bytes, of bytes; TypeError for others."""
        if isinstance(value, str):
            return value.encode(self.codec, "surrogateescape" if self.width == 1 else "surrogatepass")
        if self.width == 1 and isinstance(value, (bytes, bytearray)):
            return bytes(value)
        raise TypeError(f"str{' or bytes' * (self.width == 1)} is expected, not {type(value).__name__!r}")

    def decode(self, data):
        """The str; of bytes that are no UTF-8, their repr, as str(bytes) gives it."""
        try:
            return data.decode(self.codec, "strict" if self.width == 1 else "surrogatepass")
        except UnicodeDecodeError:
            return repr(data)

    # ---- memory ----------------------------------------------------------------------------------------------------

    def read(self, address):
        """The bytes of the string at an address."""
        words = cast(WORDS, address)
        data, length = (words[1], words[0]) if self.view else (words[0], words[1])
        return ffi.buffer(cast(CHARS, data), length * self.width)[:] if length else b""

    def text(self, address):
        return self.decode(self.read(address))

    def borrowed(self, value):
        """A string or view over a copy of `value`, which lives as long as the Temporary does; C++ may only read it."""
        data = self.encode(value)
        begin = 16 if self.view else 32
        block = ffi.new("char[]", begin + len(data) + self.width)
        address = int(cast("intptr_t", block))
        ffi.memmove(block + begin, data, len(data))
        words, count = cast(WORDS, address), len(data) // self.width
        if self.view:
            words[0], words[1] = count, address + begin
        else:
            words[0], words[1], words[2] = address + begin, count, count
        return Temporary(address, block)

    def store(self, address, data):
        """Make a string of `data` in memory without one."""
        words = cast(WORDS, address)
        words[0], words[1] = address + 16, 0
        self.assign(address, data)

    def assign(self, address, data):
        """Give the string at an address the characters of `data`, bytes."""
        words, count = cast(WORDS, address), len(data) // self.width
        has_own = words[0] != address + 16
        if count > (words[2] if has_own else self.local):
            if has_own:
                allocator.delete(words[0])
            words[0] = allocator.new((count + 1) * self.width)
            words[2] = count
        place = cast(CHARS, words[0])
        ffi.memmove(place, data, len(data))
        ffi.memmove(place + len(data), b"\0\0\0\0", self.width)
        words[1] = count


kinds = {}


def kind_of_name(name):
    """The Kind of a class by its full name; None if it is neither a string nor a view."""
    view = name.startswith(VIEW)
    if not view and not name.startswith(STRING):
        return None
    code = CODES.get(name[len(VIEW if view else STRING):-1])
    if code is None:
        return None
    found = kinds.get((code, view))
    if found is None:
        found = kinds[code, view] = Kind(code, view)
    return found

