"""Python's side of CPyCppyy/API.h: what its functions ask for, by name, and the converters and executors that C++ registers."""

import sys

from cppbind import pyobjects
from cppbind.backend import api, records
from cppbind.backend.api import cast, ffi

converters, executors = {}, {}                          # name of a type -> address of C++'s object
calls = []                                              # under way: what an executor is to call, and its arguments
connected = None                                        # the callback, once the header is included


def connect():
    """Let the header's functions find this module."""
    global connected
    if connected is not None:
        return
    backend = api.compiler()
    found = backend.lookup(backend.scope("CPyCppyy"), "python")
    if found is None:
        return
    from cppbind.callbacks import reporter
    raised = reporter(backend)

    def python(what, a, b, c):
        try:
            return DOES[ffi.string(what).decode()](a, b, c)
        except BaseException as error:
            raised(error)
            return 0
    connected = ffi.callback("intptr_t(*)(const char *, intptr_t, intptr_t, intptr_t)", python)
    variable = records.parse(backend, found)[0]
    cast("intptr_t *", backend.address(variable.handle))[0] = int(cast("intptr_t", connected))


def text(address):
    return ffi.string(cast("char *", address)).decode()


def at(address):
    return pyobjects.objects().borrowed(address)


# ---- objects -----------------------------------------------------------------------------------------------------------------

def is_scope(value):
    from cppbind.classes import CppClass
    from cppbind.scopes import CPPNamespace
    return isinstance(value, (CppClass, CPPNamespace))


def is_instance(value):
    from cppbind.classes import CPPInstance
    return isinstance(value, CPPInstance)


def is_overload(value):
    return not isinstance(value, type) and bool(getattr(getattr(value, "__func__", value), "_calls", None))


def is_sequence(value):
    """What has [] by number."""
    if is_instance(value):
        return bool(value._cpp) and hasattr(type(value), "operator[]")
    return hasattr(type(value), "__getitem__") and not isinstance(value, dict)


def base():
    from cppbind.classes import CPPInstance
    return CPPInstance


def address(a, b, c):
    value = at(a)
    if not is_instance(value):
        raise TypeError(f"an instance of a C++ class is expected, not {type(value).__name__!r}")
    return value._cpp


def instance_at(a, b, c):
    from cppbind.objects import bind_object
    value = bind_object(a, text(b), cast=True)
    if c:
        value.__python_owns__ = True
    return pyobjects.objects().owned(value)


# ---- the interpreter -------------------------------------------------------------------------------------------------------------

def main():
    import __main__
    return __main__.__dict__


def do_import(a, b, c):
    __import__(text(a))
    return 1


def do_exec(a, b, c):
    exec(text(a), main())
    return 1


def do_eval(a, b, c):
    return pyobjects.objects().owned(eval(text(a), main()))


def script(a, b, c):
    import runpy
    words = cast("char **", b)
    before, sys.argv = sys.argv, [text(a), *(ffi.string(words[i]).decode() for i in range(c))]
    try:
        runpy.run_path(text(a), run_name="__main__")
    finally:
        sys.argv = before
    return 1


def prompt(a, b, c):
    import code
    code.interact(local=main())
    return 1


# ---- converters and executors ------------------------------------------------------------------------------------------------------

def enter(table):
    def register(a, b, c):
        table[text(a).replace(" ", "")] = b
        return 1
    return register


def leave(table):
    def unregister(a, b, c):
        return int(table.pop(text(a).replace(" ", ""), None) is not None)
    return unregister


def registered(table, type):
    """The address of what C++ has registered for a Type; 0 if there is nothing."""
    from cppbind.values import spelled
    return table.get(spelled(type).replace(" ", ""), 0) if table else 0


def function(name):
    """One of the header's own functions."""
    from cppbind.scopes import gbl
    return getattr(gbl.CPyCppyy, name)


def call(a, b, c):
    plain, arguments = calls[c - 1]
    return plain(*arguments)


def executed(executor, plain):
    """The Python function of a C++ one whose result an executor makes; `plain` gives its address."""
    execute = function("execute")

    def method(*arguments):
        calls.append((plain, arguments))
        try:
            return execute(executor, len(calls))
        finally:
            calls.pop()
    return method


DOES = {
    "scope": lambda a, b, c: is_scope(at(a)), "scope_exact": lambda a, b, c: at(a) is base(),
    "instance": lambda a, b, c: is_instance(at(a)), "instance_exact": lambda a, b, c: type(at(a)) is base(),
    "overload": lambda a, b, c: is_overload(at(a)), "sequence": lambda a, b, c: is_sequence(at(a)),
    "lively": lambda a, b, c: is_instance(at(a)) and bool(at(a)._cpp),
    "address": address, "instance_at": instance_at, "import": do_import, "exec": do_exec, "eval": do_eval, "script": script, "prompt": prompt,
    "converter": enter(converters), "no_converter": leave(converters), "executor": enter(executors), "no_executor": leave(executors), "call": call,
}
