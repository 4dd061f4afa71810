/* PyFunction_...: what needs no look into the VM's function objects. */
#include "core/mooring.h"

PYAPI PyObject *_PyFunction_Vectorcall(PyObject *func, PyObject *const *stack, size_t nargsf, PyObject *kwnames)
{
    return m_call(func, stack, (size_t)PyVectorcall_NARGS(nargsf), kwnames);
}
