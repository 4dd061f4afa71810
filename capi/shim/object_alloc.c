/* PyObject_Malloc() and kin, object creation, finalisers. */
#include "core/mooring.h"

#define TOO_BIG(size) ((size) > (size_t)PY_SSIZE_T_MAX - 64)

PYAPI void *PyObject_Malloc(size_t size)
{
    return TOO_BIG(size) ? NULL : m_alloc(size ? size : 1);
}

PYAPI void *PyObject_Calloc(size_t nelem, size_t elsize)
{
    if (elsize && nelem > (size_t)PY_SSIZE_T_MAX / elsize)
        return NULL;
    return TOO_BIG(nelem * elsize) ? NULL : m_calloc(nelem && elsize ? nelem * elsize : 1);
}

PYAPI void *PyObject_Realloc(void *ptr, size_t new_size)
{
    if (!ptr)
        return PyObject_Malloc(new_size);
    if (TOO_BIG(new_size))
        return NULL;
    MHeader *header = M_HDR(ptr);
    M_DEBUG(return header->magic == M_MAGIC(ptr) ? m_debug_resize(ptr, new_size) : m_debug_mem(ptr, new_size, 0);)
    if (header->magic != M_MAGIC(ptr))
        return m_resized(ptr, new_size ? new_size : 1, 0);        /* from PyMem_Malloc() */
    int tracked = header->flags & M_TRACKED;
    size_t before = sizeof(MHeader) + (header->flags & M_GC ? sizeof(MTracked) : 0);
    m_untrack(ptr);
    header->magic = 0;
    char *start = m_resized((char *)ptr - before, before + (new_size ? new_size : 1), before);
    if (start)
        header = M_HDR(start + before);
    header->magic = M_MAGIC(header + 1);
    header->flags &= start ? ~M_CLASS_MASK : ~0u;
    if (tracked)
        m_track((PyObject *)(header + 1));
    return start ? header + 1 : NULL;
}

PYAPI void PyObject_Free(void *ptr)
{
    m_free(ptr);
}

PYAPI void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    memset(allocator, 0, sizeof *allocator);
}

PYAPI void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    (void)allocator;                    /* memory comes from malloc() */
}

/* ---- new objects --------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyObject_Init(PyObject *op, PyTypeObject *type)
{
    if (!op)
        return PyErr_NoMemory();
    op->ob_type = type;
    op->ob_refcnt = 1;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_INCREF(type);
    if (M_HDR(op)->magic == M_MAGIC(op)) {                      /* it may come from the extension's own free list */
        m_untrack(op);
        M_HDR(op)->link = 0;
        M_HDR(op)->flags &= M_GC | M_CLASS_MASK;
    }
    return op;
}

PYAPI PyVarObject *PyObject_InitVar(PyVarObject *op, PyTypeObject *type, Py_ssize_t size)
{
    if (!op)
        return (PyVarObject *)PyErr_NoMemory();
    op->ob_size = size;
    return (PyVarObject *)PyObject_Init((PyObject *)op, type);
}

/* Bytes of an instance.  Each is large enough to serve as a proxy. */
static size_t size_of(PyTypeObject *type, Py_ssize_t nitems)
{
    size_t size = (size_t)_PyObject_VAR_SIZE(type, nitems);
    return size < sizeof(MProxy) ? sizeof(MProxy) : size;
}

static PyObject *allocate(PyTypeObject *type, Py_ssize_t nitems, uint32_t flags)
{
    size_t size = size_of(type, nitems);
    PyObject *op = TOO_BIG(size) ? NULL : flags & M_GC ? m_gc_alloc(size, 0) : m_alloc(size);
    if (!op)
        return PyErr_NoMemory();
    memset(op, 0, (size_t)type->tp_basicsize);                  /* Cython's generators rely on it where they run on PyPy */
    ((MProxy *)op)->extra = NULL;
    op->ob_type = type;
    op->ob_refcnt = 1;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_INCREF(type);
    return op;
}

PYAPI PyObject *_PyObject_New(PyTypeObject *type)
{
    return allocate(type, 0, 0);
}

PYAPI PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t nitems)
{
    PyVarObject *op = (PyVarObject *)allocate(type, nitems, 0);
    if (op)
        op->ob_size = nitems;
    return op;
}

PYAPI PyObject *_PyObject_GC_New(PyTypeObject *type)
{
    return allocate(type, 0, M_GC);
}

PYAPI PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t nitems)
{
    PyVarObject *op;
    if (nitems < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    op = (PyVarObject *)allocate(type, nitems, M_GC);
    if (op)
        op->ob_size = nitems;
    return op;
}

PYAPI PyVarObject *_PyObject_GC_Resize(PyVarObject *op, Py_ssize_t nitems)
{
    op = PyObject_Realloc(op, size_of(Py_TYPE(op), nitems));
    if (!op)
        return (PyVarObject *)PyErr_NoMemory();
    op->ob_size = nitems;
    return op;
}

/* ---- finalisers -------------------------------------------------------------------------------------------------------- */

static uint32_t *flags_of(PyObject *op)
{
    static uint32_t none;
    return M_HDR(op)->magic == M_MAGIC(op) ? &M_HDR(op)->flags : (none = 0, &none);
}

PYAPI void PyObject_CallFinalizer(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    if (!type->tp_finalize || *flags_of(o) & M_FINALIZED)
        return;
    *flags_of(o) |= M_FINALIZED;
    type->tp_finalize(o);
}

/* -1: the finaliser made the object reachable again, or the VM has a wrapper of it now. */
PYAPI int PyObject_CallFinalizerFromDealloc(PyObject *o)
{
    if (o->ob_refcnt)
        Py_FatalError("PyObject_CallFinalizerFromDealloc called on object with a non-zero refcount");
    o->ob_refcnt = 1;
    PyObject_CallFinalizer(o);
    return --o->ob_refcnt ? -1 : 0;
}

/* References are to the wrapper, which is gone when a struct is deallocated. */
PYAPI void PyObject_ClearWeakRefs(PyObject *o)
{
    (void)o;
}

PYAPI PyObject **PyObject_GET_WEAKREFS_LISTPTR(PyObject *op)
{
    return (PyObject **)((char *)op + Py_TYPE(op)->tp_weaklistoffset);
}
