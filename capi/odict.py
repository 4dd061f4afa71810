"""PyODict_..."""

from collections import OrderedDict

from capi.core import api


@api("PyObject *PyODict_New(void)")
def PyODict_New():
    return OrderedDict()


@api("int PyODict_SetItem(PyObject *od, PyObject *key, PyObject *item)", given=("key", "item"))
def PyODict_SetItem(od, key, item):
    OrderedDict.__setitem__(od, key, item)


@api("int PyODict_DelItem(PyObject *od, PyObject *key)")
def PyODict_DelItem(od, key):
    OrderedDict.__delitem__(od, key)
