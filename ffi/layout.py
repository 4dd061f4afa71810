"""Sizes and places as the C compiler lays them out (System V ABI, GCC's rules for attributes).

`aggregate` is what the engine is told where it would not come to the same layout itself: packed, aligned, `#pragma pack`.
"""

from ffi.engine import engine
from ffi.errors import FFIError, NotConstant
from ffi.model import INTEGERS

sizes = {}


def primitive(name):
    """(size, alignment) of a primitive type."""
    found = sizes.get(name)
    if found is None:
        made = engine.new_primitive_type(name)
        found = sizes[name] = engine.sizeof(made), engine.alignof(made)
    return found


def integer(found, type):
    """(size, signed) of an integer type."""
    if type[0] == "enum":
        type = enum_base(found, type)
    if type[0] != "prim" or type[1] not in INTEGERS:
        raise NotConstant("an integer type is needed")
    return primitive(type[1])[0], INTEGERS[type[1]][1]


def enum_base(found, type):
    """The integer type that holds an enum, as GCC chooses it."""
    content = found.enums.get(f"enum {type[1]}")
    if content is None:
        return "prim", "unsigned int"
    names, values, base, partial = content
    if base is not None:
        return base
    if "..." in values:
        raise NotConstant(f"the values of enum {type[1]} are left to the C compiler")
    low, high = min(values, default=0), max(values, default=0)
    if low >= 0:
        if high < 1 << 32:
            return "prim", "unsigned int"
        if high < 1 << 64:
            return "prim", "unsigned long"
    elif -(1 << 31) <= low and high < 1 << 31:
        return "prim", "int"
    elif -(1 << 63) <= low and high < 1 << 63:
        return "prim", "long"
    raise FFIError(f"the values of enum {type[1]} do not fit into any integer type")


def measure(found, type):
    """(size, alignment) of a type."""
    kind = type[0]
    if kind == "prim":
        return primitive(type[1])
    if kind == "ptr":
        return primitive("uintptr_t")
    if kind == "array":
        if not isinstance(type[2], int):
            raise NotConstant("the size of an array without length is not known")
        one, alignment = measure(found, type[1])
        return one * type[2], alignment
    if kind == "enum":
        return primitive(enum_base(found, type)[1])
    if kind == "blob":
        return type[2], type[3]
    if kind in ("struct", "union"):
        offsets, whole, alignment = aggregate(found, type)
        return whole, alignment
    if kind == "void" or kind == "func":
        return 1, 1
    raise NotConstant(f"the size of {type[1]} is left to the C compiler")


def size(found, type):
    return measure(found, type)[0]


def align(found, type):
    return measure(found, type)[1]


def is_special(found, type):
    """True if the engine must be told the layout of a struct or union."""
    content = found.aggregates.get(f"{type[0]} {type[1]}")
    if not content:
        return False
    fields, options = content
    if "aligned" in options or "named_aligned" in options or all(is_empty(found, f) for f in fields):
        return True
    tight = "packed" in options or "pack" in options
    return any(f[4] or f[5] or tight and f[2] >= 0 or f[2] == 64 for f in fields)


def is_empty(found, field):
    """True for a field without any size; the engine takes a struct of such for one of a byte."""
    name, type, bits = field[:3]
    if type[0] == "array":
        return not type[2] or is_empty(found, (name, type[1], -1))
    if type[0] in ("struct", "union"):
        content = found.aggregates.get(f"{type[0]} {type[1]}")
        return bool(content) and not content[1].get("partial") and all(is_empty(found, f) for f in content[0])
    return bits == 0 and not name


def aggregate(found, type):
    """([bit at which each field begins], size, alignment) of a struct or union."""
    content = found.aggregates.get(f"{type[0]} {type[1]}")
    if content is None:
        raise NotConstant(f"the size of {found.c_name(type)} is not known: it is opaque")
    fields, options = content
    if options.get("partial"):
        raise NotConstant(f"the size of {found.c_name(type)} is left to the C compiler")
    union, packed, most = type[0] == "union", "packed" in options, options.get("pack", 0)
    bit, whole, alignment, places = 0, 0, 1, []
    for name, field, bits, quals, wanted, own_packed in fields:
        if field[0] == "array" and field[2] is None:
            length, natural = 0, align(found, field[1])
        else:
            length, natural = measure(found, field)
        if union:
            bit = 0
        if bits < 0:
            unit = aligned_to(natural, wanted, packed or own_packed, most)
            bit = round_up(bit, unit * 8)
            alignment = max(alignment, unit)
            places.append(bit)
            bit += length * 8
        else:
            unit = place_of_bits(natural, bits, wanted, packed or own_packed, most)
            if unit is None:                           # not across two of its type's units
                unit = natural * 8 if bit // (natural * 8) != (bit + bits - 1) // (natural * 8) else 1
            bit = round_up(bit, unit)
            places.append(bit)
            bit += bits
            if name:
                alignment = max(alignment, min(natural, most) if most else 1 if packed or own_packed else natural, min(wanted, most or wanted))
        whole = max(whole, -(-bit // 8))
    alignment = max(alignment, options.get("aligned", 0))
    return places, round_up(whole, alignment), max(alignment, options.get("named_aligned", 0))


def round_up(number, unit):
    return -(-number // unit) * unit


def aligned_to(natural, wanted, packed, most):
    """The alignment of a field, in bytes; `#pragma pack` limits what the attribute `aligned` wants too."""
    unit = (wanted or 1) if packed else max(natural, wanted)
    return min(unit, most) if most else unit


def place_of_bits(natural, bits, wanted, packed, most):
    """To what number of bits the place of a bit field is rounded up; None if it may not span two units of its type."""
    if bits == 0:
        return max(natural, wanted) * 8                # neither packed nor #pragma pack matter here
    if wanted:
        return min(wanted, most or wanted) * 8
    return 1 if packed or most else None


def unit_of_bits(bit, bits, sizes, whole):
    """(byte offset, size, shift) of an integer in a struct of `whole` bytes that has all of a bit field; its size is one of `sizes`.

    None if there is no such integer: it would have to read past the end of the struct.
    """
    for size in sizes:
        for start in (bit // 8 // size * size, bit // 8, whole - size):
            if 0 <= start <= whole - size and start * 8 <= bit and bit + bits <= (start + size) * 8:
                return start, size, bit - start * 8
    return None
