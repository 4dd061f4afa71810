/* PySet_...: what is left to C of sets, which live in the VM. */
#include "snapshot.h"

PYAPI int _PySet_NextEntry(PyObject *set, Py_ssize_t *pos, PyObject **key, Py_hash_t *hash)
{
    if (!PyAnySet_Check(set)) {
        PyErr_BadInternalCall();
        return -1;
    }
    PyObject *found;
    if (!m_snapshot_next(set, pos, &found, NULL))
        return PyErr_Occurred() ? -1 : 0;
    *key = found;
    *hash = PyObject_Hash(found);
    return 1;
}
