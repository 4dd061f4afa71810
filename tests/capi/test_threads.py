"""The lock with real threads: Python threads in C, C threads in Python, waiting outside."""

import gc
import threading
import time

import pytest

CALLS = r"""
    @EXPORT(apply, METH_VARARGS)
    static PyObject *apply(PyObject *self, PyObject *args)
    {
        PyObject *callable, *x;
        if (!PyArg_ParseTuple(args, "OO", &callable, &x)) return NULL;
        return PyObject_CallOneArg(callable, x);
    }
    static long counter;
    @EXPORT(count, METH_O)
    static PyObject *count(PyObject *self, PyObject *n)
    {
        long seen = counter;
        for (volatile int i = 0; i < 50; i++) ;
        counter = seen + 1;                  /* loses counts unless the lock holds */
        return PyLong_FromLong(counter);
    }
    @EXPORT(counted, METH_NOARGS)
    static PyObject *counted(PyObject *self, PyObject *unused) { return PyLong_FromLong(counter); }
    @EXPORT(churn, METH_O)
    static PyObject *churn(PyObject *self, PyObject *x)
    {
        PyObject *list = PyList_New(0);
        for (int i = 0; list && i < 50; i++) {
            PyObject *item = Py_BuildValue("(Oid)", x, i, 0.5);
            if (!item || PyList_Append(list, item) < 0) { Py_CLEAR(list); }
            Py_XDECREF(item);
        }
        return list;
    }
"""


def run(*functions, seconds=60):
    errors = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=guarded, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join(seconds)
        assert not t.is_alive()
    if errors:
        raise errors[0]


def test_threads_call_c_that_calls_back(make):
    mod = make(CALLS)

    def work():
        for i in range(2000):
            assert mod.apply(lambda x: x + 1, i) == i + 1
            assert mod.apply(str, i) == str(i)
    run(work, work, work)


def test_lock_excludes(make):
    mod = make(CALLS)
    before = mod.counted()

    def work():
        for i in range(20000):
            mod.count(i)
    run(work, work, work, work)
    assert mod.counted() - before == 80000


def test_objects_of_many_threads(make):
    mod = make(CALLS)

    class Thing:
        pass

    def work():
        for i in range(150):
            thing = Thing()
            items = mod.churn(thing)
            assert items[49] == (thing, 49, 0.5)
    run(work, work, work)


INSTANCES = r"""
    typedef struct { PyObject_HEAD long number; } ThingObject;
    static long freed;
    static void dealloc(PyObject *self) { freed++; Py_TYPE(self)->tp_free(self); }
    static PyTypeObject Thing = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "Thing", .tp_basicsize = sizeof(ThingObject), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT, .tp_dealloc = dealloc};
    @EXPORT_TYPE("Thing", Thing)
    @EXPORT(address, METH_O)
    static PyObject *address(PyObject *self, PyObject *x) { return PyLong_FromVoidPtr(x); }
    @EXPORT(dealloced, METH_NOARGS)
    static PyObject *dealloced(PyObject *self, PyObject *unused) { return PyLong_FromLong(freed); }
"""


def test_one_struct_for_all_threads(make):
    """Whichever thread lets a new instance cross first: C sees one address."""
    mod = make(INSTANCES)
    for _ in range(5):
        things = [mod.Thing() for _ in range(3000)]
        barrier, seen = threading.Barrier(4), []

        def work():
            barrier.wait()
            seen.append([mod.address(x) for x in things])
        run(work, work, work, work)
        assert all(addresses == seen[0] for addresses in seen)
        assert len(set(seen[0])) == 3000
    del things
    gc.collect()
    assert mod.dealloced() >= 15000


def test_instances_of_many_threads(make):
    """Threads that make instances do not wait for each other's C code: eight take little longer than one."""
    mod = make(INSTANCES)

    def work(count):
        for _ in range(count):
            mod.address(mod.Thing())

    def seconds(threads):
        start = time.perf_counter()
        run(*[lambda: work(80000 // threads)] * threads)
        return time.perf_counter() - start
    seconds(8)
    assert min(seconds(8) for _ in range(3)) < 6 * min(seconds(1) for _ in range(3))


def test_exceptions_stay_in_their_thread(make):
    mod = make(CALLS)

    def work(kind):
        def fail(x):
            raise kind(x)

        def loop():
            for i in range(500):
                with pytest.raises(kind) as caught:
                    mod.apply(fail, i)
                assert caught.value.args == (i,)
        return loop
    run(work(ValueError), work(KeyError), work(LookupError))


def test_allow_threads(make):
    mod = make(r"""
        #include <unistd.h>
        @EXPORT(wait, METH_NOARGS)
        static PyObject *wait(PyObject *self, PyObject *unused)
        {
            Py_BEGIN_ALLOW_THREADS
            usleep(300000);
            Py_END_ALLOW_THREADS
            Py_RETURN_NONE;
        }
        @EXPORT(nothing, METH_NOARGS)
        static PyObject *nothing(PyObject *self, PyObject *unused) { Py_RETURN_NONE; }
    """)
    times = []

    def others():
        start = time.time()
        while not times or time.time() - start < 0.1:
            mod.nothing()
            times.append(time.time() - start)
    start = time.time()
    run(mod.wait, mod.wait, mod.wait, others)
    assert time.time() - start < 0.8
    assert max(b - a for a, b in zip(times, times[1:])) < 0.25


C_THREADS = r"""
    #include <pthread.h>
    static PyObject *the_callable;
    static int times;
    static int failures;

    static void *body(void *argument)
    {
        for (int i = 0; i < times; i++) {
            PyGILState_STATE state = PyGILState_Ensure();
            if (!PyGILState_Check()) failures++;
            PyGILState_STATE inner = PyGILState_Ensure();
            PyObject *n = PyLong_FromLong(i);
            PyObject *r = n ? PyObject_CallOneArg(the_callable, n) : NULL;
            if (!r) { failures++; PyErr_Clear(); }
            Py_XDECREF(n);
            Py_XDECREF(r);
            PyGILState_Release(inner);
            if (!PyGILState_Check()) failures++;
            if (!PyThreadState_GetDict()) failures++;
            PyGILState_Release(state);
            if (PyGILState_Check()) failures++;
        }
        return NULL;
    }

    @EXPORT(threads, METH_VARARGS)
    static PyObject *threads(PyObject *self, PyObject *args)
    {
        int n;
        pthread_t all[16];
        if (!PyArg_ParseTuple(args, "Oii", &the_callable, &n, &times)) return NULL;
        failures = 0;
        Py_BEGIN_ALLOW_THREADS
        for (int i = 0; i < n; i++) pthread_create(&all[i], NULL, body, NULL);
        for (int i = 0; i < n; i++) pthread_join(all[i], NULL);
        Py_END_ALLOW_THREADS
        return PyLong_FromLong(failures);
    }
"""


def test_c_threads_call_python(make):
    mod = make(C_THREADS)
    seen = []
    assert mod.threads(seen.append, 4, 200) == 0
    assert sorted(seen) == sorted(list(range(200)) * 4)


def test_c_threads_that_fail(make):
    mod = make(C_THREADS)

    def fail(n):
        raise ValueError(n)
    assert mod.threads(fail, 3, 20) == 60


def test_many_short_c_threads(make):
    mod = make(C_THREADS)
    seen = []
    for _ in range(40):
        assert mod.threads(seen.append, 4, 1) == 0
    assert len(seen) == 160


def test_python_threads_end(make):
    mod = make(CALLS)
    for i in range(50):
        run(lambda: mod.churn(i))
    assert len(mod.churn(1)) == 50


def test_pending_call(make):
    mod = make(r"""
        static int done;
        static int call(void *argument) { done += *(int *)argument; return 0; }
        @EXPORT(add, METH_NOARGS)
        static PyObject *add(PyObject *self, PyObject *unused)
        {
            static int three = 3;
            int before = done;
            if (Py_AddPendingCall(call, &three) < 0 || done != before) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(value, METH_NOARGS)
        static PyObject *value(PyObject *self, PyObject *unused) { return PyLong_FromLong(done); }
    """)
    before = mod.value()
    mod.add()
    for _ in range(1000):
        if mod.value() != before:
            break
    assert mod.value() == before + 3


def test_fork(make):
    import os
    mod = make(CALLS)
    stop = []

    def work():
        while not stop:
            mod.churn(1)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if not child:
                os._exit(len(mod.churn(2)))
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 50
    finally:
        stop.append(1)
        thread.join()
