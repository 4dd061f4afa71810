"""How an element lies in a container's memory: the source that reads and writes it, and its type."""

from cppbind.fields import Place
from cppbind.typecode import NUMBERS, parse


class Element:
    """`read` is an expression for the element at the address {at} of the container `self`; `write` are lines that put `value` there,
    or None; `names` is what the source needs; `size` its bytes."""

    def __init__(self, code):
        self.type = parse(code)
        place = Place(self.type, False)
        self.read = place.read.replace("{p}", "{at}")
        self.write = place.write and [line.replace("{p}", "{at}") for line in place.write]
        self.names = place.names
        self.size = size_of(self.type)

    def reading(self, at):
        return self.read.format(at=at)

    def writing(self, at):
        return [line.format(at=at) for line in self.write]


def size_of(type):
    """Bytes of a type; TypeError if it is not known."""
    if type.kind == "number":
        return NUMBERS[type.name][1]
    if type.kind == "enum":
        return NUMBERS[type.of.name][1]
    if type.kind == "complex":
        return 2 * size_of(type.of)
    if type.kind == "array" and type.count:
        return type.count * size_of(type.of)
    if type.kind in ("pointer", "reference", "rvalue"):
        return 8
    if type.kind == "class":
        from cppbind.scopes import class_named
        return class_named(type.name)._record.size
    raise TypeError(f"C++ elements of type {type.code} are not readable")


def alignment_of(type):
    if type.kind == "class":
        from cppbind.scopes import class_named
        return class_named(type.name)._record.alignment
    return alignment_of(type.of) if type.kind in ("complex", "array") else size_of(type)
