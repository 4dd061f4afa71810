"""Templates: T[int, "std::string"] gives the class, function or value; functions and constructors deduce what is not given."""

from types import FunctionType, MethodType

from cppbind import errors, native, signals, values
from cppbind.backend import api, records
from cppbind.deriving import cpp_class
from cppbind.emit import Call
from cppbind.enums import Enum
from cppbind.overloads import Callable, callable_ones, function_for
from cppbind.typecode import parse

NAMES = {int: "int", float: "float", bool: "bool", str: "std::string", bytes: "std::string", complex: "std::complex<double>", type(None): "void"}


def argument_text(argument):
    """As C++ writes a template argument: a Python or C++ class, a name, a number, a function."""
    if isinstance(argument, Enum):
        return f"({argument.__cpp_name__}){argument._number()}"
    if isinstance(argument, str):
        return argument
    if isinstance(argument, bool):
        return str(argument).lower()
    name = getattr(argument, "__cpp_name__", None)
    if isinstance(argument, int) and not isinstance(argument, type):
        return f"({name}){int(argument)}" if name else str(int(argument))
    name = name or (NAMES.get(argument) if isinstance(argument, type) else None)
    if name is None and isinstance(argument, type) and hasattr(argument, "dtype"):
        code = getattr(argument(0), "dtype", None)      # a scalar type of numpy
        name = code is not None and values.SPELLED.get(values.FORMATS.get(code.char))
    if name is None and isinstance(argument, type):
        foreign = values.of_ctypes()
        name = foreign and foreign.class_text(argument)
    if not name:
        name = (values.expression(argument) or "").strip("()") if getattr(argument, "_calls", None) else values.signature_of(argument) if callable(argument) else None
    if not name:
        raise TypeError(f"{argument!r} is no argument of a C++ template: use a class, a number, or C++ text")
    return name


def arguments_text(arguments):
    arguments = arguments if isinstance(arguments, tuple) else (arguments,)
    return ", ".join(map(argument_text, arguments))


SMART = ("std::shared_ptr", "std::unique_ptr", "std::weak_ptr")


class ClassTemplate:
    """A class or alias template; instantiated by its arguments."""

    def __init__(self, record, backend):
        self.__cpp_name__, self.__name__ = record.full_name, record.name
        self.classes = {}

    def __repr__(self):
        return f"<template {self.__cpp_name__}>"

    def __getitem__(self, arguments):
        if self.__cpp_name__ in SMART:                  # of a Python class: C++ knows its base
            arguments = tuple(map(cpp_class, arguments)) if isinstance(arguments, tuple) else cpp_class(arguments)
        text = f"{self.__cpp_name__}<{arguments_text(arguments)}>"
        found = self.classes.get(text)
        if found is None:
            from cppbind.scopes import type_of_text
            found = self.classes[text] = type_of_text(text)
        return found

    def __call__(self, *arguments):
        """Template(int) is Template[int]; with values, an object of the class that C++ deduces from them."""
        if arguments and all(isinstance(one, (str, type)) or hasattr(one, "__cpp_name__") and not isinstance(one, int) for one in arguments):
            try:
                return self[arguments]
            except TypeError:
                if not any(isinstance(one, str) for one in arguments):
                    raise
        from cppbind.scopes import type_of_text
        from cppbind.stl.filling import deduced
        known = deduced(self.__cpp_name__, arguments)
        if known is not None:
            return self[known](*arguments)
        words = [values.expression(one) for one in arguments]
        if None in words:
            raise TypeError(f"the arguments of {self.__cpp_name__} cannot be deduced from {arguments!r}")
        return type_of_text(f"decltype({self.__cpp_name__}({', '.join(words)}))")(*arguments)


TOLD = {*signals.POLICIES, "__release_gil__"}
STABLE = {bool, float, str, bytes, type(None)}          # types whose values are all the same to C++


def key_of(value):
    """What decides which instance of a template takes a value."""
    from cppbind.classes import CPPInstance
    kind = type(value)
    if kind in STABLE:
        return kind
    if isinstance(value, CPPInstance):
        return kind, getattr(value, "_rvalue", False)
    calls = getattr(value, "_calls", None)
    return values.type_text(value) or (id(value) if calls else kind)


class FunctionTemplate(Callable):
    """Function templates of one name and the plain functions beside them; `arguments`: those given with [], as C++ text."""

    def __init__(self, scope, name, functions=(), arguments=""):
        self.scope, self.name, self.__name__, self.arguments, self.functions = scope, name, name, arguments, functions
        self.with_self = isinstance(scope, type)
        self.found, self.instances, self.front = {}, {}, None
        usable = callable_ones(functions)
        self.plain = function_for(usable, scope, name) if usable and not arguments else None
        self.function = self.of_instance if self.with_self else self.free
        self.__doc__ = getattr(self.plain, "__doc__", None) or f"template {self.path()}"

    def __setattr__(self, name, value):
        """What says how to call is said of all instances, those to come, too."""
        object.__setattr__(self, name, value)
        if name in TOLD:
            for one in filter(None, (self.plain, *map(without_detour, self.found.values()), *self.instances.values())):
                signals.set_policy(one, name, value)

    def fronted(self):
        """What is called in its place: on CPython a native memo of what is found for types of arguments, but of methods."""
        if not self.with_self and native.extension() is not None:
            from cppbind.native.templates import front
            self.front = front(self)
        return self.front or self

    def path(self):
        return f"{self.scope.__cpp_name__}::{self.name}{f'<{self.arguments}>' if self.arguments else ''}"

    def __getitem__(self, arguments):
        """The template with explicit arguments; the rest are deduced when it is called."""
        text = arguments_text(arguments)
        found = self.instances.get(text)
        if found is None:
            found = self.instances[text] = FunctionTemplate(self.scope, self.name, self.functions, text).fronted()
            self.pass_on(found)
            if self.with_self:
                type.__setattr__(self.scope, f"{self.name}<{text}>", found)
        if self.with_self:
            return found
        return self.scope.__dict__.setdefault(self.attribute(text), found)      # or what the program has put there

    def attribute(self, text):
        """Under which name an instance is an attribute of its namespace."""
        return f"{self.name}<{text.replace(', ', ',')}>"

    def __get__(self, instance, owner):
        if self.with_self or instance is None:
            return super().__get__(instance, owner)
        return MethodType(self, instance)               # of a namespace, put into a class

    def __eq__(self, other):
        """Whether it is the same template, with whatever arguments."""
        return isinstance(other, FunctionTemplate) and (self.scope, self.name) == (other.scope, other.name)

    def __hash__(self):
        return hash((self.scope, self.name))

    def __overload__(self, signature, const=None):
        if self.plain is None:
            raise LookupError(f"signature {signature!r} not found: {self.path()} is a template")
        return self.plain.__overload__(signature, const)

    @property
    def _calls(self):
        if not self.arguments:
            return getattr(self.plain, "_calls", None)
        record = self.resolve(self.path()) or self.resolve(f"&{self.path()}")
        return [Call(record, self.scope)] if record else None

    def __call__(self, *arguments, **keywords):
        if self.with_self and arguments and isinstance(arguments[0], self.scope):
            try:
                return self.called(None, arguments, keywords)
            except errors.Refused:
                return self.called(arguments[0], arguments[1:], keywords)
        return self.called(None, arguments, keywords)

    def free(self, *arguments, **keywords):
        return self.called(None, arguments, keywords)

    def of_instance(self, instance, *arguments, **keywords):
        return self.called(instance, arguments, keywords)

    def called(self, instance, arguments, keywords):
        key = (instance is None, *map(key_of, arguments))
        function = self.found.get(key)
        if function is not None and not keywords:
            return function(instance, *arguments)
        if self.plain is not None:
            try:                                        # what needs no conversion at all, then C++'s own choice, then the rest
                return self.of_plain(instance, arguments, keywords, exact=True)
            except errors.Refused:
                pass
        function = None if keywords else self.deduced(instance, arguments)
        if function is None:
            if self.plain is None:
                raise errors.RefusedType(f"Template method resolution failed:\n  {self.path()}: {self.problem}")
            return self.of_plain(instance, arguments, keywords)
        self.found[key] = function
        self.tell(function)
        self.pass_on(without_detour(function))
        if self.front is not None:
            native.extension().remember(self.front, arguments, function.function)
        return function(instance, *arguments)

    def pass_on(self, function):
        for name in TOLD & self.__dict__.keys():
            signals.set_policy(function, name, self.__dict__[name])

    def tell(self, function):
        """The documentation lists what has been instantiated."""
        lines = [] if self.__doc__.startswith("template ") else self.__doc__.split("\n")
        if function.__doc__ and function.__doc__ not in lines:
            self.__doc__ = "\n".join([*lines, function.__doc__])

    def of_plain(self, instance, arguments, keywords, exact=False):
        words = arguments if instance is None else (instance, *arguments)
        if exact and not fits(self.plain, arguments):
            raise errors.RefusedType("no plain function takes these as they are")
        return (self.plain if instance is None or self.plain._calls[0].kind != "static" else self.plain.__get__(instance, type(instance)))(*words)

    problem = "no function fits"

    def resolve(self, text):
        from cppbind.scopes import dictionaries
        backend, found = next(((one, found) for one in dictionaries if (found := one.resolve(text))), (None, None))
        if backend is None:
            try:
                backend = api.compiler()
            except ImportError as reason:               # without a compiler there is what was frozen
                self.problem = str(reason)
                return None
            found = backend.resolve(text)
        if found is None:
            self.problem = backend.message()
            return None
        record = records.parse(backend, found)[0]
        return record if isinstance(record, records.Function) else None

    def taking_over(self, head, arguments, words):
        """What takes objects by value that can only be moved; None if there is nothing."""
        problem = self.problem
        moved = [word.replace("&>()", "&&>()") if word.endswith("&>()") else word for word in words]
        record = self.resolve(f"{head}({', '.join(moved)})") if moved != words else None
        self.problem = problem
        if record is None or any(old != new and parse(one.code).kind != "class" for old, new, one in zip(words, moved, record.parameters)):
            return None
        return record

    def deduced(self, instance, arguments):
        """The Python function (instance or None, *arguments) of what C++ calls with such arguments; None if it calls nothing."""
        words = [values.expression(one) for one in arguments]
        if instance is None:
            head = self.path()
        else:
            of = values.kind_name(type(instance))
            head = f"__cppbind_value<{of}&>().{'template ' if self.arguments else ''}{self.name}{f'<{self.arguments}>' if self.arguments else ''}"
        tries = [] if None in words else [words, *others(arguments, words)]
        record = next(filter(None, (self.resolve(f"{head}({', '.join(one)})") for one in tries)), None)
        if record is None and None not in words:
            record = self.taking_over(head, arguments, words)
        if record is not None:
            record.required = min(len(arguments), len(record.parameters))      # with fewer, C++ might deduce otherwise, or nothing
            if record.instance and not self.arguments:
                self[record.instance[len(self.name) + 1:-1]]                    # dir() lists it
        else:
            inside = self.arguments and qualified(self.scope, self.arguments)
            if inside and inside != self.arguments:
                return FunctionTemplate(self.scope, self.name, self.functions, inside).deduced(instance, arguments)
        if record is not None and record.kind in "fm":
            record.called = f"{self.name}<{self.arguments}>" if self.arguments else self.name
        if record is None and self.arguments:
            problem = self.problem
            record = self.resolve(self.path()) or self.resolve(f"&{self.path()}")
            self.problem = problem
        if record is None:
            return None
        function = function_for([record], self.scope, self.name if self.name.isidentifier() else "method")
        return dropping_self(function) if record.is_static else function


def qualified(scope, arguments):
    """Arguments of a template as text, with the names among them that are none of the global namespace's, but of a namespace or class around the template."""
    spaces = scope.__cpp_name__.split("::")
    if not api.started or "<" in scope.__cpp_name__ or not arguments.replace(":", "").replace(",", "").replace(" ", "").replace("_", "").isalnum():
        return arguments
    words = arguments.split(", ")
    for number, word in enumerate(words):
        if word[0].isalpha() and not api.compiler().type(word):
            names = ("::".join([*spaces[:depth], word]) for depth in range(len(spaces), 0, -1))
            words[number] = next((name for name in names if api.compiler().type(name)), word)
    return ", ".join(words)


def others(arguments, words):
    """The arguments as C++ might take them otherwise: objects by pointer, text as char *."""
    from cppbind.classes import CPPInstance
    pointers = [f"__cppbind_value<{values.kind_name(type(one))}*>()" if isinstance(one, CPPInstance) else word for one, word in zip(arguments, words)]
    texts = ["__cppbind_value<const char*>()" if isinstance(one, str) else word for one, word in zip(arguments, words)]
    return [one for one in (pointers, texts) if one != words]


def fits(function, arguments):
    """Whether one of the plain functions takes the arguments with no conversion but of numbers to the same kind of number."""
    for call in getattr(function, "_calls", ()):
        if call.function.required <= len(arguments) <= len(call.converters):
            names = [{f"{i}x{key}": value for key, value in way.names().items()} for i, way in enumerate(call.converters[:len(arguments)])]
            if all(way.test and eval(way.test.format(v="v", n="n"), {f"n{key.partition('x')[2]}": one for key, one in own.items()} | {"v": value})
                   for way, own, value in zip(call.converters, names, arguments)):
                return True
    return False


def dropping_self(function):
    def method(instance, *arguments):
        return function(*arguments)
    method.__doc__ = function.__doc__
    method.function = function
    return method


def without_detour(function):
    """The function that dropping_self has made another of, or itself."""
    return function.function if isinstance(function, FunctionType) and hasattr(function, "function") else function


def constructed(cls, arguments):
    """The record of the constructor that C++ calls for an object made of such arguments; None if there is none."""
    words = [values.expression(one) for one in arguments]
    backend = api.compiler()
    for one in [] if None in words else [words, *others(arguments, words)]:
        text = backend.resolve(f"{cls.__cpp_name__}({', '.join(one)})")
        record = records.parse(backend, text)[0] if text else None
        if isinstance(record, records.Function) and record.kind == "c":
            record.required = min(record.required, len(arguments))          # of a base's constructor, defaults are not told
            return record
    return None


def constructor(cls, plain):
    """The constructor of a class that has constructor templates: what needs no conversion at all, then C++'s own choice, then the rest."""
    found = {}

    def __init__(self, *arguments, **keywords):
        key = tuple(map(key_of, arguments))
        function = found.get(key)
        if function is not None and not keywords:
            return function(self, *arguments)
        record = None if keywords or fits(plain, arguments) else constructed(cls, arguments)
        if record is None:
            return plain(self, *arguments, **keywords)
        found[key] = Call(record, cls).make("__init__")
        return found[key](self, *arguments)
    return __init__


conversions = {}                                       # (class, key_of a value) -> function, or None


def implicit(cls, value):
    """A new object that C++ makes of a value by templates of constructors, or not at all: then None."""
    if not api.started or not cls._record.has_constructor_templates:
        return None
    key = cls, key_of(value)
    if key not in conversions:
        conversions[key] = converter(cls, value)
    return conversions[key](value) if conversions[key] is not None else None


def converter(cls, value):
    """The function of the implicit conversion of such values to a class; None if C++ has none."""
    from cppbind.scopes import defined
    text = values.type_text(value)
    for one in dict.fromkeys([text, "const char*"] if isinstance(value, str) else [text]) if text else ():
        found = api.compiler().type(f"int[1 + __is_convertible_to({one}, {cls._record.name})]")     # code that fails spoils instances of templates
        if found and found[0] == "A2;i":
            try:
                return defined("convert", lambda name: f"inline {cls._record.name} {name}({one} a) {{ return static_cast<__cppbind_same<{one}>::type &&>(a); }}")
            except errors.Refused:                      # consteval: the value is wanted, not its type only
                return by_constructor(cls, value)
    return None


def by_constructor(cls, value):
    """The same by the constructor that C++ chooses."""
    record = constructed(cls, (value,))
    if record is None or set("eCM") & set(record.flags):
        return None
    construct = Call(record, cls).make("__init__")

    def convert(value):
        made = cls.__new__(cls)
        construct(made, value)
        return made
    return convert


class VariableTemplate:
    """A variable template: T[int] is its value.  Of a concept: whether it holds."""

    def __init__(self, record):
        self.__cpp_name__, self.__name__, self.kind, self.found = record.full_name, record.name, record.kind, {}

    def __repr__(self):
        return f"<{self.kind} template {self.__cpp_name__}>"

    def __getitem__(self, arguments):
        text = f"{self.__cpp_name__}<{arguments_text(arguments)}>"
        read = self.found.get(text)
        if read is None:
            read = self.found[text] = self.reader(text)
        return read()

    def reader(self, text):
        from cppbind.scopes import defined
        result = "bool" if self.kind == "concept" else "const auto &"
        return defined("value", lambda name: f"inline {result} {name}() {{ return {text}; }}")


def template(record, backend, scope=None, functions=()):
    """The Python object of a `records.Template`."""
    if record.kind in ("class", "alias"):
        return ClassTemplate(record, backend)
    if record.kind == "function":
        return FunctionTemplate(scope, record.name, functions).fronted()
    return VariableTemplate(record)
