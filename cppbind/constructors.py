"""`__init__` of C++ classes, made when a class is first instantiated; and conversions by constructors, as C++ makes them of arguments."""

from types import FunctionType, MethodType

from cppbind import errors, ownership, signals
from cppbind.backend.records import Field
from cppbind.overloads import callable_ones, function_for, replace


def first_init(self, *args, **keywords):
    """Until a class is first instantiated; then its constructors take the place."""
    if self._dispatch is not None:
        return self._dispatch.construct(self, args, keywords)
    construct_by_cpp(type(self)).__init__(self, *args, **keywords)


def construct_by_cpp(cls):
    """Give a class, or that C++ base which has none yet, its constructors; that class."""
    cls = next(one for one in cls.__mro__ if one.__dict__.get("__init__") is FIRST)
    replace(cls, "__init__", constructors(cls, crossed if "v" in cls._record.flags else None))
    return cls


class FirstInit:
    """__init__ of a class until it is first used, or asked for its overloads."""

    def __get__(self, instance, owner):
        if instance is not None:
            return MethodType(first_init, instance)
        try:
            return construct_by_cpp(owner).__init__
        except TypeError:                               # which there is time to say when it is called
            return first_init


FIRST = FirstInit()


def constructors(cls, around=None):
    """The function of a class's constructors; `around` makes another of Python's."""
    if "a" in cls._record.flags:
        raise TypeError(f"cannot instantiate abstract class '{cls.__cpp_name__}'")
    functions = cls._record.constructors
    if not functions:
        raise TypeError(f"{cls.__cpp_name__} is incomplete: it was declared, but not defined")

    def by_python(made):
        from cppbind import templates
        if cls._record.has_constructor_templates:
            declared = made.__doc__
            made = templates.constructor(cls, made)
            made.__doc__ = declared
        made = aggregate(cls, made) if "g" in cls._record.flags else made
        made = around(made) if around else made
        if ownership.ON_PYPY:
            made.__dict__ = signals.ConstructorFlags(made, cls)
        return made
    made = function_for(functions, cls, "__init__", around=by_python)
    if not ownership.ON_PYPY and isinstance(made, FunctionType):    # which tells nobody that its attributes are set
        from cppbind import policy
        return policy.deciding(made)
    return made


def not_explicit(cls, functions):
    """The function of those constructors that convert: they are neither explicit nor for copies and moves."""
    usable = callable_ones([one for one in functions if not set("eCM") & set(one.flags)]) if "a" not in cls._record.flags else []
    return function_for(usable, cls, "__init__") if usable else refuse


def implicit_constructor(cls, value):
    """A new object made by a constructor, or template of one, that is not explicit and takes one argument, or those of a tuple; None if none
    takes the value."""
    if "f" in cls._record.flags:
        return None
    found = cls.__dict__.get("_implicit")
    if found is None:
        found = not_explicit(cls, [one for one in cls._record.constructors if one.required <= 1 <= len(one.parameters)])
        type.__setattr__(cls, "_implicit", staticmethod(found))
    else:
        found = found.__func__
    made = cls.__new__(cls)
    try:
        found(made, value)
    except errors.Refused:
        from cppbind.templates import implicit
        made = listed(cls, value) if type(value) is tuple else None
        return implicit(cls, value) if made is None else made
    return made


def listed(cls, values):
    """A new object made of a tuple as of C++'s {...}: by a constructor that is not explicit, or by data members; None if it cannot be."""
    found = cls.__dict__.get("_listed")
    if found is None:
        found = not_explicit(cls, cls._record.constructors)
        found = staticmethod(aggregate(cls, found) if "g" in cls._record.flags and found is not refuse else found)
        type.__setattr__(cls, "_listed", found)
    made = cls.__new__(cls)
    try:
        found.__func__(made, *values)
    except TypeError:
        return None
    return made


def refuse(instance, *values):
    raise errors.RefusedType("there is no constructor for this")


def aggregate(cls, construct):
    """The constructor of an aggregate: what no constructor takes gives the data members their values, in turn or by name."""
    fields = [one.name for one in cls._record.members if isinstance(one, Field)]

    def __init__(self, *args, **keywords):
        if not args and not keywords:
            return construct(self)
        try:
            return construct(self, *args, **keywords)
        except TypeError:
            if len(args) > len(fields) or any(key not in fields[len(args):] for key in keywords) or cls._record.bases:
                raise
        construct(self)
        for name, value in (*zip(fields, args), *keywords.items()):
            setattr(self, name, value)
    __init__.__doc__ = construct.__doc__
    return __init__


def crossed(construct):
    """A constructor that leaves instances of Python classes to their dispatcher."""
    def __init__(self, *arguments, **keywords):
        if self._dispatch is not None:
            return self._dispatch.construct(self, arguments, keywords)
        construct(self, *arguments, **keywords)
    __init__.__doc__ = construct.__doc__
    return __init__


class AbstractInit:
    """__init__ of an abstract class: for super() in Python classes that derive from it."""

    def __get__(self, instance, owner):
        name = owner.__cpp_name__
        if instance is None:
            def __init__(self, *arguments, **keywords):
                raise TypeError(f"cannot instantiate abstract class '{name}': derived classes call super().__init__()")
            return __init__
        if instance._dispatch is None:
            raise TypeError(f"cannot instantiate abstract class '{name}'")
        return lambda *arguments, **keywords: instance._dispatch.construct(instance, arguments, keywords)
