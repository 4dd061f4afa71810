"""Containers and strings whose elements lie in a row: their methods as native ones, in front of Python's."""

from types import MethodType

from cppbind import converters
from cppbind.emit import Call
from cppbind.native import Asked, extension, ways
from cppbind.native.functions import admitted, function as native_function
from cppbind.typecode import parse

METHODS = {"__len__": "l", "__bool__": "b", "__getitem__": "g", "__setitem__": "s", "__iter__": "i", "__str__": "t"}


class Owner(Asked):
    """What native rows and methods ask Python."""

    def __init__(self, scope=None, function=None):
        self.scope, self.function = scope, function

    def target(self):
        return self.function

    def admit(self, number, position, type):
        return admitted(self.scope, type) or None


def put_length(cls, word):
    """len() of a container that counts its elements in a word."""
    put(cls, "n", 1, word, parse("v"), ("__len__", "__bool__"))


def put_nodes(cls, layout, offset, word, element):
    """Iteration of a container of nodes: `word` holds the first, an element lies `offset` bytes into it."""
    put(cls, layout, offset, word, element, ("__iter__",))


def put(cls, layout, size, count, element, names):
    """Native methods under some names in place of those that a class has; `layout` is a letter of backend/native/row.cpp, `element` a Type."""
    native = extension()
    if native is None or ways.manager_of(cls._own) is None:
        return
    way = ways.in_memory(element)
    parameter = ways.parameter(converters.converter(element)) if way is not None and element.kind in ("number", "enum") and not element.const else None
    row = native.row(Owner(cls), layout, size, count, None if parameter is None or parameter[0] in "?-" else parameter, *(way or ("-", "-", None)))
    for name in names:
        if name in cls.__dict__ and (way is not None or name in ("__len__", "__bool__")):
            made = native.row_method(row, METHODS[name], Owner(function=cls.__dict__[name]), MethodType)
            type.__setattr__(cls, name, made)



def put_found(cls, function, element):
    """map[key]: what lies where C++'s operator[] says."""
    way = ways.in_memory(element)
    python = cls.__dict__["__getitem__"]
    if way is None or way[0] not in "1248ABCDbdfxyzP":
        return
    result = way if way[0] == "P" else ("R", way[0], None)
    made = native_function([Call(function, cls)], lambda: python, result=(*result, 0))
    if made is not None:
        type.__setattr__(cls, "__getitem__", made)
