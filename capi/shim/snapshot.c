/* Iteration over a dict, view or set: a small one comes over whole by one callback, a large one by way of lists. */
#include "core/dicts.h"
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

/* VM lists of all keys and values, or of all items, as they are at one moment.  No one else has them. */
static int take_lists(PyObject *op, MSnapshot *snapshot)
{
    PyObject *both = NULL;
    if (!snapshot->pairs)
        snapshot->lists[0] = m_list_frozen(vm_items_list(op));
    else if ((both = vm_pairs_lists(op))) {
        snapshot->lists[0] = m_list_frozen(Py_NewRef(PyTuple_GET_ITEM(both, 0)));
        snapshot->lists[1] = m_list_frozen(Py_NewRef(PyTuple_GET_ITEM(both, 1)));
        Py_DECREF(both);
    }
    if (snapshot->lists[0] && (snapshot->lists[1] || !both)) {
        snapshot->n = m_list_length(snapshot->lists[0]);
        return 0;
    }
    Py_XDECREF(snapshot->lists[0]);
    Py_XDECREF(snapshot->lists[1]);
    return -1;
}

static MSnapshot *room_for(Py_ssize_t n, int pairs)
{
    Py_ssize_t items = pairs ? 2 * n : n;
    MSnapshot *snapshot = malloc(sizeof(MSnapshot) + (size_t)(items + 1) * sizeof(PyObject *));
    if (!snapshot) {
        PyErr_NoMemory();
        return NULL;
    }
    *snapshot = (MSnapshot){.n = n, .pairs = pairs};
    snapshot->few[0] = snapshot->few[items] = NULL;
    return snapshot;
}

/* Of a dict that is C's own. */
static MSnapshot *of_table(PyObject *op, int pairs)
{
    MSnapshot *snapshot = room_for(m_dict_length(op), pairs);
    PyObject *key, *value;
    Py_ssize_t position = 0, items = 0;
    while (snapshot && m_dict_next(op, &position, &key, &value)) {
        snapshot->few[items++] = Py_NewRef(key);
        if (pairs)
            snapshot->few[items++] = Py_NewRef(value);
    }
    return snapshot;
}

MSnapshot *m_snapshot(PyObject *op, int pairs)
{
    W words[2 * M_SNAPSHOT_FEW];
    double values[2 * M_SNAPSHOT_FEW];
    int all = 1;
    if (m_dict_is_own(op))
        return of_table(op, pairs);
    Py_ssize_t room = pairs ? M_SNAPSHOT_FEW : 2 * M_SNAPSHOT_FEW;
    Py_ssize_t n = pairs ? vm_pairs_fetch(op, room, (W)words, (W)values) : vm_items_fetch(op, room, (W)words, (W)values);
    if (n < 0)
        return NULL;
    MSnapshot *snapshot = room_for(n > room ? 0 : n, pairs);
    if (!snapshot)
        return NULL;
    Py_ssize_t items = n > room ? 0 : pairs ? 2 * n : n, kept = 0;
    for (Py_ssize_t i = 0; i < items; i++) {
        PyObject *item = m_taken(words[i], values[i]);
        if (item && all)
            snapshot->few[kept++] = item;
        else {
            all = 0;                    /* a handle was freed meanwhile */
            Py_XDECREF(item);
        }
    }
    if (n <= room && all)
        return snapshot;
    while (kept)
        Py_CLEAR(snapshot->few[--kept]);
    if (take_lists(op, snapshot) == 0)
        return snapshot;
    free(snapshot);
    return NULL;
}

int m_snapshot_at(MSnapshot *snapshot, Py_ssize_t i, PyObject **key, PyObject **value)
{
    if (snapshot->lists[0]) {
        *key = m_list_item(snapshot->lists[0], i);
        *value = snapshot->lists[1] ? m_list_item(snapshot->lists[1], i) : *key;
    } else {
        *key = snapshot->few[snapshot->pairs ? 2 * i : i];
        *value = snapshot->pairs ? snapshot->few[2 * i + 1] : *key;
    }
    return *key && *value;
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
        if (!(snapshot = m_snapshot(op, PyDict_Check(op))))
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
    PyObject *k, *v;
    if (!m_snapshot_at(snapshot, i, &k, &v))
        return 0;
    if (key)
        *key = k;
    if (value)
        *value = v;
    *pos = i + 1;
    return 1;
}
