"""Complex numbers: std::complex<double> and C's _Complex are Python's complex.  All lie in memory as two numbers.

std::complex of other numbers is a class like others, whose parameters take Python's numbers.
"""

from cppbind.backend.api import cast, ffi
from cppbind.conversion import Converter, kind_of
from cppbind.executors import Executor
from cppbind.instances import Object
from cppbind.pointers import NumberPointer
from cppbind.strings import Temporary, allocator
from cppbind.typecode import NUMBERS

CODES = {"float": "f", "double": "d", "long double": "e", "int": "i", "long": "l", "short": "s", "unsigned int": "j", "unsigned long": "m"}


def part(type):
    """The code of the numbers that a complex type consists of; None for other types."""
    if type.kind == "complex":
        return type.of.name
    if type.kind == "class" and type.name.startswith("std::complex<"):
        return CODES.get(type.name[len("std::complex<"):-1])
    return None


def is_python(type):
    """Whether a type is Python's complex."""
    return type.kind == "complex" or type.kind == "class" and type.name == "std::complex<double>"


def pointer_to(code):
    """The type, for `cast`, of a pointer to numbers of a code."""
    return ffi.typeof("long double *" if code == "e" else NUMBERS[code][0] + " *")


def number(value):
    """Python's complex, int or float, or a std::complex, as Python's complex; TypeError for others."""
    if isinstance(value, (complex, float, int)):
        return complex(value)
    if hasattr(type(value), "__complex__"):
        return value.__complex__()
    raise TypeError(f"a number is expected, not {kind_of(value)}")


def block(code, value):
    """The address of a complex number in Python's memory, as a Temporary."""
    memory = ffi.new("long double[2]" if code == "e" else NUMBERS[code][0] + "[2]")
    memory[0], memory[1] = (int(value.real), int(value.imag)) if code not in "fde" else (value.real, value.imag)
    return Temporary(int(cast("intptr_t", memory)), memory)


class Complex(Object):
    """std::complex by value or const reference: an instance, or a number of Python's."""

    def __init__(self, type):
        super().__init__(type)
        if self.test and not self.writes():
            self.test = f"({self.test} or type({{v}}) is complex)"

    def writes(self):
        return self.type.kind == "reference" and not self.target.const or self.type.kind == "pointer"

    def by_class(self, value):
        return type(value) is not complex and super().by_class(value)

    def convert(self, value):
        if isinstance(value, (complex, float, int)) and not self.writes():
            return block(part(self.target), complex(value))
        return super().convert(value)


class CComplex(Converter):
    """_Complex by value or const reference: a number of Python's, or a std::complex."""
    rank, keeps = 9, False
    test = "type({v}) is complex"

    def convert(self, value):
        of = self.type if self.type.kind == "complex" else self.type.of
        return block(of.of.name, number(value))


class ComplexPointer(NumberPointer):
    """A pointer to complex numbers, or a reference that may be written through: memory of such numbers, or an instance."""

    def __init__(self, type):
        super().__init__(type)
        self.instance = Object(type) if self.of.kind == "class" else None

    def convert(self, value):
        if self.instance is not None and hasattr(type(value), "_record"):
            return self.instance.convert(value)
        return super().convert(value)


class Value(Executor):
    """A complex number by value: the wrapper made one with new, which is deleted."""
    source = "{n}taken({r})"

    def names(self):
        read = reader(part(self.type))

        def taken(address):
            value = read(address)
            allocator.delete(address)
            return value
        return {"taken": taken}


class Referred(Executor):
    """A complex number by reference: what is there now."""
    source = "{n}read({r})"

    def names(self):
        return {"read": reader(part(self.type.of))}


def reader(code):
    """A function from the address of a complex number to Python's."""
    pointer = pointer_to(code)

    def read(address):
        parts = cast(pointer, address)
        return complex(float(parts[0]), float(parts[1]))
    return read


def converter_class(type):
    """The converter's class for parameters of a type that is complex, or a pointer or reference to such; None for others."""
    of = type.of if type.kind in ("pointer", "reference", "rvalue") else type
    if part(of) is None:
        return None
    if type.kind == "pointer" or type.kind == "reference" and not of.const and of.kind == "complex":
        return ComplexPointer
    return Complex if of.kind == "class" else CComplex


def executor_class(type):
    """The executor's class for results of a type that is Python's complex, or a reference to such; None for others."""
    if is_python(type):
        return Value
    return Referred if type.kind in ("reference", "rvalue") and is_python(type.of) else None
