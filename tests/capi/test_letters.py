"""Small tuples as arguments and results, and results that wait to be converted."""

import gc
import signal
import subprocess
import sys
import threading
import weakref

import pytest

from tests.capi.extension import ON_PYPY

CODE = r"""
static PyObject *kept;

@EXPORT(same, METH_O)
static PyObject *same(PyObject *self, PyObject *arg) { return Py_NewRef(arg); }

@EXPORT(keep, METH_O)
static PyObject *keep(PyObject *self, PyObject *arg) { Py_XSETREF(kept, Py_NewRef(arg)); Py_RETURN_NONE; }

@EXPORT(take, METH_NOARGS)
static PyObject *take(PyObject *self, PyObject *none)
{
    PyObject *r = kept;
    kept = NULL;
    return r ? r : Py_NewRef(Py_None);
}

@EXPORT(is_kept, METH_O)
static PyObject *is_kept(PyObject *self, PyObject *arg) { return PyBool_FromLong(arg == kept); }

@EXPORT(both, METH_VARARGS)
static PyObject *both(PyObject *self, PyObject *args)
{
    PyObject *a = PyTuple_GET_ITEM(args, 0), *b = PyTuple_GET_ITEM(args, 1);
    return Py_BuildValue("OOi", a, b, a == b);
}

@EXPORT(call, METH_VARARGS)
static PyObject *call(PyObject *self, PyObject *args)
{
    PyObject *f, *x, *r;
    if (!PyArg_ParseTuple(args, "OO", &f, &x))
        return NULL;
    r = PyObject_CallOneArg(f, x);
    if (!r)
        return NULL;
    return Py_BuildValue("NO", r, x);
}

@EXPORT(items, METH_O)
static PyObject *items(PyObject *self, PyObject *arg)
{
    Py_ssize_t n = PyTuple_Size(arg);
    if (n < 0)
        return NULL;
    PyObject *list = PyList_New(n);
    for (Py_ssize_t i = 0; i < n; i++)
        PyList_SET_ITEM(list, i, Py_NewRef(PyTuple_GET_ITEM(arg, i)));
    return list;
}

@EXPORT(pair, METH_O)
static PyObject *pair(PyObject *self, PyObject *arg)
{
    long n = PyLong_AsLong(arg);
    return n & 1 ? Py_BuildValue("(lO)", n, Py_None) : Py_BuildValue("lli", n, -n, 7);
}

@EXPORT(text, METH_O)
static PyObject *text(PyObject *self, PyObject *arg)
{
    char letters[200];
    long n = PyLong_AsLong(arg);
    memset(letters, 'a' + n % 26, sizeof letters);
    return PyUnicode_DecodeUTF8(letters, 20 + n % 100, NULL);
}

@EXPORT(number, METH_O)
static PyObject *number(PyObject *self, PyObject *arg) { return PyFloat_FromDouble(PyLong_AsLong(arg) + 0.5); }
"""


class Thing:
    pass


@pytest.fixture
def mod(make):
    return make(CODE)


def fresh(n):
    return tuple([Thing() if i % 2 else i for i in range(n)])


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_identity(mod, n):
    for _ in range(2000):
        t = fresh(n)
        assert mod.same(t) is t
        mod.keep(t)
        assert mod.is_kept(t) and mod.take() is t and mod.items(t) == list(t)


def test_kept_while_others_cross(mod):
    for i in range(200):
        t = (i, Thing())
        mod.keep(t)
        for k in range(i):
            mod.same((k, k))
        assert mod.is_kept(t)
        assert mod.take() is t


def test_one_tuple_twice_in_a_call(mod):
    for i in range(500):
        t = (i, "x")
        a, b, one = mod.both(t, t)
        assert a is t and b is t and one == 1
        a, b, one = mod.both((i,), (i + 1,))
        assert (a, b, one) == ((i,), (i + 1,), 0)


def test_calls_inside_calls(mod):
    def deeper(t):
        n, thing = t
        if n:
            inner = (n - 1, thing)
            result, back = mod.call(deeper, inner)
            assert back is inner and result[0] == n - 1
        return t

    for depth in (1, 7, 8, 9, 60, 150):
        outer = (depth, Thing())
        assert mod.call(deeper, outer) == (outer, outer)


def test_items_of_every_kind(mod):
    for i in range(1000):
        values = [i, 1 << 70, 1.5, "text", b"bytes", None, True, [i], {"a": i}, Thing(), (1, (2, i)), mod.same, int]
        for a in values:
            t = (a,)
            assert mod.items(t)[0] is a or mod.items(t)[0] == a
            assert mod.same((a, a, i)) == (a, a, i)


def test_nothing_is_kept_after_the_call(mod):
    t = (Thing(), 1)
    known = weakref.ref(t[0])
    mod.same(t)
    mod.items(t)
    del t
    gc.collect()
    assert known() is None


def test_boxes(mod):
    for n in range(3000):
        assert mod.pair(n) == ((n, None) if n & 1 else (n, -n, 7))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the platform has no such timer")
@pytest.mark.parametrize("calls, times", [(3, 2000), (100, 300)])
def test_an_interrupt_before_a_result_is_converted(mod, calls, times):
    if "__pypy__" in sys.builtin_module_names:
        import pypyjit
        pypyjit.set_param("off")               # compiled code is interrupted in fewer places
    count, over = [0], []

    def interrupt(number, frame):
        count[0] += 1
        for k in range(calls):
            mod.text(count[0] + k), mod.number(k), mod.pair(k)
        if not over:
            signal.setitimer(signal.ITIMER_REAL, 0.0002)

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.0002)
    try:
        while count[0] < times:
            for n in range(100):
                assert mod.text(n) == chr(97 + n % 26) * (20 + n % 100)
                assert mod.number(n) == n + 0.5
                assert mod.pair(n) == ((n, None) if n & 1 else (n, -n, 7))
    finally:
        over.append(True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if "__pypy__" in sys.builtin_module_names:
            pypyjit.set_param("default")


def test_while_threads_run(mod):
    thread = threading.Thread(target=mod.same, args=(1,))      # from now on, the layer's lock is that of several threads
    thread.start()
    thread.join()
    for n in range(5):
        test_identity(mod, n)
    for test in (test_kept_while_others_cross, test_one_tuple_twice_in_a_call, test_calls_inside_calls, test_items_of_every_kind,
                 test_nothing_is_kept_after_the_call, test_boxes):
        test(mod)


@pytest.mark.skipif(not ON_PYPY, reason="it is about the layer's two ways, with one thread and with several")
def test_before_threads_ran():
    """In a process of its own: tests that came before may have used threads."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", "not threads"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
