/* The inside of the shim: words, links, kinds, thread state, the C-API lock.  docs/internals.md explains them. */
#ifndef MOORING_H
#define MOORING_H

#define MOORING_SHIM 1
#include "Python.h"
#include "structmember.h"
#include <malloc.h>
#include <stdatomic.h>

#define PYAPI __attribute__((visibility("default")))
#define VMCALL                          /* marks what the VM calls; the generator reads it */
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#pragma GCC visibility push(hidden)     /* what is PYAPI says so */

typedef intptr_t W;                     /* a word: see docs/internals.md */

#define W_STRONG 4
#define W_WEAK 6
#define W_FLOAT 2                       /* from C to the VM */
#define W_LETTER 6                      /* from the VM to C: a letter, see mail.h */
#define W_BOX 10                        /* to the VM: the items of a tuple, in an MBox */
#define W_STATE 2                       /* from the VM to C: the address of an instance whose wrapper has state */
#define W_RETRY 8                       /* a handle was stale: convert the arguments again */
#define W_INT(v) ((W)((uint64_t)(v) << 1 | 1))
#define W_INDEX(w) ((uint32_t)((uint64_t)(w) >> 3))

/* ---- header of each object that the layer allocates ---------------------------------------------------- */

typedef struct {
    W link;                             /* handle in the VM's table, 0 = none */
    uint32_t flags;
    uint32_t magic;                     /* tells such an object from one in static memory */
} MHeader;

#define M_DEAD 1u                       /* waits in the dead queue; its memory stays until drained */
#define M_CROSSED 2u                    /* a C value that was converted once already */
#define M_FLYING 4u                     /* on its way to the VM while a sweep runs */
#define M_CROSSES 2048u                 /* went to the VM since m_candidates(), while several threads run */
#define M_HELD 8u                       /* a wrapper with state that the table holds strongly */
#define M_TRACKED 16u
#define M_FINALIZED 32u
#define M_TEMP 128u                     /* made for the arguments of one call; linked only if C keeps it */
#define M_MAILED 131072u                /* a tuple made for the arguments of one call, see mail.h */
#define M_UNREAD 65536u                 /* a result that the VM has not converted yet */
#define M_GC 64u                        /* allocated by a PyObject_GC_ function */
#define M_SURROGATES 512u               /* a str whose UTF-8 was made and has lone surrogates */
#define M_NAMESPACE 1024u                /* the dict of a module: keeps the C objects that C puts into it */
#define M_ZOMBIE 256u                   /* freed by C while the VM still has its wrapper */

#define M_DEMOTED 4096u                 /* a proxy whose VM object the table holds no longer, see cycles.c */
#define M_LIMBO 8192u                   /* an instance whose wrapper is unreachable, but finalizers may still use it */
#define M_FIRED 16384u                  /* the same, and there is none left */

#define M_RAISED 32768u                 /* an exception that only the error indicator has seen: its link goes with it */

#define M_LATE 262144u                  /* a callback's result that the VM finds among the guests; linked only if C keeps it beyond the call */

#define M_CLASS_MASK 0xff000000u         /* the block's size class */

#define M_HDR(op) ((MHeader *)(op) - 1)

/* In front of the header of an object that is M_GC. */
typedef struct {
    uint32_t place;                     /* in the list of tracked objects */
    uint32_t node;                      /* in the graph, while cycles are looked for */
    uint64_t unused;
} MTracked;

#define M_TRACK(op) ((MTracked *)((MHeader *)(op) - 1) - 1)
#define M_MAGIC(op) (((uint32_t)((uintptr_t)(op) >> 4) ^ 0x6d6f6f72u) | 1u)
#define M_SHARE ((Py_ssize_t)1 << 60)   /* the VM's share in the refcount of a linked instance */

/* ---- kinds of objects, known from their type ------------------------------------------------------------ */

typedef enum {
    K_PROXY, K_INT, K_FLOAT, K_COMPLEX, K_STR, K_BYTES, K_TUPLE, K_LIST, K_DICT, K_TYPE, K_INSTANCE, K_METHOD, K_SLICE, K_ITERATOR,
    K_STRUCT                            /* a layout: some fields are shown, see structs.c */
} MKind;

#define TI_STATEFUL 1u                  /* wrappers of this type carry Python-level state */
#define TI_BUILTIN 2u                   /* a type of the VM itself */
#define TI_SLOTTED 4u                   /* its class has the address slot */
#define TI_PLAIN 16u                    /* one of the VM's builtin classes */
#define TI_VM 8u                        /* a class defined in the VM, perhaps derived from a C type */
#define TI_MAKES 64u                    /* __init__ or __new__ was set later: instances are made as the VM makes them */
#define TI_FADES 32u                    /* such a one that need not live for ever, see classes.c */

typedef struct MTypeInfo {
    W link;                             /* strong handle of the class, 0 = not ready */
    int32_t kind;                       /* MKind of its instances */
    uint32_t flags;
    int32_t factory;                    /* index of the VM's wrapper factory */
    int32_t layout;                     /* MKind of the nearest builtin base that has a visible layout */
    destructor dealloc;                 /* what the type itself set, where tp_dealloc is ours */
    int32_t visible, hidden;            /* of struct sequences: items within the tuple and behind its end */
    uint32_t place;                     /* among the classes that may fade, */
    uint16_t came_back, rests;          /* how often this one did; how many rounds it is spared */
} MTypeInfo;

#define M_INFO(type) ((MTypeInfo *)(type)->tp_cache)
MTypeInfo *m_info_new(PyTypeObject *type);
MTypeInfo *m_info_slow(PyTypeObject *type);

static inline MTypeInfo *m_info(PyTypeObject *type)
{
    MTypeInfo *info = M_INFO(type);
    return likely(info && info->link) ? info : m_info_slow(type);
}

/* ---- thread state and lock -------------------------------------------------------------------------------- */

/* With several threads an entry stays until a call comes from the VM frame that got it, or from one further out: what interrupts
   that frame (a hook, a finaliser) lies deeper in the stack, and the frame may not have looked at its word yet. */
typedef struct {
    PyObject *op;
    char *frame;                        /* where in the stack it was made */
} MTemp;

#define M_BOX_ITEMS 3
typedef struct { int64_t n; W words[M_BOX_ITEMS]; } MBox __attribute__((aligned(16)));

/* Values on their way to the VM.  The VM frame that gets one reads it before it calls C again; but an interrupt (a hook, a finaliser, a
   signal handler) may come first, whose own calls lie deeper in the stack.  So a value stays until a call comes from its own frame or
   from one further out, and there is one for each of the last M_OUTS frames. */
#define M_OUTS 256
#define M_FRAME_ROOM 512                /* how far apart calls of one VM frame may be; a frame that interrupts it is farther */
typedef struct {
    struct { MHeader header; PyFloatObject value; uint64_t unused; } number;
    MBox box;
    char *frame;                        /* where in the stack the value was made */
} MOutValue;
typedef struct {
    MOutValue *last;
    MOutValue values[M_OUTS];           /* the first is of no frame */
} MOut;

/* The last values that C may use without a reference of its own, until the outermost call returns. */
#define M_GIVEN 256
typedef struct {
    PyObject **items;
    uint32_t n;
} MRing;

typedef struct MThread {
    int active;                         /* runs C code, with the lock */
    int has_mutex;
    int depth;                          /* callbacks into the VM under way */
    int pending;                        /* temps or deferred references wait to be released */
    int gilstate;                       /* nesting of PyGILState_Ensure */
    int recursion;
    char *stack_top, *stack_low;        /* below stack_low too little is left for a callback */
    int result_with_error;              /* a C function returned a result and set an error */
    PyObject *err_type, *err_value, *err_tb;
    struct MRaised *raised;             /* what the VM raised in callbacks that have not returned yet */
    PyObject *exc_value;                /* the exception being handled (PyErr_GetExcInfo) */
    MOut *out;
    MTemp *temps;                       /* objects made for the arguments of the next call, and results */
    int temps_n, temps_mark, temps_cap;
    int kept;                           /* how often an unread result was kept since the last one was read */
    PyObject **deferred;                /* borrowed references dropped by their container */
    int deferred_n, deferred_cap;
    MRing given, texts;                 /* what C put into containers of the VM of late; str that callbacks returned */
    struct _ts *tstate;
    uint64_t unhandled;                 /* m_epoch, if the VM frame of the C function that runs is known to handle no exception */
    int saved;                          /* nesting of PyEval_SaveThread: a C function of this thread waits outside */
    int known;                          /* its end is watched */
    uint64_t entered;                   /* the clock when the call under way began, or last let code run; 0 = none, or unknown */
    unsigned int turn, watched;         /* how often it took the mutex; the same when it was last watched, */
    long watched_since;                 /* and since when it is so */
    int waits;                          /* for the mutex */
    struct MThread *next;               /* of those that took the mutex */
    int listed;
    PyObject *ending;                   /* the proxy whose tp_dealloc in C runs, NULL once it is freed, */
    PyTypeObject *ended;                /* and the type that has it: C calls that of its base next */
} MThread;

extern __thread MThread m_tls __attribute__((tls_model("initial-exec"), visibility("hidden")));
extern MThread *volatile m_owner;       /* the thread that the lock is biased to */
extern int m_multi;                     /* more than one thread has entered: the bias is revoked for good */


/* What C fetched of a VM list is good while m_epoch is the same: each entry from the VM, which may have run anything,
   begins a new epoch.  A callback that is known to run nothing (`quiet`) goes back to the epoch before it, whatever other
   threads did meanwhile: under CPython's lock they would have waited.  The clock never goes back, so an epoch is not used
   twice, and only by one thread. */
extern uint64_t m_clock, m_epoch;
extern W m_none_word;                   /* None's handle */
#define M_QUIET(before) \
    if (m_t->unhandled == m_epoch) \
        m_t->unhandled = (before); \
    m_epoch = (before);

void m_enter_slow(MThread *t);
void m_leave_slow(MThread *t);
void m_release_pending(MThread *t);
void m_release_temps_of(MThread *t);    /* only what was made for a callback's result */
int m_release_deferred(MThread *t);     /* only what m_defer() and m_drop() took, unless a call is under way; 0 if there was nothing to do */
void m_thread_state_free(MThread *t);
void m_run_pending_calls(void);         /* of Py_AddPendingCall() */
extern volatile int m_pending_calls;    /* how many wait */
extern MThread *m_main;                 /* the main thread */

#ifdef MOORING_DEBUG
#include "debug/wrappers.gen.h"
#include "debug/debug.h"
#else
#define M_DEBUG(...)                    /* what only the debug build does */
#endif

static inline void m_enter(MThread *t)
{
    t->active = 1;
    atomic_signal_fence(memory_order_seq_cst);
    if (unlikely(m_owner != t))
        m_enter_slow(t);
    m_epoch = ++m_clock;
    M_DEBUG(m_debug_from_vm(t);)
}

static inline void m_leave(MThread *t)
{
    if (unlikely(m_owner != t))
        m_leave_slow(t);
    atomic_signal_fence(memory_order_seq_cst);
    t->active = 0;
}

/* ---- links ------------------------------------------------------------------------------------------------- */

typedef struct {
    W handle;
    PyObject *obj;
} MSlot;

extern MSlot *m_slots;
extern uint32_t m_slots_n;              /* slots ever used; index 0 is not */
void *m_grown(void *array, uint32_t *cap, size_t size);

/* Room for one more than `n` in an array of `*cap`. */
static inline void *m_grow(void *array, uint32_t n, uint32_t *cap, size_t size)
{
    return likely(n < *cap) ? array : m_grown(array, cap, size);
}

W m_slot_new(PyObject *op, int tag);
void m_slot_room(void);                 /* so that m_slot_new() does not call back */
void m_slot_rest(uint32_t index);       /* free it, but what the VM has at this index was not cleared */
void m_static_set(PyObject *op, W link);
W m_static_get(PyObject *op);
void m_dead_push(PyObject *op);
W m_to_weak(uint32_t index);
W m_reserve(PyObject *op);              /* give an instance a weak handle and the VM its share */
void m_temp(MThread *t, PyObject *op);  /* release `op` when the next call returns */
void m_defer(PyObject *op);             /* release `op` when the outermost call returns */
void m_drop(PyObject *op);              /* the same for what others may have borrowed of a container */

/* C puts `op` into a container of the VM, and may go on using it without a reference of its own.  What has a link lives in the dead
   queue; of other values the last ones live until the outermost call returns. */
void m_ring_keep(MRing *ring, PyObject *op);
static inline void m_given(PyObject *op)
{
    if (op && op->ob_refcnt == 1 && !M_HDR(op)->link)
        m_ring_keep(&m_tls.given, op);
}

/* The container itself may be such an object. */
static inline void m_given_to(PyObject *container)
{
    if (unlikely(container && container->ob_refcnt == 0)) {
        Py_INCREF(container);
        m_defer(container);
    }
}

/* Objects that are in C for the time of one call, as its arguments or as results of callbacks (M_LATE), by their indices. */
#define M_GUESTS 8
typedef struct { int64_t n, index[M_GUESTS], arrived[M_GUESTS]; } MGuests;      /* arrived: the VM has it in its table */
extern MGuests m_guests;
void m_guest_leaves(uint32_t index);
int m_guest_comes(PyObject *op);        /* as M_LATE; 0 if there is no room */

/* ---- objects ------------------------------------------------------------------------------------------------ */

/* The proxy of a VM object that has no layout of its own. */
typedef struct {
    PyObject_HEAD
    struct MExtra *extra;               /* borrowed references, items, buffers; made on demand */
} MProxy;

typedef struct MExtra {
    int64_t *keys;                      /* open hash: key -> borrowed reference */
    PyObject **values;
    uint32_t cap, used;
    PyObject **items;                   /* of a list, as last seen; NULL = not fetched yet */
    Py_ssize_t items_n, length;         /* room in items; the list's length in epoch `counted` */
    Py_ssize_t low, high, last, step;   /* items[low:high] are those of epoch `seen`; last one read; how many to fetch */
    uint64_t seen, counted;
    int64_t stamp;                      /* the VM's number of what it handed over last; 0 = not all of that is in items */
    int frozen;                         /* a list that no one but the layer has: it does not change */
    PyObject *copy;                     /* where other threads run: what the list was when epoch `counted` first looked at it */
    MThread *thread;                    /* whose view of a list this is */
    struct MExtra *next;                /* another thread's */
    struct MSnapshot *snapshot;         /* of a dict or set under PyDict_Next, one for each thread */
    void *data;                         /* a canonical buffer filled on demand */
} MExtra;

void m_extra_free(PyObject *op, MExtra *extra);
MExtra **m_extra_of(PyObject *op);
PyObject *m_borrow(PyObject *container, int64_t key, PyObject *value);  /* steals value, returns borrowed */

extern PyLongObject *m_free_long;
extern PyFloatObject *m_free_float;
extern int m_free_long_n, m_free_float_n, m_free_proxy_n;
extern long m_blocks;                   /* what m_alloc() gave and m_free() did not take */
extern int64_t m_made;                  /* bytes that C has got and not given back since the last sweep, and wrappers */
extern int m_free_max;                  /* of each free list; 0 while memory is traced */
extern PyObject *m_free_tuple[8];
extern int m_free_tuple_n[8];
struct m_small_int { MHeader header; PyLongObject value; };
extern struct m_small_int m_small[];
#define M_SMALL_MIN (-5)
#define M_SMALL_MAX 256

PyObject *m_long_alloc(int64_t value);
PyObject *m_float_alloc(double value);
PyObject *m_long_from_limbs(PyTypeObject *type, int negative, const uint64_t *limbs, Py_ssize_t n);
PyObject *m_tuple_alloc(Py_ssize_t n);
PyObject *m_bytes_alloc(PyTypeObject *type, const char *data, Py_ssize_t n);
int m_bytes_getbuffer(PyObject *op, Py_buffer *view, int flags);
PyObject *m_str_from_utf8(PyTypeObject *type, const char *data, Py_ssize_t n);
const char *m_str_utf8(PyObject *str, Py_ssize_t *n);  /* cached; lone surrogates are encoded too; NULL = no memory */
int m_same_value(PyObject *a, PyObject *b);
struct MSnapshot *m_snapshot_free(struct MSnapshot *snapshot);  /* returns the next one */
Py_hash_t m_str_hash(PyObject *str);     /* the VM's hash, kept in the struct */
int64_t m_key(PyObject *op);            /* what borrowed references are found by */
int64_t m_text_key(const char *text);    /* the same for a C string */
PyObject *m_str_alloc(PyTypeObject *type, Py_ssize_t n, Py_UCS4 maxchar);
PyObject *m_str_realloc(PyObject *str, Py_ssize_t n);        /* of a str that nobody else has */
PyObject *m_proxy_new(PyTypeObject *type);
PyObject *m_empty_tuple(void);
void m_builtin_dealloc(PyTypeObject *type, int layout);
void m_clear_members(PyObject *self, PyTypeObject *type, PyTypeObject *until);
void m_struct_clear(PyObject *op);
int m_struct_visit(PyObject *op, visitproc visit, void *arg);
int m_snapshot_visit(struct MSnapshot *snapshot, visitproc visit, void *arg);
int m_builtin_traverse(PyObject *op, visitproc visit, void *arg);       /* what the layer itself keeps in an object's struct */
int m_builtin_clear(PyObject *op);
void *m_datetime_api(void);             /* what the capsule datetime.datetime_CAPI holds */
void m_links_init(void);
void m_objects_init(void);
const char *m_static_type(long i, PyTypeObject **type);
const char *m_static_exception(long i, PyObject ***where);
static inline size_t m_str_head(PyTypeObject *type)         /* where the characters of a subtype's instances begin */
{
    size_t size = (size_t)type->tp_basicsize;
    return size > sizeof(PyUnicodeObject) ? size : sizeof(PyUnicodeObject);
}

void *m_alloc(size_t size);             /* with header, zero link */
void *m_calloc(size_t size);
void *m_gc_alloc(size_t size, int zero);        /* M_GC: with room for the tracking */
void m_track(PyObject *op);
void m_untrack(PyObject *op);
void *m_realloc(void *op, size_t size); /* of an object that nobody else has */
void m_free(void *op);

/* ---- tracing of memory (mem_trace.c) ---- */

extern int m_tracing;                   /* how many frames a traceback has; 0 = off */
void m_trace_add(void *p, size_t size);
void m_trace_drop(void *p);
void *m_trace_realloc(void *block, size_t size, size_t head);
void m_keep_free(int keep);             /* whether free lists keep anything */
long m_trace_find(long domain, W ptr);

static inline void *m_traced(void *p, size_t size)
{
    if (unlikely(m_tracing) && p)
        m_trace_add(p, size);
    return p;
}

static inline void m_untraced(void *p)
{
    if (unlikely(m_tracing))
        m_trace_drop(p);
}

/* What a block from malloc() counts for in `m_made`: of a large one, as buffers are, little has been written to as a rule. */
static inline int64_t m_weight(void *block)
{
    enum { LARGE = 1 << 16 };
    int64_t size = block ? (int64_t)malloc_usable_size(block) : 0;
    return likely(size <= LARGE) ? size : LARGE + (size - LARGE) / 8;
}

/* realloc(); what is traced begins `head` bytes behind the block. */
static inline void *m_resized(void *block, size_t size, size_t head)
{
    int64_t before = m_weight(block);
    void *moved = unlikely(m_tracing) ? m_trace_realloc(block, size, head) : realloc(block, size);
    if (moved)
        m_made += m_weight(moved) - before;
    return moved;
}

static inline void m_init_header(PyObject *op)
{
    MHeader *header = M_HDR(op);
    header->link = 0;
    header->flags = 0;
    header->magic = M_MAGIC(op);
}

static inline int64_t m_long_value(PyObject *op)          /* of an int with at most one limb below 2**63 */
{
    PyLongObject *v = (PyLongObject *)op;
    return Py_SIZE(v) < 0 ? -(int64_t)v->mooring_limb[0] : Py_SIZE(v) ? (int64_t)v->mooring_limb[0] : 0;
}

static inline int m_long_is_small(PyObject *op)           /* fits a word's 63 bits */
{
    PyLongObject *v = (PyLongObject *)op;
    Py_ssize_t n = Py_SIZE(v);
    return n == 0 || ((n == 1 || n == -1) && v->mooring_limb[0] < ((uint64_t)1 << 62));
}

static inline PyObject *m_long_new(int64_t value)
{
    PyLongObject *v;
    if (value >= M_SMALL_MIN && value <= M_SMALL_MAX) {
        v = &m_small[value - M_SMALL_MIN].value;
        ((PyObject *)v)->ob_refcnt++;
        return (PyObject *)v;
    }
    if (unlikely(!(v = m_free_long)))
        return m_long_alloc(value);
    m_free_long = *(PyLongObject **)v->mooring_limb;
    m_free_long_n--;
    ((PyObject *)v)->ob_refcnt = 1;
    ((PyVarObject *)v)->ob_size = value < 0 ? -1 : 1;
    v->mooring_limb[0] = value < 0 ? -(uint64_t)value : (uint64_t)value;
    return (PyObject *)v;
}

static inline PyObject *m_float_new(double value)
{
    PyFloatObject *v = m_free_float;
    if (unlikely(!v))
        return m_float_alloc(value);
    m_free_float = *(PyFloatObject **)&v->ob_fval;
    m_free_float_n--;
    ((PyObject *)v)->ob_refcnt = 1;
    v->ob_fval = value;
    return (PyObject *)v;
}

/* What the VM's late_word() gave: a new reference; NULL with an error. */
static inline PyObject *m_new_result(W w)
{
    return w == -1 ? NULL : w & W_STRONG ? m_slots[W_INDEX(w)].obj : (PyObject *)w;
}

/* Release an int or float that was made for a call: mostly nobody else has it. */
static inline void m_long_drop(PyObject *op)
{
    PyLongObject *v = (PyLongObject *)op;
    if (likely(op->ob_refcnt == 1 && !M_HDR(op)->link && m_free_long_n < m_free_max)) {
        *(PyLongObject **)v->mooring_limb = m_free_long;
        m_free_long = v;
        m_free_long_n++;
    } else
        Py_DECREF(op);
}

static inline void m_float_drop(PyObject *op)
{
    if (likely(op->ob_refcnt == 1 && !M_HDR(op)->link && m_free_float_n < m_free_max)) {
        *(PyFloatObject **)&((PyFloatObject *)op)->ob_fval = m_free_float;
        m_free_float = (PyFloatObject *)op;
        m_free_float_n++;
    } else
        Py_DECREF(op);
}

static inline PyObject *m_tuple_new(Py_ssize_t n)          /* items uninitialised */
{
    if (likely(n > 0 && n < 8 && m_free_tuple[n])) {
        PyObject *v = m_free_tuple[n];
        m_free_tuple[n] = ((PyTupleObject *)v)->ob_item[0];
        m_free_tuple_n[n]--;
        v->ob_refcnt = 1;
        return v;
    }
    return m_tuple_alloc(n);
}

static inline void m_tuple_recycle(PyObject *op, Py_ssize_t n)     /* a tuple of 1 to 7 borrowed items that nobody else has */
{
    if (unlikely(m_free_tuple_n[n] >= m_free_max)) {
        m_free(op);
        return;
    }
    M_HDR(op)->flags &= M_CLASS_MASK;
    ((PyTupleObject *)op)->ob_item[0] = m_free_tuple[n];
    m_free_tuple[n] = op;
    m_free_tuple_n[n]++;
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

void m_check_held(PyObject *op);
W m_word_slow(PyObject *op, MTypeInfo *info);
PyObject *m_from_word_bad(W w);

/* The word of a borrowed object, for a callback's argument. */
static inline W m_word(PyObject *op)
{
    if (!op)
        return 0;
    MTypeInfo *info = m_info(Py_TYPE(op));
    if (info->kind == K_INT && m_long_is_small(op))
        return W_INT(m_long_value(op));
    if (info->kind == K_FLOAT)
        return (W)op | W_FLOAT;
    if (likely(info->kind <= K_DICT && M_HDR(op)->link && M_HDR(op)->magic == M_MAGIC(op) && !m_multi))
        return M_HDR(op)->link;
    return m_word_slow(op, info);
}

/* A new reference from the word of a callback's result. */
static inline PyObject *m_from_word(W w)
{
    if (w & 1)
        return m_long_new(w >> 1);
    if (w & 4) {
        MSlot *slot = &m_slots[W_INDEX(w)];
        if (unlikely(slot->handle != w))
            return m_from_word_bad(w);
        Py_INCREF(slot->obj);
        return slot->obj;
    }
    PyObject *op = (PyObject *)(w & ~W_STATE);
    Py_XINCREF(op);
    if (unlikely(w & W_STATE))
        m_check_held(op);
    return op;
}

W m_return_slow(MThread *t, PyObject *op, MTypeInfo *info);
W m_return_null(MThread *t);
W m_return_with_error(MThread *t, PyObject *op);

/* The word of a call's result, whose reference it takes. */
/* Where a value goes that a call from `frame` gives the VM. */
MOutValue *m_out_of_another(MOut *out, char *frame);
static inline MOutValue *m_out(MOut *out, char *frame)
{
    MOutValue *value = out->last;
    return likely((size_t)(value->frame - frame + M_FRAME_ROOM) <= 2 * M_FRAME_ROOM) ? value : m_out_of_another(out, frame);
}

static inline W m_return(MThread *t, PyObject *op)
{
    if (unlikely(!op))
        return 0;
    if (unlikely(t->err_type != NULL))
        return m_return_with_error(t, op);
    MTypeInfo *info = m_info(Py_TYPE(op));
    if (info->kind == K_INT && m_long_is_small(op)) {
        W w = W_INT(m_long_value(op));
        m_long_drop(op);
        return w;
    }
    if (info->kind == K_PROXY && M_HDR(op)->link && !m_multi) {
        W w = M_HDR(op)->link;
        Py_DECREF(op);
        return w;
    }
    if (info->kind == K_FLOAT) {
        PyFloatObject *slot = &m_out(t->out, __builtin_frame_address(0))->number.value;
        slot->ob_fval = ((PyFloatObject *)op)->ob_fval;
        m_float_drop(op);
        return (W)slot | W_FLOAT;
    }
    return m_return_slow(t, op, info);
}

/* ---- callbacks into the VM (generated code uses these) ------------------------------------------------------------ */

int m_stack_is_low(MThread *t);         /* with RecursionError set */
void m_error_aside(MThread *t, PyObject **error);
void m_error_back(PyObject **error);
void m_raised_arrives(MThread *t);      /* a callback has returned: what it raised is the error now */

/* A callback that finds no stack left could not even raise: end the recursion here. */
#define M_STACK_CHECK(result) \
    if (unlikely((char *)__builtin_frame_address(0) < m_tls.stack_low) && m_stack_is_low(&m_tls)) \
        return result;

/* The words of the arguments come between these two: what is on its way with them lands when the callback is over. */
#define M_CALLBACK_WORDS \
    int m_first = m_tls.temps_n;

/* The bodies in Python of one file are loaded when the first of them is called. */
extern unsigned char m_answers[];
#define M_ANSWERS(family, result) \
    if (unlikely(!m_answers[family]) && vm_answer(family) < 0) \
        return result;

#define M_CALLBACK_BEGIN \
    MThread *m_t = &m_tls; \
    M_DEBUG(MDebugSite m_call = m_debug_last;) \
    int m_mark = m_t->temps_mark; \
    m_t->temps_mark = m_t->temps_n; \
    m_t->depth++; \
    int m_unhandled = m_t->unhandled == m_epoch; \
    m_leave(m_t);

#define M_CALLBACK_END \
    m_enter(m_t); \
    M_DEBUG(m_debug_last = m_call;) \
    m_t->depth--; \
    if (unlikely(m_t->raised != NULL)) \
        m_raised_arrives(m_t); \
    if (m_unhandled) \
        m_t->unhandled = m_epoch;

#define M_CALLBACK_DONE \
    if (unlikely(m_t->temps_n != m_first)) { \
        m_t->temps_mark = m_first; \
        m_release_temps_of(m_t); \
    } \
    m_t->temps_mark = m_mark;

/* ---- errors --------------------------------------------------------------------------------------------------------- */

void m_set_error(PyObject *type, PyObject *value, PyObject *tb);    /* steals all three */
PyObject *m_not_implemented(const char *name);
void m_show_error(PyObject *value);     /* C code gets the indicator's exception: its link is to last */
PyObject *m_take_error(void);           /* a new reference to the pending exception, or NULL; the indicator is cleared */

/* Slot functions that lead to the VM are together in one section. */
extern char __start_mooring_slots[] __attribute__((visibility("hidden")));
extern char __stop_mooring_slots[] __attribute__((visibility("hidden")));

static inline int m_vm_slot(uintptr_t function)
{
    return function - (uintptr_t)__start_mooring_slots < (uintptr_t)(__stop_mooring_slots - __start_mooring_slots);
}

/* A slot's function if it is C code of an extension, else NULL. */
#define m_c_slot(type, slot) ((type)->slot && !m_vm_slot((uintptr_t)(type)->slot) ? (type)->slot : NULL)
#define m_c_slot_in(type, group, slot) ((type)->group ? m_c_slot(type, group->slot) : NULL)

void m_init_cfunction(void);
void m_init_memoryview(void);
void m_init_bytes_buffer(void);
void m_init_root_types(void);
PyObject *m_type_call(PyObject *type, PyObject *args, PyObject *kwargs);

PyObject *m_name(const char *text);     /* borrowed str of a C string that is likely to come again; NULL with an error */
PyObject *m_call(PyObject *callable, PyObject *const *args, size_t nargs, PyObject *kwnames);
PyObject *m_call_tuple(PyObject *callable, PyObject *args, PyObject *kwargs);
PyObject *m_call_dict(PyObject *callable, PyObject *const *args, size_t nargs, PyObject *kwargs);
PyObject *m_call_method(PyObject *name, PyObject *const *args, size_t nargs, PyObject *kwnames);      /* args[0] is self */

void *m_vm_number_slot(size_t offset);  /* the number slot's function that leads to the VM */
void m_fill_type_slots(PyTypeObject *type, const char *present);
int m_type_ready(PyTypeObject *type);
void m_proxy_dealloc(PyObject *op);

#include "vm.gen.h"
#pragma GCC visibility pop
#endif
