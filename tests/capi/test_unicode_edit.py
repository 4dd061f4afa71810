"""PyUnicode_...: text from text: joining, cutting, searching, comparing, writing."""

import operator

import pytest

TEXTS = ["", "a", "abc", "abcabc", "é", "aéa", "€", "a€a€", "\U0001f600", "x\U0001f600x", "a,b,,c", " a  b\tc\n", "line\r\nnext\nlast"]


def test_concat(make):
    mod = make(r"""
        @EXPORT(concat, METH_VARARGS)
        static PyObject *concat(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
            return PyUnicode_Concat(a, b);
        }
        @EXPORT(append, METH_VARARGS)
        static PyObject *append(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
            Py_INCREF(a); Py_INCREF(b);
            PyUnicode_Append(&a, b);
            PyUnicode_AppendAndDel(&a, b);
            return a;
        }
        @EXPORT(build, METH_VARARGS)
        static PyObject *build(PyObject *self, PyObject *args)
        {
            const char *part; int n, i;
            if (!PyArg_ParseTuple(args, "si", &part, &n)) return NULL;
            PyObject *s = PyUnicode_FromString("");
            for (i = 0; i < n && s; i++)
                PyUnicode_AppendAndDel(&s, PyUnicode_FromString(part));
            return s;
        }
    """)
    for a in TEXTS:
        for b in TEXTS:
            assert mod.concat(a, b) == a + b
            assert mod.append(a, b) == a + b + b
    for part in ("ab", "é", "€uro", "\U0001f600"):
        assert mod.build(part, 300) == part * 300
    with pytest.raises(TypeError, match="must be str, not int"):
        mod.concat(1, "a")
    with pytest.raises(TypeError, match='can only concatenate str \\(not "bytes"\\) to str'):
        mod.concat("a", b"")
    with pytest.raises(SystemError):
        mod.append("a", 1)


def test_substring(make):
    mod = make(r"""
        @EXPORT(substring, METH_VARARGS)
        static PyObject *substring(PyObject *self, PyObject *args)
        {
            PyObject *s; Py_ssize_t a, b;
            if (!PyArg_ParseTuple(args, "Onn", &s, &a, &b)) return NULL;
            return PyUnicode_Substring(s, a, b);
        }
        @EXPORT(kind, METH_VARARGS)
        static PyObject *kind(PyObject *self, PyObject *args)
        {
            PyObject *s; Py_ssize_t a, b;
            if (!PyArg_ParseTuple(args, "Onn", &s, &a, &b)) return NULL;
            PyObject *t = PyUnicode_Substring(s, a, b);
            long top = (long)PyUnicode_MAX_CHAR_VALUE(t);
            Py_DECREF(t);
            return PyLong_FromLong(top);
        }
    """)
    for s in TEXTS:
        for a in range(4):
            for b in range(8):
                assert mod.substring(s, a, b) == s[a:b]
    assert [mod.kind("aé€\U0001f600", 0, n) for n in (1, 2, 3, 4)] == [0x7f, 0xff, 0xffff, 0x10ffff]
    s = "whole text"
    assert mod.substring(s, 0, 100) is s
    with pytest.raises(IndexError, match="string index out of range"):
        mod.substring("abc", -1, 2)


def test_search(make):
    mod = make(r"""
        @EXPORT(find, METH_VARARGS)
        static PyObject *find(PyObject *self, PyObject *args)
        {
            PyObject *s, *t; Py_ssize_t a, b, r; int direction;
            if (!PyArg_ParseTuple(args, "OOnni", &s, &t, &a, &b, &direction)) return NULL;
            r = PyUnicode_Find(s, t, a, b, direction);
            return r == -2 ? NULL : PyLong_FromSsize_t(r);
        }
        @EXPORT(find_char, METH_VARARGS)
        static PyObject *find_char(PyObject *self, PyObject *args)
        {
            PyObject *s; int ch, direction; Py_ssize_t a, b, r;
            if (!PyArg_ParseTuple(args, "OCnni", &s, &ch, &a, &b, &direction)) return NULL;
            r = PyUnicode_FindChar(s, ch, a, b, direction);
            return r == -2 ? NULL : PyLong_FromSsize_t(r);
        }
        @EXPORT(count, METH_VARARGS)
        static PyObject *count(PyObject *self, PyObject *args)
        {
            PyObject *s, *t; Py_ssize_t a, b, r;
            if (!PyArg_ParseTuple(args, "OOnn", &s, &t, &a, &b)) return NULL;
            r = PyUnicode_Count(s, t, a, b);
            return r == -1 ? NULL : PyLong_FromSsize_t(r);
        }
        @EXPORT(tail, METH_VARARGS)
        static PyObject *tail(PyObject *self, PyObject *args)
        {
            PyObject *s, *t; Py_ssize_t a, b, r; int direction;
            if (!PyArg_ParseTuple(args, "OOnni", &s, &t, &a, &b, &direction)) return NULL;
            r = PyUnicode_Tailmatch(s, t, a, b, direction);
            return r == -1 ? NULL : PyBool_FromLong(r);
        }
        @EXPORT(contains, METH_VARARGS)
        static PyObject *contains(PyObject *self, PyObject *args)
        {
            PyObject *s, *t;
            if (!PyArg_ParseTuple(args, "OO", &s, &t)) return NULL;
            int r = PyUnicode_Contains(s, t);
            return r < 0 ? NULL : PyBool_FromLong(r);
        }
    """)
    wide = [s + "€" for s in TEXTS] + TEXTS + ["\u0161\u6100a", "\u6161a\u0061"]
    for s in wide:
        for t in TEXTS + ["b", "bc", ",", "aa"]:
            assert mod.contains(s, t) is (t in s)
            for a, b in ((0, 100), (1, 3), (-3, -1), (2, 1), (50, 60)):
                assert mod.find(s, t, a, b, 1) == s.find(t, a, b), (s, t, a, b)
                assert mod.find(s, t, a, b, -1) == s.rfind(t, a, b), (s, t, a, b)
                assert mod.count(s, t, a, b) == s.count(t, a, b), (s, t, a, b)
                assert mod.tail(s, t, a, b, 1) is s.endswith(t, a, b), (s, t, a, b)
                assert mod.tail(s, t, a, b, -1) is s.startswith(t, a, b), (s, t, a, b)
        for ch in "ab,é€\U0001f600":
            assert mod.find_char(s, ch, 0, 100, 1) == s.find(ch)
            assert mod.find_char(s, ch, 0, 100, -1) == s.rfind(ch)
    for f in (mod.find, mod.tail):
        with pytest.raises(TypeError, match="must be str, not int"):
            f("abc", 1, 0, 9, 1)
    with pytest.raises(TypeError, match="'in <string>' requires string as left operand, not int"):
        mod.contains("abc", 1)
    assert mod.find_char("abc", "a", -1, 3, 1) == -1 and mod.find_char("abc", "c", -1, 3, 1) == 2


def test_compare(make):
    mod = make(r"""
        @EXPORT(compare, METH_VARARGS)
        static PyObject *compare(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
            int r = PyUnicode_Compare(a, b);
            if (r == -1 && PyErr_Occurred()) return NULL;
            return PyLong_FromLong(r);
        }
        @EXPORT(with_ascii, METH_VARARGS)
        static PyObject *with_ascii(PyObject *self, PyObject *args)
        {
            PyObject *a; const char *b;
            if (!PyArg_ParseTuple(args, "Oy", &a, &b)) return NULL;
            return Py_BuildValue("(ii)", PyUnicode_CompareWithASCIIString(a, b), _PyUnicode_EqualToASCIIString(a, b));
        }
        @EXPORT(rich, METH_VARARGS)
        static PyObject *rich(PyObject *self, PyObject *args)
        {
            PyObject *a, *b; int op;
            if (!PyArg_ParseTuple(args, "OOi", &a, &b, &op)) return NULL;
            return PyUnicode_RichCompare(a, b, op);
        }
        @EXPORT(identifier, METH_O)
        static PyObject *identifier(PyObject *self, PyObject *s) { return PyBool_FromLong(PyUnicode_IsIdentifier(s)); }
    """)
    for a in TEXTS:
        for b in TEXTS:
            assert mod.compare(a, b) == (a > b) - (a < b)
            for op, f in enumerate((operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)):
                assert mod.rich(a, b, op) is f(a, b)
        for b in ("", "a", "abc", "abd", "b"):
            assert mod.with_ascii(a, b.encode()) == ((a > b) - (a < b), a == b)
    with pytest.raises(TypeError, match="Can't compare str and int"):
        mod.compare("a", 1)
    assert mod.rich("a", 1, 2) is NotImplemented
    for s in ("", "a", "_", "a1", "1a", "été", "a b", "€", "a·", "变量"):
        assert mod.identifier(s) is s.isidentifier()


def test_join(make):
    mod = make(r"""
        @EXPORT(join, METH_VARARGS)
        static PyObject *join(PyObject *self, PyObject *args)
        {
            PyObject *sep, *seq;
            if (!PyArg_ParseTuple(args, "OO", &sep, &seq)) return NULL;
            return PyUnicode_Join(sep == Py_None ? NULL : sep, seq);
        }
        @EXPORT(join_c, METH_O)
        static PyObject *join_c(PyObject *self, PyObject *sep)
        {
            PyObject *l = Py_BuildValue("[sss]", "a", "\xc3\xa9", "ccc");
            PyObject *r = PyUnicode_Join(sep, l);
            Py_DECREF(l);
            return r;
        }
    """)
    for sep in ("", ",", "é", ", €"):
        for kind in (list, tuple, iter):
            assert mod.join(sep, kind(TEXTS)) == sep.join(TEXTS)
        assert mod.join_c(sep) == sep.join(["a", "é", "ccc"])
    assert mod.join(None, ["a", "b"]) == "a b" and mod.join(None, ("a", "b")) == "a b"
    assert mod.join(",", []) == mod.join(",", ()) == ""
    for kind in (list, tuple):
        with pytest.raises(TypeError, match="sequence item 1: expected str instance, int found"):
            mod.join(",", kind(["a", 1]))
    with pytest.raises(TypeError, match="separator: expected str instance, int found"):
        mod.join(1, ["a", "b"])
    with pytest.raises(TypeError, match="can only join an iterable"):
        mod.join(",", 3)


def test_split_and_replace(make):
    mod = make(r"""
        @EXPORT(split, METH_VARARGS)
        static PyObject *split(PyObject *self, PyObject *args)
        {
            PyObject *s, *sep; Py_ssize_t n; int right;
            if (!PyArg_ParseTuple(args, "OOni", &s, &sep, &n, &right)) return NULL;
            if (sep == Py_None) sep = NULL;
            return right ? PyUnicode_RSplit(s, sep, n) : PyUnicode_Split(s, sep, n);
        }
        @EXPORT(lines, METH_VARARGS)
        static PyObject *lines(PyObject *self, PyObject *args)
        {
            PyObject *s; int keep;
            if (!PyArg_ParseTuple(args, "Oi", &s, &keep)) return NULL;
            return PyUnicode_Splitlines(s, keep);
        }
        @EXPORT(part, METH_VARARGS)
        static PyObject *part(PyObject *self, PyObject *args)
        {
            PyObject *s, *sep; int right;
            if (!PyArg_ParseTuple(args, "OOi", &s, &sep, &right)) return NULL;
            return right ? PyUnicode_RPartition(s, sep) : PyUnicode_Partition(s, sep);
        }
        @EXPORT(replace, METH_VARARGS)
        static PyObject *replace(PyObject *self, PyObject *args)
        {
            PyObject *s, *a, *b; Py_ssize_t n;
            if (!PyArg_ParseTuple(args, "OOOn", &s, &a, &b, &n)) return NULL;
            return PyUnicode_Replace(s, a, b, n);
        }
        @EXPORT(format, METH_VARARGS)
        static PyObject *format(PyObject *self, PyObject *args)
        {
            PyObject *f, *x;
            if (!PyArg_ParseTuple(args, "OO", &f, &x)) return NULL;
            return PyUnicode_Format(f, x);
        }
        @EXPORT(translate, METH_VARARGS)
        static PyObject *translate(PyObject *self, PyObject *args)
        {
            PyObject *s, *table;
            if (!PyArg_ParseTuple(args, "OO", &s, &table)) return NULL;
            return PyUnicode_Translate(s, table, NULL);
        }
    """)
    for s in TEXTS:
        assert mod.lines(s, 0) == s.splitlines() and mod.lines(s, 1) == s.splitlines(True)
        for n in (-1, 0, 1, 5):
            for sep in (None, ",", "a", "€"):
                assert mod.split(s, sep, n, 0) == s.split(sep, n) and mod.split(s, sep, n, 1) == s.rsplit(sep, n)
            for a in ("a", "b", "€", "\U0001f600", "ab", ""):
                for b in ("", "z", "é", "€€"):
                    assert mod.replace(s, a, b, n) == s.replace(a, b, n), (s, a, b, n)
        for sep in ("a", ",", "€", "bc"):
            assert mod.part(s, sep, 0) == s.partition(sep) and mod.part(s, sep, 1) == s.rpartition(sep)
    with pytest.raises(ValueError, match="empty separator"):
        mod.part("a", "", 0)
    with pytest.raises(ValueError, match="empty separator"):
        mod.split("a", "", -1, 0)
    with pytest.raises(TypeError, match="must be str, not int"):
        mod.replace("a", "b", 3, -1)
    assert mod.format("%s-%d", ("a", 3)) == "a-3" and mod.format("%(x)s", {"x": 1}) == "1"
    with pytest.raises(TypeError, match="not enough arguments for format string"):
        mod.format("%s %s", "a")
    assert mod.translate("abc", {97: "XY", 98: 0x20ac}) == "XY€c"
    with pytest.raises(UnicodeTranslateError, match="character maps to <undefined>"):
        mod.translate("abc", {97: "X", 98: None})


def test_writer(make):
    mod = make(r"""
        @EXPORT(write, METH_VARARGS)
        static PyObject *write_all(PyObject *self, PyObject *args)
        {
            PyObject *parts; int over; Py_ssize_t i;
            if (!PyArg_ParseTuple(args, "Oi", &parts, &over)) return NULL;
            _PyUnicodeWriter w;
            _PyUnicodeWriter_Init(&w);
            w.overallocate = over;
            for (i = 0; i < PyTuple_GET_SIZE(parts); i++) {
                PyObject *s = PyTuple_GET_ITEM(parts, i);
                if (_PyUnicodeWriter_WriteStr(&w, s) < 0) goto fail;
                if (_PyUnicodeWriter_WriteChar(&w, '|') < 0) goto fail;
                if (_PyUnicodeWriter_WriteSubstring(&w, s, 1, PyUnicode_GET_LENGTH(s)) < 0) goto fail;
                if (_PyUnicodeWriter_WriteASCIIString(&w, "<>", -1) < 0) goto fail;
            }
            return _PyUnicodeWriter_Finish(&w);
        fail:
            _PyUnicodeWriter_Dealloc(&w);
            return NULL;
        }
        @EXPORT(one, METH_O)
        static PyObject *one(PyObject *self, PyObject *s)
        {
            _PyUnicodeWriter w;
            _PyUnicodeWriter_Init(&w);
            if (_PyUnicodeWriter_WriteStr(&w, s) < 0) return NULL;
            return _PyUnicodeWriter_Finish(&w);
        }
        @EXPORT(nothing, METH_NOARGS)
        static PyObject *nothing(PyObject *self, PyObject *ignored)
        {
            _PyUnicodeWriter w;
            _PyUnicodeWriter_Init(&w);
            w.min_length = 100;
            if (_PyUnicodeWriter_WriteChar(&w, 0x20ac) < 0) return NULL;
            _PyUnicodeWriter_Dealloc(&w);
            _PyUnicodeWriter_Init(&w);
            return _PyUnicodeWriter_Finish(&w);
        }
    """)
    for over in (0, 1):
        assert mod.write(tuple(TEXTS), over) == "".join(s + "|" + s[1:] + "<>" for s in TEXTS)
        assert mod.write(tuple(TEXTS[::-1]), over) == "".join(s + "|" + s[1:] + "<>" for s in TEXTS[::-1])
    s = "a text"
    assert mod.one(s) is s and mod.one("") == "" and mod.nothing() == ""
