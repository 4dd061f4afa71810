/* PyFunction_Get...(): borrowed from the function. */
#include "core/mooring.h"

/* In the order of ATTRIBUTES in capi/function.py. */
enum { CODE, GLOBALS, MODULE, DEFAULTS, KWDEFAULTS, CLOSURE, ANNOTATIONS };

PYAPI PyObject *PyFunction_GetCode(PyObject *func)
{
    return vm_function_attribute(func, CODE);
}

PYAPI PyObject *PyFunction_GetGlobals(PyObject *func)
{
    return vm_function_attribute(func, GLOBALS);
}

PYAPI PyObject *PyFunction_GetModule(PyObject *func)
{
    return vm_function_attribute(func, MODULE);
}

PYAPI PyObject *PyFunction_GetDefaults(PyObject *func)
{
    return vm_function_attribute(func, DEFAULTS);
}

PYAPI PyObject *PyFunction_GetKwDefaults(PyObject *func)
{
    return vm_function_attribute(func, KWDEFAULTS);
}

PYAPI PyObject *PyFunction_GetClosure(PyObject *func)
{
    return vm_function_attribute(func, CLOSURE);
}

PYAPI PyObject *PyFunction_GetAnnotations(PyObject *func)
{
    return vm_function_attribute(func, ANNOTATIONS);
}

PYAPI PyObject *_PyFunction_Vectorcall(PyObject *func, PyObject *const *stack, size_t nargsf, PyObject *kwnames)
{
    return PyObject_Vectorcall(func, stack, nargsf, kwnames);
}
