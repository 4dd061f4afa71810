"""Data members and variables as properties over raw memory: no call, no allocation in a trace."""

from cppbind import complexes, converters, embedding, errors, executors, native, texts, views
from cppbind.backend.api import cast, ffi
from cppbind.emit import made, placing
from cppbind.strings import Temporary
from cppbind.typecode import NUMBERS, parse


class Place:
    """How a type lies in memory: expressions to read it, lines to write it, at the address {p}.

    `keeps`: whoever writes keeps what a Temporary has to keep; where nobody does, a text cannot be written to a char *.
    `variable`: it is no part of an object."""

    def __init__(self, type, const, keeps=False, variable=False):
        self.type, self.names, self.write, self.keeps, self.variable = type, {"cast": cast}, None, keeps, variable
        registered = embedding.registered(embedding.converters, type)
        if registered:
            self.registered(registered)
            return
        if type.kind in ("number", "enum", "pointer"):
            self.word(type, const)
        elif complexes.is_python(type):
            self.complex(type, const or type.const)
        elif type.kind == "class":
            self.instance(type, const or type.const)
        elif type.kind in ("reference", "rvalue"):
            self.names.update(word=ffi.typeof("intptr_t *"), inner=executors.reader(type))
            self.read = "inner(cast(word, {p})[0])"
        elif type.kind == "array":
            self.array(type)
        else:
            raise TypeError(f"C++ data of type {type.code} is not readable")

    def registered(self, address):
        """As a converter of C++'s says."""
        self.names.update(address=address, from_memory=embedding.function("from_memory"), to_memory=embedding.function("to_memory"))
        self.read = "from_memory(address, {p})"
        self.write = ["to_memory(address, value, {p})"]

    def word(self, type, const):
        way = executors.executor(type)
        if self.variable and isinstance(way, executors.Object):
            way = executors.Declared(type)
        if type.name == "e":
            self.names["pointer"] = ffi.typeof("long double *")
            self.read = "float(cast(pointer, {p})[0])"
        else:
            self.names["pointer"] = ffi.typeof(("intptr_t" if type.kind == "pointer" else way.ctype) + " *")
            self.read = way.source.format(r="cast(pointer, {p})[0]", n="r")
            self.names.update({"r" + key: value for key, value in way.names().items()})
        if const or type.const or type.code == "PKc" and not self.keeps:
            return
        taker = texts.KeptText(type) if type.code in ("PKc", "Pc") and self.keeps else converters.converter(type)
        self.names.update({"c" + key: value for key, value in taker.names().items()})
        self.names["cconvert"] = taker.convert
        self.write = [line.format(v="value", n="c") for line in taker.lines] + ["cast(pointer, {p})[0] = value"]

    def instance(self, type, const):
        from cppbind.assign import assigner
        self.names["wrap"] = executors.instance_maker(type, "_wrap_part")
        self.read = "wrap(self, {p})"
        if not const:
            self.names["assign"] = assigner(type)
            self.write = ["assign({p}, value)"]

    def complex(self, type, const):
        self.names.update(pointer=complexes.pointer_to(complexes.part(type)), number=complexes.number)
        self.read = "complex(float(cast(pointer, {p})[0]), float(cast(pointer, {p})[1]))"
        if not const:
            self.write = ["value = number(value)", "parts = cast(pointer, {p})", "parts[0] = value.real", "parts[1] = value.imag"]

    def array(self, type):
        if type.of.code == "Kc":                        # which nobody writes to
            self.names["text"] = views.text_in(type.of, type.count)
            self.read = "text({p})"
            return
        self.names.update(view=views.arrayed(type), fill=views.fill)
        self.read = "view({p}, self)"
        if not type.const and not const_elements(type):
            self.write = ["fill(view({p}), value)"]


class Member(property):
    # The property of a data member.  Only instances have one: the class itself says so.
    __doc__ = property.__dict__["__doc__"]              # each one's own

    def __get__(self, instance, owner=None):
        if instance is None:
            raise AttributeError(f"{self.__doc__} is a data member, which only instances have")
        return self.fget(instance)


def const_elements(type):
    while type.kind == "array":
        type = type.of
    return type.const


def field_property(field, scope):
    """The property of a data member."""
    signature = f"{field.spelling} {scope.__cpp_name__}::{field.name}"
    if field.bits:
        return bit_field(field, scope, signature)
    place = Place(parse(field.code), "c" in field.flags, keeps=True)
    names = dict(place.names)
    begin = [f"    {line}" for line in placing(scope, names)]
    address = f"p + {field.offset}"
    get = made(["def get(self):", *begin, *reading(place, field.name, address)], "get", names)
    if place.write is None:
        return Member(get, read_only(signature), doc=signature)
    body = [f"    {line.format(p=address)}" for line in place.write]
    if place.type.kind == "pointer":                    # what a pointer was made for lives as long as the object
        names.update(Temporary=Temporary, kept=kept_by(field.name, place.type))
        body.insert(-1, "    if type(value) is Temporary: kept(self, value)")
    return Member(get, made(["def set(self, value):", *begin, *body], "set", names), doc=signature)


def kept_by(name, type):
    """A function (instance, Temporary): the instance keeps what its member points to; of a buffer the view knows the length."""
    view = views.pointed(type.of) if type.code not in executors.EXACT and executors.pointed(type) and type.of.kind in ("number", "enum", "complex") else None

    def kept(self, value):
        setattr(self, f"_kept_{name}", value.kept)
        if view is not None and isinstance(value.kept, ffi.CData) and len(value.kept):
            setattr(self, f"_view_{name}", view(value, len(value.kept) * ffi.sizeof(ffi.typeof(value.kept).item) // views.size_of(type.of)))
    return kept


def reading(place, name, address):
    """Lines that give the value; the view of a pointer stays the same as long as the pointer does, for it may have been told its shape."""
    if not (place.type.kind == "pointer" and executors.pointed(place.type) and place.type.of.kind != "void") or place.type.plain in executors.EXACT:
        return ["    return " + place.read.format(p=address)]
    return [f"    r = cast(pointer, {address})[0]", "    try:", f"        view = self._view_{name}", "        if view._cpp == r: return view", "    except AttributeError:",
            "        pass", f"    view = self._view_{name} = rview(r)", "    return view"]


def bit_field(field, scope, signature):
    """Bits `first` to `first + width` of the word at the field's byte, little-endian."""
    type = parse(field.code)
    low = NUMBERS[(type.of if type.kind == "enum" else type).name][2]
    first, width = field.bits
    pointer = ffi.typeof("unsigned char *")
    size = (first + width + 7) // 8
    mask, sign = (1 << width) - 1, 1 << (width - 1) if low < 0 else 0

    def at(self):
        if not self._cpp:
            errors.null(self)
        return cast(pointer, self._cpp + getattr(self, f"_offset_{scope._number}") + field.offset)

    def get(self):
        p = at(self)
        value = int.from_bytes(bytes(p[i] for i in range(size)), "little") >> first & mask
        value = (value ^ sign) - sign
        return value if type.name != "b" else bool(value)

    def set(self, value):
        if not -(mask + 1 >> 1) * (low < 0) <= value <= mask >> (low < 0):
            raise errors.OutOfRange(f"{signature}: {value} does not fit {width} bits")
        p = at(self)
        old = int.from_bytes(bytes(p[i] for i in range(size)), "little")
        new = old & ~(mask << first) | (value & mask) << first
        for i, byte in enumerate(new.to_bytes(size, "little")):
            p[i] = byte
    return Member(get, set, doc=signature)


def read_only(signature):
    def set(self, value):
        raise TypeError(f"{signature}: assignment to a const member")
    return set


class Static:
    """A variable of a class or namespace: read and written by instance and class alike."""

    def __init__(self, variable, scope):
        self.variable, self.scope, self.functions, self.kept = variable, scope, None, None

    def made(self):
        if self.functions is None:
            variable = self.variable
            place = Place(parse(variable.code), "c" in variable.flags, keeps=True, variable=True)
            names = {**place.names, "self": None}
            address = variable.backend.address(variable.handle)
            if "T" in variable.flags:                   # each thread has its own
                names["where"] = place.names["where"] = lambda: variable.backend.address(variable.handle)
                address = "where()"
            get = made(["def get():", "    return " + place.read.format(p=address)], "get", names)
            set = None
            if place.write:
                lines = [line.format(p=address) for line in place.write]
                if place.type.kind == "pointer":
                    place.names.update(Temporary=Temporary, kept=self.keep)
                    lines.insert(-1, "if type(value) is Temporary: kept(value)")
                set = made(["def set(value):", *(f"    {line}" for line in lines)], "set", place.names)
            self.functions = get, set
        return self.functions

    def keep(self, value):
        """Keep what the pointer is set to."""
        self.kept = value.kept

    def __get__(self, instance, owner):
        if isinstance(self.scope, type) and self.functions is None and (found := self.native()) is not None:
            type.__setattr__(self.scope, self.variable.name, found)
        return self.made()[0]()

    def native(self):
        """The native descriptor that takes its place, if there is one."""
        if native.extension() is None:
            return None
        from cppbind.native.fields import static
        return static(self.variable, self.scope, lambda: self)

    def __set__(self, instance, value):
        set = self.made()[1]
        if set is None:
            raise TypeError(f"{self.variable.spelling} {self.variable.name}: assignment to a const or class variable")
        set(value)
