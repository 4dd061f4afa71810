"""The attributes and methods of C types as C sees them: PyGetSetDescrObject, PyMemberDescrObject, PyMethodDescrObject.

In the VM the first two are properties and a method is a plain function, which the JIT inlines.  C code may write the text of
one into its definition (numpy's does): a property reads it there, a function takes it over when C lets go of it.
"""

from types import FunctionType

from capi.core import calls, to_vm, linking, tables, to_c
from capi.core.engine import ffi
from capi.core.structs import STRUCTS, link_filled, put_object

D_TYPE, D_NAME, D_QUALNAME, DEFINITION, SIZE = 16, 24, 32, 40, 56


class Described(property):
    # Its name and text are those of a definition in C.
    __slots__ = ("definition", "__objclass__")
    what = "attribute"

    def of(self, definition, cls):
        self.definition, self.__objclass__ = definition, cls
        return self

    @property
    def __name__(self):
        return tables.text(ffi.cast("intptr_t", self.definition.name))

    def __getattr__(self, name):
        if name == "__qualname__":                     # a class cannot have a property of this name
            return f"{self.__objclass__.__qualname__}.{self.__name__}"
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    @property
    def __doc__(self):
        return calls.signature_doc(self.__name__, tables.text(ffi.cast("intptr_t", self.definition.doc)))

    @__doc__.setter
    def __doc__(self, value):
        """The VM's constructor sets it."""

    def __repr__(self):
        return f"<{self.what} '{self.__name__}' of '{calls_itself(self.__objclass__)}' objects>"


def calls_itself(cls):
    """tp_name."""
    return tables.text(ffi.cast("intptr_t", tables.type_view(linking.type_address(cls)).tp_name))


class getset_descriptor(Described):
    __slots__ = ()
    __doc__ = Described.__dict__["__doc__"]            # else the class would have one of its own


class member_descriptor(Described):
    __slots__ = ()
    __doc__ = Described.__dict__["__doc__"]
    what = "member"


class method_descriptor:
    """The type, in C, of the functions that stand for methods of C types."""

    __slots__ = ()


def fill(p, cls, name, definition):
    put_object(p + D_TYPE, cls)
    put_object(p + D_NAME, name)
    put_object(p + D_QUALNAME, f"{cls.__qualname__}.{name}")
    ffi.cast("intptr_t *", p + DEFINITION)[0] = int(ffi.cast("intptr_t", ffi.addressof(definition)))


def fill_described(x, p):
    fill(p, x.__objclass__, x.__name__, x.definition)


def link_function(x, p_type):
    """A function crosses: as a method, if it stands for one of a C type."""
    known = calls.definitions.get(x)
    if known is None:
        return to_c.link_proxy(x, p_type)
    definition, _, p_class = known
    return link_filled(x, tables.addresses[method_descriptor],
                       lambda x, p: fill(p, to_vm.from_pointer(p_class), x.__name__, definition))


def take_text(x):
    """C lets go of a function: it may have written a text."""
    known = calls.definitions.get(x)
    if known is not None and x.__doc__ is None:
        x.__doc__ = calls.signature_doc(x.__name__, tables.text(ffi.cast("intptr_t", known[0].doc)))


for _cls in (getset_descriptor, member_descriptor, method_descriptor):
    STRUCTS[__name__, _cls.__name__] = (SIZE, (D_TYPE, D_NAME, D_QUALNAME), fill_described)
to_c.own_linkers[FunctionType] = link_function
linking.on_forget[FunctionType] = take_text
