/* _Py_Dealloc(): the last reference is gone. */
#include "core/mooring.h"

PYAPI void _Py_NewReference(PyObject *op)
{
    op->ob_refcnt = 1;
}

/* Long chains of objects are taken apart in a loop: what dies below this depth waits. */
#define DEEP 400

static __thread struct { int depth; PyObject **waiting; size_t n, cap; } dying __attribute__((tls_model("initial-exec")));

static void wait_for_dealloc(PyObject *op)
{
    if (dying.n == dying.cap) {
        dying.cap = dying.cap ? dying.cap * 2 : 64;
        dying.waiting = realloc(dying.waiting, dying.cap * sizeof(PyObject *));
        if (!dying.waiting)
            Py_FatalError("mooring: out of memory");
    }
    dying.waiting[dying.n++] = op;
}

PYAPI void _Py_Dealloc(PyObject *o)
{
    if (unlikely(dying.depth > DEEP)) {
        wait_for_dealloc(o);
        return;
    }
    dying.depth++;
    Py_TYPE(o)->tp_dealloc(o);
    dying.depth--;
    while (unlikely(dying.n && !dying.depth)) {
        o = dying.waiting[--dying.n];
        dying.depth++;
        Py_TYPE(o)->tp_dealloc(o);
        dying.depth--;
    }
}
