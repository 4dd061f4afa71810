"""Functions whose arguments are small structs by value, called as what the machine makes of them: numbers in registers.

The engine hands a struct to libffi, which a JIT cannot look into (85 ns against 11 for a number), and refuses unions and bit fields.
System V's ABI for x86-64 (3.2.3) passes a struct of up to 16 bytes as one or two numbers of 8: `shape` says which, and the code that
`ffi.calls` writes reads them out of the struct and calls the same function, declared with numbers.
"""

import os
import sys

from ffi import layout
from ffi.model import FLOATS

SYSTEM_V = hasattr(os, "uname") and os.uname().machine in ("x86_64", "amd64") and sys.maxsize > 1 << 32
INTEGERS, DOUBLES = 6, 8                   # registers for arguments
WORDS = {8: "long", 4: "unsigned int", 2: "unsigned short", 1: "unsigned char"}


def all_in_registers(found, arguments, shapes, result):
    """True if there are registers for all of these arguments; those without a shape may need two of either kind."""
    words = [word for words in shapes for word in words or ()]
    unknown = 2 * sum(words is None and layout.size(found, a) <= 16 for words, a in zip(shapes, arguments))
    hidden = result[0] in ("struct", "union", "blob")  # perhaps the address for the result
    doubles = sum(word[1] in FLOATS for word in words)
    return len(words) - doubles + unknown + hidden <= INTEGERS and doubles + unknown <= DOUBLES


def is_refused(found, type):
    """True if the engine does not pass it: unions, bit fields."""
    return type[0] == "union" or any(f[2] >= 0 for f in found.aggregates[f"{type[0]} {type[1]}"][0])


def shape(found, type):
    """The types of the registers in which an argument is passed; None if it is passed in memory."""
    if type[0] in ("prim", "ptr", "enum"):
        return None if type[-1] == "long double" or "complex" in type[1] else (type,)
    if type[0] not in ("struct", "union"):
        return None
    content = found.aggregates.get(f"{type[0]} {type[1]}")
    if not content or content[1].get("partial"):
        return None
    size = layout.size(found, type)
    halves = [None, None]
    if not 0 < size <= 16 or size % 8 not in (0, 1, 2, 4) or not classify(found, type, 0, halves):
        return None
    words = []
    for start, half in zip(range(0, size, 8), halves):
        length = min(8, size - start)
        if half is None:
            return None
        words.append(("prim", WORDS[length] if half == "integer" else "double" if length == 8 else "float"))
    return tuple(words)


def classify(found, type, bit, halves):
    """Enter what the numbers in `type`, which begins at `bit`, make of the two halves; False if the ABI wants it in memory."""
    kind = type[0]
    if kind in ("struct", "union"):
        content = found.aggregates.get(f"{kind} {type[1]}")
        if not content:
            return False
        places, size, alignment = layout.aggregate(found, type)
        return all(enter(halves, bit + place, f[2], False) if f[2] >= 0 else classify(found, f[1], bit + place, halves)
                   for f, place in zip(content[0], places) if f[2] < 0 or f[0])
    if kind == "array":
        if not isinstance(type[2], int):
            return False
        item = layout.size(found, type[1]) * 8
        return all(classify(found, type[1], bit + i * item, halves) for i in range(type[2]))
    if kind not in ("prim", "ptr", "enum") or type[-1] == "long double" or kind == "prim" and "complex" in type[1]:
        return False
    size, alignment = layout.measure(found, type)
    return bit % (alignment * 8) == 0 and enter(halves, bit, size * 8, kind == "prim" and type[1] in FLOATS)


def enter(halves, bit, bits, is_float):
    for half in range(bit // 64, (bit + max(bits, 1) - 1) // 64 + 1):
        if halves[half] != "integer":
            halves[half] = "float" if is_float else "integer"
    return True
