"""Constructors of Python classes with several C++ bases: a tuple of arguments for each, chosen base by base."""

from cppbind import cross, errors
from cppbind.emit import Call, converting, entry, pending_of
from cppbind.spell import WORD, taken


def constructor(dispatcher):
    """The function of (instance, arguments of the first base, of the second, ...)."""
    backend = dispatcher.backend
    candidates = [constructors(base) for base in dispatcher.bases]
    entries = {}
    signature = f"{' and '.join(base.__cpp_name__ for base in dispatcher.bases)}"
    pending = pending_of(backend, signature)

    def construct(instance, *arguments):
        if len(arguments) > len(candidates):
            raise TypeError(f"{signature}: a tuple of arguments for each base is expected, not {len(arguments)} of them")
        arguments += ((),) * (len(candidates) - len(arguments))
        chosen, words = [], []
        for base, calls, one in zip(dispatcher.bases, candidates, arguments):
            if not isinstance(one, (tuple, list)):
                raise TypeError(f"{base.__cpp_name__} is one of several bases: its arguments have to be a tuple, not {type(one).__name__!r}")
            call, converted = choose(base, calls, one)
            chosen.append((call, len(one)))
            words += converted
        key = tuple((call.function.handle, n) for call, n in chosen)
        function = entries.get(key)
        if function is None:
            function = entries[key] = compiled(dispatcher, chosen)
        address = function(*words)
        if backend.pending[0]:
            pending(arguments)
        dispatcher.link(instance, address)
    return construct


def constructors(base):
    functions = [one for one in base._record.constructors if not set(one.flags) & set("dq")]
    calls = []
    for function in functions:
        try:
            calls.append(Call(function, base))
        except TypeError:
            pass                                        # a parameter of a type that Python does not have
    return sorted(calls, key=lambda call: sum(one.rank for one in call.converters))


def choose(base, calls, arguments):
    """(Call, what crosses): the first that takes the arguments."""
    reasons = []
    for call in calls:
        if not call.function.required <= len(arguments) <= len(call.converters):
            continue
        try:
            return call, [converting(way, call.signature, i)(value) for i, (way, value) in enumerate(zip(call.converters, arguments), 1)]
        except errors.Refused as reason:
            reasons.append(str(reason))
    raise TypeError(f"{base.__cpp_name__} has no constructor for {len(arguments)} such arguments" + "".join("\n  " + one for one in reasons))


def compiled(dispatcher, chosen):
    """The entry point for some constructors, each with a number of arguments."""
    from cppbind.typecode import parse
    backend, ctypes, declared, tuples = dispatcher.backend, [], [], []
    for call, n in chosen:
        passed = []
        for way, parameter in zip(call.converters[:n], call.function.parameters):
            crosses, expression = taken(parse(parameter.code), f"a{len(declared)}")
            declared.append(f"{crosses} a{len(declared)}")
            ctypes.append(way.ctype)
            passed.append(expression)
        tuples.append(f"std::forward_as_tuple({', '.join(passed)})")
    name = f"__cppbind_m{next(cross.numbers)}"
    state, told = backend.compile(f'extern "C" {WORD} {name}({", ".join(declared)}) noexcept {{ try {{ return ({WORD})new {dispatcher.name}(__cppbind_tag(), {", ".join(tuples)}); }} '
                                  f'catch (...) {{ __cppbind_caught(); return 0; }} }}')
    if state < 0:
        raise TypeError(told)
    return entry(backend.symbol(name), ctypes, "intptr_t")
