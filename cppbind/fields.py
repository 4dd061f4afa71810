"""Data members and variables as properties over raw memory: no call, no allocation in a trace."""

from cppbind import converters, errors, executors, native
from cppbind.backend.api import cast, ffi
from cppbind.emit import made, placing
from cppbind.strings import Temporary
from cppbind.typecode import NUMBERS, parse


class Place:
    """How a type lies in memory: expressions to read it, lines to write it, at the address {p}."""

    def __init__(self, type, const):
        self.type, self.names, self.write = type, {"cast": cast}, None
        if type.kind in ("number", "enum", "pointer"):
            self.word(type, const)
        elif type.kind == "class":
            self.instance(type, const or type.const)
        elif type.kind in ("reference", "rvalue"):
            self.names.update(word=ffi.typeof("intptr_t *"), inner=executors.reader(type))
            self.read = "inner(cast(word, {p})[0])"
        elif type.kind == "array":
            self.array(type)
        else:
            raise TypeError(f"C++ data of type {type.code} is not readable")

    def word(self, type, const):
        way = executors.executor(type)
        if type.name == "e":
            self.names["pointer"] = ffi.typeof("long double *")
            self.read = "float(cast(pointer, {p})[0])"
        else:
            self.names["pointer"] = ffi.typeof(("intptr_t" if type.kind == "pointer" else way.ctype) + " *")
            self.read = way.source.format(r="cast(pointer, {p})[0]", n="r")
            self.names.update({"r" + key: value for key, value in way.names().items()})
        if const or type.const or type.code == "PKc":
            return
        taker = converters.converter(type)
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

    def array(self, type):
        from cppbind.views import arrayed, fill
        view = arrayed(type)
        self.names.update(view=view, fill=fill)
        self.read = "view({p}, self)"
        if not type.const and not const_elements(type):
            self.write = ["fill(view({p}), value)"]


def const_elements(type):
    while type.kind == "array":
        type = type.of
    return type.const


def field_property(field, scope):
    """The property of a data member."""
    signature = f"{field.spelling} {scope.__cpp_name__}::{field.name}"
    if field.bits:
        return bit_field(field, scope, signature)
    place = Place(parse(field.code), "c" in field.flags)
    names = dict(place.names)
    begin = [f"    {line}" for line in placing(scope, names)]
    address = f"p + {field.offset}"
    get = made(["def get(self):", *begin, *reading(place, field.name, address)], "get", names)
    if place.write is None:
        return property(get, read_only(signature), doc=signature)
    body = [f"    {line.format(p=address)}" for line in place.write]
    if place.type.kind == "pointer":                    # what a pointer was made for lives as long as the object
        names["Temporary"] = Temporary
        body.insert(-1, f"    if type(value) is Temporary: self._kept_{field.name} = value.kept")
    return property(get, made(["def set(self, value):", *begin, *body], "set", names), doc=signature)


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
            raise OverflowError(f"{signature}: {value} does not fit {width} bits")
        p = at(self)
        old = int.from_bytes(bytes(p[i] for i in range(size)), "little")
        new = old & ~(mask << first) | (value & mask) << first
        for i, byte in enumerate(new.to_bytes(size, "little")):
            p[i] = byte
    return property(get, set, doc=signature)


def read_only(signature):
    def set(self, value):
        raise TypeError(f"{signature}: assignment to a const member")
    return set


class Static:
    """A variable of a class or namespace: read and written by instance and class alike."""

    def __init__(self, variable, scope):
        self.variable, self.scope, self.functions = variable, scope, None

    def made(self):
        if self.functions is None:
            variable = self.variable
            place = Place(parse(variable.code), "c" in variable.flags)
            names = {**place.names, "self": None}
            address = variable.backend.address(variable.handle)
            if "T" in variable.flags:                   # each thread has its own
                names["where"] = place.names["where"] = lambda: variable.backend.address(variable.handle)
                address = "where()"
            get = made(["def get():", "    return " + place.read.format(p=address)], "get", names)
            set = None
            if place.write:
                set = made(["def set(value):", *[f"    {line.format(p=address)}" for line in place.write]], "set", place.names)
            self.functions = get, set
        return self.functions

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
