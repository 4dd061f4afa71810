/* PyMapping_... */
#include "core/dicts.h"

PYAPI int PyMapping_Check(PyObject *o)
{
    return o && Py_TYPE(o)->tp_as_mapping && Py_TYPE(o)->tp_as_mapping->mp_subscript;
}

PYAPI Py_ssize_t PyMapping_Size(PyObject *o)
{
    if (!o) {
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return -1;
    }
    lenfunc length = m_c_slot_in(Py_TYPE(o), tp_as_mapping, mp_length);
    if (length)
        return length(o);
    if (PyAnySet_Check(o) || m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_length)) {
        PyErr_Format(PyExc_TypeError, "%.200s is not a mapping", Py_TYPE(o)->tp_name);
        return -1;
    }
    return PyObject_Size(o);
}

PYAPI Py_ssize_t PyMapping_Length(PyObject *o)
{
    return PyMapping_Size(o);
}

PYAPI PyObject *PyMapping_GetItemString(PyObject *o, const char *key)
{
    if (o && key && m_dict_is_own(o)) {
        PyObject *name = m_name(key);
        return name ? PyObject_GetItem(o, name) : NULL;
    }
    return vm_mapping_get_text(o, key);
}

PYAPI int PyMapping_SetItemString(PyObject *o, const char *key, PyObject *value)
{
    if (o && key && value && m_dict_is_own(o))
        return PyDict_SetItemString(o, key, value);
    return vm_mapping_set_text(o, key, value);
}

/* Both say no whatever the error, as the manual warns. */
PYAPI int PyMapping_HasKey(PyObject *o, PyObject *key)
{
    PyObject *value = PyObject_GetItem(o, key);
    if (!value)
        PyErr_Clear();
    Py_XDECREF(value);
    return value != NULL;
}

PYAPI int PyMapping_HasKeyString(PyObject *o, const char *key)
{
    PyObject *value = PyMapping_GetItemString(o, key);
    if (!value)
        PyErr_Clear();
    Py_XDECREF(value);
    return value != NULL;
}
