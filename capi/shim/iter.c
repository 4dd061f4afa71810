/* PyIter_..., PyAIter_... */
#include "core/iterators.h"
#include "core/dicts.h"
#include "list.h"
#include "snapshot.h"

PYAPI int PyIter_Check(PyObject *iter)
{
    return Py_TYPE(iter)->tp_iternext && Py_TYPE(iter)->tp_iternext != _PyObject_NextNotImplemented;
}

PYAPI int PyAIter_Check(PyObject *o)
{
    PyAsyncMethods *methods = Py_TYPE(o)->tp_as_async;
    return methods && methods->am_anext && methods->am_anext != _PyObject_NextNotImplemented;
}

/* NULL at the end: then without an error. */
static PyObject *next(PyObject *iter)
{
    PyObject *item = Py_TYPE(iter)->tp_iternext(iter);
    if (!item && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_StopIteration))
        PyErr_Clear();
    return item;
}

PYAPI PyObject *PyIter_Next(PyObject *iter)
{
    if (m_is_iterator(iter))
        return m_iterator_next(iter);
    return m_c_slot(Py_TYPE(iter), tp_iternext) ? next(iter) : vm_iter_next(iter);
}

PYAPI PySendResult PyIter_Send(PyObject *iter, PyObject *arg, PyObject **presult)
{
    PyAsyncMethods *methods = Py_TYPE(iter)->tp_as_async;
    if (methods && methods->am_send)
        return methods->am_send(iter, arg, presult);
    PyObject *sent = vm_iter_send(iter, arg);           /* (item,) or (None, returned value) */
    *presult = NULL;
    if (!sent)
        return PYGEN_ERROR;
    Py_ssize_t n = PyTuple_GET_SIZE(sent);
    *presult = PyTuple_GET_ITEM(sent, n - 1);
    Py_INCREF(*presult);
    Py_DECREF(sent);
    return n == 1 ? PYGEN_NEXT : PYGEN_RETURN;
}

/* ---- iterators of C's own (core/iterators.h) ------------------------------------------------------------------------------ */

static int is_items(PyObject *source)
{
    return Py_IS_TYPE(source, &PyDictItems_Type);
}

/* The type of its iterator, and whether a snapshot of it is walked. */
static PyTypeObject *iterator_type(PyObject *source, int *walks_snapshot)
{
    PyTypeObject *type = Py_TYPE(source);
    *walks_snapshot = 0;
    if (type == &PyList_Type || type == &PyTuple_Type)
        return &PyListIter_Type;        /* the VM's for every sequence */
    *walks_snapshot = 1;
    return type == &PyDict_Type || type == &PyDictKeys_Type ? &PyDictIterKey_Type : type == &PyDictItems_Type ? &PyDictIterItem_Type
        : type == &PyDictValues_Type ? &PyDictIterValue_Type : type == &PySet_Type || type == &PyFrozenSet_Type ? &PySetIter_Type : NULL;
}

int m_iterator_new(PyObject *source, PyObject **result)
{
    int walks_snapshot;
    PyTypeObject *type = m_multi ? NULL : iterator_type(source, &walks_snapshot);
    if (!type || !M_INFO(type) || !M_INFO(type)->link)
        return 0;
    MSnapshot *snapshot = walks_snapshot ? m_snapshot(source, is_items(source)) : NULL;
    PyObject *op = *result = walks_snapshot && !snapshot ? NULL : m_proxy_new(type);
    if (!op) {
        if (snapshot)
            m_snapshot_free(snapshot);
        return 1;
    }
    op->ob_refcnt = 1;
    MIterator *it = ITERATOR(op);
    it->own = 1;
    it->source = Py_NewRef(source);
    it->snapshot = snapshot;
    it->epoch = m_epoch;
    return 1;
}

void m_iterator_end(PyObject *op)
{
    MIterator *it = ITERATOR(op);
    MSnapshot *snapshot = it->snapshot;
    it->snapshot = NULL;
    if (snapshot)
        m_snapshot_free(snapshot);
    Py_CLEAR(it->source);
}

static PyObject *ended(PyObject *op)
{
    m_iterator_end(op);
    return NULL;
}

/* Look again at what is iterated over: 1: it has as many items as before, 0: the VM shall go on, -1: error. */
static int look_again(MIterator *it)
{
    PyTypeObject *type = Py_TYPE(it);
    int own = m_dict_is_own(it->source), keys = type == &PyDictIterKey_Type || type == &PySetIter_Type;
    MSnapshot *snapshot = NULL;
    Py_ssize_t n;
    if (own)
        n = m_dict_length(it->source);
    else if (keys)
        n = vm_items_length(it->source);
    else if (it->snapshot->lists[0])
        return 0;
    else
        n = (snapshot = m_snapshot(it->source, it->snapshot->pairs)) ? snapshot->n : -1;
    if (!it->snapshot || n < 0) {       /* another thread took the last item, or showed it to the VM, meanwhile */
        if (snapshot)
            m_snapshot_free(snapshot);
        return n < 0 ? -1 : 0;
    }
    if (n != it->snapshot->n) {
        PyErr_SetString(PyExc_RuntimeError, type == &PySetIter_Type ? "Set changed size during iteration"
                        : "dictionary changed size during iteration");
        if (snapshot)
            m_snapshot_free(snapshot);
        return -1;
    }
    it->epoch = m_epoch;
    if (snapshot) {
        m_snapshot_free(it->snapshot);
        it->snapshot = snapshot;
    }
    return 1;
}

static PyObject *next_in_snapshot(PyObject *op)
{
    MIterator *it = ITERATOR(op);
    if (it->epoch != m_epoch || m_dict_is_own(it->source)) {    /* it may have changed */
        int same = look_again(it);
        if (same <= 0)
            return same ? NULL : it->snapshot ? vm_iter_next(op) : m_iterator_next(op);
    }
    PyObject *key, *value;
    if (it->next >= it->snapshot->n)
        return ended(op);
    if (!m_snapshot_at(it->snapshot, it->next, &key, &value))
        return NULL;
    it->next++;
    if (!it->snapshot->pairs)
        return Py_NewRef(key);
    PyObject *pair = m_tuple_new(2);
    if (pair) {
        M_HDR(pair)->flags |= M_CROSSED;        /* it has an identity for the VM as well */
        ((PyTupleObject *)pair)->ob_item[0] = Py_NewRef(key);
        ((PyTupleObject *)pair)->ob_item[1] = Py_NewRef(value);
    }
    return pair;
}

/* The i-th of a list or tuple: a new reference, in `*item`; 0: there is none, -1: error. */
static int item_at(PyObject *source, Py_ssize_t i, PyObject **item)
{
    int found;
    if (Py_IS_TYPE(source, &PyTuple_Type) || m_list_is_own(source)) {
        PyObject **items = Py_IS_TYPE(source, &PyTuple_Type) ? ((PyTupleObject *)source)->ob_item : LIST(source)->ob_item;
        found = i < Py_SIZE(source) && items[i];
        *item = found ? items[i] : NULL;
    } else
        found = m_list_at(source, i, item);
    Py_XINCREF(*item);
    return found;
}

PyObject *m_iterator_next(PyObject *op)
{
    MIterator *it = ITERATOR(op);
    PyObject *source = it->source, *item = NULL;
    if (unlikely(!it->own))
        return vm_iter_next(op);
    if (!source)
        return NULL;
    if (it->snapshot)
        return next_in_snapshot(op);
    Py_INCREF(source);                  /* other threads run meanwhile */
    int found = item_at(source, it->next, &item);
    Py_DECREF(source);
    if (found > 0)
        it->next++;
    else if (!found)
        m_iterator_end(op);
    return item;
}

/* For the VM, which makes its own of it: what `op` iterates over, or 0 at its end; where it is, and how many items there were, -1 of a
   sequence. */
VMCALL W m_iterator_state(W address, int64_t *next, int64_t *n)
{
    MIterator *it = ITERATOR(address);
    *next = it->next;
    *n = it->snapshot ? it->snapshot->n : -1;
    return (W)it->source;
}

/* The VM has made its own of it, of which it is the proxy. */
VMCALL void m_iterator_linked(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    ITERATOR(address)->own = 0;
    m_iterator_end((PyObject *)address);
    m_leave(t);
}
