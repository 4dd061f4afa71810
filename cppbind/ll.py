"""Low level: casts, memory and addresses.  Names as in cppyy.ll."""

import ctypes

from cppbind.backend.api import cast as c_cast, ffi
from cppbind.objects import addressof
from cppbind.templates import arguments_text
from cppbind.typecode import parse
from cppbind.views import LowLevelView, size_of

__all__ = ["argc", "argv", "addressof", "as_cobject", "as_capsule", "as_ctypes", "as_memoryview", "cast", "static_cast", "reinterpret_cast", "dynamic_cast",
           "malloc", "free", "array_new", "array_delete", "signals_as_exception", "set_signals_as_exception", "FatalError", "BusError",
           "SegmentationViolation", "IllegalInstruction", "AbortSignal"]


def __getattr__(name):
    """Signals: their exceptions are another module's."""
    if name in __all__:
        from cppbind import signals
        return getattr(signals, name)
    raise AttributeError(f"module 'cppbind.ll' has no attribute {name!r}")


class Typed:
    """What takes a C++ type in brackets: cast["int *"](value)."""

    def __init__(self, name, make):
        self.__name__, self.make, self.found = name, make, {}

    def __repr__(self):
        return f"<cppbind.ll.{self.__name__}>"

    def __getitem__(self, type):
        text = arguments_text(type)
        found = self.found.get(text)
        if found is None:
            found = self.found[text] = self.make(self.__name__, text)
        return found


def casting(name, text):
    """One cast to one type, of any value: C++ compiles it for each type that it meets."""
    from cppbind.values import type_text
    known = {}
    how = "" if name == "cast" else name

    def convert(value):
        of = "intptr_t" if type(value) is int and "*" in text else type_text(value)
        if how != "static_cast" and of == "decltype(nullptr)":
            of, value = "__INTPTR_TYPE__", 0
        of = "__INTPTR_TYPE__" if of == "intptr_t" else of
        pointer = "*" in text and of and of.endswith("&")
        function = known.get(of)
        if function is None:
            if of is None:
                raise TypeError(f"C++ has no type for {value!r}")
            from cppbind.scopes import defined
            parameter = of[:-1] + "*" if pointer else of
            operation = f"({text})a" if not how else f"{how}<{text}>(a)"
            function = known[of] = defined("cast", lambda name: f"inline {text} {name}({parameter} a) {{ return {operation}; }}")
        return function(value)
    return convert


cast, static_cast = Typed("cast", casting), Typed("static_cast", casting)
reinterpret_cast, dynamic_cast = Typed("reinterpret_cast", casting), Typed("dynamic_cast", casting)


# ---- memory ------------------------------------------------------------------------------------------------------------------

library = type(ffi)()
library.cdef("void *malloc(size_t); void free(void *); void *_Znam(size_t); void _ZdaPv(void *);")


def functions():
    """malloc and free of C, new[] and delete[] of C++."""
    return library.dlopen("libstdc++.so.6")


class Memory:
    """Who frees the memory of a view: `owns` with the view, else somebody by hand.  `delete`: a function of the address where there are objects."""

    def __init__(self, address, array, owns=False, delete=None):
        self.address, self.array, self.owns, self.delete = address, array, owns, delete

    def release(self):
        if self.delete is not None:
            return self.delete(self.address)
        lib = functions()
        (lib._ZdaPv if self.array else lib.free)(c_cast("void *", self.address))

    def __del__(self):
        if self.owns:
            self.release()


def allocating(name, text):
    """malloc[T](n) and array_new[T](n): a view of n elements."""
    from cppbind.scopes import code_of_text
    type = parse(code_of_text(text))
    size = size_of(type)
    if name == "array_new" and type.kind == "class":
        new, delete = of_objects(text)

        def construct(count, managed=False):
            view = LowLevelView(new(count), type, count)
            view._free = Memory(view._cpp, True, managed, delete)
            return view
        return construct

    def allocate(count, managed=False):
        lib = functions()
        address = int(c_cast("intptr_t", (lib.malloc if name == "malloc" else lib._Znam)(count * size)))
        if not address and count:
            raise MemoryError(f"{name}[{text}]({count})")
        view = LowLevelView(address, type, count)
        view._free = Memory(address, name == "array_new", managed)
        return view
    return allocate


def of_objects(text):
    """(new[], delete[]) of objects: functions of their number, and of the address.  TypeError if there is no constructor without arguments."""
    from cppbind.scopes import defined
    new = defined("new", lambda name: f"inline __INTPTR_TYPE__ {name}(__SIZE_TYPE__ n) {{ return (__INTPTR_TYPE__)new {text}[n]; }}")
    return new, defined("delete", lambda name: f"inline void {name}(__INTPTR_TYPE__ p) {{ delete[] ({text} *)p; }}")


malloc, array_new = Typed("malloc", allocating), Typed("array_new", allocating)


def free(memory):
    """free() of C, by address, view, or ctypes pointer."""
    functions().free(c_cast("void *", addressof(memory)))


class ArrayDelete:
    """array_delete(memory): delete[] of C++; [T] says its type, which only matters for objects, of which the view knows it."""

    def __call__(self, memory):
        known = getattr(memory, "_free", None) or Memory(addressof(memory), True)
        known.owns, known.array = False, True
        known.release()

    def __getitem__(self, type):
        return self


array_delete = ArrayDelete()


# ---- other packages' pointers --------------------------------------------------------------------------------------------------

def as_ctypes(instance, byref=False):
    """A ctypes.c_void_p of the object; `byref`: a pointer to where its address is."""
    pointer = ctypes.c_void_p(addressof(instance))
    return ctypes.byref(pointer) if byref else pointer


def as_memoryview(view):
    """A memoryview of the memory of a view, or of the objects in a row that data() of a container gave the first of."""
    if isinstance(view, LowLevelView):
        return view.__buffer__()
    whole = getattr(view, "_whole", None)
    if not hasattr(type(whole), "_begin") or whole._begin() != view._cpp:
        raise TypeError(f"as_memoryview() expects a LowLevelView, not {type(view).__name__!r}")

    class Item(ctypes.Structure):
        _fields_ = [("bytes", ctypes.c_char * whole._element.size)]
    memory = (Item * len(whole)).from_address(view._cpp)
    memory.whole = whole
    return memoryview(memory)


def as_capsule(instance, byref=False):
    """A PyCapsule of the object's address, for C extensions."""
    from cppbind.pyobjects import capsule
    return capsule(addressof(instance))


as_cobject = as_capsule


def arguments():
    """(argc, argv) of the process as C has them."""
    import sys
    words = [one.encode() for one in (getattr(sys, "orig_argv", None) or sys.argv)]
    return len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None)


def argc():
    """The number of arguments of the process."""
    return arguments()[0]


def argv():
    """The arguments of the process, a char ** in ctypes."""
    return arguments()[1]
