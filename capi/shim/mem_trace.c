/* PyTraceMalloc_... and the traces behind the VM's module _tracemalloc (capi/tracemalloc.py): which memory C has, and from where.

   While this is off, allocation runs as if it were not there: its fast paths are free lists, which are empty and take
   nothing while it is on; its slow ones, which call malloc(), test m_tracing. */
#include "core/mooring.h"
#include <pthread.h>

typedef struct {
    uintptr_t ptr;
    size_t size;
    unsigned int domain;
    uint32_t traceback;                 /* index in the VM's list of tracebacks, plus one; 0 = no entry */
} Trace;

int m_tracing;
int m_trace_busy;                       /* a traceback is being asked for: the VM must not sweep or drain */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;       /* PyMem_RawMalloc() needs no C-API lock */
static Trace *traces;                   /* open hash */
static size_t traces_n, traces_cap, traced_now, traced_peak;
static uint64_t asked_epoch;            /* Python code does not go on while C runs: one traceback an entry into C */
static long asked;

static size_t home(uintptr_t ptr, unsigned int domain)
{
    return (size_t)(((ptr >> 4) + domain) * 0x9e3779b97f4a7c15u >> 20) & (traces_cap - 1);
}

static Trace *find(uintptr_t ptr, unsigned int domain)
{
    size_t i = home(ptr, domain);
    while (traces[i].traceback && (traces[i].ptr != ptr || traces[i].domain != domain))
        i = (i + 1) & (traces_cap - 1);
    return &traces[i];
}

static int grow(void)
{
    Trace *old = traces, *made = calloc(traces_cap ? traces_cap * 2 : 1024, sizeof *made);
    size_t old_cap = traces_cap;
    if (!made)
        return -1;
    traces = made;
    traces_cap = old_cap ? old_cap * 2 : 1024;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].traceback)
            *find(old[i].ptr, old[i].domain) = old[i];
    free(old);
    return 0;
}

/* The VM's index of the Python code that called C; -1 if it cannot be asked. */
static long traceback_now(void)
{
    MThread *t = &m_tls;
    if (m_trace_busy)
        return -1;
    if (!t->active) {                   /* without the C-API lock */
        PyGILState_STATE state = PyGILState_Ensure();
        long r = traceback_now();
        PyGILState_Release(state);
        return r;
    }
    if (asked_epoch == m_epoch)
        return asked;
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    m_trace_busy = 1;
    asked = vm_traceback(m_tracing);
    m_trace_busy = 0;
    PyErr_Restore(type, value, tb);
    asked_epoch = m_epoch;
    return asked;
}

static int add(unsigned int domain, uintptr_t ptr, size_t size)
{
    long traceback = traceback_now();
    int r = -1;
    pthread_mutex_lock(&mutex);
    if (m_tracing && (traces_n * 2 < traces_cap || grow() == 0)) {
        Trace *trace = find(ptr, domain);
        if (trace->traceback)
            traced_now -= trace->size;
        else
            traces_n++;
        *trace = (Trace){ptr, size, domain, (uint32_t)(traceback + 2)};
        traced_now += size;
        if (traced_now > traced_peak)
            traced_peak = traced_now;
        r = 0;
    }
    pthread_mutex_unlock(&mutex);
    return r;
}

/* Returns the size that the block had. */
static size_t drop(unsigned int domain, uintptr_t ptr)
{
    size_t had = 0;
    pthread_mutex_lock(&mutex);
    Trace *trace = traces_cap ? find(ptr, domain) : NULL;
    if (trace && trace->traceback) {
        size_t hole = (size_t)(trace - traces), i = hole;
        had = trace->size;
        traced_now -= had;
        traces_n--;
        for (;;) {                      /* what stands behind it moves up */
            i = (i + 1) & (traces_cap - 1);
            if (!traces[i].traceback)
                break;
            size_t from = home(traces[i].ptr, traces[i].domain);
            if (((i - from) & (traces_cap - 1)) >= ((i - hole) & (traces_cap - 1))) {
                traces[hole] = traces[i];
                hole = i;
            }
        }
        traces[hole].traceback = 0;
    }
    pthread_mutex_unlock(&mutex);
    return had;
}

void m_trace_add(void *p, size_t size)
{
    add(0, (uintptr_t)p, size);
}

void m_trace_drop(void *p)
{
    drop(0, (uintptr_t)p);
}

void *m_trace_realloc(void *block, size_t size, size_t head)
{
    size_t had = block ? drop(0, (uintptr_t)block + head) : 0;
    void *moved = realloc(block, size);
    if (moved)
        add(0, (uintptr_t)moved + head, size - head);
    else if (had)
        add(0, (uintptr_t)block + head, had);
    return moved;
}

/* -2: nothing is traced now. */
PYAPI int PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size)
{
    return m_tracing ? add(domain, ptr, size) : -2;
}

PYAPI int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr)
{
    if (!m_tracing)
        return -2;
    drop(domain, ptr);
    return 0;
}

PYAPI PyObject *_PyTraceMalloc_GetTraceback(unsigned int domain, uintptr_t ptr)
{
    return vm_trace_frames(m_trace_find(domain, (W)ptr));
}

/* ---- what the VM asks --------------------------------------------------------------------------------------------- */

/* Index of the traceback of a traced block, -1 = not known where; -2 = not traced. */
VMCALL long m_trace_find(long domain, W ptr)
{
    pthread_mutex_lock(&mutex);
    Trace *trace = traces_cap ? find((uintptr_t)ptr, (unsigned int)domain) : NULL;
    long r = trace ? (long)trace->traceback - 2 : -2;
    pthread_mutex_unlock(&mutex);
    return r;
}

VMCALL void m_trace_clear(void)
{
    pthread_mutex_lock(&mutex);
    free(traces);
    traces = NULL;
    traces_n = traces_cap = traced_now = traced_peak = 0;
    pthread_mutex_unlock(&mutex);
}

/* Trace with up to `frames` entries in a traceback; 0 = no longer. */
VMCALL void m_trace_start(int frames)
{
    MThread *t = &m_tls;
    m_enter(t);
    m_keep_free(frames == 0);
    m_tracing = frames;
    asked_epoch = 0;
    m_leave(t);
    if (!frames)
        m_trace_clear();
}

VMCALL int m_trace_limit(void)
{
    return m_tracing;
}

VMCALL W m_trace_busy_address(void)
{
    return (W)&m_trace_busy;
}

/* Bytes traced: now, at most since the last reset, and the tracer's own. */
VMCALL void m_trace_figures(W *out)
{
    pthread_mutex_lock(&mutex);
    out[0] = (W)traced_now;
    out[1] = (W)traced_peak;
    out[2] = (W)(traces_cap * sizeof(Trace));
    pthread_mutex_unlock(&mutex);
}

VMCALL void m_trace_reset_peak(void)
{
    traced_peak = traced_now;
}

VMCALL long m_trace_count(void)
{
    return (long)traces_n;
}

/* Three words a trace: domain, size, index of the traceback; returns how many of `cap` there are. */
VMCALL long m_trace_read(W *out, long cap)
{
    long n = 0;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < traces_cap && n < cap; i++)
        if (traces[i].traceback) {
            out[3 * n] = (W)traces[i].domain;
            out[3 * n + 1] = (W)traces[i].size;
            out[3 * n + 2] = (W)traces[i].traceback - 2;
            n++;
        }
    pthread_mutex_unlock(&mutex);
    return n;
}
