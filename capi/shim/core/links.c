/* Handles: which VM object a C address stands for.  The VM keeps the objects, the shim keeps the addresses. */
#include "core/flight.h"
#include "core/mail.h"
#include <sys/mman.h>

#define SLOTS_MAX ((size_t)1 << 28)
#define GENERATIONS 0x0fffffff

MSlot *m_slots;
uint32_t m_slots_n = 1;            /* index 0 is never used */
static uint32_t slots_cap;              /* how far the VM's tables reach */
static uint32_t *free_slots, free_n, free_cap;
static uint32_t *resting, resting_n, resting_cap;        /* free slots that still have a VM object in the table */

static PyObject **dead;                 /* proxies that C let go; they live again when they cross before the drain */
static uint32_t dead_n, dead_cap;
static uint32_t dead_old;               /* so many of them were there at the last drain */
static int64_t dead_weight;             /* dead proxies, large values counted by the page: the VM drains when it is high */
static uint32_t *limbo, limbo_n, limbo_cap;      /* slots that the VM still clears: nobody gets them meanwhile */
static uint32_t *young, young_n, young_cap;      /* weak slots made since the last sweep */

void *m_grown(void *array, uint32_t *cap, size_t size)
{
    *cap = *cap ? *cap * 2 : 256;
    array = realloc(array, *cap * size);
    if (!array)
        Py_FatalError("mooring: out of memory");
    return array;
}

void m_links_init(void)
{
    m_slots = mmap(NULL, SLOTS_MAX * sizeof(MSlot), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m_slots == MAP_FAILED)
        Py_FatalError("mooring: no address space for the table of links");
}

#define SLOTS_AHEAD 256                 /* the VM's tables grow before they must: a full stack may forbid it for a while */

/* Make sure that the next m_slot_new() does not ask the VM, which may let other threads and hooks run. */
void m_slot_room(void)
{
    while (unlikely(!free_n && m_slots_n + SLOTS_AHEAD >= slots_cap)) {
        if (m_slots_n + SLOTS_AHEAD >= SLOTS_MAX)
            Py_FatalError("mooring: the table of links is full");
        MThread *t = &m_tls;
        PyObject *error[3] = {t->err_type, t->err_value, t->err_tb};
        t->err_type = t->err_value = t->err_tb = NULL;
        long reach = vm_grow_tables((long)m_slots_n + SLOTS_AHEAD);
        m_set_error(error[0], error[1], error[2]);
        if (reach > (long)slots_cap)
            slots_cap = (uint32_t)reach;
        else if (reach < 0 && m_slots_n < slots_cap)
            return;
        else if (reach < 0)
            Py_FatalError("mooring: the table of links cannot grow");
    }
}

/* Make a slot for `op`; `tag` is W_STRONG or W_WEAK. */
W m_slot_new(PyObject *op, int tag)
{
    m_slot_room();
    uint32_t index = resting_n && tag == W_STRONG ? resting[--resting_n] : free_n ? free_slots[--free_n] : m_slots_n++;
    MSlot *slot = &m_slots[index];
    uint64_t generation = ((uint64_t)slot->handle >> 35) & GENERATIONS;
    slot->handle = (W)(generation << 35 | (uint64_t)index << 3 | (uint64_t)tag);
    slot->obj = op;
    return slot->handle;
}

static void invalidate(uint32_t index)
{
    MSlot *slot = &m_slots[index];
    uint64_t generation = (((uint64_t)slot->handle >> 35) + 1) & GENERATIONS;
    slot->handle = (W)(generation << 35);
    slot->obj = NULL;
}

static void push(uint32_t **array, uint32_t *n, uint32_t *cap, uint32_t index)
{
    *array = m_grow(*array, *n, cap, sizeof(uint32_t));
    (*array)[(*n)++] = index;
}

static void to_limbo(uint32_t index)
{
    invalidate(index);
    push(&limbo, &limbo_n, &limbo_cap, index);
}

static void limbo_ends(void)
{
    while (limbo_n)
        push(&free_slots, &free_n, &free_cap, limbo[--limbo_n]);
}

void m_slot_rest(uint32_t index)
{
    invalidate(index);
    push(&resting, &resting_n, &resting_cap, index);
}

/* ---- objects in static memory have no header: an open hash from address to link ----------------------------- */

static struct { PyObject *op; W link; } *statics;
static uint32_t statics_n, statics_cap;

static uint32_t static_place(PyObject *op)
{
    uint32_t i = (uint32_t)(((uintptr_t)op >> 4) * 2654435761u) & (statics_cap - 1);
    while (statics[i].op && statics[i].op != op)
        i = (i + 1) & (statics_cap - 1);
    return i;
}

W m_static_get(PyObject *op)
{
    return statics_cap ? statics[static_place(op)].link : 0;
}

void m_static_set(PyObject *op, W link)
{
    if (statics_n * 2 >= statics_cap) {
        uint32_t old_cap = statics_cap;
        void *old = statics;
        statics_cap = old_cap ? old_cap * 2 : 256;
        statics = calloc(statics_cap, sizeof *statics);
        statics_n = 0;
        struct { PyObject *op; W link; } *entry = old;
        for (uint32_t i = 0; i < old_cap; i++)
            if (entry[i].op)
                m_static_set(entry[i].op, entry[i].link);
        free(old);
    }
    uint32_t i = static_place(op);
    if (!statics[i].op)
        statics_n++;
    statics[i].op = op;
    statics[i].link = link;
}

/* ---- proxies that C let go ------------------------------------------------------------------------------------ */

static int64_t weight(PyObject *op)
{
    if (PyUnicode_Check(op))
        return ((PyASCIIObject *)op)->length >> 12;
    if (PyBytes_Check(op))
        return Py_SIZE(op) >> 12;
    if (PyList_Check(op) && ((PyListObject *)op)->mooring_extra)
        return ((MExtra *)((PyListObject *)op)->mooring_extra)->items_n / 100;
    return 0;
}

void m_dead_push(PyObject *op)
{
    MHeader *header = M_HDR(op);
    if (header->flags & M_DEAD)
        return;
    header->flags |= M_DEAD;
    dead = m_grow(dead, dead_n, &dead_cap, sizeof(PyObject *));
    dead[dead_n++] = op;
    dead_weight += 1 + weight(op);
}

VMCALL W m_dead_weight_address(void)
{
    return (W)&dead_weight;
}

/* Tuples made in C whose link the VM shares.  Their owner must not take them for its own alone, and reuse them in place as an
   iterator of pairs does: the VM has a reference, and gives it back with the link at the next drain. */
static PyObject **lent;
static uint32_t lent_n, lent_cap;

void m_lend(PyObject *op)
{
    Py_INCREF(op);
    lent = m_grow(lent, lent_n, &lent_cap, sizeof(PyObject *));
    lent[lent_n++] = op;
    dead_weight++;
}

/* What is dead now is left to the drain after the next. */
void m_spare_dead(void)
{
    dead_old = 0;
}

/* Free the proxies that are still dead; give the VM their indices.  The slots of the call before become free.  While C code runs it
   may still use what a container of the VM has: then those that have died since the last drain are left, unless `all` are asked for. */
VMCALL long m_drain(uint32_t *indices, long cap, int all)
{
    MThread *t = &m_tls;
    PyObject *error[3];
    uint32_t done = 0;
    long n = 0;
    m_enter(t);
    int few = !all && (t->depth || m_multi);
    m_error_aside(t, error);            /* it may run anywhere, and deallocators run C code */
    limbo_ends();
    m_letter_spare_free();
    if ((few ? dead_old : dead_n) + lent_n <= cap)
        dead_weight = 0;
    while (lent_n && n < cap) {
        PyObject *op = lent[--lent_n];
        uint32_t index = W_INDEX(M_HDR(op)->link);
        M_HDR(op)->link = 0;
        to_limbo(index);
        indices[n++] = index;
        Py_DECREF(op);
    }
    do {
        while (done < (few ? dead_old : dead_n) && n < cap) {
            PyObject *op = dead[done++];
            MHeader *header = M_HDR(op);
            header->flags &= ~M_DEAD;
            if (op->ob_refcnt > 0)
                continue;
            uint32_t index = W_INDEX(header->link);
            header->link = 0;
            to_limbo(index);
            indices[n++] = index;
            M_DEBUG(m_debug_drained(op);)
            op->ob_refcnt = 0;
            Py_TYPE(op)->tp_dealloc(op);
        }
    } while (n < cap && m_release_deferred(t) && !few && done < dead_n);      /* what a dead container had lent */
    dead_n -= done;
    memmove(dead, dead + done, dead_n * sizeof *dead);
    dead_old = n < cap ? dead_n : few ? dead_old - done : 0;
    m_error_back(error);
    m_leave(t);
    return n;
}

/* The slots that the VM still clears. */
VMCALL long m_in_limbo(uint32_t *indices, long cap)
{
    MThread *t = &m_tls;
    m_enter(t);
    long n = limbo_n < cap ? limbo_n : cap;
    memcpy(indices, limbo, (size_t)n * sizeof(uint32_t));
    m_leave(t);
    return n;
}

/* The VM is to clear what it still has of slots that are free: their indices.  Only between two drains. */
VMCALL long m_take_resting(uint32_t *indices, long cap)
{
    MThread *t = &m_tls;
    long n = 0;
    m_enter(t);
    limbo_ends();
    while (resting_n && n < cap) {
        uint32_t index = resting[--resting_n];
        to_limbo(index);
        indices[n++] = index;
    }
    m_leave(t);
    return n;
}

/* ---- wrappers --------------------------------------------------------------------------------------------------- */

#define A_WRAPPER 128                   /* bytes that one counts for, with its weak reference and a small struct */

static void push_young(uint32_t index)
{
    m_made += A_WRAPPER;
    push(&young, &young_n, &young_cap, index);
}

W m_reserve(PyObject *op)
{
    m_slot_room();
    W link = M_HDR(op)->magic == M_MAGIC(op) ? M_HDR(op)->link : m_static_get(op);
    if (unlikely(link))                 /* made while there was none */
        return link;
    link = m_slot_new(op, W_WEAK);
    uint32_t index = W_INDEX(link);
    if (M_HDR(op)->magic == M_MAGIC(op))
        M_HDR(op)->link = link;
    else
        m_static_set(op, link);
    op->ob_refcnt += M_SHARE;
    push_young(index);
    m_took_off(link);
    return link;
}

/* Make the strong link of an instance a weak one. */
W m_to_weak(uint32_t index)
{
    PyObject *op = m_slots[index].obj;
    W link = (m_slots[index].handle & ~(W)7) | W_WEAK;
    m_slots[index].handle = M_HDR(op)->link = link;
    op->ob_refcnt += M_SHARE;
    push_young(index);
    m_took_off(link);
    return link;
}

VMCALL W m_young_count_address(void)
{
    return (W)&young_n;
}

VMCALL W m_made_address(void)
{
    return (W)&m_made;
}

/* Hand the indices made since the last sweep to the VM. */
VMCALL long m_take_young(uint32_t *indices, long cap)
{
    MThread *t = &m_tls;
    m_enter(t);
    long n = young_n < cap ? young_n : cap;
    if (m_made > 0)
        m_made = 0;
    young_n -= (uint32_t)n;
    memcpy(indices, young + young_n, (size_t)n * sizeof(uint32_t));
    m_leave(t);
    return n;
}

static int crosses(PyObject *op)
{
    return M_HDR(op)->magic != M_MAGIC(op) || M_HDR(op)->flags & M_CROSSES;
}

/* While several threads run: those of the indices whose wrapper either is in the VM's table already or is no more go to the
   front; the others are young again.  What crosses from now on is marked. */
VMCALL long m_candidates(uint32_t *indices, long n)
{
    MThread *t = &m_tls;
    long found = 0;
    m_enter(t);
    for (long i = 0; i < n; i++) {
        PyObject *op = m_slots[indices[i]].obj;
        if (m_flies(op)) {
            push_young(indices[i]);
            continue;
        }
        if (M_HDR(op)->magic == M_MAGIC(op))
            M_HDR(op)->flags &= ~M_CROSSES;
        indices[found++] = indices[i];
    }
    m_leave(t);
    return found;
}

/* The wrappers at these indices are dead: take back the VM's share.  What is on its way to the VM is young again. */
VMCALL void m_release(uint32_t *indices, long n, int several)
{
    MThread *t = &m_tls;
    W flights[M_FLIGHTS];
    PyObject *error[3];
    m_enter(t);
    m_error_aside(t, error);
    t->depth++;
    memcpy(flights, m_flights, sizeof flights);
    m_mark_flights(flights, 1);
    for (long i = 0; i < n; i++) {
        uint32_t index = indices[i];
        PyObject *op = m_slots[index].obj;
        if (unlikely(m_flies(op) || (m_multi && (!several || crosses(op))))) {
            push_young(index);
            continue;
        }
        if (M_HDR(op)->magic == M_MAGIC(op)) {
            MHeader *header = M_HDR(op);
            if (unlikely(header->flags & M_FLYING)) {
                push_young(index);
                continue;
            }
            header->link = 0;
            header->flags &= ~(M_LIMBO | M_HELD);
        } else {
            if (unlikely(m_is_flying(flights, m_slots[index].handle))) {
                push_young(index);
                continue;
            }
            m_static_set(op, 0);
        }
        invalidate(index);
        push(&free_slots, &free_n, &free_cap, index);
        op->ob_refcnt -= M_SHARE;
        if (!op->ob_refcnt) {
            if (M_HDR(op)->magic == M_MAGIC(op) && M_HDR(op)->flags & M_ZOMBIE)
                m_free(op);
            else
                _Py_Dealloc(op);
        }
    }
    m_mark_flights(flights, 0);
    memcpy(m_flights, flights, sizeof flights);         /* what crossed meanwhile has arrived */
    t->depth--;
    m_error_back(error);
    m_leave(t);
}

/* Of the wrappers that the table holds strongly, those that C no longer holds: their indices go to the front. */
VMCALL long m_unheld(uint32_t *indices, long n)
{
    MThread *t = &m_tls;
    long found = 0;
    m_enter(t);
    m_mark_flights(m_flights, 1);
    for (long i = 0; i < n; i++) {
        PyObject *op = m_slots[indices[i]].obj;
        if (op && op->ob_refcnt == M_SHARE && M_HDR(op)->magic == M_MAGIC(op) && !(M_HDR(op)->flags & M_FLYING)) {
            uint32_t index = indices[i];
            M_HDR(op)->flags &= ~M_HELD;
            indices[i] = indices[found];
            indices[found++] = index;
        }
    }
    m_mark_flights(m_flights, 0);
    m_leave(t);
    return found;
}
