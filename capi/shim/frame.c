/* PyFrame_...: frames of the VM, and frames that C code makes for tracebacks. */
#include "core/mooring.h"

static int is_of_vm(PyFrameObject *frame)
{
    return M_HDR(frame)->link != 0;
}

/* A frame that does not run: it names code, globals and a line for PyTraceBack_Here(). */
PYAPI PyFrameObject *PyFrame_New(PyThreadState *tstate, PyCodeObject *code, PyObject *globals, PyObject *locals)
{
    (void)tstate;
    PyFrameObject *frame = (PyFrameObject *)PyType_GenericAlloc(&PyFrame_Type, 0);
    if (!frame)
        return NULL;
    Py_INCREF(code);
    Py_XINCREF(globals);
    Py_XINCREF(locals);
    frame->f_code = code;
    frame->f_globals = globals;
    frame->f_locals = locals;
    frame->f_lineno = code->co_firstlineno;
    return frame;
}

PYAPI PyCodeObject *PyFrame_GetCode(PyFrameObject *frame)
{
    Py_INCREF(frame->f_code);
    return frame->f_code;
}

PYAPI int PyFrame_GetLineNumber(PyFrameObject *frame)
{
    return is_of_vm(frame) ? vm_frame_line(frame) : frame->f_lineno;
}

PYAPI PyFrameObject *PyFrame_GetBack(PyFrameObject *frame)
{
    if (is_of_vm(frame))
        return (PyFrameObject *)vm_frame_back(frame);
    Py_XINCREF(frame->f_back);
    return frame->f_back;
}

PYAPI PyObject *PyFrame_GetGlobals(PyFrameObject *frame)
{
    Py_XINCREF(frame->f_globals);
    return frame->f_globals;
}

PYAPI PyObject *PyFrame_GetLocals(PyFrameObject *frame)
{
    if (is_of_vm(frame))
        return vm_frame_locals(frame);
    if (!frame->f_locals)
        return PyDict_New();
    Py_INCREF(frame->f_locals);
    return frame->f_locals;
}

PYAPI PyObject *PyFrame_GetBuiltins(PyFrameObject *frame)
{
    (void)frame;
    PyObject *builtins = PyEval_GetBuiltins();       /* borrowed */
    Py_XINCREF(builtins);
    return builtins;
}

PYAPI PyObject *PyFrame_GetGenerator(PyFrameObject *frame)
{
    return is_of_vm(frame) ? vm_frame_generator(frame) : NULL;
}

PYAPI int PyFrame_GetLasti(PyFrameObject *frame)
{
    return is_of_vm(frame) ? vm_frame_lasti(frame) : -1;
}

/* Locals are a dictionary that the VM keeps: there is nothing to copy. */
PYAPI void PyFrame_FastToLocals(PyFrameObject *frame)
{
    (void)frame;
}

PYAPI int PyFrame_FastToLocalsWithError(PyFrameObject *f)
{
    (void)f;
    return 0;
}

PYAPI void PyFrame_LocalsToFast(PyFrameObject *frame, int clear)
{
    (void)frame;
    (void)clear;
}

PYAPI int _PyFrame_IsEntryFrame(PyFrameObject *frame)
{
    (void)frame;
    return 1;
}
