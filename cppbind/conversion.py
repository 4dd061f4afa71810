"""What converters are, Python values to what wrappers take; those of numbers and addresses.

A converter writes straight-line Python for the functions that `emit` makes:

    ctype      C's name for what crosses
    test       expression: {v} is taken as it is, in the first round of overload resolution; "" = never
    lines      statements that put what crosses into {v}; {n} starts the names that `names` gives
    names      {name: object} for the source: {n}convert is given by itself
    after      statement that follows the call, if there is one
    rank       smaller goes first among overloads that take the same value
    keeps      whether the Python value has to stay alive during the call
    lasting    whether it stays alive as long as the object whose method is called
    convert    method: the value that crosses for any other Python value; raises TypeError, ValueError, OverflowError

`converters.py` says which type has which; texts.py, instances.py and pointers.py have more of them.
"""

from cppbind.errors import OutOfRange
from cppbind.typecode import NUMBERS
from cppbind.values import of_ctypes


class Converter:
    ctype = "intptr_t"
    test = ""
    lines = ("{v} = {n}convert({v})",)
    after = ""
    rank = 50
    keeps = True
    lasting = False

    def __init__(self, type):
        self.type = type

    def names(self):
        return {}

    def convert(self, value):
        raise TypeError(f"no conversion from {kind_of(value)} to {self.type.code}")

    def by_class(self, value):
        """Whether a constructor or conversion operator of a class is needed: such candidates come last."""
        return False


class default_t:
    """As an argument, the value that C++ initialises a number with."""

    def __repr__(self):
        return "default"


default = default_t()


def plain(value):
    """The number in an object of ctypes, that of `default`; else the value itself."""
    foreign = None if isinstance(value, (int, float)) else of_ctypes()
    return 0 if value is default else foreign.number(value) if foreign else value


def kind_of(value):
    return f"{type(value).__name__!r}"


def is_nullptr(value):
    return type(value).__name__ == "nullptr_t"


# ---- numbers ---------------------------------------------------------------------------------------------------------------

class Integer(Converter):
    keeps = False
    RANKS = {code: rank for rank, code in enumerate("i l x j m y s t B U".split())}

    def __init__(self, type):
        super().__init__(type)
        self.ctype, _, self.low, self.high = NUMBERS[type.name]
        self.test = f"type({{v}}) is int and {self.low} <= {{v}} <= {self.high}"
        self.lines = (f"if not ({self.test}): {{v}} = {{n}}convert({{v}})",)
        self.rank = self.RANKS.get(type.name, 20)

    def convert(self, value):
        value = plain(value)
        if isinstance(value, (float, str, bytes)) or not hasattr(value, "__index__"):
            raise TypeError(f"an integer is expected, not {kind_of(value)}")
        value = value.__index__()
        if self.low == 0 and value < 0:
            raise ValueError(f"cannot convert negative integer {value} to unsigned")
        if not self.low <= value <= self.high:
            raise OutOfRange(f"{value} is out of range: {self.low} to {self.high}")
        return value


class Boolean(Converter):
    ctype, rank, keeps = "_Bool", 30, False
    test = "type({v}) is bool"
    lines = ("if type({v}) is not bool: {v} = {n}convert({v})",)

    def convert(self, value):
        value = plain(value)
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        raise ValueError(f"a boolean is expected: True, False, 1 or 0, not {value!r}")


class Real(Converter):
    keeps = False
    test = "type({v}) is float"
    lines = ("if type({v}) is not float: {v} = {n}convert({v})",)

    def __init__(self, type):
        super().__init__(type)
        self.ctype = NUMBERS[type.name][0]
        self.rank = {"d": 10, "f": 11, "e": 12}[type.name]

    def convert(self, value):
        value = plain(value)
        if isinstance(value, (str, bytes)) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
            raise TypeError(f"a number is expected, not {kind_of(value)}")
        return float(value)


class Character(Integer):
    """char, wchar_t, char8_t, char16_t, char32_t: a str of one character, or the number."""

    def __init__(self, type):
        super().__init__(type)
        self.rank = 25
        self.test = "type({v}) is str and len({v}) == 1"
        self.lines = ("{v} = {n}convert({v})",)

    def convert(self, value):
        if isinstance(value, bytes) and len(value) == 1:
            value = value.decode("latin-1")
        if not isinstance(value, str):
            try:
                return super().convert(value)
            except OverflowError as reason:
                raise ValueError(str(reason)) from None
        if len(value) != 1:
            raise ValueError(f"a single character is expected, not a string of {len(value)}")
        number = ord(value)
        if self.low < 0 and 128 <= number < 256 and self.high == 127:
            number -= 256
        if number > self.high:
            raise OutOfRange(f"the character {value!r} is out of range")
        return number


class Enumerated(Integer):
    """An enum crosses as its integer."""

    def __init__(self, type):
        super().__init__(type.of)
        from cppbind.scopes import class_named
        self.type, self.enum = type, class_named(type.name)
        self.test = "isinstance({v}, {n}enum)" if type.of.name != "b" else "type({v}) is bool"
        self.rank = 5
        self.plain = None                               # what takes characters and booleans
        if issubclass(self.enum, str):
            self.plain = Character(type.of)
            self.lines = ("{v} = {v}._number() if isinstance({v}, {n}enum) else {n}convert({v})",)
        elif type.of.name == "b":
            self.plain = Boolean(type.of)

    def names(self):
        return {"enum": self.enum}

    def convert(self, value):
        return super().convert(value) if self.plain is None else self.plain.convert(value)


# ---- addresses --------------------------------------------------------------------------------------------------------------

class Address(Converter):
    """What is no memory of numbers or objects, such as a member pointer: an address."""
    rank = 60

    def convert(self, value):
        if is_nullptr(value):
            return 0
        if isinstance(value, int):
            return value
        return self.place(value, getattr(value, "_cpp", None))

    def place(self, value, address):
        """What stands for a value that is no number; `address` is that of an object of C++, else None."""
        if address is None:
            raise TypeError(f"an object of C++ or an address is expected, not {kind_of(value)}")
        return address


class NullPointer(Address):
    """std::nullptr_t: nullptr or None, and no other address."""
    test = "type({v}) is {n}none"

    def names(self):
        return {"none": type(None)}

    def convert(self, value):
        if value is None or is_nullptr(value):
            return 0
        raise TypeError(f"nullptr is expected, not {kind_of(value)}")
