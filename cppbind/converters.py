"""Which converter the parameters of a type have.  conversion.py says what a converter is.

To add one: write the class, and enter it into EXACT by type code or into KINDS by kind of type.
"""

from cppbind import embedding
from cppbind.conversion import Address, Boolean, Character, Converter, Enumerated, Integer, NullPointer, Real, is_nullptr, kind_of
from cppbind.instances import Container, FunctionObject, Object, Smart, String
from cppbind.stl import RULES, smart, template_of
from cppbind.strings import Temporary, kind_of_name
from cppbind.texts import Text, TextReference, WideText


class FunctionPointer(Converter):
    """A pointer to a function: a Python callable, what C++ gave as one, or nullptr."""
    rank, lasting = 65, True
    test = "callable({v}) and not hasattr({v}, '_cpp')"     # an object with operator() is no function

    def __init__(self, type):
        super().__init__(type)
        self.function = type.of

    def convert(self, value):
        from cppbind import functions
        if is_nullptr(value):
            return 0
        if isinstance(value, functions.Function):
            if value.type is not self.function:
                raise TypeError(f"a {functions.spelled(self.function)} is expected, not {value!r}")
            return value.address
        if not callable(value) or hasattr(value, "_cpp"):
            raise TypeError(f"a callable is expected, not {kind_of(value)}")
        return functions.own_address(self.function, value) or Temporary(functions.pointer_to(self.function, value), value)


class PythonObject(Converter):
    """PyObject *: any value as itself; of nullptr a null pointer."""
    test, rank = "True", 95
    lines = ("{v} = {n}pinned({v})",)

    def __init__(self, type):
        super().__init__(type)
        from cppbind import pyobjects
        self.objects = pyobjects.objects()
        if pyobjects.ON_PYPY:
            self.after = "if {v}: {n}drop({v})"

    def names(self):
        from cppbind import pyobjects
        return {"pinned": pyobjects.pinned, "drop": self.objects.drop}

    def convert(self, value):
        from cppbind import pyobjects
        return pyobjects.pinned(value)


class Registered(Converter):
    """What a converter of C++'s makes of any value (embedding.py)."""
    test, rank = "True", 40

    def __init__(self, type, address):
        super().__init__(type)
        self.address, self.function = address, embedding.function("set_argument")

    def convert(self, value):
        return self.function(self.address, value)


EXACT = {"PKc": Text, "PC_object;": PythonObject, "RKPKc": TextReference, "OPKc": TextReference, "b": Boolean,
         **dict.fromkeys(("PKw", "PKDu", "PKDs", "PKDi"), WideText), **dict.fromkeys(("f", "d", "e"), Real),
         **dict.fromkeys(("c", "a", "h", "w", "Du", "Ds", "Di"), Character)}
KINDS = {"number": Integer, "enum": Enumerated, "class": Object, "nullptr": NullPointer}


def is_function_object(type):
    """A std::function by value, by reference to const or to what is no longer needed: what takes Python callables."""
    of = type if type.kind == "class" else type.of
    return of.name.startswith("std::function<") and (type.kind in ("class", "rvalue") or type.kind == "reference" and of.const)


def kind_class(type):
    """The converter's class for a type that EXACT does not have, or None."""
    from cppbind import complexes
    if found := complexes.converter_class(type):
        return found
    if type.kind in ("pointer", "reference", "rvalue"):
        of = type.of
        if of.kind == "class":
            return FunctionObject if is_function_object(type) else class_converter(of)
        if of.kind == "function":
            return FunctionPointer
        if type.kind != "pointer" and (of.const or type.kind == "rvalue") and of.kind in ("number", "enum"):
            return EXACT.get(of.plain) or KINDS[of.kind]
        from cppbind.pointers import pointer_class
        return pointer_class(type) or Address
    return class_converter(type) if type.kind == "class" else KINDS.get(type.kind)


def class_converter(type):
    """The converter's class for a class."""
    if kind_of_name(type.name):
        return String
    if smart.is_smart(type.name):
        return Smart
    if is_function_object(type):
        return FunctionObject
    return Container if template_of(type.name) in RULES else Object


def converter(type):
    """The converter for parameters of a Type; TypeError if there is none."""
    registered = embedding.registered(embedding.converters, type)
    if registered:
        return Registered(type, registered)
    found = EXACT.get(type.plain) or kind_class(type)
    if found is None:
        raise TypeError(f"C++ parameters of type {type.code} cannot be passed")
    if type.kind in ("reference", "rvalue") and type.of.kind in ("number", "enum") and issubclass(found, (Integer, Boolean, Real)):
        type = type.of
    return found(type)
