/* PyDict_...: what is left to C of dicts, which live in the VM. */
#include "snapshot.h"

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

PYAPI PyObject *_PyDict_GetItemStringWithError(PyObject *dict, const char *key)
{
    if (unlikely(!PyDict_Check(dict))) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return vm_dict_get_text(dict, key);
}

PYAPI int PyDict_Next(PyObject *mp, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    return PyDict_Check(mp) ? m_snapshot_next(mp, pos, key, value) : 0;
}

PYAPI int _PyDict_Next(PyObject *mp, Py_ssize_t *pos, PyObject **key, PyObject **value, Py_hash_t *hash)
{
    PyObject *found;
    if (!PyDict_Check(mp) || !m_snapshot_next(mp, pos, &found, value))
        return 0;
    if (key)
        *key = found;
    if (hash)
        *hash = PyObject_Hash(found);
    return 1;
}

/* ---- by hash or by identifier: the same, as the VM keeps its own hashes -------------------------------------------------- */

PYAPI PyObject *_PyDict_GetItem_KnownHash(PyObject *mp, PyObject *key, Py_hash_t hash)
{
    (void)hash;
    return PyDict_GetItemWithError(mp, key);
}

PYAPI PyObject *_PyDict_GetItemWithError(PyObject *dp, PyObject *key)
{
    return PyDict_GetItemWithError(dp, key);
}

PYAPI PyObject *_PyDict_GetItemIdWithError(PyObject *dp, _Py_Identifier *key)
{
    return _PyDict_GetItemStringWithError(dp, key->string);
}

/* C code goes on using, without a reference of its own, what it has put into a module: that lives as long as the module. */
static int kept(PyObject *dict, int64_t key, PyObject *item, int r)
{
    if (likely(r || !(M_HDR(dict)->flags & M_NAMESPACE)))
        return r;
    M_DEBUG(m_debug_keep(item);)
    return m_borrow(dict, key, Py_NewRef(item)) ? 0 : -1;
}

PYAPI int PyDict_SetItem(PyObject *mp, PyObject *key, PyObject *item)
{
    return kept(mp, m_key(key), item, vm_dict_set(mp, key, item));
}

PYAPI int PyDict_SetItemString(PyObject *dp, const char *key, PyObject *item)
{
    return kept(dp, m_text_key(key), item, vm_dict_set_text(dp, key, item));
}

PYAPI int _PyDict_SetItem_KnownHash(PyObject *mp, PyObject *key, PyObject *item, Py_hash_t hash)
{
    (void)hash;
    return PyDict_SetItem(mp, key, item);
}

PYAPI int _PyDict_SetItemId(PyObject *dp, _Py_Identifier *key, PyObject *item)
{
    return PyDict_SetItemString(dp, key->string, item);
}

PYAPI int _PyDict_DelItem_KnownHash(PyObject *mp, PyObject *key, Py_hash_t hash)
{
    (void)hash;
    return PyDict_DelItem(mp, key);
}

PYAPI int _PyDict_DelItemId(PyObject *mp, _Py_Identifier *key)
{
    return PyDict_DelItemString(mp, key->string);
}

PYAPI int _PyDict_Contains_KnownHash(PyObject *dict, PyObject *key, Py_hash_t hash)
{
    (void)hash;
    return PyDict_Contains(dict, key);
}

PYAPI int _PyDict_ContainsId(PyObject *dict, _Py_Identifier *id)
{
    PyObject *found = _PyDict_GetItemStringWithError(dict, id->string);
    return found ? 1 : PyErr_Occurred() ? -1 : 0;
}

PYAPI int _PyDict_DelItemIf(PyObject *dict, PyObject *key, int (*predicate)(PyObject *value))
{
    PyObject *value = PyDict_GetItemWithError(dict, key);
    if (!value) {
        if (!PyErr_Occurred())
            PyErr_SetObject(PyExc_KeyError, key);
        return -1;
    }
    int wanted = predicate(value);
    return wanted > 0 ? PyDict_DelItem(dict, key) : wanted;
}

PYAPI Py_ssize_t _PyDict_SizeOf(PyDictObject *dict)
{
    Py_ssize_t n = PyDict_Size((PyObject *)dict);
    return n < 0 ? -1 : (Py_ssize_t)sizeof(PyDictObject) + 24 * n;
}

PYAPI void _PyDict_MaybeUntrack(PyObject *mp)
{
    (void)mp;                           /* the VM's collector needs no tracking */
}

PYAPI void _PyDict_DebugMallocStats(FILE *out)
{
    (void)out;
}
