"""Defaults of parameters that a call by keyword skips: C++ itself leaves out only the last ones, so their expressions are evaluated here."""

import ast

from cppbind import errors
from cppbind.typecode import parse

WORDS = {"true": True, "false": False, "nullptr": None, "NULL": None}


def default(call, number):
    """The default value of a parameter of a `Call`.  RefusedType if it has none, or it cannot be evaluated."""
    parameter = call.function.parameters[number]
    if not parameter.default:
        raise errors.RefusedType(f"{call.signature} =>\n    TypeError: argument {number + 1} ({parameter.name}) is missing")
    if parameter.default in WORDS:
        return WORDS[parameter.default]
    try:
        return ast.literal_eval(parameter.default)
    except (ValueError, SyntaxError):
        return evaluator(call, number)()


def evaluator(call, number):
    """A function that evaluates the default in C++, compiled once; the names in it are those of its class and namespaces."""
    found = call.defaults.get(number)
    if found is None:
        from cppbind.scopes import defined
        from cppbind.values import spelled
        parameter, scope = call.function.parameters[number], getattr(call.scope, "__cpp_name__", "")
        result = f"std::decay_t<{spelled(parse(parameter.code))}>"
        if isinstance(call.scope, type):
            body = f"struct local : {scope} {{ static {result} value() {{ return {parameter.default}; }} }}; return local::value();"
        else:
            body = (f"using namespace ::{scope}; " if scope else "") + f"return {parameter.default};"
        found = call.defaults[number] = defined("default", lambda name: f"#include <type_traits>\ninline {result} {name}() {{ {body} }}")
    return found
