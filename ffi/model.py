"""How C's types and declarations are represented: plain tuples and dicts, which compare, hash and marshal.

    ("void",)                                   ("prim", "unsigned int")
    ("ptr", to, quals)                          ("array", item, length)       length: int, None for [], "..." for [...], "...(C expression)" for [...] in a typedef
    ("func", result, arguments, ellipsis, abi)  ("struct", tag) ("union", tag) ("enum", tag): see `Declarations`
    ("some", name, "int" or "float")            typedef int... name: a number whose size the C compiler knows
    ("blob", name, size, alignment)             a scalar that the engine does not know: __int128, a vector, ...

`quals` is a string: "", "const", "volatile", "const volatile", ...; of a pointer, those of what it points to.
Struct tags: "name"; "$1" has none in C; "$name" and "$$name" come from `typedef ... name` and `typedef ... *name`.
"""

VOID = ("void",)
INT = ("prim", "int")
INTEGERS = {name: (size, signed) for size, signed, names in (
    ("char", True, "signed char,int8_t"), ("char", False, "unsigned char,uint8_t"), ("short", True, "short,int16_t"),
    ("short", False, "unsigned short,uint16_t"), ("int", True, "int,int32_t"), ("int", False, "unsigned int,uint32_t"),
    ("long", True, "long"), ("long", False, "unsigned long"), ("long long", True, "long long,int64_t"),
    ("long long", False, "unsigned long long,uint64_t"), ("intptr_t", True, "intptr_t,ptrdiff_t,ssize_t"),
    ("uintptr_t", False, "uintptr_t,size_t"), ("_Bool", False, "_Bool"), ("char", True, "char"),
    ("intmax_t", True, "intmax_t"), ("uintmax_t", False, "uintmax_t"),
    *((f"{u}int_{kind}{n}_t", not u, f"{u}int_{kind}{n}_t") for u in ("", "u") for kind in ("least", "fast") for n in (8, 16, 32, 64)),
) for name in names.split(",")}
FLOATS = {"float", "double", "long double"}
COMPLEX = {"_cffi_float_complex_t", "_cffi_double_complex_t"}
CHARACTERS = {"wchar_t", "char16_t", "char32_t"}
PRIMITIVES = {*INTEGERS, *FLOATS, *COMPLEX, *CHARACTERS}


class Declarations:
    """What some C source declares.

    typedefs    name -> (type, quals)
    aggregates  "struct tag", "union tag" -> None while opaque, else (fields, options);
                a field is (name, type, bits or -1, quals, alignment or 0, packed); options: see `Parser.aggregate`
    enums       "enum tag" -> None, else (names, values, base type or None, partial); a value "..." is for the C compiler
    functions   name -> (type, options); options: "label", "python", "body", "scope", "macro"
    variables   name -> (type, quals, options)
    constants   name -> value, or ("...", type, quals) if the C compiler knows it; with a 4th item: the number that is cast to the type
    macros      name -> (parameters or None, tokens): all of them, constants too
    names       "struct $1" -> what C calls it where a typedef names it
    alignments  name of a typedef -> the alignment that an attribute of its own gives it
    """

    TABLES = "typedefs", "aggregates", "enums", "functions", "variables", "constants", "macros", "names", "alignments"
    __slots__ = (*TABLES, "counter")

    def __init__(self):
        for table in self.TABLES:
            setattr(self, table, {})
        self.counter = 0

    def state(self):
        """Everything as marshal takes it."""
        return self.counter, *(getattr(self, table) for table in self.TABLES)

    @classmethod
    def restored(cls, state):
        made = cls.__new__(cls)
        made.counter = state[0]
        for table, content in zip(cls.TABLES, state[1:]):
            setattr(made, table, content)
        return made

    def copy(self):
        made = Declarations()
        made.counter = self.counter
        for table in self.TABLES:
            setattr(made, table, dict(getattr(self, table)))
        return made

    def c_name(self, type):
        """How C writes a struct, union or enum: "struct tag", or the typedef that names it."""
        key = f"{type[0]} {type[1]}"
        return self.names.get(key, key)

    def declaration(self, type, name="", quals=""):
        """C's declaration of `name` with this type; without a name, the type as in a cast."""
        kind = type[0]
        prefix = quals + " " if quals else ""
        if kind == "ptr":
            inner, to = "*" + name, type[1]
            if to[0] in ("array", "func"):
                inner = f"({inner})"
            if quals:
                inner = inner.replace("*", "*" + quals + (" " if name else ""), 1)
            return self.declaration(to, inner, type[2])
        if kind == "array":
            length = "" if type[2] is None else type[2]
            return self.declaration(type[1], f"{name}[{length}]", quals)
        if kind == "func":
            arguments = [self.declaration(a) for a in type[2]] + ["..."] * type[3]
            abi = f"{type[4]} " if type[4] else ""
            return self.declaration(type[1], f"{abi}{name}({', '.join(arguments) or 'void'})")
        base = "void" if kind == "void" else self.c_name(type) if kind in ("struct", "union", "enum") else type[1]
        return f"{prefix}{base} {name}".rstrip()


def is_integer(type):
    return type[0] == "prim" and type[1] in INTEGERS or type[0] == "enum"
