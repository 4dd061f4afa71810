"""C++ classes as Python classes.

    instance._cpp          address of the object, as its own class sees it; 0: none.  An int, which PyPy keeps unboxed
    instance._offset_N     what to add for the base class number N; each class has one for itself and for each base, which the JIT
                           takes for a constant; a virtual base's is a property that asks the object
    cls._number            N of the class, from 1
"""

from itertools import count
from cppbind import attributes, deriving, downcast, errors, hooks, native, operators, ownership
from cppbind.constructors import FIRST, AbstractInit
from cppbind.emit import made
from cppbind.enums import enum_class
from cppbind.fields import Static, field_property
from cppbind.overloads import Lazy, replace
from cppbind.stl import pythonize
from cppbind.typecode import key_of
from cppbind.backend.records import Alias, Class, Constant, Enum, Field, Function, Template, Variable

numbers = count(1)


class CppClass(type):
    """The metaclass: nested names are found when asked for, static data is written through the class."""

    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace, **keywords)
        if "_record" not in namespace and bases and bases != (CPPInstance,):
            deriving.derive(cls)

    @property
    def __cpp_template__(cls):
        """The class template that the class is an instance of.  AttributeError if it is of none."""
        from cppbind.scopes import named
        template = cls._record.template
        if not template:
            raise AttributeError(f"{cls.__name__} is no instance of a template")
        return named(template)

    def __getattr__(cls, name):
        for one in cls.__mro__:
            nested = one.__dict__.get("_nested")
            if nested and name in nested:
                value = one._make_nested(name)
                type.__setattr__(one, name, value)
                return value
        stem, begin, arguments = name.partition("<")
        if begin and name.endswith(">") and stem.isidentifier():
            return getattr(cls, stem)[arguments[:-1]]
        raise AttributeError(f"{cls.__name__} has no attribute {name!r}")

    def __setattr__(cls, name, value):
        for one in cls.__mro__:
            found = one.__dict__.get(name)
            if isinstance(found, Static) or type(found).__name__ == "Static":      # a native one
                return found.__set__(None, value)
            if isinstance(one.__dict__.get("_nested", {}).get(name), tuple):
                raise TypeError(f"{one.__cpp_name__}::{name} is a constant")
        type.__setattr__(cls, name, value)
        if cls.__dict__.get("_dispatch"):
            deriving.changed(cls, name)

    def __dir__(cls):
        return sorted({*type.__dir__(cls), *(name for one in cls.__mro__ for name in one.__dict__.get("_nested", ()))})

    def __repr__(cls):
        return f"<class {cls.__module__}.{cls.__qualname__}>"


class CPPInstance(metaclass=CppClass):
    """Base of all C++ classes' Python classes."""

    _cpp = 0
    _cohort = None                                     # on PyPy: what it is in while it is young and owns its object
    _nested = {}
    _rvalue = False                                    # std.move() gave it: a T && may take it
    _smart = None                                      # the instance of the smart pointer that holds the object
    _held = None                                       # of a smart pointer: a weak reference to the instance that it holds
    _dispatch = None                                   # of a Python class: cross.Dispatcher
    if ownership.ON_PYPY:
        __dict__, __dir__ = property(attributes.Attributes, attributes.replace), attributes.names

    def __init__(self, *arguments, **keywords):
        if self._dispatch is None:
            raise TypeError(f"{type(self).__name__} cannot be constructed")
        self._dispatch.construct(self, arguments, keywords)

    def __destruct__(self):
        """Delete the C++ object now, whoever owns it; it may not be used any more."""
        address = self._cpp
        if not address:
            errors.null(self)
        self._disown(self)
        self._cpp = 0
        self._deleter([address])

    @property
    def __python_owns__(self):
        """Whether the C++ object is deleted with this instance, or with the smart pointer that holds it.  May be set."""
        return self._owns(self) if self._smart is None else self._smart.__python_owns__

    @__python_owns__.setter
    def __python_owns__(self, value):
        if self._smart is not None:
            self._smart.__python_owns__ = value
            return
        if bool(value) != self._owns(self):
            self._own(self, self._cpp) if value else self._disown(self)

    def __smartptr__(self):
        """The smart pointer that holds the object; None if none does."""
        return self._smart

    def __bool__(self):
        return self._cpp != 0

    def __getitem__(self, index):
        """The object so many further on, as through a pointer to an array; of Python's own objects there is but one."""
        if not self._cpp:
            errors.null(self)
        if self._owns(self) or not isinstance(index, int):
            raise TypeError(f"'{type(self).__name__}' object is not subscriptable")
        return type(self)._wrap_part(self, self._cpp + index * self._record.size) if index else self

    __iter__ = None                                     # C++ does not tell how many there are

    def __repr__(self):
        smart = f" held by {type(self._smart).__cpp_name__} at {self._smart._cpp:#x}" if self._smart is not None else ""
        return f"<{type(self).__module__}.{type(self).__qualname__} object at {self._cpp:#x}{smart}>"

    def __reduce__(self):
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")    # its address is of this process, and its alone

    def __dispatch__(self, name, signature):
        """The overload of a method, bound, by the types of its parameters.  LookupError if there is none."""
        if not isinstance(signature, str):
            raise TypeError(f"__dispatch__() expects the signature as str, not {type(signature).__name__!r}")
        return getattr(type(self), name).__overload__(signature).__get__(self, type(self))


def missing_attribute(self, name):
    if name.startswith("_offset_"):
        errors.underived(self)
    raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


if ownership.ON_PYPY:                                   # emit.placing
    CPPInstance.__getattr__ = missing_attribute
operators.give_all(CPPInstance)


def make_class(backend, described, meta=CppClass):
    """The Python class of a described `records.Class`."""
    from cppbind.scopes import class_named, classes
    bases, offsets = [], {}
    number = next(numbers)
    for base in described.bases:
        if "g" in base.flags and "v" not in described.flags:
            continue                                    # not public: for what is virtual it counts all the same, as in cppyy
        other = class_named(base.name)
        bases.append(other)
        offsets.update(shifted(other, base, backend, described.handle))
    offsets[number] = 0
    from cppbind.scopes import module_name
    scope, _, _ = described.name.rpartition("::" + described.short_name)
    namespace = {"__cpp_name__": described.name, "__module__": module_name(scope),
                 "_number": number, "_offsets": offsets, "_nested": {}, "_record": described, "_backend": backend, "__init__": FIRST}
    for key, value in offsets.items():
        namespace[f"_offset_{key}"] = value if isinstance(value, int) else property(lambda self, at=value: at(self._cpp))
    if "a" in described.flags:
        namespace["__init__"] = AbstractInit()
    bases = consistent(bases) or (CPPInstance,)
    if described.name == "std::exception":              # and so all that derive from it
        bases = (CPPInstance, Exception)
    elif native.extension() is not None:
        if bases == (CPPInstance,):
            bases = (CPPInstance, native.extension().Instance)
            namespace.update(_cpp=native.extension().Instance._cpp, _rvalue=native.extension().Instance._rvalue)
        else:
            from cppbind.native.apart import apart
            bases = apart(bases, namespace)
    cls = meta(described.short_name, bases, namespace)
    add_management(cls, backend, described)
    add_members(cls, described)
    pythonize(cls)
    if meta is CppClass:
        classes[described.name] = cls
        hooks.pythonize(cls)
    return cls


def shifted(other, base, backend, handle):
    """{number: offset} of a base and its bases; a function of the address where that depends on the object."""
    def virtual(address):
        return backend.offset(handle, backend.scope(base.name), address)
    found = {}
    for number, offset in other._offsets.items():
        if "v" in base.flags:
            found[number] = (lambda address, inner=offset: sum_of(virtual(address), inner, address))
        elif isinstance(offset, int):
            found[number] = base.offset + offset
        else:
            found[number] = (lambda address, inner=offset: sum_of(base.offset, inner, address))
    return found


def sum_of(outer, inner, address):
    return outer + (inner if isinstance(inner, int) else inner(address + outer))


def consistent(bases):
    """Bases without those that another one derives from: Python orders them all the same."""
    return tuple(one for one in bases if not any(other is not one and issubclass(other, one) for other in bases))


def deleter_of(cls, backend, described):
    """What deletes objects; that of a base with a virtual destructor where the class's own is not public."""
    if any(isinstance(one, Function) and one.kind == "d" and set(one.flags) & set("gq") for one in described.members):
        base = next((one for one in cls.__bases__ if getattr(one, "_record", None) and getattr(cls, f"_offset_{one._number}") == 0), None)
        return base._deleter if base is not None else ownership.Nothing()
    return ownership.Deleter(backend, described.handle)


def add_management(cls, backend, described):
    deleter = deleter_of(cls, backend, described)
    type.__setattr__(cls, "_deleter", deleter)
    if native.extension() is not None and issubclass(cls, native.extension().Instance):
        manager = native.extension().manager(cls, deleter)
        if "v" in described.flags:
            manager.derived(lambda vtable: downcast.way_to(cls, vtable))
        put_management(cls, manager.own, manager.disown, manager.owns, manager.wrap, manager.wrap_as_is, manager.part, manager.take)
        return
    own, disown, owns, known, remember = ownership.managing(cls, deleter)
    new = Exception.__new__ if issubclass(cls, Exception) else object.__new__

    def wrap_as_is(address):
        found = known(address)
        if found is not None:
            return found
        self = new(cls)
        self._cpp = address
        if address:
            remember(self, address)
        return self

    def wrap_part(whole, address):
        self = new(cls)
        self._cpp = address
        self._whole = whole
        return self

    names = {"new": new, "cls": cls}
    owning = ownership.owning(cls, "self", "address", names)
    take = made(["def take(address):", *("    " + line for line in ["self = new(cls)", "self._cpp = address", *owning, "return self"])], "take", names)
    wrap = downcast.wrapper(cls, wrap_as_is) if "v" in described.flags else wrap_as_is
    put_management(cls, own, disown, owns, wrap, wrap_as_is, wrap_part, take)


def put_management(cls, *functions):
    for name, function in zip(("_own", "_disown", "_owns", "_wrap", "_wrap_as_is", "_wrap_part", "_take"), functions):
        type.__setattr__(cls, name, staticmethod(function))


def add_members(cls, described):
    methods, general = {}, {}
    nested = cls._nested
    for member in described.members:
        if isinstance(member, Function):
            if member.kind in "mv" and "q" not in member.flags:
                methods.setdefault(member.name, []).append(member)
        elif isinstance(member, Field):
            if "g" not in member.flags:
                type.__setattr__(cls, member.name, lazy_property(member, cls))
        elif isinstance(member, Variable):
            if "g" not in member.flags:
                type.__setattr__(cls, member.name, Static(member, cls))
        elif isinstance(member, Template) and member.kind in ("function", "constructor"):
            general.setdefault(member.name, []).append(member)
        elif isinstance(member, (Class, Enum, Alias, Template, Constant)):
            nested[member.short_name if isinstance(member, Class) else member.name] = member
            if isinstance(member, Enum) and not set("sg") & set(member.flags):
                for name, value in member.constants:
                    nested[name] = (member, value)
    for name in nested:
        if any(name in getattr(base, "_nested", ()) for base in cls.__mro__[1:]):
            type.__setattr__(cls, name, Hiding(cls, name))
    for name in {**methods, **general}:
        functions = methods.get(name, [])
        if any("v" in one.flags for one in functions):
            type.__setattr__(cls, key_of(name), cls._number)
        if name not in general:
            type.__setattr__(cls, name, Lazy(cls, name, functions))
        elif general[name][0].kind == "function":
            type.__setattr__(cls, name, Lazy(cls, name, functions, template_of))
    operators.give(cls, methods, general)
    type.__setattr__(cls, "_make_nested", staticmethod(lambda name: make_nested(cls, nested[name])))


def template_of(functions, scope, name):
    from cppbind.templates import FunctionTemplate
    return FunctionTemplate(scope, name, functions)


def make_nested(cls, member):
    from cppbind.scopes import class_named, type_object
    if isinstance(member, Class):
        return class_named(member.name)
    if isinstance(member, Enum):
        return enum_class(member)
    if isinstance(member, tuple):
        return enum_class(member[0])._made(member[1])
    if isinstance(member, Alias):
        return type_object(member.code, (member.name, cls.__cpp_name__))
    if isinstance(member, Template):
        from cppbind.templates import template
        return template(member, cls._backend)
    return member.value


class Hiding:
    """A nested name that a base class has, too, until it is first looked up."""

    def __init__(self, cls, name):
        self.cls, self.name = cls, name

    def __get__(self, instance, owner):
        value = self.cls._make_nested(self.name)
        replace(self.cls, self.name, value)
        return value


class lazy_property:
    """A data member until it is first looked up; then a property takes its place."""

    def __init__(self, field, owner):
        self.field, self.owner = field, owner

    def resolve(self):
        made = member(self.field, self.owner)
        replace(self.owner, self.field.name, made)
        return made

    def __get__(self, instance, owner):
        if instance is None:
            raise AttributeError(f"{owner.__name__}.{self.field.name} is a data member, which only instances have")
        return self.resolve().__get__(instance, owner)

    def __set__(self, instance, value):
        self.resolve().__set__(instance, value)


def member(field, owner):
    """The descriptor of a data member: a native one, or a property."""
    if native.extension() is not None:
        from cppbind.native.fields import descriptor
        if found := descriptor(field, owner, lambda: field_property(field, owner)):
            return found
    return field_property(field, owner)


def protected_field(field, owner):
    """The property of a protected member, for a Python class that derives from its owner."""
    found = lazy_property(field, owner)
    found.resolve = lambda: member(field, owner)
    return found
