"""What the engine is told of an out-of-line module: its types as operations, and sorted lists of its names.

The same for both kinds of module: `emit_c` writes the tables as C, `emit_python` as bytes.
"""

from ffi import layout, opcodes
from ffi.errors import VerificationError, VerificationMissing
from ffi.expressions import NotConstant
from ffi.model import INTEGERS
from ffi.opcodes import Op

ONLY_COMPILER = "cannot be left to the C compiler in ABI mode, which uses none"
TYPE_OF = {int: ("prim", "int"), float: ("prim", "double")}


class Tables:
    """The tables of one FFI.  `python`: for a .py module, where nothing can be left to the C compiler.

    types        the operations; `index[type]` is where a type begins
    functions    (name, type, options), of `variables` (name, type), `constants` (name, value, type): value None if the compiler knows it
    structs      "struct tag" keys sorted by the name that the engine uses, of which `struct_name` says what it is
    """

    def __init__(self, ffi, python=False):
        self.ffi, self.python = ffi, python
        self.found, self.origins = ffi._found, ffi._types.origins
        unnamed = [key for table in (self.found.aggregates, self.found.enums) for key in table
                   if " $" in key and key.split(" $", 1)[1].isdigit() and key not in self.found.names and key not in self.origins]
        unnamed.sort(key=lambda key: int(key.split("$", 1)[1]))
        self.unnamed = {key: number for number, key in enumerate(unnamed, 1)}     # those for which C has no name
        self.collect_names()
        self.index, self.blobs = {}, {}
        for type in self.roots():
            self.collect(type)
        self.encode()

    # ---- names ---------------------------------------------------------------------------------------------------

    def collect_names(self):
        found = self.found
        self.functions = [(name, type, options) for name, (type, options) in sorted(found.functions.items()) if not found_static(options)]
        self.variables, self.constants = [], []
        for name, (type, quals, options) in found.variables.items():
            if "const" in quals.split() and type[0] != "array":
                self.constants.append((name, None, type))
            else:
                self.variables.append((name, self.resolved(type, options.get("label", name)), options))
        enumerators = {name for key, content in found.enums.items() if content for name in content[0]}
        inherited = {name for other in self.ffi._included for name in other._found.constants}
        for name, value in found.constants.items():
            if name in enumerators or name in inherited:
                continue
            if isinstance(value, tuple):
                self.add_unknown(name, value[1])
            else:
                type = TYPE_OF.get(value.__class__, ("ptr", ("prim", "char"), "const"))
                self.constants.append((name, value, type))
        self.variables.sort(key=lambda variable: variable[0])
        self.constants.sort(key=lambda constant: constant[0])
        self.typedefs = []
        for name, (type, quals) in sorted(found.typedefs.items()):
            self.typedefs.append((name, self.resolved(type, f"(*({name} *)0)")))
        self.enums = sorted((key for key, content in found.enums.items() if content), key=self.enum_name)
        self.check_enums()

    def add_unknown(self, name, type):
        if self.python and self.found.macros.get(name, (0, 0))[1] == ("...",):
            raise VerificationError(f"macro {name}: cannot use the syntax '...' in '#define {name} ...' when using the ABI mode")
        if type[0] == "array":
            self.variables.append((name, self.resolved(type, name), {}))
        else:
            self.constants.append((name, None, type))

    def check_enums(self):
        owners = {}
        for key in self.enums:
            names, values, base, partial = self.found.enums[key]
            if self.python and partial:
                raise VerificationMissing(f"{key}: values with `...` {ONLY_COMPILER}")
            for name in names if key not in self.origins else ():
                if owners.setdefault(name, key) != key:
                    raise VerificationError(f"{key} and {owners[name]} both declare {name}: C takes one of them")

    def resolved(self, type, expression):
        """An array type whose [...] lengths are C expressions."""
        if type[0] != "array":
            return type
        return "array", self.resolved(type[1], f"{expression}[0]"), array_length(type[2], expression)

    def struct_name(self, key):
        """The engine's name of a struct: its tag, "$name" if a typedef names it, "$1" if nothing does."""
        if key in self.unnamed:
            return f"${self.unnamed[key]}"
        kind, tag = key.split(" ", 1)
        if tag[0] == "$" and tag[1:].isdigit() and key in self.found.names:
            return "$" + self.found.names[key]
        return self.origins[key][1][1] if key in self.origins else tag

    enum_name = struct_name

    def c_name(self, key):
        """What C calls a struct, union or enum; None if nothing names it."""
        kind, tag = key.split(" ", 1)
        if key in self.found.names:
            return self.found.names[key]
        return None if tag[0] == "$" else key

    # ---- types ---------------------------------------------------------------------------------------------------

    def roots(self):
        """The types that are declared or used by something declared."""
        found = self.found
        for name, type, options in self.functions:
            self.check_known(type[1], f"function {name}: {self.found.declaration(type[1])!r} is used as result type, but is opaque")
            yield ("ptr", type, "") if type[3] and not self.python or options.get("python") else type
        for name, type, options in self.variables:
            yield type
        for name, value, type in self.constants:
            if value is None and not (self.is_integer(type) and not self.python) or value is not None and type[1] != "int" and not self.python:
                yield type
        for name, type in self.typedefs:
            yield type
        for key, content in found.aggregates.items():
            if self.c_name(key) or key.split(" ", 1)[1][:2] == "$$":
                yield tuple(key.split(" ", 1))
        for key, content in found.enums.items():
            if content:
                yield tuple(key.split(" ", 1))

    def is_integer(self, type):
        return type[0] == "prim" and type[1] in INTEGERS and type[1] != "char" or type[0] == "enum" or type[0] == "some" and type[2] == "int"

    def collect(self, type):
        """Enter a type and what it is made of."""
        type = plain(type)
        if type in self.index:
            return
        self.index[type] = None
        kind = type[0]
        if kind == "array" and (type[2] == "..." or isinstance(type[2], str) and self.python):
            raise VerificationMissing(f"{self.found.declaration(type)}: a length {ONLY_COMPILER}")
        if kind in ("ptr", "array"):
            self.collect(type[1])
        elif kind == "func":
            for one in (type[1], *type[2]):
                self.collect(one)
        elif kind in ("struct", "union"):
            for name, field, bits, quals in self.fields(type):
                self.check_known(field, f"{self.found.c_name(type)}: field '{type[1]}.{name}' is of an opaque type (not declared in cdef())")
                self.collect(field)
        elif kind == "blob":
            self.blobs[type[1]] = type
            self.collect(self.blob_data(type))

    def check_known(self, type, message):
        """TypeError for a struct by value of which nothing is known."""
        while type[0] == "array":
            type = type[1]
        if type[0] in ("struct", "union") and self.found.aggregates.get(f"{type[0]} {type[1]}") is None:
            raise TypeError(message)

    def fields(self, type):
        """(name, type, bits, quals) of a struct's fields, those of anonymous structs inside it included; none if it is another FFI's."""
        key = f"{type[0]} {type[1]}"
        content = self.found.aggregates.get(key)
        if content is None or key in self.origins:
            return
        owner = self.c_name(key)
        for name, field, bits, quals, *_ in content[0]:
            if not name and field[0] in ("struct", "union") and not self.python:
                yield from ((n, self.resolved_field(owner, n, t), b, q) for n, t, b, q in self.fields(field))
            elif name or self.python:
                yield name, self.resolved_field(owner, name, field), bits, quals

    def resolved_field(self, owner, name, type):
        return self.resolved(type, f"(({owner} *)0)->{name}") if owner else type

    @staticmethod
    def blob_data(type):
        """The bytes of a type that the engine does not know."""
        return "array", ("prim", "unsigned char"), f"sizeof({type[1]})"

    def encode(self):
        """Give each type its place in `types`: functions first, in the order of their text, then all others."""
        index, spots = self.index, []
        order = sorted(index, key=lambda type: (self.found.declaration(type), repr(type)))
        for type in order:
            if type[0] != "func":
                continue
            index[type] = len(spots)
            spots.append(type)
            for argument in type[2]:
                argument = plain(argument)
                if index[argument] is None:
                    index[argument] = len(spots)
                spots.append(argument)
            spots.append(Op((opcodes.FUNCTION_END, bool(type[3]) | 2 * (type[4] == "__stdcall"))))
        for type in order:
            if index[type] is None:
                index[type] = len(spots)
                spots.append(type)
                if type[0] == "array" and type[2] is not None:
                    spots.append(Op((None, type[2])))
        structs = [f"{type[0]} {type[1]}" for type in order if type[0] in ("struct", "union", "blob") and not is_file(type)]
        self.structs = sorted(structs, key=lambda key: self.struct_name(key) if key[:5] != "blob " else "$" + key[5:])
        self.struct_number = {key: number for number, key in enumerate(self.structs)}
        self.enum_number = {key: number for number, key in enumerate(self.enums)}
        self.types = [spot if isinstance(spot, Op) else self.operation(spot, at) for at, spot in enumerate(spots)]

    def index_of(self, type):
        return self.index[plain(type)]

    def operation(self, type, at):
        kind = type[0]
        if kind == "void":
            return Op((opcodes.PRIMITIVE, 0))
        if kind == "prim":
            return Op((opcodes.PRIMITIVE, opcodes.PRIMITIVES[type[1]]))
        if kind == "some":
            return Op((opcodes.PRIMITIVE, self.some(type)))
        if self.index[type] != at:
            return Op((opcodes.NOOP, self.index[type]))
        if kind == "func":
            return Op((opcodes.FUNCTION, self.index_of(type[1])))
        if kind == "ptr":
            return Op((opcodes.POINTER, self.index_of(type[1])))
        if kind == "array":
            return Op((opcodes.OPEN_ARRAY if type[2] is None else opcodes.ARRAY, self.index_of(type[1])))
        if kind == "enum":
            return Op((opcodes.ENUM, self.enum_number[f"enum {type[1]}"])) if f"enum {type[1]}" in self.enum_number \
                else Op((opcodes.PRIMITIVE, opcodes.PRIMITIVES["unsigned int"]))
        return Op((opcodes.STRUCT_UNION, opcodes.FILE_STRUCT if is_file(type) else self.struct_number[f"{kind} {type[1]}"]))

    def some(self, type):
        """C's expression of the number of a type of which only the compiler knows the size."""
        name = type[1]
        if self.python:
            raise VerificationError(f"cannot emit to Python: the size of {name!r} {ONLY_COMPILER}")
        if type[2] == "int":
            return f"_cffi_prim_int(sizeof({name}), (\n           (({name})-1) | 0 /* check that {name} is an integer type */\n         ) <= 0)"
        return f"_cffi_prim_float(sizeof({name}) *\n           ((({name})1) / 2) * 2 /* integer => 0, float => 1 */\n         )"

    # ---- facts for both writers ------------------------------------------------------------------------------------

    def struct_flags(self, key):
        """The engine's flags of a struct or union."""
        kind = key.split(" ", 1)[0]
        content = self.found.aggregates.get(key)
        flags = opcodes.UNION if kind == "union" else 0
        if kind == "blob":
            return flags
        if key in self.origins:
            return flags | opcodes.EXTERNAL | (opcodes.OPAQUE if content is None else 0)
        if content is None:
            return flags | opcodes.OPAQUE
        fields, options = content
        silent = self.is_partial(tuple(key.split(" ", 1))) or "pack" in options or "aligned" in options or any(
            f[4] or f[5] or not f[0] and f[2] < 0 or f[1][0] == "array" and has_unknown_length(f[1]) for f in fields)
        if self.python:
            if "pack" in options or layout.is_special(self.found, tuple(key.split(" ", 1))):
                raise VerificationError(f"{key}: `pack` and alignment attributes are not known to out-of-line ABI modules: use API mode")
            if options.get("partial"):
                raise VerificationMissing(f"{key}: fields {ONLY_COMPILER}")
            silent = True
        if not silent or self.python:
            flags |= opcodes.CHECK_FIELDS * (not self.python or not any(not f[0] for f in fields)) | opcodes.PACKED * ("packed" in options)
        return flags

    def is_partial(self, type):
        """True for a struct with `...;`, and for a union of such."""
        while type[0] == "array":
            type = type[1]
        content = self.found.aggregates.get(f"{type[0]} {type[1]}") if type[0] in ("struct", "union") else None
        return bool(content) and (content[1].get("partial", False) or type[0] == "union" and any(self.is_partial(f[1]) for f in content[0]))

    def enum_base(self, key):
        """(size, signed) of an enum."""
        try:
            return layout.integer(self.found, tuple(key.split(" ", 1)))
        except NotConstant:
            return 4, any(isinstance(v, int) and v < 0 for v in self.found.enums[key][1])

    def uses_char16(self):
        return any(type in self.index for type in (("prim", "char16_t"), ("prim", "char32_t")))


def found_static(options):
    """True for what C++ overloads or scopes: it has no C name of its own."""
    return bool(options.get("scope") or options.get("overload"))


def array_length(length, expression=None):
    """A length as C computes it where it is left to C: from `expression`, or from the typedef that has it."""
    if length == "..." and expression:
        return f"_cffi_array_len({expression})"
    return f"_cffi_array_len({length[3:]})" if isinstance(length, str) and length[:4] == "...(" else length


def plain(type):
    """A type without the qualifiers, which the engine does not know."""
    kind = type[0]
    if kind == "ptr":
        return "ptr", plain(type[1]), ""
    if kind == "array":
        return "array", plain(type[1]), array_length(type[2])
    if kind == "func":
        return "func", plain(type[1]), tuple(map(plain, type[2])), bool(type[3]), type[4]
    return type


def has_unknown_length(type):
    return type[0] == "array" and (isinstance(type[2], str) or has_unknown_length(type[1]))


def is_file(type):
    return type == ("struct", "_IO_FILE")


def included_modules(ffi, python):
    """The names of the modules that the included FFIs become."""
    names = []
    for other in ffi._included:
        source = other._assigned_source
        if source is None and other.verifier is not None:
            source = other.verifier.get_module_name(), ""
        if source is None:
            raise VerificationError(f"{ffi!r} includes {other!r}, which has to be prepared with set_source() first")
        if (source[1] is None) != python:
            kinds = ("C", "Python") if python else ("Python", "C")
            raise VerificationError(f"not implemented: ffi.include() of a {kinds[0]}-based ffi inside a {kinds[1]}-based ffi")
        names.append(source[0])
    return names
