"""Sizes and places as the C compiler lays them out (System V ABI, GCC's rules for attributes).

`aggregate` is what the engine is told where it would not come to the same layout itself: packed, aligned, `#pragma pack`.
"""

from ffi.engine import engine
from ffi.errors import FFIError
from ffi.expressions import NotConstant
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
    return "aligned" in options or any(f[4] or f[5] for f in fields) or "packed" in options and any(f[2] >= 0 for f in fields) \
        or "pack" in options and any(f[2] >= 0 for f in fields)


def aggregate(found, type):
    """([(byte offset, bit shift) of each field], size, alignment) of a struct or union."""
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
        tight = packed or own_packed
        unit = natural
        if tight:
            unit = 1
        if most:
            unit = min(unit, most)
        if wanted:
            unit = max(unit, wanted)
            if most and not tight:
                unit = min(unit, max(most, wanted))
        if bits < 0:
            bit = -(-bit // (unit * 8)) * unit * 8
            places.append((bit // 8, -1))
            bit += length * 8
            alignment = max(alignment, unit)
        elif bits == 0:
            bit = -(-bit // (natural * 8)) * natural * 8
            places.append((bit // 8, 0))
            if wanted:
                alignment = max(alignment, wanted)
        else:
            if wanted:
                bit = -(-bit // (wanted * 8)) * wanted * 8
            elif not tight and not most and bit // (natural * 8) != (bit + bits - 1) // (natural * 8):
                bit = -(-bit // (natural * 8)) * natural * 8
            elif most and not tight and (bit % (unit * 8)) + bits > length * 8:
                bit = -(-bit // (unit * 8)) * unit * 8
            places.append(place_bits(bit, bits, length))
            bit += bits
            if name or wanted:
                alignment = max(alignment, unit)
        whole = max(whole, -(-bit // 8))
    alignment = max(alignment, options.get("aligned", 0))
    return places, -(-whole // alignment) * alignment, alignment


def place_bits(bit, bits, length):
    """(byte offset of the unit that is read, shift inside it): a unit of `length` bytes that contains the whole bit field."""
    start = bit // (length * 8) * length
    if bit + bits <= (start + length) * 8:
        return start, bit - start * 8
    start = bit // 8
    return start, bit - start * 8
