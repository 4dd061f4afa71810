"""Operators: those of a class under Python's names, and for what a class has none, those that C++ finds for the operands.

A free operator is a C++ function `a + b` of the operands' types, compiled when such operands first meet: namespaces of the arguments,
conversions and C++20's rewritten comparisons are the compiler's business.
"""

from cppbind import errors
from cppbind.backend import api
from cppbind.emit import Call, made
from cppbind.overloads import Address, Callable, Lazy, callable_ones, function_for
from cppbind.typecode import parse

BINARY = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "%": "mod", "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor"}
COMPARE = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__", "*": "__deref__", "++": "__preinc__", "--": "__predec__"}
NAMED = {"=": "__assign__", "&&": "__dand__", "||": "__dor__", ",": "__comma__", "->": "__follow__", "()": "__call__", "++": "__postinc__", "--": "__postdec__"}
SELF = {"__assign__", "__preinc__", "__predec__"}       # give a reference to the object itself


class NoOperator(NotImplementedError, TypeError):
    """C++ has no operator for these operands."""


# ---- those of a class --------------------------------------------------------------------------------------------------------

def python_name(symbol, function):
    """Python's name of a class's operator; None if it has none."""
    if not function.parameters and symbol in UNARY:
        return UNARY[symbol]
    if symbol in BINARY:
        return f"__{BINARY[symbol]}__"
    if symbol in COMPARE:
        return f"__{COMPARE[symbol]}__"
    if symbol.endswith("=") and symbol[:-1] in BINARY:
        return f"__i{BINARY[symbol[:-1]]}__"
    return NAMED.get(symbol)


def conversion_name(code):
    """Python's name of a conversion operator, by what it converts to."""
    kind = parse(code)
    if code in ("PKc", "Pc"):
        return "__str__"
    if kind.kind != "number" or kind.name in ("c", "w", "Du", "Ds", "Di"):
        return None
    return "__bool__" if kind.name == "b" else "__float__" if kind.name in "fde" else "__int__"


def give(cls, methods, general):
    """Put the operators among a class's methods and method templates under Python's names."""
    mine = {}
    for name, functions in methods.items():
        if not name.startswith("operator"):
            continue
        for function in functions:
            python = conversion_name(function.result) if function.kind == "v" else python_name(name[8:].strip(), function)
            if python:
                mine.setdefault(python, []).append(function)
    for python, functions in mine.items():
        if callable_ones(functions):
            symbol = functions[0].name
            type.__setattr__(cls, python, Lazy(cls, python, functions, maker(python, symbol if symbol in general else None)))
    for name in general:
        symbol = name[8:].strip() if name.startswith("operator") else ""
        python = NAMED.get(symbol) or COMPARE.get(symbol) and f"__{COMPARE[symbol]}__" or symbol in BINARY and f"__{BINARY[symbol]}__"
        if python and python not in mine:
            type.__setattr__(cls, python, Lazy(cls, python, methods.get(name, []), maker(python, name)))
    index, call = methods.get("operator[]", []), methods.get("operator()", [])
    if index or "operator[]" in general or any(parse(one.result).kind == "reference" for one in call):
        give_items(cls, index, call, "operator[]" in general)
    if "__follow__" in mine:
        type.__setattr__(cls, "__getattr__", follow)


def maker(python, general):
    """What makes the method of an operator: (functions, scope, name) -> function."""
    def make(functions, scope, name):
        from cppbind.templates import FunctionTemplate
        other = FREE.get(name)
        if other and not general and name not in SELF and not name.startswith("__i"):
            return function_for(functions, scope, name, around=lambda method: with_free(method, other, name in ("__eq__", "__ne__")))
        method = of_template(FunctionTemplate(scope, general, functions)) if general else function_for(functions, scope, name)
        if isinstance(method, Callable):
            method = method.function
        if name in ("__postinc__", "__postdec__"):
            return lambda self: method(self, 0)         # the int that tells it from the other
        if name == "__bool__":
            return lambda self: self._cpp != 0 and method(self)
        if name in SELF or name.startswith("__i") and name not in ("__int__", "__invert__"):
            return giving_self(method)
        return with_free(method, other, name in ("__eq__", "__ne__")) if other else method
    return make


def of_template(template):
    """A method of a template, which finds its instances itself."""
    def method(self, *arguments, **keywords):
        return template.of_instance(self, *arguments, **keywords)
    return method


def giving_self(method):
    def change(self, *arguments):
        result = method(self, *arguments)               # a reference to a std::complex<double> reads as Python's complex
        return self if type(result) is complex or getattr(result, "_cpp", None) == self._cpp else result
    change.__doc__ = method.__doc__
    return change


def with_free(method, free, equality):
    """An operator of the class; what it refuses may have a free operator."""
    def operator(self, *other):
        if equality and not self._cpp:                  # a null object: then it is addresses that are compared
            return free(self, *other)
        try:
            return method(self, *other)
        except errors.Refused:
            return free(self, *other)
    operator.__doc__ = method.__doc__
    return operator


def follow(self, name):
    """Members of what operator-> gives are the object's own."""
    if name.startswith("_"):
        from cppbind.classes import missing_attribute
        return missing_attribute(self, name)
    target = self.__follow__()
    if target is None or isinstance(target, type(self)):
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
    return getattr(target, name)


# ---- [] and () ---------------------------------------------------------------------------------------------------------------

def changeable(functions):
    """Those that give a reference that may be written through."""
    return [one for one in callable_ones(functions) if parse(one.result).kind == "reference" and not parse(one.result).of.const]


def give_items(cls, index, call, general):
    """__getitem__ and __setitem__ from operator[]; from operator() for several indices, and where there is no other, for one."""
    from cppbind.templates import FunctionTemplate

    def getter(functions, scope, name):
        several = function_for(call, scope, name) if callable_ones(call) else None
        one = of_template(FunctionTemplate(scope, "operator[]", index)) if general else usable(index, scope, name, several)
        if several is None or not any(parse(each.result).kind == "reference" for each in call):
            return one

        def __getitem__(self, key):
            if type(key) is tuple:
                return several(self, *key)
            return (one or several)(self, key)
        return __getitem__ if one is None or any(len(each.parameters) > 1 for each in call) else one

    def setter(functions, scope, name):
        made = {}                                       # what is not used need not compile, as [] of a matrix does not

        def way(functions):
            found = made.get(functions)
            if found is None:
                found = made[functions] = storing(functions, scope)
            return found
        one, several = tuple(changeable(index)), tuple(changeable(call))

        def __setitem__(self, key, value):
            if type(key) is tuple and several:
                return way(several)(self, key, value)
            return way(one or several)(self, (key,), value)
        return __setitem__
    type.__setattr__(cls, "__getitem__", Lazy(cls, "__getitem__", [], getter))
    if changeable(index) or changeable(call):
        type.__setattr__(cls, "__setitem__", Lazy(cls, "__setitem__", [], setter))


def usable(functions, scope, name, other):
    """The function for overloads; None if there are none, or if a template's does not compile and there is another way."""
    found = callable_ones(functions)
    try:
        if other is not None and len(found) == 1:
            Call(found[0], scope).addresses()
        return function_for(functions, scope, name) if found else None
    except api.BackendError:
        return None


def storing(functions, scope):
    """A function (self, indices, value) that assigns to what `functions` refer to."""
    from cppbind.fields import Place
    at = function_for(functions, scope, "operator[]", Address)
    place = Place(parse(functions[0].result).of, False)
    store = made(["def store(p, value):", *(f"    {line.format(p='p')}" for line in place.write)], "store", {**place.names, "self": None})
    return lambda self, indices, value: store(at(self, *indices), value)


# ---- free operators ----------------------------------------------------------------------------------------------------------

def operand(value):
    """The C++ parameter type for what may be an operand of a C++ operator; None for others."""
    from cppbind import values
    from cppbind.classes import CPPInstance
    if not isinstance(value, (CPPInstance, int, float, complex, str, bytes)):
        return None
    text = values.type_text(value)
    return "const std::string &" if text == "std::string" else text


class Free:
    """A free operator by the types of its operands: compiled, or as a dictionary has it.  What was not found is looked for again when there is
    new code."""

    def __init__(self, source, symbol=None):
        self.source, self.symbol, self.known = source, symbol, {}

    def find(self, *values):
        from cppbind import scopes
        from cppbind.templates import key_of
        key = tuple(map(key_of, values))
        found = self.known.get(key)
        if found is not None and (not isinstance(found, int) or found == scopes.generation[0]):
            return None if isinstance(found, int) else found
        function = self.compiled(values) or self.frozen(values)
        self.known[key] = scopes.generation[0] if function is None else function
        return function

    def compiled(self, values):
        from cppbind.scopes import defined
        words = [operand(value) for value in values]
        if None in words or not api.started:
            return None
        parameters = ", ".join(f"{word} {name}" for word, name in zip(words, "ab"))
        try:
            return defined("op", lambda name: f"inline {self.source[0]} {name}({parameters}) {{ {self.source[1]} }}")
        except TypeError:
            return None


    def frozen(self, values):
        """The operator that a dictionary has in the namespace of an operand's class."""
        from cppbind import scopes
        from cppbind.classes import CPPInstance
        from cppbind.backend import records
        for name in {type(one).__cpp_name__.rpartition("::")[0] for one in values if isinstance(one, CPPInstance)} if self.symbol else ():
            for backend in scopes.dictionaries:
                text = backend.lookup(backend.scope(name), "operator" + self.symbol) if backend.scope(name) else None
                functions = [one for one in records.parse(backend, text) if isinstance(one, records.Function)] if text else []
                fitting = [one for one in callable_ones(functions) if len(one.parameters) == len(values)]
                if fitting:
                    return function_for(fitting, scopes.namespace(name), "operator" + self.symbol)
        return None


def binary(symbol, name, reflected):
    free = Free(("decltype(auto)", f"return a {symbol} b;"), symbol)
    mirror = f"__{'' if reflected else 'r'}{name}__"

    def operator(self, other):
        pair = (other, self) if reflected else (self, other)
        function = free.find(*pair)
        if function is not None:
            return function(*pair)
        from cppbind.classes import CPPInstance
        theirs = getattr(type(other), mirror, None)
        if theirs is not None and theirs is not getattr(CPPInstance, mirror) and type(other) not in (int, float, bool, str, bytes, complex, list, tuple):
            return NotImplemented
        raise NoOperator(f"C++ has no operator{symbol} for {type(pair[0]).__name__!r} and {type(pair[1]).__name__!r}")
    return operator


def inplace(symbol, name):
    free = Free(("decltype(auto)", f"return a {symbol}= b;"), symbol + "=")

    def operator(self, other):
        function = free.find(self, other)
        if function is None:
            return getattr(type(self), f"__{name}__")(self, other)
        result = function(self, other)
        return self if getattr(result, "_cpp", None) == self._cpp else result
    return operator


def unary(symbol):
    free = Free(("decltype(auto)", f"return {symbol}a;"), symbol)

    def operator(self):
        function = free.find(self)
        if function is None:
            raise NoOperator(f"C++ has no operator{symbol} for {type(self).__name__!r}")
        return function(self)
    return operator


def ordering(symbol):
    free = Free(("decltype(auto)", f"return a {symbol} b;"), symbol)

    def operator(self, other):
        function = free.find(self, other)
        return NotImplemented if function is None else function(self, other)
    return operator


equal, unequal = Free(("decltype(auto)", "return a == b;"), "=="), Free(("decltype(auto)", "return a != b;"), "!=")


def is_null(value):
    return value is None or type(value).__name__ == "nullptr_t"


def __eq__(self, other):
    """By C++'s operator==; where there is none, whether it is the same object."""
    from cppbind.classes import CPPInstance
    if is_null(other):
        return self._cpp == 0
    function = equal.find(self, other) if self._cpp else None
    if function is not None and not (isinstance(other, CPPInstance) and not other._cpp):
        return function(self, other)
    if not isinstance(other, CPPInstance):
        return NotImplemented
    return same_object(self, other) or same_object(other, self)


def same_object(one, other):
    """Whether two instances are of the same object, that of the second of the same class or a base."""
    number = getattr(type(other), "_number", None) if isinstance(one, type(other)) else None
    return number is not None and one._cpp + getattr(one, f"_offset_{number}") == other._cpp


def __ne__(self, other):
    function = None if is_null(other) or not self._cpp else unequal.find(self, other)
    if function is not None and getattr(other, "_cpp", 1):
        return function(self, other)
    same = self == other
    return same if same is NotImplemented else not same


printed = [Free(("std::string", f"std::ostringstream stream; {text}; return stream.str();")) for text in ("stream << a", "a << stream")]


def __str__(self):
    """As C++ writes it to a stream; where it cannot, as repr().  Of an exception: its text."""
    if isinstance(self, BaseException):
        return BaseException.__str__(self)
    function = next(filter(None, (one.find(self) for one in printed if api.started and self._cpp)), None)
    return str(function(self)) if function is not None else repr(self)


hashed = Free(("std::size_t", "return std::hash<std::decay_t<decltype(a)>>{}(a);"))


def __hash__(self):
    """By std::hash where it knows the class, else as any object of Python's."""
    cls = type(self)
    way = cls.__dict__.get("_hash")
    if way is None:
        way = api.started and self._cpp and hashed.find(self) or object.__hash__
        type.__setattr__(cls, "_hash", way)
    return way(self)


FREE = {"__eq__": __eq__, "__ne__": __ne__}
for symbol, name in BINARY.items():
    FREE[f"__{name}__"] = binary(symbol, name, False)
    FREE[f"__r{name}__"] = binary(symbol, name, True)
    FREE[f"__i{name}__"] = inplace(symbol, name)
for symbol in ("<", "<=", ">", ">="):
    FREE[f"__{COMPARE[symbol]}__"] = ordering(symbol)
for symbol in "-+~":
    FREE[UNARY[symbol]] = unary(symbol)
for name, function in FREE.items():
    function.__name__ = name


def give_all(base):
    """The free operators, for the base class of all C++ objects."""
    for name, function in FREE.items():
        type.__setattr__(base, name, function)
    type.__setattr__(base, "__str__", __str__)
    type.__setattr__(base, "__hash__", __hash__)
