#ifndef MOORING_ACCESS_H
#define MOORING_ACCESS_H

/* Unchecked access to what containers and callables hold; not for the limited API. */

#ifndef Py_LIMITED_API

/* Tuples, struct sequences, lists. An item got is borrowed, an item set is stolen. */
static inline Py_ssize_t PyTuple_GET_SIZE(PyObject *op) { return ((PyVarObject *)op)->ob_size; }
static inline void PyTuple_SET_ITEM(PyObject *op, Py_ssize_t index, PyObject *value) { ((PyTupleObject *)op)->ob_item[index] = value; }
#define PyTuple_GET_SIZE(op) PyTuple_GET_SIZE(_PyObject_CAST(op))
#define PyTuple_GET_ITEM(op, index) (_Py_CAST(PyTupleObject *, (op))->ob_item[(index)])
#define PyTuple_SET_ITEM(op, index, value) PyTuple_SET_ITEM(_PyObject_CAST(op), (index), _PyObject_CAST(value))
#define PyStructSequence_GET_ITEM(op, index) PyTuple_GET_ITEM(op, index)
#define PyStructSequence_SET_ITEM(op, index, value) PyTuple_SET_ITEM(op, index, value)
#define PyList_GET_SIZE(op) Mooring_ListLength(_PyObject_CAST(op))
#define PyList_GET_ITEM(op, index) Mooring_ListItem(_PyObject_CAST(op), (index))
#define PyList_SET_ITEM(op, index, value) Mooring_ListInit(_PyObject_CAST(op), (index), _PyObject_CAST(value))

#define PySequence_Fast_GET_SIZE(op) (PyList_Check(op) ? PyList_GET_SIZE(op) : PyTuple_GET_SIZE(op))
#define PySequence_Fast_GET_ITEM(op, index) (PyList_Check(op) ? PyList_GET_ITEM(op, index) : PyTuple_GET_ITEM(op, index))
#define PySequence_Fast_ITEMS(op) \
    (PyList_Check(op) ? Mooring_ListItems(_PyObject_CAST(op)) : ((PyTupleObject *)(op))->ob_item)
#define PySequence_ITEM(op, index) PySequence_GetItem(_PyObject_CAST(op), (index))

#define PyDict_GET_SIZE(op) PyDict_Size(_PyObject_CAST(op))
#define PySet_GET_SIZE(op) PySet_Size(_PyObject_CAST(op))

/* Bytes. */
static inline char *PyBytes_AS_STRING(PyObject *op) { return ((PyBytesObject *)op)->ob_sval; }
static inline Py_ssize_t PyBytes_GET_SIZE(PyObject *op) { return ((PyVarObject *)op)->ob_size; }
#define PyBytes_AS_STRING(op) PyBytes_AS_STRING(_PyObject_CAST(op))
#define PyBytes_GET_SIZE(op) PyBytes_GET_SIZE(_PyObject_CAST(op))
#define PyByteArray_AS_STRING(op) PyByteArray_AsString(_PyObject_CAST(op))
#define PyByteArray_GET_SIZE(op) PyByteArray_Size(_PyObject_CAST(op))
#define PyMemoryView_GET_BUFFER(op) Mooring_MemoryViewBuffer(_PyObject_CAST(op))
#define PyMemoryView_GET_BASE(op) (Mooring_MemoryViewBuffer(_PyObject_CAST(op))->obj)

/* Numbers. */
#define PyFloat_AS_DOUBLE(op) (((PyFloatObject *)(op))->ob_fval)

/* Callables. */
static inline PyCFunction PyCFunction_GET_FUNCTION(PyObject *op) { return ((PyCFunctionObject *)op)->m_ml->ml_meth; }
static inline int PyCFunction_GET_FLAGS(PyObject *op) { return ((PyCFunctionObject *)op)->m_ml->ml_flags; }
static inline PyObject *PyCFunction_GET_SELF(PyObject *op)
{
    return PyCFunction_GET_FLAGS(op) & METH_STATIC ? _Py_NULL : ((PyCFunctionObject *)op)->m_self;
}
static inline PyTypeObject *PyCFunction_GET_CLASS(PyObject *op)
{
    return PyCFunction_GET_FLAGS(op) & METH_METHOD ? ((PyCMethodObject *)op)->mm_class : _Py_NULL;
}
#define PyCFunction_GET_FUNCTION(op) PyCFunction_GET_FUNCTION(_PyObject_CAST(op))
#define PyCFunction_GET_FLAGS(op) PyCFunction_GET_FLAGS(_PyObject_CAST(op))
#define PyCFunction_GET_SELF(op) PyCFunction_GET_SELF(_PyObject_CAST(op))
#define PyCFunction_GET_CLASS(op) PyCFunction_GET_CLASS(_PyObject_CAST(op))
#define PyMethod_GET_FUNCTION(op) PyMethod_Function(_PyObject_CAST(op))
#define PyMethod_GET_SELF(op) PyMethod_Self(_PyObject_CAST(op))
#define PyInstanceMethod_GET_FUNCTION(op) PyInstanceMethod_Function(_PyObject_CAST(op))
#define PyFunction_GET_CODE(op) PyFunction_GetCode(_PyObject_CAST(op))
#define PyFunction_GET_GLOBALS(op) PyFunction_GetGlobals(_PyObject_CAST(op))
#define PyFunction_GET_MODULE(op) PyFunction_GetModule(_PyObject_CAST(op))
#define PyFunction_GET_DEFAULTS(op) PyFunction_GetDefaults(_PyObject_CAST(op))
#define PyFunction_GET_KW_DEFAULTS(op) PyFunction_GetKwDefaults(_PyObject_CAST(op))
#define PyFunction_GET_CLOSURE(op) PyFunction_GetClosure(_PyObject_CAST(op))
#define PyFunction_GET_ANNOTATIONS(op) PyFunction_GetAnnotations(_PyObject_CAST(op))
#define PyCell_GET(op) (((PyCellObject *)(op))->ob_ref)
#define PyCell_SET(op, value) _Py_RVALUE(((PyCellObject *)(op))->ob_ref = (value))
#define PyCode_GetNumFree(op) ((op)->co_nfreevars)

/* Types and descriptors. */
#define PyDescr_TYPE(op) (((PyDescrObject *)(op))->d_type)
#define PyDescr_NAME(op) (((PyDescrObject *)(op))->d_name)
#define PyHeapType_GET_MEMBERS(etype) ((PyMemberDef *)((char *)(etype) + Py_TYPE(etype)->tp_basicsize))
#define PyWeakref_GET_OBJECT(op) PyWeakref_GetObject(_PyObject_CAST(op))

#endif

#endif
