"""Sets of overloads: chosen by type tests in straight-line Python, with the reasons told when none fits.

The first round takes the candidate whose parameters all take the arguments as they are, by rank; what no test accepts goes to the
slow way, which tries every candidate with conversions.
"""

from cppbind import errors
from cppbind.emit import Call, made, missing


class Lazy:
    """In a class until the name is first looked up: then the function takes its place."""

    def __init__(self, scope, name, functions, make=None):
        self.scope, self.name, self.functions, self.make = scope, name, functions, make or function_for

    def __get__(self, instance, owner):
        function = self.resolve()
        return function.__get__(instance, owner)

    def resolve(self):
        function = self.make(self.functions, self.scope, self.name)
        if all(one.is_static for one in self.functions):
            function = staticmethod(function)
        type.__setattr__(self.scope, self.name, function)
        return function


def callable_ones(functions):
    return [one for one in functions if not set(one.flags) & set("dgq")]


def function_for(functions, scope, name, make=Call):
    """The Python function for overloads of one name."""
    usable = callable_ones(functions)
    if not usable:
        return refusing(functions[0], scope)
    calls, problem = [], None
    for function in usable:
        try:
            calls.append(make(function, scope))
        except TypeError as reason:
            problem = reason
    if not calls:
        raise problem
    if len(calls) == 1:
        return calls[0].make(name)
    return Overloads(calls, scope, name).function


def refusing(function, scope):
    text = f"{function.signature(getattr(scope, '__cpp_name__', ''))} is {'deleted' if 'd' in function.flags else 'not public'}"

    def method(*args, **keywords):
        if "g" in function.flags and args and getattr(args[0], "_dispatch", None):    # super() in a Python class that derives
            from cppbind.cross import protected
            return protected(scope)([function], scope, function.name)(*args, **keywords)
        raise TypeError(text)
    return method


class Overloads:
    """Candidates, most special first; each is compiled when it is first chosen, and then called without a detour."""

    def __init__(self, calls, scope, name):
        self.scope, self.name = scope, name
        self.calls = sorted(calls, key=lambda call: (sum(one.rank for one in call.converters), len(call.converters)))
        self.with_self = any(call.kind != "static" for call in calls)
        self.ready = {}
        self.function = self.dispatcher()

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
        body = ["if rest or keywords: return slow((%s), keywords)" % (", ".join(first + [f"a{i}" for i in range(most)]) + ", *rest")]
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
        function.__doc__ = "\n".join(call.signature for call in self.calls)
        return function

    def slow(self, arguments, keywords):
        """Every candidate in turn, with conversions; TypeError with each reason."""
        arguments = tuple(one for one in arguments if one is not missing)
        own = len(arguments) - self.with_self
        reasons, kinds = [], set()
        for number, call in enumerate(self.calls):
            if not keywords and not call.function.required <= own <= len(call.converters):
                reasons.append(f"{call.signature} =>\n    TypeError: takes {call.function.required} to {len(call.converters)} arguments, {own} given")
                kinds.add(TypeError)
                continue
            function = self.compiled(number)
            try:
                return function(*arguments, **keywords)
            except errors.Refused as reason:
                reasons.append(str(reason))
                kinds.add(next(kind for kind, mixed in errors.KINDS if isinstance(reason, mixed)))
        kind = kinds.pop() if len(kinds) == 1 else TypeError
        raise kind(f"none of the {len(self.calls)} overloaded methods succeeded. Full details:\n  " + "\n  ".join(reasons))


def without_self(function):
    def method(self, *args):
        return function(*args)
    return method
