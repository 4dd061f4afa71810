"""What C++ takes a Python value for, as C++ text: for templates whose arguments are deduced and for free operators."""

import sys

from cppbind.spell import NUMBERS as SPELLED, SUFFIXES
from cppbind.typecode import parse

FORMATS = {"Zf": "Jf", "Zd": "Jd", "Zg": "Je", "?": "b", "b": "a", "B": "h", "c": "c", "h": "s", "H": "t", "i": "i", "I": "j", "l": "l", "L": "m", "q": "l", "Q": "m", "f": "f", "d": "d", "g": "e",
           "u": "w", "w": "Di"}


def of_ctypes():
    """The module `foreign`, which knows values of ctypes; None as long as the program has not imported that, and so has none."""
    if "ctypes" not in sys.modules:
        return None
    from cppbind import foreign
    return foreign


def spelled(type):
    """A Type as people write it in C++."""
    const = "const " if type.const else ""
    if type.kind == "number":
        return const + SPELLED[type.name]
    if type.kind in ("class", "enum", "unknown"):
        return const + type.name
    if type.kind in SUFFIXES:
        if type.of.kind in ("function", "array"):
            return spelled(type.of).replace("[", f"({SUFFIXES[type.kind]})[", 1) if type.of.kind == "array" else function_text(type.of, SUFFIXES[type.kind])
        return spelled(type.of) + SUFFIXES[type.kind] + (" const" if type.const else "")
    if type.kind == "array":
        inner, counts = type, ""
        while inner.kind == "array":
            counts += f"[{'' if inner.count is None else inner.count}]"
            inner = inner.of
        return spelled(inner) + counts
    if type.kind == "function":
        return function_text(type, "")
    if type.kind == "complex":
        return f"{const}_Complex {spelled(type.of)}"
    if type.kind == "member":
        return f"{spelled(type.of)} {spelled(type.owner)}::*"
    return {"void": const + "void", "nullptr": "decltype(nullptr)"}[type.kind]


def function_text(type, star):
    return f"{spelled(type.of)}({star})({', '.join(map(spelled, type.parameters))}{', ...' if type.variadic else ''})".replace("()(", "(", 1)


def integer(value):
    """The first of C++'s integers that has the value.  OverflowError if none has."""
    if -2**31 <= value < 2**31:
        return "int"
    if -2**63 <= value < 2**63:
        return "long"
    if 0 <= value < 2**64:
        return "unsigned long long"
    raise OverflowError(f"{value} is too large for any integer of C++")


def pointer_of(value):
    """The C++ type of what has a buffer: "double*"; None if it has none."""
    try:
        with memoryview(value) as view:
            code = FORMATS.get(view.format.lstrip("@=<"))
    except TypeError:
        return None
    if code and code[0] == "J":
        return f"std::complex<{SPELLED[code[1]]}>*"
    return SPELLED[code] + "*" if code else None


def signature_of(value):
    """The function pointer type of a Python function that says so by __cpp_name__ or by annotations; None if it does not."""
    name = getattr(value, "__cpp_name__", None)
    if name:
        return name
    notes = dict(getattr(value, "__annotations__", None) or {})
    if not notes:
        return None
    from cppbind.templates import argument_text
    result = notes.pop("return", "void")
    return f"{argument_text(result) if result is not None else 'void'}(*)({', '.join(map(argument_text, notes.values()))})"


def type_text(value):
    """The C++ type of a Python value as an argument: with & where it has an address that C++ may write to; None if there is none."""
    from cppbind.classes import CPPInstance
    from cppbind.enums import Enum
    kind = type(value)
    if kind is bool:
        return "bool"
    if isinstance(value, Enum):
        return value.__cpp_name__
    if isinstance(value, int):
        return getattr(kind, "__cpp_name__", None) or integer(value)
    if isinstance(value, float):
        return getattr(kind, "__cpp_name__", None) or "double"
    if isinstance(value, str):
        return "std::string" if kind is str or not hasattr(kind, "_type") else spelled(kind._type)
    if isinstance(value, (bytes, bytearray)):
        return "std::string" if kind is bytes else "char*"
    if isinstance(value, CPPInstance):
        return kind_name(kind) + ("&&" if getattr(value, "_rvalue", False) else "&")
    if value is None or kind.__name__ == "nullptr_t":
        return "decltype(nullptr)"
    code = getattr(value, "_code", None)                # a LowLevelView
    if isinstance(code, str):
        return spelled(parse(code)) + "*"
    foreign = of_ctypes()
    text = foreign and foreign.type_text(value)
    if text:
        return text
    if isinstance(value, (list, tuple, set, frozenset, range, dict)):
        from cppbind.stl.filling import vector_text
        return vector_text(value)
    if isinstance(value, complex):
        return "std::complex<double>"
    return pointer_of(value) or (signature_of(value) if callable(value) else None)


def kind_name(cls):
    """The name of the C++ class of an instance: its own or, of a Python class, that of its C++ base."""
    return next(one.__dict__["__cpp_name__"] for one in cls.__mro__ if "__cpp_name__" in one.__dict__)


def expression(value):
    """C++ text of that type, not evaluated; None if C++ has none for the value."""
    calls = getattr(value, "_calls", None)
    if calls and len(calls) == 1 and calls[0].kind == "static" and not isinstance(value, type):
        scope = getattr(calls[0].scope, "__cpp_name__", "")
        return f"(&{scope}::{calls[0].function.name})"
    text = type_text(value)
    return text and f"__cppbind_value<{text}>()"
