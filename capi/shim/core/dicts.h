/* A dict that was born in C is a table in C until it first crosses; the VM's from then on. */
#ifndef MOORING_DICTS_H
#define MOORING_DICTS_H
#include "core/mooring.h"

typedef struct {
    PyObject *key, *value;              /* NULL: was deleted */
    int64_t hash;
} MEntry;

/* Its keys are exact str, small ints and None, which C can compare by itself. */
typedef struct MTable {
    uint32_t used, n;                   /* entries taken in order; those that are not deleted */
    uint32_t room;
    uint32_t mask;                      /* of `places`; 0 = so few that they are looked at one by one */
    uint32_t *places;                   /* open hash: numbers of entries from 1 */
    MEntry entries[];
} MTable;

typedef struct {
    PyObject_HEAD
    MExtra *extra;                      /* as of MProxy */
    MTable *table;                      /* NULL = empty, or the VM's */
    int64_t changes;                    /* of the table */
} MDict;

#define DICT(op) ((MDict *)(op))

static inline int m_dict_is_own(PyObject *op)
{
    return Py_TYPE(op) == &PyDict_Type && !M_HDR(op)->link;
}

/* Whether a key can be in such a table, and be looked for without the VM. */
static inline int m_is_key(PyObject *key)
{
    return (PyUnicode_CheckExact(key) && ((PyASCIIObject *)key)->state.ready) || (PyLong_CheckExact(key) && m_long_is_small(key))
        || key == Py_None;
}

static inline Py_ssize_t m_dict_length(PyObject *op)        /* of a dict of C's own */
{
    return DICT(op)->table ? DICT(op)->table->n : 0;
}

PyObject *m_dict_new(Py_ssize_t room);
PyObject *m_dict_find(PyObject *op, PyObject *key);         /* borrowed; NULL without an error: it is not there */
PyObject *m_dict_find_text(PyObject *op, const char *key);  /* the same; NULL perhaps with an error */
int m_dict_put(PyObject *op, PyObject *key, PyObject *value);
int m_dict_remove(PyObject *op, PyObject *key, PyObject **value);       /* 1: it was there, `*value` is a new reference; 0: it was not */
PyObject *m_dict_copy(PyObject *op);
int m_dict_next(PyObject *op, Py_ssize_t *pos, PyObject **key, PyObject **value);
MTable *m_dict_take(PyObject *op);                          /* leaves the dict empty */
void m_table_free(MTable *table);
void m_table_drop(MTable *table);                          /* what others may have borrowed of it lives on, see m_drop() */
int m_table_visit(MTable *table, visitproc visit, void *arg);

#endif
