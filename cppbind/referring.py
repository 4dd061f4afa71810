"""What a result refers to and must not outlive: C++'s views and expression templates keep references to their operands.

The names tell: a `Sum<Matrix, Transpose<Matrix>>` made of a `Matrix &` and a `Transpose<Matrix>` has to do with both.  The classes of the
standard library that own what they contain are left out.
"""

import re

from cppbind.stl import RULES, template_of
from cppbind.typecode import parse

OWNING = RULES.keys() - {"span", "basic_string_view", "initializer_list"}


def operands(call):
    """Of a `Call` whose result is a class by value: the numbers of the arguments that the result may refer to; -1: self."""
    result = parse(call.function.result).name
    if not result.endswith(">") or template_of(result) in OWNING:
        return []
    found = [-1] if call.kind == "method" and any(occurs(one, result) for one in names_of(call.scope)) else []
    return found + [number for number, one in enumerate(call.function.parameters) if may_refer(result, parse(one.code))]


def names_of(scope):
    """The names of a class and, of a base that is a template of the class that derives from it, of that class."""
    from cppbind.scopes import classes
    name = scope.__cpp_name__
    yield name
    yield from (other for other, one in classes.copy().items() if f"<{other}" in name and issubclass(one, scope))


def may_refer(result, type):
    if type.kind not in ("reference", "rvalue", "pointer"):
        return False
    of = type.of
    if of.kind in ("pointer", "function"):              # a Python function's pointer lives as long as the function
        return "(*)(" in result
    return of.kind == "class" and occurs(of.name, result)


def occurs(name, text):
    """Whether a class is mentioned in the arguments of another's name."""
    return re.search(rf"(?<![\w:]){re.escape(name)}(?![\w:<])", text.partition("<")[2]) is not None
