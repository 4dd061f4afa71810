"""Python values to what wrappers take: one class for each way, found by `converter`.

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

To add one: write the class, and enter it into EXACT by type code or into KINDS by kind of type.
"""

from _thread import _local

from cppbind import embedding
from cppbind.backend.api import ffi
from cppbind.stl import RULES, smart, template_of
from cppbind.strings import Kind, Temporary, kind_of_name
from cppbind.typecode import NUMBERS, parse
from cppbind.values import of_ctypes

cast = ffi.cast


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
            raise OverflowError(f"{value} is out of range: {self.low} to {self.high}")
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
            raise OverflowError(f"the character {value!r} is out of range")
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


# ---- pointers --------------------------------------------------------------------------------------------------------------

class Text(Converter):
    """const char *: str as UTF-8, bytes, or nullptr; alive as long as the call."""
    ctype, rank = "const char *", 15
    test = "type({v}) is str"
    lines = ("{v} = {n}convert({v})",)
    null = cast("char *", 0)

    def convert(self, value):
        if isinstance(value, str):
            return value.encode("utf-8", "surrogateescape")
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if is_nullptr(value):
            return self.null
        foreign = of_ctypes()
        if foreign and isinstance(value, foreign.ctypes.c_char_p):
            return cast("char *", foreign.memory(value)[1])
        raise TypeError(f"str or bytes is expected, not {kind_of(value)}")


class KeptText(Text):
    """What a char * in memory is set to: an address, of text that whoever has the pointer keeps."""

    def __init__(self, type):
        super().__init__(type)
        self.memory = None if type.of.const else converter(type)

    def convert(self, value):
        if self.memory is not None and not isinstance(value, (str, bytes)):
            return self.memory.convert(value)
        data = super().convert(value)
        if not isinstance(data, bytes):
            return 0
        block = ffi.new("char[]", data)
        return Temporary(int(cast("intptr_t", block)), block)


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


class Object(Converter):
    """A class by value, reference or pointer: the address of an instance, adjusted to the class that is asked for."""
    rank = 8

    def __init__(self, type):
        super().__init__(type)
        from cppbind.scopes import class_known
        self.target = type if type.kind == "class" else type.of
        self.cls = class_known(self.target.name)
        if self.cls is None:                            # mentioned, but not known yet: every value goes through convert()
            return
        self.test = "isinstance({v}, {n}cls)" + " and {v}._cpp" * (type.kind != "pointer")
        self.rank -= len(self.cls.__mro__) / 100        # of a class and its base, the class
        adjusted = f"{{v}}._cpp + {{v}}._offset_{self.cls._number}"
        gives = []
        if type.kind == "pointer":
            good = f"    {{v}} = {{v}}._cpp and {adjusted}"
            gives = [] if type.of.const else ["    if {n}heuristics: {n}give({v})"]
        else:
            good = f"    {{v}} = {adjusted} if {{v}}._cpp else {{n}}convert({{v}})"
        self.lines = ("if isinstance({v}, {n}cls):", *gives, good, "else:", "    {v} = {n}convert({v})")
        if type.kind == "rvalue":                       # what std::move gave, and that once
            self.test, self.rank = self.test + " and {v}._rvalue", self.rank - 1
            self.lines = ("if isinstance({v}, {n}cls) and {v}._rvalue:", "    {v}._rvalue = False", *self.lines[1:])

    def names(self):
        from cppbind import policy
        return {"cls": self.cls, "heuristics": policy.current == policy.HEURISTICS, "give": policy.give} if self.cls else {}

    def convert(self, value):
        from cppbind.classes import Object as Instance
        from cppbind.scopes import class_wanted
        if self.type.kind == "pointer" and (is_nullptr(value) or type(value) is int and value == 0):
            return 0
        if isinstance(value, Instance) and hasattr(type(value), f"_offset_{class_wanted(self.target.name)._number}"):
            if value._cpp and self.type.kind == "rvalue" and not value._rvalue:
                raise ValueError("the object is not an rvalue: std.move() makes it one")
            if value._cpp or self.type.kind == "pointer":
                return value._cpp and value._cpp + getattr(value, f"_offset_{class_wanted(self.target.name)._number}")
            raise ValueError("the object is null: it was never constructed, or is deleted")
        if self.type.kind == "pointer" and is_array(value, self.target):
            return value._cpp
        if hasattr(type(value), "__cast_cpp__") and not isinstance(value, Instance):
            made = value.__cast_cpp__()
            crossing = self.convert(std_move(made) if self.type.kind == "rvalue" else made)
            return Temporary(crossing, (made, crossing))
        if self.type.kind == "class" or self.type.kind == "reference" and self.target.const or self.type.kind == "rvalue":
            made = converted(value, class_wanted(self.target.name))
            if made is not None:
                return Temporary(made._cpp, made)
        raise TypeError(f"an instance of {self.target.name} is expected, not {kind_of(value)}")

    def by_class(self, value):
        return not isinstance(value, self.cls or ()) and value is not None and not is_nullptr(value)


def is_array(value, type):
    """Whether a value is an array of objects of a class."""
    from cppbind.views import LowLevelView
    return isinstance(value, LowLevelView) and value._type.kind == "class" and value._type.name == type.name


def std_move(value):
    """What is made for one call may be moved from."""
    if hasattr(value, "_rvalue"):
        value._rvalue = True
    return value


converting = _local()                                   # .now: an implicit conversion is under way, and C++ does only one


def converted(value, cls):
    """A new object of a class, made of a value by a constructor that is not explicit, or by the value's conversion operator; None if there is none."""
    from cppbind.classes import Object as Instance, implicit_constructor
    if getattr(converting, "now", False) or value is None:
        return None
    converting.now = True
    try:
        if isinstance(value, Instance):
            made = by_operator(value, cls)
            if made is not None:
                return made
        return implicit_constructor(cls, value)
    finally:
        converting.now = False


def by_operator(value, cls):
    """The result of the value's conversion operator to a class, or to one that derives from it; None if it has none."""
    from cppbind.scopes import class_known
    for owner in type(value).__mro__:
        record = owner.__dict__.get("_record")
        for one in record.members if record else ():
            if getattr(one, "kind", "") == "v" and "e" not in one.flags:
                target = parse(one.result)
                target = target.of if target.kind in ("reference", "rvalue") else target
                if target.kind == "class" and issubclass(class_known(target.name) or int, cls):
                    return getattr(value, one.name)()
    return None


class String(Object):
    """std::basic_string and std::basic_string_view: str or bytes too, unless C++ may write to it."""
    rank = 16

    def __init__(self, type):
        super().__init__(type)
        self.kind = kind_of_name(self.target.name)
        self.reads = type.kind == "class" or type.kind == "reference" and type.of.const
        if self.test and self.takes_text():
            self.test = f"({self.test} or type({{v}}) is str)"

    def takes_text(self):
        return self.reads or self.type.kind == "rvalue"

    def convert(self, value):
        if not isinstance(value, (str, bytes)) or not self.takes_text():
            if self.kind.view and getattr(type(value), "_kind", None):
                return self.kind.borrowed(value._bytes()) if self.kind.width == 1 else self.kind.borrowed(str(value))
            if isinstance(value, (list, tuple, dict, set)):     # std::string has a constructor for {...}, but text is no list
                raise TypeError(f"str or bytes is expected, not {kind_of(value)}")
            return super().convert(value)
        if self.reads:
            return self.kind.borrowed(value)
        from cppbind.scopes import class_named
        made = class_named(self.target.name)(value)
        return Temporary(made._cpp, made)


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


class FunctionObject(Object):
    """A std::function: one of C++'s, or a Python callable, which it then holds."""
    rank = 66

    def __init__(self, type):
        super().__init__(type)
        from cppbind.scopes import class_named
        from cppbind.functions import signature_of
        self.cls = class_named(self.target.name)
        self.signature = signature_of(self.target.name)
        self.test = "(isinstance({v}, {n}cls) or callable({v}))"
        self.lines = ("{v}_ = {v} if isinstance({v}, {n}cls) and {v}._cpp else {n}make({v})", "{v} = {v}_._cpp")

    def names(self):
        return {"cls": self.cls, "make": self.make}

    def make(self, value):
        from cppbind import functions
        if not callable(value) or self.signature is None:
            raise TypeError(f"a callable is expected, not {kind_of(value)}")
        return self.cls._take(functions.function_object(self.signature, value))

    def convert(self, value):
        if isinstance(value, self.cls):
            return value._cpp
        made = self.make(value)
        return Temporary(made._cpp, made)


class Smart(Object):
    """A smart pointer: its own instances, and those of what it holds."""

    def convert(self, value):
        from cppbind.classes import Object as Instance
        from cppbind.scopes import class_named
        cls = class_named(self.target.name)
        held = smart.held_name(cls)
        if held is None or not isinstance(value, Instance) or isinstance(value, cls) or not smart.named(value, held):
            return super().convert(value)
        writes = self.type.kind != "class" and not self.target.const and self.type.kind != "rvalue"
        if writes and not isinstance(value._smart, cls):
            raise TypeError(f"an instance that a {self.target.name} holds is expected")
        found = smart.passed(cls, held, value, self.type.kind in ("class", "rvalue"))
        if found is None:
            raise TypeError(f"the object is neither held by a {self.target.name} nor owned by Python")
        return found


class Container(Object):
    """A container of the standard library: Python's containers and iterators too, unless C++ may write to it."""

    def __init__(self, type):
        super().__init__(type)
        self.rank += self.target.name.startswith("std::initializer_list<")     # a container that may be kept is preferred

    def convert(self, value):
        from cppbind.scopes import class_wanted
        from cppbind.stl import made_for, takes
        if self.type.kind == "class" or self.type.kind == "rvalue" or self.type.kind == "reference" and self.type.of.const:
            cls = class_wanted(self.target.name)
            if not isinstance(value, cls) and takes(cls, value):
                return made_for(cls, value)
        return super().convert(value)


class WideText(Address):
    """const wchar_t *, const char16_t *, const char32_t *: str, alive as long as the call."""

    def convert(self, value):
        if not isinstance(value, str):
            return super().convert(value)
        kind = Kind(self.type.of.name, False)
        data = kind.encode(value)
        block = ffi.new("char[]", len(data) + kind.width)
        ffi.memmove(block, data, len(data))
        return Temporary(int(cast("intptr_t", block)), block)


texts = {}                                             # that C++ may keep pointers to: as long as the program


class TextReference(Address):
    """const char *const &, of which C++ takes a copy of the pointer: the text stays for ever."""

    def convert(self, value):
        if not isinstance(value, (str, bytes)):
            return super().convert(value)
        data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        block = texts.get(data)
        if block is None:
            text = ffi.new("char[]", data)
            pointer = ffi.new("intptr_t[]", [int(cast("intptr_t", text))])
            block = texts[data] = pointer, text
        return int(cast("intptr_t", block[0]))


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


def is_nullptr(value):
    return type(value).__name__ == "nullptr_t"


EXACT = {"PKc": Text, "PC_object;": PythonObject, "RKPKc": TextReference, "OPKc": TextReference, **dict.fromkeys(("PKw", "PKDu", "PKDs", "PKDi"), WideText), "b": Boolean, **dict.fromkeys(("f", "d", "e"), Real), **dict.fromkeys(("c", "a", "h", "w", "Du", "Ds", "Di"), Character)}
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
