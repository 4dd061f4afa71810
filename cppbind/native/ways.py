"""How parameters and results cross, in the letters of backend/native/native.h: what converters and executors do, as far as quick tests decide."""

from cppbind import complexes, converters, executors, referring
from cppbind.native import extension
from cppbind.typecode import NUMBERS

UNKNOWN, NEVER = ("?", 0, 0, None), ("-", 0, 0, None)
NUMBER = {"b": "b", "s": "2", "t": "B", "i": "4", "w": "4", "j": "C", "Di": "C", "l": "8", "x": "8", "m": "D", "y": "D", "f": "f", "d": "d",
          **dict.fromkeys("caB", "1"), **dict.fromkeys(("h", "U", "Du"), "A"), "Ds": "B"}
CHARACTER = {1: "x", 2: "y", 4: "z"}
OBJECTS = (converters.Object, converters.Container, converters.Smart)


def parameter(way):
    """(kind, low, high, object) for a converter."""
    found, type = way.__class__, way.type
    if not way.test:
        return NEVER
    if found is converters.Integer:
        return ("u", 0, 0, None) if way.high >= 2**63 else ("i", way.low, way.high, None)
    if found is converters.Boolean:
        return "b", 0, 0, None
    if found is converters.Real:
        return "f" if type.name == "f" else "d", 0, 0, None
    if found is converters.Character:
        return "c", way.low, way.high, None
    if found is converters.Enumerated and way.high < 2**63 and issubclass(way.enum, int):
        return "e", way.low, way.high, way.names()["enum"]
    if found is converters.Text:
        return "t", 0, 0, None
    if found is converters.String and way.kind.code == "c" and way.reads:
        return "v" if way.kind.view else "s", 0, 0, None
    if found in (*OBJECTS, converters.String):
        text = found is converters.String and way.kind.code == "c" and not way.kind.view
        return ("m" if text else "q") if type.kind == "rvalue" else "p" if type.kind == "pointer" else "o", 0, 0, None
    return UNKNOWN


def is_real(way):
    return way.ctype in ("float", "double")


def number(code):
    """The letter of a number in memory or a register; "" of a long double."""
    return NUMBER.get(code, "")


def result(call):
    """(kind, of, object, when it keeps self, see `referring`; 0: never) for what a Call returns."""
    way = call.executor
    if way is None:
        return "N", "-", manager_of(call.scope._own), 0
    found, type = way.__class__, way.type
    whom, when = referring.keeping(call)
    refers = when if whom else 0
    if found is executors.Nothing:
        return "v", "-", None, 0
    if found is executors.Number:
        return "d" if type.name == "e" else number(type.name), "-", None, 0
    if found is executors.Referred and type.of.kind == "number" and number(type.of.name) and executors.executor(type.of).__class__ is executors.Number:
        return "R", number(type.of.name), None, 0
    return *(object_or_text(way) or in_word(way) or ("r", "-", executors.reader(type))), refers


def object_or_text(way):
    """(kind, of, object) for objects and const char *; None for others."""
    found, type = way.__class__, way.type
    if found is executors.Text:
        return "t", "-", None
    if found not in (executors.Object, executors.Value):
        return None
    by_value = found is executors.Value
    made = way.names()["take" if by_value else "wrap"]
    manager = manager_of(made)
    return ("T" if by_value else "W", "-", manager) if manager else ("r", "-", made)


def in_word(way):
    """The same for enums and characters, which are alike in results and memory; None for others."""
    found, type = way.__class__, way.type
    if found is executors.Character:
        return CHARACTER[NUMBERS[type.name][1]], "-", None
    if found is executors.Byte:
        return number(type.of.name), "-", None
    if found is executors.Enumerated:
        return "e", number(type.of.name), way.names()["enum"]
    return None


def in_memory(type):
    """(kind, of, object) of what lies in memory, for reading; None where only Python knows."""
    if complexes.is_python(type):
        return None
    if type.kind == "class":
        made = executors.instance_maker(type, "_wrap_part")
        return ("P", "-", manager_of(made)) if manager_of(made) else None
    if type.kind not in ("number", "enum", "pointer"):
        return None
    way = executors.executor(type)
    if way.__class__ is executors.Number:
        return (number(type.name), "-", None) if number(type.name) else None
    return in_word(way) or object_or_text(way)


def manager_of(function):
    """The native manager whose method a function is, else None."""
    found = getattr(function, "__self__", None)
    return found if type(found).__name__ == "Manager" and extension() is not None else None
