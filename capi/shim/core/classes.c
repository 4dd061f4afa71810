/* Classes of the VM that C needs no longer: their handle becomes weak, and their PyTypeObject is freed with them.
   capi/core/fading.py decides when. */
#include "core/flight.h"

#define RESTS 8                         /* a class that has come back so often is taken for one that stays */

typedef struct { PyTypeObject *type; Py_ssize_t instances, rest; int demoted, needed; } Class;
static Class *classes;                  /* all that may fade; rest: references that nothing explains so far */
static uint32_t classes_n, classes_cap;

static MSlot *slot_of(PyTypeObject *type)
{
    return &m_slots[W_INDEX(M_INFO(type)->link)];
}

/* The PyTypeObject of a class that the VM may let go of is complete. */
VMCALL void m_class_made(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyTypeObject *type = (PyTypeObject *)address;
    classes = m_grow(classes, classes_n, &classes_cap, sizeof *classes);
    M_INFO(type)->place = classes_n;
    M_INFO(type)->flags |= TI_FADES;
    classes[classes_n++].type = type;
    m_leave(t);
}

/* ---- what needs a class ------------------------------------------------------------------------------------------------ */

static Class *class_of(PyObject *op)
{
    MTypeInfo *info = M_INFO((PyTypeObject *)op);
    return info && info->flags & TI_FADES ? &classes[info->place] : NULL;
}

/* Count (or no longer) what `type` holds of other classes as explained. */
static void explain(PyTypeObject *type, int by)
{
    PyObject *tuples[] = {type->tp_mro, type->tp_bases};
    for (int k = 0; k < 2; k++)
        for (Py_ssize_t i = 0; i < Py_SIZE(tuples[k]); i++) {
            Class *held = class_of(((PyTupleObject *)tuples[k])->ob_item[i]);
            if (held)
                held->rest -= by;
        }
}

/* A tuple that others have as well is one from which they may get the classes. */
static int is_own(PyObject *tuple)
{
    return tuple && tuple->ob_refcnt == 1 && !M_HDR(tuple)->link && Py_IS_TYPE(tuple, &PyTuple_Type);
}

/* Those with proxies of their instances are needed; the VM object would hold its class, but C may be about to use it again.  A proxy
   that is demoted is part of a cycle perhaps, as each struct is: its wrapper holds the class, and it has one reference to the type. */
static void look_at_instances(void)
{
    for (uint32_t i = 1; i < m_slots_n; i++) {
        PyObject *op = m_slots[i].obj;
        MTypeInfo *info = op && Py_TYPE(op) ? M_INFO(Py_TYPE(op)) : NULL;
        if (!info || !(info->flags & TI_FADES))
            continue;
        Class *c = &classes[info->place];
        if (info->kind == K_INSTANCE)
            c->instances++;
        else if (M_HDR(op)->magic == M_MAGIC(op) && M_HDR(op)->flags & M_DEMOTED)
            c->demoted = 1;
        else
            c->needed = 1;
    }
}

/* Those that are `needed`, and what they need: where references come from elsewhere than from classes that are not needed. */
static void spread_need(void)
{
    for (uint32_t i = 0; i < classes_n; i++) {
        Class *c = &classes[i];
        c->rest = ((PyObject *)c->type)->ob_refcnt - M_SHARE - 1 - c->instances;
        if (!is_own(c->type->tp_mro) || !is_own(c->type->tp_bases))
            c->needed = 1;
    }
    for (uint32_t i = 0; i < classes_n; i++)
        if (!classes[i].needed)
            explain(classes[i].type, 1);
    for (int again = 1; again;) {
        again = 0;
        for (uint32_t i = 0; i < classes_n; i++)
            if (!classes[i].needed && classes[i].rest) {
                classes[i].needed = again = 1;
                explain(classes[i].type, -1);
            }
    }
}

#define MOST_WAITED 31                  /* major collections between two looks where there is nothing to find */
#define NEW 64

/* Make the handles weak of those that C does not need; their indices.  One that has come back rests for a while, unless all are
   asked for. */
VMCALL long m_classes_fade(uint32_t *indices, long cap, int all)
{
    static uint32_t waits, waited, known;
    MThread *t = &m_tls;
    long n = 0;
    m_enter(t);
    if (!all && waits && classes_n < known + NEW) {
        waits--;
        m_leave(t);
        return 0;
    }
    int strong = 0;
    for (uint32_t i = 0; i < classes_n; i++) {
        MTypeInfo *info = M_INFO(classes[i].type);
        int rests = info->rests && (--info->rests, !all || info->came_back >= RESTS);
        classes[i] = (Class){.type = classes[i].type, .needed = (info->link & 7) == W_STRONG && rests};
        strong += (info->link & 7) == W_STRONG && !rests;
    }
    if (strong) {
        look_at_instances();
        spread_need();
    }
    for (uint32_t i = 0; strong && i < classes_n && n < cap; i++) {
        MTypeInfo *info = M_INFO(classes[i].type);
        if (classes[i].needed || (info->link & 7) != W_STRONG)
            continue;
        slot_of(classes[i].type)->handle = info->link = (info->link & ~(W)7) | W_WEAK;
        indices[n++] = W_INDEX(info->link);
    }
    waited = n ? 0 : waited * 2 + 1 > MOST_WAITED ? MOST_WAITED : waited * 2 + 1;
    waits = waited;
    known = classes_n;
    m_leave(t);
    return n;
}

static int is_on_its_way(PyObject *op, W handle)
{
    if (m_flies(op))
        return 1;
    for (int i = 0; i < M_FLIGHTS; i++)
        if ((m_flights[i] & ~(W)7) == (handle & ~(W)7))
            return 1;
    return 0;
}

/* Of weak ones: those of which no strong word is on its way go to the front. */
VMCALL long m_classes_settled(uint32_t *indices, long n)
{
    MThread *t = &m_tls;
    long found = 0;
    m_enter(t);
    for (long i = 0; i < n; i++) {
        uint32_t index = indices[i];
        if (is_on_its_way(m_slots[index].obj, m_slots[index].handle))
            continue;
        indices[i] = indices[found];
        indices[found++] = index;
    }
    m_leave(t);
    return found;
}

/* A weak one crosses again: its strong handle.  The VM has the class in its table already. */
VMCALL W m_class_strong(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyTypeObject *type = (PyTypeObject *)address;
    MTypeInfo *info = M_INFO(type);
    W w = (info->link & ~(W)7) | W_STRONG;
    slot_of(type)->handle = info->link = w;
    if (info->came_back < RESTS)
        info->came_back++;
    info->rests = (uint16_t)(info->came_back < 5 ? 1 << info->came_back : 32);
    m_leave(t);
    return w;
}

static void free_class(PyTypeObject *type)
{
    PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
    uint32_t place = M_INFO(type)->place;
    Py_XDECREF(type->tp_dict);
    Py_XDECREF(heap->ht_name);
    Py_XDECREF(heap->ht_qualname);
    free(heap->_ht_tpname);
    m_slot_rest(W_INDEX(M_INFO(type)->link));
    free(M_INFO(type));
    classes[place] = classes[--classes_n];
    if (place < classes_n)
        M_INFO(classes[place].type)->place = place;
    m_free(type);
}

/* The classes at these indices are dead: free their PyTypeObjects, but for those that C has come to need.  How many; their indices go to
   the front. */
VMCALL long m_classes_free(uint32_t *indices, long n)
{
    MThread *t = &m_tls;
    PyObject *error[3];
    long found = 0;
    m_enter(t);
    m_error_aside(t, error);
    for (uint32_t i = 0; i < classes_n; i++)
        classes[i] = (Class){.type = classes[i].type, .needed = 1};
    for (long i = 0; i < n; i++)
        class_of(m_slots[indices[i]].obj)->needed = 0;
    look_at_instances();
    for (uint32_t i = 0; i < classes_n; i++)
        classes[i].needed |= classes[i].instances || classes[i].demoted;
    spread_need();
    PyTypeObject **dead = malloc((size_t)n * sizeof *dead);
    if (!dead)
        Py_FatalError("mooring: out of memory");
    for (long i = 0; i < n; i++) {
        uint32_t index = indices[i];
        PyTypeObject *type = (PyTypeObject *)m_slots[index].obj;
        if (class_of((PyObject *)type)->needed)
            continue;
        dead[found] = type;
        indices[i] = indices[found];
        indices[found++] = index;
    }
    for (long i = 0; i < found; i++) {  /* they hold each other */
        Py_CLEAR(dead[i]->tp_mro);
        Py_CLEAR(dead[i]->tp_bases);
    }
    for (long i = 0; i < found; i++)
        free_class(dead[i]);
    free(dead);
    m_error_back(error);
    m_leave(t);
    return found;
}
