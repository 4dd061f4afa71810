"""Namespaces, and finding things by name: in the loaded dictionaries first, then with the compiler."""

import builtins
import types
from _thread import RLock

from cppbind import errors, lambdas
from cppbind.backend import api, dictionary, records, standard
from cppbind.enums import enum_class
from cppbind.fields import Static
from cppbind.stl import functions as stl_functions, headers
from cppbind.overloads import function_for
from cppbind.typecode import parse
from cppbind.values import SPELLED, spelled

lock = RLock()
dictionaries = []                                      # back-ends that do not compile, the last loaded first
classes = {}                                           # full name -> Python class
namespaces = {}                                        # full name -> CPPNamespace
incomplete = types.SimpleNamespace(flags="")
generation = [0]                                       # [0]: how often there was new code
package = ["cppbind"]                                  # under whose name C++ is found: [0]
NUMBERS = {spelling: code for code, spelling in SPELLED.items() if code not in "BU"}
BUILTINS = {"b": bool, "f": float, "d": float, "e": float, **dict.fromkeys(("c", "w", "Du", "Ds", "Di"), str)}


def backends(name=""):
    """Where to look for a name, in turn; the compiler is started only when it comes to it, and may be missing where there are dictionaries."""
    yield from dictionaries
    if name:
        yield from by_map(name)
    if name == "std" or name.startswith(("std::", "__gnu_cxx::")):
        if found := standard.backend():
            yield found
    try:
        compiler = api.compiler()
        compiler.prepare(name)
        yield compiler
    except ImportError:
        if not dictionaries:
            raise


def by_map(name):
    """The dictionary that has a name by a map of names and was not loaded."""
    from cppbind.toplevel import library_paths
    while path := dictionary.mapped(name, library_paths):
        try:
            found = dictionary.load(path)
        except OSError:                                 # a map of another program's, or its library is gone
            dictionary.loaded[path] = None
            continue
        dictionaries.insert(0, found)
        yield found


def there():
    """The back-ends that need not be started."""
    return [*dictionaries, *filter(None, [standard.backend(), api.started])]


# ---- classes -----------------------------------------------------------------------------------------------------------

def class_named(name):
    """The Python class of a C++ class or enum by its full name; NameError if there is none."""
    found = classes.get(name)
    if found is None:
        with lock:
            found = classes.get(name)
            if found is None:
                found = classes[name] = new_class(name)
    return found


def class_wanted(name):
    """The class that an argument is to be of; where no back-end has it, the TypeError of an argument that does not fit."""
    try:
        return class_named(name)
    except NameError as reason:
        raise TypeError(str(reason)) from None


def class_known(name):
    """The same if a back-end that is there has it, else None: the compiler is not started, say for a type that a parameter mentions."""
    found = classes.get(name)
    if found is None:
        with lock:
            try:
                found = classes[name] = new_class(name, there())
            except NameError:
                return None
    return found


def new_class(name, places=None):
    from cppbind.classes import make_class
    for backend in places or backends(name):
        handle = backend.scope(name)
        text = backend.describe(handle) if handle else None
        if text is None:
            continue
        if text.startswith("enum\t"):
            return enum_class(records.parse(backend, text)[0])
        described = records.parse_class(backend, text)
        if described.name in classes:
            return classes[described.name]
        return make_class(backend, described)
    raise NameError(f"there is no C++ class {name!r}")


def described(name):
    """The `records.Class` of a name, None if the back-ends that are there have none: the compiler is not started for this."""
    found = classes.get(name)
    if found is not None:
        return getattr(found, "_record", None)
    for backend in there():
        handle = backend.scope(name)
        text = backend.describe(handle) if handle else None
        if text and text.startswith("class\t"):
            return records.parse_class(backend, text)
    return None


def type_object(code, name=None):
    """What stands for a type in Python: a class; for numbers one of Python's own under `name`, (name, scope), of a typedef."""
    type = parse(code)
    if type.kind in ("class", "enum"):
        return class_named(type.name)
    if type.kind == "number":
        return builtin_type(type, *(name or (spelled(type), "")))
    return CppType(type)


class CppType:
    """A type that has no class in Python, for use as a template argument.  Called with an address, or an object, it is one of that type."""

    def __init__(self, type):
        self.type, self.__cpp_name__ = type, spelled(type)
        base = type
        while base.kind in ("pointer", "reference", "rvalue", "array"):
            base = base.of
        self.__name__ = records.last_part(spelled(base))

    def __repr__(self):
        return f"<C++ type {self.__cpp_name__}>"

    def __call__(self, address=0):
        """What such a pointer points to."""
        from cppbind.objects import addressof, bind_object
        if self.type.kind == "pointer" and self.type.of.kind == "void":
            return Handle(address if type(address) is int else addressof(address))
        if self.type.kind != "pointer" or self.type.of.kind != "class":
            raise TypeError(f"objects of {self.__cpp_name__} are not made in Python")
        return bind_object(address, class_named(self.type.of.name))

    def __eq__(self, other):
        return isinstance(other, CppType) and self.type is other.type

    def __hash__(self):
        return hash(self.type)


class Handle:
    """A void * of its own, which C++ may be told where to put a new one."""

    def __init__(self, address):
        self._cpp = address

    @staticmethod
    def _disown(handle):
        """It owns nothing."""

    def __bool__(self):
        return self._cpp != 0

    def __int__(self):
        return self._cpp

    def __repr__(self):
        return f"<void* {self._cpp:#x}>"


def builtin_type(type, name, scope):
    """A number's type as a class: Python's, under the name that C++ gives it."""
    base = BUILTINS.get(type.name, int)
    if base is bool and not scope and name == "bool":
        return bool
    full = f"{scope}::{name}" if scope else name
    found = builtin_types.get((type.name, full))
    if found is None:
        members = {"__cpp_name__": full, "__module__": module_name(scope), "_type": type}
        if base is bool:                                # which has no subclasses: calls give Python's own
            base, members["__new__"] = int, lambda cls, value=False: bool(value)
        found = builtin_types[type.name, full] = builtins.type(name, (base,), members)
    return found


builtin_types = {}


def type_of_text(text):
    """The same for a type as C++ writes it; TypeError with the compiler's words."""
    return type_object(code_of_text(text))


def code_of_text(text):
    """The code of a type as C++ writes it; TypeError with the compiler's words."""
    if text in NUMBERS:
        return NUMBERS[text]
    for backend in backends(text):
        found = backend.type(text)
        if found:
            return found[0]
        if not backend.compiles and (backend.describe(backend.scope(text)) or "").startswith("class\t"):
            return f"C{text};"
    told = backend.message()
    if headers.would_help(told):
        return code_of_text(text)
    raise TypeError(f"{text!r} is no C++ type:\n{told}")


def module_name(scope):
    """Python's name of the module that a C++ scope is: "cppbind.gbl.std", or as the program has renamed it."""
    for outer in renamed if scope else ():
        if scope == outer or scope.startswith(outer + "::"):
            return renamed[outer] + scope[len(outer):].replace("::", ".")
    return ".".join([package[0], "gbl", *filter(None, scope.split("::"))])


renamed = {}                                            # namespace -> its module's name, as the program has set it


def rename_below(space, module):
    """A namespace's __module__ was set: what is in it says so, too."""
    name = space.__cpp_name__
    renamed[name] = f"{module}.{space.__name__}"
    for full, cls in classes.items():
        if full.startswith(name + "::") and isinstance(cls, type):
            type.__setattr__(cls, "__module__", module_name(full.rpartition("::")[0]))


def rename(name):
    """C++ is found under the name of another package, too, and what is found from now on says so."""
    import sys
    package[0] = name
    for scope, space in namespaces.items():
        space.__dict__["__module__"] = module_name(scope).rpartition(".")[0]
        sys.modules[module_name(scope)] = space


# ---- namespaces ----------------------------------------------------------------------------------------------------------

class CPPNamespace(types.ModuleType):
    """A C++ namespace: names are found when they are first asked for.  Variables are properties of the instance's own class."""

    def __new__(cls, name):
        return types.ModuleType.__new__(type(cls.__name__, (cls,), {}), name)

    def __init__(self, name):
        super().__init__(module_name(name))
        module, _, self.__dict__["__name__"] = module_name(name).rpartition(".")
        self.__dict__["__module__"] = module
        self.__dict__["__cpp_name__"] = name
        self.__dict__["__doc__"] = f"The C++ namespace {name or 'that is global'}: a CPPNamespace, where names are found when they are first asked for."
        self.__dict__["__path__"] = []
        self.__dict__["_functions"] = {}                # name -> (what the back-end told, the function)
        self.__dict__["_stale"] = {}                    # the same before there was new code

    def __repr__(self):
        return f"<namespace {self.__module__}.{self.__name__}>"

    def __call__(self, *arguments, **keywords):
        raise TypeError(f"a namespace cannot be instantiated: {self.__cpp_name__ or 'the global one'}")

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            if name == "__all__":                       # help() tells of them
                return [one for one in dir(self) if not one.startswith("_")]
            raise AttributeError(name)
        with lock:
            if self.__cpp_name__ == "std" and stl_functions.replaces(name):
                value = self.__dict__[name] = stl_functions.instead(name, self)
                return value
            return bind(self, name)

    def __setattr__(self, name, value):
        if name == "__module__":
            rename_below(self, value)
        if name not in self.__dict__ and not hasattr(type(self), name):
            try:
                bind(self, name)
            except AttributeError:
                pass
        super().__setattr__(name, value)

    def __dir__(self, *itself):                         # cppyy's namespaces are classes, whose `__dir__` is a function
        found = set(object.__dir__(self))
        for backend in backends():
            scope = backend.scope(self.__cpp_name__)
            if scope or not self.__cpp_name__:
                found.update(filter(str.isidentifier, backend.names(scope)))    # and not the operators
        return sorted(found)


def namespace(name):
    """The CPPNamespace of a full name."""
    found = namespaces.get(name)
    if found is None:
        found = namespaces[name] = CPPNamespace(name)
        import sys
        sys.modules.setdefault(module_name(name), found)
    return found


def bind(space, name):
    """Find a name in a namespace, keep it there, and return it; AttributeError if there is none."""
    functions = []
    for backend in backends("::".join(filter(None, (space.__cpp_name__, name)))):
        scope = backend.scope(space.__cpp_name__)
        text = backend.lookup(scope, name) if scope else None
        if text is None:
            continue
        known = space._stale.pop(name, None)
        if known is not None and known[0] == text:      # the same as ever, with what the program has set on it
            space._functions[name] = known
            space.__dict__[name] = known[1]
            return known[1]
        found = [lambdas.named(one, backend, space.__cpp_name__) if hasattr(one, "name") else one for one in records.parse(backend, text)]
        here = [one for one in found if isinstance(one, records.Function)]
        general = [one for one in found if isinstance(one, records.Template) and one.kind == "function"]
        if general:
            from cppbind.templates import template
            function = space.__dict__[name] = template(general[0], backend, space, here)
            space._functions[name] = text, function
            return function
        if not here:
            return bind_other(space, name, found[0], backend)
        functions = here
        break
    if not functions and (space.__cpp_name__ == "std" or not space.__cpp_name__ and name == "std") and headers.include():
        return bind(space, name)
    if not functions:
        other = unusual(space, name)
        if other is not None:
            return other
        raise AttributeError(f"C++ has no name {name!r} in {space.__cpp_name__ or 'the global namespace'}")
    function = space.__dict__[name] = function_for(functions, space, name)
    space._functions[name] = text, function
    return function


def named(name):
    """The Python object of a full name, such as a template's."""
    found = gbl
    for part in name.split("::"):
        found = getattr(found, part)
    return found


def unusual(space, name):
    """A name that is no identifier: a builtin type, "unsigned int", or an instance of a template, "f<int>"; else None."""
    if not space.__cpp_name__ and name in TYPE_CODES:
        value = space.__dict__[name] = type_object(TYPE_CODES[name])
        return value
    stem, begin, arguments = name.partition("<")
    if begin and name.endswith(">") and stem.isidentifier():
        return getattr(space, stem)[arguments[:-1]]
    return None


TYPE_CODES = {text: code for code, text in reversed(SPELLED.items())}
TYPE_CODES |= {"unsigned": "j", "short int": "s", "long int": "l", "long unsigned int": "m", "int8_t": "B", "uint8_t": "U"}
definitions = []                                       # what was compiled to be called once found: the number names the next


def defined(purpose, source):
    """The Python function of C++ that is compiled now: `source(name)` is the text.  TypeError with the compiler's words."""
    backend = api.compiler()
    name = f"__cppbind_{purpose}{len(definitions)}"
    definitions.append(name)
    state, told = backend.compile(source(name))
    if state < 0:
        raise errors.RefusedType(told)
    found = records.parse(backend, backend.lookup(backend.scope(""), name))
    return function_for(found, gbl, name)


def bind_other(space, name, record, backend):
    """A class, namespace, enum, variable, ... becomes an attribute."""
    if isinstance(record, records.Variable):
        static = Static(record, space)
        setattr(type(space), name, static.native() or property(lambda self: static.__get__(None, None), static.__set__))
        return getattr(space, name)
    if isinstance(record, records.Class):
        value = class_named(record.name)
        if "f" in getattr(value, "_record", incomplete).flags:
            return value
    elif isinstance(record, records.Namespace):
        value = namespace(record.name)
    elif isinstance(record, records.Enum):
        value = enum_class(record)
    elif isinstance(record, records.Constant):
        enum = parse(record.code)
        value = class_named(enum.name)._made(record.value) if enum.kind == "enum" and "(" not in enum.name else record.value
    elif isinstance(record, records.Alias):
        value = type_object(record.code, (name, space.__cpp_name__))
    else:
        from cppbind.templates import template
        value = template(record, backend)
    space.__dict__[name] = value
    return value


def changed():
    """New code was compiled: functions may have new overloads."""
    generation[0] += 1
    for name, cls in list(classes.items()):
        if "f" in (getattr(cls, "_record", None) or incomplete).flags:
            classes.pop(name, None)                     # it may be complete now
    for space in namespaces.values():
        for name, known in space._functions.items():
            if space.__dict__.pop(name, None) is known[1]:
                space._stale[name] = known
            for text, one in getattr(known[1], "instances", {}).items():
                if space.__dict__.get(known[1].attribute(text)) is one:
                    del space.__dict__[known[1].attribute(text)]
        space._functions.clear()


gbl = namespace("")
