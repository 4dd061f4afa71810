/* PyBool_... */
#include "core/mooring.h"

PYAPI PyObject *PyBool_FromLong(long v)
{
    PyObject *result = v ? Py_True : Py_False;
    Py_INCREF(result);
    return result;
}
