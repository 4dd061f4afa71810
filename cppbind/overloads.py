"""Sets of overloads: chosen by type tests in straight-line Python, with the reasons told when none fits.

The first round takes the candidate whose parameters all take the arguments as they are, by rank.  What no test accepts goes to the
slow way: every candidate with C++'s standard conversions, then those that need a constructor or conversion operator of a class.
"""

from itertools import starmap
from types import MethodType

from cppbind import embedding, errors, native, signals
from cppbind.emit import Call, made, missing
from cppbind.executors import Executor
from cppbind.ownership import ON_PYPY
from cppbind.typecode import parse


class Address(Call):
    """A call that gives the address of its result."""

    def __init__(self, function, scope, form="call"):
        super().__init__(function, scope, form)
        self.executor = Executor(parse(function.result))


called = type(type.__setattr__).__call__


def replace(cls, name, value):
    """Put another value where a class has one.

    On PyPy the name is taken away before, or the JIT would take its value for a variable.  Other threads never find it missing: between two
    functions of the VM that starmap calls there is no byte code, and so no other thread's turn."""
    steps = [(type.__setattr__, cls, name, value)]
    if ON_PYPY and name in cls.__dict__:
        steps.insert(0, (type.__delattr__, cls, name))
    list(starmap(called, steps))


class Lazy:
    """In a class until the name is first looked up: then the function takes its place."""

    def __init__(self, scope, name, functions, make=None):
        self.scope, self.name, self.functions, self.make = scope, name, functions, make or function_for

    def __get__(self, instance, owner):
        function = self.resolve()
        return function.__get__(instance, owner)

    def __call__(self, *arguments, **keywords):
        return self.resolve()(*arguments, **keywords)

    def resolve(self):
        function = self.make(self.functions, self.scope, self.name)
        plain = self.name.startswith("__") and self.name.endswith("__")    # which Python calls with the instance
        if not isinstance(function, Callable) and self.functions and all(one.is_static for one in self.functions) and not plain:
            function = staticmethod(function)
        replace(self.scope, self.name, function)
        return function


def callable_ones(functions):
    return [one for one in functions if not set(one.flags) & set("dgq")]


def function_for(functions, scope, name, make=Call, around=None):
    """The function for overloads of one name: a native one, or Python's; `around` makes another of Python's."""
    usable = callable_ones(functions)
    if not usable:
        return (around or same)(refusing(functions[0], scope))
    executor = embedding.registered(embedding.executors, parse(usable[0].result)) if embedding.executors and make is Call else 0
    if executor:
        return embedding.executed(executor, function_for(functions, scope, name, Address))
    calls, problem = [], None
    for function in usable:
        try:
            calls.append(make(function, scope))
        except TypeError as reason:
            problem = reason
    if not calls:
        raise problem
    calls.sort(key=Overloads.order)
    special = name.startswith("__") or name.startswith("operator")

    def by_python():
        function = single(calls[0], name) if len(calls) == 1 else Overloads(calls, scope, name)
        if special and len(calls) > 1:
            function = function.function
        return (around or same)(function)
    if len(calls) == 1 and "z" in calls[0].function.flags and calls[0].kind != "new":
        from cppbind.variadic import Variadic
        return Variadic(calls[0], name)
    if native.extension() is None:
        return by_python()
    from cppbind.native.functions import function
    return function(calls, by_python, Bound if len(calls) > 1 and not special else MethodType) or by_python()


def same(function):
    return function


def single(call, name):
    """The function of the only candidate; it can be asked for its overload, too."""
    function = call.make(name)
    function.__overload__ = lambda signature, const=None: Overloads([call], call.scope, name).__overload__(signature, const).function
    function._calls = [call]
    return function


def refusing(function, scope):
    text = f"{function.signature(getattr(scope, '__cpp_name__', ''))} is {'deleted' if 'd' in function.flags else 'not public'}"

    def method(*args, **keywords):
        if "g" in function.flags and args and getattr(args[0], "_dispatch", None):    # super() in a Python class that derives
            from cppbind.deriving import protected
            return protected(scope)([function], scope, function.name)(*args, **keywords)
        raise TypeError(text)
    return method


class Callable:
    """What stands in a class or namespace where a function has more to it than to be called.  `function`: the Python function."""

    with_self = False

    def __call__(self, *args, **keywords):
        return self.function(*args, **keywords)

    def __get__(self, instance, owner):
        return Bound(self, instance) if instance is not None and self.with_self else self

    def __repr__(self):
        return f"<C++ {'method' if self.with_self else 'function'} {self.__name__}>"


class Bound:
    """A Callable of an instance: what the JIT never makes."""

    __slots__ = ("__func__", "__self__")

    def __init__(self, function, instance):
        object.__setattr__(self, "__func__", function)
        object.__setattr__(self, "__self__", instance)

    def __call__(self, *args, **keywords):
        return self.__func__.function(self.__self__, *args, **keywords)

    def __getattr__(self, name):
        return getattr(self.__func__, name)

    def __setattr__(self, name, value):
        setattr(self.__func__, name, value)

    def __overload__(self, signature, const=None):
        return Bound(self.__func__.__overload__(signature, const), self.__self__)

    def __getitem__(self, arguments):
        return Bound(self.__func__[arguments], self.__self__)

    def __eq__(self, other):
        return isinstance(other, Bound) and self.__func__ is other.__func__ and self.__self__ is other.__self__

    def __hash__(self):
        return hash(self.__func__)

    def __repr__(self):
        return f"<bound {self.__func__!r} of {self.__self__!r}>"

    @property
    def __doc__(self):
        return self.__func__.__doc__


class Overloads(Callable):
    """Candidates, most special first; each is compiled when it is first chosen, and then called without a detour."""

    def __init__(self, calls, scope, name):
        self.scope, self.name, self.__name__ = scope, name, name
        self.calls = self._calls = sorted(calls, key=Overloads.order)
        self.with_self = any(call.kind != "static" for call in calls)
        self.mixed = self.with_self and any(call.kind == "static" for call in calls)
        self.ready = {}
        self.__doc__ = "\n".join(call.signature for call in self.calls)
        self.function = self.dispatcher()

    @staticmethod
    def order(call):
        """By rank of all parameters, then as declared; of [] that may be written through first."""
        return sum(one.rank for one in call.converters), len(call.converters), call.function.name == "operator[]" and "c" in call.function.flags

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if name in signals.POLICIES:
            for function in self.ready.values():
                signals.set_policy(function, name, value)

    def __call__(self, *args, **keywords):
        if self.mixed and not (args and isinstance(args[0], self.scope)):
            args = (None, *args)                        # Class.f(...): only the static ones can be meant
        return self.function(*args, **keywords)

    def __overload__(self, signature, const=None):
        """The candidates of a signature: their parameters' types, "int, double"; or ":any:"; and `const` as told.  LookupError if there is none."""
        wanted = None if signature == ":any:" else plain_signature(signature)
        found = [call for call in self.calls if wanted in (None, *signatures_of(call)) and (const is None or const == ("c" in call.function.flags))]
        if not found:
            raise LookupError(f"signature {signature!r} not found among the overloads:\n{self.__doc__}")
        return Overloads(found, self.scope, self.name)

    def stub(self, number):
        def first(*args):
            return self.compiled(number)(*args)
        return first

    def compiled(self, number):
        """Candidate `number`, compiled now if it was not."""
        function = self.ready.get(number)
        if function is None:
            call = self.calls[number]
            function = call.make(self.name)
            for policy in signals.POLICIES:
                if policy in self.__dict__:
                    signals.set_policy(function, policy, self.__dict__[policy])
            if self.with_self and call.kind == "static":
                function = without_self(function)
            self.ready[number] = function
            own, key = self.function.__globals__, f"f{number}"
            del own[key]                                # an entry that is made anew is a constant again for the JIT
            own[key] = function
        return function

    def dispatcher(self):
        """def NAME(self, a0=missing, ...): tests, then the candidate, else the slow way."""
        most = max(len(call.converters) for call in self.calls)
        names = {"missing": missing, "slow": self.slow}
        first = ["self"] if self.with_self else []
        words = first + [f"a{i}=missing" for i in range(most)] + ["*rest", "**keywords"]
        body = ["if rest or keywords: return slow((%s,), keywords)" % ", ".join(first + [f"a{i}" for i in range(most)] + ["*rest"])]
        for number, call in enumerate(self.calls):
            names[f"f{number}"] = self.stub(number)
            for count in range(call.function.required, len(call.converters) + 1):
                tests = [f"a{count} is missing"] if count < most else []
                for i, way in enumerate(call.converters[:count]):
                    for key, value in way.names().items():
                        names[f"f{number}c{i}{key}"] = value
                    tests.append("(" + way.test.format(v=f"a{i}", n=f"f{number}c{i}") + ")" if way.test else "False")
                if "False" in tests:
                    continue
                arguments = first + [f"a{i}" for i in range(count)]
                body.append(f"if {' and '.join(tests) or 'True'}: return f{number}({', '.join(arguments)})")
        arguments = ", ".join(first + [f"a{i}" for i in range(most)])
        body.append(f"return slow(({arguments}{',' if arguments else ''}), keywords)")
        title = self.name if self.name.isidentifier() else "method"
        function = made([f"def {title}({', '.join(words)}):", *(f"    {line}" for line in body)], title, names)
        function.__name__ = self.name
        function.__doc__ = self.__doc__
        function.__overload__ = lambda signature, const=None: self.__overload__(signature, const).function
        function._calls = self.calls
        return function

    def slow(self, arguments, keywords):
        """Every candidate in turn, with conversions; TypeError with each reason."""
        arguments = [one for one in arguments if one is not missing]
        first, own = arguments[:self.with_self], arguments[self.with_self:]
        reasons, kinds, later = [], set(), []

        def refused(reason):
            reasons.append(str(reason))
            if not isinstance(reason, errors.RefusedCount):
                kinds.add(next(kind for kind, mixed in errors.KINDS if isinstance(reason, mixed)))

        def candidates():
            for number, call in enumerate(self.calls):
                try:
                    values = call.placed(own, keywords)
                except errors.Refused as reason:
                    refused(reason)
                    continue
                if any(way.by_class(value) for way, value in zip(call.converters, values)):
                    later.append((number, values))
                else:
                    yield number, values
            yield from later
        for number, values in candidates():
            try:
                return self.compiled(number)(*first, *values)
            except errors.Refused as reason:
                refused(reason)
        kind = kinds.pop() if len(kinds) == 1 else TypeError
        raise errors.mixed(kind)(f"none of the {len(self.calls)} overloaded methods succeeded. Full details:\n  " + "\n  ".join(reasons))


def without_self(function):
    def method(self, *args):
        return function(*args)
    return method


def plain_signature(text):
    """A signature without blanks, parentheses and the names and defaults of parameters' types, to compare by."""
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return "".join(text.replace("std::basic_string<char>", "std::string").split())


def signatures_of(call):
    """What the parameters of a candidate may be called: as they are spelled in its source, and by their full names."""
    from cppbind.values import spelled
    spellings = [one.spelling for one in call.function.parameters]
    named = [f"{one.spelling} {one.name}" for one in call.function.parameters]
    return {plain_signature(", ".join(spellings)), plain_signature(", ".join(named)), plain_signature(", ".join(spelled(parse(one.code)) for one in call.function.parameters))}
