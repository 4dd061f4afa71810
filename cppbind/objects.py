"""What is done with C++ objects and types from outside."""

from cppbind.classes import Object
from cppbind.scopes import type_of_text


class nullptr_t:
    """The null pointer."""

    def __bool__(self):
        return False

    def __repr__(self):
        return "nullptr"

    def __eq__(self, other):
        return other is self or other is None or other == 0 if not isinstance(other, Object) else not other._cpp

    def __hash__(self):
        return 0


nullptr = nullptr_t()


def addressof(instance):
    """The address of an instance's C++ object."""
    if not isinstance(instance, Object):
        raise TypeError(f"addressof() expects an instance of a C++ class, not {type(instance).__name__!r}")
    return instance._cpp


def bind_object(address, cls):
    """The object of a class, or of a class's name, at an address; nobody owns it."""
    cls = type_of_text(cls) if isinstance(cls, str) else cls
    return cls._wrap(address if isinstance(address, int) else addressof(address))


def sizeof(what):
    """Bytes of a C++ class or instance."""
    cls = type_of_text(what) if isinstance(what, str) else what if isinstance(what, type) else type(what)
    return cls._record.size
