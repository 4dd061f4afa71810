/* What takes part in cycles: the list of tracked objects, and what the layer itself keeps in an object's struct. */
#include "core/cycles.h"
#include "core/dicts.h"
#include "core/iterators.h"

/* ---- the list of tracked objects --------------------------------------------------------------------------------- */

PyObject **m_tracked;
uint32_t m_tracked_n;
static uint32_t tracked_cap;

void m_track(PyObject *op)
{
    MHeader *header = M_HDR(op);
    if (header->flags & M_TRACKED)
        return;
    header->flags |= M_TRACKED;
    if (!(header->flags & M_GC))
        return;
    m_tracked = m_grow(m_tracked, m_tracked_n, &tracked_cap, sizeof *m_tracked);
    M_TRACK(op)->place = m_tracked_n;
    m_tracked[m_tracked_n++] = op;
}

void m_untrack(PyObject *op)
{
    MHeader *header = M_HDR(op);
    if (!(header->flags & M_TRACKED))
        return;
    header->flags &= ~M_TRACKED;
    if (!(header->flags & M_GC))
        return;
    uint32_t place = M_TRACK(op)->place;
    PyObject *last = m_tracked[--m_tracked_n];
    m_tracked[place] = last;
    M_TRACK(last)->place = place;
}

/* ---- what the layer itself keeps in an object's struct -------------------------------------------------------------- */

static int visit_extra(MExtra *extra, visitproc visit, void *arg)
{
    for (; extra; extra = extra->next) {
        for (uint32_t i = 0; i < extra->cap; i++)
            Py_VISIT(extra->values[i]);
        for (Py_ssize_t i = 0; i < extra->items_n; i++)
            Py_VISIT(extra->items[i]);
        Py_VISIT(extra->copy);
        int r = m_snapshot_visit(extra->snapshot, visit, arg);
        if (r)
            return r;
    }
    return 0;
}

static int visit_items(PyObject **items, Py_ssize_t n, visitproc visit, void *arg)
{
    for (Py_ssize_t i = 0; items && i < n; i++)
        Py_VISIT(items[i]);
    return 0;
}

int m_builtin_traverse(PyObject *op, visitproc visit, void *arg)
{
    MTypeInfo *info = M_INFO(Py_TYPE(op));
    if (!info || !info->link)
        return 0;
    switch (info->layout) {
    case K_TUPLE:
        return visit_items(((PyTupleObject *)op)->ob_item, Py_SIZE(op) + (Py_TYPE(op) == &PyTuple_Type ? 0 : info->hidden), visit, arg);
    case K_LIST: {
        int r = visit_items(((PyListObject *)op)->ob_item, Py_SIZE(op), visit, arg);
        if (r)
            return r;
        break;
    }
    case K_METHOD:
        Py_VISIT(((PyMethodObject *)op)->im_func);
        Py_VISIT(((PyMethodObject *)op)->im_self);
        return 0;
    case K_SLICE:
        Py_VISIT(((PySliceObject *)op)->start);
        Py_VISIT(((PySliceObject *)op)->stop);
        Py_VISIT(((PySliceObject *)op)->step);
        return 0;
    case K_STRUCT:
        return m_struct_visit(op, visit, arg);
    }
    if (Py_TYPE(op) == &PyDict_Type) {
        int r = m_table_visit(DICT(op)->table, visit, arg);
        if (r)
            return r;
    }
    if (info->kind == K_ITERATOR) {
        Py_VISIT(ITERATOR(op)->source);
        return m_snapshot_visit(ITERATOR(op)->snapshot, visit, arg);
    }
    MExtra **where = m_extra_of(op);
    return where ? visit_extra(*where, visit, arg) : 0;
}

int m_builtin_clear(PyObject *op)
{
    MTypeInfo *info = M_INFO(Py_TYPE(op));
    if (!info || !info->link)
        return 0;
    if (info->layout == K_LIST && ((PyListObject *)op)->ob_item) {
        PyObject **items = ((PyListObject *)op)->ob_item;
        Py_ssize_t n = Py_SIZE(op);
        ((PyListObject *)op)->ob_item = NULL;
        ((PyListObject *)op)->allocated = 0;
        Py_SET_SIZE(op, 0);
        while (n--)
            Py_XDECREF(items[n]);
        m_untraced(items);
        free(items);
    }
    if (Py_TYPE(op) == &PyDict_Type && DICT(op)->table)
        m_table_free(m_dict_take(op));
    if (info->layout == K_STRUCT)
        m_struct_clear(op);
    if (info->kind == K_ITERATOR)
        m_iterator_end(op);
    MExtra **where = m_extra_of(op);
    if (where && *where) {
        MExtra *extra = *where;
        *where = NULL;
        m_extra_free(op, extra);
    }
    return 0;
}
