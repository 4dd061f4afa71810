/* PyObject_GC_...: what the cycle collector must know of an object. */
#include "core/mooring.h"

static int has_header(PyObject *op)
{
    return M_HDR(op)->magic == M_MAGIC(op);
}

PYAPI void PyObject_GC_Track(void *op)
{
    if (likely(has_header(op)))
        m_track(op);
}

PYAPI void PyObject_GC_UnTrack(void *op)
{
    if (likely(has_header(op)))
        m_untrack(op);
}

PYAPI void PyObject_GC_Del(void *op)
{
    m_free(op);
}

PYAPI int PyObject_IS_GC(PyObject *obj)
{
    PyTypeObject *type = Py_TYPE(obj);
    return (type->tp_flags & Py_TPFLAGS_HAVE_GC) && (!type->tp_is_gc || type->tp_is_gc(obj));
}

PYAPI int PyObject_GC_IsTracked(PyObject *o)
{
    return PyObject_IS_GC(o) && has_header(o) && (M_HDR(o)->flags & M_TRACKED);
}

PYAPI int PyObject_GC_IsFinalized(PyObject *o)
{
    return PyObject_IS_GC(o) && has_header(o) && (M_HDR(o)->flags & M_FINALIZED);
}
