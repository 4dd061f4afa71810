"""PyList_...: lists born in C, lists of the VM, and what C borrowed of them."""

import pytest

BASICS = r"""
    @EXPORT(size, METH_O)
    static PyObject *size(PyObject *self, PyObject *l)
    {
        Py_ssize_t n = PyList_Size(l);
        return n < 0 ? NULL : PyLong_FromSsize_t(n);
    }
    @EXPORT(item, METH_VARARGS)
    static PyObject *item(PyObject *self, PyObject *args)
    {
        PyObject *l; Py_ssize_t i;
        if (!PyArg_ParseTuple(args, "On", &l, &i)) return NULL;
        PyObject *x = PyList_GetItem(l, i);
        Py_XINCREF(x);
        return x;
    }
    @EXPORT(set, METH_VARARGS)
    static PyObject *set(PyObject *self, PyObject *args)
    {
        PyObject *l, *x; Py_ssize_t i;
        if (!PyArg_ParseTuple(args, "OnO", &l, &i, &x)) return NULL;
        Py_INCREF(x);
        if (PyList_SetItem(l, i, x) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(append, METH_VARARGS)
    static PyObject *append(PyObject *self, PyObject *args)
    {
        PyObject *l, *x;
        if (!PyArg_ParseTuple(args, "OO", &l, &x)) return NULL;
        if (PyList_Append(l, x) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(insert, METH_VARARGS)
    static PyObject *insert(PyObject *self, PyObject *args)
    {
        PyObject *l, *x; Py_ssize_t i;
        if (!PyArg_ParseTuple(args, "OnO", &l, &i, &x)) return NULL;
        if (PyList_Insert(l, i, x) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(slice, METH_VARARGS)
    static PyObject *slice(PyObject *self, PyObject *args)
    {
        PyObject *l; Py_ssize_t low, high;
        if (!PyArg_ParseTuple(args, "Onn", &l, &low, &high)) return NULL;
        return PyList_GetSlice(l, low, high);
    }
    @EXPORT(set_slice, METH_VARARGS)
    static PyObject *set_slice(PyObject *self, PyObject *args)
    {
        PyObject *l, *v = NULL; Py_ssize_t low, high;
        if (!PyArg_ParseTuple(args, "Onn|O", &l, &low, &high, &v)) return NULL;
        if (PyList_SetSlice(l, low, high, v) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(sort, METH_O)
    static PyObject *sort(PyObject *self, PyObject *l)
    {
        if (PyList_Sort(l) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(reverse, METH_O)
    static PyObject *reverse(PyObject *self, PyObject *l)
    {
        if (PyList_Reverse(l) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(as_tuple, METH_O)
    static PyObject *as_tuple(PyObject *self, PyObject *l)
    {
        return PyList_AsTuple(l);
    }
"""


class Sub(list):
    def __getitem__(self, i):
        return "never"

    def __len__(self):
        return 77


def test_a_stolen_item_may_still_be_used(make):
    mod = make(r"""
        @EXPORT(put, METH_O)
        static PyObject *put(PyObject *self, PyObject *l)
        {
            PyObject *item = PyLong_FromLong(123456), *bytes = PyBytes_FromString("abc");
            if (PyList_SetItem(l, 0, item) < 0 || PyList_SetItem(l, 1, bytes) < 0)
                return NULL;
            for (int i = 0; i < 10; i++)
                Py_DECREF(PyLong_FromLong(777777 + i));
            return Py_BuildValue("lO", PyLong_AsLong(item), bytes);
        }
    """)
    assert mod.put([0, 0]) == (123456, b"abc")


def test_basics_on_lists_of_the_vm(make):
    mod = make(BASICS)
    l, x = [], object()
    for value in (1, 2.5, "s", x, 1 << 90, (1, "t"), None, [0]):
        mod.append(l, value)
    assert l == [1, 2.5, "s", x, 1 << 90, (1, "t"), None, [0]]
    assert mod.size(l) == 8
    for i, value in enumerate(l):
        assert mod.item(l, i) == value and type(mod.item(l, i)) is type(value)
    assert mod.item(l, 3) is x and mod.item(l, 7) is l[7]
    mod.set(l, 0, "new")
    assert l[0] == "new" and mod.item(l, 0) == "new"
    mod.insert(l, 0, 0)
    mod.insert(l, -1, -1)
    mod.insert(l, 99, 99)
    assert l[0] == 0 and l[-1] == 99 and l[-3] == -1 and len(l) == 11
    numbers = [3, 1, 2]
    mod.sort(numbers)
    assert numbers == [1, 2, 3]
    mod.reverse(numbers)
    assert numbers == [3, 2, 1]
    assert mod.as_tuple(l) == tuple(l)


def test_errors(make):
    mod = make(BASICS)
    l = [1]
    for i in (1, -1, 99):
        with pytest.raises(IndexError, match="^list index out of range$"):
            mod.item(l, i)
        with pytest.raises(IndexError, match="^list assignment index out of range$"):
            mod.set(l, i, 0)
    for call in (mod.size, mod.sort, mod.reverse, mod.as_tuple, lambda t: mod.item(t, 0), lambda t: mod.append(t, 1)):
        with pytest.raises(SystemError):
            call((1, 2))
    with pytest.raises(TypeError):
        mod.sort([1, "a"])
    with pytest.raises(TypeError):
        mod.set_slice(l, 0, 1, 5)


def test_slices(make):
    mod = make(BASICS)
    l = list(range(10))
    for low, high in [(0, 10), (2, 5), (-3, 4), (7, 99), (6, 2), (20, 30)]:
        assert mod.slice(l, low, high) == l[max(low, 0):max(high, 0)]
    mod.set_slice(l, 2, 5, "ab")
    assert l == [0, 1, "a", "b", 5, 6, 7, 8, 9]
    mod.set_slice(l, 0, 7)
    assert l == [8, 9]
    mod.set_slice(l, 5, 9, [1])
    assert l == [8, 9, 1]
    mod.set_slice(l, 1, 1, l)
    assert l == [8, 8, 9, 1, 9, 1]


def test_subclasses_go_by_the_list_itself(make):
    mod = make(BASICS)
    l = Sub([1, "b"])
    assert mod.size(l) == 2 and mod.item(l, 1) == "b" and mod.as_tuple(l) == (1, "b")
    mod.append(l, 3)
    assert list.__len__(l) == 3 and mod.item(l, 2) == 3


def test_born_in_c(make):
    mod = make(r"""
        @EXPORT(work, METH_O)
        static PyObject *work(PyObject *self, PyObject *x)
        {
            PyObject *l = PyList_New(2), *r, *t;
            PyList_SET_ITEM(l, 0, PyLong_FromLong(10));
            if (PyList_SetItem(l, 1, PyLong_FromLong(11)) < 0) return NULL;
            for (long i = 0; i < 20; i++) {
                PyObject *v = PyLong_FromLong(i);
                if (PyList_Append(l, v) < 0) return NULL;
                Py_DECREF(v);
            }
            if (PyList_Insert(l, 1, x) < 0 || PyList_Insert(l, -100, x) < 0 || PyList_Insert(l, 100, x) < 0) return NULL;
            if (PyList_Reverse(l) < 0) return NULL;
            if (PyList_SetSlice(l, 1, 18, NULL) < 0) return NULL;
            r = PyList_GetSlice(l, 0, 3);
            t = PyList_AsTuple(r);
            if (PyList_SetSlice(l, 2, 3, t) < 0) return NULL;
            if (PyList_SetSlice(l, 0, 0, l) < 0) return NULL;
            if (PyList_GET_SIZE(l) != PyList_Size(l) || PyList_GetItem(l, 0) != PyList_GET_ITEM(l, 0)) Py_RETURN_NONE;
            Py_DECREF(r);
            Py_DECREF(t);
            return l;
        }
        @EXPORT(beyond, METH_NOARGS)
        static PyObject *beyond(PyObject *self, PyObject *ignored)
        {
            PyObject *l = PyList_New(1);
            PyObject *x = PyList_GetItem(l, 1);
            Py_DECREF(l);
            return x;
        }
        @EXPORT(negative, METH_NOARGS)
        static PyObject *negative(PyObject *self, PyObject *ignored)
        {
            return PyList_New(-1);
        }
        @EXPORT(sorted, METH_NOARGS)
        static PyObject *sorted(PyObject *self, PyObject *ignored)
        {
            PyObject *l = Py_BuildValue("[iiii]", 3, 1, 2, -4);
            if (!l || PyList_Sort(l) < 0 || PyList_Append(l, Py_None) < 0) return NULL;
            return l;
        }
    """)
    x = object()
    l = [10, 11, *range(20)]
    l.insert(1, x)
    l.insert(-100, x)
    l.insert(100, x)
    l.reverse()
    del l[1:18]
    l[2:3] = tuple(l[:3])
    l[0:0] = l
    assert mod.work(x) == l
    assert mod.sorted() == [-4, 1, 2, 3, None]
    with pytest.raises(IndexError, match="list index out of range"):
        mod.beyond()
    with pytest.raises(SystemError):
        mod.negative()


def test_a_list_of_c_goes_on_after_it_crossed(make):
    mod = make(r"""
        @EXPORT(lend, METH_O)
        static PyObject *lend(PyObject *self, PyObject *call)
        {
            PyObject *l = PyList_New(0), *five = PyLong_FromLong(5000), *borrowed, *r;
            PyList_Append(l, five);
            Py_DECREF(five);
            borrowed = PyList_GET_ITEM(l, 0);
            r = PyObject_CallOneArg(call, l);
            if (!r) return NULL;
            Py_DECREF(r);
            if (PyLong_AsLong(borrowed) != 5000) Py_RETURN_NONE;
            if (PyList_Append(l, call) < 0) return NULL;
            if (PyList_SetItem(l, 0, PyLong_FromSsize_t(PyList_Size(l))) < 0) return NULL;
            return l;
        }
    """)
    seen = []

    def call(l):
        seen.append(l)
        l.append("vm")

    l = mod.lend(call)
    assert l is seen[0] and l == [3, "vm", call]


def test_iteration_sees_what_the_vm_changes(make):
    mod = make(r"""
        @EXPORT(walk, METH_VARARGS)
        static PyObject *walk(PyObject *self, PyObject *args)
        {
            PyObject *l, *call, *out = PyList_New(0);
            if (!PyArg_ParseTuple(args, "OO", &l, &call)) return NULL;
            for (Py_ssize_t i = 0; i < PyList_GET_SIZE(l); i++) {
                PyObject *x = PyList_GET_ITEM(l, i), *r;
                if (PyList_Append(out, x) < 0) return NULL;
                if (i % 3) continue;
                r = PyObject_CallOneArg(call, x);
                if (!r) return NULL;
                Py_DECREF(r);
                if (PyList_Append(out, x) < 0) return NULL;
            }
            return out;
        }
    """)

    def model(l, call):
        out, i = [], 0
        while i < len(l):
            x = l[i]
            out.append(x)
            if not i % 3:
                call(x)
                out.append(x)
            i += 1
        return out

    def changing(l):
        def call(x):
            if len(l) < 150:
                l.append(x)
                l[len(l) // 2] = str(x)
            elif len(l) < 160:
                l.insert(0, 1.5)
            else:
                del l[-2:]
        return call

    for start in ([1], [1.5, 2, "x"], [object()], list(range(5)), [1 << 70, (1,), (1, 2, "z")]):
        a, b = list(start), list(start)
        assert mod.walk(a, changing(a)) == model(b, changing(b))


@pytest.mark.parametrize("values", [
    range(1000), [i / 2 for i in range(1000)], [str(i) for i in range(1000)], [object() for _ in range(10_000)],
    [(i, str(i)) for i in range(9000)], [i << 70 for i in range(300)], [i if i % 2 else float(i) for i in range(300)]])
def test_whole_lists(make, values):
    mod = make(r"""
        @EXPORT(copy, METH_O)
        static PyObject *copy(PyObject *self, PyObject *l)
        {
            PyObject *out = PyList_New(PyList_GET_SIZE(l));
            for (Py_ssize_t i = 0; out && i < PyList_GET_SIZE(l); i++) {
                PyObject *x = PyList_GetItem(l, i);
                if (!x) return NULL;
                Py_INCREF(x);
                PyList_SET_ITEM(out, i, x);
            }
            return out;
        }
        @EXPORT(backwards, METH_O)
        static PyObject *backwards(PyObject *self, PyObject *l)
        {
            PyObject *out = PyList_New(0);
            for (Py_ssize_t i = PyList_GET_SIZE(l); i--;)
                if (PyList_Append(out, PyList_GET_ITEM(l, i)) < 0) return NULL;
            return out;
        }
        @EXPORT(fast, METH_O)
        static PyObject *fast(PyObject *self, PyObject *l)
        {
            PyObject *f = PySequence_Fast(l, "no"), **items, *out = PyList_New(0);
            if (!f || !(items = PySequence_Fast_ITEMS(f))) return NULL;
            for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(f); i++)
                if (items[i] != PySequence_Fast_GET_ITEM(f, i) || PyList_Append(out, items[i]) < 0) return NULL;
            Py_DECREF(f);
            return out;
        }
    """)
    l = list(values)
    for call in (mod.copy, mod.fast):
        got = call(l)
        assert got == l and [type(x) for x in got] == [type(x) for x in l] and got is not l
    assert mod.backwards(l) == l[::-1]
    if type(l[0]) is object:
        assert all(a is b for a, b in zip(mod.copy(l), l))


def test_a_borrowed_item_outlives_its_replacement_for_the_call(make):
    mod = make(r"""
        @EXPORT(replace, METH_O)
        static PyObject *replace(PyObject *self, PyObject *l)
        {
            PyObject *x = PyList_GetItem(l, 0);
            Py_INCREF(x);
            if (PyList_SetItem(l, 0, PyLong_FromLong(1)) < 0) return NULL;
            if (PyList_GetItem(l, 0) == x) return NULL;
            return x;
        }
    """)
    x = object()
    l = [x]
    assert mod.replace(l) is x and l == [1]


@pytest.mark.keeps                         # a collection frees a level or two
def test_deep_nesting_from_c(make):
    """Deeper than the VM's stack: CPython hands over the pointer."""
    mod = make(r"""
        @EXPORT(nest, METH_VARARGS)
        static PyObject *nest(PyObject *self, PyObject *args)
        {
            int depth, i, tuples;
            if (!PyArg_ParseTuple(args, "ii", &depth, &tuples)) return NULL;
            PyObject *inner = PyUnicode_FromString("core");
            for (i = 0; i < depth; i++) {
                PyObject *outer = tuples && i % 2 ? PyTuple_New(1) : PyList_New(1);
                if (PyList_Check(outer)) PyList_SET_ITEM(outer, 0, inner); else PyTuple_SET_ITEM(outer, 0, inner);
                inner = outer;
            }
            return inner;
        }
    """)
    for tuples in False, True:
        x = mod.nest(5000, tuples)
        depth = 0
        while x != "core":
            assert type(x) is (tuple if tuples and depth % 2 == 0 else list)
            x, depth = x[0], depth + 1
        assert depth == 5000


def test_read_again_and_again(make):
    """What has not changed since C read it last is not handed over anew; what has changed is."""
    mod = make(r"""
        @EXPORT(items_of, METH_VARARGS)
        static PyObject *items_of(PyObject *self, PyObject *args)
        {
            PyObject *list; Py_ssize_t start = 0, step = 1;
            if (!PyArg_ParseTuple(args, "O|nn", &list, &start, &step)) return NULL;
            PyObject *out = PyTuple_New(PyList_GET_SIZE(list) > start ? (PyList_GET_SIZE(list) - start + step - 1) / step : 0);
            for (Py_ssize_t i = start; i < PyList_GET_SIZE(list); i += step)
                PyTuple_SET_ITEM(out, (i - start) / step, Py_NewRef(PyList_GET_ITEM(list, i)));
            return out;
        }
    """)
    a, b = ["a", "b", 3, 4.5, None, (1,), [2], object()], [1, 2, 3]

    def check():
        for x in (a, b, a, a):
            for start, step in ((0, 1), (0, 1), (2, 1), (0, 2), (0, 1)):
                got, want = mod.items_of(x, start, step), tuple(x[start::step])
                assert got == want and list(map(type, got)) == list(map(type, want))
                assert all(i is j for i, j in zip(got, want) if type(i) not in (str, float, int, tuple))

    check()
    for i, value in ((0, "A"), (0, "".join("A")), (2, True), (2, 1), (2, 1.0), (3, -0.0), (3, 0.0), (4, object()), (6, [2]), (7, None), (5, (1,))):
        a[i] = value
        check()
        assert str(mod.items_of(a)[3]) == str(a[3])
    for change in (lambda: a.pop(), lambda: a.append("more"), lambda: a.insert(0, "first"), lambda: a.reverse(), lambda: b.append("text"),
                   lambda: b.clear(), lambda: b.extend("text"), lambda: a.extend(range(200)), lambda: a.__setitem__(150, "x"), lambda: a.clear()):
        change()
        check()


def test_large_lists_of_tuples(make):
    """Reading them takes many calls, and so much memory goes back to malloc() that nothing may be written to it afterwards."""
    mod = make(r"""
        @EXPORT(rows, METH_O)
        static PyObject *rows(PyObject *self, PyObject *count)
        {
            long n = PyLong_AsLong(count);
            PyObject *list = PyList_New(n);
            for (long i = 0; list && i < n; i++)
                PyList_SET_ITEM(list, i, Py_BuildValue("iN", (int)i, Py_BuildValue("iii", 1, 2, (int)i)));
            return list;
        }
    """)
    for n in (10000, 20000, 10000, 30000):
        rows = mod.rows(n)
        assert len(rows) == n and rows[0] == (0, (1, 2, 0)) and rows[-1] == (n - 1, (1, 2, n - 1))
