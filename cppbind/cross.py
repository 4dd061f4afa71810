"""Python classes that derive from C++ classes and override their virtual functions.

For each combination of C++ bases there is one C++ class, the *dispatcher*, which derives from them and overrides every virtual function:

    struct dispatcher : Base {
        void **table;                          of the object's Python class: what Python overrides, 0 for the others
        int f(int a0) override { if (void *p = table[2]) return p(this, a0); return Base::f(a0); }
        ...
    };

A Python class has the bases that its source says; its instances are dispatchers, with the offsets of the dispatcher.  Callbacks find the
instance by the dispatcher's address.  `_at_NAME` of a class is the number of the C++ class whose function NAME is, 0 where it is Python's:
a C++ method that is called though it is not what the instance's class has under that name was called on purpose, and is not virtual.
"""

import atexit
from itertools import count
from weakref import ref

from cppbind import callbacks, native, overloads
from cppbind.backend import api, records
from cppbind.backend.api import cast, ffi
from cppbind.emit import Call, entry, pending_of
from cppbind.spell import WORD, calling, passed, spelled
from cppbind.typecode import key_of, parse

OPERATORS = {"operator()": "__call__", "operator[]": "__getitem__", "operator==": "__eq__", "operator!=": "__ne__", "operator<": "__lt__",
             "operator>": "__gt__", "operator<=": "__le__", "operator>=": "__ge__"}
GONE, COPIED, FIRST = range(3)                         # in the table

numbers = count(1)
dispatchers = {}                                       # (names of the bases, private functions that are overridden) -> Dispatcher
instances = {}                                         # address of a dispatcher -> weakref of its instance
kept = {}                                              # address -> instance whose object C++ owns
tables = []
word_p = ffi.typeof("intptr_t *")


def is_cpp(cls):
    return "_record" in cls.__dict__


class Virtual:
    """A virtual function as the most derived C++ class has it."""

    def __init__(self, function, owner):
        self.function, self.owner = function, owner
        self.name = OPERATORS.get(function.name, function.name)
        self.pure, self.private, self.final = "p" in function.flags, "q" in function.flags, "x" in function.flags


def virtuals_of(bases):
    """The virtual functions of C++ classes and their bases, each once."""
    from cppbind.scopes import described
    found, seen = {}, set()

    def visit(record):
        for one in record.members:
            if isinstance(one, records.Function) and one.kind == "m" and "s" not in one.flags:
                key = (one.name, *(parameter.code for parameter in one.parameters), "c" in one.flags, "l" in one.flags, "r" in one.flags)
                if "v" in one.flags and (key not in found or found[key].pure and "p" not in one.flags):
                    found[key] = Virtual(one, record.name)
        for base in record.bases:
            if base.name not in seen:
                seen.add(base.name)
                other = described(base.name)
                if other is not None:
                    visit(other)
    for base in bases:
        visit(base._record)
    return [one for one in found.values() if not one.final]


class Dispatcher:
    """The C++ class for some bases, and what its objects have in common."""

    def __init__(self, bases, overridden):
        from cppbind import classes, scopes
        self.bases, self.instances = bases, instances
        self.backend = backend = api.compiler()
        self.virtuals = [one for one in virtuals_of(bases) if not one.private or one.pure or one.name in overridden]
        self.name = f"__cppbind_d{next(numbers)}"
        state, told = backend.compile(self.source())
        if state < 0:
            raise TypeError(f"no Python class can derive from {', '.join(base.__cpp_name__ for base in bases)}:\n{told}")
        described = records.parse_class(backend, backend.describe(backend.scope(self.name)))
        self.offset = next(one.offset for one in described.members if isinstance(one, records.Field) and one.name == "__cppbind_table")
        self.cls = scopes.classes[self.name] = classes.make_class(backend, described, DispatcherClass)
        self.own, self.disown, self.owns = self.cls._own, self.cls._disown, self.cls._owns
        self.closures, self.templates = {}, {}
        self.constructor = None
        gone, copied = self.make_gone(), self.make_copied()
        self.closures[GONE], self.closures[COPIED] = ffi.callback("void(*)(intptr_t)", gone), ffi.callback("void(*)(intptr_t, intptr_t)", copied)
        self.adopt(self.cls)

    # ---- C++ ---------------------------------------------------------------------------------------------------------------

    def source(self):
        name, bases = self.name, [f"::{base.__cpp_name__}" for base in self.bases]
        lines = [f"struct {name} : {', '.join('public ' + base for base in bases)} {{", "    void **__cppbind_table = nullptr;"]
        if len(bases) == 1:
            lines.append(f"    template <class... T> {name}(__cppbind_tag, T &&... a) : {bases[0]}(static_cast<T &&>(a)...) {{}}")
        else:
            lines += several_bases(name, bases)
        if all(map(copyable, self.bases)):
            lines.append(f"    {name}(const {name} &o) : {', '.join(f'{base}(o)' for base in bases)}, __cppbind_table(o.__cppbind_table) {{ "
                         f"if (__cppbind_table) ((void (*)(void *, const void *))__cppbind_table[{COPIED}])(this, &o); }}")
        lines.append(f"    ~{name}() {{ if (__cppbind_table && __cppbind_table[{GONE}]) ((void (*)(void *))__cppbind_table[{GONE}])(this); }}")
        lines += [self.override(number, one) for number, one in enumerate(self.virtuals, FIRST)]
        head = "#include <tuple>\n#include <utility>\n" if len(bases) > 1 else ""
        return head + "\n".join(lines) + "\n};\n"

    def override(self, number, virtual):
        function = virtual.function
        parameters = [parse(one.code) for one in function.parameters]
        declared = ", ".join(f"{spelled(type)} a{i}" if type.kind != "array" else f"{spelled(type.of)} *a{i}" for i, type in enumerate(parameters))
        result = parse(function.result)
        flags = function.flags
        qualifiers = " const" * ("c" in flags) + " &" * ("l" in flags) + " &&" * ("r" in flags) + " noexcept" * ("n" in flags)
        target = f"__cppbind_table[{number}]"
        if self.natively(virtual):
            from cppbind.native.overrides import calling as calling_natively
            python = calling_natively(result, parameters, target, "n" in flags)
        else:
            python = calling(result, parameters, target, ["(__INTPTR_TYPE__)this"], "n" in flags)
        test = f"if (__cppbind_table && __cppbind_table[{number}]) " if not virtual.pure else ""
        same = ", ".join(passed(type, f"a{i}") for i, type in enumerate(parameters))
        base = f" return ::{virtual.owner}::{function.name}({same});" if not (virtual.pure or virtual.private) else ""
        return f"    {spelled(result)} {function.name}({declared}){qualifiers} override {{ {test}{{ {python} }}{base} }}"

    def natively(self, virtual):
        """Whether C++ calls Python's function by an extension module."""
        if native.extension() is None or not all(issubclass(base, native.extension().Instance) for base in self.bases):
            return False
        from cppbind.native.overrides import possible
        return possible(parse(virtual.function.result), [parse(one.code) for one in virtual.function.parameters])

    # ---- instances -----------------------------------------------------------------------------------------------------------

    def adopt(self, cls):
        """Make a Python class one of this dispatcher's: offsets, ownership, names."""
        dispatcher, own, disown = self, self.own, self.disown
        new = cls.__new__

        def cross_own(instance, address):
            kept.pop(address, None)
            own(instance, address)

        def cross_disown(instance):
            if not disown(instance):
                return False
            kept[instance._cpp] = instance
            return True

        def wrap(address):
            found = instances.get(address)
            instance = found() if found is not None else None
            if instance is None:
                instance = new(cls)
                instance._cpp = address
            return instance
        found = {"_dispatch": dispatcher, "_own": staticmethod(cross_own), "_disown": staticmethod(cross_disown), "_owns": staticmethod(self.owns),
                 "_wrap": staticmethod(wrap), "_wrap_as_is": staticmethod(wrap), "_deleter": self.cls._deleter, "_table": None, "__cpp_name__": self.name, "_whole": Whole()}
        for name, value in self.cls.__dict__.items():
            if name.startswith("_offset_"):
                found[name] = value
        for virtual in self.virtuals:
            found[key_of(virtual.function.name)] = owner_number(cls, virtual.name)
        for name, value in found.items():
            type.__setattr__(cls, name, value)

    def construct(self, instance, arguments, keywords):
        """What __init__ of the C++ bases does for an instance of a Python class."""
        cls = type(instance)
        missing = [one for one in self.virtuals if one.pure and not python_has(cls, one.name)]
        if missing:
            names = ", ".join(sorted({one.name for one in missing}))
            raise TypeError(f"cannot instantiate abstract class '{cls.__name__}': {names} is not overridden")
        if self.constructor is None:
            self.constructor = self.make_constructor()
        self.constructor(instance, *arguments, **keywords)

    def make_constructor(self):
        if len(self.bases) > 1:
            from cppbind.several import constructor
            return constructor(self)
        base = self.bases[0]
        functions = [one for one in base._record.constructors if not set(one.flags) & set("dq")]
        if not functions:
            if base._record.has_constructor_templates:
                return self.general
            raise TypeError(f"{base.__cpp_name__} has no constructor that a derived class can call")

        def call(function, scope):
            return Construction(function, base, self)
        plain = overloads.function_for([Open(one) for one in functions], base, "__init__", call)
        return self.or_general(plain) if base._record.has_constructor_templates else plain

    def or_general(self, plain):
        """The base's constructors, and where none takes the arguments its constructor templates."""
        def construct(instance, *arguments, **keywords):
            try:
                plain(instance, *arguments, **keywords)
            except TypeError as refusal:
                if keywords or not all(hasattr(one, "_cpp") for one in arguments):
                    raise
                try:
                    self.general(instance, *arguments)
                except TypeError:
                    raise refusal from None
        return construct

    def general(self, instance, *arguments):
        """A base's constructor template, called with objects: each goes as a pointer, which for one not yet constructed is null."""
        if not all(hasattr(one, "_cpp") for one in arguments):
            raise TypeError(f"a constructor template of {self.bases[0].__cpp_name__} takes objects of C++ only here")
        key = tuple(type(one).__cpp_name__ for one in arguments)
        make = self.templates.get(key)
        if make is None:
            name = f"__cppbind_m{next(numbers)}"
            declared = ", ".join(f"{WORD} a{i}" for i in range(len(key)))
            passing = "".join(f", ({one} *)a{i}" for i, one in enumerate(key))
            state, told = self.backend.compile(f'extern "C" {WORD} {name}({declared}) noexcept {{ try {{ return ({WORD})new {self.name}(__cppbind_tag(){passing}); }} '
                                               "catch (...) { __cppbind_caught(); return 0; } }")
            if state < 0:
                raise TypeError(told)
            make = self.templates[key] = entry(self.backend.symbol(name), ["intptr_t"] * len(key), "intptr_t")
        address = make(*(one._cpp for one in arguments))
        if self.backend.pending[0]:
            pending_of(self.backend, self.bases[0].__cpp_name__)(arguments)
        self.link(instance, address)

    def link(self, instance, address):
        """The dispatcher at `address` is the instance's from now on."""
        cls = type(instance)
        table = cls._table or self.make_table(cls)
        instance._cpp = address
        cast(word_p, address + self.offset)[0] = table[0]
        instances[address] = ref(instance)
        self.own(instance, address)

    def make_table(self, cls):
        entries = ffi.new("void *[]", FIRST + len(self.virtuals))
        table = int(cast("intptr_t", entries)), entries
        tables.append(entries)
        type.__setattr__(cls, "_table", table)
        self.fill(cls)
        return table

    def fill(self, cls):
        """The entries of a Python class's table."""
        entries = cls._table[1]
        for number in (GONE, COPIED):
            entries[number] = self.closures[number]
        for number, virtual in enumerate(self.virtuals, FIRST):
            entries[number] = self.closure(number, virtual) if python_has(cls, virtual.name) else ffi.NULL

    def closure(self, number, virtual):
        found = self.closures.get(number)
        if found is None:
            function = virtual.function
            name = virtual.name if virtual.name.isidentifier() else "override"
            result, parameters = parse(function.result), [parse(one.code) for one in function.parameters]
            if self.natively(virtual):
                from cppbind.native.overrides import entry as native_entry
                found = cast("void *", native_entry(self, virtual.name, result, parameters))
            else:
                found = callbacks.callback(self.backend, name, result, parameters, f"instances[self]().{virtual.name}", {"instances": instances}, ["self"])
            self.closures[number] = found
        return found

    def make_gone(self):
        from cppbind.classes import CPPInstance
        disown = self.disown

        def gone(address):
            found = instances.pop(address, None)
            kept.pop(address, None)
            instance = found() if found is not None else None
            if instance is None or instance._cpp != address:
                return
            if type(instance).__destruct__ is not CPPInstance.__destruct__:
                instance.__destruct__()
            disown(instance)
            instance._cpp = 0
        return gone

    def make_copied(self):
        def copied(address, original):
            found = instances.get(original)
            old = found() if found is not None else None
            if old is None:
                return
            instance = type(old).__new__(type(old))
            instance.__dict__.update(old.__dict__)
            instance.__dict__.pop("_owned", None)
            instance._cpp = address
            instances[address] = ref(instance)
            kept[address] = instance
        return copied


def several_bases(name, bases):
    """Constructors that take a tuple of arguments for each base."""
    several = range(len(bases))
    types = ", ".join(f"class T{i}, std::size_t... I{i}" for i in several)
    taken = ", ".join(f"T{i} &t{i}, std::index_sequence<I{i}...>" for i in several)
    built = ", ".join(f"{base}(std::forward<std::tuple_element_t<I{i}, T{i}>>(std::get<I{i}>(t{i}))...)" for i, base in enumerate(bases))
    passed = ", ".join(f"t{i}, std::make_index_sequence<std::tuple_size_v<T{i}>>()" for i in several)
    return [f"    template <{types}> {name}({taken}) : {built} {{}}",
            f"    template <{', '.join(f'class T{i}' for i in several)}> {name}(__cppbind_tag, {', '.join(f'T{i} &&t{i}' for i in several)}) : {name}({passed}) {{}}"]


def copyable(cls):
    """Whether a derived class can copy its base."""
    copying = [one for one in cls._record.constructors if "C" in one.flags]
    return any(not set(one.flags) & set("dq") for one in copying)


def owner_number(cls, name):
    owner = next((one for one in cls.__mro__ if name in one.__dict__), None)
    return owner._number if owner is not None and is_cpp(owner) else 0


def python_has(cls, name):
    """Whether what a class has under a name is Python's."""
    owner = next((one for one in cls.__mro__ if name in one.__dict__), None)
    return owner is not None and not is_cpp(owner) and owner is not object and owner.__module__ != "cppbind.classes"


def not_virtual(call):
    """The Python function of a `Call` that calls the very function it names, not what overrides it."""
    function = call.function
    if "p" not in function.flags:
        return Call(function, call.scope, "base").make()
    virtual = Call(function, call.scope, "virtual").make()

    def pure(self, *arguments):
        if self._dispatch is not None:
            raise TypeError(f"{call.signature} is pure virtual: there is nothing to call in the base class")
        return virtual(self, *arguments)
    return pure


class Open:
    """A constructor of a base, which a derived class may call though it is protected."""

    def __init__(self, function):
        self.function = function
        self.flags = function.flags.replace("g", "")

    def __getattr__(self, name):
        return getattr(self.function, name)


class Construction(Call):
    """A base's constructor that makes a dispatcher."""

    def __init__(self, function, scope, dispatcher):
        super().__init__(function, scope, "cross")
        self.dispatcher = dispatcher

    def requests(self):
        return [f"{one}\t{self.dispatcher.name}" for one in super().requests()]

    def finish(self, names):
        names["link"] = self.dispatcher.link
        return ["link(self, r)"]


def dispatcher_class():
    from cppbind.classes import CppClass

    class DispatcherClass(CppClass):
        """The metaclass of dispatchers: the instances of Python classes are theirs."""

        def __instancecheck__(cls, instance):
            found = getattr(type(instance), "_dispatch", None)
            return found is not None and found.cls is cls

        def __subclasscheck__(cls, other):
            found = getattr(other, "_dispatch", None)
            return other is cls or found is not None and found.cls is cls
    return DispatcherClass


def DispatcherClass(*arguments):
    global DispatcherClass
    DispatcherClass = dispatcher_class()
    return DispatcherClass(*arguments)


class Whole:
    """What an instance keeps alive because its object is in there.  Not one that C++ owns: that would keep what owns it."""

    def __get__(self, instance, owner):
        return None if instance is None else instance.__dict__.get("_whole")

    def __set__(self, instance, value):
        if instance._cpp not in kept:
            instance.__dict__["_whole"] = value


@atexit.register
def close():
    """C++ may delete objects after Python is gone: they do not tell it then."""
    for entries in tables:
        entries[GONE] = ffi.NULL
