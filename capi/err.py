"""PyErr_...: what needs the VM's exceptions.  The indicator itself is in shim/err.c."""

import os
import sys
import warnings

from __pypy__ import hidden_applevel, set_exc_info

from capi.core import NULL, api, text, vm
from capi.core.errors import instance
from capi.core.frames import python_frame, stack_level


def given(x):
    """None for NULL."""
    return None if x is NULL else x


@vm("PyObject *vm_normalize(PyObject *type, PyObject *value, PyObject *traceback)")
def vm_normalize(type, value, traceback):
    return instance(type, given(value), given(traceback))


@vm("PyObject *vm_traceback_of(PyObject *error)")
def vm_traceback_of(error):
    traceback = error.__traceback__
    return NULL if traceback is None else traceback


# ---- classes -----------------------------------------------------------------------------------------------------

@vm("PyObject *vm_new_exception(PyObject *name, PyObject *base, PyObject *dict, PyObject *doc)")
def vm_new_exception(name, base, dict, doc):
    module, dot, last = name.rpartition(".")
    if not dot:
        raise SystemError("PyErr_NewException: name must be module.class")
    namespace = {} if dict is NULL else dict
    namespace.setdefault("__module__", module)
    if doc is not NULL:
        namespace["__doc__"] = doc
    bases = (Exception,) if base is NULL else base if isinstance(base, tuple) else (base,)
    return type(last, bases, namespace)


# ---- raising -------------------------------------------------------------------------------------------------------

@vm("PyObject *vm_os_error(PyObject *type, int number, PyObject *filename, PyObject *filename2)")
def vm_os_error(type, number, filename, filename2):
    message = os.strerror(number) if number else "Error"
    if filename is NULL:
        raise type(number, message)
    if filename2 is NULL:
        raise type(number, message, filename)
    raise type(number, message, filename, 0, filename2)


@api("PyObject *PyErr_SetImportErrorSubclass(PyObject *exception, PyObject *msg, PyObject *name, PyObject *path)")
def PyErr_SetImportErrorSubclass(exception, msg, name, path):
    if exception is not ImportError and not issubclass(exception, ImportError):
        raise TypeError("expected a subclass of ImportError")
    if msg is NULL:
        raise TypeError("expected a message argument")
    raise exception(msg, name=given(name), path=given(path))


@api("PyObject *PyErr_SetImportError(PyObject *msg, PyObject *name, PyObject *path)")
def PyErr_SetImportError(msg, name, path):
    PyErr_SetImportErrorSubclass(ImportError, msg, name, path)


@vm("int vm_syntax_location(PyObject *error, PyObject *filename, int lineno, int col_offset, int end_lineno, int end_col_offset)")
def vm_syntax_location(error, filename, lineno, col_offset, end_lineno, end_col_offset):
    error.lineno = lineno
    error.offset = col_offset if col_offset >= 0 else None
    error.end_lineno = end_lineno if end_lineno >= 0 else None
    error.end_offset = end_col_offset if end_col_offset >= 0 else None
    if filename is not NULL:
        error.filename = filename
        error.text = program_text(filename, lineno)
    else:
        error.filename = None
    if type(error) is not SyntaxError:
        if not hasattr(error, "msg"):
            error.msg = str(error)
        if not hasattr(error, "print_file_and_line"):
            error.print_file_and_line = None


def program_text(filename, lineno):
    import linecache
    return (linecache.getline(filename, lineno) or None) if lineno > 0 else None


@api("PyObject *PyErr_ProgramTextObject(PyObject *filename, int lineno)")
def PyErr_ProgramTextObject(filename, lineno):
    line = program_text(os.fspath(filename), lineno)
    return NULL if line is None else line


@api("PyObject *PyErr_ProgramText(const char *p_filename, int lineno)")
def PyErr_ProgramText(p_filename, lineno):
    line = program_text(text(p_filename), lineno) if p_filename else None
    return NULL if line is None else line


# ---- the exception being handled ----------------------------------------------------------------------------------------

@vm("PyObject *vm_handled()", quiet=True)
@hidden_applevel
def vm_handled():
    error = sys.exc_info()[1]
    return NULL if error is None else error


@vm("int vm_set_handled(PyObject *error)")
@hidden_applevel
def vm_set_handled(error):
    # It belongs to the frame of the C function, and ends with it; 0: there is no frame.
    if python_frame() is None:
        return 0
    if error is NULL or error is None:
        set_exc_info(None, None)
    else:
        set_exc_info(type(error), error)
    return 1


# ---- warnings -----------------------------------------------------------------------------------------------------------

@vm("int vm_warn(PyObject *category, PyObject *message, Py_ssize_t level)")
def vm_warn(category, message, level):
    warnings.warn(message, RuntimeWarning if category is NULL else category, stack_level(level) if level > 0 else level)


@api("int PyErr_WarnExplicitObject(PyObject *category, PyObject *message, PyObject *filename, int lineno, PyObject *module, PyObject *registry)")
def PyErr_WarnExplicitObject(category, message, filename, lineno, module, registry):
    warnings.warn_explicit(message, RuntimeWarning if category is NULL else category, filename, lineno, given(module),
                           given(registry))


# ---- printing -----------------------------------------------------------------------------------------------------------

@vm("void vm_print_error(PyObject *error, int set_sys_last_vars)")
def vm_print_error(error, set_sys_last_vars):
    if isinstance(error, SystemExit) and not sys.flags.inspect:
        leave(error.code)
    kind, traceback = type(error), error.__traceback__
    if set_sys_last_vars:
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, traceback
    hook = getattr(sys, "excepthook", None)
    if hook is None:
        print("sys.excepthook is missing", file=sys.stderr)
        hook = sys.__excepthook__
    try:
        hook(kind, error, traceback)
    except SystemExit as stop:
        leave(stop.code)
    except BaseException as failed:
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(failed), failed, failed.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(kind, error, traceback)


def leave(code):
    """End the process as an uncaught SystemExit does."""
    import atexit
    status = 0 if code is None else code if isinstance(code, int) else 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
    atexit._run_exitfuncs()
    for file in (sys.stdout, sys.stderr):
        try:
            file.flush()
        except Exception:
            status = status or 120
    os._exit(status & 0xff)


@api("void PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback)")
def PyErr_Display(type, value, traceback):
    import traceback as module
    if isinstance(value, BaseException) and value.__traceback__ is None and traceback is not NULL and traceback is not None:
        value.__traceback__ = traceback
    if sys.stderr is not None:
        module.print_exception(value, file=sys.stderr)


@vm("void vm_unraisable(PyObject *error, PyObject *message, PyObject *object)")
def vm_unraisable(error, message, object):
    args = Unraisable()
    args.exc_type, args.exc_value, args.exc_traceback = type(error), error, error.__traceback__
    args.err_msg, args.object = given(message), given(object)
    hook = getattr(sys, "unraisablehook", None)
    if hook is None or hook is getattr(sys, "__unraisablehook__", None):
        hook = print_unraisable                        # the VM's own wants a message in any case
    try:
        hook(args)
    except BaseException as failed:
        args.exc_type, args.exc_value, args.exc_traceback = type(failed), failed, failed.__traceback__
        args.err_msg, args.object = "Exception ignored in sys.unraisablehook", hook
        print_unraisable(args)


class Unraisable:
    """What sys.unraisablehook gets."""


def print_unraisable(args):
    import traceback
    if sys.stderr is None:
        return
    head = args.err_msg or "Exception ignored"
    if args.object is not None:
        try:
            shown = repr(args.object)
        except Exception:
            shown = "<object repr() failed>"
        head += f": {shown}" if args.err_msg else f" in: {shown}"
    print(head if args.object is not None else head + ":", file=sys.stderr)
    traceback.print_exception(args.exc_value, file=sys.stderr, chain=False)


# ---- signals ----------------------------------------------------------------------------------------------------------------

@vm("int vm_check_signals()")
def vm_check_signals():
    # The VM runs signal handlers where a loop jumps back.
    for _ in range(3):
        pass


@vm("int vm_set_interrupt(int signum)")
def vm_set_interrupt(signum):
    import _thread
    _thread.interrupt_main(signum)


# ---- PyException_... -----------------------------------------------------------------------------------------------------------

@api("PyObject *PyException_GetTraceback(PyObject *exc)")
def PyException_GetTraceback(exc):
    return NULL if exc.__traceback__ is None else exc.__traceback__


@api("int PyException_SetTraceback(PyObject *exc, PyObject *tb)")
def PyException_SetTraceback(exc, tb):
    exc.__traceback__ = None if tb is NULL else tb


@api("PyObject *PyException_GetCause(PyObject *exc)")
def PyException_GetCause(exc):
    return NULL if exc.__cause__ is None else exc.__cause__


@api("PyObject *PyException_GetContext(PyObject *exc)")
def PyException_GetContext(exc):
    return NULL if exc.__context__ is None else exc.__context__


@vm("int vm_set_cause(PyObject *exc, PyObject *cause)")
def vm_set_cause(exc, cause):
    exc.__cause__ = given(cause)


@vm("int vm_set_context(PyObject *exc, PyObject *context)")
def vm_set_context(exc, context):
    exc.__context__ = given(context)


# ---- tracebacks --------------------------------------------------------------------------------------------------------------------

@vm("PyObject *vm_traceback_entry(PyObject *function, PyObject *file, int line, PyObject *namespace, PyObject *below)")
def vm_traceback_entry(function, file, line, namespace, below):
    from capi.core.frames import entry
    return entry(file, function, line, {} if namespace is NULL else namespace, given(below))


@api("int PyTraceBack_Print(PyObject *tb, PyObject *f)")
def PyTraceBack_Print(tb, f):
    import traceback
    if tb is NULL or tb is None:
        return
    traceback.print_tb(tb, file=f)


@vm("PyObject *vm_prefixed_error(PyObject *cause, PyObject *prefix)")
def vm_prefixed_error(cause, prefix):
    kind = type(cause)
    simple = kind.__init__ is BaseException.__init__ or kind.__module__ == "builtins" and not issubclass(kind, (OSError, SyntaxError))
    if not simple or len(cause.args) > 1 or cause.args and not isinstance(cause.args[0], str) or vars(cause):
        return NULL
    error = kind(f"{prefix} ({kind.__name__}: {cause})" if str(cause) else f"{prefix} ({kind.__name__})")
    error.__cause__ = cause
    return error
