/* PyType_...: readiness and inheritance of slots.  Types from a spec are in type_spec.c. */
#include "core/flight.h"

PYAPI int PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b)
{
    if (a == b || b == &PyBaseObject_Type)
        return 1;
    if (a->tp_mro && PyTuple_Check(a->tp_mro)) {
        PyObject *mro = a->tp_mro;
        for (Py_ssize_t i = 0, n = PyTuple_GET_SIZE(mro); i < n; i++)
            if (PyTuple_GET_ITEM(mro, i) == (PyObject *)b)
                return 1;
        return 0;
    }
    for (PyTypeObject *base = a->tp_base; base; base = base->tp_base)
        if (base == b)
            return 1;
    return 0;
}

PYAPI unsigned long PyType_GetFlags(PyTypeObject *type)
{
    return type->tp_flags;
}

PYAPI void PyType_Modified(PyTypeObject *type)
{
    (void)type;                         /* the VM versions its classes itself */
}

PYAPI unsigned int PyType_ClearCache(void)
{
    return 0;
}

/* ---- type info --------------------------------------------------------------------------------------------- */

MTypeInfo *m_info_new(PyTypeObject *type)
{
    MTypeInfo *info = M_INFO(type);
    if (!info) {
        info = calloc(1, sizeof *info);
        if (!info)
            Py_FatalError("mooring: out of memory");
        type->tp_cache = (PyObject *)info;
    }
    return info;
}

MTypeInfo *m_info_slow(PyTypeObject *type)
{
    if (PyType_Ready(type) < 0) {
        fprintf(stderr, "mooring: the type of an object, %s, could not be made ready\n", type->tp_name ? type->tp_name : "?");
        PyErr_Print();
        Py_FatalError("mooring: type not ready");
    }
    return M_INFO(type);
}

/* The VM made a class for `type`: note its link and how instances cross. */
VMCALL W m_type_link(W address, int kind, int layout, int flags)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyTypeObject *type = (PyTypeObject *)address;
    MTypeInfo *info = m_info_new(type);
    info->kind = kind;
    info->layout = layout;
    info->flags = (uint32_t)flags;
    info->factory = 0;
    if (kind == K_PROXY && !(flags & TI_BUILTIN) && type->tp_dealloc && type->tp_dealloc != m_proxy_dealloc) {
        info->dealloc = type->tp_dealloc;           /* a linked proxy must not be freed: ours asks first */
        type->tp_dealloc = m_proxy_dealloc;
    }
    if (!info->link) {
        info->link = m_slot_new((PyObject *)type, W_STRONG);
        ((PyObject *)type)->ob_refcnt += M_SHARE;
    }
    m_leave(t);
    return info->link;
}

/* ---- inheritance of slots: what the type leaves NULL comes from its base ----------------------------------------- */

#define TAKE(member) if (!type->member) type->member = base->member;
#define TAKE_IN(group, member) if (base->group->member && !type->group->member) type->group->member = base->group->member;

static void inherit_words(void *own, const void *from, size_t size)
{
    void **a = own;
    void *const *b = from;
    for (size_t i = 0; i < size / sizeof(void *); i++)
        if (!a[i])
            a[i] = b[i];
}

#define GROUP(group) \
    if (base->group && type->group && type->group != base->group) \
        inherit_words(type->group, base->group, sizeof *type->group);

/* A type without a group of its own shares that of its base, when all has been inherited: nothing may be written into it. */
static void share_groups(PyTypeObject *type, PyTypeObject *base)
{
    TAKE(tp_as_number)
    TAKE(tp_as_sequence)
    TAKE(tp_as_mapping)
    TAKE(tp_as_async)
    TAKE(tp_as_buffer)
}

static void inherit(PyTypeObject *type, PyTypeObject *base)
{
    GROUP(tp_as_number)
    GROUP(tp_as_sequence)
    GROUP(tp_as_mapping)
    GROUP(tp_as_async)
    GROUP(tp_as_buffer)
    if (!type->tp_getattr && !type->tp_getattro) {
        type->tp_getattr = base->tp_getattr;
        type->tp_getattro = base->tp_getattro;
    }
    if (!type->tp_setattr && !type->tp_setattro) {
        type->tp_setattr = base->tp_setattr;
        type->tp_setattro = base->tp_setattro;
    }
    TAKE(tp_dealloc)
    TAKE(tp_repr)
    TAKE(tp_str)
    if (!type->tp_richcompare && !type->tp_hash) {
        type->tp_richcompare = base->tp_richcompare;
        type->tp_hash = base->tp_hash;
    }
    if (!type->tp_vectorcall_offset)
        type->tp_vectorcall_offset = base->tp_vectorcall_offset;
    if (!type->tp_call) {
        type->tp_call = base->tp_call;
        type->tp_flags |= base->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL;
    }
    TAKE(tp_iter)
    TAKE(tp_iternext)
    TAKE(tp_descr_get)
    TAKE(tp_descr_set)
    TAKE(tp_dictoffset)
    TAKE(tp_weaklistoffset)
    TAKE(tp_init)
    TAKE(tp_alloc)
    TAKE(tp_finalize)
    TAKE(tp_is_gc)
    if (!type->tp_free)
        type->tp_free = base->tp_free;
    if (!type->tp_traverse && !type->tp_clear && !(type->tp_flags & Py_TPFLAGS_HAVE_GC)) {
        type->tp_flags |= base->tp_flags & Py_TPFLAGS_HAVE_GC;
        type->tp_traverse = base->tp_traverse;
        type->tp_clear = base->tp_clear;
    }
    if (!type->tp_basicsize)
        type->tp_basicsize = base->tp_basicsize;
    if (!type->tp_itemsize)
        type->tp_itemsize = base->tp_itemsize;
    type->tp_flags |= base->tp_flags & (Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS
        | Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_BASE_EXC_SUBCLASS
        | Py_TPFLAGS_TYPE_SUBCLASS | _Mooring_TPFLAGS_BYTEARRAY_SUBCLASS | Py_TPFLAGS_MAPPING | Py_TPFLAGS_SEQUENCE);
}

static int add_bases(PyTypeObject *type)
{
    if (!type->tp_base && type != &PyBaseObject_Type) {
        type->tp_base = &PyBaseObject_Type;
        Py_INCREF(&PyBaseObject_Type);
    }
    if (!type->tp_bases) {
        type->tp_bases = PyTuple_New(1);
        if (!type->tp_bases)
            return -1;
        Py_INCREF(type->tp_base);
        PyTuple_SET_ITEM(type->tp_bases, 0, (PyObject *)type->tp_base);
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i);
        if (PyType_Ready(base) < 0)
            return -1;
    }
    return 0;
}

static int is_ready(PyTypeObject *type)
{
    return M_INFO(type) && M_INFO(type)->link;
}

PYAPI int PyType_Ready(PyTypeObject *type)
{
    if (is_ready(type))
        return 0;
    if (!type->tp_name) {
        PyErr_SetString(PyExc_SystemError, "Type does not define the tp_name field.");
        return -1;
    }
    if (add_bases(type) < 0)
        return -1;
    if (!Py_TYPE(type))
        Py_SET_TYPE(type, type->tp_base ? Py_TYPE(type->tp_base) : &PyType_Type);
    if (PyType_Ready(Py_TYPE(type)) < 0)
        return -1;
    /* CPython's rule: a static type derived from object only does not inherit tp_new. */
    int static_of_object = type->tp_base == &PyBaseObject_Type && !(type->tp_flags & Py_TPFLAGS_HEAPTYPE);
    if (!type->tp_new && !static_of_object)
        type->tp_new = type->tp_base->tp_new;
    if (!type->tp_new)
        type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
    if (type->tp_flags & Py_TPFLAGS_DISALLOW_INSTANTIATION)
        type->tp_new = NULL;
    inherit(type, type->tp_base);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++)
        inherit(type, (PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i));
    share_groups(type, type->tp_base);
    if (!type->tp_alloc)
        type->tp_alloc = PyType_GenericAlloc;
    if (type->tp_flags & Py_TPFLAGS_HAVE_GC) {
        if (!type->tp_free || type->tp_free == PyObject_Free)
            type->tp_free = PyObject_GC_Del;
    } else if (!type->tp_free)
        type->tp_free = PyObject_Free;
    if (vm_make_class((W)type) < 0)
        return -1;
    if (M_HDR(type->tp_dict)->magic == M_MAGIC(type->tp_dict))
        M_HDR(type->tp_dict)->flags |= M_NAMESPACE;
    type->tp_flags |= Py_TPFLAGS_READY;
    if (type->tp_richcompare && !type->tp_hash)
        type->tp_hash = PyObject_HashNotImplemented;
    return 0;
}

/* Slots of a VM class, or of one derived in Python from a C type, come from its bases. */
VMCALL void m_type_inherit(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyTypeObject *type = (PyTypeObject *)address;
    if (!type->tp_new && type->tp_base)
        type->tp_new = type->tp_base->tp_new;
    for (Py_ssize_t i = 0; type->tp_bases && i < PyTuple_GET_SIZE(type->tp_bases); i++)
        inherit(type, (PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i));
    for (Py_ssize_t i = 0; type->tp_bases && i < PyTuple_GET_SIZE(type->tp_bases); i++)
        share_groups(type, (PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i));
    for (PyTypeObject *base = type->tp_base; base && !type->tp_traverse && !type->tp_clear; base = base->tp_base) {
        type->tp_traverse = base->tp_traverse;
        type->tp_clear = base->tp_clear;
    }
    m_leave(t);
}

/* A heap type for a VM class; the VM fills in name, size, bases. */
VMCALL W m_type_new(const char *name, W metatype, W base, long basicsize, long itemsize, unsigned long flags)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyTypeObject *meta = (PyTypeObject *)metatype;
    size_t size = sizeof(PyHeapTypeObject);
    if (meta && (size_t)meta->tp_basicsize > size)
        size = (size_t)meta->tp_basicsize;
    PyHeapTypeObject *heap = m_calloc(size);
    if (!heap)
        Py_FatalError("mooring: out of memory");
    PyTypeObject *type = &heap->ht_type;
    ((PyObject *)type)->ob_refcnt = 1;
    ((PyObject *)type)->ob_type = meta;
    type->tp_name = heap->_ht_tpname = strdup(name);
    type->tp_base = (PyTypeObject *)base;
    type->tp_basicsize = basicsize;
    type->tp_itemsize = itemsize;
    type->tp_flags = flags | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_READY;
    type->tp_as_number = &heap->as_number;
    type->tp_as_sequence = &heap->as_sequence;
    type->tp_as_mapping = &heap->as_mapping;
    type->tp_as_async = &heap->as_async;
    type->tp_as_buffer = &heap->as_buffer;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_free = PyObject_Free;
    m_leave(t);
    return (W)type;
}

/* Let the pointer at `where` own a tuple of types of which the VM does not know. */
VMCALL void m_set_types(W where, W *types, long n)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyObject *tuple = m_tuple_alloc(n);
    if (!tuple)
        Py_FatalError("mooring: out of memory");
    for (long i = 0; i < n; i++)
        ((PyTupleObject *)tuple)->ob_item[i] = Py_NewRef((PyObject *)types[i]);
    *(PyObject **)where = tuple;
    m_leave(t);
}

/* Set an owned object in a struct; 0 if the word was stale. */
VMCALL int m_set_field(W address, long offset, W value)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyObject **where = (PyObject **)(address + offset), *old = *where;
    int fresh = (value & 5) != 4 || m_slots[W_INDEX(value)].handle == value;
    if (likely(fresh)) {
        *where = m_from_word(value);
        Py_XDECREF(old);
    }
    if (unlikely(m_multi && t->pending))
        m_release_pending(t);
    m_leave(t);
    return fresh;
}

/* The word of what the pointer at `where` in a struct refers to. */
VMCALL W m_word_at(W where)
{
    MThread *t = &m_tls;
    m_enter(t);
    if (unlikely(m_multi && t->pending))
        m_release_pending(t);
    PyObject *op = *(PyObject **)where;
    W w = m_word(op);
    if (unlikely(m_multi && op)) {      /* another thread may change the field before the VM has looked at the word */
        Py_INCREF(op);
        m_temp(t, op);
    }
    m_leave(t);
    return w;
}

/* Name and address of the i-th type in static memory that stands for a VM type; NULL at the end. */
VMCALL const char *m_builtin_type(long i, W *address)
{
    PyTypeObject *type;
    const char *name = m_static_type(i, &type);
    *address = (W)type;
    return name;
}

VMCALL const char *m_builtin_exception(long i, W *where)
{
    PyObject **place;
    const char *name = m_static_exception(i, &place);
    *where = (W)place;
    return name;
}

VMCALL void m_set_builtin_dealloc(W address, int layout)
{
    m_builtin_dealloc((PyTypeObject *)address, layout);
}

VMCALL W m_slots_address(void)
{
    return (W)m_slots;
}

VMCALL W m_multi_address(void)
{
    return (W)&m_multi;
}

VMCALL void m_init(void)
{
    MThread *t = &m_tls;
    m_links_init();
    m_enter(t);
    m_objects_init();
    m_leave(t);
}

/* ---- allocation of instances ------------------------------------------------------------------------------------------ */

PYAPI PyObject *PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t nitems)
{
    size_t size = (size_t)type->tp_basicsize + (size_t)(nitems + (type->tp_itemsize ? 1 : 0)) * (size_t)type->tp_itemsize;
    if (size < sizeof(MProxy))
        size = sizeof(MProxy);
    int tracked = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    PyObject *op = tracked ? m_gc_alloc((size + 7) & ~(size_t)7, 1) : m_calloc((size + 7) & ~(size_t)7);
    if (!op)
        return PyErr_NoMemory();
    if (type->tp_itemsize)
        Py_SET_SIZE(op, nitems);
    op->ob_type = type;
    op->ob_refcnt = 1;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_INCREF(type);
    if (tracked)
        m_track(op);
    return op;
}

PYAPI PyObject *PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    return type->tp_alloc(type, 0);
}

/* An instance whose construction runs no C code gets its struct when it first crosses: its weak handle. */
VMCALL W m_instance_new(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyTypeObject *type = (PyTypeObject *)address;
    PyObject *op = type->tp_alloc(type, 0);
    W w = 0;
    if (op) {
        w = m_reserve(op);
        op->ob_refcnt--;
        if (unlikely(m_multi)) {        /* the VM lands it */
            op->ob_refcnt += M_FLIGHT;
            if (M_HDR(op)->magic == M_MAGIC(op))
                M_HDR(op)->flags |= M_CROSSES;
        }
    }
    m_leave(t);
    return w;
}

VMCALL W m_link_word(W address)
{
    PyObject *op = (PyObject *)address;
    return M_HDR(op)->magic == M_MAGIC(op) ? M_HDR(op)->link : m_static_get(op);
}

VMCALL W m_function_address(const char *name)
{
    if (!strcmp(name, "PyType_GenericNew"))
        return (W)PyType_GenericNew;
    if (!strcmp(name, "PyType_GenericAlloc"))
        return (W)PyType_GenericAlloc;
    if (!strcmp(name, "PyObject_GenericGetAttr"))
        return (W)PyObject_GenericGetAttr;
    if (!strcmp(name, "PyObject_GenericSetAttr"))
        return (W)PyObject_GenericSetAttr;
    if (!strcmp(name, "PyObject_HashNotImplemented"))
        return (W)PyObject_HashNotImplemented;
    if (!strcmp(name, "PyObject_SelfIter"))
        return (W)PyObject_SelfIter;
    if (!strcmp(name, "PyObject_GenericGetDict"))
        return (W)PyObject_GenericGetDict;
    if (!strcmp(name, "PyObject_GenericSetDict"))
        return (W)PyObject_GenericSetDict;
    return 0;
}

