"""Data members as native descriptors in front of their properties."""

from cppbind import converters
from cppbind.native import Asked, extension, ways
from cppbind.native.functions import admitted
from cppbind.typecode import parse


class Owner(Asked):
    """What a native descriptor asks Python."""

    def __init__(self, scope, make):
        self.scope, self.make, self.made = scope, make, None

    def target(self):
        """The property."""
        if self.made is None:
            self.made = self.make()
        return self.made

    def admit(self, number, position, type):
        return admitted(self.scope, type) or None


def descriptor(field, scope, make):
    """The native descriptor of a data member; `make()` gives its property.  None where there is none."""
    native = extension()
    if native is None or field.bits or ways.manager_of(getattr(scope, "_own", None)) is None:
        return None
    way = ways.in_memory(parse(field.code))
    return way and native.field(Owner(scope, make), field.offset, *written(field), *way)


def static(variable, scope, make):
    """The same of a variable of a class or namespace; `make()` gives its `fields.Static`."""
    native = extension()
    if native is None or "T" in variable.flags:
        return None
    way = ways.in_memory(parse(variable.code))
    if way is None or way[0] in "PW":
        return None
    return native.static(Owner(scope, make), variable.backend.address(variable.handle), *written(variable), *way)


def written(record):
    """(whether it may be written natively, how)."""
    type, parameter = parse(record.code), None
    if type.kind in ("number", "enum") and not type.const and "c" not in record.flags:
        parameter = ways.parameter(converters.converter(type))
    writes = parameter is not None and parameter[0] not in "?-"
    return writes, parameter if writes else None
