/* Iteration over a dict or set: a small one comes over whole by one callback, a large one by way of lists. */
#include "list.h"
#include "snapshot.h"

void m_snapshot_free(MSnapshot *snapshot)
{
    if (snapshot->lists[0]) {
        m_defer(snapshot->lists[0]);
        if (snapshot->lists[1])
            m_defer(snapshot->lists[1]);
    } else
        for (Py_ssize_t i = 0; snapshot->few[i]; i++)
            m_defer(snapshot->few[i]);
    free(snapshot);
}

/* A list that no one else has: what was fetched of it stays good. */
static PyObject *frozen(PyObject *list)
{
    MExtra **where = list ? m_extra_of(list) : NULL;
    if (where && !*where)
        *where = calloc(1, sizeof(MExtra));
    if (where && *where)
        (*where)->frozen = 1;
    return list;
}

static MSnapshot *make(PyObject *op)
{
    W words[2 * M_SNAPSHOT_FEW];
    double values[2 * M_SNAPSHOT_FEW];
    int is_dict = PyDict_Check(op), all = 1;
    Py_ssize_t room = is_dict ? M_SNAPSHOT_FEW : 2 * M_SNAPSHOT_FEW;
    Py_ssize_t n = is_dict ? vm_dict_fetch(op, room, (W)words, (W)values) : vm_set_fetch(op, room, (W)words, (W)values);
    if (n < 0)
        return NULL;
    Py_ssize_t items = n > room ? 0 : is_dict ? 2 * n : n;
    MSnapshot *snapshot = calloc(1, sizeof(MSnapshot) + (size_t)(items + 1) * sizeof(PyObject *));
    if (!snapshot) {
        PyErr_NoMemory();
        return NULL;
    }
    snapshot->n = n;
    for (Py_ssize_t i = 0; i < items; i++) {
        PyObject *item = m_taken(words[i], values[i]);
        if (item && all)
            snapshot->few[i] = item;
        else {
            all = 0;                    /* a handle was freed meanwhile */
            Py_XDECREF(item);
        }
    }
    if (n <= room && all)
        return snapshot;
    while (items)
        Py_CLEAR(snapshot->few[--items]);
    snapshot->lists[0] = frozen(is_dict ? vm_dict_list(op, 0) : vm_set_items(op));
    snapshot->lists[1] = frozen(snapshot->lists[0] && is_dict ? vm_dict_list(op, 1) : NULL);
    if (snapshot->lists[0] && (snapshot->lists[1] || !is_dict))
        return snapshot;
    Py_XDECREF(snapshot->lists[0]);
    free(snapshot);
    return NULL;
}

int m_snapshot_next(PyObject *op, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    MExtra **where = m_extra_of(op);
    if (!where || (!*where && !(*where = calloc(1, sizeof(MExtra)))))
        return 0;
    MExtra *extra = *where;
    Py_ssize_t i = *pos;
    if (i <= 0 || !extra->snapshot) {
        MSnapshot *snapshot = make(op);
        if (extra->snapshot)
            m_snapshot_free(extra->snapshot);
        if (!(extra->snapshot = snapshot))
            return 0;
    }
    MSnapshot *snapshot = extra->snapshot;
    if (i < 0 || i >= snapshot->n) {
        m_snapshot_free(snapshot);
        extra->snapshot = NULL;
        return 0;
    }
    PyObject *k, *v = NULL;             /* both borrowed */
    if (snapshot->lists[0]) {
        k = m_list_item(snapshot->lists[0], i);
        v = snapshot->lists[1] ? m_list_item(snapshot->lists[1], i) : k;
    } else if (PyDict_Check(op)) {
        k = snapshot->few[2 * i];
        v = snapshot->few[2 * i + 1];
    } else
        k = v = snapshot->few[i];
    if (!k || !v)
        return 0;
    if (key)
        *key = k;
    if (value)
        *value = v;
    *pos = i + 1;
    return 1;
}
