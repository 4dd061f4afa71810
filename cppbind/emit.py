"""Straight-line Python for each C++ function: what the JIT inlines down to the call.

A function finds its entry points and converters in its globals; the source is compiled once for all functions that look alike.
What a loop over such a call becomes: no allocation and one call_release_gil (tests/cppbind/test_traces.py).
"""

import builtins
import types

from cppbind import converters, errors, executors, immediate, ownership, referring, signals
from cppbind.backend.api import BackendError, cast
from cppbind.ownership import ON_PYPY
from cppbind.strings import Temporary
from cppbind.typecode import parse, key_of

missing = type("missing", (), {"__repr__": lambda self: "..."})()
OBJECT = "PC_object;"                                   # PyObject *: while such a function runs, Python's lock is held
codes = {}                                             # source -> its code object
RESERVED = frozenset("self call err pending null own line renew cohort place gone ref next cls cast missing r p type int float str bool len isinstance chr".split())


def made(source, name, names):
    """The function of `source`, a def; `names` are its globals, and its parameters' defaults.

    Its globals are a module's, and its code object is its own: so PyPy's JIT takes what they hold for constants.
    """
    text = "\n".join(source)
    code = codes.get(text)
    if code is None:
        compiled = compile(text, f"<cppbind {name}>", "exec")
        code = codes[text] = next(one for one in compiled.co_consts if isinstance(one, types.CodeType))
    own = types.ModuleType("cppbind.emitted").__dict__
    own.update(names, __builtins__=builtins)
    count = source[0].count("=missing")
    return types.FunctionType(code.replace(co_name=name), own, name, (missing,) * count or None)


def placing(scope, names):
    """Lines that put the address of self's object, as the class `scope` sees it, into p; `names` gets what they need.

    That self is no instance of the class is found by __getattr__ on PyPy, which is free there; a class that has one makes every attribute
    of its instances slow on CPython, where a try is free."""
    names.update(null=errors.null, underived=errors.underived)
    add = f"p += self._offset_{scope._number}"
    return ["p = self._cpp", "if not p: null(self)", *([add] if ON_PYPY else ["try:", f"    {add}", "except AttributeError:", "    underived(self)"])]


def entry(address, ctypes, result):
    """The C function at an address."""
    return cast(f"{result}(*)({', '.join(ctypes) or 'void'})", address)


def parameter_names(function):
    """The parameters' own names where Python can have them."""
    names = []
    for number, parameter in enumerate(function.parameters):
        name = parameter.name
        good = name.isidentifier() and name not in RESERVED and name not in names and not name.startswith("_") and not is_keyword(name)
        names.append(name if good else f"a{number}")
    return names if len(set(names)) == len(names) else [f"a{number}" for number in range(len(names))]


def is_keyword(name):
    from keyword import iskeyword
    return iskeyword(name)


class Call:
    """One C++ function on its way to a Python one."""

    def __init__(self, function, scope, form="call"):
        self.function, self.scope, self.form = function, scope, form
        self.signature = function.signature(getattr(scope, "__cpp_name__", ""))
        self.kind = "new" if function.kind == "c" else "static" if function.is_static else "method"
        self.defaults = {}
        self.converters = [converters.converter(parse(one.code)) for one in function.parameters]
        self.executor = None if self.kind == "new" else executors.returned(parse(function.result))
        self.held = any(type.code == OBJECT for type in self.types())

    def types(self):
        return [parse(code) for code in (self.function.result, *(one.code for one in self.function.parameters))]

    def requests(self):
        """One for each number of arguments that it can be called with."""
        counts = range(self.function.required, len(self.converters) + 1)
        called = f"\t\t{self.function.called}" if self.function.called else ""
        return [f"{'held ' * self.held}{self.form}\t{self.function.handle}\t{count}{called}" for count in counts]

    def addresses(self):
        """The entry points, compiled now if they were not."""
        try:
            return self.function.backend.wrappers(self.requests())
        except RuntimeError:
            if self.executor is not None:
                self.executor.names()                   # a result of a class that is only declared is told as such
            raise

    def settle(self):
        """Whether a constructor is given the memory of dead objects: if that compiles."""
        if self.kind == "new" and self.form == "call" and ownership.recycles(self.scope):
            try:
                self.form = "place"
                self.addresses()
            except BackendError:
                self.form = "call"

    def entry(self, address, count):
        """The C function for so many arguments."""
        first = ["intptr_t"] if self.kind == "method" or self.form == "place" else []
        return entry(address, first + [one.ctype for one in self.converters[:count]], self.executor.ctype if self.executor else "intptr_t")

    def late(self, count, key, own):
        """The same: compiled at the first call, when its arguments have been converted, then in `own` under `key`."""
        def first(*words):
            function = self.entry(self.function.backend.wrappers([self.requests()[count - self.function.required]])[0], count)
            del own[key]                                # an entry that is made anew is a constant again for the JIT
            own[key] = function
            return function(*words)
        return first

    def make(self, name=None):
        """The Python function."""
        function = self.function
        if "k" in function.flags:
            return immediate.function(self)
        backend = function.backend
        names = {"err": backend.pending, "pending": pending_of(backend, self.signature)}
        self.settle()
        arguments = parameter_names(function)
        first = [] if self.kind == "static" else ["self"]
        defaults = [one if number < function.required else f"{one}=missing" for number, one in enumerate(arguments)]
        title = name or ("__init__" if self.kind == "new" else function.name)
        title = title if title.isidentifier() and not is_keyword(title) else "method"
        body = []
        if self.kind == "new":
            names["bound"] = errors.bound
            body.append("if self._cpp: bound(self)")
        if self.kind == "method":
            if "v" in function.flags and self.form == "call":
                names["direct"] = self.direct()
                body += [f"if self.{key_of(function.name)} != {self.scope._number}: return direct({', '.join([*first, *arguments])})"]
            body += placing(self.scope, names)
        optional = arguments[function.required:]
        if len(optional) > 1:
            names["leaving_out"] = self.leaving_out
            gaps = [f"{one} is missing and {other} is not missing" for one, other in zip(optional, optional[1:])]
            body.insert(0, f"if {' or '.join(gaps)}: return leaving_out({', '.join([*first, *arguments])})")
        indent = ""
        for count in range(len(arguments) + 1):
            if count and count > function.required and self.converters[count - 1].keeps:
                body.insert(0, f"{self.keeper(count - 1, arguments[count - 1])} = None")
            if count:
                body += [indent + line for line in self.convert(count - 1, arguments[count - 1], names)]
            if count >= function.required and count < len(arguments):
                names["missing"] = missing
                body += [f"{indent}if {arguments[count]} is missing:", *(f"{indent}    {line}" for line in self.call(count, arguments)), f"{indent}else:"]
                indent += "    "
        body += [indent + line for line in self.call(len(arguments), arguments)]
        body += [way.after.format(v=name, n=f"c{number}") for number, (way, name) in enumerate(zip(self.converters, arguments)) if way.after]
        body += self.lasting(arguments, names)
        alive = (first if self.kind == "method" else []) + [self.keeper(number, arguments[number]) for number, way in enumerate(self.converters) if way.keeps]
        body.append(f"if err[0]: {ownership.WASTED if self.form == 'place' else ''}pending({', '.join(alive)})")
        body += self.finish(names)
        source = [f"def {title}({', '.join(first + defaults)}):", *(f"    {line}" for line in body)]
        result = self.made = made(source, title, names)
        own = result.__globals__
        own["function"] = result
        own.update({f"call{count}": self.late(count, f"call{count}", own) for count in range(function.required, len(arguments) + 1)})
        result.__name__ = name or title
        result.__doc__ = self.signature
        signals.register(result, {f"call{count}": self.guarded(count) for count in range(function.required, len(arguments) + 1)}, backend)
        return result

    def leaving_out(self, *arguments):
        """The function, called with keywords that leave out parameters: C++ cannot, so that those are given their default values."""
        own = arguments[self.kind != "static":]
        last = max(number for number, one in enumerate(own) if one is not missing)
        values = [self.default(number) if one is missing else one for number, one in enumerate(own[:last + 1])]
        return self.made(*arguments[:self.kind != "static"], *values)

    def default(self, number):
        """The default value of a parameter, from the C++ text of it."""
        from cppbind.defaults import default
        return default(self, number)

    def placed(self, arguments, keywords):
        """The arguments in the order of the parameters, by their C++ names; Refused if they do not fit."""
        values, names = list(arguments), [one.name for one in self.function.parameters]
        if len(values) > len(names):
            raise self.unfit(len(values) + len(keywords))
        last = max((number for number, name in enumerate(names) if name in keywords), default=-1)
        for number, name in enumerate(names[len(values):last + 1], len(values)):
            if name not in keywords and number < self.function.required:
                break
            values.append(keywords[name] if name in keywords else self.default(number))
        unknown = [key for key in keywords if key not in names[len(arguments):len(values)]]
        if unknown:
            raise errors.RefusedType(f"{self.signature} =>\n    TypeError: got an unexpected keyword argument {unknown[0]!r}")
        if len(values) < self.function.required:
            raise self.unfit(len(values))
        return values

    def unfit(self, given):
        most = len(self.converters)
        takes = f"at most {most}" if given > most else f"at least {self.function.required}"
        return errors.RefusedCount(f"{self.signature} =>\n    TypeError: takes {takes} arguments ({given} given)")

    def guarded(self, count):
        """A function that makes the entry point for so many arguments for when signals are exceptions."""
        def make():
            request = self.requests()[count - self.function.required]
            return self.entry(self.function.backend.wrappers(["guarded " + request])[0], count)
        return make

    def direct(self):
        """The same function when it is not to be virtual: compiled when first needed, then in this one's place."""
        def first(*arguments):
            from cppbind.cross import not_virtual
            function = not_virtual(self)
            own = self.made.__globals__
            del own["direct"]
            own["direct"] = function
            return function(*arguments)
        return first

    def convert(self, number, name, names):
        """Lines that turn the argument into what crosses."""
        way, prefix = self.converters[number], f"c{number}"
        for key, value in way.names().items():
            names[prefix + key] = value
        names[prefix + "convert"] = converting(way, self.signature, number + 1)
        keep = [f"k{number} = {name}"] if way.keeps and self.keeper(number, name) != f"{name}_" else []
        return keep + [line.format(v=name, n=prefix) for line in way.lines]

    def lasting(self, arguments, names):
        """Lines by which the object keeps what C++ may go on using, until the same method is called again."""
        if self.kind == "static" or not any(way.lasting for way in self.converters):
            return []
        names["Temporary"] = Temporary
        key = self.function.name if self.function.name.isidentifier() else "init"
        return [f"if type({name}) is Temporary: self._kept_{key}_{number} = {name}.kept"
                for number, (way, name) in enumerate(zip(self.converters, arguments)) if way.lasting]

    def keeper(self, number, name):
        """The variable whose value has to outlive the call."""
        return f"{name}_" if any("{v}_ =" in line for line in self.converters[number].lines) else f"k{number}"

    def call(self, count, arguments):
        """Lines that call the C function for so many arguments."""
        first = ["p"] if self.kind == "method" else [ownership.PLACE] if self.form == "place" else []
        call = f"call{count}({', '.join(first + arguments[:count])})"
        take = ownership.TAKE if self.form == "place" else []
        return [*take, call if self.executor and self.executor.ctype == "void" else f"r = {call}"]

    def finish(self, names):
        if self.kind == "new":
            return ["self._cpp = r", *ownership.owning(self.scope, "self", "r", names, self.form == "place")]
        if not self.executor.source:
            return []
        names["cast"] = cast
        for key, value in self.executor.names().items():
            names["r" + key] = value
        value, whom = self.executor.source.format(r="r", n="r"), self.converters[0] if self.converters else None
        if isinstance(self.executor, executors.Moved) and self.kind == "static" and isinstance(whom, converters.Object):
            return ["return rmoved(r, k0)"]
        lines = self.keeping(names)
        if self.executor.creates:
            names["created"] = executors.created
            names["creates"] = False
            test = "creates" if ON_PYPY else "function.__dict__.get('__creates__')"
            lines.append(f"if {test}: created(v)")
        return [f"v = {value}", *lines, "return v"] if lines else [f"return {value}"]

    def keeping(self, names):
        """Lines by which the result, v, keeps what it is of no use without."""
        whom, when = referring.keeping(self)
        if not whom:
            return []
        if when > 0:
            return [f"if 0 <= r - p < {when} and v is not self: v._whole = self"]
        arguments = parameter_names(self.function)
        kept = ["self" if number < 0 else self.keeper(number, arguments[number]) for number in whom]
        if when == referring.PART:
            names["parted"] = executors.parted
            return [f"v = parted(v, ({', '.join(kept)},))"]
        return [f"{'if r: ' if self.executor.creates else ''}v._whole = {', '.join(kept)}"]


def converting(way, signature, position):
    """way.convert, whose errors say where they come from."""
    def convert(value):
        try:
            return way.convert(value)
        except (TypeError, ValueError, OverflowError) as reason:
            raise errors.refused(reason, signature, position) from None
    return convert


def pending_of(backend, signature):
    def pending(*alive):                                # what it is given has to outlive the call
        from cppbind.exceptions import raise_pending
        raise_pending(backend, signature)
    return pending
