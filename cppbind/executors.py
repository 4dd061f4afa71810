"""What wrappers return, to Python values: one class for each way, found by `executor`.

    ctype    C's name for what crosses
    source   expression for the value of {r}; {n} starts the names that `names` gives
    names    {name: object} for the source

To add one: write the class, and enter it into EXACT by type code or into KINDS by kind of type.
"""

from cppbind import hooks
from cppbind.backend.api import ffi
from cppbind.backend.records import Field
from cppbind.stl import smart
from cppbind.typecode import NUMBERS, parse

cast, string = ffi.cast, ffi.string
CHAR_P = ffi.typeof("char *")


class Executor:
    ctype, source = "intptr_t", "{r}"
    creates = False                                    # __creates__ of the function may make the result Python's own
    refers = ""                                        # the result is of use only while the object lives whose method gives it: "part", "iterator"

    def __init__(self, type):
        self.type = type

    def names(self):
        return {}


class Nothing(Executor):
    ctype, source = "void", ""


class Number(Executor):
    def __init__(self, type):
        super().__init__(type)
        self.ctype = NUMBERS[type.name][0]


class Character(Number):
    source = "chr({r} & {n}mask)"

    def names(self):
        return {"mask": 256 ** NUMBERS[self.type.name][1] - 1}


class Byte(Executor):
    """std::byte: an integer, as cppyy has it."""

    def __init__(self, type):
        super().__init__(type)
        self.ctype = NUMBERS[type.of.name][0]


class Enumerated(Executor):
    source = "{n}enum({r})"                            # of integers the class, which the JIT sees through

    def __init__(self, type):
        super().__init__(type)
        self.ctype = NUMBERS[type.of.name][0]

    def names(self):
        from cppbind.scopes import class_named
        cls = class_named(self.type.name)
        return {"enum": cls if issubclass(cls, int) else cls._made}


def text_at(address):
    """The str at a char *; "" for a null pointer, as cppyy has it."""
    return string(cast(CHAR_P, address)).decode("utf-8", "surrogateescape") if address else ""


class Text(Executor):
    source = "{n}text({r})"

    def names(self):
        return {"text": text_at}


class Referred(Executor):
    """A number or pointer by reference: what is there now."""
    source = "{n}inner(cast({n}pointer, {r})[0])"

    def names(self):
        if self.type.of.name == "e":
            return {"pointer": ffi.typeof("long double *"), "inner": float}
        return {"pointer": ffi.typeof(executor(self.type.of).ctype + " *"), "inner": reader(self.type.of)}


def instance_maker(type, how):
    """What makes the instance of an address, for a class: its _wrap, _take, or _wrap_part; of what a smart pointer holds."""
    if smart.is_smart(type.name):
        return smart.wrapper(type.name, how)
    from cppbind.scopes import class_named
    return getattr(class_named(type.name), how)


def created(instance):
    """What a function with __creates__ gives is deleted with the instance."""
    if instance._cpp:
        instance.__python_owns__ = True


def parted(value, arguments):
    """What may be a part of one of a function's arguments keeps them, unless it is one of them."""
    if value is not None and not any(value is one for one in arguments) and not value._owns(value):
        value._whole = arguments
    return value


class Object(Executor):
    """A class by pointer or reference: an instance that does not own it."""
    source = "{n}wrap({r})"
    refers = "part"

    def __init__(self, type):
        super().__init__(type)
        self.creates = type.kind == "pointer"

    def names(self):
        return {"wrap": instance_maker(self.type.of, "_wrap")}


class Declared(Object):
    """A pointer that is a variable, which may be set to another object of its class: an instance of that very class."""

    def names(self):
        return {"wrap": instance_maker(self.type.of, "_wrap_as_is")}


class Moved(Executor):
    """A class by rvalue reference, as std::move gives it: the instance, which the next T && takes."""
    source = "{n}moved({r})"

    def names(self):
        wrap = instance_maker(self.type.of, "_wrap")

        def moved(address, given=None):                 # `given`: the argument, which it mostly is, with the smart pointer that holds it
            instance = given if given is not None and given._cpp == address else wrap(address)
            if instance is not None:
                instance._rvalue = True
            return instance
        return {"moved": moved}


class Value(Executor):
    """A class by value: the wrapper made a copy with new, which the instance owns."""
    source = "{n}take({r})"

    def __init__(self, type):
        super().__init__(type)
        self.refers = "iterator" if "iterator" in type.name else ""

    def names(self):
        from cppbind.scopes import described
        record = described(self.type.name)
        if record is not None and "f" in record.flags:
            raise ValueError(f"a {self.type.name} cannot be returned: the size of its return type is unknown")
        take, reduced = instance_maker(self.type, "_take"), hooks.reducers.get(self.type.name)
        return {"take": take if reduced is None else lambda address: reduced(take(address))}


def has_references(executor):
    """Whether a result by value has data members that are references, as one has that goes on working for the object that made it."""
    from cppbind.scopes import described
    record = described(executor.type.name) if isinstance(executor, Value) else None
    return record is not None and any(isinstance(one, Field) and parse(one.code).kind in ("reference", "rvalue") for one in record.members)


def text_taken(address):
    """The str of a std::wstring that a wrapper made with new, which is deleted."""
    from cppbind.strings import WORDS, allocator, kind_of_name
    text = kind_of_name("std::basic_string<wchar_t>").text(address)
    data = cast(WORDS, address)[0]
    if data != address + 16:
        allocator.delete(data)
    allocator.delete(address)
    return text


class FunctionPointer(Executor):
    """A pointer to a function: a Python callable; a null one is false, and raises when it is called."""
    source = "{n}function({r}, {n}type)"

    def names(self):
        from cppbind.functions import from_address
        return {"function": from_address, "type": self.type.of}


class WideText(Executor):
    """std::wstring by value."""
    source = "{n}text({r})"

    def names(self):
        return {"text": text_taken}


class Pointed(Executor):
    """A pointer to numbers or to pointers: a view of what is there."""
    source = "{n}view({r})"

    def names(self):
        from cppbind import views
        of = self.type.of
        if of.kind == "void":
            return {"view": views.void_at}
        return {"view": views.arrayed(of) if self.type.kind != "pointer" else views.pointed(of)}


def wide_text(code):
    """A function from the address of such characters, with a zero at the end, to the str."""
    from cppbind.strings import CODECS
    pointer, width = ffi.typeof(NUMBERS[code][0] + " *"), NUMBERS[code][1]

    def text(address, most=None):
        if not address:
            return ""
        characters, count = cast(pointer, address), 0
        while count != most and characters[count]:
            count += 1
        return ffi.buffer(cast(CHAR_P, address), count * width)[:].decode(CODECS[code], "surrogatepass")
    return text


class WidePointer(Executor):
    """wchar_t *, char16_t *, char32_t *."""
    source = "{n}text({r})"

    def names(self):
        return {"text": wide_text(self.type.of.name)}


class PythonObject(Executor):
    """PyObject * that is borrowed."""
    source = "{n}at({r})"

    def names(self):
        from cppbind import pyobjects
        return {"at": pyobjects.objects().borrowed}


class PythonResult(PythonObject):
    """PyObject * as a result: a new reference, which is taken."""

    def names(self):
        from cppbind import pyobjects
        return {"at": pyobjects.objects().taken}


def returned(type):
    """The executor for what a function returns."""
    return PythonResult(type) if type.plain == "PC_object;" else executor(type)


EXACT = {"PC_object;": PythonObject, "Cstd::basic_string<wchar_t>;": WideText, "v": Nothing, "PKc": Text, "Pc": Text, **dict.fromkeys(("c", "a", "h", "w", "Du", "Ds", "Di"), Character),
         **dict.fromkeys([const + one for one in ("w", "Du", "Ds", "Di") for const in ("P", "PK")], WidePointer)}
EXACT["Ehstd::byte;"] = Byte
KINDS = {"number": Number, "enum": Enumerated, "class": Value, "void": Nothing, "nullptr": Executor, "pointer": Executor}


def executor(type):
    """The executor for results of a Type; TypeError if there is none."""
    from cppbind import complexes
    found = EXACT.get(type.plain) or complexes.executor_class(type)
    if found is None and type.kind in ("pointer", "reference", "rvalue"):
        of = type.of
        other = (Moved if type.kind == "rvalue" else Object) if of.kind == "class" else Referred if type.kind != "pointer" and of.kind in ("number", "enum", "pointer") else Executor
        found = Pointed if pointed(type) else FunctionPointer if of.kind == "function" else other
    found = found or KINDS.get(type.kind)
    if found is None:
        raise TypeError(f"C++ results of type {type.code} cannot be taken")
    return found(type)


def pointed(type):
    """Whether what a pointer or reference points to is shown as a view."""
    from cppbind import complexes
    of = type.of
    if type.kind == "pointer":
        return complexes.part(of) is not None or of.kind in ("number", "enum", "array", "void") or of.kind == "pointer" and of.of.kind != "function"
    return of.kind == "array"


readers = {}


def reader(type):
    """A function from what crosses to the Python value, for a Type; identity for numbers."""
    found = readers.get(type.code)
    if found is None:
        way = executor(type)
        source = way.source.format(r="r", n="")
        found = readers[type.code] = eval(f"lambda r: {source}", {**way.names(), "cast": cast})
    return found
