"""Enums as Python classes: integers that know their name."""


import ctypes


class Enum(int):
    """Base of all C++ enums' Python classes."""

    def __repr__(self):
        names = [name for name, value in self._constants if value == self]
        return f"({type(self).__cpp_name__}::{names[0]}) : ({int(self)})" if names else f"({type(self).__cpp_name__}) : ({int(self)})"

    __str__ = int.__repr__

    def __reduce__(self):
        return restored, (type(self).__cpp_name__, int(self))


def restored(name, value):
    """The constant of a pickle, by C++'s name of its enum; of an enum without one, the integer."""
    from cppbind.scopes import class_named
    return value if "(" in name else class_named(name)(value)


def ctype(code):
    """The class of ctypes for the integers that an enum's constants are."""
    from cppbind.callbacks import CTYPES
    return getattr(ctypes, "c_" + CTYPES.get(code, "int"))


known = {}


def enum_class(record):
    """The Python class of a `records.Enum`."""
    found = known.get(record.full_name)
    if found is None:
        from cppbind.scopes import module_name
        scope, _, _ = record.full_name.rpartition("::")
        found = type(record.name or record.full_name, (Enum,), {"__cpp_name__": record.full_name, "__module__": module_name(scope), "_constants": record.constants,
                                                                "_integer": record.integer})
        found.__ctype__ = ctype(record.integer)
        for name, value in record.constants:
            setattr(found, name, found(value))
        known[record.full_name] = found
    return found
