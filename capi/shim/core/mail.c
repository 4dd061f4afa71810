#include "core/mail.h"

MMail m_mail;

static struct {
    PyObject *op;                       /* C's object, while the call is under way */
    int64_t below;                      /* `open` before it */
    int uses;                           /* how many arguments of the call it is */
} opened[M_LETTERS];

static W check_of(const W *words, long n)
{
    W check = words[n == 0];
    if (n > 1)
        check ^= words[1] >> 7;
    if (n > 2)
        check ^= words[2] >> 13;
    return check & M_LETTER_CHECK;
}

/* The struct of the last letter that was an instance, for the next one: nothing but its head was ever used. */
static PyObject *spare;

void m_letter_spare_free(void)
{
    Py_CLEAR(spare);
}

static PyObject *instance(W *words)
{
    PyTypeObject *type = (PyTypeObject *)words[0];
    PyObject *op = spare;
    if (likely(op && op->ob_type == type)) {
        spare = NULL;
        return op;
    }
    op = type->tp_alloc(type, 0);
    if (!op) {
        PyErr_Clear();
        words[0] = 0;                   /* the VM makes it, or raises */
    }
    return op;
}

int m_letter_open(W w, PyObject **out)
{
    long k = M_LETTER(w), n = M_LETTER_ITEMS(w);
    W *words = m_mail.words[k];
    if (opened[k].op) {
        opened[k].uses++;
        *out = Py_NewRef(opened[k].op);
        return 1;
    }
    if (m_multi || (w >> 12 & M_LETTER_CHECK) != check_of(words, n) || !words[0])
        return 0;
    PyObject *op = n ? m_tuple_new(n) : instance(words);
    if (unlikely(!op))
        return 0;
    for (long i = 0; i < n; i++) {
        W each = words[i];
        PyObject *item = (each & 5) == 4 && m_slots[W_INDEX(each)].handle != each ? NULL : m_from_word(each);
        if (unlikely(!item)) {
            Py_SET_SIZE(op, i);
            Py_DECREF(op);
            words[0] = 0;
            return 0;
        }
        ((PyTupleObject *)op)->ob_item[i] = item;
    }
    M_HDR(op)->flags |= M_MAILED;
    opened[k].op = op;
    opened[k].below = m_mail.open;
    opened[k].uses = 1;
    if (m_mail.open <= k)
        m_mail.open = k + 1;
    *out = op;
    return 1;
}

/* Let the object of letter `k` have a lasting link. */
static W link_letter(PyObject *op, long k)
{
    M_HDR(op)->flags &= ~M_MAILED;
    m_slot_room();
    PyObject *error[3];
    MThread *t = &m_tls;
    m_error_aside(t, error);
    W w = m_slot_new(op, W_STRONG);
    M_HDR(op)->link = w;
    if (vm_letter_arrived(k, w) < 0) {
        M_HDR(op)->link = 0;
        m_slot_rest(W_INDEX(w));
        w = 0;
    }
    m_error_back(error);
    return w ? M_HDR(op)->link : 0;
}

W m_letter_link(PyObject *op)
{
    for (long k = m_mail.open; k--;)
        if (opened[k].op == op)
            return link_letter(op, k);
    return 0;
}

/* The VM meets the instance of letter `k` elsewhere while the call is under way; 0 if it is not in C any more. */
VMCALL long m_letter_stays(long k)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyObject *op = k < m_mail.open ? opened[k].op : NULL;
    long stays = op && (!(M_HDR(op)->flags & M_MAILED) || link_letter(op, k));
    m_leave(t);
    return stays;
}

static void close_instance(PyObject *op)
{
    int untouched = op->ob_refcnt == 1 && !M_HDR(op)->link && !((MProxy *)op)->extra && !(op->ob_type->tp_flags & Py_TPFLAGS_HAVE_GC);
    if (unlikely(!untouched || !m_free_max)) {
        M_HDR(op)->flags &= ~M_MAILED;
        Py_DECREF(op);
        return;
    }
    M_HDR(op)->flags &= M_CLASS_MASK;
    m_letter_spare_free();
    spare = op;
}

void m_letter_close(W w, PyObject *op)
{
    long k = M_LETTER(w), n = M_LETTER_ITEMS(w);
    PyObject *items[3];
    if (--opened[k].uses) {
        Py_DECREF(op);
        return;
    }
    if (op->ob_refcnt > 1 && M_HDR(op)->flags & M_MAILED)
        link_letter(op, k);
    if (opened[k].below < m_mail.open)
        m_mail.open = opened[k].below;
    opened[k].op = NULL;
    m_mail.words[k][0] = 0;
    if (!n) {
        close_instance(op);
        return;
    }
    if (unlikely(op->ob_refcnt > 1 || M_HDR(op)->link || Py_SIZE(op) != n)) {
        M_HDR(op)->flags &= ~M_MAILED;
        Py_DECREF(op);
        return;
    }
    for (long i = 0; i < n; i++)
        items[i] = ((PyTupleObject *)op)->ob_item[i];
    m_tuple_recycle(op, n);
    for (long i = 0; i < n; i++)
        if (Py_IS_TYPE(items[i], &PyLong_Type))
            m_long_drop(items[i]);
        else
            Py_XDECREF(items[i]);
}

VMCALL W m_mail_address(void)
{
    return (W)&m_mail;
}
