"""Libraries opened by `FFI.dlopen()`: their functions, variables and constants as attributes."""

import sys

from ffi.engine import PYPY, CData
from ffi.errors import FFIError
from ffi.function import checked


def load(backend, name, flags):
    """The engine's handle of a library; by its short name too ("m" for libm.so.6), where the system finds it by that."""
    if name is not None and not isinstance(name, str):
        return backend.load_library(name, flags)
    first = None
    if name is None or "." in name or "/" in name:
        try:
            return backend.load_library(name, flags)
        except OSError as error:
            first = error
    import ctypes.util                                 # slow to import
    path = ctypes.util.find_library(name or "c")
    if path is None:
        raise first or OSError(f"library not found: {name!r}: give its file's name, or install it")
    return backend.load_library(path, flags)


class Library:
    """What a library has, of what is declared.  Each has a class of its own, which holds the variables as properties."""

    _bound = None

    def __new__(cls, bound):
        return object.__new__(bound.fresh(cls))

    def __init__(self, bound):
        pass

    @property
    def __name__(self):
        return f"{self._bound.name}"

    @property
    def __all__(self):
        return dir(self)

    if PYPY:
        def __getattr__(self, name):
            return self._bound.attribute(self, name)

    def __setattr__(self, name, value):
        self._bound.assign(self, name, value)

    def __dir__(self):
        return self._bound.names()

    def __repr__(self):
        return f"<Lib object for {self._bound.name!r}>"

    def _address_of(self, name):
        """addressof(lib, name)."""
        return self._bound.address(name)

    def _declarations_changed(self):
        self._bound.forget(self)

    @classmethod
    def _close(cls, lib):
        if cls._bound is None:
            raise TypeError("dlclose() expects a lib of ffi.dlopen()")
        cls._bound.close(lib)


OWN = frozenset(dir(Library))


class Unused:
    """In a library's class, on CPython: an attribute that was not used so far.  Its first use puts the value into the library's dictionary.

    A `__getattr__` would do, as it does on PyPy, but CPython's accesses are slower for all attributes of a class that has one.
    """

    __slots__ = "name",

    def __init__(self, name):
        self.name = name

    def __get__(self, lib, owner):
        return self if lib is None else owner._bound.attribute(lib, self.name)


class Bound:
    """The engine's side of a `Library`."""

    def __init__(self, ffi, handle, name):
        self.ffi, self.handle, self.name = ffi, handle, name

    def names(self):
        found = self.ffi._found
        return sorted({*found.functions, *found.variables, *(n for n, v in found.constants.items() if type(v) is not tuple or len(v) == 4)})

    def fresh(self, base):
        """A class for the library, in which nothing was used so far."""
        found = self.ffi._found
        unused = {} if PYPY else {name: Unused(name) for names in (found.functions, found.variables, found.constants) for name in names
                                     if name not in OWN}
        return type(f"cffi library {self.name!r}", (base,), {"_bound": self, **unused})

    def load(self, type, name, options, kind):
        symbol = options.get("label") or options.get("overload") or name
        if self.handle is None:
            raise ValueError(f"library {self.name!r} has already been closed")
        try:
            return self.handle.load_function(self.ffi._types.of(type), symbol)
        except (AttributeError, KeyError) as error:
            raise AttributeError(str(error).strip('"\'') or f"{kind} {symbol!r} not found in library {self.name!r}") from None

    def attribute(self, lib, name):
        """The value of an attribute that was not used so far."""
        found, ffi = self.ffi._found, self.ffi
        with ffi._lock:
            if name in found.functions:
                type, options = found.functions[name]
                value = lib.__dict__[name] = self.function(type, name, options)
                return value
            if name in found.variables:
                self.add_variable(lib, name, *found.variables[name])
                return getattr(lib, name)
            if name in found.constants:
                value = found.constants[name]
                if type_of_constant(value):
                    value = self.constant_in_library(name, value)
                lib.__dict__[name] = value
                return value
        raise AttributeError(f"cffi library {str(self.name)!r} has no function, constant or global variable named {name!r}")

    def function(self, type, name, options):
        """What calls a function: the engine's own object, unless there is a better way for this one."""
        bound = None
        if any(argument[0] in ("struct", "union", "ptr") for argument in type[2]):
            from ffi.calls import bind
            bound = bind(self.ffi._found, self.ffi._types, type, name, lambda as_type: self.load(as_type, name, options, "function"))
        if bound is None:
            bound = self.load(("ptr", type, ""), name, options, "function")
            if sys.flags.dev_mode and isinstance(bound, CData):
                return checked(bound, name)
        return bound

    def add_variable(self, lib, name, type, quals, options):
        if type[0] == "array" and type[2] is None:     # its length is not known: a pointer to the first item
            pointer = self.load(("ptr", type[1], quals), name, options, "variable")
            lib.__dict__[name] = pointer
            return
        pointer = self.load(("ptr", type, quals), name, options, "variable")

        def read(self):
            return pointer[0]

        def write(self, value):
            pointer[0] = value

        def constant(self, value):
            raise AttributeError(f"variable {name!r} is const")
        if type[0] == "func":
            raise FFIError(f"variable {name!r} is a function")
        setattr(lib.__class__, name, property(read, constant if "const" in quals.split() else write))

    def constant_in_library(self, name, value):
        """A `static const` or `#define ...`: only the C compiler knows it."""
        if value[1][0] == "enum":
            self.ffi._types.of(value[1])               # raises
        if len(value) == 4:
            return self.ffi.cast(self.ffi._types.of(value[1]), value[3]) if value[1][0] == "ptr" else value[3]
        raise NotImplementedError(f"non-integer constant {name!r} cannot be accessed from a dlopen() library")

    def assign(self, lib, name, value):
        if name not in self.ffi._found.variables:
            if name in self.ffi._found.functions or name in self.ffi._found.constants:
                raise AttributeError(f"cannot write to function or constant {name!r}")
            raise AttributeError(f"library has no global variable named {name!r}")
        if not isinstance(lib.__class__.__dict__.get(name), property):
            self.attribute(lib, name)
        property_ = lib.__class__.__dict__.get(name)
        if isinstance(property_, property):
            property_.fset(lib, value)
        else:                                          # an array whose length is not known
            lib.__dict__[name][0:len(value)] = value

    def address(self, name):
        found = self.ffi._found
        if name in found.functions:
            type, options = found.functions[name]
            return self.load(("ptr", type, ""), name, options, "function")
        if name in found.variables:
            type, quals, options = found.variables[name]
            return self.load(("ptr", type, quals), name, options, "variable")
        raise AttributeError(f"cffi library has no function or global variable named {name!r}")

    def forget(self, lib):
        """Declarations were added or overridden: look everything up again."""
        lib.__dict__.clear()
        object.__setattr__(lib, "__class__", self.fresh(Library))

    def close(self, lib):
        if self.handle is not None:
            handle, self.handle = self.handle, None
            self.forget(lib)
            handle.close_lib()


def type_of_constant(value):
    return value[1] if type(value) is tuple else None
