/* What tp_traverse shows of the structs of C types; capi/core/referents.py. */
#include "core/mooring.h"

static traverseproc traverse_of(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    if (!type || m_info(type)->kind != K_INSTANCE)
        return NULL;
    while (type && !m_c_slot(type, tp_traverse))       /* a class of the VM has none of its own */
        type = type->tp_base;
    return type ? type->tp_traverse : NULL;
}

static int add(PyObject *op, void *list)
{
    return PyList_Append(list, op);
}

static PyObject *referents(PyObject *op, PyObject *none)
{
    (void)none;
    PyObject *list = PyList_New(0);
    traverseproc traverse = traverse_of(op);
    if (list && traverse && traverse(op, add, list))
        Py_CLEAR(list);
    return list;
}

static int is_it(PyObject *op, void *other)
{
    return op == other;
}

/* Of the instances that the VM knows. */
static PyObject *referrers(PyObject *op, PyObject *none)
{
    (void)none;
    PyObject *list = PyList_New(0);
    for (uint32_t i = 1; list && i < m_slots_n; i++) {
        PyObject *other = m_slots[i].obj;
        traverseproc traverse = other ? traverse_of(other) : NULL;
        if (traverse && traverse(other, is_it, op) && PyList_Append(list, other) < 0)
            Py_CLEAR(list);
    }
    return list;
}

VMCALL W m_referents_function(long back)
{
    return (W)(back ? referrers : referents);
}
