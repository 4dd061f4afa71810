"""What becomes of a Python class that derives from C++ classes: its dispatcher, the protected members it may use, and changes to it."""

import warnings

from cppbind import overloads, ownership
from cppbind.backend import records
from cppbind.cross import Dispatcher, Open, dispatchers, is_cpp, owner_number, python_has, virtuals_of
from cppbind.emit import Call
from cppbind.typecode import key_of


def derive(cls):
    """A Python class was made that derives from C++ classes."""
    bases = cpp_bases(cls)
    for base in bases:
        if "x" in base._record.flags:
            raise TypeError(f"{base.__cpp_name__} is final: no class can derive from it")
        destructor = [one for one in base._record.members if isinstance(one, records.Function) and one.kind == "d"]
        if not any("v" in one.flags for one in destructor):
            warnings.warn(f"class \"{base.__cpp_name__}\" has no virtual destructor", RuntimeWarning, stacklevel=4)
    if needed(bases):
        private = frozenset(one.name for one in virtuals_of(bases) if one.private and python_has(cls, one.name))
        key = tuple(base.__cpp_name__ for base in bases), private
        dispatcher = dispatchers.get(key)
        if dispatcher is None:
            dispatcher = dispatchers[key] = Dispatcher(bases, private)
        dispatcher.adopt(cls)
    add_protected(cls, bases)
    finish = cls.__dict__.get("__del__")
    if finish is not None and not ownership.ON_PYPY:
        type.__setattr__(cls, "__del__", finishing(finish, cls))


def finishing(function, cls):
    """__del__ of a Python class, which does not know that C++'s part has to go, too."""
    def __del__(self):
        function(self)
        ownership.finish(self)
    return __del__


def cpp_bases(cls):
    """The nearest C++ classes, those that others of them derive from left out."""
    found = []
    for base in cls.__bases__:
        found += [base] if is_cpp(base) else cpp_bases(base)
    found = list(dict.fromkeys(one for one in found if getattr(one, "_record", None)))
    return tuple(one for one in found if not any(other is not one and issubclass(other, one) for other in found))


def needed(bases):
    """Whether objects have to be of a C++ class of their own: to dispatch, to have several bases, to be constructed at all."""
    if len(bases) > 1 or any("v" in base._record.flags for base in bases):
        return True
    return any("g" in one.flags for base in bases for one in base._record.constructors)


def add_protected(cls, bases):
    """Protected members are a derived class's own."""
    from cppbind.classes import protected_field
    for base in bases:
        for owner in base.__mro__:
            if not is_cpp(owner):
                continue
            for one in owner._record.members:
                if isinstance(one, records.Field) and "g" in one.flags and not hasattr(cls, one.name):
                    type.__setattr__(cls, one.name, protected_field(one, owner))
                elif isinstance(one, records.Function) and one.kind == "m" and "g" in one.flags and not python_has(cls, one.name):
                    functions = [other for other in owner._record.members if isinstance(other, records.Function) and other.name == one.name and "g" in other.flags]
                    type.__setattr__(cls, one.name, overloads.Lazy(cls, one.name, functions, protected(owner)))


def protected(owner):
    """A function of (functions, scope, name) that makes a method of an owner's protected functions."""
    def function_for(functions, scope, name):
        return overloads.function_for([Open(one) for one in functions], owner, name, lambda function, scope: Call(function, scope, "protected"))
    return function_for


def changed(cls, name):
    """A Python class's attribute was set: it may override."""
    dispatcher = cls._dispatch
    for virtual in dispatcher.virtuals:
        if virtual.name == name:
            for one in [cls, *cls.__subclasses__()]:
                type.__setattr__(one, key_of(virtual.function.name), owner_number(one, name))
                if one.__dict__.get("_table"):
                    one._dispatch.fill(one)


def cpp_class(cls):
    """The C++ class by whose pointers instances are deleted: of a Python class its only C++ base if that has a virtual destructor."""
    dispatcher = getattr(cls, "_dispatch", None)
    if dispatcher is None or len(dispatcher.bases) > 1:
        return cls
    base = dispatcher.bases[0]
    return base if any(isinstance(one, records.Function) and one.kind == "d" and "v" in one.flags for one in base._record.members) else cls


class multi:
    """The bases of a Python class that derives from several C++ classes: class C(multi(A, B))."""

    def __init__(self, *bases):
        self.bases = bases

    def __mro_entries__(self, bases):
        return self.bases
