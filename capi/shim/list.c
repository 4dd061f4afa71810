/* PyList_...: a list born in C is an array until it crosses; the others take the way through the VM. */
#include "list.h"

#define SIZE_LIMIT ((Py_ssize_t)(PY_SSIZE_T_MAX / sizeof(PyObject *)))

static int not_a_list(PyObject *op)
{
    if (likely(op && PyList_Check(op)))
        return 0;
    PyErr_BadInternalCall();
    return 1;
}

int m_list_resize(PyObject *list, Py_ssize_t n)
{
    PyListObject *v = LIST(list);
    if (n > v->allocated) {
        Py_ssize_t room = n <= Py_SIZE(v) + 1 ? n + (n >> 3) + 6 : n;
        PyObject **items = m_resized(v->ob_item, (size_t)room * sizeof(PyObject *), 0);
        if (!items) {
            PyErr_NoMemory();
            return -1;
        }
        v->ob_item = items;
        v->allocated = room;
    }
    Py_SET_SIZE(v, n);
    return 0;
}

PYAPI PyObject *PyList_New(Py_ssize_t size)
{
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyListObject *v = size <= SIZE_LIMIT ? m_alloc(sizeof(PyListObject)) : NULL;
    if (!v)
        return PyErr_NoMemory();
    ((PyObject *)v)->ob_type = &PyList_Type;
    ((PyObject *)v)->ob_refcnt = 1;
    Py_SET_SIZE(v, size);
    v->mooring_extra = NULL;
    v->allocated = size;
    v->ob_item = NULL;
    if (size && !(v->ob_item = calloc((size_t)size, sizeof(PyObject *)))) {
        m_free(v);
        return PyErr_NoMemory();
    }
    if (size)
        m_traced(v->ob_item, (size_t)size * sizeof(PyObject *));
    return (PyObject *)v;
}

PYAPI Py_ssize_t PyList_Size(PyObject *list)
{
    if (not_a_list(list))
        return -1;
    return m_list_is_own(list) ? Py_SIZE(list) : m_list_length(list);
}

PYAPI Py_ssize_t Mooring_ListLength(PyObject *list)
{
    return m_list_is_own(list) ? Py_SIZE(list) : m_list_length(list);
}

PYAPI PyObject *PyList_GetItem(PyObject *list, Py_ssize_t index)
{
    if (not_a_list(list))
        return NULL;
    if (!m_list_is_own(list))
        return m_list_item(list, index);
    if (likely((size_t)index < (size_t)Py_SIZE(list)))
        return LIST(list)->ob_item[index];              /* borrowed */
    PyErr_SetString(PyExc_IndexError, "list index out of range");
    return NULL;
}

PYAPI PyObject *Mooring_ListItem(PyObject *list, Py_ssize_t index)
{
    return m_list_is_own(list) ? LIST(list)->ob_item[index] : m_list_item(list, index);
}

PYAPI PyObject **Mooring_ListItems(PyObject *list)
{
    static PyObject *none[1];
    if (!m_list_is_own(list))
        return m_list_items(list);
    return LIST(list)->ob_item ? LIST(list)->ob_item : none;
}

/* Put an item, stolen, into a list of the VM.  C may go on using it, as the list has it: so it is dropped later. */
static int give(PyObject *list, Py_ssize_t index, PyObject *item)
{
    int result = vm_list_set(list, index, item);
    if (result < 0)
        Py_XDECREF(item);
    else if (item)
        m_drop(item);
    return result;
}

PYAPI int PyList_SetItem(PyObject *list, Py_ssize_t index, PyObject *item)
{
    if (not_a_list(list)) {
        Py_XDECREF(item);                               /* stolen */
        return -1;
    }
    if (!m_list_is_own(list))
        return give(list, index, item);
    if (unlikely((size_t)index >= (size_t)Py_SIZE(list))) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        return -1;
    }
    PyObject *old = LIST(list)->ob_item[index];
    LIST(list)->ob_item[index] = item;
    Py_XDECREF(old);
    return 0;
}

PYAPI void Mooring_ListInit(PyObject *list, Py_ssize_t index, PyObject *item)
{
    if (m_list_is_own(list)) {
        LIST(list)->ob_item[index] = item;
        return;
    }
    give(list, index, item);
}

PYAPI int PyList_Append(PyObject *list, PyObject *item)
{
    if (not_a_list(list))
        return -1;
    if (!item) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!m_list_is_own(list))
        return vm_list_append(list, item);
    if (unlikely(m_list_resize(list, Py_SIZE(list) + 1) < 0))
        return -1;
    Py_INCREF(item);
    LIST(list)->ob_item[Py_SIZE(list) - 1] = item;
    return 0;
}

PYAPI int PyList_Insert(PyObject *list, Py_ssize_t index, PyObject *item)
{
    if (not_a_list(list))
        return -1;
    if (!item) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!m_list_is_own(list))
        return vm_list_insert(list, index, item);
    Py_ssize_t n = Py_SIZE(list);
    index = index < 0 ? (index + n < 0 ? 0 : index + n) : index > n ? n : index;
    if (m_list_resize(list, n + 1) < 0)
        return -1;
    PyObject **items = LIST(list)->ob_item;
    memmove(items + index + 1, items + index, (size_t)(n - index) * sizeof(PyObject *));
    Py_INCREF(item);
    items[index] = item;
    return 0;
}

static void clamp(Py_ssize_t n, Py_ssize_t *low, Py_ssize_t *high)
{
    *low = *low < 0 ? 0 : *low > n ? n : *low;
    *high = *high < *low ? *low : *high > n ? n : *high;
}

PYAPI PyObject *PyList_GetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high)
{
    if (not_a_list(list))
        return NULL;
    if (!m_list_is_own(list))
        return vm_list_slice(list, low, high);
    clamp(Py_SIZE(list), &low, &high);
    PyObject *result = PyList_New(high - low);
    for (Py_ssize_t i = low; result && i < high; i++) {
        Py_XINCREF(LIST(list)->ob_item[i]);
        LIST(result)->ob_item[i - low] = LIST(list)->ob_item[i];
    }
    return result;
}

/* Put the `n` items of an array, borrowed, where [low:high] of a list of C's own was. */
static int splice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject **from, Py_ssize_t n)
{
    clamp(Py_SIZE(list), &low, &high);
    Py_ssize_t size = Py_SIZE(list), gone = high - low;
    PyObject **old = malloc((size_t)(gone + 1) * sizeof(PyObject *));
    if (!old) {
        PyErr_NoMemory();
        return -1;
    }
    if (gone)
        memcpy(old, LIST(list)->ob_item + low, (size_t)gone * sizeof(PyObject *));
    if (n > gone && m_list_resize(list, size + n - gone) < 0) {
        free(old);
        return -1;
    }
    PyObject **items = LIST(list)->ob_item;
    if (size > high)
        memmove(items + low + n, items + high, (size_t)(size - high) * sizeof(PyObject *));
    Py_SET_SIZE(list, size + n - gone);
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_XINCREF(from[i]);
        items[low + i] = from[i];
    }
    for (Py_ssize_t i = 0; i < gone; i++)
        Py_XDECREF(old[i]);
    free(old);
    return 0;
}

PYAPI int PyList_SetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *itemlist)
{
    if (not_a_list(list))
        return -1;
    if (!m_list_is_own(list))
        return vm_list_set_slice(list, low, high, itemlist);
    if (!itemlist)
        return splice(list, low, high, NULL, 0);
    PyObject *fast = itemlist == list ? PyList_GetSlice(list, 0, PY_SSIZE_T_MAX) : PySequence_Fast(itemlist, "can only assign an iterable");
    if (!fast)
        return -1;
    PyObject **from = PySequence_Fast_ITEMS(fast);
    int result = from ? splice(list, low, high, from, PySequence_Fast_GET_SIZE(fast)) : -1;
    Py_DECREF(fast);
    return result;
}

PYAPI int PyList_Sort(PyObject *list)
{
    return not_a_list(list) ? -1 : m_list_is_own(list) && Py_SIZE(list) < 2 ? 0 : vm_list_sort(list);
}

PYAPI int PyList_Reverse(PyObject *list)
{
    if (not_a_list(list))
        return -1;
    if (!m_list_is_own(list))
        return vm_list_reverse(list);
    PyObject **items = LIST(list)->ob_item;
    for (Py_ssize_t i = 0, j = Py_SIZE(list) - 1; i < j; i++, j--) {
        PyObject *item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
    return 0;
}

PYAPI PyObject *PyList_AsTuple(PyObject *list)
{
    if (not_a_list(list))
        return NULL;
    PyObject **items = Mooring_ListItems(list);
    PyObject *result = items ? PyTuple_New(Mooring_ListLength(list)) : NULL;
    for (Py_ssize_t i = 0; result && i < PyTuple_GET_SIZE(result); i++) {
        Py_XINCREF(items[i]);
        PyTuple_SET_ITEM(result, i, items[i]);
    }
    return result;
}

PYAPI PyObject *_PyList_Extend(PyListObject *list, PyObject *iterable)
{
    if (PyList_SetSlice((PyObject *)list, PY_SSIZE_T_MAX, PY_SSIZE_T_MAX, iterable) < 0)
        return NULL;
    Py_RETURN_NONE;
}

PYAPI void _PyList_DebugMallocStats(FILE *out)
{
    (void)out;
}
