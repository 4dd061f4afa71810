/* Trampolines: the VM calls a C function through one of these.  Named by result and arguments: O object, i int,
   n Py_ssize_t, p raw pointer, d double.  Arguments and results are words; RETRY means that a handle was stale. */
#ifndef MOORING_CALLS_H
#define MOORING_CALLS_H
#include "core/mooring.h"

#include "core/views.h"

_Static_assert(sizeof(MType) == sizeof(PyTypeObject) && sizeof(MNumber) == sizeof(PyNumberMethods)
               && sizeof(MSequence) == sizeof(PySequenceMethods) && sizeof(MBufferView) == sizeof(Py_buffer)
               && sizeof(MModuleDef) == sizeof(PyModuleDef) && sizeof(MTypeView) == sizeof(MTypeInfo), "views.h is out of step");

#define L_RETRY (-0x7fffffffffff0000L)

static inline int m_in(W w, PyObject **out)
{
    if (w & 1) {
        *out = m_long_new(w >> 1);
        return 1;
    }
    if (w & 4) {
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

static inline void m_out(W w, PyObject *op)
{
    if (w & 5)
        Py_DECREF(op);
    else if (unlikely(w & W_STATE))
        m_check_held(op);
}

#define BEGIN MThread *t = &m_tls; m_enter(t);
#define END if (unlikely(t->pending)) m_release_pending(t); m_leave(t);
#define IN1(fail) PyObject *p0; if (unlikely(!m_in(w0, &p0))) { END return fail; }
#define IN2(fail) IN1(fail) PyObject *p1; if (unlikely(!m_in(w1, &p1))) { m_out(w0, p0); END return fail; }
#define IN3(fail) IN2(fail) PyObject *p2; \
    if (unlikely(!m_in(w2, &p2))) { m_out(w0, p0); m_out(w1, p1); END return fail; }
#define OUT1 m_out(w0, p0);
#define OUT2 OUT1 m_out(w1, p1);
#define OUT3 OUT2 m_out(w2, p2);
#define FINISH if (unlikely(t->pending)) m_release_pending(t); W w = m_return(t, r); m_leave(t); return w;

VMCALL static W m_O_O(W f, W w0)
{
    BEGIN IN1(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *))f)(p0);
    OUT1 FINISH
}

VMCALL static W m_O_OO(W f, W w0, W w1)
{
    BEGIN IN2(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *))f)(p0, p1);
    OUT2 FINISH
}

VMCALL static W m_O_OOO(W f, W w0, W w1, W w2)
{
    BEGIN IN3(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *, PyObject *))f)(p0, p1, p2);
    OUT3 FINISH
}

VMCALL static W m_O_Od(W f, W w0, double value)
{
    BEGIN IN1(W_RETRY)
    PyObject *p1 = m_float_new(value);
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *))f)(p0, p1);
    Py_DECREF(p1);
    OUT1 FINISH
}

VMCALL static W m_O_Op(W f, W w0, W p)
{
    BEGIN IN1(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, void *))f)(p0, (void *)p);
    OUT1 FINISH
}

VMCALL static W m_O_On(W f, W w0, long n)
{
    BEGIN IN1(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, Py_ssize_t))f)(p0, n);
    OUT1 FINISH
}

VMCALL static W m_O_OOi(W f, W w0, W w1, int op)
{
    BEGIN IN2(W_RETRY)
    PyObject *r = ((PyObject *(*)(PyObject *, PyObject *, int))f)(p0, p1, op);
    OUT2 FINISH
}

VMCALL static long m_i_O(W f, W w0)
{
    BEGIN IN1(L_RETRY)
    long r = ((int (*)(PyObject *))f)(p0);
    OUT1 END
    return r;
}

VMCALL static long m_n_O(W f, W w0)
{
    BEGIN IN1(L_RETRY)
    long r = ((Py_ssize_t (*)(PyObject *))f)(p0);
    OUT1 END
    return r;
}

VMCALL static long m_i_OO(W f, W w0, W w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, PyObject *))f)(p0, p1);
    OUT2 END
    return r;
}

VMCALL static long m_i_OOO(W f, W w0, W w1, W w2)
{
    BEGIN IN3(L_RETRY)
    long r = ((int (*)(PyObject *, PyObject *, PyObject *))f)(p0, p1, p2);
    OUT3 END
    return r;
}

VMCALL static long m_i_OOp(W f, W w0, W w1, W p)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, PyObject *, void *))f)(p0, p1, (void *)p);
    OUT2 END
    return r;
}

VMCALL static long m_i_OpO(W f, W w0, W p, W w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, void *, PyObject *))f)(p0, (void *)p, p1);
    OUT2 END
    return r;
}

VMCALL static long m_i_Opi(W f, W w0, W p, int n)
{
    BEGIN IN1(L_RETRY)
    long r = ((int (*)(PyObject *, void *, int))f)(p0, (void *)p, n);
    OUT1 END
    return r;
}

VMCALL static long m_i_Op(W f, W w0, W p)
{
    BEGIN IN1(L_RETRY)
    long r = ((int (*)(PyObject *, void *))f)(p0, (void *)p);
    OUT1 END
    return r;
}

VMCALL static long m_i_OnO(W f, W w0, long n, W w1)
{
    BEGIN IN2(L_RETRY)
    long r = ((int (*)(PyObject *, Py_ssize_t, PyObject *))f)(p0, n, p1);
    OUT2 END
    return r;
}

/* ---- an argument tuple: METH_VARARGS, with keywords, tp_call, tp_new, tp_init ----------------------------------- */

typedef PyObject *(*keywords_f)(PyObject *, PyObject *, PyObject *);

#define ITEM(i) if (unlikely(!m_in(w##i, &items[i]))) { stale = i; goto retry; }
#define VARARGS(n, PARAMS, ITEMS) \
static W m_v##n PARAMS \
{ \
    BEGIN \
    PyObject *p0, *args, *items[n + 1]; int stale = -1; (void)stale; (void)items; \
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; } \
    ITEMS \
    args = m_tuple_new(n); \
    for (int i = 0; i < n; i++) ((PyTupleObject *)args)->ob_item[i] = items[i]; \
    (void)words; \
    for (int i = 0; i < n; i++) if (!(words[i] & 5)) Py_INCREF(items[i]); \
    PyObject *r = ((keywords_f)f)(p0, args, NULL); \
    Py_DECREF(args); \
    for (int i = 0; i < n; i++) if (unlikely((words[i] & 7) == W_STATE)) m_check_held(items[i]); \
    m_out(self, p0); \
    FINISH \
retry: \
    for (int i = 0; i < stale; i++) if (words[i] & 5) Py_DECREF(items[i]); \
    m_out(self, p0); END \
    return W_RETRY; \
}

VMCALL static W m_v0(W f, W self)
{
    BEGIN
    PyObject *p0;
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; }
    PyObject *r = ((keywords_f)f)(p0, m_empty_tuple(), NULL);
    m_out(self, p0);
    FINISH
}

#define WORDS(...) W words[] = {__VA_ARGS__};
VARARGS(1, (W f, W self, W w0), WORDS(w0) ITEM(0))
VARARGS(2, (W f, W self, W w0, W w1), WORDS(w0, w1) ITEM(0) ITEM(1))
VARARGS(3, (W f, W self, W w0, W w1, W w2), WORDS(w0, w1, w2) ITEM(0) ITEM(1) ITEM(2))
VARARGS(4, (W f, W self, W w0, W w1, W w2, W w3), WORDS(w0, w1, w2, w3) ITEM(0) ITEM(1) ITEM(2) ITEM(3))

/* Decode `n` words; 0 if one is stale. */
static int m_in_all(W *words, long n, PyObject **items)
{
    for (long i = 0; i < n; i++)
        if (!m_in(words[i], &items[i])) {
            while (i--)
                if (words[i] & 5)
                    Py_DECREF(items[i]);
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

static void m_check_all(W *words, long n)
{
    for (long i = 0; i < n; i++)
        if ((words[i] & 7) == W_STATE)
            m_check_held((PyObject *)(words[i] & ~W_STATE));
}

VMCALL static W m_vn(W f, W self, W *words, long n, W kw)
{
    BEGIN
    PyObject *p0, *pk, *args;
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; }
    if (unlikely(!m_in(kw, &pk))) { m_out(self, p0); END return W_RETRY; }
    if (unlikely(!(args = m_tuple_of(words, n)))) { m_out(self, p0); m_out(kw, pk); END return W_RETRY; }
    PyObject *r = ((keywords_f)f)(p0, args, pk);
    Py_DECREF(args);
    m_check_all(words, n);
    m_out(self, p0);
    m_out(kw, pk);
    FINISH
}

/* The same for tp_init, whose result is an int. */
VMCALL static long m_in_vn(W f, W self, W *words, long n, W kw)
{
    BEGIN
    PyObject *p0, *pk, *args;
    if (unlikely(!m_in(self, &p0))) { END return L_RETRY; }
    if (unlikely(!m_in(kw, &pk))) { m_out(self, p0); END return L_RETRY; }
    if (unlikely(!(args = m_tuple_of(words, n)))) { m_out(self, p0); m_out(kw, pk); END return L_RETRY; }
    long r = ((int (*)(PyObject *, PyObject *, PyObject *))f)(p0, args, pk);
    Py_DECREF(args);
    m_check_all(words, n);
    m_out(self, p0);
    m_out(kw, pk);
    END
    return r;
}

/* ---- an argument array: METH_FASTCALL, vectorcall ------------------------------------------------------------------ */

typedef PyObject *(*fastcall_f)(PyObject *, PyObject **, size_t, PyObject *);
typedef PyObject *(*method_f)(PyObject *, PyTypeObject *, PyObject **, size_t, PyObject *);

#define FASTCALL(n, PARAMS, ITEMS) \
static W m_f##n PARAMS \
{ \
    BEGIN \
    PyObject *p0, *items[n + 1]; int stale = -1; \
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; } \
    ITEMS \
    PyObject *r = ((fastcall_f)f)(p0, items, n, NULL); \
    for (int i = 0; i < n; i++) m_out(words[i], items[i]); \
    m_out(self, p0); \
    FINISH \
retry: \
    for (int i = 0; i < stale; i++) if (words[i] & 5) Py_DECREF(items[i]); \
    m_out(self, p0); END \
    return W_RETRY; \
}

VMCALL static W m_f0(W f, W self)
{
    BEGIN
    PyObject *p0, *items[1];
    if (unlikely(!m_in(self, &p0))) { END return W_RETRY; }
    PyObject *r = ((fastcall_f)f)(p0, items, 0, NULL);
    m_out(self, p0);
    FINISH
}
FASTCALL(1, (W f, W self, W w0), WORDS(w0) ITEM(0))
FASTCALL(2, (W f, W self, W w0, W w1), WORDS(w0, w1) ITEM(0) ITEM(1))
FASTCALL(3, (W f, W self, W w0, W w1, W w2), WORDS(w0, w1, w2) ITEM(0) ITEM(1) ITEM(2))
FASTCALL(4, (W f, W self, W w0, W w1, W w2, W w3), WORDS(w0, w1, w2, w3) ITEM(0) ITEM(1) ITEM(2) ITEM(3))

/* `n` positional words and `k` keyword values; `names` is the word of the tuple of their names, or 0.
   With `cls` the function is METH_METHOD. */
VMCALL static W m_fn(W f, W self, W cls, W *words, long n, long k, W names)
{
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
            m_out(words[i], items[i]);
    }
    if (items != few)
        free(items);
    m_out(self, p0);
    m_out(names, pk);
    if (stale) { END return W_RETRY; }
    FINISH
}
#endif
