"""The standard library's headers, included when a program uses what it did not include."""

import re

from cppbind.backend import api
from cppbind.backend.headers import NAMES

MISSING = re.compile(r"namespace 'std'|undeclared identifier 'std'|undefined template 'std::|incomplete type 'std::|no viable (?:constructor|deduction).*'std::"
                     r"|no (?:template|type|member) named '\w+'|you need to include <|did you mean 'std::|unknown type name")
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
