"""What a result refers to and must not outlive: the object that it lies in, what it iterates over, the operands of views and expression templates.

Of the last the names tell: a `Sum<Matrix, Transpose<Matrix>>` made of a `Matrix &` and a `Transpose<Matrix>` has to do with both.  The classes of the
standard library that own what they contain are left out.
"""

from cppbind.executors import Value, has_references
from cppbind.stl import RULES, template_of
from cppbind.typecode import parse

OWNING = RULES.keys() - {"span", "basic_string_view", "initializer_list"}
ALWAYS, PART = -1, -2


def keeping(call):
    """(whom, when): the numbers of the arguments, -1 is self, that the result of a `Call` keeps, and when: ALWAYS, if it is a PART, for all that
    is known, and none of them, or, of self, if it lies within so many bytes from its object."""
    whom, when = named(call)
    executor = call.executor
    if call.kind != "method" or -1 in whom:
        return whom, when
    if executor.refers == "iterator" or executor.refers and call.scope.__cpp_name__.startswith("std::") or has_references(executor):
        return [-1, *whom], when
    size = call.scope._record.size if executor.refers and not whom else 0
    return ([-1], size) if size else (whom, when)


def named(call):
    """The same, as far as names tell."""
    if call.executor is None:
        return [], ALWAYS
    if call.kind == "static" and call.executor.refers and getattr(call.scope, "__cpp_name__", "") == "std" and call.function.required == len(call.converters):
        parts = [number for number, one in enumerate(call.function.parameters) if one.code[0] in "RO" and call.converters[number].keeps]
        if parts:                                       # std::get and its like
            return parts, PART
    return operands(call) if isinstance(call.executor, Value) else [], ALWAYS


def operands(call):
    """Of a `Call` whose result is a class by value: the numbers of the arguments that the result may refer to; -1: self."""
    result = parse(call.function.result).name
    if not result.endswith(">") or template_of(result) in OWNING:
        return []
    found = [-1] if call.kind == "method" and mentions(result, call.scope.__cpp_name__) else []
    return found + [number for number, one in enumerate(call.function.parameters) if may_refer(result, parse(one.code))]


def may_refer(result, type):
    if type.kind not in ("reference", "rvalue", "pointer"):
        return False
    of = type.of
    if of.kind in ("pointer", "function"):              # a Python function's pointer lives as long as the function
        return "(*)(" in result
    return of.kind == "class" and mentions(result, of.name)


def mentions(result, name):
    """Whether a class has to do with another one, or a base of that; or, of a base that is a template of the class that derives from it, that class."""
    from cppbind.scopes import classes
    base = classes.get(name)
    if any(occurs(one, result) for one in (name, *(other.__dict__.get("__cpp_name__", name) for other in (base.__mro__ if base else ())))):
        return True
    return any(f"<{other}" in name and issubclass(one, base) and occurs(other, result) for other, one in classes.copy().items()) if base else False


def occurs(name, text):
    """Whether a class, or one within it, is mentioned in the arguments of another's name."""
    at = text.find("<")
    while at >= 0:
        at = text.find(name, at + 1)
        end = at + len(name)
        if at >= 0 and not is_part(text[at - 1]) and (text[end] == ":" or not is_part(text[end])) and text[end] != "<":
            return True
    return False


def is_part(c):
    """Whether a character is part of a name."""
    return c.isalnum() or c in "_:"
