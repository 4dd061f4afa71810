"""PyDict_... of dicts that live in the VM: what capi/shim/dict.c asks for."""

from types import MappingProxyType

from capi.core import NULL, api, text, vm
from capi.core.to_c import late_word
from capi.core.types import ClassDict, whole

pop = dict.pop


def length(mp):
    return dict.__len__(mp) if type(mp) is not ClassDict else len(mp)


def get(mp, key, default):
    """dict.get; a type's tp_dict shows what its class has now."""
    return mp.get(key, default) if type(mp) is ClassDict else dict.get(mp, key, default)


def contains(mp, key):
    return key in mp if type(mp) is ClassDict else dict.__contains__(mp, key)


def set_item(mp, key, item):
    if type(mp) is ClassDict:
        mp[key] = item
    else:
        dict.__setitem__(mp, key, item)


def del_item(mp, key):
    if type(mp) is ClassDict:
        del mp[key]
    else:
        dict.__delitem__(mp, key)


update = dict.update


def check(mp):
    if not isinstance(mp, dict):
        raise SystemError("bad argument to internal function")


@vm("PyObject *vm_dict_get(PyObject *mp, PyObject *key)", borrowed=True)
def vm_dict_get(mp, key):
    return get(mp, key, NULL)


@vm("PyObject *vm_dict_get_text(PyObject *mp, const char *p_key)", borrowed=True)
def vm_dict_get_text(mp, p_key):
    return get(mp, text(p_key), NULL)


@vm("int vm_dict_set(PyObject *mp, PyObject *key, PyObject *item)", given=("key", "item"))
def vm_dict_set(mp, key, item):
    set_item(mp, key, item)


@vm("int vm_dict_set_text(PyObject *dp, const char *p_key, PyObject *item)", given=("item",))
def vm_dict_set_text(dp, p_key, item):
    set_item(dp, text(p_key), item)


@vm("int vm_dict_del(PyObject *mp, PyObject *key)")
def vm_dict_del(mp, key):
    del_item(mp, key)


@vm("int vm_dict_contains(PyObject *mp, PyObject *key)")
def vm_dict_contains(mp, key):
    return contains(mp, key)


@vm("PyObject *vm_dict_setdefault(PyObject *mp, PyObject *key, PyObject *defaultobj)", borrowed=True)
def vm_dict_setdefault(mp, key, defaultobj):
    return mp.setdefault(key, defaultobj) if type(mp) is ClassDict else dict.setdefault(mp, key, defaultobj)


@vm("PyObject *vm_dict_pop(PyObject *dict, PyObject *key, PyObject *deflt)")
def vm_dict_pop(dict, key, deflt):
    default = () if deflt is NULL else (deflt,)
    return dict.pop(key, *default) if type(dict) is ClassDict else pop(dict, key, *default)


@vm("Py_ssize_t vm_dict_length(PyObject *mp)", quiet=True)
def vm_dict_length(mp):
    return length(mp)


@vm("void vm_dict_clear(PyObject *mp)")
def vm_dict_clear(mp):
    if isinstance(mp, dict):
        dict.clear(mp)


@vm("PyObject *vm_dict_keys(PyObject *mp)")
def vm_dict_keys(mp):
    return list(dict.keys(whole(mp)))


@vm("PyObject *vm_dict_values(PyObject *mp)")
def vm_dict_values(mp):
    return list(dict.values(whole(mp)))


@vm("PyObject *vm_dict_items(PyObject *mp)")
def vm_dict_items(mp):
    return list(dict.items(whole(mp)))


@vm("W vm_dict_view(PyObject *mp, int number)")
def vm_dict_view(mp, number):
    """A new view, as `vm_iter` gives a new iterator."""
    return late_word(views[number](mp))


views = dict.keys, dict.values, dict.items


@vm("PyObject *vm_dict_copy(PyObject *mp)")
def vm_dict_copy(mp):
    return {**mp} if type(mp) is dict else dict(dict.items(whole(mp)))


@vm("int vm_dict_merge(PyObject *mp, PyObject *other, int override)")
def vm_dict_merge(mp, other, override):
    """As dict.update, from a mapping; `override`: 0 keeps what is there, 2 raises KeyError for a key that is."""
    other = whole(other)
    if override == 1 and isinstance(other, dict):
        return update(mp, other) if type(mp) is not ClassDict else mp.update(other)
    if isinstance(other, dict) and type(other).__iter__ is dict.__iter__:
        keys, other_get = list(dict.keys(other)), lambda key: dict.__getitem__(other, key)
    else:
        keys, other_get = other.keys(), lambda key: other[key]
    for key in keys:
        if override != 1 and contains(mp, key):
            if override == 2:
                raise KeyError(key)
            continue
        set_item(mp, key, other_get(key))


@api("int PyDict_MergeFromSeq2(PyObject *d, PyObject *seq2, int override)")
def PyDict_MergeFromSeq2(d, seq2, override):
    check(d)
    for i, pair in enumerate(seq2):
        try:
            pair = list(pair)
        except TypeError:
            raise TypeError(f"cannot convert dictionary update sequence element #{i} to a sequence") from None
        if len(pair) != 2:
            raise ValueError(f"dictionary update sequence element #{i} has length {len(pair)}; 2 is required")
        if override or not contains(d, pair[0]):
            set_item(d, pair[0], pair[1])


@api("PyObject *PyDictProxy_New(PyObject *mapping)")
def PyDictProxy_New(mapping):
    return MappingProxyType(mapping)


@api("int _PyDict_HasOnlyStringKeys(PyObject *mp)")
def _PyDict_HasOnlyStringKeys(mp):
    return all(isinstance(key, str) for key in mp)
