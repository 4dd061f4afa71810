/* Memory of the debug build: each block knows where it was made, and is kept for a while when it is freed, filled with a
   pattern and with a type that says so: who uses it then leaves a trace, or is caught when passing it on. */
#include "debug/wrapper.h"

#define FILL 0xdb
#define QUARANTINE_SIZE ((size_t)64 << 20)
#define CHECKED_NOW 8                   /* of the newest, at each block freed */
#define LOOKED_AT ((size_t)4096)        /* bytes of a large block */

static MBlock alive = {.next = &alive, .before = &alive}, gone = {.next = &gone, .before = &gone};
static size_t gone_size;
static uint64_t made;

PyTypeObject m_debug_freed_type = {.ob_base = {{M_SHARE, NULL}, 0}, .tp_name = "(freed object)", .tp_basicsize = sizeof(PyObject)};

static void link_in(MBlock *list, MBlock *block)        /* as the newest */
{
    block->before = list->before;
    block->next = list;
    block->before->next = list->before = block;
}

static void unlink_block(MBlock *block)
{
    block->before->next = block->next;
    block->next->before = block->before;
}

static void *new_block(size_t size, int zero, uint32_t kind)
{
    size_t whole = sizeof(MBlock) + (size < sizeof(PyObject) ? sizeof(PyObject) : size);
    MBlock *block = malloc(whole);
    if (!block)
        return NULL;
    void *p = block + 1;
    memset(p, zero ? 0 : 0xcd, whole - sizeof(MBlock));
    memset(block, 0, sizeof *block);
    block->size = whole - sizeof(MBlock);
    block->number = ++made;
    block->kind = kind;
    block->made = m_debug_last;
    m_init_header(p);
    block->header.flags = WATCHED;
    if (kind == IS_MEMORY)
        block->header.magic = MEM_MAGIC(p);
    link_in(&alive, block);
    return p;
}

void *m_debug_block(size_t size, int zero)
{
    return new_block(size, zero, IS_OBJECT);
}

int m_debug_is_mem(void *p)
{
    return M_HDR(p)->magic == MEM_MAGIC(p);
}

/* ---- what was freed --------------------------------------------------------------------------------------------------- */

static void poison(void *p, size_t size)
{
    memset(p, FILL, size);
    ((PyObject *)p)->ob_refcnt = POISON_COUNT;
    ((PyObject *)p)->ob_type = &m_debug_freed_type;
}

static void report_damage(MBlock *block, const char *what)
{
    MReport report;
    if (!m_report_begin(&report, "use of freed memory", &block->freed))
        return;
    fprintf(report.out, "%s\n", what);
    m_report_object(&report, (PyObject *)(block + 1));
    m_report_end(&report, 0);
}

/* Was a freed block left alone?  It is poisoned anew if not. */
static void inspect(MBlock *block)
{
    PyObject *op = (PyObject *)(block + 1);
    const unsigned char *bytes = (unsigned char *)op;
    Py_ssize_t change = op->ob_refcnt - POISON_COUNT;
    size_t end = block->size < LOOKED_AT ? block->size : LOOKED_AT, i = sizeof(PyObject);
    while (i < end && bytes[i] == FILL)
        i++;
    char text[200] = "";
    if (op->ob_type != &m_debug_freed_type || i < end)
        snprintf(text, sizeof text, "memory was written to, at offset %zu, after it was freed", op->ob_type != &m_debug_freed_type ? 8 : i);
    else if (change < 0)
        snprintf(text, sizeof text, "an object was released %zd times after it was freed (Py_DECREF without a reference of one's own)", -change);
    else if (change > 0)
        snprintf(text, sizeof text, "%zd references were taken to an object after it was freed", change);
    if (!text[0])
        return;
    report_damage(block, text);
    poison(op, block->size);
}

static void forget(MBlock *block)
{
    inspect(block);
    unlink_block(block);
    gone_size -= block->size + sizeof(MBlock);
    M_HDR(block + 1)->magic = 0;
    free(block);
}

static void release(MBlock *block)
{
    void *p = block + 1;
    unlink_block(block);
    block->freed = m_debug_last;
    block->header.magic = FREED_MAGIC(p);
    block->header.link = 0;
    poison(p, block->size);
    link_in(&gone, block);
    gone_size += block->size + sizeof(MBlock);
    MBlock *newest = block->before;
    for (int i = 0; i < CHECKED_NOW && newest != &gone; i++, newest = newest->before)
        inspect(newest);
    while (gone_size > QUARANTINE_SIZE && gone.next != block)
        forget(gone.next);
}

void m_debug_free(void *p)
{
    release(BLOCK(p));
}

int m_debug_free_other(void *p)
{
    if (m_debug_is_mem(p)) {
        release(BLOCK(p));
        return 1;
    }
    if (!m_debug_is_freed(p))
        return 0;
    MReport report;
    if (m_report_begin(&report, "freed twice", &m_debug_last)) {
        fprintf(report.out, "memory is freed that was freed before\n");
        m_report_object(&report, p);
        m_report_end(&report, 1);
    }
    return 1;
}

void *m_debug_resize(void *p, size_t size)
{
    MBlock *old = BLOCK(p);
    void *moved = new_block(size, 0, old->kind);
    if (!moved)
        return NULL;
    MBlock *block = BLOCK(moved);
    memcpy(moved, p, old->size < block->size ? old->size : block->size);
    block->header.link = old->header.link;
    block->header.flags = old->header.flags;
    m_untraced(p);
    release(old);
    return m_traced(moved, size);
}

void *m_debug_mem(void *p, size_t size, int zero)
{
    if (size > (size_t)PY_SSIZE_T_MAX - 2 * sizeof(MBlock))
        return NULL;
    if (!p)
        return m_traced(new_block(size, zero, IS_MEMORY), size);
    if (!m_debug_is_mem(p)) {
        if (m_debug_is_freed(p)) {
            m_debug_free_other(p);
            return NULL;
        }
        return m_resized(p, size ? size : 1, 0);        /* from PyMem_RawMalloc() */
    }
    return m_debug_resize(p, size);
}

void m_debug_drained(PyObject *op)
{
    if (op->ob_refcnt == 0)
        return;
    MReport report;
    if (!m_report_begin(&report, "released too often", &m_debug_last))
        return;
    fprintf(report.out, "an object's reference count fell to %zd: Py_DECREF without a reference of one's own\n", op->ob_refcnt);
    m_report_object(&report, op);
    m_report_end(&report, 0);
}

void m_debug_keep(PyObject *op)
{
    MBlock *block = m_debug_watched(op);
    if (block)
        block->kept = 1;
}

/* ---- for capi/core/debug.py ------------------------------------------------------------------------------------------------- */

/* Look at everything that was freed. */
PYAPI void m_debug_inspect(void)
{
    MThread *t = &m_tls;
    m_enter(t);
    for (MBlock *block = gone.next; block != &gone; block = block->next)
        inspect(block);
    m_leave(t);
}

PYAPI long m_debug_number(void)
{
    return (long)made;
}

/* Classes are freed when the VM frees them, not by counting; so is what belongs to one. */
static void keep_classes(void)
{
    for (MBlock *block = alive.next; block != &alive; block = block->next) {
        PyTypeObject *type = (PyTypeObject *)(block + 1);
        if (block->kind != IS_OBJECT || block->kept || block->size < sizeof(PyHeapTypeObject) || !PyType_Check(Py_TYPE(type)) || !PyType_Check(type))
            continue;
        PyObject *parts[] = {(PyObject *)type, type->tp_dict, type->tp_bases, type->tp_mro, type->tp_subclasses,
                             ((PyHeapTypeObject *)type)->ht_name, ((PyHeapTypeObject *)type)->ht_qualname};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            if (parts[i])
                m_debug_keep(parts[i]);
    }
}

/* What C made after `since` and still has references to: up to `cap` addresses; returns how many there are. */
PYAPI long m_debug_living(long since, W *out, long cap)
{
    MThread *t = &m_tls;
    long n = 0;
    m_enter(t);
    keep_classes();
    for (MBlock *block = alive.before; block != &alive && block->number > (uint64_t)since; block = block->before) {
        PyObject *op = (PyObject *)(block + 1);
        if (block->kept || (block->kind == IS_OBJECT && (block->header.flags & M_DEAD || !(op->ob_refcnt & (M_SHARE - 1)))))
            continue;
        if (n < cap)
            out[n] = (W)op;
        n++;
    }
    m_leave(t);
    return n;
}

/* Facts of a block: kind, size, references, number; returns its description, to be given to free(). */
PYAPI char *m_debug_facts(W address, W *out)
{
    MThread *t = &m_tls;
    PyObject *op = (PyObject *)address;
    MBlock *block = BLOCK(op);
    MReport report;
    m_enter(t);
    out[0] = block->kind;
    out[1] = (W)block->size;
    out[2] = block->kind == IS_OBJECT ? op->ob_refcnt >= M_SHARE / 2 ? op->ob_refcnt - M_SHARE : op->ob_refcnt : 0;
    out[3] = block->kind == IS_OBJECT ? m_word(op) : 0;
    report.out = open_memstream(&report.text, &report.size);
    m_report_site(&report, "made by", &block->made);
    if (block->got.function && memcmp(&block->got, &block->made, sizeof block->got))
        m_report_site(&report, "last returned by", &block->got);
    fclose(report.out);
    m_leave(t);
    return report.text;
}

PYAPI const char *m_debug_type_name(W address)
{
    return BLOCK(address)->kind == IS_OBJECT ? Py_TYPE((PyObject *)address)->tp_name : "memory";
}
