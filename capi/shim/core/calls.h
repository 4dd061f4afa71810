/* Trampolines: the VM calls a C function through one of these.  Named by result and arguments: O object, i int,
   n Py_ssize_t, p raw pointer, d double.  Arguments and results are words; RETRY means that a handle was stale. */
#ifndef MOORING_CALLS_H
#define MOORING_CALLS_H
#include "core/mooring.h"

#include "core/dicts.h"
#include "core/mail.h"
#include "core/views.h"

_Static_assert(sizeof(MType) == sizeof(PyTypeObject) && sizeof(MNumber) == sizeof(PyNumberMethods)
               && sizeof(MSequence) == sizeof(PySequenceMethods) && sizeof(MBufferView) == sizeof(Py_buffer)
               && sizeof(MModuleDef) == sizeof(PyModuleDef) && sizeof(MTypeView) == sizeof(MTypeInfo)
               && sizeof(MGuestsView) == sizeof(MGuests) && sizeof(MMailView) == sizeof(MMail), "views.h is out of step");

#define L_RETRY (-0x7fffffffffff0000L)

/* A trampoline has two ways.  Where all words are addresses (or 0), as NULL, None and instances are, nothing is to be done before
   and after the call: the lean way keeps little over it, because what is stored must be in the cache before the VM takes its
   own lock again.  A body has `lean` in scope, which is constant. */
#define UNPACK(...) __VA_ARGS__
#define TRAMPOLINE(R, NAME, PARAMETERS, PASSED, ALL) \
static inline __attribute__((always_inline)) R NAME##_way(const int lean, UNPACK PARAMETERS); \
static __attribute__((noinline)) R NAME##_any PARAMETERS { return NAME##_way(0, UNPACK PASSED); } \
static R NAME PARAMETERS { return likely(!((ALL) & 7)) ? NAME##_way(1, UNPACK PASSED) : NAME##_any PASSED; } \
static inline __attribute__((always_inline)) R NAME##_way(const int lean, UNPACK PARAMETERS)

static inline int m_in_word(W w, PyObject **out)
{
    if (w & 1) {
        *out = m_long_new(w >> 1);
        return 1;
    }
    if (w & 4) {
        if (w & 2)
            return m_letter_open(w, out);
        MSlot *slot = &m_slots[W_INDEX(w)];
        if (unlikely(slot->handle != w))
            return 0;
        *out = slot->obj;
        Py_INCREF(*out);
        return 1;
    }
    *out = (PyObject *)(w & ~W_STATE);
    return 1;
}

static inline void m_out_word(W w, PyObject *op)
{
    if (w & 1)
        m_long_drop(op);
    else if (w & 4) {
        if (w & 2)
            m_letter_close(w, op);
        else if (--op->ob_refcnt == 0 && !(M_HDR(op)->flags & M_DEAD))      /* else it is in the queue already */
            _Py_Dealloc(op);
    } else if (unlikely(w & W_STATE))
        m_check_held(op);
}

/* The same after the call: its result's reference goes to the VM, so the wrapper of that is not held for it. */
static inline void m_done_word(W w, PyObject *op, intptr_t result)
{
    if (w & 5 || (intptr_t)op != result)
        m_out_word(w, op);
}

static __attribute__((noinline)) W m_finish(MThread *t, PyObject *r)
{
    if (unlikely(t->pending))
        m_release_pending(t);
    W w = m_return(t, r);
    m_leave(t);
    return w;
}

#define m_in(w, out) (lean ? (*(out) = (PyObject *)(w), 1) : m_in_word(w, out))
#define m_out(w, op) if (!lean) m_out_word(w, op)
#define m_done(w, op) if (!lean) m_done_word(w, op, (intptr_t)r)

#define BEGIN MThread *t = &m_tls; m_enter(t);
#define END if (unlikely(t->pending)) m_release_pending(t); m_leave(t);
#define IN1(fail) PyObject *p0; if (unlikely(!m_in(w0, &p0))) { END return fail; }
#define IN2(fail) IN1(fail) PyObject *p1; if (unlikely(!m_in(w1, &p1))) { m_out(w0, p0); END return fail; }
#define IN3(fail) IN2(fail) PyObject *p2; \
    if (unlikely(!m_in(w2, &p2))) { m_out(w0, p0); m_out(w1, p1); END return fail; }
#define OUT1 m_done(w0, p0);
#define OUT2 OUT1 m_done(w1, p1);
#define OUT3 OUT2 m_done(w2, p2);
#define FINISH \
    if (likely(r == Py_None && !t->pending && !t->err_type)) { \
        Py_None->ob_refcnt--; \
        m_leave(t); \
        return m_none_word; \
    } \
    return m_finish(t, r);

TRAMPOLINE(W, m_O_O, (W f, W w0), (f, w0), w0)
{
    BEGIN IN1(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *))f)(p0);
    OUT1 FINISH
}

TRAMPOLINE(W, m_O_OO, (W f, W w0, W w1), (f, w0, w1), w0 | w1)
{
    BEGIN IN2(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *))f)(p0, p1);
    OUT2 FINISH
}

TRAMPOLINE(W, m_O_OOO, (W f, W w0, W w1, W w2), (f, w0, w1, w2), w0 | w1 | w2)
{
    BEGIN IN3(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *, PyObject *))f)(p0, p1, p2);
    OUT3 FINISH
}

TRAMPOLINE(W, m_O_Oi, (W f, W w0, long value), (f, w0, value), w0)
{
    BEGIN IN1(W_RETRY)
    PyObject *p1 = m_long_new(value);
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *))f)(p0, p1);
    m_long_drop(p1);
    OUT1 FINISH
}

TRAMPOLINE(W, m_O_Od, (W f, W w0, double value), (f, w0, value), w0)
{
    BEGIN IN1(W_RETRY)
    PyObject *p1 = m_float_new(value);
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *))f)(p0, p1);
    m_float_drop(p1);
    OUT1 FINISH
}

TRAMPOLINE(W, m_O_Op, (W f, W w0, W p), (f, w0, p), w0)
{
    BEGIN IN1(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, void *))f)(p0, (void *)p);
    OUT1 FINISH
}

TRAMPOLINE(W, m_O_On, (W f, W w0, long n), (f, w0, n), w0)
{
    BEGIN IN1(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, Py_ssize_t))f)(p0, n);
    OUT1 FINISH
}

TRAMPOLINE(W, m_O_OOi, (W f, W w0, W w1, int op), (f, w0, w1, op), w0 | w1)
{
    BEGIN IN2(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *, int))f)(p0, p1, op);
    OUT2 FINISH
}

TRAMPOLINE(long, m_i_O, (W f, W w0), (f, w0), w0)
{
    BEGIN IN1(L_RETRY)
    long r = ((int (*)(PyObject *))f)(p0);
    OUT1 END
    return r;
}

TRAMPOLINE(long, m_n_O, (W f, W w0), (f, w0), w0)
{
    BEGIN IN1(L_RETRY)
    long r = ((Py_ssize_t (*)(PyObject *))f)(p0);
    OUT1 END
    return r;
}

TRAMPOLINE(long, m_i_OO, (W f, W w0, W w1), (f, w0, w1), w0 | w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, PyObject *))f)(p0, p1);
    OUT2 END
    return r;
}

TRAMPOLINE(long, m_i_OOO, (W f, W w0, W w1, W w2), (f, w0, w1, w2), w0 | w1 | w2)
{
    BEGIN IN3(L_RETRY)
    long r = ((int (*)(PyObject *, PyObject *, PyObject *))f)(p0, p1, p2);
    OUT3 END
    return r;
}

TRAMPOLINE(long, m_i_OOp, (W f, W w0, W w1, W p), (f, w0, w1, p), w0 | w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, PyObject *, void *))f)(p0, p1, (void *)p);
    OUT2 END
    return r;
}

TRAMPOLINE(long, m_i_OpO, (W f, W w0, W p, W w1), (f, w0, p, w1), w0 | w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, void *, PyObject *))f)(p0, (void *)p, p1);
    OUT2 END
    return r;
}

TRAMPOLINE(long, m_i_Opi, (W f, W w0, W p, int n), (f, w0, p, n), w0)
{
    BEGIN IN1(L_RETRY)
    long r = ((int (*)(PyObject *, void *, int))f)(p0, (void *)p, n);
    OUT1 END
    return r;
}

TRAMPOLINE(long, m_i_Op, (W f, W w0, W p), (f, w0, p), w0)
{
    BEGIN IN1(L_RETRY)
    long r = ((int (*)(PyObject *, void *))f)(p0, (void *)p);
    OUT1 END
    return r;
}

TRAMPOLINE(long, m_i_OnO, (W f, W w0, long n, W w1), (f, w0, n, w1), w0 | w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, Py_ssize_t, PyObject *))f)(p0, n, p1);
    OUT2 END
    return r;
}

/* ---- an argument tuple: METH_VARARGS, with keywords, tp_call, tp_new, tp_init ----------------------------------- */

typedef PyObject *(*keywords_f)(PyObject *, PyObject *, PyObject *);
typedef int (*init_f)(PyObject *, PyObject *, PyObject *);

#define ITEM(i) if (unlikely(!m_in(w##i, &items[i]))) { stale = i; goto retry; }
#define DROP_ITEMS(fail) \
retry: __attribute__((unused)); \
    for (int i = 0; i < stale; i++) if (words[i] & 5) m_out_word(words[i], items[i]); \
    m_out(self, p0); END \
    return fail;
#define FINISH_INT END return r;

/* On the lean way the tuple borrows its items; only if C has kept the tuple, or changed it, it gets references. */
#define PACKED(R, NAME, n, PARAMETERS, PASSED, ALL, WORDS, ITEMS, RESULT, FUNCTION, FINISH_IT, FAIL) \
TRAMPOLINE(R, NAME##n, PARAMETERS, PASSED, ALL) \
{ \
    BEGIN \
    PyObject *p0, *items[n]; int stale = 0; W words[] = {WORDS}; \
    if (unlikely(!m_in(self, &p0))) { END return FAIL; } \
    ITEMS \
    PyObject *args = m_tuple_new(n); \
    _Pragma("GCC unroll 4") for (int i = 0; i < n; i++) { \
        ((PyTupleObject *)args)->ob_item[i] = items[i]; \
        if (!lean && (!(words[i] & 5) || (words[i] & 7) == W_LETTER)) Py_INCREF(items[i]); \
    } \
    RESULT r = ((FUNCTION)f)(p0, args, NULL); \
    if (lean) { \
        PyObject **now = ((PyTupleObject *)args)->ob_item; \
        int same = args->ob_refcnt == 1 && !M_HDR(args)->link; \
        _Pragma("GCC unroll 4") for (int i = 0; i < n; i++) same &= now[i] == (PyObject *)words[i]; \
        if (likely(same)) \
            m_tuple_recycle(args, n); \
        else { \
            for (int i = 0; i < n; i++) Py_XINCREF((PyObject *)words[i]); \
            Py_DECREF(args); \
        } \
    } else { \
        Py_DECREF(args); \
        for (int i = 0; i < n; i++) \
            if (unlikely((words[i] & 7) == W_STATE && (intptr_t)items[i] != (intptr_t)r)) m_check_held(items[i]); \
            else if ((words[i] & 7) == W_LETTER) m_letter_close(words[i], items[i]); \
    } \
    m_done(self, p0); \
    FINISH_IT \
    DROP_ITEMS(FAIL) \
}
#define VARARGS(n, PARAMETERS, PASSED, ALL, WORDS, ITEMS) \
PACKED(W, m_v, n, PARAMETERS, PASSED, ALL, UNPACK(WORDS), ITEMS, PyObject *, keywords_f, FINISH, W_RETRY) \
PACKED(long, m_i_v, n, PARAMETERS, PASSED, ALL, UNPACK(WORDS), ITEMS, long, init_f, FINISH_INT, L_RETRY)

TRAMPOLINE(W, m_v0, (W f, W self), (f, self), self)
{
    BEGIN
    PyObject *p0;
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; }
    PyObject *r = ((keywords_f)f)(p0, m_empty_tuple(), NULL);
    m_done(self, p0);
    FINISH
}

TRAMPOLINE(long, m_i_v0, (W f, W self), (f, self), self)
{
    BEGIN
    PyObject *p0;
    if (unlikely(!m_in(self, &p0))) { END return L_RETRY; }
    long r = ((init_f)f)(p0, m_empty_tuple(), NULL);
    m_done(self, p0);
    FINISH_INT
}

VARARGS(1, (W f, W self, W w0), (f, self, w0), self | w0, UNPACK(w0), ITEM(0))
VARARGS(2, (W f, W self, W w0, W w1), (f, self, w0, w1), self | w0 | w1, UNPACK(w0, w1), ITEM(0) ITEM(1))
VARARGS(3, (W f, W self, W w0, W w1, W w2), (f, self, w0, w1, w2), self | w0 | w1 | w2, UNPACK(w0, w1, w2), ITEM(0) ITEM(1) ITEM(2))
VARARGS(4, (W f, W self, W w0, W w1, W w2, W w3), (f, self, w0, w1, w2, w3), self | w0 | w1 | w2 | w3, UNPACK(w0, w1, w2, w3),
        ITEM(0) ITEM(1) ITEM(2) ITEM(3))

/* Decode `n` words; 0 if one is stale. */
static int m_in_all(W *words, long n, PyObject **items)
{
    for (long i = 0; i < n; i++)
        if (!m_in_word(words[i], &items[i])) {
            while (i--)
                if (words[i] & 5)
                    m_out_word(words[i], items[i]);
            return 0;
        }
    return 1;
}

static PyObject *m_tuple_of(W *words, long n)
{
    if (!n) {
        PyObject *empty = m_empty_tuple();
        Py_INCREF(empty);
        return empty;
    }
    PyObject *args = m_tuple_new(n);
    if (!m_in_all(words, n, ((PyTupleObject *)args)->ob_item)) {
        Py_SET_SIZE(args, 0);
        Py_DECREF(args);
        return NULL;
    }
    for (long i = 0; i < n; i++)
        if (!(words[i] & 5))
            Py_INCREF(((PyTupleObject *)args)->ob_item[i]);
    return args;
}

static void m_check_all(W *words, long n, intptr_t result)
{
    for (long i = 0; i < n; i++)
        if ((words[i] & 7) == W_STATE && (words[i] & ~W_STATE) != result)
            m_check_held((PyObject *)(words[i] & ~W_STATE));
}

/* Any number of arguments, and the dict of the keywords, or 0. */
#define MANY(RESULT, FUNCTION, FINISH_IT, FAIL) \
    enum { lean = 0 }; \
    BEGIN \
    PyObject *p0, *pk, *args; \
    if (unlikely(!m_in(self, &p0))) { END return FAIL; } \
    if (unlikely(!m_in(kw, &pk))) { m_out(self, p0); END return FAIL; } \
    if (unlikely(!(args = m_tuple_of(words, n)))) { m_out(self, p0); m_out(kw, pk); END return FAIL; } \
    RESULT r = ((FUNCTION)f)(p0, args, pk); \
    Py_DECREF(args); \
    m_check_all(words, n, (intptr_t)r); \
    m_done(self, p0); \
    m_done(kw, pk); \
    FINISH_IT

VMCALL static W m_vn(W f, W self, W *words, long n, W kw)
{
    MANY(PyObject *, keywords_f, FINISH, W_RETRY)
}

/* The same for tp_init, whose result is an int. */
VMCALL static long m_i_vn(W f, W self, W *words, long n, W kw)
{
    MANY(long, init_f, FINISH_INT, L_RETRY)
}

/* Up to two arguments, and up to three keywords, of which C gets a dict of its own. */
#define KEYWORDS(RESULT, FUNCTION, FINISH_IT, FAIL) \
    enum { lean = 0 }; \
    BEGIN \
    PyObject *p0, *items[8]; \
    W words[] = {w0, w1, k0, v0, k1, v1, k2, v2}; \
    if (unlikely(!m_in(self, &p0))) { END return FAIL; } \
    long stale = 0; \
    for (; stale < 8 && (!words[stale] || m_in_word(words[stale], &items[stale])); stale++) {} \
    PyObject *args = n ? m_tuple_new(n) : Py_NewRef(m_empty_tuple()), *kwargs = m_dict_new(k); \
    if (unlikely(stale < 8 || !args || !kwargs)) { \
        while (stale--) if (words[stale] & 5) m_out_word(words[stale], items[stale]); \
        if (args && n) Py_SET_SIZE(args, 0); \
        Py_XDECREF(args); Py_XDECREF(kwargs); \
        m_out(self, p0); END \
        return FAIL; \
    } \
    for (long i = 0; i < n; i++) { \
        ((PyTupleObject *)args)->ob_item[i] = items[i]; \
        if (!(words[i] & 5) || (words[i] & 7) == W_LETTER) Py_INCREF(items[i]); \
    } \
    for (long i = 2; i < 2 + 2 * k; i += 2) \
        if (likely(m_is_key(items[i]))) m_dict_put(kwargs, items[i], items[i + 1]); \
        else PyDict_SetItem(kwargs, items[i], items[i + 1]); \
    RESULT r = ((FUNCTION)f)(p0, args, kwargs); \
    Py_DECREF(args); \
    Py_DECREF(kwargs); \
    for (long i = 0; i < 8; i++) \
        if (i < 2 ? (words[i] & 7) == W_LETTER : words[i] & 5) m_done_word(words[i], items[i], (intptr_t)r); \
        else if (unlikely((words[i] & 7) == W_STATE && (intptr_t)items[i] != (intptr_t)r)) m_check_held(items[i]); \
    m_done(self, p0); \
    FINISH_IT

VMCALL static W m_vk(W f, W self, long n, W w0, W w1, long k, W k0, W v0, W k1, W v1, W k2, W v2)
{
    KEYWORDS(PyObject *, keywords_f, FINISH, W_RETRY)
}

VMCALL static long m_i_vk(W f, W self, long n, W w0, W w1, long k, W k0, W v0, W k1, W v1, W k2, W v2)
{
    KEYWORDS(long, init_f, FINISH_INT, L_RETRY)
}

/* ---- an argument array: METH_FASTCALL, vectorcall ------------------------------------------------------------------ */

typedef PyObject *(*fastcall_f)(PyObject *, PyObject **, size_t, PyObject *);
typedef PyObject *(*method_f)(PyObject *, PyTypeObject *, PyObject **, size_t, PyObject *);

#define FASTCALL(n, PARAMETERS, PASSED, ALL, WORDS, ITEMS) \
TRAMPOLINE(W, m_f##n, PARAMETERS, PASSED, ALL) \
{ \
    BEGIN \
    PyObject *p0, *items[n]; int stale = 0; W words[] = {WORDS}; \
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; } \
    ITEMS \
    PyObject *r = ((fastcall_f)f)(p0, items, n, NULL); \
    for (int i = 0; i < n; i++) m_done(words[i], items[i]); \
    m_done(self, p0); \
    FINISH \
    DROP_ITEMS(W_RETRY) \
}

TRAMPOLINE(W, m_f0, (W f, W self), (f, self), self)
{
    BEGIN
    PyObject *p0, *items[1];
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; }
    PyObject *r = ((fastcall_f)f)(p0, items, 0, NULL);
    m_done(self, p0);
    FINISH
}

FASTCALL(1, (W f, W self, W w0), (f, self, w0), self | w0, UNPACK(w0), ITEM(0))
FASTCALL(2, (W f, W self, W w0, W w1), (f, self, w0, w1), self | w0 | w1, UNPACK(w0, w1), ITEM(0) ITEM(1))
FASTCALL(3, (W f, W self, W w0, W w1, W w2), (f, self, w0, w1, w2), self | w0 | w1 | w2, UNPACK(w0, w1, w2), ITEM(0) ITEM(1) ITEM(2))
FASTCALL(4, (W f, W self, W w0, W w1, W w2, W w3), (f, self, w0, w1, w2, w3), self | w0 | w1 | w2 | w3, UNPACK(w0, w1, w2, w3),
         ITEM(0) ITEM(1) ITEM(2) ITEM(3))

/* `n` positional words and `k` keyword values; `names` is the word of the tuple of their names, or 0.
   With `cls` the function is METH_METHOD. */
VMCALL static W m_fn(W f, W self, W cls, W *words, long n, long k, W names)
{
    enum { lean = 0 };
    BEGIN
    PyObject *p0, *pk, *few[16], **items = few;
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; }
    if (unlikely(!m_in(names, &pk))) { m_out(self, p0); END return W_RETRY; }
    if (n + k > 16)
        items = malloc((size_t)(n + k) * sizeof(PyObject *));
    PyObject *r = NULL;
    int stale = items ? !m_in_all(words, n + k, items) : 0;
    if (!items)
        r = PyErr_NoMemory();
    else if (!stale) {
        if (cls)
            r = ((method_f)f)(p0, (PyTypeObject *)cls, items, (size_t)n, pk);
        else
            r = ((fastcall_f)f)(p0, items, (size_t)n, pk);
        for (long i = 0; i < n + k; i++)
            m_done(words[i], items[i]);
    }
    if (items != few)
        free(items);
    m_done(self, p0);
    m_done(names, pk);
    if (stale) { END return W_RETRY; }
    FINISH
}

/* Up to four words in all. */
VMCALL static W m_fk(W f, W self, W cls, W names, long n, long k, W w0, W w1, W w2, W w3)
{
    return m_fn(f, self, cls, (W[]){w0, w1, w2, w3}, n, k, names);
}
#endif
