#ifndef MOORING_LAYOUTS_H
#define MOORING_LAYOUTS_H

/* Objects whose fields C code reads. As in CPython 3.11, but for int, list, dict and set, which are our own. */

/* Ours: a header as users expect it, and room. Read them through the API only. */
struct _longobject {
    PyObject_VAR_HEAD /* ob_size: the sign times the number of limbs; 0 is zero */
    uint64_t mooring_limb[1]; /* the magnitude, least limb first */
};
typedef struct {
    PyObject_VAR_HEAD
    PyObject **ob_item;
    Py_ssize_t allocated;
    void *mooring_extra;
} PyListObject;
typedef struct {
    PyObject_HEAD
    void *mooring_private[5];
} PyDictObject;
typedef struct {
    PyObject_HEAD
    void *mooring_private[5];
    PyObject *weakreflist;
} PySetObject;
typedef struct _odictobject PyODictObject;

typedef struct {
    PyObject_HEAD
    double ob_fval;
} PyFloatObject;

typedef struct {
    double real;
    double imag;
} Py_complex;
typedef struct {
    PyObject_HEAD
    Py_complex cval;
} PyComplexObject;

typedef struct {
    PyObject_VAR_HEAD
    PyObject *ob_item[1]; /* owned */
} PyTupleObject;

typedef struct {
    PyObject_VAR_HEAD
    Py_hash_t ob_shash;
    char ob_sval[1]; /* ob_size bytes and a zero */
} PyBytesObject;

typedef struct {
    PyObject_VAR_HEAD
    Py_ssize_t ob_alloc;
    char *ob_bytes;
    char *ob_start;
    Py_ssize_t ob_exports;
} PyByteArrayObject;

typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step; /* owned, not NULL */
} PySliceObject;

typedef struct {
    PyObject_HEAD
    int flags;
    Py_ssize_t exports;
    Py_buffer master;
} _PyManagedBufferObject;
typedef struct {
    PyObject_VAR_HEAD
    _PyManagedBufferObject *mbuf;
    Py_hash_t hash;
    int flags;
    Py_ssize_t exports;
    Py_buffer view;
    PyObject *weakreflist;
    Py_ssize_t ob_array[1];
} PyMemoryViewObject;

/* Callables. */
typedef struct {
    PyObject_HEAD
    PyMethodDef *m_ml;
    PyObject *m_self;
    PyObject *m_module;
    PyObject *m_weakreflist;
    vectorcallfunc vectorcall;
} PyCFunctionObject;
typedef struct {
    PyCFunctionObject func;
    PyTypeObject *mm_class;
} PyCMethodObject;
typedef struct {
    PyObject_HEAD
    PyObject *im_func;
    PyObject *im_self;
    PyObject *im_weakreflist;
    vectorcallfunc vectorcall;
} PyMethodObject;
typedef struct {
    PyObject_HEAD
    PyObject *func;
} PyInstanceMethodObject;
typedef struct {
    PyObject_HEAD
    PyObject *func_globals;
    PyObject *func_builtins;
    PyObject *func_name;
    PyObject *func_qualname;
    PyObject *func_code;
    PyObject *func_defaults;
    PyObject *func_kwdefaults;
    PyObject *func_closure;
    PyObject *func_doc;
    PyObject *func_dict;
    PyObject *func_weakreflist;
    PyObject *func_module;
    PyObject *func_annotations;
    vectorcallfunc vectorcall;
    uint32_t func_version;
} PyFunctionObject;
typedef struct {
    PyObject_HEAD
    PyObject *ob_ref;
} PyCellObject;

/* Descriptors. */
typedef PyObject *(*wrapperfunc)(PyObject *self, PyObject *args, void *wrapped);
typedef PyObject *(*wrapperfunc_kwds)(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds);
struct wrapperbase {
    const char *name;
    int offset;
    void *function;
    wrapperfunc wrapper;
    const char *doc;
    int flags;
    PyObject *name_strobj;
};
#define PyWrapperFlag_KEYWORDS 1
typedef struct {
    PyObject_HEAD
    PyTypeObject *d_type;
    PyObject *d_name;
    PyObject *d_qualname;
} PyDescrObject;
#define PyDescr_COMMON PyDescrObject d_common
typedef struct {
    PyDescr_COMMON;
    PyMethodDef *d_method;
    vectorcallfunc vectorcall;
} PyMethodDescrObject;
typedef struct {
    PyDescr_COMMON;
    PyMemberDef *d_member;
} PyMemberDescrObject;
typedef struct {
    PyDescr_COMMON;
    PyGetSetDef *d_getset;
} PyGetSetDescrObject;
typedef struct {
    PyDescr_COMMON;
    struct wrapperbase *d_base;
    void *d_wrapped;
} PyWrapperDescrObject;

/* Weak references. */
typedef struct _PyWeakReference PyWeakReference;
struct _PyWeakReference {
    PyObject_HEAD
    PyObject *wr_object; /* borrowed; None once dead */
    PyObject *wr_callback;
    Py_hash_t hash;
    PyWeakReference *wr_prev;
    PyWeakReference *wr_next;
    vectorcallfunc vectorcall;
};

/* Exceptions. */
#define PyException_HEAD            \
    PyObject_HEAD                   \
    PyObject *dict;                 \
    PyObject *args;                 \
    PyObject *notes;                \
    PyObject *traceback;            \
    PyObject *context;              \
    PyObject *cause;                \
    char suppress_context;
typedef struct {
    PyException_HEAD
} PyBaseExceptionObject;
typedef struct {
    PyException_HEAD
    PyObject *msg, *excs;
} PyBaseExceptionGroupObject;
typedef struct {
    PyException_HEAD
    PyObject *msg, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line;
} PySyntaxErrorObject;
typedef struct {
    PyException_HEAD
    PyObject *msg, *name, *path;
} PyImportErrorObject;
typedef struct {
    PyException_HEAD
    PyObject *encoding, *object;
    Py_ssize_t start, end;
    PyObject *reason;
} PyUnicodeErrorObject;
typedef struct {
    PyException_HEAD
    PyObject *code;
} PySystemExitObject;
typedef struct {
    PyException_HEAD
    PyObject *myerrno, *strerror, *filename, *filename2;
    Py_ssize_t written;
} PyOSErrorObject;
typedef PyOSErrorObject PyEnvironmentErrorObject;
typedef struct {
    PyException_HEAD
    PyObject *value;
} PyStopIterationObject;
typedef struct {
    PyException_HEAD
    PyObject *name;
} PyNameErrorObject;
typedef struct {
    PyException_HEAD
    PyObject *obj, *name;
} PyAttributeErrorObject;

/* Struct sequences. */
typedef struct PyStructSequence_Field {
    const char *name;
    const char *doc;
} PyStructSequence_Field;
typedef struct PyStructSequence_Desc {
    const char *name;
    const char *doc;
    PyStructSequence_Field *fields;
    int n_in_sequence;
} PyStructSequence_Desc;
typedef PyTupleObject PyStructSequence;

#endif
