/* Iteration over a dict or set: a small one comes over whole by one callback, a large one by way of lists. */
#include "list.h"
#include "snapshot.h"

MSnapshot *m_snapshot_free(MSnapshot *snapshot)
{
    MSnapshot *next = snapshot->next;
    if (snapshot->lists[0]) {
        m_drop(snapshot->lists[0]);
        if (snapshot->lists[1])
            m_drop(snapshot->lists[1]);
    } else
        for (Py_ssize_t i = 0; snapshot->few[i]; i++)
            m_drop(snapshot->few[i]);
    free(snapshot);
    return next;
}

/* VM lists of all keys and values as they are at one moment; of a set, of its items.  No one else has them. */
static int take_lists(PyObject *op, MSnapshot *snapshot)
{
    PyObject *pair = NULL;
    if (!PyDict_Check(op)) {
        snapshot->lists[0] = m_list_frozen(vm_set_items(op));
    } else if ((pair = vm_dict_lists(op))) {
        snapshot->lists[0] = m_list_frozen(Py_NewRef(PyTuple_GET_ITEM(pair, 0)));
        snapshot->lists[1] = m_list_frozen(Py_NewRef(PyTuple_GET_ITEM(pair, 1)));
        Py_DECREF(pair);
    }
    if (snapshot->lists[0] && (snapshot->lists[1] || !pair)) {
        snapshot->n = m_list_length(snapshot->lists[0]);
        return 0;
    }
    Py_XDECREF(snapshot->lists[0]);
    Py_XDECREF(snapshot->lists[1]);
    return -1;
}

int m_snapshot_visit(MSnapshot *snapshot, visitproc visit, void *arg)
{
    for (; snapshot; snapshot = snapshot->next) {
        Py_VISIT(snapshot->lists[0]);
        Py_VISIT(snapshot->lists[1]);
        for (Py_ssize_t i = 0; !snapshot->lists[0] && snapshot->few[i]; i++)
            Py_VISIT(snapshot->few[i]);
    }
    return 0;
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
    if (take_lists(op, snapshot) == 0)
        return snapshot;
    free(snapshot);
    return NULL;
}

int m_snapshot_next(PyObject *op, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    MExtra **where = m_extra_of(op);
    if (!where || (!*where && !(*where = calloc(1, sizeof(MExtra)))))
        return 0;
    MSnapshot **own = &(*where)->snapshot, *snapshot;
    Py_ssize_t i = *pos;
    while (*own && unlikely((*own)->thread != &m_tls))
        own = &(*own)->next;
    if (i <= 0 || !*own) {
        if (*own)
            *own = m_snapshot_free(*own);
        if (!(snapshot = make(op)))
            return 0;
        snapshot->thread = &m_tls;
        snapshot->next = (*where)->snapshot;
        *(own = &(*where)->snapshot) = snapshot;
    }
    snapshot = *own;
    if (i < 0 || i >= snapshot->n) {
        *own = m_snapshot_free(snapshot);
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
