"""Python functions as C++ function pointers and std::function, and function pointers of C++ as Python functions.

A function pointer is one of a pool of compiled functions, each of which calls what its cell holds: the Python function, weakly.  When that
is gone the pointer calls nothing more, and raises.  A std::function holds its Python function for as long as C++ has a copy of it.
"""

import types
from collections import deque
from itertools import count
from weakref import WeakMethod, WeakValueDictionary, ref

from cppbind import callbacks
from cppbind.backend import api, records
from cppbind.backend.api import cast, ffi
from cppbind.spell import WORD, calling, spelled
from cppbind.typecode import parse

POOL, RESTING = 8, 32                                  # functions compiled at once; freed ones that wait before they are used again
word_p = ffi.typeof("intptr_t *")
numbers = count(1)
pools, makers, invokers = {}, {}, {}                   # by type code of the function
known = WeakValueDictionary()                          # (address, type code) -> Function


def deleted(*arguments):
    raise TypeError("callable was deleted: C++ calls a Python function that is gone; keep a reference to it")


def weak(function, gone):
    """What gives the function as long as it lives."""
    try:
        return WeakMethod(function, gone) if isinstance(function, types.MethodType) else ref(function, gone)
    except TypeError:                                   # no weak references to such: then it stays
        return lambda: function


class Pool:
    """Function pointers of one type."""

    def __init__(self, type):
        self.type, self.free, self.given = type, deque(), {}

    def grow(self):
        number, type = next(numbers), self.type
        backend = api.compiler()
        parameters = ", ".join(f"{spelled(one)} a{i}" for i, one in enumerate(type.parameters))
        functions = "".join(f"static {spelled(type.of)} __cppbind_py_f{number}_{i}({parameters}) {{ {calling(type.of, type.parameters, f'__cppbind_py_t{number}[{i}]')} }}\n"
                            for i in range(POOL))
        names = ", ".join(f"({WORD})__cppbind_py_f{number}_{i}" for i in range(POOL))
        state, told = backend.compile(f'extern "C" {{ {WORD} __cppbind_py_t{number}[{POOL}];\n{functions}{WORD} __cppbind_py_a{number}[{POOL}] = {{{names}}}; }}')
        if state < 0:
            raise TypeError(f"no Python function can be a {spelled(type)}:\n{told}")
        targets, addresses = (cast(word_p, backend.symbol(f"__cppbind_py_{one}{number}")) for one in "ta")
        for i in range(POOL):
            cell = [None]
            closure = callbacks.callback(backend, "callback", type.of, type.parameters, "(cell[0]() or deleted)", {"cell": cell, "deleted": deleted})
            targets[i] = int(cast("intptr_t", closure))
            self.free.append((cell, addresses[i], closure))

    def address(self, function):
        """The C function that calls a Python one."""
        key = (id(function.__self__), id(function.__func__)) if isinstance(function, types.MethodType) else id(function)
        found = self.given.get(key)
        if found is not None and found[0][0]() is not None:
            return found[1]
        if not any(True for _ in self.free) or len(self.free) <= RESTING and self.free[0][0][0] is not None:
            self.grow()
            self.free.rotate(POOL)
        slot = self.free.popleft()

        def gone(_):
            if self.given.pop(key, None) is not None:
                self.free.append(slot)
        slot[0][0] = weak(function, gone)
        self.given[key] = slot
        return slot[1]


def pointer_to(type, function):
    """The address of a C function of a Type that calls a Python function."""
    pool = pools.get(type.code)
    if pool is None:
        pool = pools[type.code] = Pool(type)
    return pool.address(function)


# ---- std::function -------------------------------------------------------------------------------------------------------------

def signature_of(name):
    """The function Type of a std::function by its full name, None if it is no such class."""
    if not name.startswith("std::function<") or not name.endswith(">"):
        return None
    found = api.compiler().type(name[len("std::function<"):-1])
    type = parse(found[0]) if found else None
    return type if type is not None and type.kind == "function" else None


class Maker:
    """Makes std::functions of one type."""

    def __init__(self, type):
        backend = api.compiler()
        number = next(numbers)
        self.functions, self.ids = {}, count(1)
        parameters = ", ".join(f"{spelled(one)} a{i}" for i, one in enumerate(type.parameters))
        call = calling(type.of, type.parameters, f"__cppbind_py_c{number}", ["id"])
        signature = f"{spelled(type.of)} ({', '.join(map(spelled, type.parameters))})"
        state, told = backend.compile(f"""#include <functional>
#include <memory>
extern "C" {{ {WORD} __cppbind_py_c{number}, __cppbind_py_r{number}; }}
struct __cppbind_py_h{number} {{
    std::shared_ptr<void> life;
    {WORD} id;
    {spelled(type.of)} operator()({parameters}) const {{ {call} }}
}};
extern "C" {WORD} __cppbind_py_n{number}({WORD} id) noexcept {{
    std::shared_ptr<void> life(nullptr, [id](void *) {{ if (__cppbind_py_r{number}) ((void (*)({WORD}))__cppbind_py_r{number})(id); }});
    return ({WORD})new std::function<{signature}>(__cppbind_py_h{number}{{life, id}});
}}
""")
        if state < 0:
            raise TypeError(f"no Python function can be a std::function<{signature}>:\n{told}")
        self.call = callbacks.callback(backend, "callback", type.of, type.parameters, "functions[self]", {"functions": self.functions}, ["self"])
        self.release = ffi.callback("void(*)(intptr_t)", self.released)
        for name, one in (("c", self.call), ("r", self.release)):
            cast(word_p, backend.symbol(f"__cppbind_py_{name}{number}"))[0] = int(cast("intptr_t", one))
        self.new = cast("intptr_t(*)(intptr_t)", backend.symbol(f"__cppbind_py_n{number}"))

    def released(self, id):
        self.functions.pop(id, None)

    def __call__(self, function):
        """The address of a new std::function."""
        id = next(self.ids)
        self.functions[id] = function
        return self.new(id)


def function_object(type, function):
    """The address of a new std::function of a signature that calls a Python function."""
    maker = makers.get(type.code)
    if maker is None:
        maker = makers[type.code] = Maker(type)
    return maker(function)


# ---- from C++ ------------------------------------------------------------------------------------------------------------------

class Function:
    """A function pointer that C++ gave: callable."""

    __slots__ = ("address", "type", "call", "__weakref__")

    def __init__(self, address, type):
        self.address, self.type = address, type
        self.call = invoker(type)

    def __call__(self, *arguments):
        if not self.address:
            from cppbind.scopes import named
            raise named("std::bad_function_call")()
        return self.call(self.address, *arguments)

    def __bool__(self):
        return self.address != 0

    def __eq__(self, other):
        return self.address == other.address if isinstance(other, Function) else NotImplemented

    def __hash__(self):
        return hash(self.address)

    def __repr__(self):
        return f"<C++ function {spelled(self.type)} at {self.address:#x}>"


def invoker(type):
    """The Python function of (address, arguments) that calls a function pointer."""
    found = invokers.get(type.code)
    if found is None:
        from cppbind.overloads import function_for
        backend, name = api.compiler(), f"__cppbind_py_i{next(numbers)}"
        parameters = "".join(f", {spelled(one)} a{i}" for i, one in enumerate(type.parameters))
        from cppbind.spell import passed
        arguments = ", ".join(passed(one, f"a{i}") for i, one in enumerate(type.parameters))
        state, told = backend.compile(f"inline {spelled(type.of)} {name}({WORD} f{parameters}) {{ return ((__cppbind_same<{spelled(type)}>::type *)f)({arguments}); }}")
        if state < 0:
            raise TypeError(told)
        record = records.parse(backend, backend.lookup(backend.scope(""), name))[0]
        found = invokers[type.code] = function_for([record], None, name)
    return found


def from_address(address, type):
    """The Python function of a function pointer, the same for the same one.  A Python function that went to C++ is itself again."""
    pool = pools.get(type.code)
    if pool is not None:
        for slot in list(pool.given.values()):
            if slot[1] == address:
                return slot[0][0]() or Function(address, type)
    found = known.get((address, type.code))
    if found is None:
        found = known[address, type.code] = Function(address, type)
    return found
