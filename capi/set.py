"""PySet_... and PyFrozenSet_...: sets live in the VM.  A frozenset is never filled by PySet_Add: the VM has none that changes."""

from capi.core import NULL, api


def bad():
    raise SystemError("bad argument to internal function")


def check(set):
    if not isinstance(set, (SET, FROZEN)):
        bad()


SET, FROZEN = set, frozenset


@api("PyObject *PySet_New(PyObject *iterable)")
def PySet_New(iterable):
    return set() if iterable is NULL else set(iterable)


@api("PyObject *PyFrozenSet_New(PyObject *iterable)")
def PyFrozenSet_New(iterable):
    return frozenset() if iterable is NULL else frozenset(iterable)


@api("Py_ssize_t PySet_Size(PyObject *anyset)", quiet=True)
def PySet_Size(anyset):
    check(anyset)
    return SET.__len__(anyset) if isinstance(anyset, SET) else FROZEN.__len__(anyset)


@api("int PySet_Contains(PyObject *anyset, PyObject *key)")
def PySet_Contains(anyset, key):
    check(anyset)
    if type(key) is SET:
        hash(key)                                      # CPython's raises here: no temporary frozenset is made
    return SET.__contains__(anyset, key) if isinstance(anyset, SET) else FROZEN.__contains__(anyset, key)


@api("int PySet_Add(PyObject *set, PyObject *key)", given=("key",))
def PySet_Add(set, key):
    if not isinstance(set, SET):
        bad()
    SET.add(set, key)


@api("int PySet_Discard(PyObject *set, PyObject *key)")
def PySet_Discard(set, key):
    if not isinstance(set, SET):
        bad()
    hash(key)
    before = SET.__len__(set)
    SET.discard(set, key)
    return before != SET.__len__(set)


@api("PyObject *PySet_Pop(PyObject *set)")
def PySet_Pop(set):
    if not isinstance(set, SET):
        bad()
    return SET.pop(set)


@api("int PySet_Clear(PyObject *set)")
def PySet_Clear(set):
    if not isinstance(set, SET):
        bad()
    SET.clear(set)


@api("int _PySet_Update(PyObject *set, PyObject *iterable)")
def _PySet_Update(set, iterable):
    if not isinstance(set, SET):
        bad()
    SET.update(set, iterable)
