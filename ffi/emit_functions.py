"""C for functions: those that Python calls (one body for all, a wrapper for CPython, one for PyPy), and extern "Python", which C calls."""

from ffi import opcodes
from ffi.errors import VerificationError
from ffi.model import CHARACTERS, COMPLEX, INTEGERS, VOID
from ffi.tables import array_length, plain

BY_REFERENCE = {"struct", "union", "blob"}
SMALL = 640                                            # bytes of a list or string argument that still go on the stack


class CText:
    """C's text of types, spelled so that the user's C accepts them."""

    def __init__(self, tables):
        self.tables, self.found = tables, tables.found
        self.pointers = {}                             # a pointer, over any number of levels, to an unnamed struct -> its typedef
        for name, (type, quals) in self.found.typedefs.items():
            base = type
            while base[0] == "ptr":
                base = base[1]
            if base is not type and base[0] in ("struct", "union") and self.name_of(base) is None:
                self.pointers.setdefault(plain(type), name)

    def __call__(self, type, name="", quals=""):
        return self.found.declaration(self.spelled(type), name, quals.replace("restrict", "__restrict"))

    def spelled(self, type):
        kind = type[0]
        if kind == "ptr":
            to = type[1]
            if to == ("struct", "__va_list_tag"):
                return "ptr", VOID, ""
            if plain(type) in self.pointers:
                return "prim", self.pointers[plain(type)]
            if to[0] in ("struct", "union") and self.name_of(to) is None:
                return "ptr", VOID, type[2]
            return "ptr", self.spelled(to), type[2].replace("restrict", "__restrict")
        if kind == "array":
            return "array", self.spelled(type[1]), array_length(type[2])
        if kind == "func":
            return "func", self.spelled(type[1]), tuple(map(self.spelled, type[2])), type[3], ""
        if kind in ("struct", "union", "enum"):
            return ("prim", "FILE") if type == ("struct", "_IO_FILE") else ("prim", self.name_of(type) or ("int" if kind == "enum" else "char"))
        return type

    def name_of(self, type):
        return self.tables.c_name(f"{type[0]} {type[1]}")

    def can_name(self, type):
        """True if C has names for all that the type is made of."""
        if type[0] in ("ptr", "array"):
            return self.can_name(type[1]) or plain(type) in self.pointers
        if type[0] == "func":
            return all(map(self.can_name, (type[1], *type[2])))
        return type[0] not in ("struct", "union", "enum") or self.name_of(type) is not None


def function(writer, name, type):
    """Write what calls `name`; returns its entry in the table of globals."""
    text, (result, arguments) = writer.text, type[1:3]
    for one in (result, *arguments):
        if one[0] in ("struct", "union") and not text.can_name(one):
            raise VerificationError(f"function {name!r}: it passes a struct by value that has no name in C")
    names = [f"x{number}" for number in range(len(arguments))]
    declared = ", ".join(map(text, arguments, names)) or "void"
    call = f"{name}({', '.join(names)})"
    writer.put(f"static {text(result, f'_cffi_d_{name}({declared})')}", "{", f"  {'' if result == VOID else 'return '}{call};", "}",
               "#ifndef PYPY_VERSION")
    index = writer.tables.index_of(type)
    wrapper(writer, name, result, arguments, names, index)
    writer.put("#else")
    by_reference(writer, name, result, arguments, names)
    writer.put("#endif", "")
    operation = {0: opcodes.CPYTHON_BLTN_N, 1: opcodes.CPYTHON_BLTN_O}.get(len(arguments), opcodes.CPYTHON_BLTN_V)
    return f"_cffi_f_{name}", opcodes.Op((operation, index)), f"_cffi_d_{name}"


def wrapper(writer, name, result, arguments, names, index):
    """CPython: a builtin function that converts the arguments and the result."""
    put, text = writer.put, writer.text
    count = len(arguments)
    parameter = {0: "PyObject *noarg", 1: "PyObject *arg0"}.get(count, "PyObject *args")
    put("static PyObject *", f"_cffi_f_{name}(PyObject *self, {parameter})", "{")
    put(*(f"  {text(argument, variable)};" for argument, variable in zip(arguments, names)))
    lists = [argument[0] == "ptr" and argument[1][0] != "func" for argument in arguments]
    if any(lists):
        put("  Py_ssize_t size;", "  struct _ffi_freeme_s *large = NULL;")
    if result != VOID:
        put(f"  {text(result, 'result')};")
    put("  PyObject *made = NULL;")
    if count > 1:
        objects = [f"arg{number}" for number in range(count)]
        put(*(f"  PyObject *{one};" for one in objects), "",
            f'  if (!PyArg_UnpackTuple(args, "{name}", {count}, {count}, {", ".join("&" + one for one in objects)}))', "    return NULL;")
    for number, (argument, variable) in enumerate(zip(arguments, names)):
        refused = f'_ffi_refused("{name}", {number + 1}, "{text.found.declaration(argument)}");'
        fail = f"{{ {refused} goto done; }}" if any(lists) else f"return {refused}"
        put("", *converted(text, argument, variable, f"arg{number}", index + 1 + number, fail))
    put("", "  Py_BEGIN_ALLOW_THREADS", "  _cffi_restore_errno();", f"  {'' if result == VOID else 'result = '}_cffi_d_{name}({', '.join(names)});",
        "  _cffi_save_errno();", "  Py_END_ALLOW_THREADS", "", "  (void)self;  /* unused */")
    if not count:
        put("  (void)noarg;  /* unused */")
    if result == VOID:
        put("  Py_INCREF(Py_None);", "  made = Py_None;")
    else:
        put(f"  made = {back(text, result, writer.tables.index_of(result))};")
    if any(lists):
        put("done:", "  if (large != NULL) _cffi_free_array_arguments(large);")
    put("  return made;", "}")


def converted(text, type, variable, value, index, fail):
    """The lines that convert the object `value` to an argument; `fail` is the statement for when it cannot be."""
    kind, name = type[0], type[-1]
    if kind == "prim" and (name in INTEGERS or name in CHARACTERS) or kind == "some":
        if kind == "some":
            expression = f"_cffi_to_c_int({value}, {type[1]})" if type[2] == "int" else f"({type[1]})_cffi_to_c_double({value})"
            name = type[1]
        elif name == "char" or name == "_Bool" or name in CHARACTERS:
            expression = f"({name})_cffi_to_c_{name}({value})"
        else:
            expression = f"_cffi_to_c_int({value}, {name})"
        return [f"  {variable} = {expression};", f"  if ({variable} == ({name})-1 && PyErr_Occurred())", f"    {fail}"]
    if kind == "prim" and name not in COMPLEX:
        return [f"  {variable} = ({name})_cffi_to_c_{name.replace(' ', '_')}({value});", f"  if ({variable} == ({name})-1 && PyErr_Occurred())",
                f"    {fail}"]
    if kind != "ptr":
        return [f"  if (_cffi_to_c((char *)&{variable}, _cffi_type({index}), {value}) < 0)", f"    {fail}"]
    cast = f"({text(type)})"
    if type[1][0] == "func":
        return [f"  {variable} = {cast}_cffi_to_c_pointer({value}, _cffi_type({index}));", f"  if ({variable} == ({text(type)})NULL && PyErr_Occurred())",
                f"    {fail}"]
    fill, item = filler(text, type[1])
    return [f"  size = _cffi_prepare_pointer_call_argument(_cffi_type({index}), {value}, (char **)&{variable});", "  if (size != 0) {",
            f"    {variable} = ((size_t)size) <= {SMALL} ? {cast}alloca((size_t)size) : NULL;",
            f"    if (_cffi_convert_array_argument(_cffi_type({index}), {value}, (char **)&{variable}, size, &large, {fill}, {item}) < 0)", f"      {fail}", "  }"]


def filler(text, item):
    """(C's function that copies a list of numbers of this type, the size of one); the engine's way for all others."""
    if item[0] == "prim" and item[1] in ("float", "double"):
        return f"_ffi_fill_{item[1]}", f"sizeof({item[1]})"
    if item[0] == "prim" and item[1] in INTEGERS and item[1] not in ("char", "_Bool"):
        return f"_ffi_fill_int({text(item)})", f"sizeof({text(item)})"
    return "NULL", "0"


def back(text, type, index):
    """C's expression that makes an object of `result`."""
    kind, name = type[0], type[-1]
    if kind == "some":
        return f"_cffi_from_c_int(result, {type[1]})" if type[2] == "int" else "_cffi_from_c_double(result)"
    if kind == "prim" and name not in COMPLEX and name != "long double":
        if name in ("char", "_Bool", "float", "double") or name in CHARACTERS:
            return f"_cffi_from_c_{name}(result)"
        return f"_cffi_from_c_int(result, {name})"
    how = "pointer((char *)result" if kind == "ptr" else "struct((char *)&result" if kind in BY_REFERENCE else "deref((char *)&result"
    return f"_cffi_from_c_{how}, _cffi_type({index}))"


def by_reference(writer, name, result, arguments, names):
    """PyPy: structs and complex numbers go through pointers, the result's first."""
    text = writer.text
    passed = [is_indirect(argument) for argument in arguments]
    if not any(passed) and not is_indirect(result):
        writer.put(f"#  define _cffi_f_{name}  _cffi_d_{name}")
        return
    parameters = [text(("ptr", argument, "") if indirect else argument, variable)
                  for argument, variable, indirect in zip(arguments, names, passed)]
    call = f"_cffi_d_{name}({', '.join('*' * indirect + variable for variable, indirect in zip(names, passed))})"
    if is_indirect(result):
        parameters.insert(0, text(("ptr", result, ""), "result"))
        head, body = f"void _cffi_f_{name}({', '.join(parameters)})", f"*result = {call};"
    else:
        head = text(result, f"_cffi_f_{name}({', '.join(parameters)})")
        body = f"return {call};" if result != VOID else f"{call};"
    writer.put(f"static {head}", "{", f"  {body}", "}")


def is_indirect(type):
    return type[0] in BY_REFERENCE or type[0] == "prim" and type[1] in COMPLEX


def extern_python(writer, name, type, where):
    """A C function that calls what ffi.def_extern() has attached; returns its entry in the table of globals.

    Arguments go in slots of 8 bytes, those that do not fit by their address; the result comes back in the same place.
    """
    text, (result, arguments, ellipsis) = writer.text, type[1:4]
    if ellipsis:
        raise VerificationError(f"extern \"Python\" function {name!r}: it cannot be variadic; take a fixed number of arguments, or an array")
    writer.has_python = True
    names = [f"a{number}" for number in range(len(arguments))]
    size = max(8 * len(arguments), 16 if result == ("prim", "long double") else 8)
    length, size_of_result = str(size), "0"
    if result != VOID:
        size_of_result = f"sizeof({text(result)})"
        if is_indirect(result):
            length = f"{size_of_result} > {size} ? {size_of_result} : {size}"
    storage = {"Python": "static ", "Python+C": "", "C+Python": "", "embedding": "CFFI_DLLEXPORT "}[where]
    head = text(result, f"{name}({', '.join(map(text, arguments, names)) or 'void'})")
    writer.put(f"static struct _ffi_externpy_s _cffi_externpy__{name} =",
               f'  {{ "{writer.module_name}.{name}", (size_t)(int){size_of_result}, 0, 0 }};', "", f"{storage}{head}", "{",
               f"  char a[{length}];", "  char *p = a;")
    for number, (argument, variable) in enumerate(zip(arguments, names)):
        if argument[0] in BY_REFERENCE or argument == ("prim", "long double"):
            argument, variable = ("ptr", argument, ""), "&" + variable
        elif argument == ("prim", "_cffi_double_complex_t"):
            raise VerificationError(f"extern \"Python\" function {name!r}: the engine takes no double _Complex argument; take a pointer to one")
        writer.put(f"  *({text(('ptr', argument, ''))})(p + {8 * number}) = {variable};")
    writer.put(f"  _cffi_call_python(&_cffi_externpy__{name}, p);")
    if result != VOID:
        writer.put(f"  return *({text(('ptr', result, ''))})p;")
    writer.put("}", "")
    return f"&_cffi_externpy__{name}", opcodes.Op((opcodes.EXTERN_PYTHON, writer.tables.index_of(("ptr", type, "")))), name
