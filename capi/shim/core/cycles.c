/* Cycles through C: a graph of what containers in C hold, made at a major collection.  capi/core/cycles.py acts on it.

   Nodes are the tracked objects and what their tp_traverse shows.  References that the graph does not explain come from C
   code itself: what they reach is left alone.  Of the rest, what hangs on a wrapper that is alive is given to that wrapper,
   what hangs on one that is unreachable waits for it, and what hangs on none is garbage. */
#include "core/cycles.h"

/* ---- the graph --------------------------------------------------------------------------------------------------------- */

enum { UNSEEN, HELD_BY_C, HELD_BY_VM, IN_LIMBO };               /* what keeps a node alive; UNSEEN: nothing does */
enum { A_PROXY, AN_OWNER, A_PLAIN };                            /* of a VM object; an instance with a wrapper; neither */

typedef struct {
    PyObject *op;
    Py_ssize_t refs;                    /* that the graph does not explain */
    uint32_t first, n;                  /* its edges */
    uint8_t state, kind, relevant;
} Node;

static Node *nodes;
static uint32_t *edges, *places;        /* places: an open hash of the nodes that are not M_GC */
static uint32_t nodes_n, nodes_cap, edges_n, edges_cap, places_n, places_cap;
static uint32_t *stack;                 /* as many as nodes */

static size_t place_of(PyObject *op)
{
    size_t i = ((uintptr_t)op >> 4) * 0x9e3779b97f4a7c15u >> 20 & (places_cap - 1);
    while (places[i] && nodes[places[i] - 1].op != op)
        i = (i + 1) & (places_cap - 1);
    return i;
}

static void grow_places(void)
{
    if (places_n * 2 < places_cap)
        return;
    free(places);
    places_cap = places_cap ? places_cap * 2 : 1024;
    places = calloc(places_cap, sizeof *places);
    if (!places)
        Py_FatalError("mooring: out of memory");
    for (uint32_t i = 0; i < nodes_n; i++)
        if (!(M_HDR(nodes[i].op)->flags & M_GC))
            places[place_of(nodes[i].op)] = i + 1;
}

/* The number of the object's node, made if it is new; -1 for what takes no part. */
static int64_t node_of(PyObject *op)
{
    MHeader *header = M_HDR(op);
    if (header->magic != M_MAGIC(op))
        return -1;
    if (header->flags & M_GC) {
        uint32_t i = M_TRACK(op)->node;
        if (i < nodes_n && nodes[i].op == op)
            return i;
    }
    MTypeInfo *info = M_INFO(Py_TYPE(op));
    if (!info || !info->link || (info->kind != K_INSTANCE && op->ob_refcnt >= M_SHARE / 2))     /* None and its like live for ever */
        return -1;
    switch (info->kind) {
    case K_INT: case K_FLOAT: case K_COMPLEX: case K_STR: case K_BYTES: case K_TYPE:
        return -1;
    case K_PROXY:
        if (PyModule_Check(op))
            return -1;
    }
    size_t place = 0;
    if (!(header->flags & M_GC)) {
        grow_places();
        place = place_of(op);
        if (places[place])
            return places[place] - 1;
        places[place] = (uint32_t)nodes_n + 1;
        places_n++;
    } else
        M_TRACK(op)->node = (uint32_t)nodes_n;
    nodes = m_grow(nodes, nodes_n, &nodes_cap, sizeof *nodes);
    Node *node = &nodes[nodes_n];
    memset(node, 0, sizeof *node);
    node->op = op;
    node->refs = op->ob_refcnt;
    node->kind = !header->link ? A_PLAIN : info->kind == K_INSTANCE ? AN_OWNER : A_PROXY;
    if (node->kind == AN_OWNER)
        node->refs -= M_SHARE;
    if (header->flags & M_LATE)         /* C code that runs has it */
        node->refs += M_SHARE;
    if (op->ob_refcnt <= 0)             /* being deallocated, or in the dead queue */
        node->refs = M_SHARE;
    return (int64_t)nodes_n++;
}

static int visit_edge(PyObject *op, void *arg)
{
    (void)arg;
    int64_t i = op ? node_of(op) : -1;
    if (i >= 0) {
        nodes[i].refs--;
        edges = m_grow(edges, edges_n, &edges_cap, sizeof *edges);
        edges[edges_n++] = (uint32_t)i;
    }
    return 0;
}

static void spread(uint32_t from, int state)
{
    uint32_t n = 0;
    nodes[from].state = (uint8_t)state;
    stack[n++] = from;
    while (n) {
        Node *node = &nodes[stack[--n]];
        for (uint32_t k = 0; k < node->n; k++) {
            uint32_t to = edges[node->first + k];
            if (nodes[to].state == UNSEEN) {
                nodes[to].state = (uint8_t)state;
                stack[n++] = to;
            }
        }
    }
}

/* Make the graph and find out what keeps its nodes alive.  Wrappers of instances with one of the `dead` flags do not count. */
static void make_graph(uint32_t dead)
{
    nodes_n = edges_n = places_n = 0;
    if (places)
        memset(places, 0, places_cap * sizeof *places);
    for (uint32_t i = 0; i < m_tracked_n; i++)
        node_of(m_tracked[i]);
    for (size_t i = 0; i < nodes_n; i++) {
        PyObject *op = nodes[i].op;
        PyTypeObject *type = Py_TYPE(op);
        nodes[i].first = (uint32_t)edges_n;
        if (op->ob_refcnt <= 0)
            continue;
        if (M_INFO(type)->kind == K_INSTANCE && type->tp_traverse) {
            if (M_HDR(op)->flags & M_TRACKED)
                type->tp_traverse(op, visit_edge, NULL);
        } else
            m_builtin_traverse(op, visit_edge, NULL);
        nodes[i].n = (uint32_t)edges_n - nodes[i].first;
    }
    stack = realloc(stack, (nodes_n + 1) * sizeof *stack);
    if (!stack)
        Py_FatalError("mooring: out of memory");
    for (uint32_t i = 0; i < nodes_n; i++)
        if (nodes[i].refs && nodes[i].state == UNSEEN)          /* below 0: a tp_traverse that shows too much */
            spread(i, HELD_BY_C);
    for (uint32_t i = 0; i < nodes_n; i++)
        if (nodes[i].kind == AN_OWNER && nodes[i].state == UNSEEN && !(M_HDR(nodes[i].op)->flags & dead))
            spread(i, HELD_BY_VM);
    for (uint32_t i = 0; i < nodes_n; i++)
        if (nodes[i].kind == AN_OWNER && nodes[i].state == UNSEEN)
            spread(i, IN_LIMBO);
}

/* ---- what Python is told -------------------------------------------------------------------------------------------------- */

static int64_t *out;
static uint32_t out_n, out_cap;
static int64_t *before;                 /* what was told the last time */
static size_t before_n;
static int told_before;

static void tell(int64_t value)
{
    out = m_grow(out, out_n, &out_cap, sizeof *out);
    out[out_n++] = value;
}

static W link_of(Node *node)
{
    return node->kind == A_PLAIN ? 0 : M_HDR(node->op)->link;
}

/* Mark the nodes from which the VM's own objects can be reached: only those need edges in the VM. */
static void mark_relevant(void)
{
    uint32_t *first = calloc(nodes_n + 2, sizeof *first), *back = malloc((edges_n + 1) * sizeof *back), n = 0;
    if (!first || !back)
        Py_FatalError("mooring: out of memory");
    for (size_t k = 0; k < edges_n; k++)
        first[edges[k] + 2]++;
    for (size_t i = 1; i < nodes_n + 1; i++)
        first[i + 1] += first[i];
    for (uint32_t i = 0; i < nodes_n; i++)
        for (uint32_t k = 0; k < nodes[i].n; k++)
            back[first[edges[nodes[i].first + k] + 1]++] = i;
    for (uint32_t i = 0; i < nodes_n; i++)
        if (nodes[i].state >= HELD_BY_VM && (nodes[i].kind == A_PROXY || (nodes[i].kind == AN_OWNER && M_HDR(nodes[i].op)->flags & M_HELD))) {
            nodes[i].relevant = 1;
            stack[n++] = i;
        }
    while (n) {
        uint32_t i = stack[--n];
        for (uint32_t k = first[i]; k < first[i + 1]; k++) {
            Node *from = &nodes[back[k]];
            if (!from->relevant && from->state >= HELD_BY_VM) {
                from->relevant = 1;
                stack[n++] = back[k];
            }
        }
    }
    free(first);
    free(back);
}

/* Make the graph for the VM.  The answer: how many nodes are garbage already.  What is told, at m_cycles_told():
   n, then the links of n proxies and wrappers that C holds again; then for each node that matters: number, state, kind, link, n,
   n targets. */
VMCALL long m_cycles_find(void)
{
    MThread *t = &m_tls;
    long garbage = 0;
    out_n = 0;
    told_before = 0;
    if (!m_tracked_n)
        return 0;
    m_enter(t);
    t->depth++;
    make_graph(M_LIMBO);
    tell(0);
    for (size_t i = 0; i < nodes_n; i++) {
        garbage += nodes[i].state == UNSEEN;
        if (nodes[i].state == HELD_BY_C && nodes[i].kind != A_PLAIN && M_HDR(nodes[i].op)->flags & (M_DEMOTED | M_HELD))
            tell(link_of(&nodes[i]));
    }
    out[0] = (int64_t)out_n - 1;
    mark_relevant();
    for (size_t i = 0; i < nodes_n; i++) {
        if (!nodes[i].relevant)
            continue;
        tell((int64_t)i);
        tell(nodes[i].state);
        tell(nodes[i].kind);
        tell(link_of(&nodes[i]));
        size_t count = out_n;
        tell(0);
        for (uint32_t k = 0; k < nodes[i].n; k++)
            if (nodes[edges[nodes[i].first + k]].relevant)
                tell(edges[nodes[i].first + k]);
        out[count] = (int64_t)(out_n - count - 1);
    }
    told_before = out_n == before_n && !memcmp(out, before, out_n * sizeof *out);
    if (!told_before) {
        before = realloc(before, out_n * sizeof *out);
        if (!before)
            Py_FatalError("mooring: out of memory");
        memcpy(before, out, (before_n = out_n) * sizeof *out);
    }
    t->depth--;
    m_leave(t);
    return garbage;
}

/* Where that is, and `n` numbers of it; `same` if it was told the last time, too. */
VMCALL W m_cycles_told(long *n, long *same)
{
    *n = (long)out_n;
    *same = told_before;
    return (W)out;
}

VMCALL long m_cycles_nodes(void)
{
    return (long)nodes_n;
}

/* Set or take back flags of the instances at these indices. */
VMCALL void m_cycles_mark(uint32_t *indices, long n, long flags, int on)
{
    MThread *t = &m_tls;
    m_enter(t);
    for (long i = 0; i < n; i++) {
        PyObject *op = m_slots[indices[i]].obj;
        if (op && M_HDR(op)->magic == M_MAGIC(op))
            M_HDR(op)->flags = on ? M_HDR(op)->flags | (uint32_t)flags : M_HDR(op)->flags & ~(uint32_t)flags;
    }
    m_leave(t);
}

/* The table is to hold the VM object of this link, which the VM has lifted, no longer or again: the new handle; 0 if it was changed. */
VMCALL W m_demote(W handle, int on)
{
    MThread *t = &m_tls;
    W w = 0;
    m_enter(t);
    MSlot *slot = &m_slots[W_INDEX(handle)];
    if (slot->handle == handle) {
        MHeader *header = M_HDR(slot->obj);
        w = (handle & ~(W)7) | (on ? W_WEAK : W_STRONG);
        header->link = slot->handle = w;
        header->flags = on ? header->flags | M_DEMOTED : header->flags & ~M_DEMOTED;
    }
    m_leave(t);
    return w;
}

/* ---- the end of garbage --------------------------------------------------------------------------------------------------- */

static long finalize(PyObject **garbage, size_t n)
{
    long called = 0;
    for (size_t i = 0; i < n; i++) {
        PyTypeObject *type = Py_TYPE(garbage[i]);
        if (type->tp_finalize && M_INFO(type)->kind == K_INSTANCE && !(M_HDR(garbage[i])->flags & M_FINALIZED)) {
            PyObject_CallFinalizer(garbage[i]);
            called++;
        }
    }
    return called;
}

static void clear(PyObject **garbage, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        PyTypeObject *type = Py_TYPE(garbage[i]);
        if (garbage[i]->ob_refcnt == 1)
            continue;
        if (M_INFO(type)->kind != K_INSTANCE)
            m_builtin_clear(garbage[i]);
        else if (type->tp_clear && M_HDR(garbage[i])->flags & M_TRACKED)
            type->tp_clear(garbage[i]);
        if (PyErr_Occurred())
            PyErr_WriteUnraisable(garbage[i]);
    }
}

/* End what hangs on no wrapper, or on the `n` ones at `indices` only, which nothing can reach any more: first the finalizers;
   if there were none (0), the references among the garbage.  Otherwise how many were called: they may have saved it. */
VMCALL long m_cycles_end(uint32_t *indices, long n)
{
    MThread *t = &m_tls;
    long called = 0;
    m_enter(t);
    t->depth++;
    PyObject *error[3] = {t->err_type, t->err_value, t->err_tb};
    t->err_type = t->err_value = t->err_tb = NULL;
    for (long i = 0; i < n; i++) {
        PyObject *op = m_slots[indices[i]].obj;
        if (op && M_HDR(op)->magic == M_MAGIC(op))
            M_HDR(op)->flags |= M_FIRED;
    }
    make_graph(M_FIRED);
    PyObject **garbage = malloc((nodes_n + 1) * sizeof *garbage);
    if (!garbage)
        Py_FatalError("mooring: out of memory");
    size_t found = 0;
    for (size_t i = 0; i < nodes_n; i++)
        if (nodes[i].state == UNSEEN || nodes[i].state == IN_LIMBO) {
            Py_INCREF(nodes[i].op);
            garbage[found++] = nodes[i].op;
        }
    nodes_n = 0;                        /* the graph is not good any more */
    called = finalize(garbage, found);
    if (!called)
        clear(garbage, found);
    for (size_t i = 0; i < found; i++)
        Py_DECREF(garbage[i]);
    free(garbage);
    for (long i = 0; i < n; i++)
        if (m_slots[indices[i]].obj && M_HDR(m_slots[indices[i]].obj)->magic == M_MAGIC(m_slots[indices[i]].obj))
            M_HDR(m_slots[indices[i]].obj)->flags &= ~M_FIRED;
    if (t->pending)
        m_release_pending(t);
    m_set_error(error[0], error[1], error[2]);
    t->depth--;
    m_leave(t);
    return called;
}
