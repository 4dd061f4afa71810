"""An out-of-line ABI module: a .py file that hands the tables to the engine's own FFI type; no part of `ffi` is needed to import it."""

from ffi import opcodes
from ffi.errors import VerificationError
from ffi.tables import Tables, included_modules


def source(ffi, module_name):
    """The text of the module."""
    tables = Tables(ffi, python=True)
    lines = ["# auto-generated file", "import _cffi_backend"]
    includes = included_modules(ffi, python=True)
    lines += [f"from {name} import ffi as _ffi{number}" for number, name in enumerate(includes)]
    version = opcodes.VERSION_CHAR16 if tables.uses_char16() else opcodes.VERSION
    lines += ["", f"ffi = _cffi_backend.FFI('{module_name}',", f"    _version = 0x{version:X},",
              f"    _types = {literal(''.join(map(op_text, tables.types)))},"]
    for word, items in (("_globals", global_items(tables)), ("_struct_unions", list(map(lambda key: struct_item(tables, key), tables.structs))),
                        ("_enums", list(map(lambda key: enum_item(tables, key), tables.enums))),
                        ("_typenames", [literal(four(tables.index_of(type)) + name) for name, type in tables.typedefs]),
                        ("_includes", [f"_ffi{number}" for number in range(len(includes))])):
        if items:
            lines.append(f"    {word} = ({','.join(items)}{',' * (len(items) == 1)}),")
    return "\n".join([*lines, ")", ""])


def global_items(tables):
    """description,value pairs in the order of the names."""
    entries = {}
    for name, type, options in tables.functions:
        if options.get("python"):
            raise VerificationError(f"extern \"Python\" function {name!r}: it needs a C compiler; use API mode")
        entries[name] = opcodes.DLOPEN_FUNC, tables.index_of(type), 0
    for name, value, type in tables.constants:
        if value is None:
            entries[name] = opcodes.DLOPEN_CONST, tables.index_of(type), 0
        elif isinstance(value, int):
            entries[name] = opcodes.CONSTANT_INT, -1, value
    for name, type, options in tables.variables:
        entries[name] = opcodes.GLOBAL_VAR, tables.index_of(type), 0
    for key in tables.enums:
        names, values = tables.found.enums[key][:2]
        entries.update((name, (opcodes.ENUM, -1, value)) for name, value in zip(names, values))
    items = []
    for name in sorted(entries):
        operation, argument, value = entries[name]
        items.append(f"{literal(op_text(opcodes.Op((operation, argument))) + name)},{value}")
    return items


def struct_item(tables, key):
    kind, tag = key.split(" ", 1)
    if kind == "blob":
        raise VerificationError(f"{tag!r}: the engine has no such type, and ABI modules no compiler to describe it; use API mode")
    type = kind, tag
    parts = [four(tables.index_of(type)) + four(tables.struct_flags(key)) + tables.struct_name(key)]
    for name, field, bits, quals in tables.fields(type):
        operation = opcodes.Op((opcodes.NOOP if bits < 0 else opcodes.BITFIELD, tables.index_of(field)))
        parts.append(op_text(operation) + (four(bits) if bits >= 0 else "") + name)
    return f"({','.join(map(literal, parts))}{',' * (len(parts) == 1)})"


def enum_item(tables, key):
    names = tables.found.enums[key][0]
    base = opcodes.sized_integer(*tables.enum_base(key))
    return literal(four(tables.index_of(("enum", key[5:]))) + four(base) + tables.enum_name(key) + r"\x00" + ",".join(names))


def op_text(op):
    if isinstance(op[1], str):
        raise VerificationError(f"cannot emit to Python: {op[1]!r} is for a C compiler; use API mode")
    if op[0] is None and op[1] >= 1 << 31:
        raise OverflowError(f"cannot emit the array length {op[1]}: it is limited to 2**31-1")
    return four(op.code())


def four(number):
    """Four bytes, big-endian, as a literal has them."""
    return "".join(f"\\x{number >> shift & 255:02X}" for shift in (24, 16, 8, 0))


def literal(text):
    """A bytes literal of numbers that `four` wrote and names."""
    return "b'" + "".join(c if c.isascii() else "".join(f"\\x{b:02X}" for b in c.encode()) for c in text) + "'"
