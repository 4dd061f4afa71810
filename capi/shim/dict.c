/* PyDict_...: what is left to C of dicts, which live in the VM. */
#include "core/mooring.h"

PYAPI PyObject *PyDict_GetItemWithError(PyObject *mp, PyObject *key)
{
    if (unlikely(!PyDict_Check(mp))) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return vm_dict_get(mp, key);
}

/* Errors of the lookup are lost, as the manual says. */
PYAPI PyObject *PyDict_GetItem(PyObject *mp, PyObject *key)
{
    PyObject *type, *value, *traceback;
    if (unlikely(!PyDict_Check(mp)))
        return NULL;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = vm_dict_get(mp, key);
    PyErr_Restore(type, value, traceback);
    return result;
}

PYAPI PyObject *PyDict_GetItemString(PyObject *dp, const char *key)
{
    PyObject *type, *value, *traceback;
    if (unlikely(!PyDict_Check(dp)))
        return NULL;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *result = vm_dict_get_text(dp, key);
    PyErr_Restore(type, value, traceback);
    return result;
}

void m_snapshot_free(struct MSnapshot *snapshot)
{
    (void)snapshot;
}
