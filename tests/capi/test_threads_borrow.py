"""What C borrows of containers that other threads change stays good until C lets them run, as under CPython's lock."""

import threading

import pytest

from tests.capi import test_born

WALK = r"""
    /* How many items the list has, after each was looked at twice; -1: one was gone. */
    @EXPORT(walk, METH_O)
    static PyObject *walk(PyObject *self, PyObject *list)
    {
        Py_ssize_t n = PyList_GET_SIZE(list), good = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            PyObject *item = PyList_GET_ITEM(list, i);
            if (!item || PyList_GET_SIZE(list) != n) return PyLong_FromLong(-1);
            good += PyTuple_CheckExact(item) && PyTuple_GET_SIZE(item) == 2 && PyList_GET_ITEM(list, i) == item;
        }
        return PyLong_FromSsize_t(good == n ? n : -1);
    }
    @EXPORT(array, METH_O)
    static PyObject *array(PyObject *self, PyObject *list)
    {
        PyObject **items = PySequence_Fast_ITEMS(list), *first = PyList_GET_ITEM(list, 0);
        Py_ssize_t n = PySequence_Fast_GET_SIZE(list), good = items[0] == first;
        for (Py_ssize_t i = 1; i < n; i++)
            good += PyList_GET_ITEM(list, i) == items[i] && PyTuple_GET_SIZE(items[i]) == 2;
        return PyLong_FromSsize_t(good == n ? n : -1);
    }
    @EXPORT(value, METH_O)
    static PyObject *value(PyObject *self, PyObject *dict)
    {
        PyObject *value = PyDict_GetItemString(dict, "k"), *key, *v;
        Py_ssize_t pos = 0, n = 0;
        if (!value) return PyLong_FromLong(-1);
        while (PyDict_Next(dict, &pos, &key, &v))
            n += PyUnicode_CheckExact(key) && PyTuple_CheckExact(v) && PyTuple_GET_SIZE(v) == 1 && PyDict_Size(dict);
        if (PyTuple_GET_SIZE(value) != 1) return PyLong_FromLong(-1);
        return PyLong_FromSsize_t(n);
    }
"""


def race(reader, writer, readers=4, rounds=1500):
    """Run `reader` in several threads while `writer(i)` runs in another; returns what the readers returned."""
    stop, results = threading.Event(), []

    def read():
        try:
            results.extend([reader() for _ in range(rounds)])
        except BaseException as error:
            results.append(error)

    def write():
        i = 0
        while not stop.is_set():
            writer(i)
            i += 1
    threads = [threading.Thread(target=read) for _ in range(readers)]
    writers = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads + writers:
        thread.start()
    for thread in threads:
        thread.join(60)
    stop.set()
    for thread in writers:
        thread.join(60)
    assert len(results) == readers * rounds, results[-1]
    return results


@pytest.mark.parametrize("size", [20, 300])
@pytest.mark.parametrize("name", ["walk", "array"])
@pytest.mark.parametrize("readers", [1, 4])
def test_list_that_shrinks(make, name, size, readers):
    function = getattr(make(WALK), name)
    shared = [(i, str(i)) for i in range(size)]

    def shrink(i):
        del shared[1:]
        shared.extend([(j, "new") for j in range(1, size)])
    found = race(lambda: function(shared), shrink, readers, 300)
    assert min(found) >= 1


@pytest.mark.parametrize("size", [5, 60])
def test_dict_whose_values_change(make, size):
    mod = make(WALK)
    shared = {"k": (0,), **{f"k{i}": (i,) for i in range(size)}}

    def change(i):
        shared["k"] = (i,)
        shared["k3"] = (i,)
        shared[f"x{i % 3}"] = (i,)
        shared.pop(f"x{i % 3}", None)
    assert min(race(lambda: mod.value(shared), change)) > size


def test_many_objects_of_many_threads(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD long value; } Box;
        static PyObject *box_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
        {
            long value;
            PyObject *self = PyArg_ParseTuple(args, "l", &value) ? type->tp_alloc(type, 0) : NULL;
            if (self) ((Box *)self)->value = value;
            return self;
        }
        static PyObject *box_value(PyObject *self, PyObject *unused) { return PyLong_FromLong(((Box *)self)->value); }
        static PyMethodDef box_methods[] = {{"value", box_value, METH_NOARGS, NULL}, {NULL}};
        @EXPORT_TYPE("Box", Box_Type)
        static PyTypeObject Box_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.Box", .tp_basicsize = sizeof(Box),
            .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = box_new, .tp_methods = box_methods,
        };
    """)
    kept = []

    def fill(start):
        try:
            boxes = [mod.Box(i) for i in range(start, start + 20_000)]
            kept.append([box.value() for box in boxes] == list(range(start, start + 20_000)))
        except BaseException as error:
            kept.append(error)
    threads = [threading.Thread(target=fill, args=(i * 20_000,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert kept == [True] * 4


def test_dicts_born_in_c(make):
    mod = make(test_born.CODE)
    wrong = []

    def work():
        for _ in range(100):
            for name in ("text", "deleted", "none", "equal"):
                steps = test_born.STEPS[name]
                if list(mod.build(steps).items()) != list(test_born.expected(steps).items()):
                    wrong.append(name)
            d = mod.cycle()
            if d["self"] is not d or d["inner"]["outer"] is not d or d["inner"]["list"][0] is not d:
                wrong.append("cycle")
            d.clear()
            if mod.call(lambda **kw: kw, (), test_born.STEPS["text"], 0) != test_born.expected(test_born.STEPS["text"]):
                wrong.append("keywords")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
