/* What PyDict_Next and _PySet_NextEntry walk: keys and values as they were when the iteration began. */
#ifndef MOORING_SNAPSHOT_H
#define MOORING_SNAPSHOT_H
#include "core/mooring.h"

typedef struct MSnapshot {
    MThread *thread;                    /* that iterates */
    struct MSnapshot *next;             /* another thread's */
    Py_ssize_t n;
    PyObject *lists[2];                 /* of a large one: VM lists of keys and values that no one else has */
    PyObject *few[];                    /* of a small one: keys and values in turn; of a set: keys */
} MSnapshot;

#define M_SNAPSHOT_FEW 16

/* The i-th of the snapshot, which is made when i is 0; 0 at the end or on an error. */
int m_snapshot_next(PyObject *op, Py_ssize_t *pos, PyObject **key, PyObject **value);
#endif
