"""`PyObject *`: Python's objects as themselves, where there is a C API: CPython's own, or on PyPy that of `capi` once it is imported.

Functions that take or give them run while they hold Python's lock, and what they leave in the error indicator is raised.  Arguments are
borrowed, results are new references, as is C's custom; of a callback it is the same.
"""

import sys
import sysconfig

from cppbind.backend import api
from cppbind.backend.api import cast, ffi

ON_PYPY = sys.implementation.name == "pypy"
CPYTHON = "Py" if not ON_PYPY else "Mooring"            # how the functions' names begin

HELD = """
extern "C" {
struct _object;
int __cppbind_py_ensure() __asm__("%Py%GILState_Ensure");
int __cppbind_py_check() __asm__("%Py%GILState_Check");
void __cppbind_py_release(int) __asm__("%Py%GILState_Release");
_object *__cppbind_py_occurred() __asm__("%Py%Err_Occurred");
void __cppbind_py_fetch(_object **, _object **, _object **) __asm__("%Py%Err_Fetch");
void __cppbind_py_normal(_object **, _object **, _object **) __asm__("%Py%Err_NormalizeException");
void __cppbind_py_incref(_object *) __asm__("%Py%_IncRef");
void __cppbind_py_decref(_object *) __asm__("%Py%_DecRef");
__INTPTR_TYPE__ __cppbind_py_tell;
}
struct __cppbind_held {
    int state = __cppbind_py_ensure();
    static void again() {                               /* where a callback into Python has let the lock go */
        if (__cppbind_py_check()) return;
        __cppbind_py_ensure();
        __cppbind_py_release(0);
    }
    ~__cppbind_held() {
        again();
        if (__cppbind_py_occurred()) {
            _object *type, *value, *trace;
            __cppbind_py_fetch(&type, &value, &trace);
            __cppbind_py_normal(&type, &value, &trace);
            ((void (*)(_object *, _object *))__cppbind_py_tell)(value, trace);
            again();
            __cppbind_py_decref(type);
            __cppbind_py_decref(value);
            __cppbind_py_decref(trace);
        }
        __cppbind_py_release(state);
    }
};
extern "C" void __cppbind_py_give(__INTPTR_TYPE__ p) { __cppbind_held held; __cppbind_py_incref((_object *)p); }
extern "C" void __cppbind_py_drop(__INTPTR_TYPE__ p) { __cppbind_held held; __cppbind_py_decref((_object *)p); }
"""

ready = None                                            # the Objects, once there is a need


def is_object(type):
    """Whether a Type is PyObject *."""
    return type.kind == "pointer" and type.of.kind == "class" and type.of.name == "_object"


def machine():
    """The module `capi`; None on CPython.  TypeError on PyPy without it."""
    if not ON_PYPY:
        return None
    found = sys.modules.get("capi")
    if found is None:
        raise TypeError("PyObject * needs a C API, which on PyPy is that of capi: import capi first")
    return found


def headers():
    """Let the compiler find Python.h: capi's on PyPy, where its functions are there once it is imported."""
    if ON_PYPY and not included:
        import capi
        included.append(capi)
        api.add_include_path(capi.include_dir())


def is_headers(path):
    """Whether that is where the VM would have its own Python.h, in whose place on PyPy there is capi's."""
    return ON_PYPY and path in (sysconfig.get_config_var("INCLUDEPY"), sysconfig.get_path("include"), sysconfig.get_path("platinclude"))


included = []


class Objects:
    """What crosses for an object, and back."""

    def __init__(self):
        capi = machine()
        backend = api.compiler()
        headers()
        state, told = backend.compile(HELD.replace("%Py%", CPYTHON))
        if state < 0:
            raise TypeError(told)
        if capi is not None:
            crossing = capi.crossing
            self.pin, self.drop, self.at = crossing.address, crossing.release, crossing.borrowed
            self.owned = crossing.address
        else:
            self.pin, self.at = id, from_address
            self.drop, give = (cast("void(*)(intptr_t)", backend.symbol(f"__cppbind_py_{one}")) for one in ("drop", "give"))

            def owned(value):
                give(id(value))
                return id(value)
            self.owned = owned
        from cppbind.callbacks import reporter
        raised = reporter(backend)

        def tell(value, trace):
            error = self.at(value)
            raised(error.with_traceback(self.at(trace)) if trace else error)
        self.tell = ffi.callback("void(*)(intptr_t, intptr_t)", tell)
        cast("intptr_t *", backend.symbol("__cppbind_py_tell"))[0] = int(cast("intptr_t", self.tell))

    def taken(self, address):
        """The object of a new reference, which is let go; None for null."""
        if not address:
            return None
        value = self.at(address)
        self.drop(address)
        return value

    def borrowed(self, address):
        return self.at(address) if address else None


def from_address(address):
    """CPython's object at an address."""
    import ctypes
    return ctypes.cast(address, ctypes.py_object).value


# ---- capsules ----------------------------------------------------------------------------------------------------------------

CAPSULES = """
extern "C" {
_object *__cppbind_py_capsule(void *, const char *, void (*)(_object *)) __asm__("%Py%Capsule_New");
void *__cppbind_py_pointer(_object *, const char *) __asm__("%Py%Capsule_GetPointer");
}
inline _object *__cppbind_capsule(__INTPTR_TYPE__ p) { return __cppbind_py_capsule((void *)p, 0, 0); }
inline __INTPTR_TYPE__ __cppbind_of_capsule(_object *o) { return (__INTPTR_TYPE__)__cppbind_py_pointer(o, 0); }
"""
functions = {}


def capsule(address):
    """A PyCapsule of an address."""
    return compiled("__cppbind_capsule")(address)


def of_capsule(value):
    """The address in a PyCapsule without a name."""
    return compiled("__cppbind_of_capsule")(value)


def compiled(name):
    if not functions:
        from cppbind.scopes import gbl
        objects()
        state, told = api.compiler().compile(CAPSULES.replace("%Py%", CPYTHON))
        if state < 0:
            raise TypeError(told)
        functions.update({one: getattr(gbl, one) for one in ("__cppbind_capsule", "__cppbind_of_capsule")})
    return functions[name]


def objects():
    global ready
    if ready is None:
        ready = Objects()
    return ready


def pinned(value):
    """The address that crosses for an argument: of nullptr 0."""
    return 0 if type(value).__name__ == "nullptr_t" else objects().pin(value)
