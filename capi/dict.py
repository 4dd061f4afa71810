"""PyDict_...: dicts live in the VM; capi/shim/dict.c has what is left to C."""

from capi.core import NULL, api, text, vm

get = dict.get
set_item = dict.__setitem__
del_item = dict.__delitem__
contains = dict.__contains__
length = dict.__len__


def check(mp):
    if not isinstance(mp, dict):
        raise SystemError("bad argument to internal function")


@api("PyObject *PyDict_New(void)")
def PyDict_New():
    return {}


@api("PyObject *_PyDict_NewPresized(Py_ssize_t minused)")
def _PyDict_NewPresized(minused):
    return {}


@vm("PyObject *vm_dict_get(PyObject *mp, PyObject *key)", borrowed=True)
def vm_dict_get(mp, key):
    return get(mp, key, NULL)


@vm("PyObject *vm_dict_get_text(PyObject *mp, const char *p_key)", borrowed=True)
def vm_dict_get_text(mp, p_key):
    return get(mp, text(p_key), NULL)


@api("int PyDict_SetItem(PyObject *mp, PyObject *key, PyObject *item)")
def PyDict_SetItem(mp, key, item):
    check(mp)
    set_item(mp, key, item)


@api("int PyDict_SetItemString(PyObject *dp, const char *p_key, PyObject *item)")
def PyDict_SetItemString(dp, p_key, item):
    check(dp)
    set_item(dp, text(p_key), item)


@api("int PyDict_DelItem(PyObject *mp, PyObject *key)")
def PyDict_DelItem(mp, key):
    check(mp)
    del_item(mp, key)


@api("int PyDict_DelItemString(PyObject *dp, const char *p_key)")
def PyDict_DelItemString(dp, p_key):
    check(dp)
    del_item(dp, text(p_key))


@api("int PyDict_Contains(PyObject *mp, PyObject *key)")
def PyDict_Contains(mp, key):
    return contains(mp, key)


@api("PyObject *PyDict_SetDefault(PyObject *mp, PyObject *key, PyObject *defaultobj)", borrowed=True)
def PyDict_SetDefault(mp, key, defaultobj):
    check(mp)
    return dict.setdefault(mp, key, defaultobj)


@api("PyObject *_PyDict_Pop(PyObject *dict, PyObject *key, PyObject *deflt)")
def _PyDict_Pop(dict, key, deflt):
    check(dict)
    return pop(dict, key) if deflt is NULL else pop(dict, key, deflt)


pop = dict.pop


@api("Py_ssize_t PyDict_Size(PyObject *mp)")
def PyDict_Size(mp):
    check(mp)
    return length(mp)


@api("void PyDict_Clear(PyObject *mp)")
def PyDict_Clear(mp):
    if isinstance(mp, dict):
        dict.clear(mp)


@api("PyObject *PyDict_Keys(PyObject *mp)")
def PyDict_Keys(mp):
    check(mp)
    return list(dict.keys(mp))


@api("PyObject *PyDict_Values(PyObject *mp)")
def PyDict_Values(mp):
    check(mp)
    return list(dict.values(mp))


@api("PyObject *PyDict_Items(PyObject *mp)")
def PyDict_Items(mp):
    check(mp)
    return list(dict.items(mp))


@api("PyObject *PyDict_Copy(PyObject *mp)")
def PyDict_Copy(mp):
    check(mp)
    return {**mp} if type(mp) is dict else dict(dict.items(mp))
