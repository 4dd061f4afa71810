/* Iterators that C made of a list, tuple, dict, view or set: they cost the VM nothing until they cross, and are its own from then on. */
#ifndef MOORING_ITERATORS_H
#define MOORING_ITERATORS_H
#include "mooring.h"

typedef struct {
    PyObject_HEAD
    MExtra *extra;                      /* as of MProxy */
    int64_t own;                        /* C's; else this is the proxy of an iterator of the VM */
    PyObject *source;                   /* NULL: at its end */
    Py_ssize_t next;
    struct MSnapshot *snapshot;         /* of a dict, view or set, as it was in epoch `epoch` */
    uint64_t epoch;
} MIterator;

#define ITERATOR(op) ((MIterator *)(op))

static inline int m_is_iterator(PyObject *op)
{
    MTypeInfo *info = M_INFO(Py_TYPE(op));
    return info && info->kind == K_ITERATOR;
}

int m_iterator_new(PyObject *source, PyObject **op);    /* 0: the VM has to make it; else *op is a new reference, or NULL with an error */
PyObject *m_iterator_next(PyObject *op);        /* NULL without an error: at its end */
void m_iterator_end(PyObject *op);
#endif
