"""PyRun_... and Py_CompileString...: source text to code, and code to results."""

import sys

from capi.core import NULL, vm

SINGLE, FILE, EVAL, FUNCTION = 256, 257, 258, 345
MODES = {SINGLE: "single", FILE: "exec", EVAL: "eval", FUNCTION: "func_type"}
FUTURES = 0x1fe0000                        # PyCF_MASK
COMPILE = FUTURES | 0x400 | 0x200 | 0x2000 | 0x1000 | 0x4000


def compiled(source, filename, start, flags, optimize):
    mode = MODES.get(start)
    if mode is None:
        raise ValueError("mode must be 'exec', 'eval', 'single' or 'func_type'")
    return compile(source, filename, mode, flags & COMPILE, True, optimize)


@vm("PyObject *vm_compile(PyObject *source, PyObject *filename, int start, int flags, int optimize)")
def vm_compile(source, filename, start, flags, optimize):
    return compiled(source, filename, start, flags, optimize)


@vm("PyObject *vm_run(PyObject *source, PyObject *filename, int start, PyObject *globals, PyObject *locals, int flags)")
def vm_run(source, filename, start, globals, locals, flags):
    if not isinstance(globals, dict):
        raise SystemError("globals must be a real dict; try eval(code, {}, mapping)")
    return eval(compiled(source, filename, start, flags, -1), globals, globals if locals is NULL else locals)


@vm("PyObject *vm_run_main(PyObject *source, PyObject *filename, int flags)")
def vm_run_main(source, filename, flags):
    """Run in ``__main__``, as a script does."""
    namespace = sys.modules["__main__"].__dict__
    own = "__file__" not in namespace
    if own and filename != "<string>":
        namespace["__file__"] = filename
    try:
        return eval(compiled(source, filename, FILE, flags, -1), namespace)
    finally:
        if own:
            namespace.pop("__file__", None)
