"""The standard library's headers, included when a program uses what it did not include."""

from cppbind.backend import api
from cppbind.backend.headers import NAMES
from ffi.pattern import Pattern

MISSING = Pattern(r"namespace 'std'|undeclared identifier 'std'|undefined template 'std::|incomplete type 'std::|no viable (?:constructor|deduction).*'std::"
                  r"|no (?:template|type|member) named '\w+'|you need to include <|did you mean 'std::|unknown type name|undeclared identifier '\w+_t'")
USED = Pattern(r"\bstd::(\w+)|\b(u?int\d+_t|ptrdiff_t)\b")
included = False


def include():
    """Include them all; whether they were not there before."""
    global included
    if included:
        return False
    included = True
    state, _ = api.compiler().compile("".join(f"#include <{name}>\n" for name in NAMES))
    return state >= 0


def would_help(told):
    """Whether code with such errors may compile once they are there, which they are then."""
    return MISSING.search(told) is not None and include()


def prepare(code):
    """Include them before code that uses names of theirs that are not there: what fails to compile leaves templates half instantiated."""
    if included or "std::" not in code and "_t" not in code:
        return False
    backend = api.compiler()
    for std, plain in set(USED.findall(code)):
        scope = backend.scope("std" if std else "")
        if not scope or backend.lookup(scope, std or plain) is None:
            return include()
    return False
