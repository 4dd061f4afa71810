/* Allocation, free lists, and the deallocators of the VM's own types. */
#include "core/dicts.h"
#include "core/iterators.h"
#include "core/mail.h"

#ifdef MOORING_DEBUG
#define FREE_MAX 0                      /* each object has memory of its own */
#else
#define FREE_MAX 1024
#endif

int m_free_max = FREE_MAX;

PyLongObject *m_free_long;
PyFloatObject *m_free_float;
int m_free_long_n, m_free_float_n;
PyObject *m_free_tuple[8];
int m_free_tuple_n[8];
struct m_small_int m_small[M_SMALL_MAX - M_SMALL_MIN + 1];
static PyObject *free_proxy;
int m_free_proxy_n;
long m_blocks;
int64_t m_made;

/* Blocks of up to 512 bytes, header included, come from free lists by size.  Their class stands in the header. */
#define CLASS_SHIFT 4
#define FREE_UNITS 64                   /* per class 1 MB is kept: as much as one collection of the VM may set free */
#define CLASSES 33
#define BLOCK_CLASS(flags) ((flags) >> 24)
#define BLOCK_SIZE(size) (((size) + sizeof(MHeader) + 15) & ~(size_t)15)

static MHeader *free_blocks[CLASSES];
static int free_blocks_n[CLASSES];

static void *block(size_t size, int zero, uint32_t flags)
{
    M_DEBUG(m_blocks++; return m_traced(m_debug_block(size, zero), size);)
    size_t before = flags & M_GC ? sizeof(MTracked) : 0, whole = BLOCK_SIZE(size) + before;
    unsigned int class = whole < CLASSES << CLASS_SHIFT ? (unsigned int)(whole >> CLASS_SHIFT) : 0;
    MHeader *header;
    void *start;
    if (class && (start = free_blocks[class])) {
        free_blocks[class] = *(MHeader **)start;
        free_blocks_n[class]--;
        header = (MHeader *)((char *)start + before);
        if (zero)
            memset(header + 1, 0, whole - before - sizeof(MHeader));
    } else {
        start = zero ? calloc(1, whole) : malloc(whole);
        if (!start)
            return NULL;
        header = (MHeader *)((char *)start + before);
        m_made += m_weight(start);
        m_traced(header + 1, size);
    }
    m_init_header((PyObject *)(header + 1));
    header->flags = class << 24 | flags;
    m_blocks++;
    return header + 1;
}

void *m_alloc(size_t size)
{
    return block(size, 0, 0);
}

void *m_calloc(size_t size)
{
    return block(size, 1, 0);
}

void *m_gc_alloc(size_t size, int zero)
{
    return block(size, zero, M_GC);
}

void m_free(void *op)
{
    if (!op)
        return;
    MHeader *header = M_HDR(op);
    if (unlikely(header->magic != M_MAGIC(op))) {
        m_untraced(op);
        M_DEBUG(if (m_debug_free_other(op)) return;)
        m_made -= m_weight(op);
        free(op);                       /* from PyMem_Malloc() */
        return;
    }
    m_untrack(op);
    if (unlikely(header->link && (header->link & 7) == W_WEAK)) {
        header->flags |= M_ZOMBIE;      /* the VM made a wrapper while C was deallocating: wait until that is gone */
        ((PyObject *)op)->ob_refcnt = M_SHARE;
        return;
    }
    M_DEBUG(m_blocks--; m_untraced(op); m_debug_free(op); return;)
    unsigned int class = BLOCK_CLASS(header->flags);
    void *start = header->flags & M_GC ? (void *)M_TRACK(op) : header;
    header->magic = 0;
    m_blocks--;
    if (class && free_blocks_n[class] * (int)class < m_free_max * FREE_UNITS) {
        *(MHeader **)start = free_blocks[class];
        free_blocks[class] = start;
        free_blocks_n[class]++;
    } else {
        m_untraced(op);
        m_made -= m_weight(start);
        free(start);
    }
}

/* Without free lists each object has memory of its own, as the tracing of memory wants. */
void m_keep_free(int keep)
{
    m_free_max = keep ? FREE_MAX : 0;
    if (keep)
        return;
    m_letter_spare_free();
    while (m_free_long) {
        PyLongObject *op = m_free_long;
        m_free_long = *(PyLongObject **)op->mooring_limb;
        m_free(op);
    }
    while (m_free_float) {
        PyFloatObject *op = m_free_float;
        m_free_float = *(PyFloatObject **)&op->ob_fval;
        m_free(op);
    }
    while (free_proxy) {
        PyObject *op = free_proxy;
        free_proxy = (PyObject *)((MProxy *)op)->extra;
        m_free(op);
    }
    for (int n = 0; n < 8; n++) {
        while (m_free_tuple[n]) {
            PyObject *op = m_free_tuple[n];
            m_free_tuple[n] = ((PyTupleObject *)op)->ob_item[0];
            m_free(op);
        }
        m_free_tuple_n[n] = 0;
    }
    m_free_long_n = m_free_float_n = m_free_proxy_n = 0;
    for (int class = 0; class < CLASSES; class++) {
        while (free_blocks[class]) {
            MHeader *header = free_blocks[class];
            free_blocks[class] = *(MHeader **)header;
            free(header);
        }
        free_blocks_n[class] = 0;
    }
}

/* Room for `size` bytes for an object that nobody else has; NULL leaves it as it was. */
void *m_realloc(void *op, size_t size)
{
    M_DEBUG(return m_debug_resize(op, size);)
    MHeader *header = M_HDR(op);
    size_t whole = BLOCK_SIZE(size), had = (size_t)BLOCK_CLASS(header->flags) << CLASS_SHIFT;
    if (had ? whole <= had : whole >= CLASSES << CLASS_SHIFT) {
        if (had)
            return op;
        header = m_resized(header, whole, sizeof(MHeader));
        if (!header)
            return NULL;
        m_init_header((PyObject *)(header + 1));
        return header + 1;
    }
    void *made = m_alloc(size);
    if (made) {
        memcpy(made, op, had ? had - sizeof(MHeader) : size);
        m_free(op);
    }
    return made;
}

static PyObject *no_memory(void)
{
    PyErr_NoMemory();
    return NULL;
}

/* ---- int ---------------------------------------------------------------------------------------------------- */

void m_objects_init(void)
{
    for (int i = M_SMALL_MIN; i <= M_SMALL_MAX; i++) {
        PyLongObject *v = &m_small[i - M_SMALL_MIN].value;
        m_init_header((PyObject *)v);
        ((PyObject *)v)->ob_refcnt = M_SHARE;
        ((PyObject *)v)->ob_type = &PyLong_Type;
        ((PyVarObject *)v)->ob_size = (i > 0) - (i < 0);
        v->mooring_limb[0] = (uint64_t)(i < 0 ? -i : i);
    }
}

PyObject *m_long_alloc(int64_t value)
{
    PyLongObject *v = m_alloc(sizeof(PyLongObject));
    if (!v)
        return no_memory();
    ((PyObject *)v)->ob_type = &PyLong_Type;
    ((PyObject *)v)->ob_refcnt = 1;
    ((PyVarObject *)v)->ob_size = value < 0 ? -1 : value > 0;
    v->mooring_limb[0] = value < 0 ? -(uint64_t)value : (uint64_t)value;
    return (PyObject *)v;
}

PyObject *m_long_from_limbs(PyTypeObject *type, int negative, const uint64_t *limbs, Py_ssize_t n)
{
    while (n && !limbs[n - 1])
        n--;
    if (type == &PyLong_Type && n <= 1 && (!n || limbs[0] < ((uint64_t)1 << 63)))
        return m_long_new(n ? (negative ? -(int64_t)limbs[0] : (int64_t)limbs[0]) : 0);
    size_t size = offsetof(PyLongObject, mooring_limb) + (size_t)(n > 1 ? n : 1) * 8;
    if (type->tp_basicsize > (Py_ssize_t)size)
        size = (size_t)type->tp_basicsize;
    PyLongObject *v = m_calloc(size);
    if (!v)
        return no_memory();
    ((PyObject *)v)->ob_type = type;
    ((PyObject *)v)->ob_refcnt = 1;
    ((PyVarObject *)v)->ob_size = negative ? -n : n;
    memcpy(v->mooring_limb, limbs, (size_t)n * 8);
    return (PyObject *)v;
}

static void long_dealloc(PyObject *op)
{
    PyLongObject *v = (PyLongObject *)op;
    if (M_HDR(op)->link) {
        m_dead_push(op);
        return;
    }
    if (likely(op->ob_type == &PyLong_Type && Py_SIZE(v) >= -1 && Py_SIZE(v) <= 1 && m_free_long_n < m_free_max)) {
        *(PyLongObject **)v->mooring_limb = m_free_long;
        m_free_long = v;
        m_free_long_n++;
        return;
    }
    m_free(op);
}

/* ---- float, complex ------------------------------------------------------------------------------------------- */

PyObject *m_float_alloc(double value)
{
    PyFloatObject *v = m_alloc(sizeof(PyFloatObject));
    if (!v)
        return no_memory();
    ((PyObject *)v)->ob_type = &PyFloat_Type;
    ((PyObject *)v)->ob_refcnt = 1;
    v->ob_fval = value;
    return (PyObject *)v;
}

static void float_dealloc(PyObject *op)
{
    if (M_HDR(op)->link) {
        m_dead_push(op);
        return;
    }
    if (likely(op->ob_type == &PyFloat_Type && m_free_float_n < m_free_max)) {
        *(PyFloatObject **)&((PyFloatObject *)op)->ob_fval = m_free_float;
        m_free_float = (PyFloatObject *)op;
        m_free_float_n++;
        return;
    }
    m_free(op);
}

static void value_dealloc(PyObject *op)
{
    if (M_HDR(op)->link)
        m_dead_push(op);
    else
        m_free(op);
}

/* Is it a callback's result that C let go before its call ended?  Then the link ends with it. */
static int is_late(PyObject *op)
{
    MHeader *header = M_HDR(op);
    if (!(header->flags & M_LATE))
        return 0;
    header->flags &= ~M_LATE;
    m_guest_leaves(W_INDEX(header->link));
    m_slot_rest(W_INDEX(header->link));
    header->link = 0;
    return 1;
}

/* ---- tuple, slice, method ---------------------------------------------------------------------------------------- */

PyObject *m_tuple_alloc(Py_ssize_t n)
{
    PyTupleObject *v = m_alloc(offsetof(PyTupleObject, ob_item) + (size_t)(n ? n : 1) * sizeof(PyObject *));
    if (!v)
        return no_memory();
    ((PyObject *)v)->ob_type = &PyTuple_Type;
    ((PyObject *)v)->ob_refcnt = 1;
    ((PyVarObject *)v)->ob_size = n;
    return (PyObject *)v;
}

static void tuple_dealloc(PyObject *op)
{
    PyTupleObject *v = (PyTupleObject *)op;
    Py_ssize_t n = Py_SIZE(v);
    if (M_HDR(op)->link && !is_late(op)) {
        m_dead_push(op);
        return;
    }
    if (unlikely(op->ob_type != &PyTuple_Type))
        n += M_INFO(op->ob_type)->hidden;
    for (Py_ssize_t i = 0; i < n; i++)
        Py_XDECREF(v->ob_item[i]);
    if (likely(n > 0 && n < 8 && op->ob_type == &PyTuple_Type && m_free_tuple_n[n] < m_free_max)) {
        m_untrack(op);
        M_HDR(op)->flags &= M_CLASS_MASK | M_GC;
        v->ob_item[0] = m_free_tuple[n];
        m_free_tuple[n] = op;
        m_free_tuple_n[n]++;
        return;
    }
    m_free(op);
}

static void slice_dealloc(PyObject *op)
{
    PySliceObject *v = (PySliceObject *)op;
    if (M_HDR(op)->link) {
        m_dead_push(op);
        return;
    }
    Py_XDECREF(v->start);
    Py_XDECREF(v->stop);
    Py_XDECREF(v->step);
    m_free(op);
}

static void method_dealloc(PyObject *op)
{
    PyMethodObject *v = (PyMethodObject *)op;
    if (M_HDR(op)->link) {
        m_dead_push(op);
        return;
    }
    Py_XDECREF(v->im_func);
    Py_XDECREF(v->im_self);
    m_free(op);
}

/* ---- str, bytes ---------------------------------------------------------------------------------------------------- */

static void str_dealloc(PyObject *op)
{
    PyCompactUnicodeObject *v = (PyCompactUnicodeObject *)op;
    if (M_HDR(op)->link) {
        m_dead_push(op);
        return;
    }
    if (!PyUnicode_IS_ASCII(op) && v->utf8 != PyUnicode_DATA(op))
        free(v->utf8);
    if ((char *)v->_base.wstr != PyUnicode_DATA(op))        /* both may share the characters, as in CPython */
        free(v->_base.wstr);
    if (!PyUnicode_IS_COMPACT(op) && PyUnicode_DATA(op) != (char *)op + m_str_head(Py_TYPE(op)))
        PyObject_Free(PyUnicode_DATA(op));      /* by CPython's allocator: extensions fill such a str themselves */
    m_free(op);
}

PyObject *m_bytes_alloc(PyTypeObject *type, const char *data, Py_ssize_t n)
{
    size_t size = offsetof(PyBytesObject, ob_sval) + (size_t)n + 1;
    if ((Py_ssize_t)size < type->tp_basicsize)
        size = (size_t)type->tp_basicsize;
    PyBytesObject *v = m_alloc(size);
    if (!v)
        return no_memory();
    ((PyObject *)v)->ob_type = type;
    ((PyObject *)v)->ob_refcnt = 1;
    ((PyVarObject *)v)->ob_size = n;
    v->ob_shash = -1;
    if (data)
        memcpy(v->ob_sval, data, (size_t)n);
    v->ob_sval[n] = 0;
    return (PyObject *)v;
}

/* ---- list ------------------------------------------------------------------------------------------------------------- */

static void list_dealloc(PyObject *op)
{
    PyListObject *v = (PyListObject *)op;
    if (M_HDR(op)->link) {
        m_dead_push(op);
        return;
    }
    PyObject **items = v->ob_item;
    Py_ssize_t n = Py_SIZE(v);
    m_extra_free(op, (MExtra *)v->mooring_extra);
    v->mooring_extra = NULL;
    v->ob_item = NULL;
    if (items) {
        for (Py_ssize_t i = 0; i < n; i++)
            Py_XDECREF(items[i]);
        m_untraced(items);
        free(items);
    }
    m_free(op);
}

/* ---- proxies --------------------------------------------------------------------------------------------------------------- */

MExtra **m_extra_of(PyObject *op)
{
    MTypeInfo *info = m_info(Py_TYPE(op));
    if (info->layout == K_LIST)
        return (MExtra **)&((PyListObject *)op)->mooring_extra;
    if (!info->layout && (info->kind == K_PROXY || PyDict_Check(op)))
        return &((MProxy *)op)->extra;
    return NULL;
}

void m_extra_free(PyObject *op, MExtra *extra)
{
    (void)op;
    if (!extra)
        return;
    for (uint32_t i = 0; i < extra->cap; i++)
        if (extra->values[i])
            m_drop(extra->values[i]);
    for (Py_ssize_t i = 0; i < extra->items_n; i++)
        if (extra->items[i])
            m_drop(extra->items[i]);
    m_untraced(extra->items);
    free(extra->items);
    if (extra->copy)
        m_drop(extra->copy);
    m_extra_free(op, extra->next);
    while (extra->snapshot)
        extra->snapshot = m_snapshot_free(extra->snapshot);
    free(extra->keys);
    free(extra->values);
    free(extra->data);
    free(extra);
}

/* The extension's own tp_dealloc, if a type has one; it calls its base's, which is m_proxy_dealloc() again. */
static int dealloc_in_c(PyObject *op)
{
    MThread *t = &m_tls;
    PyObject *ending = t->ending;
    PyTypeObject *ended = t->ended;
    PyTypeObject *type = ending == op ? ended->tp_base : Py_TYPE(op);
    while (type && !(M_INFO(type) && M_INFO(type)->dealloc))
        type = type->tp_base;
    if (!type) {
        if (ending == op)
            t->ending = NULL;
        return 0;
    }
    t->ending = op;
    t->ended = type;
    M_INFO(type)->dealloc(op);
    if (ending != op || t->ending) {
        t->ending = ending;
        t->ended = ended;
    }
    return 1;
}

void m_proxy_dealloc(PyObject *op)
{
    W link = M_HDR(op)->link;
    if (link && !(M_HDR(op)->flags & M_RAISED) && !is_late(op)) {
        m_dead_push(op);
        return;
    }
    if (M_HDR(op)->link) {
        M_HDR(op)->flags &= ~M_RAISED;
        M_HDR(op)->link = 0;
        m_slot_rest(W_INDEX(link));
    }
    MTypeInfo *info = m_info(Py_TYPE(op));
    if (dealloc_in_c(op))
        return;
    if (info->kind == K_INSTANCE) {
        if (info->layout == K_STRUCT)
            m_struct_clear(op);
        MExtra **where = m_extra_of(op);
        if (where && *where) {
            m_extra_free(op, *where);
            *where = NULL;
        }
        Py_TYPE(op)->tp_free(op);
        return;
    }
    if (info->layout == K_PROXY) {
        m_extra_free(op, ((MProxy *)op)->extra);
        if (Py_TYPE(op) == &PyDict_Type && DICT(op)->table)
            m_table_free(m_dict_take(op));
        if (info->kind == K_ITERATOR)
            m_iterator_end(op);
        if (Py_TYPE(op)->tp_basicsize <= (Py_ssize_t)sizeof(MProxy) && m_free_proxy_n < m_free_max) {
            m_untrack(op);
            ((MProxy *)op)->extra = (struct MExtra *)free_proxy;
            free_proxy = op;
            m_free_proxy_n++;
            return;
        }
        m_free(op);
        return;
    }
    switch (info->layout) {             /* an instance of a VM class that derives from a type with a visible layout */
    case K_TUPLE: tuple_dealloc(op); break;
    case K_STR: str_dealloc(op); break;
    case K_LIST: list_dealloc(op); break;
    case K_STRUCT: m_struct_clear(op); m_free(op); break;
    default: m_free(op);
    }
}

/* A proxy without a link; `type` is that of the VM object. */
PyObject *m_proxy_new(PyTypeObject *type)
{
    PyObject *op;
    if (type->tp_basicsize <= (Py_ssize_t)sizeof(MProxy) && free_proxy) {
        op = free_proxy;
        free_proxy = (PyObject *)((MProxy *)op)->extra;
        m_free_proxy_n--;
        M_HDR(op)->flags &= M_CLASS_MASK | M_GC;
        ((MProxy *)op)->extra = NULL;
    } else {
        size_t size = sizeof(MProxy);
        if (type->tp_basicsize > (Py_ssize_t)size)
            size = (size_t)type->tp_basicsize;
        op = m_calloc(size);
        if (!op)
            return no_memory();
    }
    op->ob_type = type;
    op->ob_refcnt = 0;
    return op;
}

/* ---- borrowed references: a container's proxy owns what it lent --------------------------------------------------------------- */

int m_same_value(PyObject *a, PyObject *b)
{
    if (a == b)
        return 1;
    if (Py_TYPE(a) != Py_TYPE(b))
        return 0;
    if (Py_TYPE(a) == &PyLong_Type)
        return m_long_is_small(a) && m_long_is_small(b) && m_long_value(a) == m_long_value(b);
    if (Py_TYPE(a) == &PyUnicode_Type)
        return PyUnicode_GET_LENGTH(a) == PyUnicode_GET_LENGTH(b) && PyUnicode_KIND(a) == PyUnicode_KIND(b)
            && !memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), (size_t)PyUnicode_GET_LENGTH(a) * PyUnicode_KIND(a));
    if (Py_TYPE(a) == &PyFloat_Type)
        return !memcmp(&((PyFloatObject *)a)->ob_fval, &((PyFloatObject *)b)->ob_fval, sizeof(double));
    if (Py_TYPE(a) == &PyBytes_Type)
        return Py_SIZE(a) == Py_SIZE(b) && !memcmp(PyBytes_AS_STRING(a), PyBytes_AS_STRING(b), (size_t)Py_SIZE(a));
    return 0;
}

static int extra_grow(MExtra *extra)
{
    uint32_t cap = extra->cap ? extra->cap * 2 : 8;
    int64_t *keys = calloc(cap, sizeof *keys);
    PyObject **values = calloc(cap, sizeof *values);
    if (!keys || !values) {
        free(keys);
        free(values);
        return -1;
    }
    for (uint32_t i = 0; i < extra->cap; i++)
        if (extra->values[i]) {
            uint32_t place = (uint32_t)((uint64_t)extra->keys[i] * 0x9e3779b97f4a7c15u >> 40) & (cap - 1);
            while (values[place])
                place = (place + 1) & (cap - 1);
            keys[place] = extra->keys[i];
            values[place] = extra->values[i];
        }
    free(extra->keys);
    free(extra->values);
    extra->keys = keys;
    extra->values = values;
    extra->cap = cap;
    return 0;
}

PyObject *m_borrow(PyObject *container, int64_t key, PyObject *value)
{
    MExtra **where;
    if (!value)
        return NULL;
    where = container ? m_extra_of(container) : NULL;
    if (!where) {                       /* no proxy to own it: it lives until the outermost call returns */
        m_defer(value);
        return value;
    }
    MExtra *extra = *where;
    if (!extra && !(extra = *where = calloc(1, sizeof(MExtra))))
        goto fail;
    if (extra->used * 3 >= extra->cap * 2 && extra_grow(extra) < 0)
        goto fail;
    uint32_t place = (uint32_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 40) & (extra->cap - 1);
    while (extra->values[place] && extra->keys[place] != key)
        place = (place + 1) & (extra->cap - 1);
    PyObject *old = extra->values[place];
    if (old && m_same_value(old, value)) {
        Py_DECREF(value);
        return old;
    }
    if (old)
        m_drop(old);
    else
        extra->used++;
    extra->keys[place] = key;
    extra->values[place] = value;
    return value;
fail:
    Py_DECREF(value);
    return PyErr_NoMemory();
}

/* What a borrowed reference is found by: equal keys of the common types give equal numbers. */
int64_t m_key(PyObject *op)
{
    if (!op)
        return 0;
    if (PyUnicode_CheckExact(op)) {
        PyASCIIObject *v = (PyASCIIObject *)op;
        uint64_t h = 1469598103934665603u;          /* not kept in `hash`, which C code takes for the VM's */
        const unsigned char *p = PyUnicode_DATA(op);
        for (Py_ssize_t i = 0, n = v->length * (Py_ssize_t)v->state.kind; i < n; i++)
            h = (h ^ p[i]) * 1099511628211u;
        return (int64_t)(h == (uint64_t)-1 ? 0 : h);
    }
    if (PyLong_CheckExact(op) && m_long_is_small(op))
        return m_long_value(op);
    return (int64_t)(intptr_t)op;
}

/* ---- the builtin types' deallocators -------------------------------------------------------------------------------------------- */

void m_builtin_dealloc(PyTypeObject *type, int layout)
{
    static const destructor by_layout[] = {
        [K_PROXY] = m_proxy_dealloc, [K_INT] = long_dealloc, [K_FLOAT] = float_dealloc, [K_COMPLEX] = value_dealloc,
        [K_STR] = str_dealloc, [K_BYTES] = value_dealloc, [K_TUPLE] = tuple_dealloc, [K_LIST] = list_dealloc,
        [K_METHOD] = method_dealloc, [K_SLICE] = slice_dealloc, [K_INSTANCE] = m_proxy_dealloc, [K_TYPE] = m_proxy_dealloc,
        [K_STRUCT] = m_proxy_dealloc,
    };
    if (type == &PyBaseObject_Type)
        ;
    else if (layout == K_TUPLE || layout == K_LIST || layout == K_PROXY || layout == K_STRUCT || layout == K_METHOD || layout == K_SLICE) {
        type->tp_traverse = m_builtin_traverse;
        type->tp_clear = m_builtin_clear;
    }
    type->tp_dealloc = by_layout[layout];
    type->tp_free = PyObject_Free;
}
