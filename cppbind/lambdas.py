"""Lambdas of C++: their types have no name, so that a variable or result of such a type becomes a std::function."""

from itertools import count

from cppbind.backend import records
from cppbind.spell import passed, spelled
from cppbind.typecode import parse

numbers = count(1)


def is_closure(code):
    return "(lambda" in code and code.lstrip("K").startswith("C")


def named(record, backend, space):
    """A record of something in a namespace; in place of a lambda's, one of the std::function that calls it."""
    full = f"{space}::{record.name}" if space else f"::{record.name}"
    if isinstance(record, records.Variable) and is_closure(record.code):
        return instead(backend, record, f"inline auto {{name}} = std::function({full});")
    if isinstance(record, records.Function) and is_closure(record.result):
        types = [parse(one.code) for one in record.parameters]
        parameters = ", ".join(f"{spelled(type)} a{i}" for i, type in enumerate(types))
        arguments = ", ".join(passed(type, f"a{i}") for i, type in enumerate(types))
        return instead(backend, record, f"inline auto {{name}}({parameters}) {{{{ return std::function({full}({arguments})); }}}}")
    return record


def instead(backend, record, source):
    name = f"__cppbind_l{next(numbers)}"
    state, told = backend.compile("#include <functional>\n" + source.format(name=name))
    if state < 0:                                       # a generic one: there is no single signature
        raise TypeError(f"{record.name} is a lambda that Python cannot call:\n{told}")
    found = records.parse(backend, backend.lookup(backend.scope(""), name))[0]
    found.name = record.name
    return found
