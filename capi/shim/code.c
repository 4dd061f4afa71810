/* PyCode_...: code objects. */
#include "core/mooring.h"

PYAPI PyCodeObject *PyCode_NewEmpty(const char *filename, const char *funcname, int firstlineno)
{
    PyObject *code = NULL, *file = PyUnicode_DecodeFSDefault(filename), *name = PyUnicode_FromString(funcname);
    if (file && name)
        code = vm_empty_code(file, name, firstlineno);
    Py_XDECREF(file);
    Py_XDECREF(name);
    return (PyCodeObject *)code;
}

PYAPI PyCodeObject *PyCode_NewWithPosOnlyArgs(int argcount, int posonlyargcount, int kwonlyargcount, int nlocals, int stacksize,
                                              int flags, PyObject *code, PyObject *const s, PyObject *names, PyObject *varnames,
                                              PyObject *freevars, PyObject *cellvars, PyObject *filename, PyObject *name,
                                              PyObject *qualname, int firstlineno, PyObject *linetable,
                                              PyObject *exceptiontable)
{
    (void)stacksize;
    (void)code;                         /* CPython's bytecode means nothing here: the code can be shown, not run */
    (void)s;
    (void)linetable;
    (void)exceptiontable;
    return (PyCodeObject *)vm_new_code(argcount, posonlyargcount, kwonlyargcount, nlocals, flags, names, varnames, freevars, cellvars,
                                       filename, name, qualname, firstlineno);
}

PYAPI PyCodeObject *PyCode_New(int argcount, int kwonlyargcount, int nlocals, int stacksize, int flags, PyObject *code,
                               PyObject *const s, PyObject *names, PyObject *varnames, PyObject *freevars, PyObject *cellvars,
                               PyObject *filename, PyObject *name, PyObject *qualname, int firstlineno, PyObject *linetable,
                               PyObject *exceptiontable)
{
    return PyCode_NewWithPosOnlyArgs(argcount, 0, kwonlyargcount, nlocals, stacksize, flags, code, s, names, varnames, freevars, cellvars,
                                     filename, name, qualname, firstlineno, linetable, exceptiontable);
}

PYAPI int PyCode_Addr2Line(PyCodeObject *co, int byte_offset)
{
    return byte_offset < 0 ? co->co_firstlineno : vm_code_line((PyObject *)co, byte_offset);
}

PYAPI int PyCode_Addr2Location(PyCodeObject *co, int byte_offset, int *start_line, int *start_column, int *end_line,
                               int *end_column)
{
    *start_line = PyCode_Addr2Line(co, byte_offset);
    *start_column = *end_line = *end_column = -1;
    return 1;
}

PYAPI PyObject *PyCode_Optimize(PyObject *code, PyObject *const s, PyObject *names, PyObject *lnotab)
{
    (void)s;
    (void)names;
    (void)lnotab;
    Py_INCREF(code);
    return code;
}
