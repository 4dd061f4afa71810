"""Data members as native descriptors in front of their properties."""

from cppbind import converters
from cppbind.native import extension, ways
from cppbind.native.functions import admitted
from cppbind.typecode import parse


class Owner:
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
    type = parse(field.code)
    way = ways.in_memory(type)
    if way is None:
        return None
    parameter = None
    if type.kind in ("number", "enum") and not type.const and "c" not in field.flags:
        parameter = ways.parameter(converters.converter(type))
    writes = parameter is not None and parameter[0] not in "?-"
    return native.field(Owner(scope, make), field.offset, writes, parameter if writes else None, *way)
