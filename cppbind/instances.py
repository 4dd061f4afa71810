"""Objects as arguments: instances, and what C++ makes one of by a constructor or conversion operator; strings, std::function, smart pointers, containers."""

from _thread import _local

from cppbind.conversion import Converter, is_nullptr, kind_of
from cppbind.stl import smart
from cppbind.strings import Temporary, kind_of_name
from cppbind.typecode import parse


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
        from cppbind.classes import CPPInstance as Instance
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
    from cppbind.classes import CPPInstance as Instance
    from cppbind.constructors import implicit_constructor
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
        from cppbind.classes import CPPInstance as Instance
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
