"""PySys_..., PyOS_..., PyFile_..., PyMarshal_...: the process and its files."""

import io
import marshal
import subprocess
import sys

import pytest

from tests.capi import extension


def test_sys_attributes(make):
    mod = make(r"""
        @EXPORT(get, METH_VARARGS)
        static PyObject *get(PyObject *self, PyObject *args)
        {
            const char *name;
            if (!PyArg_ParseTuple(args, "s", &name)) return NULL;
            PyObject *value = PySys_GetObject(name);
            if (PyErr_Occurred()) return NULL;
            return Py_NewRef(value ? value : Py_Ellipsis);
        }
        @EXPORT(set, METH_VARARGS)
        static PyObject *set(PyObject *self, PyObject *args)
        {
            const char *name; PyObject *value;
            if (!PyArg_ParseTuple(args, "sO", &name, &value)) return NULL;
            if (PySys_SetObject(name, value == Py_Ellipsis ? NULL : value) < 0) return NULL;
            Py_RETURN_NONE;
        }
    """)
    assert mod.get("path") is sys.path
    assert mod.get("maxsize") == sys.maxsize
    assert mod.get("not there") is ...
    mod.set("set_from_c", [1])
    assert sys.set_from_c == [1]
    mod.set("set_from_c", ...)
    assert not hasattr(sys, "set_from_c")


def test_write(make, capsys):
    mod = make(r"""
        @EXPORT(write, METH_O)
        static PyObject *write_(PyObject *self, PyObject *o)
        {
            PySys_WriteStdout("%d %s\n", 3, "four");
            PySys_FormatStderr("%R\n", o);
            Py_RETURN_NONE;
        }
    """)
    mod.write(["x"])
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("3 four\n", "['x']\n")


def test_audit(make):
    mod = make(r"""
        static int seen;
        static int hook(const char *event, PyObject *args, void *data)
        {
            if (strcmp(event, "mooring.test") == 0) seen += (int)PyTuple_GET_SIZE(args) + *(int *)data;
            return 0;
        }
        @EXPORT(hear, METH_NOARGS)
        static PyObject *hear(PyObject *self, PyObject *unused)
        {
            static int ten = 10;
            if (PySys_AddAuditHook(hook, &ten) < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(tell, METH_NOARGS)
        static PyObject *tell(PyObject *self, PyObject *unused)
        {
            if (PySys_Audit("mooring.test", "is", 1, "two") < 0) return NULL;
            return PyLong_FromLong(seen);
        }
    """)
    code = (f"from tests.capi import extension\nmod = extension.load({mod.__name__!r}, {mod.__file__!r})\n"
            "print(mod.tell())\nmod.hear()\nprint(mod.tell())\n"
            "for i in range(300): mod.tell(), id([i]), compile('1', 'x', 'eval')\nprint(mod.tell())")
    done = subprocess.run([sys.executable, "-c", code], cwd=extension.ROOT, capture_output=True, text=True)    # a hook stays for good
    assert (done.stdout.split(), done.stderr) == (["0", "12", str(12 * 302)], "")


def test_fspath(make):
    import pathlib
    mod = make(r"""
        @EXPORT(fspath, METH_O)
        static PyObject *fspath(PyObject *self, PyObject *path) { return PyOS_FSPath(path); }
    """)
    assert mod.fspath("a") == "a" and mod.fspath(b"b") == b"b"
    assert mod.fspath(pathlib.Path("/c")) == "/c"
    with pytest.raises(TypeError, match="expected str, bytes or os.PathLike object, not int"):
        mod.fspath(3)


def test_files(make, tmp_path):
    mod = make(r"""
        @EXPORT(write, METH_VARARGS)
        static PyObject *write_(PyObject *self, PyObject *args)
        {
            PyObject *file, *o;
            if (!PyArg_ParseTuple(args, "OO", &file, &o)) return NULL;
            if (PyFile_WriteObject(o, file, 0) < 0 || PyFile_WriteString(" | ", file) < 0
                || PyFile_WriteObject(o, file, Py_PRINT_RAW) < 0)
                return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(line, METH_VARARGS)
        static PyObject *line(PyObject *self, PyObject *args)
        {
            PyObject *file; int n;
            if (!PyArg_ParseTuple(args, "Oi", &file, &n)) return NULL;
            return PyFile_GetLine(file, n);
        }
        @EXPORT(from_fd, METH_VARARGS)
        static PyObject *from_fd(PyObject *self, PyObject *args)
        {
            int fd;
            if (!PyArg_ParseTuple(args, "i", &fd)) return NULL;
            return PyFile_FromFd(fd, "name", "w", -1, "utf-8", NULL, NULL, 0);
        }
    """)
    out = io.StringIO()
    mod.write(out, "x")
    assert out.getvalue() == "'x' | x"
    lines = io.StringIO("one\ntwo\nthree")
    assert mod.line(lines, 0) == "one\n"
    assert mod.line(lines, -1) == "two"
    assert mod.line(lines, 2) == "th"
    assert mod.line(lines, -1) == "ree"
    with pytest.raises(EOFError):
        mod.line(lines, -1)
    with open(tmp_path / "file", "wb") as raw:
        with mod.from_fd(raw.fileno()) as file:
            file.write("ä")
    assert (tmp_path / "file").read_bytes() == "ä".encode()


def test_marshal(make, tmp_path):
    mod = make(r"""
        #include "marshal.h"
        @EXPORT(dumps, METH_O)
        static PyObject *dumps(PyObject *self, PyObject *o) { return PyMarshal_WriteObjectToString(o, Py_MARSHAL_VERSION); }
        @EXPORT(loads, METH_O)
        static PyObject *loads(PyObject *self, PyObject *data)
        {
            return PyMarshal_ReadObjectFromString(PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data));
        }
        @EXPORT(file, METH_VARARGS)
        static PyObject *file(PyObject *self, PyObject *args)
        {
            const char *path; PyObject *a;
            if (!PyArg_ParseTuple(args, "sO", &path, &a)) return NULL;
            FILE *f = fopen(path, "w+b");
            PyMarshal_WriteLongToFile(-5, f, Py_MARSHAL_VERSION);
            PyMarshal_WriteObjectToFile(a, f, Py_MARSHAL_VERSION);
            PyMarshal_WriteLongToFile(77, f, Py_MARSHAL_VERSION);
            rewind(f);
            long first = PyMarshal_ReadLongFromFile(f);
            PyObject *o = PyMarshal_ReadObjectFromFile(f);
            long last = o ? PyMarshal_ReadLongFromFile(f) : 0;
            fclose(f);
            return o ? Py_BuildValue("(lNl)", first, o, last) : NULL;
        }
    """)
    value = {"a": [1, 2.5, (None, b"x")]}
    assert marshal.loads(mod.dumps(value)) == value
    assert mod.loads(marshal.dumps(value)) == value
    with pytest.raises((EOFError, ValueError)):
        mod.loads(b"")
    assert mod.file(str(tmp_path / "m"), value) == (-5, value, 77)


def test_locale(make):
    mod = make(r"""
        @EXPORT(round, METH_O)
        static PyObject *round_(PyObject *self, PyObject *data)
        {
            size_t n, bad;
            wchar_t *wide = Py_DecodeLocale(PyBytes_AS_STRING(data), &n);
            char *back = wide ? Py_EncodeLocale(wide, &bad) : NULL;
            PyObject *r = Py_BuildValue("(u#y)", wide, (Py_ssize_t)n, back);
            PyMem_RawFree(wide);
            PyMem_Free(back);
            return r;
        }
    """)
    for data in (b"plain", "äöü€𝄞".encode(), b"bad \xff\xc3"):
        assert mod.round(data) == (data.decode("utf-8", "surrogateescape"), data)


def test_prefix(make):
    mod = make(r"""
        @EXPORT(prefix, METH_NOARGS)
        static PyObject *prefix(PyObject *self, PyObject *unused)
        {
            return Py_BuildValue("(uui)", Py_GetPrefix(), Py_GetProgramFullPath(), Py_IsInitialized());
        }
    """)
    assert mod.prefix()[1:] == (sys.executable, 1)


def test_getsizeof(make):
    mod = make(r"""
        typedef struct { PyObject_VAR_HEAD double items[1]; } Row;
        static PyObject *row_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
        {
            long n;
            return PyArg_ParseTuple(args, "l", &n) ? type->tp_alloc(type, n) : NULL;
        }
        static PyObject *big_size(PyObject *self, PyObject *unused) { return PyLong_FromLong(Py_SIZE(self) > 5 ? -1 : 1000); }
        static PyMethodDef big_methods[] = {{"__sizeof__", big_size, METH_NOARGS, NULL}, {NULL}};
        @EXPORT_TYPE("Row", Row_Type)
        static PyTypeObject Row_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.Row", .tp_basicsize = offsetof(Row, items), .tp_itemsize = sizeof(double),
            .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = row_new,
        };
        @EXPORT_TYPE("Big", Big_Type)
        static PyTypeObject Big_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.Big", .tp_basicsize = offsetof(Row, items), .tp_itemsize = sizeof(double),
            .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = row_new, .tp_methods = big_methods,
        };
    """)
    assert [sys.getsizeof(mod.Row(n)) for n in (0, 1, 10)] == [24, 32, 104]
    assert sys.getsizeof(mod.Big(3)) == sys.getsizeof(mod.Big(3), 7) == 1000
    with pytest.raises(ValueError, match="__sizeof__\\(\\) should return >= 0"):
        sys.getsizeof(mod.Big(6))
    if sys.implementation.name == "pypy":
        assert sys.getsizeof([], 7) == 7               # the VM's objects have no size
