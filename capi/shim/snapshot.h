/* What PyDict_Next, _PySet_NextEntry and iterators walk: a dict, view or set as it was when the iteration began. */
#ifndef MOORING_SNAPSHOT_H
#define MOORING_SNAPSHOT_H
#include "core/mooring.h"

typedef struct MSnapshot {
    MThread *thread;                    /* that iterates */
    struct MSnapshot *next;             /* another thread's */
    Py_ssize_t n;
    int pairs;                          /* keys and values, else items only */
    PyObject *lists[2];                 /* of a large one: VM lists of keys and values, or of items, that no one else has */
    PyObject *few[];                    /* of a small one: keys and values in turn, or items */
} MSnapshot;

#define M_SNAPSHOT_FEW 16

MSnapshot *m_snapshot(PyObject *op, int pairs);         /* of a dict, view or set; NULL with an error */
int m_snapshot_at(MSnapshot *snapshot, Py_ssize_t i, PyObject **key, PyObject **value);  /* both borrowed; 0 with an error */

/* The i-th of the snapshot, which is made when i is 0; 0 at the end or on an error. */
int m_snapshot_next(PyObject *op, Py_ssize_t *pos, PyObject **key, PyObject **value);
#endif
