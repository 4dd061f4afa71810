"""The standard library's headers, included when a program uses what it did not include."""

import re

from cppbind.backend import api

HEADERS = ("algorithm any array atomic bitset chrono complex cstddef cstdint cstdlib cstring deque exception forward_list functional initializer_list "
           "iomanip iostream iterator limits list map memory mutex new numeric optional queue random ratio regex set span sstream stack stdexcept string "
           "string_view system_error thread tuple type_traits typeinfo typeindex unordered_map unordered_set utility valarray variant vector").split()
MISSING = re.compile(r"namespace 'std'|undeclared identifier 'std'|undefined template 'std::|incomplete type 'std::|no viable (?:constructor|deduction).*'std::"
                     r"|no (?:template|type|member) named '\w+'")
included = False


def include():
    """Include them all; whether they were not there before."""
    global included
    if included:
        return False
    included = True
    state, _ = api.compiler().compile("".join(f"#include <{name}>\n" for name in HEADERS))
    return state >= 0


def would_help(told):
    """Whether code with such errors may compile once they are there, which they are then."""
    return MISSING.search(told) is not None and include()
