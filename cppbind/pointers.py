"""Pointers and references that C++ may write through, as arguments: from views, buffers, ctypes and objects.

    T *       a view of T, a buffer of such numbers (array.array, numpy, bytearray, memoryview), a ctypes instance, array or pointer
    T &       the same, of one at least
    void *    any of them; an object; an address
    T **, T *&, void **    what holds such a pointer, and is told the new one: an object, ctypes' POINTER and c_void_p, a view of pointers
"""

from cppbind.backend.api import cast, ffi
from cppbind.conversion import Address, Converter, is_nullptr, kind_of
from cppbind.strings import Temporary
from cppbind.values import FORMATS, of_ctypes, spelled
from cppbind.views import LowLevelView, element_code

WORDS = ffi.typeof("intptr_t *")
SAME = {"x": "l", "y": "m", "B": "a", "U": "h"}         # numbers that Python cannot tell apart: one stands for both
BYTES = ("b", "c", "a", "h", "Du")


def same(code):
    return SAME.get(code, code)


def matches(target, code):
    """Whether memory of one number's code serves for another's."""
    target, code = same(target), same(code)
    if target == code or {target, code} <= {"w", "Di"}:
        return True
    return target in BYTES and code in BYTES and not {target, code} >= {"a", "h"} and (target in "bc" or code in ("c", "a", "h"))


def buffer_of(value):
    """(format, address, what keeps it) of a buffer; None if the value is none."""
    try:
        with memoryview(value) as view:
            code = view.format
    except TypeError:
        return None
    try:
        data = ffi.from_buffer(value)
    except TypeError:
        return None
    return code.lstrip("@=<"), int(cast("intptr_t", data)), data


def memory_of(value):
    """(code of the number, address, what keeps it) of an object of ctypes, or of what it points to; None for others."""
    foreign = of_ctypes()
    return foreign and foreign.memory(value)


class NumberPointer(Converter):
    """A pointer to numbers, or an array of them."""
    rank = 18

    def __init__(self, type):
        super().__init__(type)
        self.of = type.of
        while self.of.kind == "array":
            self.of = self.of.of
        self.code = element_code(self.of)
        self.test = f"type({{v}}) is {{n}}View and {{v}}._type.code in {{n}}codes"
        self.lines = ("{v} = {n}convert({v})",)

    def names(self):
        return {"View": LowLevelView, "codes": (self.of.code, self.of.plain)}

    def null(self, value):
        return is_nullptr(value) or type(value) is int and value == 0

    def refuse(self, value):
        raise TypeError(f"memory of {spelled(self.of)} is expected, not {kind_of(value)}")

    def convert(self, value):
        if self.null(value):
            return 0
        if isinstance(value, LowLevelView):
            if value._type.kind == "void" or value._type.kind != "pointer" and matches(self.code, element_code(value._number)):
                return Temporary(value._cpp, value)
            self.refuse(value)
        found = memory_of(value)
        if found is not None:
            if found[0] == "v" or found[0] and matches(self.code, found[0]):
                return Temporary(found[1], found[2])
            self.refuse(value)
        found = None if isinstance(value, (str, bytes)) and not self.of.const else buffer_of(value)
        if found is None or not (found[0] in FORMATS and matches(self.code, FORMATS[found[0]])):
            self.refuse(value)
        return Temporary(found[1], found[2])


class NumberReference(NumberPointer):
    """A number by a reference that may be written through."""
    rank = 19

    def null(self, value):
        return False


class VoidPointer(Address):
    """void *: the address of whatever has one."""

    def place(self, value, address):
        if address is not None:
            return Temporary(address, value)
        found = memory_of(value) or (buffer_of(value) or (None, None, None))
        if found[1] is None:
            raise TypeError(f"an object of C++, memory or an address is expected, not {kind_of(value)}")
        return Temporary(found[1], found[2])


class Slot(Temporary):
    """The address of a word that holds a pointer, and who is told when C++ has changed it."""

    def __new__(cls, owner):
        word = ffi.new("intptr_t *", owner._cpp)
        self = Temporary.__new__(cls, int(cast("intptr_t", word)), word)
        self.owner = owner
        return self


def changed(slot):
    """After the call: tell the object its new address."""
    if isinstance(slot, Slot) and slot.kept[0] != slot.owner._cpp:
        slot.owner._disown(slot.owner)
        slot.owner._cpp = slot.kept[0]


class PointerPointer(Converter):
    """T **, and T *& which crosses in the same way: where a pointer is."""
    rank = 62
    after = "if type({v}) is {n}Slot: {n}changed({v})"

    def names(self):
        return {"Slot": Slot, "changed": changed}

    def convert(self, value):
        from cppbind.classes import CPPInstance
        from cppbind.scopes import Handle
        if self.type.kind == "pointer" and is_nullptr(value):
            return 0
        of = self.type.of.of
        if self.type.kind == "rvalue" or self.type.kind == "reference" and self.type.of.const:
            return self.passed(value)
        if isinstance(value, Handle):
            return Slot(value)
        if isinstance(value, CPPInstance):
            if of.kind == "class" and not isinstance(value, class_or_none(of.name)):
                raise TypeError(f"an instance of {of.name} is expected, not {kind_of(value)}")
            if of.kind not in ("class", "void"):
                raise TypeError(f"a pointer to {spelled(of)} is expected, not {kind_of(value)}")
            return Slot(value)
        if isinstance(value, LowLevelView):
            if value._type.kind == "pointer":
                inner = value._type.of
                if of.kind == inner.kind == "number" and not matches(of.name, inner.name):
                    raise TypeError(f"pointers to {spelled(of)} are expected, not to {spelled(inner)}")
                return Temporary(value._cpp, value)
            word = ffi.new("intptr_t *", value._cpp)
            return Temporary(int(cast("intptr_t", word)), (word, value))
        foreign = of_ctypes()
        if foreign:
            value = foreign.referred(value)
            address = foreign.slot(value, self.type.kind == "pointer")
            if address is not None:
                return Temporary(address, value)
        if isinstance(value, (list, tuple)) and of.kind == "number" and of.name in ("c",):
            return texts(value)
        if isinstance(value, (list, tuple)) and of.kind == "class":
            return objects(value, of)
        found = buffer_of(value)
        if found is None or found[0] not in ("l", "L", "q", "Q", "P", "n", "N"):
            raise TypeError(f"what holds a pointer to {spelled(of)} is expected, not {kind_of(value)}")
        return Temporary(found[1], found[2])


    def passed(self, value):
        """A pointer that C++ only reads."""
        from cppbind.converters import converter
        found = converter(self.type.of).convert(value)
        if isinstance(found, bytes):
            found = ffi.new("char[]", found)
        word = ffi.new("intptr_t *", int(cast("intptr_t", found)) if not isinstance(found, int) else found)
        return Temporary(int(cast("intptr_t", word)), (word, found))


def class_or_none(name):
    from cppbind.scopes import class_named
    return class_named(name)


def texts(values):
    """An array of char * with a null pointer at the end."""
    if not all(isinstance(one, (str, bytes)) for one in values):
        raise TypeError("str or bytes are expected in the sequence")
    kept = [ffi.new("char[]", one.encode() if isinstance(one, str) else one) for one in values]
    words = ffi.new("intptr_t[]", [int(cast("intptr_t", one)) for one in kept] + [0])
    return Temporary(int(cast("intptr_t", words)), (words, kept))


def objects(values, of):
    """An array of pointers to objects."""
    cls = class_or_none(of.name)
    if not all(isinstance(one, cls) for one in values):
        raise TypeError(f"instances of {of.name} are expected in the sequence")
    words = ffi.new("intptr_t[]", [one._cpp + getattr(one, f"_offset_{cls._number}") for one in values] + [0])
    return Temporary(int(cast("intptr_t", words)), (words, values))


def pointer_class(type):
    """The converter's class for a pointer or a reference to something else than a class; None if there is none."""
    of = type.of
    while of.kind == "array" and type.kind != "pointer":
        of = of.of
    if of.kind == "void" or of.kind == "unknown":
        return VoidPointer
    if of.kind in ("array", "number", "enum", "complex"):
        return NumberPointer if type.kind == "pointer" else NumberReference
    if of.kind == "pointer" and of.of.kind != "function":
        return PointerPointer
    return None

