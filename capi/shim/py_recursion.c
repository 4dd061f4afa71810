/* Py_EnterRecursiveCall() and the guard of repr() against cycles. */
#include "core/mooring.h"

#define RECURSION_LIMIT 1000
#define RECURSION_SPARE 50              /* room for the code that handles the error */

PYAPI int _Py_CheckRecursiveCall(const char *where)
{
    MThread *t = &m_tls;
    if (t->recursion <= RECURSION_LIMIT || t->recursion > RECURSION_LIMIT + RECURSION_SPARE)
        return 0;
    t->recursion--;
    PyErr_Format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where ? where : "");
    return -1;
}

PYAPI int Py_EnterRecursiveCall(const char *where)
{
    return likely(++m_tls.recursion <= RECURSION_LIMIT) ? 0 : _Py_CheckRecursiveCall(where);
}

PYAPI void Py_LeaveRecursiveCall(void)
{
    m_tls.recursion--;
}

PYAPI int Py_ReprEnter(PyObject *o)
{
    return vm_repr_enter(o);
}

PYAPI void Py_ReprLeave(PyObject *o)
{
    vm_repr_leave(o);
}
