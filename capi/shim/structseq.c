/* PyStructSequence_...: tuples with named fields, some of them hidden behind the tuple's end.  The class is the VM's. */
#include "core/mooring.h"

PYAPI const char *const PyStructSequence_UnnamedField = "unnamed field";

/* [name or None] and [doc or None] of the fields. */
static int read_fields(PyStructSequence_Desc *desc, PyObject **names, PyObject **docs)
{
    *names = PyList_New(0);
    *docs = PyList_New(0);
    for (PyStructSequence_Field *f = desc->fields; *names && *docs && f->name; f++) {
        PyObject *name = f->name == PyStructSequence_UnnamedField ? Py_NewRef(Py_None) : PyUnicode_FromString(f->name);
        PyObject *doc = f->doc ? PyUnicode_FromString(f->doc) : Py_NewRef(Py_None);
        int failed = !name || !doc || PyList_Append(*names, name) < 0 || PyList_Append(*docs, doc) < 0;
        Py_XDECREF(name);
        Py_XDECREF(doc);
        if (failed)
            break;
    }
    if (!PyErr_Occurred())
        return 0;
    Py_XDECREF(*names);
    Py_XDECREF(*docs);
    return -1;
}

/* The VM's class for `desc`: bound to `type` if that is not NULL, else to a type of its own. */
static PyTypeObject *make(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    PyObject *names, *docs;
    if (read_fields(desc, &names, &docs) < 0)
        return NULL;
    Py_ssize_t n = PyList_GET_SIZE(names);
    PyTypeObject *made = NULL;
    if (n < desc->n_in_sequence)
        PyErr_SetString(PyExc_SystemError, "PyStructSequence_NewType(): more fields in the sequence than there are");
    else
        made = (PyTypeObject *)vm_structseq((W)type, desc->name, desc->doc, names, docs, desc->n_in_sequence);
    if (made) {
        M_INFO(made)->visible = desc->n_in_sequence;
        M_INFO(made)->hidden = (int32_t)(n - desc->n_in_sequence);
    }
    Py_DECREF(names);
    Py_DECREF(docs);
    return made;
}

PYAPI PyTypeObject *PyStructSequence_NewType(PyStructSequence_Desc *desc)
{
    return make(NULL, desc);
}

PYAPI int PyStructSequence_InitType2(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    if (M_INFO(type) && M_INFO(type)->link)
        return 0;
    if (!Py_REFCNT(type))
        Py_SET_REFCNT(type, 1);
    Py_SET_TYPE(type, &PyType_Type);
    type->tp_name = desc->name;
    type->tp_doc = desc->doc;
    type->tp_base = &PyTuple_Type;
    type->tp_basicsize = offsetof(PyTupleObject, ob_item);
    type->tp_itemsize = sizeof(PyObject *);
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_READY;
    type->tp_alloc = PyType_GenericAlloc;
    PyTypeObject *made = make(type, desc);
    Py_XDECREF(made);
    return made ? 0 : -1;
}

PYAPI void PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc)
{
    PyStructSequence_InitType2(type, desc);
}

PYAPI PyObject *PyStructSequence_New(PyTypeObject *type)
{
    MTypeInfo *info = m_info(type);
    if (!info->visible && !info->hidden) {
        PyErr_Format(PyExc_TypeError, "Missed attribute 'n_fields' of type %s", type->tp_name);
        return NULL;
    }
    size_t n = (size_t)(info->visible + info->hidden);
    PyObject *op = m_calloc(offsetof(PyTupleObject, ob_item) + n * sizeof(PyObject *));
    if (!op)
        return PyErr_NoMemory();
    op->ob_type = type;
    op->ob_refcnt = 1;
    Py_SET_SIZE(op, info->visible);
    return op;
}

PYAPI PyObject *PyStructSequence_GetItem(PyObject *p, Py_ssize_t pos)
{
    return ((PyTupleObject *)p)->ob_item[pos];          /* borrowed */
}

PYAPI void PyStructSequence_SetItem(PyObject *p, Py_ssize_t pos, PyObject *o)
{
    ((PyTupleObject *)p)->ob_item[pos] = o;             /* stolen */
}
