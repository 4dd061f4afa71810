"""PyErr_...: setting, testing, converting errors."""

import errno
import gc
import signal
import sys
import warnings

import pytest

ON_PYPY = sys.implementation.name == "pypy"

RAISERS = r"""
    @EXPORT(set_string, METH_O)
    static PyObject *set_string(PyObject *self, PyObject *type) { PyErr_SetString(type, "said"); return NULL; }
    @EXPORT(set_none, METH_O)
    static PyObject *set_none(PyObject *self, PyObject *type) { PyErr_SetNone(type); return NULL; }
    @EXPORT(set_object, METH_VARARGS)
    static PyObject *set_object(PyObject *self, PyObject *args)
    {
        PyObject *type, *value;
        if (!PyArg_ParseTuple(args, "OO", &type, &value)) return NULL;
        PyErr_SetObject(type, value);
        return NULL;
    }
    @EXPORT(format, METH_NOARGS)
    static PyObject *format(PyObject *self, PyObject *unused)
    {
        return PyErr_Format(PyExc_KeyError, "%d of %s", 3, "four");
    }
"""


def test_set(make):
    mod = make(RAISERS)
    with pytest.raises(ValueError, match="^said$"):
        mod.set_string(ValueError)
    with pytest.raises(StopIteration) as caught:
        mod.set_none(StopIteration)
    assert caught.value.args == ()
    with pytest.raises(KeyError) as caught:
        mod.set_object(KeyError, (1, 2))
    assert caught.value.args == (1, 2)
    error = OSError(2, "gone")
    with pytest.raises(FileNotFoundError) as caught:
        mod.set_object(FileNotFoundError, error)
    assert caught.value is error
    with pytest.raises(KeyError, match="3 of four"):
        mod.format()


def test_not_an_exception_class(make):
    with pytest.raises(SystemError, match="is not a BaseException subclass"):
        make(RAISERS).set_string(int)


def test_context_is_what_python_handles(make):
    mod = make(RAISERS)
    with pytest.raises(ValueError) as caught:
        try:
            raise KeyError("first")
        except KeyError as first:
            remembered = first
            mod.set_string(ValueError)
    assert caught.value.__context__ is remembered


def test_fetch_restore_normalize(make):
    mod = make(r"""
        @EXPORT(through, METH_O)
        static PyObject *through(PyObject *self, PyObject *callable)
        {
            PyObject *r = PyObject_CallNoArgs(callable), *t, *v, *tb;
            if (r) return r;
            PyErr_Fetch(&t, &v, &tb);
            if (PyErr_Occurred()) Py_FatalError("still there");
            PyErr_NormalizeException(&t, &v, &tb);
            PyObject *seen = PyTuple_Pack(3, t, v, tb ? tb : Py_None);
            Py_XDECREF(t); Py_XDECREF(v); Py_XDECREF(tb);
            return seen;
        }
        @EXPORT(again, METH_O)
        static PyObject *again(PyObject *self, PyObject *callable)
        {
            PyObject *r = PyObject_CallNoArgs(callable), *t, *v, *tb;
            if (r) return r;
            PyErr_Fetch(&t, &v, &tb);
            PyErr_Restore(t, v, tb);
            return NULL;
        }
        @EXPORT(matches, METH_VARARGS)
        static PyObject *matches(PyObject *self, PyObject *args)
        {
            PyObject *callable, *what;
            if (!PyArg_ParseTuple(args, "OO", &callable, &what)) return NULL;
            PyObject *r = PyObject_CallNoArgs(callable);
            if (r) return r;
            if (!PyErr_ExceptionMatches(what)) return NULL;
            PyErr_Clear();
            Py_RETURN_TRUE;
        }
    """)

    def fails():
        raise LookupError("here")
    kind, value, traceback = mod.through(fails)
    assert kind is LookupError and value.args == ("here",)
    names = []
    while traceback:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    assert names == ["fails"]
    with pytest.raises(LookupError) as caught:
        mod.again(fails)
    assert caught.traceback[-1].name == "fails"
    assert mod.matches(fails, LookupError) is True
    assert mod.matches(fails, (KeyError, LookupError)) is True
    with pytest.raises(LookupError):
        mod.matches(fails, KeyError)


def test_errno(make):
    mod = make(r"""
        #include <errno.h>
        @EXPORT(plain, METH_O)
        static PyObject *plain(PyObject *self, PyObject *n)
        {
            errno = (int)PyLong_AsLong(n);
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        @EXPORT(name, METH_NOARGS)
        static PyObject *name(PyObject *self, PyObject *unused)
        {
            errno = ENOENT;
            return PyErr_SetFromErrnoWithFilename(PyExc_OSError, "/there");
        }
        @EXPORT(names, METH_VARARGS)
        static PyObject *names(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
            errno = ENOENT;
            return PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, a, b);
        }
    """)
    with pytest.raises(PermissionError) as caught:
        mod.plain(errno.EACCES)
    assert caught.value.errno == errno.EACCES and caught.value.filename is None
    with pytest.raises(FileNotFoundError) as caught:
        mod.name()
    assert caught.value.filename == "/there"
    with pytest.raises(FileNotFoundError) as caught:
        mod.names("a", "b")
    assert (caught.value.filename, caught.value.filename2) == ("a", "b")


def test_new_exception(make):
    mod = make(r"""
        @INIT
        {
            PyObject *dict = PyDict_New(), *base = PyErr_NewException("pack.age.Base", NULL, NULL);
            if (!dict || !base) return NULL;
            PyObject *one = PyLong_FromLong(1);
            PyDict_SetItemString(dict, "one", one);
            Py_DECREF(one);
            PyObject *derived = PyErr_NewExceptionWithDoc("pack.Derived", "What went wrong.", base, dict);
            if (!derived) return NULL;
            PyObject *bases = PyTuple_Pack(2, base, PyExc_KeyError);
            PyObject *two = PyErr_NewException("pack.Two", bases, NULL);
            if (!two) return NULL;
            PyModule_AddObject(m, "Base", base);
            PyModule_AddObject(m, "Derived", derived);
            PyModule_AddObject(m, "Two", two);
            Py_DECREF(bases);
            Py_DECREF(dict);
        }
        @EXPORT(bad, METH_NOARGS)
        static PyObject *bad(PyObject *self, PyObject *unused) { return PyErr_NewException("nodot", NULL, NULL); }
        @EXPORT(name, METH_O)
        static PyObject *name(PyObject *self, PyObject *type) { return PyUnicode_FromString(PyExceptionClass_Name(type)); }
    """)
    assert mod.Base.__bases__ == (Exception,)
    assert (mod.Base.__name__, mod.Base.__module__) == ("Base", "pack.age")
    assert mod.Derived.__bases__ == (mod.Base,) and mod.Derived.one == 1
    assert mod.Derived.__doc__ == "What went wrong."
    assert mod.Two.__mro__[1:3] == (mod.Base, KeyError)
    with pytest.raises(SystemError, match="name must be module.class"):
        mod.bad()
    assert mod.name(ValueError) == "ValueError"


def test_warnings(make):
    mod = make(r"""
        @EXPORT(warn, METH_VARARGS)
        static PyObject *warn(PyObject *self, PyObject *args)
        {
            PyObject *category; int level;
            if (!PyArg_ParseTuple(args, "Oi", &category, &level)) return NULL;
            if (PyErr_WarnEx(category, "careful", level) < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(format, METH_NOARGS)
        static PyObject *format(PyObject *self, PyObject *unused)
        {
            if (PyErr_WarnFormat(PyExc_FutureWarning, 1, "%d and %s", 1, "two") < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(explicit, METH_NOARGS)
        static PyObject *explicit(PyObject *self, PyObject *unused)
        {
            if (PyErr_WarnExplicit(PyExc_UserWarning, "text", "a_file.py", 12, "a_module", NULL) < 0) return NULL;
            Py_RETURN_NONE;
        }
    """)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        mod.warn(DeprecationWarning, 1)
        mod.format()
        mod.explicit()

        def inner():
            mod.warn(UserWarning, 2)
        inner()
    assert [w.category for w in seen] == [DeprecationWarning, FutureWarning, UserWarning, UserWarning]
    assert seen[0].filename == __file__ and seen[3].filename == __file__
    assert seen[3].lineno > seen[0].lineno + 3
    assert str(seen[1].message) == "1 and two"
    assert (seen[2].filename, seen[2].lineno) == ("a_file.py", 12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="careful"):
            mod.warn(UserWarning, 1)


PRINTERS = r"""
    @EXPORT(print_error, METH_O)
    static PyObject *print_error(PyObject *self, PyObject *type)
    {
        PyErr_SetString(type, "shown");
        PyErr_Print();
        if (PyErr_Occurred()) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(unraisable, METH_O)
    static PyObject *unraisable(PyObject *self, PyObject *type)
    {
        PyErr_SetString(type, "ignored");
        PyErr_WriteUnraisable(self);
        if (PyErr_Occurred()) return NULL;
        Py_RETURN_NONE;
    }
"""


def test_print(make, capsys):
    mod = make(PRINTERS)
    mod.print_error(ValueError)
    assert "ValueError: shown" in capsys.readouterr().err
    assert isinstance(sys.last_value, ValueError)


def test_write_unraisable(make, monkeypatch):
    mod = make(PRINTERS)
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append, raising=False)
    mod.unraisable(ValueError)
    assert seen[0].exc_type is ValueError and str(seen[0].exc_value) == "ignored"
    assert seen[0].object is mod


def test_write_unraisable_without_hook(make, monkeypatch, capsys):
    mod = make(PRINTERS)
    monkeypatch.setattr(sys, "unraisablehook", getattr(sys, "__unraisablehook__", None), raising=False)
    mod.unraisable(ValueError)
    text = capsys.readouterr().err
    assert text.startswith("Exception ignored in: <module ") and "ValueError: ignored" in text


def test_import_error(make):
    mod = make(r"""
        @EXPORT(fail, METH_VARARGS)
        static PyObject *fail(PyObject *self, PyObject *args)
        {
            PyObject *type, *msg, *name, *path;
            if (!PyArg_ParseTuple(args, "OOOO", &type, &msg, &name, &path)) return NULL;
            return PyErr_SetImportErrorSubclass(type, msg, name, path);
        }
    """)
    with pytest.raises(ModuleNotFoundError, match="no such") as caught:
        mod.fail(ModuleNotFoundError, "no such", "it", "/path")
    assert (caught.value.name, caught.value.path) == ("it", "/path")
    with pytest.raises(TypeError, match="expected a subclass of ImportError"):
        mod.fail(ValueError, "x", "y", "z")


HANDLED = r"""
    @EXPORT(handled, METH_NOARGS)
    static PyObject *handled(PyObject *self, PyObject *unused)
    {
        PyObject *t, *v, *tb;
        PyErr_GetExcInfo(&t, &v, &tb);
        PyObject *r = PyTuple_Pack(3, t ? t : Py_None, v ? v : Py_None, tb ? tb : Py_None);
        Py_XDECREF(t); Py_XDECREF(v); Py_XDECREF(tb);
        return r;
    }
    @EXPORT(handle, METH_VARARGS)
    static PyObject *handle(PyObject *self, PyObject *args)
    {
        PyObject *error, *callable;
        if (!PyArg_ParseTuple(args, "OO", &error, &callable)) return NULL;
        PyObject *old = PyErr_GetHandledException();
        PyErr_SetHandledException(error);
        PyObject *r = PyObject_CallNoArgs(callable);
        PyErr_SetHandledException(old);
        Py_XDECREF(old);
        return r;
    }
"""


def test_exc_info_of_the_vm(make):
    mod = make(HANDLED)
    assert mod.handled() == (None, None, None)
    try:
        raise KeyError(1)
    except KeyError as error:
        kind, value, traceback = mod.handled()
        assert kind is KeyError and value is error and traceback is error.__traceback__
    assert mod.handled() == (None, None, None)


def test_what_c_handles_is_seen(make):
    mod = make(HANDLED)
    error = ValueError("in hand")

    def look():
        return sys.exc_info()[1]
    assert mod.handle(error, look) is error
    assert sys.exc_info()[1] is None

    def fail():
        raise LookupError
    with pytest.raises(LookupError) as caught:
        mod.handle(error, fail)
    assert caught.value.__context__ is error
    try:
        raise KeyError(3)
    except KeyError as outer:
        assert mod.handle(error, look) is error
        assert sys.exc_info()[1] is outer


def test_signals(make):
    mod = make(r"""
        @EXPORT(interrupted, METH_NOARGS)
        static PyObject *interrupted(PyObject *self, PyObject *unused)
        {
            PyErr_SetInterrupt();
            for (int i = 0; i < 1000; i++)
                if (PyErr_CheckSignals() < 0) return NULL;
            Py_RETURN_NONE;
        }
    """)
    with pytest.raises(KeyboardInterrupt):
        mod.interrupted()
    seen = []
    old = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        mod.interrupted()
    finally:
        signal.signal(signal.SIGINT, old)
    assert seen == [signal.SIGINT]


def test_chain(make):
    mod = make(r"""
        extern void _PyErr_ChainExceptions(PyObject *, PyObject *, PyObject *);
        @EXPORT(chain, METH_NOARGS)
        static PyObject *chain(PyObject *self, PyObject *unused)
        {
            PyObject *t, *v, *tb;
            PyErr_SetString(PyExc_ValueError, "one");
            PyErr_Fetch(&t, &v, &tb);
            PyErr_SetString(PyExc_KeyError, "two");
            _PyErr_ChainExceptions(t, v, tb);
            return NULL;
        }
    """)
    with pytest.raises(KeyError) as caught:
        mod.chain()
    assert isinstance(caught.value.__context__, ValueError)


def test_messages(make):
    mod = make(r"""
        @EXPORT(not_utf8, METH_NOARGS)
        static PyObject *not_utf8(PyObject *self, PyObject *_) { PyErr_SetString(PyExc_ValueError, "\xff"); return NULL; }
        @EXPORT(no_errno, METH_NOARGS)
        static PyObject *no_errno(PyObject *self, PyObject *_) { errno = 0; return PyErr_SetFromErrno(PyExc_OSError); }
        @EXPORT(syntax, METH_NOARGS)
        static PyObject *syntax(PyObject *self, PyObject *_)
        {
            PyErr_SetString(PyExc_SyntaxError, "text");
            PyErr_RangedSyntaxLocationObject(Py_None, 3, 5, 4, 6);
            return NULL;
        }
        @EXPORT(syntax_line, METH_NOARGS)
        static PyObject *syntax_line(PyObject *self, PyObject *_)
        {
            PyErr_SetString(PyExc_SyntaxError, "text");
            PyErr_SyntaxLocationEx("no such file", 3, 5);
            return NULL;
        }
        @EXPORT(ignored, METH_NOARGS)
        static PyObject *ignored(PyObject *self, PyObject *_) { PyErr_SetString(PyExc_KeyError, "k"); Py_RETURN_NONE; }
        @EXPORT(set, METH_O)
        static PyObject *set(PyObject *self, PyObject *type) { PyErr_SetNone(type); return NULL; }
        @EXPORT(bytes, METH_O)
        static PyObject *bytes(PyObject *self, PyObject *o) { return PyObject_Bytes(o); }
        @EXPORT(number, METH_O)
        static PyObject *number(PyObject *self, PyObject *o) { return PyNumber_Float(o); }
        @EXPORT(join, METH_O)
        static PyObject *join(PyObject *self, PyObject *o) { return PyUnicode_Join(o, o); }
    """)
    with pytest.raises(UnicodeDecodeError):
        mod.not_utf8()
    with pytest.raises(OSError) as caught:
        mod.no_errno()
    assert caught.value.args == (0, "Error")
    with pytest.raises(SyntaxError) as caught:
        mod.syntax()
    assert (caught.value.lineno, caught.value.offset, caught.value.end_lineno, caught.value.end_offset) == (3, 5, 4, 6)
    with pytest.raises(SyntaxError) as caught:
        mod.syntax_line()
    assert (caught.value.lineno, caught.value.offset, caught.value.end_lineno, caught.value.end_offset) == (3, 5, 3, None)
    with pytest.raises(SystemError, match="ignored.* returned a result with an exception set") as caught:
        mod.ignored()
    assert type(caught.value.__cause__) is KeyError and caught.value.__context__ is caught.value.__cause__

    class NoError(Exception):
        def __new__(cls, *args):
            return 5
    with pytest.raises(TypeError, match="should have returned an instance of BaseException, not int"):
        mod.set(NoError)

    class Index:
        def __index__(self):
            return 3
    with pytest.raises(TypeError, match="cannot convert 'Index' object to bytes"):
        mod.bytes(Index())
    assert mod.bytes([1, 2]) == mod.bytes(bytearray((1, 2))) == b"\1\2"
    with pytest.raises(ValueError, match=r"could not convert string to float: '\\udc80'"):
        mod.number("\udc80")
    with pytest.raises(TypeError, match="can only join an iterable"):
        mod.join(5)


def test_exceptions_of_c_types(make):
    """Types as Cython makes them: with the struct of exceptions, and a tp_dealloc that calls that of the base."""
    mod = make(r"""
        static long ended[2];
        static PyTypeObject First, Second;
        static void first_dealloc(PyObject *self)
        {
            PyObject_GC_UnTrack(self);
            ended[0]++;
            PyObject_GC_Track(self);
            ((PyTypeObject *)PyExc_Exception)->tp_dealloc(self);
        }
        static void second_dealloc(PyObject *self)
        {
            PyObject_GC_UnTrack(self);
            ended[1]++;
            PyObject_GC_Track(self);
            First.tp_dealloc(self);
        }
        static int traverse(PyObject *self, visitproc visit, void *arg) { return ((PyTypeObject *)PyExc_Exception)->tp_traverse(self, visit, arg); }
        static int clear(PyObject *self) { return ((PyTypeObject *)PyExc_Exception)->tp_clear(self); }
        #define FLAGS Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC
        static PyTypeObject First = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "errors.First", .tp_basicsize = sizeof(PyBaseExceptionObject),
            .tp_dealloc = first_dealloc, .tp_traverse = traverse, .tp_clear = clear, .tp_flags = FLAGS};
        static PyTypeObject Second = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "errors.Second", .tp_basicsize = sizeof(PyBaseExceptionObject),
            .tp_dealloc = second_dealloc, .tp_traverse = traverse, .tp_clear = clear, .tp_flags = FLAGS, .tp_base = &First};
        @INIT
        {
            First.tp_base = (PyTypeObject *)PyExc_Exception;
            if (PyType_Ready(&First) < 0 || PyType_Ready(&Second) < 0) return NULL;
            PyModule_AddObjectRef(m, "First", (PyObject *)&First);
            PyModule_AddObjectRef(m, "Second", (PyObject *)&Second);
        }
        @EXPORT(raised, METH_O)
        static PyObject *raised(PyObject *self, PyObject *type) { PyErr_SetString(type, "from C"); return NULL; }
        @EXPORT(name_of, METH_O)
        static PyObject *name_of(PyObject *self, PyObject *o) { return PyUnicode_FromString(Py_TYPE(o)->tp_name); }
        @EXPORT(ends, METH_NOARGS)
        static PyObject *ends(PyObject *self, PyObject *unused) { return Py_BuildValue("(ll)", ended[0], ended[1]); }
    """)

    class Syntax(mod.Second, SyntaxError):
        pass
    before = mod.ends()
    for kind in (mod.First, mod.Second, Syntax):
        for _ in range(20):
            with pytest.raises(kind, match="from C") as caught:
                mod.raised(kind)
            assert mod.name_of(caught.value).endswith(kind.__name__)
            del caught
    gc.collect()
    first, second = (after - start for after, start in zip(mod.ends(), before))
    assert first >= 40 and second >= 20 and first - second == 20
