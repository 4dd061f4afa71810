/* Thread state, the biased C-API lock, and the error indicator. */
#include "core/flight.h"
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

__thread MThread m_tls __attribute__((tls_model("initial-exec"), visibility("hidden")));
MThread *volatile m_owner;
int m_multi;
MThread *m_main;
uint64_t m_clock, m_epoch;
W m_none_word;

static MThread m_nobody;                /* m_owner once the bias is revoked: equals no thread */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t bias_lock = PTHREAD_MUTEX_INITIALIZER;

static int barrier_works(void)
{
    static int works = -1;
    if (works < 0)
        works = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    return works;
}

static MThread *threads;                /* those that took the mutex, and whose bias was revoked */

static void list_thread(MThread *t)
{
    if (t->listed)
        return;
    t->listed = 1;
    t->next = threads;
    threads = t;
}

static void take_mutex(MThread *t)
{
    t->active = 0;
    t->waits = 1;
    pthread_mutex_lock(&lock);
    t->waits = 0;
    t->has_mutex = 1;
    t->active = 1;
    list_thread(t);
    t->turn++;
    if (!t->depth)
        t->entered = ++m_clock;
}

#define BREATH 200                      /* microseconds */
#define BREATHS 25

/* A second thread came: make the first one use the mutex too, and wait until it is out of C.  The words that it got so far have no share of
   their own.  Its VM frame reads them within a few bytecodes, and may run them now, as nobody here has the VM's lock: when it comes to C again
   it has. */
static void revoke_bias(MThread *t)
{
    MThread *old = m_owner;
    t->active = 0;
    m_owner = &m_nobody;
    m_multi = 1;
    take_mutex(t);
    atomic_thread_fence(memory_order_seq_cst);
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    for (int spins = 0; ((volatile MThread *)old)->active && !old->has_mutex; spins++) {
        if (spins < 100)
            sched_yield();
        else
            usleep(50);
    }
    atomic_thread_fence(memory_order_seq_cst);
    list_thread(old);
    m_spare_dead();
    for (int i = 0; i < BREATHS && !((volatile MThread *)old)->waits; i++)
        usleep(BREATH);
}

static pthread_key_t end_key;

static void drop_all(MThread *t)
{
    while (t->temps_n) {
        PyObject *op = t->temps[--t->temps_n].op;
        if (!m_landed(op))
            Py_DECREF(op);
    }
    while (t->deferred_n) {
        PyObject *op = t->deferred[--t->deferred_n];
        Py_DECREF(op);
    }
}

/* A value for which C needs no reference, as a container of the VM has it: the VM has but a copy. */
void m_ring_keep(MRing *ring, PyObject *op)
{
    if (unlikely(!ring->items) && !(ring->items = calloc(M_GIVEN, sizeof *ring->items)))
        Py_FatalError("mooring: out of memory");
    PyObject **place = &ring->items[ring->n++ % M_GIVEN], *old = *place;
    Py_INCREF(op);
    *place = op;
    m_tls.pending = 1;
    Py_XDECREF(old);
}

static void release_ring(MRing *ring)
{
    uint32_t n = ring->n < M_GIVEN ? ring->n : M_GIVEN;
    ring->n = 0;
    for (uint32_t i = 0; i < n; i++)
        Py_CLEAR(ring->items[i]);
}

/* A thread ends: release what it holds, and the bias with it. */
static void thread_ends(void *data)
{
    MThread *t = data;
    m_enter(t);
    m_set_error(NULL, NULL, NULL);
    Py_CLEAR(t->exc_value);
    m_thread_state_free(t);
    drop_all(t);
    release_ring(&t->given);
    release_ring(&t->texts);
    free(t->temps);
    free(t->deferred);
    free(t->out);
    t->out = NULL;
    free(t->given.items);
    free(t->texts.items);
    t->temps = NULL;
    t->deferred = t->given.items = t->texts.items = NULL;
    t->temps_cap = t->deferred_cap = 0;
    m_leave(t);
    t->known = 0;
    pthread_mutex_lock(&bias_lock);     /* who revokes our bias may still be looking at *t */
    if (m_owner == t)
        m_owner = NULL;
    if (t->listed) {
        pthread_mutex_lock(&lock);
        for (MThread **where = &threads; *where; where = &(*where)->next)
            if (*where == t) {
                *where = t->next;
                break;
            }
        t->listed = 0;
        pthread_mutex_unlock(&lock);
    }
    pthread_mutex_unlock(&bias_lock);
}

/* A child process has the thread that forked only: let that one hold the lock while it forks. */
static void before_fork(void)
{
    MThread *t = &m_tls;
    if (!t->active) {
        m_enter(t);
        t->active = 2;
    }
    pthread_mutex_lock(&bias_lock);
}

static void after_fork(void)
{
    MThread *t = &m_tls;
    pthread_mutex_unlock(&bias_lock);
    if (t->active == 2) {
        t->active = 1;
        m_leave(t);
    }
}

static void after_fork_in_child(void)
{
    MThread *t = &m_tls;
    if (t->listed) {
        threads = t;
        t->next = NULL;
    } else
        threads = NULL;
    after_fork();
}

static void start(void)
{
    pthread_key_create(&end_key, thread_ends);
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

static void measure_stack(MThread *t);

static void meet_thread(MThread *t)
{
    measure_stack(t);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    pthread_setspecific(end_key, t);
    t->known = 1;
    if (!t->out && !(t->out = calloc(1, sizeof(MOut))))
        Py_FatalError("mooring: out of memory");
    t->out->last = t->out->values;
    for (int i = 0; i < M_OUTS; i++) {
        PyObject *slot = (PyObject *)&t->out->values[i].number.value;
        slot->ob_type = &PyFloat_Type;
        slot->ob_refcnt = M_SHARE;
        m_init_header(slot);
    }
    if (!m_main && getpid() == syscall(SYS_gettid))
        m_main = t;
}

void m_enter_slow(MThread *t)
{
    if (unlikely(!t->known))
        meet_thread(t);
    if (m_owner == &m_nobody) {
        take_mutex(t);
        return;
    }
    t->active = 0;
    pthread_mutex_lock(&bias_lock);
    if (!m_owner && barrier_works()) {
        m_owner = t;
        t->active = 1;
    } else if (!m_owner || m_owner == &m_nobody) {
        m_owner = &m_nobody;
        m_multi = 1;
        take_mutex(t);
    } else if (m_owner == t) {
        t->active = 1;
    } else {
        revoke_bias(t);
    }
    pthread_mutex_unlock(&bias_lock);
}

void m_leave_slow(MThread *t)
{
    if (t->has_mutex) {
        t->has_mutex = 0;
        t->active = 0;
        if (!t->depth)
            t->entered = 0;
        pthread_mutex_unlock(&lock);
    }
}

/* ---- the stack ------------------------------------------------------------------------------------------------- */

#define STACK_SPARE (96 * 1024)         /* what a callback that fails may need */
#define STACK_UNIT 768                  /* what the VM allows for each unit of its recursion limit */

static char *low_mark(MThread *t, long limit)
{
    return t->stack_top - limit * STACK_UNIT + STACK_SPARE;
}

static void measure_stack(MThread *t)
{
    pthread_attr_t attributes;
    void *start;
    size_t size;
    t->stack_low = NULL;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &start, &size) == 0) {
        t->stack_top = (char *)start + size;
        t->stack_low = low_mark(t, 1000);
    }
    pthread_attr_destroy(&attributes);
}

int m_stack_is_low(MThread *t)
{
    t->stack_low = NULL;                /* for the callback that asks */
    long limit = vm_recursion_limit();
    t->stack_low = low_mark(t, limit > 0 ? limit : 1000);
    if ((char *)__builtin_frame_address(0) >= t->stack_low)
        return 0;
    PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded");
    return 1;
}

/* ---- temps and deferred references ------------------------------------------------------------------------- */

static void *grow(void *array, int n, int *cap, size_t size)
{
    uint32_t room = (uint32_t)*cap;
    array = m_grow(array, (uint32_t)n, &room, size);
    *cap = (int)room;
    return array;
}

void m_temp(MThread *t, PyObject *op)
{
    t->temps = grow(t->temps, t->temps_n, &t->temps_cap, sizeof *t->temps);
    t->temps[t->temps_n++] = (MTemp){op, __builtin_frame_address(0)};
    t->pending = 1;
}

void m_defer(PyObject *op)
{
    MThread *t = &m_tls;
    t->deferred = grow(t->deferred, t->deferred_n, &t->deferred_cap, sizeof *t->deferred);
    t->deferred[t->deferred_n++] = op;
    t->pending = 1;
}

/* What containers dropped while several threads use the layer, with the clock.  Each of those that were in C at that time may
   have borrowed it, and keeps it until CPython's lock would no longer: its call has returned, it waits outside, or has run
   code of the VM.  A callback that does not return for a while does the latter. */
static struct { PyObject *op; uint64_t when; } *dropped;
static uint32_t dropped_first, dropped_n, dropped_cap;

#define PATIENCE 1                      /* seconds */

static int may_have_borrowed(MThread *t)
{
    if (!t->entered && (t->saved || !(t->depth || t->active)))
        return 0;
    if (t->active || t->waits || t->turn != t->watched) {
        t->watched = t->turn;
        t->watched_since = time(NULL);
        return 1;
    }
    return time(NULL) - t->watched_since <= PATIENCE;
}

void m_drop(PyObject *op)
{
    MThread *t = &m_tls;
    if (likely(!m_multi)) {
        m_defer(op);
        return;
    }
    dropped = m_grow(dropped, dropped_n, &dropped_cap, sizeof *dropped);
    dropped[dropped_n].op = op;
    dropped[dropped_n++].when = m_clock;
    t->pending = 1;
}

static void release_dropped(MThread *t)
{
    uint64_t oldest = t->depth ? t->entered : UINT64_MAX;
    for (MThread *other = threads; other; other = other->next)
        if (other != t && other->entered < oldest && may_have_borrowed(other))
            oldest = other->entered;
    while (dropped_first < dropped_n && dropped[dropped_first].when < oldest) {
        PyObject *op = dropped[dropped_first++].op;
        if (dropped_first == dropped_n)
            dropped_first = dropped_n = 0;
        Py_DECREF(op);
    }
    for (MThread *other = threads; dropped_n && other; other = other->next)
        other->pending = 1;             /* it may be the one that can release them */
    if (dropped_first > 1024 && dropped_first > dropped_n / 2) {
        memmove(dropped, dropped + dropped_first, (dropped_n - dropped_first) * sizeof *dropped);
        dropped_n -= dropped_first;
        dropped_first = 0;
    }
}

MGuests m_guests;

void m_guest_leaves(uint32_t index)
{
    for (int64_t i = m_guests.n; i--;)
        if (m_guests.index[i] == index) {
            m_guests.n--;
            m_guests.index[i] = m_guests.index[m_guests.n];
            m_guests.arrived[i] = m_guests.arrived[m_guests.n];
            return;
        }
}

int m_guest_comes(PyObject *op)
{
    if (m_guests.n == M_GUESTS)
        return 0;
    m_guests.arrived[m_guests.n] = 0;
    m_guests.index[m_guests.n++] = W_INDEX(M_HDR(op)->link);
    M_HDR(op)->flags |= M_LATE;
    m_tls.pending = 1;
    return 1;
}

/* The call ends: what C still has of the results of its callbacks gets a lasting link. */
static void adopt_late(void)
{
    for (int64_t i = 0; i < m_guests.n; i++) {
        PyObject *op = m_slots[m_guests.index[i]].obj;
        if (!op || !(M_HDR(op)->flags & M_LATE) || !m_guests.arrived[i])
            continue;
        M_HDR(op)->flags &= ~M_LATE;
        m_guest_leaves(W_INDEX(M_HDR(op)->link));
        vm_adopt(M_HDR(op)->link);
        i = -1;
    }
}

/* An object made for a call: free it and its slot at once, unless C kept it; then the VM learns of the link.  That of a tuple which
   a callback returned can wait. */
static void release_temporary(PyObject *op, int late)
{
    MHeader *header = M_HDR(op);
    header->flags &= ~M_TEMP;
    m_guest_leaves(W_INDEX(header->link));
    if (op->ob_refcnt > 1) {
        if (late && !m_multi && Py_IS_TYPE(op, &PyTuple_Type) && m_guest_comes(op)) {
            m_guests.arrived[m_guests.n - 1] = 1;
            Py_DECREF(op);
            return;
        }
        vm_adopt(header->link);
        Py_DECREF(op);
        return;
    }
    m_slot_rest(W_INDEX(header->link));
    header->link = 0;
    Py_DECREF(op);
}


/* A finaliser or a signal handler may call C between the end of a call and the conversion of its result: that is kept until it has
   been read, which may take many calls; while the VM reads it has a reference.  But not for ever, as an exception may have come instead. */
#define UNREAD 8
#define OFTEN 1000

static void release_temps_below(MThread *t, char *frame, int late)
{
    PyObject *unread[UNREAD];
    int n = 0;
    while (t->temps_n > t->temps_mark) {
        if (unlikely(m_multi && t->temps[t->temps_n - 1].frame > frame))
            break;
        PyObject *op = t->temps[--t->temps_n].op;
        if (m_landed(op))
            continue;
        if (unlikely(M_HDR(op)->flags & M_UNREAD) && M_HDR(op)->magic == M_MAGIC(op) && n < UNREAD && (op->ob_refcnt > 1 || t->kept++ < OFTEN))
            unread[n++] = op;
        else if (M_HDR(op)->flags & M_TEMP)
            release_temporary(op, late);
        else
            Py_DECREF(op);
    }
    if (!n)
        t->kept = 0;
    while (n)
        m_temp(t, unread[--n]);
}

static void release_temps_of(MThread *t, int late)
{
    release_temps_below(t, (char *)__builtin_frame_address(0) + M_FRAME_ROOM, late);
    if (unlikely(m_pending_calls && !t->depth && t == m_main))
        m_run_pending_calls();
}

void m_release_temps_of(MThread *t)
{
    release_temps_of(t, 1);
}

/* Release what the last call returned, whoever made it; only when no result is being converted. */
VMCALL void m_release_temps(void)
{
    MThread *t = &m_tls;
    m_enter(t);
    release_temps_below(t, (char *)UINTPTR_MAX, 0);
    if (t->pending)
        m_release_pending(t);
    m_leave(t);
}

int m_release_deferred(MThread *t)
{
    if (t->depth || (!t->deferred_n && !t->given.n && !t->texts.n && !dropped_n))
        return 0;
    if (t->given.n)
        release_ring(&t->given);
    if (t->texts.n)
        release_ring(&t->texts);
    while (t->deferred_n) {
        PyObject *op = t->deferred[--t->deferred_n];
        Py_DECREF(op);
    }
    if (unlikely(dropped_n))
        release_dropped(t);
    return 1;
}

void m_release_pending(MThread *t)
{
    release_temps_of(t, 0);
    if (m_guests.n)
        adopt_late();
    if (unlikely(t->depth && dropped_n)) {
        t->entered = m_clock;           /* a call by code that an outer one let run: what that had borrowed may be gone */
        release_dropped(t);
    }
    m_release_deferred(t);
    t->pending = t->temps_n || t->deferred_n || t->given.n || t->texts.n || dropped_n || m_guests.n;
    if (unlikely(m_pending_calls && t == m_main))
        t->pending = 1;
}

/* ---- the error indicator --------------------------------------------------------------------------------------- */

void m_set_error(PyObject *type, PyObject *value, PyObject *tb)
{
    MThread *t = &m_tls;
    PyObject *old_type = t->err_type, *old_value = t->err_value, *old_tb = t->err_tb;
    t->err_type = type;
    t->err_value = value;
    t->err_tb = tb;
    Py_XDECREF(old_type);
    Py_XDECREF(old_value);
    Py_XDECREF(old_tb);
}

PyObject *m_not_implemented(const char *name)
{
    PyObject *text = m_str_from_utf8(&PyUnicode_Type, name, (Py_ssize_t)strlen(name));
    Py_INCREF(PyExc_NotImplementedError);
    m_set_error(PyExc_NotImplementedError, text, NULL);
    return NULL;
}

W m_return_with_error(MThread *t, PyObject *op)
{
    Py_DECREF(op);
    t->result_with_error = 1;           /* m_fetch tells the VM, which raises SystemError */
    return 0;
}

VMCALL W m_answers_address(void)
{
    return (W)m_answers;
}
