"""The memoryviews that C code makes of an object with a buffer in C: their release() gives the buffer back at once.

The VM tells nobody when one of its own memoryviews is released.  So this is a class of our own, around one, that does what the VM's does.
Where it has handed out the VM's, which may be in use longer, the buffer goes back when all are collected.
"""

from capi.core import buffers, tables, to_c
from capi.core.engine import ffi


class View:
    """To code that asks by isinstance() it is a memoryview."""

    __slots__ = ("inner", "held", "obj", "shared", "__weakref__")
    __class__ = property(lambda self: memoryview)
    __doc__ = memoryview.__doc__

    def __buffer__(self, flags):
        return self.lend(self.inner)

    def lend(self, view):
        self.shared = True
        return view

    def release(self):
        self.inner.release()
        self.obj = None
        if not self.shared:
            ffi.release(self.held)

    def __enter__(self):
        len(self.inner)                                # it raises if it was released
        return self

    def __exit__(self, *error):
        self.release()

    def __len__(self):
        return len(self.inner)

    def __bytes__(self):
        return self.inner.tobytes()

    def __getitem__(self, key):
        found = self.inner[key]
        return self.lend(found) if type(found) is memoryview else found

    def __setitem__(self, key, value):
        self.inner[key] = value

    def __iter__(self):
        return iter(self.lend(self.inner))

    def __eq__(self, other):
        return self.inner == (other.inner if type(other) is View else other)

    def __hash__(self):
        return hash(self.inner)

    def __repr__(self):
        return f"<memory at {id(self):#x}>"

    def cast(self, *args, **kwargs):
        return self.lend(self.inner.cast(*args, **kwargs))

    def toreadonly(self):
        return self.lend(self.inner.toreadonly())


def delegate(name):
    if callable(getattr(memoryview, name)):
        def method(self, *args, **kwargs):
            return getattr(self.inner, name)(*args, **kwargs)
        return method
    return property(lambda self: getattr(self.inner, name))


for _name in dir(memoryview):
    if not _name.startswith("_") and _name not in View.__dict__:
        setattr(View, _name, delegate(_name))
View.__name__ = View.__qualname__ = "memoryview"
View.__module__ = "builtins"


def view_of(base):
    """A memoryview of any object."""
    fill = getattr(getattr(type(base), "__buffer__", None), "fill", None)
    if fill is None:
        return memoryview(base)
    view = fill(base, 0)
    x = View()
    x.held = buffers.hold(view)
    x.inner, x.obj, x.shared = buffers.shaped(view, x.held), base, False
    return x


to_c.own_linkers[View] = lambda x, p_type: to_c.link_proxy(x, tables.addresses[memoryview])
