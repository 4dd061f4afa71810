/* PyContextVar_Get(). */
#include "core/mooring.h"

/* *value is a new reference, or NULL where the variable has no value and there is no default. */
PYAPI int PyContextVar_Get(PyObject *var, PyObject *default_value, PyObject **value)
{
    *value = vm_context_get(var, default_value);
    return *value || !PyErr_Occurred() ? 0 : -1;
}
