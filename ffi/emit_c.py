"""An API module's C source: the engine's layouts, the user's C, then for each declaration the code that reaches it, then the tables."""

import os

from ffi import opcodes
from ffi.emit_functions import CText, extern_python, function
from ffi.tables import Tables, included_modules

TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")


def template(name):
    with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
        return file.read()


def source(ffi, module_name, preamble):
    """The whole source of module `module_name`; `preamble` is the user's C."""
    return Writer(ffi, module_name).whole(preamble)


class Writer:
    """Writes one module.  `globals`: name -> (address, Op, size or direct function) of what the engine looks up by name."""

    def __init__(self, ffi, module_name):
        self.ffi, self.module_name = ffi, module_name
        self.tables = Tables(ffi)
        self.found = self.tables.found
        self.text = CText(self.tables)
        self.lines, self.globals, self.fields = [], {}, []
        self.has_python = ffi._embedding is not None

    def put(self, *lines):
        self.lines.extend(lines)

    def whole(self, preamble):
        version = opcodes.VERSION_CHAR16 if self.tables.uses_char16() else opcodes.VERSION
        base = self.module_name.split(".")[-1]
        self.put("/* generated from the declarations of " + self.module_name + " */")
        if self.ffi._embedding is not None:
            self.put("#define _CFFI_USE_EMBEDDING")
        self.put(template("api.h"))
        if self.ffi._embedding is not None:
            from ffi.embed import startup
            self.put(*startup(self.ffi, self.module_name, version))
        self.put("/************************************************************/", "", preamble, "",
                 "/************************************************************/", "")
        self.put("static void *_cffi_types[] = {",
                 *(f"/* {at} */ {op.c()}," for at, op in enumerate(self.tables.types)), "  0", "};", "")
        for name, type, options in self.tables.functions:
            if options.get("python"):
                self.globals[name] = extern_python(self, name, type, options["python"])
            elif type[3]:
                self.constant(name, ("ptr", type, ""))
            else:
                self.globals[name] = function(self, name, type)
        for name, value, type in self.tables.constants:
            self.integer(name, value, opcodes.CONSTANT_INT) if isinstance(value, int) or value is None and self.tables.is_integer(type) \
                else self.constant(name, type, value)
        for key in self.tables.enums:
            for name in self.found.enums[key][0]:      # the compiler's values are right, whatever is declared
                self.integer(name, None, opcodes.ENUM)
        for name, type, options in self.tables.variables:
            self.variable(name, type)
        structs = [self.struct(number, key) for number, key in enumerate(self.tables.structs)]
        self.table("const struct _ffi_global_s _cffi_globals[]", [
            f'{{ "{name}", (void *){address}, {op.c()}, (void *){direct} }}' for name, (address, op, direct) in sorted(self.globals.items())])
        self.table("const struct _ffi_field_s _cffi_fields[]", self.fields)
        self.table("const struct _ffi_struct_union_s _cffi_struct_unions[]", structs)
        self.table("const struct _ffi_enum_s _cffi_enums[]", [self.enum(key) for key in self.tables.enums])
        self.table("const struct _ffi_typename_s _cffi_typenames[]",
                   [f'{{ "{name}", {self.tables.index_of(type)} }}' for name, type in self.tables.typedefs])
        self.context(version, base)
        return "\n".join(self.lines) + "\n"

    def table(self, declaration, items):
        if items:
            self.put(f"static {declaration} = {{", *(f"  {item}," for item in items), "};", "")

    def context(self, version, base):
        includes = included_modules(self.ffi, python=False)
        if includes:
            self.put("static const char * const _cffi_includes[] = {", *(f'  "{name}",' for name in includes), "  NULL", "};", "")
        tables = self.tables

        def known(word, items):
            return f"  {word}," if items else "  NULL,"
        self.put("static const struct _ffi_type_context_s _cffi_type_context = {", "  _cffi_types,", known("_cffi_globals", self.globals),
                 known("_cffi_fields", self.fields), known("_cffi_struct_unions", tables.structs), known("_cffi_enums", tables.enums),
                 known("_cffi_typenames", tables.typedefs),
                 f"  {len(self.globals)}, {len(tables.structs)}, {len(tables.enums)}, {len(tables.typedefs)},", known("_cffi_includes", includes),
                 f"  {len(tables.types)}, {int(self.has_python)},", "};", "")
        self.put("#if defined(__GNUC__) && !defined(_WIN32)", '#  pragma GCC visibility push(default)  /* for -fvisibility=hidden */', "#endif", "",
                 "#ifdef PYPY_VERSION", "PyMODINIT_FUNC", f"_cffi_pypyinit_{base}(const void *p[])", "{")
        if self.has_python:
            self.put("    if (((intptr_t)p[0]) >= 0x0A03)",
                     "        _cffi_call_python_org = (void(*)(struct _ffi_externpy_s *, char *))p[1];")
        self.put(f"    p[0] = (const void *)0x{version:X};", "    p[1] = &_cffi_type_context;", "    return NULL;", "}", "#else",
                 "PyMODINIT_FUNC", f"PyInit_{base}(void)", "{",
                 f'    return _cffi_init("{self.module_name}", 0x{version:X}, &_cffi_type_context);', "}", "#endif", "",
                 "#if defined(__GNUC__) && !defined(_WIN32)", "#  pragma GCC visibility pop", "#endif")

    # ---- constants and variables ---------------------------------------------------------------------------------

    def integer(self, name, value, operation):
        """A function that gives an integer constant, and compares it with the declared value."""
        self.put(f"static int _cffi_const_{name}(unsigned long long *o)", "{", f"  int n = ({name}) <= 0;",
                 f"  *o = (unsigned long long)(({name}) | 0);  /* an integer, or this does not compile */")
        if isinstance(value, int):
            self.put(f"  if (!_cffi_check_int(*o, n, {integer_literal(value)}))", "    n |= 2;")
        self.put("  return n;", "}", "")
        self.globals[name] = f"_cffi_const_{name}", opcodes.Op((operation, -1)), "0"

    def constant(self, name, type, value=None):
        """A function that stores a constant that is no integer."""
        index = self.tables.index_of(type)
        self.put(f"static void _cffi_const_{name}(char *o)", "{", f"  *({self.text(('ptr', type, ''))})o = {name};", "}", "")
        self.globals[name] = f"_cffi_const_{name}", opcodes.Op((opcodes.CONSTANT, index)), "0"

    def variable(self, name, type):
        """A function that gives a variable's address."""
        item, ampersand = (type[1], "") if type[0] == "array" and type[2] is None else (type, "&")
        quals = self.found.variables[name][1] if name in self.found.variables else ""
        self.put(f"static {self.text(('ptr', item, quals), f'_cffi_var_{name}(void)')}", "{", f"  return {ampersand}{name};", "}", "")
        self.globals[name] = f"_cffi_var_{name}", opcodes.Op((opcodes.GLOBAL_VAR_F, self.tables.index_of(type))), "0"

    # ---- structs and enums ---------------------------------------------------------------------------------------

    def struct(self, number, key):
        """The table entry of a struct or union; its fields are entered too, and code that lets the compiler check their types."""
        kind, tag = key.split(" ", 1)
        type, flags, first = (kind, tag), self.tables.struct_flags(key), len(self.fields)
        if kind == "blob":
            return self.blob(number, tag)
        name, index = self.tables.struct_name(key), self.tables.index_of(type)
        words = "|".join(word for bit, word in opcodes.FLAG_NAMES.items() if flags & bit) or "0"
        if flags & (opcodes.EXTERNAL | opcodes.OPAQUE):
            return f'{{ "{name}", {index}, {words}, (size_t)-1, -1, -1, 0 /* {"external" if flags & opcodes.EXTERNAL else "opaque"} */ }}'
        c_name, fields = self.tables.c_name(key), list(self.tables.fields(type))
        pointer = self.pointer_name(key) if c_name is None else None
        if c_name is not None:
            self.check_fields(f"_cffi_checkfld_{number}", f"{c_name} *", c_name, type)
        elif pointer is not None:
            self.check_fields(f"_cffi_checkfld_{number}", pointer + " ", pointer, type)
        for field, field_type, bits, quals in fields:
            self.fields.append(self.field(c_name, pointer, field, field_type, bits))
        if c_name is not None:
            self.put(f"struct _cffi_align_{number} {{ char x; {c_name} y; }};", "")
            size = f"sizeof({c_name}), offsetof(struct _cffi_align_{number}, y)"
        elif pointer is not None:
            size = f"sizeof(*({pointer})0), -1"
        else:
            size = "(size_t)-2, -2"
        return f'{{ "{name}", {index}, {words}, {size}, {first}, {len(fields)} }}'

    def pointer_name(self, key):
        """typedef struct { ... } *name: a name for a struct that has none."""
        type = tuple(key.split(" ", 1))
        return next((name for name, (to, quals) in self.found.typedefs.items() if to[0] == "ptr" and to[1] == type), None)

    def field(self, c_name, pointer, name, type, bits):
        index, place, size = self.tables.index_of(type), "(size_t)-1", "(size_t)-1"
        if bits >= 0:
            size = f"{bits} /* bits */"
        elif c_name is not None:
            place = f"offsetof({c_name}, {name})"
        elif pointer is not None:
            place = f"(size_t)(((char *)&(({pointer})4096)->{name}) - (char *)4096)"
        if place != "(size_t)-1" and not (type[0] == "array" and type[2] is None):
            size = f"sizeof((({c_name + ' *' if c_name else pointer})0)->{name})"
        return f'{{ "{name}", {place}, {size}, {opcodes.Op((opcodes.NOOP if bits < 0 else opcodes.BITFIELD, index)).c()} }}'

    def blob(self, number, name):
        """A type that the engine does not know: a struct with its bytes."""
        type = self.tables.blobs[name]
        first, data = len(self.fields), self.tables.index_of(self.tables.blob_data(type))
        self.fields.append(f'{{ "bytes", 0, sizeof({name}), {opcodes.Op((opcodes.NOOP, data)).c()} }}')
        self.put(f"struct _cffi_align_{number} {{ char x; {name} y; }};", "")
        return f'{{ "${name}", {self.tables.index_of(type)}, 0, sizeof({name}), offsetof(struct _cffi_align_{number}, y), {first}, 1 }}'

    def check_fields(self, function, parameter, label, type):
        """A function that compiles without a warning only if the fields have the declared types."""
        self.put("_CFFI_UNUSED_FN", f"static void {function}({parameter}p)", "{", "  (void)p;")
        for name, field, bits, quals in self.tables.fields(type):
            if not name:
                continue
            if self.tables.is_integer(field) and field[0] != "enum" or bits >= 0:
                self.put(f"  (void)((p->{name}) | 0);  /* '{label}.{name}' is an integer */")
            elif self.text.can_name(field):
                item, place = (field[1], f"{name}[0]") if field[0] == "array" and field[2] is None else (field, name)
                self.put(f"  {{ {self.text(('ptr', item, quals), 'tmp')} = &p->{place}; (void)tmp; }}")
        self.put("}", "")

    def enum(self, key):
        names, values, base, partial = self.found.enums[key]
        c_name = self.tables.c_name(key)
        size, signed = (f"sizeof({c_name})", f"(({c_name})-1) <= 0") if c_name else map(int, self.tables.enum_base(key))
        return f'{{ "{self.tables.enum_name(key)}", {self.tables.index_of(("enum", key[5:]))}, _cffi_prim_int({size}, {signed}), "{",".join(names)}" }}'


def integer_literal(value):
    """C's text for a value of any integer type."""
    if value >= 1 << 63:
        return f"{value}ULL"
    if value < -(1 << 31) or value >= 1 << 31:
        return f"({value + 1}LL - 1)" if value < 0 else f"{value}LL"
    return f"({value + 1} - 1)" if value < 0 else str(value)
