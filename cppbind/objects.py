"""What is done with C++ objects and types from outside."""

from cppbind.classes import CPPInstance
from cppbind.scopes import type_of_text
from cppbind.values import of_ctypes


class nullptr_t:
    """The null pointer."""

    def __bool__(self):
        return False

    def __int__(self):
        return 0

    def __repr__(self):
        return "nullptr"

    def __eq__(self, other):
        return other is self or other is None or other == 0 if not isinstance(other, CPPInstance) else not other._cpp

    def __hash__(self):
        return 0


nullptr = nullptr_t()


def addressof(instance, field=None):
    """The address of an instance's C++ object, or of a data member of it; of a view, or ctypes object."""
    if field is not None:
        return member_address(instance, field)
    address = getattr(instance, "_cpp", None)
    if address is not None:
        return address
    if type(instance).__name__ == "PyCapsule":
        from cppbind.pyobjects import of_capsule
        return of_capsule(instance)
    if instance is nullptr or type(instance) is int and instance == 0:
        return 0
    calls = getattr(instance, "_calls", None)
    if calls:
        return calls[0].function.backend.wrappers(calls[0].requests())[-1]
    from cppbind.pointers import buffer_of, memory_of
    found = memory_of(instance) or buffer_of(instance)
    if found is None:
        raise TypeError(f"addressof() expects an instance of a C++ class, not {type(instance).__name__!r}")
    return found[1]


def member_address(instance, name):
    """The address of a data member."""
    from cppbind.backend.records import Field, Variable
    cls = instance if isinstance(instance, type) else type(instance)
    for owner in cls.__mro__:
        record = owner.__dict__.get("_record")
        for member in record.members if record else ():
            if isinstance(member, Field) and member.name == name:
                return instance._cpp + getattr(instance, f"_offset_{owner._number}") + member.offset
            if isinstance(member, Variable) and member.name == name:
                return member.backend.address(member.handle)
    raise AttributeError(f"{cls.__name__} has no data member {name!r}")


def bind_object(address, cls, cast=False):
    """The object of a class, or of a class's name, at an address; nobody owns it.  `cast`: as the most derived class that C++ says it is."""
    cls = class_of(cls)
    if isinstance(address, CPPInstance) and address._cpp and not isinstance(address, cls) and address.__python_owns__:
        address.__python_owns__ = False                 # a new look at the object: who owned it does not
        found = bind_object(address._cpp, cls, cast)
        found.__python_owns__ = True
        return found
    at = address if type(address) is int else addressof(address)     # and who is asked lives until it is found by its address
    return cls._wrap(at) if cast else cls._wrap_as_is(at)


def class_of(what):
    """The Python class that is meant by a class or a name.  TypeError if there is none."""
    if isinstance(what, str):
        what = type_of_text(what.rstrip("* "))
    if not (isinstance(what, type) and issubclass(what, CPPInstance)):
        raise TypeError(f"a C++ class, or its name, is expected, not {what!r}")
    return what


def sizeof(what):
    """Bytes of a C++ type, by its name, or of a class or instance, ctypes' included."""
    from cppbind.scopes import code_of_text
    from cppbind.templates import argument_text
    from cppbind.typecode import parse
    from cppbind.views import size_of
    cls = what if isinstance(what, type) else type(what)
    foreign = of_ctypes()
    if foreign and issubclass(cls, foreign.TYPES):
        return foreign.ctypes.sizeof(what)
    if not isinstance(what, str) and issubclass(cls, CPPInstance):
        return cls._record.size
    return size_of(parse(code_of_text(what if isinstance(what, str) else argument_text(what))))


def typeid(what):
    """The std::type_info of a C++ type: of a class, an instance, or a name."""
    from cppbind.scopes import defined
    from cppbind.templates import argument_text
    from cppbind.toplevel import include
    text = argument_text(what if isinstance(what, (str, type)) or not isinstance(what, CPPInstance) else type(what))
    found = types.get(text)
    if found is None:
        include("typeinfo")
        found = types[text] = defined("type", lambda name: f"inline const std::type_info &{name}() {{ return typeid({text}); }}")()
    return found


types = {}
