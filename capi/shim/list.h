/* What the files of the list family share: a list is C's own until it first crosses, the VM's from then on. */
#ifndef MOORING_LIST_H
#define MOORING_LIST_H
#include "core/mooring.h"

#define LIST(op) ((PyListObject *)(op))

/* True of a list that was born in C and has not crossed. */
static inline int m_list_is_own(PyObject *op)
{
    return Py_TYPE(op) == &PyList_Type && !M_HDR(op)->link;
}

int m_list_resize(PyObject *list, Py_ssize_t n);        /* room for n items; sets the size; new items uninitialised */
Py_ssize_t m_list_length(PyObject *list);               /* of a VM list; -1 with an error set */
int m_list_fetch_item(PyObject *list, Py_ssize_t i, PyObject **item);   /* m_list_at() of one that is not there yet */
PyObject *m_taken(W w, double value);                   /* new reference from what the VM's put() wrote; NULL if it is stale */
PyObject **m_list_items(PyObject *list);                /* of a VM list, all; NULL with an error set */
PyObject *m_list_frozen(PyObject *list);                /* tells that no one else has the list; returns it */

/* The i-th of a VM list, borrowed; 0: out of range, -1: error. */
static inline int m_list_at(PyObject *list, Py_ssize_t i, PyObject **item)
{
    MExtra *view = LIST(list)->mooring_extra;
    if (likely(view && (view->seen == m_epoch || view->frozen) && i >= view->low && i < view->high)) {
        *item = view->items[view->last = i];
        return 1;
    }
    return m_list_fetch_item(list, i, item);
}

/* The same; NULL with IndexError. */
static inline PyObject *m_list_item(PyObject *list, Py_ssize_t i)
{
    PyObject *item = NULL;
    if (unlikely(!m_list_at(list, i, &item)))
        PyErr_SetString(PyExc_IndexError, "list index out of range");
    return item;
}
#endif
