"""Texts as arguments: str and bytes for pointers to characters."""

from cppbind.backend.api import ffi
from cppbind.conversion import Address, Converter, is_nullptr, kind_of
from cppbind.strings import Kind, Temporary
from cppbind.values import of_ctypes

cast = ffi.cast


class Text(Converter):
    """const char *: str as UTF-8, bytes, or nullptr; alive as long as the call."""
    ctype, rank = "const char *", 15
    test = "type({v}) is str"
    lines = ("{v} = {n}convert({v})",)
    null = cast("char *", 0)

    def convert(self, value):
        if isinstance(value, str):
            return value.encode("utf-8", "surrogateescape")
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if is_nullptr(value):
            return self.null
        foreign = of_ctypes()
        if foreign and isinstance(value, foreign.ctypes.c_char_p):
            return cast("char *", foreign.memory(value)[1])
        raise TypeError(f"str or bytes is expected, not {kind_of(value)}")


class KeptText(Text):
    """What a char * in memory is set to: an address, of text that whoever has the pointer keeps."""

    def __init__(self, type):
        super().__init__(type)
        from cppbind.converters import converter
        self.memory = None if type.of.const else converter(type)

    def convert(self, value):
        if self.memory is not None and not isinstance(value, (str, bytes)):
            return self.memory.convert(value)
        data = super().convert(value)
        if not isinstance(data, bytes):
            return 0
        block = ffi.new("char[]", data)
        return Temporary(int(cast("intptr_t", block)), block)


class WideText(Address):
    """const wchar_t *, const char16_t *, const char32_t *: str, alive as long as the call."""

    def convert(self, value):
        if not isinstance(value, str):
            return super().convert(value)
        kind = Kind(self.type.of.name, False)
        data = kind.encode(value)
        block = ffi.new("char[]", len(data) + kind.width)
        ffi.memmove(block, data, len(data))
        return Temporary(int(cast("intptr_t", block)), block)


texts = {}                                             # that C++ may keep pointers to: as long as the program


class TextReference(Address):
    """const char *const &, of which C++ takes a copy of the pointer: the text stays for ever, but one of ctypes as long as that."""

    def convert(self, value):
        foreign = of_ctypes()
        if foreign and isinstance(value, foreign.ctypes.c_char_p):
            return Temporary(foreign.ctypes.addressof(value), value)
        if not isinstance(value, (str, bytes)):
            return super().convert(value)
        data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        block = texts.get(data)
        if block is None:
            text = ffi.new("char[]", data)
            pointer = ffi.new("intptr_t[]", [int(cast("intptr_t", text))])
            block = texts[data] = pointer, text
        return int(cast("intptr_t", block[0]))
