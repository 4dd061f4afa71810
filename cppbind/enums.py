"""Enums as Python classes: integers, characters where the enum's integer is char or signed char, booleans of bool; they know their name."""

from cppbind.spell import NUMBERS

NAMES = NUMBERS | {"B": "int8_t", "U": "uint8_t"}


class EnumClass(type):
    """The metaclass: constants stay as they are."""

    @property
    def __ctype__(cls):
        """The class of ctypes for the integers that the constants are."""
        import ctypes
        from cppbind.callbacks import CTYPES
        return getattr(ctypes, "c_" + CTYPES.get(cls._integer, "int"))

    def __setattr__(cls, name, value):
        if any(name == one for one, _ in cls._constants):
            raise TypeError(f"{cls.__cpp_name__}::{name} is a constant")
        type.__setattr__(cls, name, value)


class Enum(metaclass=EnumClass):
    """Base of all C++ enums' Python classes."""

    _constants, _integer, __cpp_name__ = (), "i", ""

    @classmethod
    def _made(cls, number):
        """The constant of a number."""
        return cls(number)

    def __repr__(self):
        return described(type(self), self._number(), str(self))

    def __reduce__(self):
        return restored, (type(self).__cpp_name__, self._number())


class IntEnum(Enum, int):
    """Those that are integers."""

    _number = int.__int__
    __str__ = int.__repr__


class CharEnum(Enum, str):
    """Those whose integers are characters."""

    def __new__(cls, value="\0"):
        return str.__new__(cls, chr(value & 255) if isinstance(value, int) else value)

    def _number(self):
        return (ord(self) ^ 128) - 128

    __str__ = str.__repr__


class BoolClass(EnumClass):
    """The metaclass where constants are Python's bool, which has no subclasses."""

    def __instancecheck__(cls, value):
        return isinstance(value, bool)


class BoolEnum(Enum, metaclass=BoolClass):
    """Those whose integers are bool: their constants are Python's own."""

    def __new__(cls, value=False):
        return bool(value)


BASES = {"b": BoolEnum, "c": CharEnum, "a": CharEnum}


def described(cls, number, text):
    """As cppyy shows a constant: "(Colour::red) : (unsigned int) 4"."""
    name = next((f"::{name}" for name, value in cls._constants if value == number), "")
    return f"({cls.__cpp_name__}{name}) : ({NAMES[cls._integer]}) {text}"


def restored(name, number):
    """The constant of a pickle, by C++'s name of its enum; of an enum without one, the integer."""
    from cppbind.scopes import class_named
    return number if "(" in name else class_named(name)._made(number)


known = {}


def enum_class(record):
    """The Python class of a `records.Enum`."""
    found = known.get(record.full_name)
    if found is None:
        from cppbind.scopes import module_name
        scope, _, _ = record.full_name.rpartition("::")
        base = BASES.get(record.integer, IntEnum)
        found = type(base)(record.name or record.full_name, (base,), {"__cpp_name__": record.full_name, "__module__": module_name(scope)})
        for name, value in record.constants:
            setattr(found, name, found._made(value))
        found._constants, found._integer = record.constants, record.integer
        known[record.full_name] = found
    return found
