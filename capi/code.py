"""PyCode_...: code objects that C code makes and looks into."""

from types import CodeType

from capi.core import api, vm


def empty():
    pass


@vm("PyObject *vm_empty_code(PyObject *file, PyObject *name, int line)")
def vm_empty_code(file, name, line):
    return empty.__code__.replace(co_filename=file, co_name=name, co_qualname=name, co_firstlineno=line)


@vm("PyObject *vm_new_code(int argcount, int posonlyargcount, int kwonlyargcount, int nlocals, int flags, PyObject *names, "
    "PyObject *varnames, PyObject *freevars, PyObject *cellvars, PyObject *filename, PyObject *name, PyObject *qualname, int line)")
def vm_new_code(argcount, posonlyargcount, kwonlyargcount, nlocals, flags, names, varnames, freevars, cellvars, filename, name,
                qualname, line):
    return empty.__code__.replace(co_argcount=argcount, co_posonlyargcount=posonlyargcount, co_kwonlyargcount=kwonlyargcount,
                                  co_nlocals=len(varnames), co_flags=flags, co_names=names, co_varnames=varnames,
                                  co_freevars=freevars, co_cellvars=cellvars, co_filename=filename, co_name=name,
                                  co_qualname=qualname, co_firstlineno=line)


@vm("int vm_code_line(PyObject *code, int offset)")
def vm_code_line(code, offset):
    found = code.co_firstlineno
    for start, end, line in code.co_lines():
        if start <= offset < end and line is not None:
            return line
    return found


@api("PyObject *PyCode_GetCode(PyCodeObject *code)")
def PyCode_GetCode(code):
    return code.co_code


@api("PyObject *PyCode_GetVarnames(PyCodeObject *code)")
def PyCode_GetVarnames(code):
    return code.co_varnames


@api("PyObject *PyCode_GetCellvars(PyCodeObject *code)")
def PyCode_GetCellvars(code):
    return code.co_cellvars


@api("PyObject *PyCode_GetFreevars(PyCodeObject *code)")
def PyCode_GetFreevars(code):
    return code.co_freevars


@api("PyObject *_PyCode_ConstantKey(PyObject *obj)")
def _PyCode_ConstantKey(obj):
    """A key that tells apart what == does not: types, signs of zeros, what tuples and sets hold."""
    if obj is None or obj is Ellipsis or isinstance(obj, (int, bool, bytes, CodeType)):
        return (type(obj), obj) if isinstance(obj, (bool, bytes)) else obj
    if isinstance(obj, (float, complex)):
        return (type(obj), repr(obj))
    if isinstance(obj, str):
        return obj
    if isinstance(obj, tuple):
        return (obj, tuple(_PyCode_ConstantKey(x) for x in obj))
    if isinstance(obj, frozenset):
        return (obj, frozenset(_PyCode_ConstantKey(x) for x in obj))
    return (obj, id(obj))
