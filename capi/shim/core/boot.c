/* Singletons and builtin types: what the VM ties to its own objects when the layer boots. */
#include "core/iterators.h"

/* A singleton with a header in front of it; the symbol names the object behind. */
#define STRING(x) #x
#define EXPANDED(x) STRING(x)
#define SINGLETON(symbol, storage, type_name, size) \
    static struct { MHeader header; type_name object; } storage __attribute__((used, aligned(16))); \
    __asm__(".globl " EXPANDED(symbol) "\n.type " EXPANDED(symbol) ", @object\n.size " EXPANDED(symbol) ", " #size "\n" \
            ".set " EXPANDED(symbol) ", " #storage "+16\n")

SINGLETON(_Py_NoneStruct, none_storage, PyObject, 16);
SINGLETON(_Py_EllipsisObject, ellipsis_storage, PyObject, 16);
SINGLETON(_Py_NotImplementedStruct, not_implemented_storage, PyObject, 16);
SINGLETON(_Py_TrueStruct, true_storage, PyLongObject, 32);
SINGLETON(_Py_FalseStruct, false_storage, PyLongObject, 32);

VMCALL W m_singleton(const char *name)
{
    static const struct { const char *name; void *object; } all[] = {
        {"None", &none_storage.object}, {"True", &true_storage.object}, {"False", &false_storage.object},
        {"Ellipsis", &ellipsis_storage.object}, {"NotImplemented", &not_implemented_storage.object}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!strcmp(all[i].name, name))
            return (W)all[i].object;
    return 0;
}

VMCALL void m_singleton_type(W address, W type)
{
    PyObject *op = (PyObject *)address;
    m_init_header(op);
    op->ob_type = (PyTypeObject *)type;
    op->ob_refcnt = M_SHARE;
    true_storage.object.ob_base.ob_size = 1;
    true_storage.object.mooring_limb[0] = 1;
}

/* Link an object that lives forever. */
VMCALL W m_link_static(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyObject *op = (PyObject *)address;
    op->ob_refcnt += M_SHARE;
    W w = M_HDR(op)->link = m_slot_new(op, W_STRONG);
    if (op == Py_None)
        m_none_word = w;
    m_leave(t);
    return w;
}

VMCALL W m_static_tuple(void)
{
    return (W)m_empty_tuple();
}

static PyObject *empty;

PyObject *m_empty_tuple(void)
{
    if (!empty) {
        empty = m_tuple_alloc(0);
        empty->ob_refcnt = M_SHARE;
    }
    return empty;
}

VMCALL void m_builtin_size(const char *symbol, long *basicsize, long *itemsize)
{
    static const struct { const char *symbol; size_t basicsize, itemsize; } sizes[] = {
        {"PyBaseObject_Type", sizeof(PyObject), 0}, {"PyType_Type", sizeof(PyHeapTypeObject), sizeof(PyMemberDef)},
        {"PyLong_Type", offsetof(PyLongObject, mooring_limb), 8}, {"PyBool_Type", sizeof(PyLongObject), 8},
        {"PyFloat_Type", sizeof(PyFloatObject), 0}, {"PyComplex_Type", sizeof(PyComplexObject), 0},
        {"PyUnicode_Type", sizeof(PyUnicodeObject), 0}, {"PyBytes_Type", offsetof(PyBytesObject, ob_sval) + 1, 1},
        {"PyByteArray_Type", sizeof(PyByteArrayObject), 0},
        {"PyTuple_Type", offsetof(PyTupleObject, ob_item), sizeof(PyObject *)}, {"PyList_Type", sizeof(PyListObject), 0},
        {"PyDict_Type", sizeof(PyDictObject), 0}, {"PySet_Type", sizeof(PySetObject), 0}, {"PyFrozenSet_Type", sizeof(PySetObject), 0},
        {"PySlice_Type", sizeof(PySliceObject), 0}, {"PyMethod_Type", sizeof(PyMethodObject), 0},
        {"PyListIter_Type", sizeof(MIterator), 0}, {"PyDictIterKey_Type", sizeof(MIterator), 0}, {"PyDictIterValue_Type", sizeof(MIterator), 0},
        {"PyDictIterItem_Type", sizeof(MIterator), 0}, {"PySetIter_Type", sizeof(MIterator), 0},
    };
    *basicsize = sizeof(MProxy);
    *itemsize = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (!strcmp(sizes[i].symbol, symbol)) {
            *basicsize = (long)sizes[i].basicsize;
            *itemsize = (long)sizes[i].itemsize;
        }
}

/* Of the struct that the header has for exceptions; the VM's own are proxies, which are smaller. */
VMCALL long m_exception_size(void)
{
    return sizeof(PyBaseExceptionObject);
}

VMCALL long m_heap_qualname(void)
{
    return offsetof(PyHeapTypeObject, ht_qualname);
}

VMCALL void m_set_heap_names(W type, W name, W qualname)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
    heap->ht_name = (PyObject *)name;                   /* both stolen */
    heap->ht_qualname = (PyObject *)qualname;
    m_leave(t);
}

/* Mark a wrapper with state as held, when it is made while C holds the struct. */
VMCALL void m_hold(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    m_check_held((PyObject *)address);
    m_leave(t);
}

/* ---- constants ------------------------------------------------------------------------------------------------ */

PYAPI extern const unsigned long Py_Version;
const unsigned long Py_Version = PY_VERSION_HEX;
PYAPI extern const char *Py_FileSystemDefaultEncoding;
const char *Py_FileSystemDefaultEncoding = "utf-8";
PYAPI extern const char *Py_FileSystemDefaultEncodeErrors;
const char *Py_FileSystemDefaultEncodeErrors = "surrogateescape";
PYAPI extern int Py_HasFileSystemDefaultEncoding;
int Py_HasFileSystemDefaultEncoding = 1;
PYAPI extern int _Py_SwappedOp[];
int _Py_SwappedOp[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
