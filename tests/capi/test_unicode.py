"""PyUnicode_...: making str objects and reading them.  UTF-8 is in test_unicode_utf8.py, text work in test_unicode_edit.py."""

import gc

import pytest


def test_from_string(make):
    mod = make(r"""
        @EXPORT(texts, METH_NOARGS)
        static PyObject *texts(PyObject *self, PyObject *ignored)
        {
            return Py_BuildValue("(NNNNNN)", PyUnicode_FromString(""), PyUnicode_FromString("a"), PyUnicode_FromString("abc"),
                PyUnicode_FromString("\xc3\xa9t\xc3\xa9"), PyUnicode_FromString("\xe2\x82\xac" "5"),
                PyUnicode_FromStringAndSize("a\0\xf0\x9f\x98\x80!!", 6));
        }
        @EXPORT(bad, METH_NOARGS)
        static PyObject *bad(PyObject *self, PyObject *ignored)
        {
            return PyUnicode_FromString("ab\xff");
        }
        @EXPORT(negative, METH_NOARGS)
        static PyObject *negative(PyObject *self, PyObject *ignored)
        {
            return PyUnicode_FromStringAndSize("ab", -1);
        }
    """)
    assert mod.texts() == ("", "a", "abc", "été", "€5", "a\0\U0001f600")
    with pytest.raises(UnicodeDecodeError, match="can't decode byte 0xff in position 2: invalid start byte"):
        mod.bad()
    with pytest.raises(SystemError, match="Negative size"):
        mod.negative()


def test_new_and_write(make):
    mod = make(r"""
        @EXPORT(alphabet, METH_VARARGS)
        static PyObject *alphabet(PyObject *self, PyObject *args)
        {
            Py_ssize_t n, i; int top, start;
            if (!PyArg_ParseTuple(args, "nii", &n, &start, &top)) return NULL;
            PyObject *s = PyUnicode_New(n, top);
            if (!s) return NULL;
            for (i = 0; i < n; i++)
                if (PyUnicode_WriteChar(s, i, start + i) < 0) { Py_DECREF(s); return NULL; }
            return s;
        }
        @EXPORT(macro, METH_NOARGS)
        static PyObject *macro(PyObject *self, PyObject *ignored)
        {
            PyObject *s = PyUnicode_New(3, 0x20ac);
            if (!s) return NULL;
            void *data = PyUnicode_DATA(s);
            int kind = PyUnicode_KIND(s);
            PyUnicode_WRITE(kind, data, 0, 'x');
            PyUnicode_WRITE(kind, data, 1, 0x20ac);
            PyUnicode_WRITE(kind, data, 2, 'y');
            return s;
        }
    """)
    assert mod.alphabet(0, 97, 127) == ""
    assert mod.alphabet(5, 97, 127) == "abcde"
    assert mod.alphabet(3, 0xe9, 255) == "éêë"
    assert mod.alphabet(3, 0x3b1, 0x3b3) == "αβγ"
    assert mod.alphabet(2, 0x1f600, 0x10ffff) == "\U0001f600\U0001f601"
    assert mod.macro() == "x€y"
    with pytest.raises(ValueError, match="character out of range"):
        mod.alphabet(3, 0x3b1, 127)
    with pytest.raises(SystemError, match="invalid maximum character"):
        mod.alphabet(3, 97, 0x110000)


def test_write_refused(make):
    mod = make(r"""
        @EXPORT(put, METH_VARARGS)
        static PyObject *put(PyObject *self, PyObject *args)
        {
            PyObject *s; Py_ssize_t i;
            if (!PyArg_ParseTuple(args, "On", &s, &i)) return NULL;
            if (PyUnicode_WriteChar(s, i, 'x') < 0) return NULL;
            Py_RETURN_NONE;
        }
    """)
    with pytest.raises(IndexError, match="string index out of range"):
        mod.put("abc", 3)
    with pytest.raises(SystemError, match="Cannot modify a string currently used"):
        mod.put("abc def", 1)
    with pytest.raises(TypeError, match="bad argument type for built-in operation"):
        mod.put(1, 1)


def test_kinds_and_characters(make):
    mod = make(r"""
        @EXPORT(kind, METH_O)
        static PyObject *kind(PyObject *self, PyObject *s)
        {
            return Py_BuildValue("(iiIn)", (int)PyUnicode_KIND(s), (int)PyUnicode_IS_ASCII(s), PyUnicode_MAX_CHAR_VALUE(s),
                                 PyUnicode_GET_LENGTH(s));
        }
        @EXPORT(codes, METH_O)
        static PyObject *codes(PyObject *self, PyObject *s)
        {
            Py_ssize_t i, n = PyUnicode_GetLength(s);
            if (n < 0) return NULL;
            PyObject *l = PyList_New(0);
            for (i = 0; i < n; i++) {
                PyObject *c = PyLong_FromLong(i % 2 ? PyUnicode_READ_CHAR(s, i) : PyUnicode_ReadChar(s, i));
                PyList_Append(l, c);
                Py_DECREF(c);
            }
            return l;
        }
        @EXPORT(past, METH_O)
        static PyObject *past(PyObject *self, PyObject *s)
        {
            if (PyUnicode_ReadChar(s, PyUnicode_GET_LENGTH(s)) == (Py_UCS4)-1 && PyErr_Occurred()) return NULL;
            Py_RETURN_NONE;
        }
    """)
    assert mod.kind("abc") == (1, 1, 127, 3)
    assert mod.kind("é") == (1, 0, 255, 1)
    assert mod.kind("€uro") == (2, 0, 0xffff, 4)
    assert mod.kind("\U0001f600") == (4, 0, 0x10ffff, 1)
    assert mod.kind("") == (1, 1, 127, 0)
    for s in ("abc", "aéz", "a€b", "a\U0001f600b", "\udc80x"):
        assert mod.codes(s) == [ord(c) for c in s]
    with pytest.raises(IndexError, match="string index out of range"):
        mod.past("ab")
    with pytest.raises(TypeError, match="bad argument type"):
        mod.codes(3)


def test_subclass(make):
    mod = make(r"""
        @EXPORT(look, METH_O)
        static PyObject *look(PyObject *self, PyObject *s)
        {
            if (!PyUnicode_Check(s)) return PyErr_Format(PyExc_TypeError, "no str");
            return Py_BuildValue("(nsiN)", PyUnicode_GET_LENGTH(s), PyUnicode_AsUTF8(s), (int)PyUnicode_READ_CHAR(s, 0), PyUnicode_FromObject(s));
        }
        @EXPORT(object, METH_O)
        static PyObject *object(PyObject *self, PyObject *x)
        {
            return PyUnicode_FromObject(x);
        }
    """)

    class Text(str):
        pass

    for s in ("abc", "é", "€uro"):
        n, utf8, first, plain = mod.look(Text(s))
        assert (n, utf8, first, plain, type(plain)) == (len(s), s, ord(s[0]), s, str)
    s = "plain text"
    assert mod.object(s) is s
    with pytest.raises(TypeError, match="Can't convert 'int' object to str implicitly"):
        mod.object(3)


def test_from_kind_and_data(make):
    mod = make(r"""
        @EXPORT(texts, METH_NOARGS)
        static PyObject *texts(PyObject *self, PyObject *ignored)
        {
            Py_UCS1 one[] = {'a', 0xe9};
            Py_UCS2 two[] = {'a', 'b'}, wide[] = {'a', 0x20ac};
            Py_UCS4 four[] = {'a', 0xff}, emoji[] = {0x1f600, 'z'};
            return Py_BuildValue("(NNNNNN)", PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, one, 2),
                PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, two, 2), PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, wide, 2),
                PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, four, 2), PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, emoji, 2),
                PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, emoji, 0));
        }
        @EXPORT(kinds, METH_NOARGS)
        static PyObject *kinds(PyObject *self, PyObject *ignored)
        {
            Py_UCS4 four[] = {'a', 'b'};
            PyObject *s = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, four, 2);
            PyObject *r = PyBool_FromLong(PyUnicode_IS_ASCII(s));
            Py_DECREF(s);
            return r;
        }
        @EXPORT(bad, METH_O)
        static PyObject *bad(PyObject *self, PyObject *x)
        {
            return x == Py_None ? PyUnicode_FromKindAndData(3, "abc", 1) : PyUnicode_FromKindAndData(1, "abc", -1);
        }
        @EXPORT(ordinal, METH_O)
        static PyObject *ordinal(PyObject *self, PyObject *x)
        {
            return PyUnicode_FromOrdinal(PyLong_AsLong(x));
        }
    """)
    assert mod.texts() == ("aé", "ab", "a€", "aÿ", "\U0001f600z", "")
    assert mod.kinds() is True
    assert [mod.ordinal(i) for i in (0, 65, 233, 0x20ac, 0x10ffff)] == [chr(i) for i in (0, 65, 233, 0x20ac, 0x10ffff)]
    for wrong in (-1, 0x110000):
        with pytest.raises(ValueError, match=r"chr\(\) arg not in range\(0x110000\)"):
            mod.ordinal(wrong)
    with pytest.raises(SystemError, match="invalid kind"):
        mod.bad(None)
    with pytest.raises(ValueError, match="size must be positive"):
        mod.bad(1)


def test_interning(make):
    mod = make(r"""
        @EXPORT(same, METH_O)
        static PyObject *same(PyObject *self, PyObject *text)
        {
            const char *c = PyUnicode_AsUTF8(text);
            PyObject *a = PyUnicode_InternFromString(c), *b = PyUnicode_InternFromString(c), *d = PyUnicode_FromString(c);
            PyUnicode_InternInPlace(&d);
            PyObject *r = PyBool_FromLong(a == b && a == d && PyUnicode_CHECK_INTERNED(a));
            Py_DECREF(a); Py_DECREF(b); Py_DECREF(d);
            return r;
        }
        @EXPORT(intern, METH_O)
        static PyObject *intern(PyObject *self, PyObject *text)
        {
            return PyUnicode_InternFromString(PyUnicode_AsUTF8(text));
        }
    """)
    for s in ("", "a", "some_name", "é", "été", "€uro", "\U0001f600"):
        assert mod.same(s) is True
        assert mod.intern(s) == s
    assert all(mod.intern(f"name{i}") == f"name{i}" and mod.same(f"name{i}") for i in range(5000))


def test_fill_and_copy(make):
    mod = make(r"""
        @EXPORT(fill, METH_VARARGS)
        static PyObject *fill(PyObject *self, PyObject *args)
        {
            int ch, top; Py_ssize_t start, n;
            if (!PyArg_ParseTuple(args, "iinn", &top, &ch, &start, &n)) return NULL;
            PyObject *s = PyUnicode_New(6, top);
            if (PyUnicode_Fill(s, 0, 100, '.') != 6) return NULL;
            Py_ssize_t done = PyUnicode_Fill(s, start, n, ch);
            if (done < 0) { Py_DECREF(s); return NULL; }
            return Py_BuildValue("(Nn)", s, done);
        }
        @EXPORT(copy, METH_VARARGS)
        static PyObject *copy(PyObject *self, PyObject *args)
        {
            PyObject *from; int top; Py_ssize_t to_start, start, n;
            if (!PyArg_ParseTuple(args, "Oinnn", &from, &top, &to_start, &start, &n)) return NULL;
            PyObject *s = PyUnicode_New(6, top);
            PyUnicode_Fill(s, 0, 6, '.');
            Py_ssize_t done = PyUnicode_CopyCharacters(s, to_start, from, start, n);
            if (done < 0) { Py_DECREF(s); return NULL; }
            return Py_BuildValue("(Nn)", s, done);
        }
    """)
    assert mod.fill(127, ord("x"), 2, 3) == ("..xxx.", 3)
    assert mod.fill(0xffff, 0x20ac, 4, 9) == ("....€€", 2)
    with pytest.raises(ValueError, match="fill character is bigger than the string maximum character"):
        mod.fill(127, 0x20ac, 0, 1)
    with pytest.raises(IndexError, match="string index out of range"):
        mod.fill(127, 65, -1, 1)
    assert mod.copy("abc", 127, 1, 0, 3) == (".abc..", 3)
    assert mod.copy("abc", 127, 1, 1, 30) == (".bc...", 2)
    assert mod.copy("a€c", 0xffff, 3, 0, 3) == ("...a€c", 3)
    assert mod.copy("a€c", 127, 3, 2, 1) == ("...c..", 1)
    with pytest.raises(SystemError, match="Cannot copy UCS2 characters into a string of ascii characters"):
        mod.copy("a€c", 127, 3, 0, 3)
    with pytest.raises(SystemError, match="Cannot write 3 characters at 4 in a string of 6 characters"):
        mod.copy("abc", 127, 4, 0, 3)
    with pytest.raises(SystemError, match="how_many cannot be negative"):
        mod.copy("abc", 127, 0, 0, -1)


def test_resize(make):
    mod = make(r"""
        @EXPORT(resize, METH_VARARGS)
        static PyObject *resize(PyObject *self, PyObject *args)
        {
            const char *text; Py_ssize_t n, old, i;
            if (!PyArg_ParseTuple(args, "sn", &text, &n)) return NULL;
            PyObject *s = PyUnicode_FromString(text);
            old = PyUnicode_GET_LENGTH(s);
            if (PyUnicode_Resize(&s, n) < 0) return NULL;
            for (i = old; i < n; i++)
                PyUnicode_WRITE(PyUnicode_KIND(s), PyUnicode_DATA(s), i, '-');
            return s;
        }
        @EXPORT(shared, METH_VARARGS)
        static PyObject *shared(PyObject *self, PyObject *args)
        {
            PyObject *s; Py_ssize_t n;
            if (!PyArg_ParseTuple(args, "On", &s, &n)) return NULL;
            Py_INCREF(s);
            if (PyUnicode_Resize(&s, n) < 0) return NULL;
            return s;
        }
    """)
    for s in ("abcdef", "éabcdé", "€12345"):
        assert [mod.resize(s, n) for n in (0, 1, 3, 6, 9)] == [s[:0], s[:1], s[:3], s, s + "---"]
        t = s + "!"
        assert mod.shared(t, 3) == s[:3] and t == s + "!"
    assert mod.resize("abc" * 20, 1000) == "abc" * 20 + "-" * 940


def test_subtype_in_c(make):
    mod = make(r"""
        typedef struct { PyUnicodeObject base; long mark; } Marked;
        static PyTypeObject MarkedType;
        static PyObject *marked_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
        {
            PyObject *op = PyUnicode_Type.tp_new(type, args, kwds);
            if (op) ((Marked *)op)->mark = 42 + PyUnicode_GET_LENGTH(op);
            return op;
        }
        static PyMemberDef members[] = {{"mark", T_LONG, offsetof(Marked, mark), READONLY, NULL}, {NULL}};
        @EXPORT_TYPE("Marked", MarkedType)
        static PyTypeObject MarkedType = {
            PyVarObject_HEAD_INIT(NULL, 0)
            .tp_name = "mod.Marked", .tp_basicsize = sizeof(Marked), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
            .tp_base = &PyUnicode_Type, .tp_new = marked_new, .tp_members = members,
        };
        @EXPORT(look, METH_O)
        static PyObject *look(PyObject *self, PyObject *s)
        {
            return Py_BuildValue("(lNs)", ((Marked *)s)->mark, PyUnicode_Substring(s, 0, PyUnicode_GET_LENGTH(s)), PyUnicode_AsUTF8(s));
        }
    """)
    for s in ("", "abc", "é", "€uro", "\U0001f600"):
        x = mod.Marked(s)
        assert x == s and isinstance(x, str) and type(x) is mod.Marked
        assert x.mark == 42 + len(s)
        assert mod.look(x) == (42 + len(s), s, s)
        assert x + "!" == s + "!" and {x: 1}[s] == 1


def test_filled_by_an_extension(make):
    mod = make(r"""
        typedef struct { PyUnicodeObject base; long mark; } Filled;
        static PyTypeObject FilledType;
        /* As CPython's own str.__new__ of a subclass does it: a form that needs no bytes of its own shares the characters. */
        @EXPORT(fill, METH_O)
        static PyObject *fill(PyObject *self, PyObject *s)
        {
            PyObject *op = FilledType.tp_alloc(&FilledType, 0);
            if (!op) return NULL;
            PyASCIIObject *head = (PyASCIIObject *)op;
            PyCompactUnicodeObject *compact = (PyCompactUnicodeObject *)op;
            size_t size = (size_t)(PyUnicode_GET_LENGTH(s) + 1) * PyUnicode_KIND(s);
            head->length = PyUnicode_GET_LENGTH(s);
            head->hash = -1;
            head->state = ((PyASCIIObject *)s)->state;
            head->state.interned = 0;
            head->state.compact = 0;
            void *data = ((PyUnicodeObject *)op)->data.any = PyObject_Malloc(size);
            if (!data) { Py_DECREF(op); return PyErr_NoMemory(); }
            memcpy(data, PyUnicode_DATA(s), size);
            if (head->state.ascii) {
                compact->utf8 = data;
                compact->utf8_length = head->length;
            }
            if (PyUnicode_KIND(s) == sizeof(wchar_t)) {
                head->wstr = data;
                compact->wstr_length = head->length;
            }
            return op;
        }
        @EXPORT_TYPE("Filled", FilledType)
        static PyTypeObject FilledType = {
            PyVarObject_HEAD_INIT(NULL, 0)
            .tp_name = "mod.Filled", .tp_basicsize = sizeof(Filled), .tp_flags = Py_TPFLAGS_DEFAULT, .tp_base = &PyUnicode_Type,
        };
    """)
    for s in ("", "abc", "é", "€uro", "\U0001f600", "\U0001f600" * 300):
        for _ in range(20):
            assert mod.fill(s) == s
        gc.collect()
