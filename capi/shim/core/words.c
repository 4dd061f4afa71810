/* Words that are not simple: fresh C values, instances, types; and what the VM makes for its own objects. */
#include "core/dicts.h"
#include "core/flight.h"
#include "core/mail.h"

static W link_of(PyObject *op)
{
    return M_HDR(op)->magic == M_MAGIC(op) ? M_HDR(op)->link : m_static_get(op);
}

/* Let the VM keep the wrapper of `op` alive while C holds more than the VM's share. */
static void hold(PyObject *op, W link)
{
    if (M_HDR(op)->magic == M_MAGIC(op)) {
        if (M_HDR(op)->flags & M_HELD)
            return;
        M_HDR(op)->flags |= M_HELD;
    }
    Py_INCREF(op);                      /* another thread may let go of it meanwhile */
    vm_hold((long)W_INDEX(link));
    Py_DECREF(op);
}

static W instance_word(PyObject *op)
{
    W link = link_of(op);
    if (!link && M_HDR(op)->magic == M_MAGIC(op) && M_HDR(op)->flags & M_MAILED)
        link = m_letter_link(op);
    if (!link)
        return m_reserve(op);
    m_took_off(link);
    return link;
}

static W type_word(PyObject *op)
{
    MTypeInfo *info = m_info((PyTypeObject *)op);
    if (info->flags & TI_FADES) {
        if (unlikely(m_multi))
            m_fly(&m_tls, op);
        m_took_off(info->link);
    }
    return info->link;
}

W m_word_slow(PyObject *op, MTypeInfo *info)
{
    switch (info->kind) {
    case K_TYPE:
        return type_word(op);
    case K_INSTANCE:
        if (unlikely(m_multi))
            m_fly(&m_tls, op);
        return instance_word(op);
    default: {
        W link = link_of(op);
        if (unlikely(!link && info->kind == K_TUPLE && M_HDR(op)->flags & M_MAILED))
            link = m_letter_link(op);
        if (unlikely(m_multi) && (link & 7) == W_STRONG && M_HDR(op)->magic == M_MAGIC(op))
            m_fly(&m_tls, op);
        return link ? link : (W)op;
    }
    }
}

/* A tuple of ints and None that nobody else has crosses as its items' words, in one of the thread's boxes. */
static W box(MThread *t, PyObject *op)
{
    Py_ssize_t n = Py_SIZE(op);
    if (op->ob_refcnt != 1 || M_HDR(op)->link || n < 1 || n > M_BOX_ITEMS || !Py_IS_TYPE(op, &PyTuple_Type))
        return 0;
    PyObject **items = ((PyTupleObject *)op)->ob_item;
    MBox *to = &m_out(t->out, __builtin_frame_address(0))->box;
    for (Py_ssize_t i = 0; i < n; i++)
        if (items[i] && Py_IS_TYPE(items[i], &PyLong_Type) && m_long_is_small(items[i]))
            to->words[i] = W_INT(m_long_value(items[i]));
        else if (items[i] == Py_None)
            to->words[i] = m_none_word;
        else
            return 0;
    to->n = n;
    for (Py_ssize_t i = 0; i < n; i++)
        if (items[i] == Py_None)
            Py_DECREF(Py_None);
        else
            m_long_drop(items[i]);
    m_tuple_recycle(op, n);
    return (W)to | W_BOX;
}

W m_return_slow(MThread *t, PyObject *op, MTypeInfo *info)
{
    W w;
    switch (info->kind) {
    case K_TUPLE:
        if ((w = box(t, op)))
            return w;
        break;
    case K_TYPE:
        w = type_word(op);
        Py_DECREF(op);
        return w;
    case K_INSTANCE:
        w = instance_word(op);
        op->ob_refcnt--;
        if (unlikely(info->flags & TI_STATEFUL) && op->ob_refcnt > M_SHARE)
            hold(op, w);
        if (unlikely(m_multi))
            m_fly(t, op);
        return w;
    case K_LIST:
    case K_DICT:
        if ((w = M_HDR(op)->link) && !m_multi) {
            Py_DECREF(op);
            return w;
        }
        break;
    default:
        break;
    }
    w = m_word(op);
    if (!(w & 7) && info->kind != K_PROXY)      /* the VM will read it */
        M_HDR(op)->flags |= M_UNREAD;
    m_temp(t, op);
    return w;
}

/* The result of a callback has another handle than the VM knew when the callback ended: what became weak meanwhile is still there. */
PyObject *m_from_word_bad(W w)
{
    MSlot *slot = &m_slots[W_INDEX(w)];
    if (slot->obj && (slot->handle & ~(W)7) == (w & ~(W)7)) {
        Py_INCREF(slot->obj);
        return slot->obj;
    }
    Py_FatalError("mooring: a callback returned a stale handle");
    return NULL;
}

/* After a call: a wrapper with state that C kept must not die. */
void m_check_held(PyObject *op)
{
    if (op->ob_refcnt > M_SHARE && m_info(Py_TYPE(op))->kind == K_INSTANCE)
        hold(op, link_of(op));
}

/* ---- what the VM calls to give its objects an address ---------------------------------------------------------- */

#define MAKE_BEGIN \
    MThread *t = &m_tls; \
    m_enter(t);

/* Link `op`, whose only reference is the caller's, and let go of it: it is dead until C takes it.  With several threads it
   stays alive until this thread's next call has returned: another thread's drain must not come before the VM knows of it. */
static W linked(MThread *t, PyObject *op)
{
    W w = 0;
    if (op) {
        w = m_slot_new(op, W_STRONG);
        M_HDR(op)->link = w;
        if (unlikely(m_multi)) {
            op->ob_refcnt = 1;
            m_temp(t, op);
        } else {
            op->ob_refcnt = 0;
            m_dead_push(op);
        }
    }
    m_leave(t);
    return w;
}

VMCALL W m_link_proxy(W type)
{
    MAKE_BEGIN
    return linked(t, m_proxy_new((PyTypeObject *)type));
}

VMCALL W m_link_str(W type, const char *data, long n)
{
    MAKE_BEGIN
    return linked(t, m_str_from_utf8((PyTypeObject *)type, data, n));
}

VMCALL W m_link_bytes(W type, const char *data, long n)
{
    MAKE_BEGIN
    return linked(t, m_bytes_alloc((PyTypeObject *)type, data, n));
}

static PyObject *sized(PyTypeObject *type, size_t size)
{
    if (type->tp_basicsize > (Py_ssize_t)size)
        size = (size_t)type->tp_basicsize;
    PyObject *op = m_calloc(size);
    if (!op)
        return PyErr_NoMemory();
    op->ob_type = type;
    op->ob_refcnt = 1;
    return op;
}

VMCALL W m_link_float(W type, double value)
{
    MAKE_BEGIN
    PyObject *op = sized((PyTypeObject *)type, sizeof(PyFloatObject));
    if (op)
        ((PyFloatObject *)op)->ob_fval = value;
    return linked(t, op);
}

VMCALL W m_link_complex(W type, double real, double imag)
{
    MAKE_BEGIN
    PyObject *op = sized((PyTypeObject *)type, sizeof(PyComplexObject));
    if (op) {
        ((PyComplexObject *)op)->cval.real = real;
        ((PyComplexObject *)op)->cval.imag = imag;
    }
    return linked(t, op);
}

/* `limbs`: the magnitude, little-endian, padded to 8 bytes. */
VMCALL W m_link_int(W type, int negative, const char *limbs, long n)
{
    MAKE_BEGIN
    return linked(t, m_long_from_limbs((PyTypeObject *)type, negative, (const uint64_t *)limbs, n));
}

static PyObject *from_argument(W w)
{
    if ((w & 5) == 4 && m_slots[W_INDEX(w)].handle != w)
        return NULL;
    return m_from_word(w);
}

/* 0 without an error set: a handle was stale, try again. */
VMCALL W m_link_tuple(W type, W *items, long n)
{
    MAKE_BEGIN
    PyTypeObject *tp = (PyTypeObject *)type;
    PyObject *op;
    if (tp == &PyTuple_Type)
        op = m_tuple_alloc(n);
    else {
        op = sized(tp, offsetof(PyTupleObject, ob_item) + (size_t)(n ? n : 1) * sizeof(PyObject *));
        if (op)
            ((PyVarObject *)op)->ob_size = n;
    }
    if (!op)
        return linked(t, NULL);
    for (long i = 0; i < n; i++) {
        PyObject *item = from_argument(items[i]);
        if (!item) {
            while (i--)
                Py_DECREF(PyTuple_GET_ITEM(op, i));
            m_free(op);
            return linked(t, NULL);
        }
        ((PyTupleObject *)op)->ob_item[i] = item;
    }
    if (tp != &PyTuple_Type)
        Py_SET_SIZE(op, n - M_INFO(tp)->hidden);
    return linked(t, op);
}

VMCALL W m_link_slice(W type, W start, W stop, W step)
{
    MAKE_BEGIN
    PySliceObject *op = (PySliceObject *)sized((PyTypeObject *)type, sizeof(PySliceObject));
    if (op) {
        op->start = from_argument(start);
        op->stop = from_argument(stop);
        op->step = from_argument(step);
        if (!op->start || !op->stop || !op->step) {
            Py_XDECREF(op->start);
            Py_XDECREF(op->stop);
            Py_XDECREF(op->step);
            m_free(op);
            op = NULL;
        }
    }
    return linked(t, (PyObject *)op);
}

VMCALL W m_link_method(W type, W function, W self)
{
    MAKE_BEGIN
    PyMethodObject *op = (PyMethodObject *)sized((PyTypeObject *)type, sizeof(PyMethodObject));
    if (op) {
        op->im_func = from_argument(function);
        op->im_self = from_argument(self);
        if (!op->im_func || !op->im_self) {
            Py_XDECREF(op->im_func);
            Py_XDECREF(op->im_self);
            m_free(op);
            op = NULL;
        }
    }
    return linked(t, (PyObject *)op);
}

/* Link a C value that crosses for the second time, or a list that was born in C. */
VMCALL W m_link_existing(W address)
{
    MAKE_BEGIN
    PyObject *op = (PyObject *)address;
    W w;
    m_slot_room();
    if (M_HDR(op)->magic == M_MAGIC(op)) {
        w = M_HDR(op)->link;
        if (!w) {
            w = M_HDR(op)->link = m_slot_new(op, W_STRONG);
            if (Py_IS_TYPE(op, &PyTuple_Type))
                m_lend(op);
        }
    } else {
        w = m_static_get(op);
        if (!w)
            m_static_set(op, w = m_slot_new(op, W_STRONG));
    }
    m_leave(t);
    return w;
}

/* A list that was born in C has become a VM list: its items stay behind as what C borrowed of it. */
static void list_becomes_view(MThread *t, PyListObject *v)
{
    MExtra *view = v->ob_item ? calloc(1, sizeof(MExtra)) : NULL;
    if (v->ob_item && !view)
        Py_FatalError("mooring: out of memory");
    if (view) {
        view->thread = t;
        view->items = v->ob_item;
        view->items_n = v->allocated;
        memset(view->items + Py_SIZE(v), 0, (size_t)(v->allocated - Py_SIZE(v)) * sizeof(PyObject *));
        v->mooring_extra = view;
    }
    v->ob_item = NULL;
    Py_SET_SIZE(v, 0);
    v->allocated = 0;
}

VMCALL W m_list_linked(W address)
{
    MThread *t = &m_tls;
    W w = m_link_existing(address);
    m_enter(t);
    list_becomes_view(t, (PyListObject *)address);
    m_leave(t);
    return w;
}

/* A list that has itself among its items, and is the VM's now, borrows nothing of itself. */
VMCALL void m_list_without_itself(W address)
{
    MThread *t = &m_tls;
    PyListObject *list = (PyListObject *)address;
    m_enter(t);
    MExtra *view = list->mooring_extra;
    for (Py_ssize_t i = 0; view && i < view->items_n; i++)
        if (view->items[i] == (PyObject *)list) {
            view->items[i] = NULL;
            ((PyObject *)list)->ob_refcnt--;
        }
    m_leave(t);
}

/* A dict that was born in C is the VM's from now on.  Its table, which the VM reads and then gives to m_dict_read(). */
VMCALL W m_dict_linked(W address)
{
    MThread *t = &m_tls;
    m_link_existing(address);
    m_enter(t);
    MTable *table = m_dict_take((PyObject *)address);
    m_leave(t);
    return (W)table;
}

VMCALL void m_dict_read(W table)
{
    MThread *t = &m_tls;
    m_enter(t);
    if (table)
        m_table_drop((MTable *)table);
    m_leave(t);
}

/* The keys and values of a dict that was born in C, and how often it was changed, as a tuple; 0 without memory. */
VMCALL W m_dict_copied(W address)
{
    MAKE_BEGIN
    MDict *dict = DICT(address);
    Py_ssize_t n = m_dict_length((PyObject *)dict), i = 0, pos = 0;
    PyObject *op = m_tuple_new(2 * n + 1), *key, *value;
    while (op && m_dict_next((PyObject *)dict, &pos, &key, &value)) {
        ((PyTupleObject *)op)->ob_item[i++] = Py_NewRef(key);
        ((PyTupleObject *)op)->ob_item[i++] = Py_NewRef(value);
    }
    if (op && !(((PyTupleObject *)op)->ob_item[i] = m_long_new(dict->changes))) {
        Py_SET_SIZE(op, i);
        Py_CLEAR(op);
    }
    m_leave(t);
    return (W)op;
}

/* The items of a list that was born in C as a tuple, which no other thread changes: a new reference, or 0 without memory. */
VMCALL W m_list_copy(W address)
{
    MAKE_BEGIN
    PyListObject *v = (PyListObject *)address;
    PyObject *op = m_tuple_new(Py_SIZE(v));
    for (Py_ssize_t i = 0; op && i < Py_SIZE(v); i++) {
        Py_XINCREF(v->ob_item[i]);
        ((PyTupleObject *)op)->ob_item[i] = v->ob_item[i];
    }
    m_leave(t);
    return (W)op;
}

/* With several threads a C value is linked in two steps, so that no other thread gets the handle before the VM has its object in the
   table.  The first: a handle of which C does not know yet; 0 if there is a link. */
VMCALL W m_link_prepare(W address)
{
    MAKE_BEGIN
    m_slot_room();
    W w = link_of((PyObject *)address) ? 0 : m_slot_new((PyObject *)address, W_STRONG);
    m_leave(t);
    return w;
}

/* The second: the value has this link now.  0 if another thread has linked it meanwhile, or if it is a list whose length is no longer
   the given one, or a dict that was changed; then the handle is stale. */
VMCALL W m_link_publish(W address, W handle, long state)
{
    MAKE_BEGIN
    PyObject *op = (PyObject *)address;
    W w = handle;
    int is_dict = state >= 0 && Py_IS_TYPE(op, &PyDict_Type);
    if (link_of(op) || (state >= 0 && state != (is_dict ? DICT(op)->changes : Py_SIZE(op)))) {
        m_slot_rest(W_INDEX(handle));
        w = 0;
    } else if (M_HDR(op)->magic == M_MAGIC(op)) {
        M_HDR(op)->link = w;
        if (Py_IS_TYPE(op, &PyTuple_Type))
            m_lend(op);
        if (is_dict) {
            MTable *table = m_dict_take(op);
            if (table)
                m_table_drop(table);
        } else if (state >= 0)
            list_becomes_view(t, (PyListObject *)op);
    } else
        m_static_set(op, w);
    m_leave(t);
    return w;
}

/* True if this C value has crossed before, hence is worth a link. */
VMCALL long m_crossed(W address)
{
    MHeader *header = M_HDR((PyObject *)address);
    if (header->magic != M_MAGIC((PyObject *)address))
        return 1;
    if (header->flags & M_CROSSED)
        return 1;
    header->flags |= M_CROSSED;
    return 0;
}

VMCALL W m_float(double value)
{
    MAKE_BEGIN
    PyObject *op = m_float_new(value);
    m_temp(t, op);
    m_leave(t);
    return (W)op;
}

/* A str that a callback returns, by value: C may go on using it when it has let go, as the VM has it. */
VMCALL W m_text_result(const char *data, long n)
{
    MAKE_BEGIN
    PyObject *op = m_str_from_utf8(&PyUnicode_Type, data, n);
    if (op) {
        m_ring_keep(&t->texts, op);
        m_temp(t, op);
    }
    m_leave(t);
    return (W)op;
}

VMCALL W m_int(int negative, const char *limbs, long n)
{
    MAKE_BEGIN
    PyObject *op = m_long_from_limbs(&PyLong_Type, negative, (const uint64_t *)limbs, n);
    if (op)
        m_temp(t, op);
    m_leave(t);
    return (W)op;
}

/* An object for the arguments of the next call; the VM puts its own into the table at the handle's index.
   0 if the word of a tuple's item was stale, or without memory. */
static W temporary(MThread *t, PyObject *op)
{
    W w = m_slot_new(op, W_STRONG);
    M_HDR(op)->link = w;
    M_HDR(op)->flags |= M_TEMP;
    m_temp(t, op);
    m_leave(t);
    return w;
}

/* The same for an object whose identity counts: the VM finds it again by its index among the guests. */
static W guest(MThread *t, PyObject *op)
{
    if (unlikely(!op || m_guests.n == M_GUESTS)) {
        if (op) {
            op->ob_refcnt = 1;
            Py_DECREF(op);
        }
        PyErr_Clear();
        m_leave(t);
        return 0;
    }
    op->ob_refcnt = 1;
    W w = temporary(t, op);
    m_guests.arrived[m_guests.n] = 0;
    m_guests.index[m_guests.n++] = W_INDEX(w);
    return w;
}

VMCALL W m_guest_proxy(W type)
{
    MAKE_BEGIN
    return guest(t, m_proxy_new((PyTypeObject *)type));
}

VMCALL W m_guest_str(W type, const char *data, long n)
{
    MAKE_BEGIN
    return guest(t, m_str_from_utf8((PyTypeObject *)type, data, n));
}

VMCALL W m_guest_bytes(W type, const char *data, long n)
{
    MAKE_BEGIN
    return guest(t, m_bytes_alloc((PyTypeObject *)type, data, n));
}

/* The proxy of a new VM object that a callback gives C with a reference; 0: it needs a link. */
VMCALL W m_late_proxy(W type)
{
    MAKE_BEGIN
    PyObject *op = m_guests.n < M_GUESTS && !m_multi ? m_proxy_new((PyTypeObject *)type) : NULL;
    W w = 0;
    if (op) {
        op->ob_refcnt = 1;
        w = M_HDR(op)->link = m_slot_new(op, W_STRONG);
        if (!m_guest_comes(op)) {       /* making the slot let others run */
            m_slot_rest(W_INDEX(w));
            M_HDR(op)->link = w = 0;
            Py_DECREF(op);
        }
    } else
        PyErr_Clear();
    m_leave(t);
    return w;
}

/* C kept the instance of a letter: it is an instance like others, which the VM holds weakly. */
VMCALL W m_instance_stays(W w)
{
    MAKE_BEGIN
    W link = m_to_weak(W_INDEX(w));
    m_leave(t);
    return link;
}

VMCALL W m_guests_address(void)
{
    return (W)&m_guests;
}

/* A guest that crosses a second time gets a lasting link. */
VMCALL void m_guest_stays(W w)
{
    MAKE_BEGIN
    PyObject *op = m_slots[W_INDEX(w)].obj;
    M_HDR(op)->flags &= ~(M_TEMP | M_LATE);
    m_guest_leaves(W_INDEX(w));
    m_leave(t);
}

/* A tuple of one to three items, for the arguments of the next call. */
VMCALL W m_guest_tuple(long n, W w0, W w1, W w2)
{
    MAKE_BEGIN
    W words[] = {w0, w1, w2};
    PyObject *op = m_tuple_new(n);
    for (long i = 0; i < n; i++) {
        PyObject *item = from_argument(words[i]);
        if (!item) {
            Py_SET_SIZE(op, i);
            Py_DECREF(op);
            m_leave(t);
            return 0;
        }
        ((PyTupleObject *)op)->ob_item[i] = item;
    }
    return temporary(t, op);
}

/* The word of a C object whose address the VM read out of a struct. */
VMCALL W m_word_of(W address)
{
    MAKE_BEGIN
    W w = m_word((PyObject *)address);
    m_leave(t);
    return w;
}

VMCALL void m_incref(W address)
{
    MAKE_BEGIN
    Py_INCREF((PyObject *)address);
    m_leave(t);
}

VMCALL void m_decref(W address)
{
    MAKE_BEGIN
    Py_DECREF((PyObject *)address);
    if (m_multi)                        /* it may belong to a conversion: this frame's words were not all looked at */
        ;
    else if (t->pending && !t->depth)
        m_release_pending(t);
    else if (t->pending)
        m_release_temps_of(t);
    m_leave(t);
}

/* Pin the object of a word: a new reference that the VM owns as an address. */
VMCALL W m_pin(W w)
{
    MAKE_BEGIN
    PyObject *op = from_argument(w);
    m_leave(t);
    return (W)op;
}

/* All small ints?  Then their values go to `out`: a list or tuple of ints crosses as one copy. */
VMCALL long m_copy_ints(W address, int64_t *out)
{
    PyObject *op = (PyObject *)address, **items = PyTuple_Check(op) ? ((PyTupleObject *)op)->ob_item : ((PyListObject *)op)->ob_item;
    Py_ssize_t n = Py_SIZE(op);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!items[i] || Py_TYPE(items[i]) != &PyLong_Type || !m_long_is_small(items[i]))
            return 0;
        out[i] = m_long_value(items[i]);
    }
    return 1;
}

/* ---- errors between the two sides --------------------------------------------------------------------------------- */

/* What a callback raises becomes the error when it has returned: until then a hook or a finaliser of the VM may run and call
   C functions, which must not meet it. */
struct MRaised {
    struct MRaised *outer;
    PyObject *value;
    int depth;
};

static void push_raised(MThread *t, PyObject *value)
{
    struct MRaised *raised = malloc(sizeof *raised);
    if (!raised)
        Py_FatalError("mooring: out of memory");
    *raised = (struct MRaised){t->raised, value, t->depth};
    t->raised = raised;
}

/* The VM raised `value` in a callback. */
VMCALL void m_raise(W value)
{
    MAKE_BEGIN
    push_raised(t, m_from_word(value));
    m_leave(t);
}

/* The same for an exception without a link, which mostly goes back to the VM or is cleared before C code looks at it.  Its
   word, for the VM's table; 0 without memory. */
VMCALL W m_raise_new(W type)
{
    MAKE_BEGIN
    PyObject *op = m_proxy_new((PyTypeObject *)type);
    W w = 0;
    if (op) {
        op->ob_refcnt = 1;
        w = M_HDR(op)->link = m_slot_new(op, W_STRONG);
        M_HDR(op)->flags |= M_RAISED;
        push_raised(t, op);
    }
    m_leave(t);
    return w;
}

void m_show_error(PyObject *value)
{
    if (value && M_HDR(value)->magic == M_MAGIC(value) && M_HDR(value)->flags & M_RAISED) {
        M_HDR(value)->flags &= ~M_RAISED;
        vm_adopt(M_HDR(value)->link);
    }
}

void m_raised_arrives(MThread *t)
{
    struct MRaised *raised = t->raised;
    if (raised->depth != t->depth + 1)
        return;                         /* that of a callback further out */
    PyObject *value = raised->value, *type = (PyObject *)Py_TYPE(value);
    t->raised = raised->outer;
    free(raised);
    Py_INCREF(type);
    m_set_error(type, value, NULL);
}

/* The error indicator put aside, while the VM runs C code that has nothing to do with it: `m_error_back` undoes it. */
void m_error_aside(MThread *t, PyObject **error)
{
    error[0] = t->err_type;
    error[1] = t->err_value;
    error[2] = t->err_tb;
    t->err_type = t->err_value = t->err_tb = NULL;
}

void m_error_back(PyObject **error)
{
    m_set_error(error[0], error[1], error[2]);
}

/* Take the error indicator: words of type, value and traceback; the objects live until the next call returns.
   0: it was not set; 2: it was set although the C function returned a result. */
VMCALL long m_fetch(W *out)
{
    MAKE_BEGIN
    PyObject *error[3] = {t->err_type, t->err_value, t->err_tb};
    t->err_type = t->err_value = t->err_tb = NULL;
    for (int i = 0; i < 3; i++) {
        out[i] = m_word(error[i]);
        if (error[i])
            m_temp(t, error[i]);
    }
    long found = error[0] ? 1 + t->result_with_error : 0;
    t->result_with_error = 0;
    m_leave(t);
    return found;
}

VMCALL long m_error_occurred(void)
{
    return m_tls.err_type != NULL;
}

/* Pin the object of a word until the callback under way has returned; 0 if the word is stale. */
VMCALL W m_pin_temp(W w)
{
    MAKE_BEGIN
    PyObject *op = from_argument(w);
    if (op)
        m_temp(t, op);
    m_leave(t);
    return (W)op;
}

/* The address that a word stands for; no reference is taken. */
VMCALL W m_object_address(W w)
{
    return w & 4 ? (W)m_slots[W_INDEX(w)].obj : w;
}

VMCALL void m_buffer_release(W view)
{
    MAKE_BEGIN
    PyBuffer_Release((Py_buffer *)view);
    m_leave(t);
}
