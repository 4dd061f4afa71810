/* PyDict_...: a dict born in C is a table in C until it crosses (core/dicts.h); the others take the way through the VM. */
#include "core/dicts.h"
#include "snapshot.h"

static int not_a_dict(PyObject *op)
{
    if (likely(op && PyDict_Check(op)))
        return 0;
    PyErr_BadInternalCall();
    return 1;
}

PYAPI PyObject *PyDict_New(void)
{
    return m_dict_new(0);
}

PYAPI PyObject *_PyDict_NewPresized(Py_ssize_t minused)
{
    return m_dict_new(minused);
}

PYAPI Py_ssize_t PyDict_Size(PyObject *mp)
{
    if (not_a_dict(mp))
        return -1;
    return m_dict_is_own(mp) ? m_dict_length(mp) : vm_dict_length(mp);
}

/* ---- one item ------------------------------------------------------------------------------------------------------------ */

/* Borrowed; NULL without an error: it is not there. */
static PyObject *look_up(PyObject *mp, PyObject *key)
{
    return m_dict_is_own(mp) && m_is_key(key) ? m_dict_find(mp, key) : vm_dict_get(mp, key);
}

static PyObject *look_up_text(PyObject *mp, const char *key)
{
    return m_dict_is_own(mp) ? m_dict_find_text(mp, key) : vm_dict_get_text(mp, key);
}

PYAPI PyObject *PyDict_GetItemWithError(PyObject *mp, PyObject *key)
{
    return not_a_dict(mp) ? NULL : look_up(mp, key);
}

/* Errors of the lookup are lost, as the manual says. */
PYAPI PyObject *PyDict_GetItem(PyObject *mp, PyObject *key)
{
    PyObject *type, *value, *traceback;
    if (unlikely(!PyDict_Check(mp)))
        return NULL;
    if (m_dict_is_own(mp) && m_is_key(key))
        return m_dict_find(mp, key);
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
    PyObject *result = look_up_text(dp, key);
    PyErr_Restore(type, value, traceback);
    return result;
}

PYAPI PyObject *_PyDict_GetItemStringWithError(PyObject *dict, const char *key)
{
    return not_a_dict(dict) ? NULL : look_up_text(dict, key);
}

PYAPI int PyDict_Next(PyObject *mp, Py_ssize_t *pos, PyObject **key, PyObject **value)
{
    if (m_dict_is_own(mp))
        return m_dict_next(mp, pos, key, value);
    return PyDict_Check(mp) ? m_snapshot_next(mp, pos, key, value) : 0;
}

PYAPI int _PyDict_Next(PyObject *mp, Py_ssize_t *pos, PyObject **key, PyObject **value, Py_hash_t *hash)
{
    PyObject *found;
    if (!PyDict_Next(mp, pos, &found, value))
        return 0;
    if (key)
        *key = found;
    if (hash)
        *hash = PyObject_Hash(found);
    return 1;
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
    if (not_a_dict(mp))
        return -1;
    if (m_dict_is_own(mp) && key && item && m_is_key(key))
        return m_dict_put(mp, key, item);
    return kept(mp, m_key(key), item, vm_dict_set(mp, key, item));
}

PYAPI int PyDict_SetItemString(PyObject *dp, const char *key, PyObject *item)
{
    if (not_a_dict(dp))
        return -1;
    if (m_dict_is_own(dp) && item) {
        PyObject *name = m_name(key);
        return name ? m_dict_put(dp, name, item) : -1;
    }
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

PYAPI int PyDict_DelItem(PyObject *mp, PyObject *key)
{
    PyObject *value;
    if (not_a_dict(mp))
        return -1;
    if (!m_dict_is_own(mp) || !m_is_key(key))
        return vm_dict_del(mp, key);
    if (!m_dict_remove(mp, key, &value)) {
        PyErr_SetObject(PyExc_KeyError, key);
        return -1;
    }
    Py_DECREF(value);
    return 0;
}

PYAPI int PyDict_DelItemString(PyObject *dp, const char *key)
{
    PyObject *name = PyUnicode_FromString(key);
    int r = name ? PyDict_DelItem(dp, name) : -1;
    Py_XDECREF(name);
    return r;
}

PYAPI int PyDict_Contains(PyObject *mp, PyObject *key)
{
    return m_dict_is_own(mp) && m_is_key(key) ? m_dict_find(mp, key) != NULL : vm_dict_contains(mp, key);
}

PYAPI PyObject *PyDict_SetDefault(PyObject *mp, PyObject *key, PyObject *defaultobj)
{
    if (not_a_dict(mp))
        return NULL;
    if (!m_dict_is_own(mp) || !m_is_key(key) || !defaultobj)
        return vm_dict_setdefault(mp, key, defaultobj);
    PyObject *value = m_dict_find(mp, key);
    return value ? value : m_dict_put(mp, key, defaultobj) < 0 ? NULL : defaultobj;     /* borrowed */
}

PYAPI PyObject *_PyDict_Pop(PyObject *dict, PyObject *key, PyObject *deflt)
{
    PyObject *value;
    if (not_a_dict(dict))
        return NULL;
    if (!m_dict_is_own(dict) || !m_is_key(key))
        return vm_dict_pop(dict, key, deflt);
    if (m_dict_remove(dict, key, &value))
        return value;
    if (!deflt)
        PyErr_SetObject(PyExc_KeyError, key);
    return Py_XNewRef(deflt);
}

/* ---- all items ------------------------------------------------------------------------------------------------------------ */

PYAPI void PyDict_Clear(PyObject *mp)
{
    if (!m_dict_is_own(mp))
        vm_dict_clear(mp);
    else if (DICT(mp)->table)
        m_table_free(m_dict_take(mp));
}

/* A list of a dict of C's own: of its keys (1), its values (2), or pairs of both. */
static PyObject *listed(PyObject *mp, int which)
{
    PyObject *list = PyList_New(m_dict_length(mp)), *key, *value;
    for (Py_ssize_t pos = 0, i = 0; list && m_dict_next(mp, &pos, &key, &value); i++) {
        PyObject *item = which == 1 ? Py_NewRef(key) : which == 2 ? Py_NewRef(value) : PyTuple_Pack(2, key, value);
        if (item)
            PyList_SET_ITEM(list, i, item);
        else
            Py_CLEAR(list);
    }
    return list;
}

PYAPI PyObject *PyDict_Keys(PyObject *mp)
{
    return not_a_dict(mp) ? NULL : m_dict_is_own(mp) ? listed(mp, 1) : vm_dict_keys(mp);
}

PYAPI PyObject *PyDict_Values(PyObject *mp)
{
    return not_a_dict(mp) ? NULL : m_dict_is_own(mp) ? listed(mp, 2) : vm_dict_values(mp);
}

PYAPI PyObject *PyDict_Items(PyObject *mp)
{
    return not_a_dict(mp) ? NULL : m_dict_is_own(mp) ? listed(mp, 3) : vm_dict_items(mp);
}

PYAPI PyObject *PyDict_Copy(PyObject *mp)
{
    return not_a_dict(mp) ? NULL : m_dict_is_own(mp) ? m_dict_copy(mp) : vm_dict_copy(mp);
}

/* `override`: 0 keeps what is there, 2 raises KeyError for a key that is. */
static int merge(PyObject *mp, PyObject *other, int override)
{
    PyObject *key, *value;
    if (not_a_dict(mp))
        return -1;
    if (!m_dict_is_own(mp) || !other || !m_dict_is_own(other) || mp == other)
        return vm_dict_merge(mp, other, override);
    for (Py_ssize_t pos = 0; m_dict_is_own(mp) && m_dict_is_own(other) && m_dict_next(other, &pos, &key, &value); ) {
        if (override != 1 && m_dict_find(mp, key)) {
            if (!override)
                continue;
            PyErr_SetObject(PyExc_KeyError, key);
            return -1;
        }
        if (m_dict_put(mp, key, value) < 0)
            return -1;
    }
    return m_dict_is_own(mp) && m_dict_is_own(other) ? 0 : vm_dict_merge(mp, other, override);
}

PYAPI int PyDict_Update(PyObject *mp, PyObject *other)
{
    return merge(mp, other, 1);
}

PYAPI int PyDict_Merge(PyObject *mp, PyObject *other, int override)
{
    return merge(mp, other, override != 0);
}

PYAPI int _PyDict_MergeEx(PyObject *mp, PyObject *other, int override)
{
    return merge(mp, other, override);
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
