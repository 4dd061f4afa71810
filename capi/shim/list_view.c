/* What C sees of a list that lives in the VM.

   The proxy keeps an array of the items that C has asked for.  items[low:high] are known to be the list's while the epoch
   lasts (mooring.h); further ones are fetched some at a time by one callback: twice as many as before while C reads on,
   as few as it used when the VM ran in between.  An item gives way only to another value, and then lives until the
   outermost call returns, so a borrowed reference is good as long as in CPython.

   Other threads of the VM run while C does.  Then a thread's first look in an epoch takes the list as it is at that moment,
   whole, as CPython's lock would keep it: the items of a short one, a copy of a longer one.  Each thread has its own view. */
#include "list.h"

#define CHUNK 64
#define FEW 8                           /* as in capi/list.py */
#define SHARED (-2)                     /* what the VM answers while it has other threads */
#define UNCHANGED 8                     /* the first word: the items are those handed over last */

static MExtra *view_of(PyObject *list)
{
    MExtra **first = (MExtra **)&LIST(list)->mooring_extra, **where = first, *view;
    while ((view = *where) && unlikely(view->thread != &m_tls))
        where = &view->next;
    if (!view) {
        if (!(view = calloc(1, sizeof(MExtra)))) {
            PyErr_NoMemory();
            return NULL;
        }
        view->thread = &m_tls;
    } else
        *where = view->next;
    if (*first != view)
        view->next = *first;
    return *first = view;
}

PyObject *m_list_frozen(PyObject *list)
{
    MExtra *view = list ? view_of(list) : NULL;
    if (!view) {
        Py_CLEAR(list);
        return NULL;
    }
    view->frozen = 1;
    return list;
}

/* Room for n items of a list of `length`. */
static int make_room(MExtra *view, Py_ssize_t n, Py_ssize_t length)
{
    if (n <= view->items_n)
        return 0;
    Py_ssize_t room = n < 2 * view->items_n ? 2 * view->items_n : n;
    room = room > length ? length : room;
    PyObject **items = m_resized(view->items, (size_t)room * sizeof(PyObject *), 0);
    if (!items) {
        PyErr_NoMemory();
        return -1;
    }
    memset(items + view->items_n, 0, (size_t)(room - view->items_n) * sizeof(PyObject *));
    view->items = items;
    view->items_n = room;
    return 0;
}

/* A str of its own for put() of capi/list.py: a new reference. */
VMCALL W m_new_str(const char *data, long n)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyObject *op = m_str_from_utf8(&PyUnicode_Type, data, n);
    if (!op)
        Py_FatalError("mooring: out of memory");
    m_leave(t);
    return (W)op;
}

PyObject *m_taken(W w, double value)
{
    if (w == W_FLOAT)
        return m_float_new(value);
    if ((w & 7) == W_FLOAT)
        return (PyObject *)(w - W_FLOAT);
    if (w & 4 && !(w & 1) && m_slots[W_INDEX(w)].handle != w)
        return NULL;
    return m_from_word(w);
}

/* Is `old` the value that vm_list_fetch wrote? */
static int is_same(PyObject *old, W w, double value)
{
    if (w & 1)
        return Py_TYPE(old) == &PyLong_Type && m_long_is_small(old) && m_long_value(old) == w >> 1;
    if (w == W_FLOAT)
        return Py_TYPE(old) == &PyFloat_Type && !memcmp(&((PyFloatObject *)old)->ob_fval, &value, sizeof value);
    return w & 4 && m_slots[W_INDEX(w)].handle == w && m_slots[W_INDEX(w)].obj == old;
}

/* Store an item, stolen, in place of what was there. */
static void put(MExtra *view, Py_ssize_t i, PyObject *item)
{
    PyObject *old = view->items[i];
    view->items[i] = item;
    if (old)
        m_drop(old);
}

/* Store what vm_list_fetch or vm_list_whole wrote, `n` values from `start`; returns how many could be had, -1 on error. */
static Py_ssize_t store(MExtra *view, Py_ssize_t start, Py_ssize_t n, const W *words, const double *values)
{
    Py_ssize_t done = 0;
    int failed = make_room(view, start + n, view->length) < 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *old = failed ? NULL : view->items[start + i];
        if (done == i && old && is_same(old, words[i], values[i])) {
            done++;
            continue;
        }
        PyObject *item = m_taken(words[i], values[i]);
        if (!item || done != i || failed)
            Py_XDECREF(item);
        else {
            if (old && m_same_value(old, item))
                Py_DECREF(item);
            else
                put(view, start + i, item);
            done++;
        }
    }
    return failed ? -1 : done;
}

/* Take the list as it is now: all items of a short one; of a longer one a copy, whose items are fetched as they are asked for. */
static int take_whole(PyObject *list, MExtra *view)
{
    W words[CHUNK];
    double values[CHUNK];
    PyObject *copy = NULL;
    Py_ssize_t n = vm_list_whole(list, CHUNK, (W)words, (W)values);
    if (n == SHARED) {
        if (!(copy = m_list_frozen(vm_list_copy(list))))
            return -1;
        n = m_list_length(copy);
    }
    if (n < 0)
        return -1;
    if (view->copy)
        m_drop(view->copy);
    view->copy = copy;
    view->length = n;
    view->counted = view->seen = m_epoch;
    view->low = view->high = view->stamp = 0;
    if (!copy)
        view->high = store(view, 0, n, words, values);
    if (view->high < 0)
        view->high = view->seen = 0;
    return view->seen ? 0 : -1;
}

/* Fetch up to `n` items from `start`; returns how many came, SHARED if all have come, -1 on error. */
static Py_ssize_t fetch(PyObject *list, MExtra *view, Py_ssize_t start, Py_ssize_t n)
{
    W words[CHUNK];
    double values[CHUNK];
    n = n > CHUNK ? CHUNK : n;
    int copied = view->copy && view->counted == m_epoch;
    Py_ssize_t length = vm_list_fetch(copied ? view->copy : list, start, n, copied || view->frozen, (W)&view->stamp, (W)words, (W)values);
    if (length < 0)
        return length;
    view->length = length;
    view->counted = m_epoch;
    n = n > length - start ? length - start : n;
    if (n <= 0)
        return 0;
    if (words[0] == UNCHANGED)
        return n;
    Py_ssize_t done = store(view, start, n, words, values);
    if (done != n)
        view->stamp = 0;
    return done ? done : fetch(list, view, start, 1);
}

/* Make items[i] good.  0: i is out of range; -1: error. */
static Py_ssize_t look(PyObject *list, MExtra *view, Py_ssize_t i, Py_ssize_t wanted)
{
    int reads_on = (view->seen == m_epoch || view->frozen) && i == view->high;
    if (view->counted == m_epoch && i >= view->length)
        return 0;
    Py_INCREF(list);
    Py_ssize_t came = fetch(list, view, i, wanted);
    if (came == SHARED)
        came = take_whole(list, view) < 0 ? -1 : view->copy ? look(list, view, i, wanted) : i < view->high ? view->high - i : 0;
    else if (came > 0) {
        if (!reads_on)
            view->low = i;
        view->high = i + came;
        view->seen = m_epoch;
    }
    Py_DECREF(list);
    return came;
}

/* How many items to fetch of a list that is read from the start: as many as were read before. */
static Py_ssize_t first_step(MExtra *view)
{
    Py_ssize_t read = view->last + 1;
    return !view->high ? FEW : read < CHUNK ? read : CHUNK;
}

Py_ssize_t m_list_length(PyObject *list)
{
    MExtra *view = LIST(list)->mooring_extra;
    if (view && view->counted == m_epoch)
        return view->length;
    if (!(view = view_of(list)))
        return -1;
    if (view->counted == m_epoch)
        return view->length;
    if (view->high > 1 && view->last > 0) {         /* read on last time: it will be so again */
        Py_ssize_t came = look(list, view, 0, first_step(view));
        return came < 0 ? -1 : view->length;
    }
    W words[FEW];
    double values[FEW];
    int64_t told[2] = {view->stamp, 0};
    Py_ssize_t length = vm_list_length(list, view->frozen, (W)told, view->counted ? 0 : (W)words, (W)values);
    if (length == SHARED)
        return take_whole(list, view) < 0 ? -1 : view->length;
    view->length = length;
    view->counted = length < 0 ? 0 : m_epoch;
    if (length > 0 && told[1]) {
        Py_ssize_t came = store(view, 0, told[1], words, values);
        if (came < 0)
            return -1;
        view->stamp = came == told[1] ? told[0] : 0;
        view->low = 0;
        view->high = view->step = came;
        view->seen = m_epoch;
    }
    return length;
}

int m_list_fetch_item(PyObject *list, Py_ssize_t i, PyObject **item)
{
    MExtra *view = view_of(list);
    if (!view)
        return -1;
    Py_ssize_t came = 0;
    if ((view->seen == m_epoch || view->frozen) && i >= view->low && i < view->high) {
        *item = view->items[view->last = i];    /* another thread's view stood first */
        return 1;
    }
    if (i >= 0) {
        if ((view->seen == m_epoch || view->frozen) && i == view->high && i)
            view->step = view->step < CHUNK / 2 ? view->step * 2 : CHUNK;
        else if (view->high && i == view->last + 1)
            view->step = view->last - view->low + 1;
        else
            view->step = i ? 1 : first_step(view);
        view->last = i;
        came = look(list, view, i, view->step);
    }
    if (came > 0)
        *item = view->items[i];
    return came > 0 ? 1 : (int)came;
}

PyObject **m_list_items(PyObject *list)
{
    static PyObject *none[1];
    MExtra *view = view_of(list);
    if (!view)
        return NULL;
    Py_ssize_t length = m_list_length(list);
    if (length < 0 || make_room(view, length, length) < 0)
        return NULL;
    for (Py_ssize_t i = view->seen == m_epoch && !view->low ? view->high : 0; ; i = view->high) {
        if (view->counted == m_epoch && i >= view->length)
            return view->items ? view->items : none;
        Py_ssize_t came = look(list, view, i, CHUNK);
        if (came < 0)
            return NULL;
        if (!came)
            return view->items ? view->items : none;
    }
}
