"""Types of C++ as C++ text, and how values cross from C++ to a Python callback: the reverse of what wrappers do (docs/cppbind.md)."""

WORD = "__INTPTR_TYPE__"
NUMBERS = {
    "b": "bool", "c": "char", "a": "signed char", "h": "unsigned char", "B": "signed char", "U": "unsigned char", "w": "wchar_t",
    "Du": "char8_t", "Ds": "char16_t", "Di": "char32_t", "s": "short", "t": "unsigned short", "i": "int", "j": "unsigned int", "l": "long",
    "m": "unsigned long", "x": "long long", "y": "unsigned long long", "f": "float", "d": "double", "e": "long double",
}
SUFFIXES = {"pointer": "*", "reference": "&", "rvalue": "&&"}


def spelled(type):
    """A Type as C++ text, fit for any place where a type's name stands."""
    const = "const " if type.const and type.kind != "pointer" else ""
    if type.kind == "number":
        return const + NUMBERS[type.name]
    if type.kind in ("class", "enum", "unknown"):
        return const + type.name
    if type.kind == "complex":
        return f"{const}_Complex {spelled(type.of)}"
    if type.kind in SUFFIXES:
        return f"{same(spelled(type.of))}{SUFFIXES[type.kind]}" + (" const" if type.const else "")
    if type.kind == "array":
        return f"{same(spelled(type.of))}[{type.count or ''}]"
    if type.kind == "function":
        return f"{same(spelled(type.of))} ({', '.join(map(spelled, type.parameters))}{', ...' if type.variadic else ''})"
    if type.kind == "member":
        return f"{same(spelled(type.of))} {spelled(type.owner)}::*"
    return {"void": const + "void", "nullptr": "decltype(nullptr)"}[type.kind]


def same(text):
    """The type with a name of its own, where text with brackets or stars in it would not parse."""
    return f"__cppbind_same<{text}>::type" if any(c in text for c in "()[]*&") else text


def outward(type, name):
    """(C++ type, expression) of an argument on its way to Python."""
    if type.kind == "number":
        return ("double", f"(double){name}") if type.name == "e" else (NUMBERS[type.name], name)
    if type.kind == "enum":
        return NUMBERS[type.of.name], f"({NUMBERS[type.of.name]}){name}"
    if type.kind in ("reference", "rvalue"):
        return WORD, f"({WORD})__builtin_addressof({name})"
    if type.kind in ("class", "complex"):
        text = spelled(type)
        return WORD, f"({WORD})new {text}(static_cast<{text} &&>({name}))"
    return WORD, "0" if type.kind == "nullptr" else f"({WORD}){name}"


def inward(type):
    """(C++ type, statement) of Python's result `r`; nothing for void."""
    if type.kind == "void":
        return "void", ""
    text = spelled(type)
    if type.kind in ("number", "enum"):
        crosses = "double" if type.name == "e" else NUMBERS[(type.of if type.kind == "enum" else type).name]
        return crosses, f"return static_cast<{text}>(r);"
    if type.kind in ("reference", "rvalue"):
        return WORD, f"return static_cast<{text}>(*(__cppbind_same<{spelled(type.of)}>::type *)r);"
    if type.kind in ("class", "complex"):
        return WORD, f"return *({spelled(type)} *)r;"
    return WORD, "return nullptr;" if type.kind == "nullptr" else f"return ({text})r;"


def passed(type, name):
    """A parameter handed on to another function with the same one."""
    if type.kind in ("array", "reference"):
        return name
    return f"static_cast<{spelled(type)}{'' if type.kind == 'rvalue' else ' &&'}>({name})"


def calling(result, parameters, target, first=(), noexcept=False):
    """Statements that call the Python callback at `target` with `first` words, then the parameters a0, a1, ..., and return what it gives."""
    crossing = [outward(type, f"a{number}") for number, type in enumerate(parameters)]
    crosses, back = inward(result)
    types = ", ".join([WORD] * len(first) + [one for one, _ in crossing])
    call = f"(({crosses} (*)({types}))({target}))({', '.join([*first, *(value for _, value in crossing)])});"
    check = "" if noexcept else " if (__builtin_expect(__cppbind_raised, 0)) __cppbind_throw();"
    return f"{'' if crosses == 'void' else 'auto r = '}{call}{check} {back}"


def taken(type, name):
    """(C++ type, expression) of an argument that came from Python: as entry points take it."""
    of = type.of if type.kind in ("reference", "rvalue") else type
    by_value = of is type or type.kind == "rvalue" or of.const
    if by_value and of.kind in ("number", "enum"):
        crosses = "double" if of.name == "e" else NUMBERS[(of.of if of.kind == "enum" else of).name]
        return crosses, f"static_cast<{spelled(of)}>({name})"
    if of is not type:
        return WORD, f"static_cast<{spelled(type)}>(*(__cppbind_same<{spelled(of)}>::type *){name})"
    if type.kind in ("class", "complex"):
        return WORD, f"*(const {spelled(type)} *){name}"
    return WORD, "nullptr" if type.kind == "nullptr" else f"({spelled(type)}){name}"
