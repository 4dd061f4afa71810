/* CPython's structs as the VM reads them: every pointer an intptr_t.  Read by C and, line for line, by capi.core.engine. */
typedef struct { const char *name; intptr_t meth; int flags; const char *doc; } MMethodDef;
typedef struct {
    long ob_refcnt; intptr_t ob_type, m_ml, m_self, m_module, m_weakreflist, vectorcall, mm_class;      /* the last: of a PyCMethodObject */
} MCFunction;
typedef struct { const char *name; intptr_t get, set; const char *doc; intptr_t closure; } MGetSetDef;
typedef struct { const char *name; int type; long offset; int flags; const char *doc; } MMemberDef;
typedef struct {
    long ob_refcnt; intptr_t ob_type; long ob_size;
    const char *tp_name;
    long tp_basicsize, tp_itemsize;
    intptr_t tp_dealloc; long tp_vectorcall_offset; intptr_t tp_getattr, tp_setattr, tp_as_async, tp_repr, tp_as_number, tp_as_sequence,
        tp_as_mapping, tp_hash, tp_call, tp_str, tp_getattro, tp_setattro, tp_as_buffer;
    unsigned long tp_flags;
    const char *tp_doc;
    intptr_t tp_traverse, tp_clear, tp_richcompare; long tp_weaklistoffset; intptr_t tp_iter, tp_iternext;
    MMethodDef *tp_methods; MMemberDef *tp_members; MGetSetDef *tp_getset;
    intptr_t tp_base, tp_dict, tp_descr_get, tp_descr_set; long tp_dictoffset; intptr_t tp_init, tp_alloc, tp_new, tp_free,
        tp_is_gc, tp_bases, tp_mro, tp_cache, tp_subclasses, tp_weaklist, tp_del;
    unsigned int tp_version_tag;
    intptr_t tp_finalize, tp_vectorcall;
} MType;
typedef struct { intptr_t nb[36]; } MNumber;
typedef struct { intptr_t sq[10]; } MSequence;
typedef struct { intptr_t mp[3]; } MMapping;
typedef struct { intptr_t am[4]; } MAsync;
typedef struct { intptr_t bf_getbuffer, bf_releasebuffer; } MBuffer;
typedef struct { intptr_t link; int kind; unsigned int flags; int factory, layout; intptr_t dealloc; int visible, hidden;
    unsigned int place; unsigned short came_back, rests; } MTypeView;
typedef struct { intptr_t handle, obj; } MSlotView;
typedef struct {
    intptr_t buf, obj; long len, itemsize; int readonly, ndim; const char *format; long *shape, *strides, *suboffsets; intptr_t internal;
} MBufferView;
typedef struct { int slot; intptr_t pfunc; } MSlotDef;
typedef struct { const char *name; int basicsize, itemsize; unsigned int flags; MSlotDef *slots; } MTypeSpec;
typedef struct {
    long ob_refcnt; intptr_t ob_type, m_init; long m_index; intptr_t m_copy;
    const char *m_name, *m_doc; long m_size; MMethodDef *m_methods; MSlotDef *m_slots; intptr_t m_traverse, m_clear, m_free;
} MModuleDef;
typedef struct { long n, index[8], arrived[8]; } MGuestsView;
typedef struct { long open, turn; intptr_t words[512]; } MMailView;
