/* PyUnicode_...: text from text: joined, cut, replaced. */
#include "unicode.h"

static PyObject *same(PyObject *str)    /* a new reference to exactly a str */
{
    if (!PyUnicode_CheckExact(str))
        return _PyUnicode_Copy(str);
    Py_INCREF(str);
    return str;
}

static void put(PyObject *to, Py_ssize_t at, Text t)
{
    m_copy_text(to, at, t.kind, t.data, 0, t.length);
}

static Py_UCS4 greater(Py_UCS4 a, Py_UCS4 b)
{
    return a > b ? a : b;
}

/* ---- concatenation ---------------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyUnicode_Concat(PyObject *a, PyObject *b)
{
    if (!PyUnicode_Check(a)) {
        m_not_str(a, "");
        return NULL;
    }
    if (!PyUnicode_Check(b))
        return PyErr_Format(PyExc_TypeError, "can only concatenate str (not \"%.200s\") to str", Py_TYPE(b)->tp_name);
    Text x = m_text(a), y = m_text(b);
    if (!x.length || !y.length)
        return same(x.length ? a : b);
    if (x.length > (PY_SSIZE_T_MAX >> 3) - y.length) {
        PyErr_SetString(PyExc_OverflowError, "strings are too large to concat");
        return NULL;
    }
    PyObject *made = m_str_alloc(&PyUnicode_Type, x.length + y.length, greater(PyUnicode_MAX_CHAR_VALUE(a), PyUnicode_MAX_CHAR_VALUE(b)));
    if (made) {
        put(made, 0, x);
        put(made, x.length, y);
    }
    return made;
}

PYAPI void PyUnicode_Append(PyObject **pleft, PyObject *right)
{
    PyObject *left = pleft ? *pleft : NULL, *made = NULL;
    if (!left || !right || !PyUnicode_Check(left) || !PyUnicode_Check(right)) {
        if (!PyErr_Occurred())
            PyErr_BadInternalCall();
    } else if (m_str_modifiable(left) && left != right && PyUnicode_MAX_CHAR_VALUE(right) <= PyUnicode_MAX_CHAR_VALUE(left)
               && PyUnicode_GET_LENGTH(left) && PyUnicode_GET_LENGTH(right)) {
        Text y = m_text(right);
        Py_ssize_t n = PyUnicode_GET_LENGTH(left);
        made = m_str_realloc(left, n + y.length);
        if (made) {
            put(made, n, y);
            *pleft = made;
            return;
        }
    } else
        made = PyUnicode_Concat(left, right);
    if (pleft)
        *pleft = made;
    Py_XDECREF(left);
}

PYAPI void PyUnicode_AppendAndDel(PyObject **pleft, PyObject *right)
{
    PyUnicode_Append(pleft, right);
    Py_XDECREF(right);
}

/* ---- parts ---------------------------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyUnicode_Substring(PyObject *str, Py_ssize_t start, Py_ssize_t end)
{
    if (!m_is_str(str))
        return NULL;
    Text t = m_text(str);
    if (end > t.length)
        end = t.length;
    if (start == 0 && end == t.length)
        return same(str);
    if (start < 0 || end < 0) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return NULL;
    }
    if (start >= t.length || end <= start)
        return m_str_empty();
    if (PyUnicode_IS_ASCII(str))
        return _PyUnicode_FromASCII(t.data + start, end - start);
    return m_str_from_text(t.kind, t.data + start * t.kind, end - start);
}

static PyObject *cut(PyObject *s, PyObject *sep, int direction)
{
    if (!PyUnicode_Check(s) || !PyUnicode_Check(sep)) {
        m_not_str(PyUnicode_Check(s) ? sep : s, "");
        return NULL;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(s), width = PyUnicode_GET_LENGTH(sep);
    if (!width) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        return NULL;
    }
    Py_ssize_t at = m_text_find(m_text(s), m_text(sep), 0, n, direction);
    if (at == -2)
        return NULL;
    PyObject *parts[3];
    if (at >= 0) {
        parts[0] = PyUnicode_Substring(s, 0, at);
        parts[1] = same(sep);
        parts[2] = PyUnicode_Substring(s, at + width, n);
    } else {
        parts[0] = direction > 0 ? same(s) : m_str_empty();
        parts[1] = m_str_empty();
        parts[2] = direction > 0 ? m_str_empty() : same(s);
    }
    PyObject *made = parts[0] && parts[1] && parts[2] ? m_tuple_new(3) : NULL;
    for (int i = 0; i < 3; i++)
        if (made)
            PyTuple_SET_ITEM(made, i, parts[i]);
        else
            Py_XDECREF(parts[i]);
    return made;
}

PYAPI PyObject *PyUnicode_Partition(PyObject *s, PyObject *sep)
{
    return cut(s, sep, 1);
}

PYAPI PyObject *PyUnicode_RPartition(PyObject *s, PyObject *sep)
{
    return cut(s, sep, -1);
}

/* ---- join ------------------------------------------------------------------------------------------------------------------------ */

static int add_part(PyObject *part, Py_ssize_t *length, Py_UCS4 *maxchar)
{
    if (PyUnicode_GET_LENGTH(part) > (PY_SSIZE_T_MAX >> 3) - *length) {
        PyErr_SetString(PyExc_OverflowError, "join() result is too long for a Python string");
        return -1;
    }
    *length += PyUnicode_GET_LENGTH(part);
    *maxchar = greater(*maxchar, PyUnicode_MAX_CHAR_VALUE(part));
    return 0;
}

PYAPI PyObject *_PyUnicode_JoinArray(PyObject *separator, PyObject *const *items, Py_ssize_t seqlen)
{
    Py_ssize_t length = 0, width = 1, at = 0;
    Py_UCS4 maxchar = 127;
    if (seqlen == 0)
        return m_str_empty();
    if (seqlen == 1 && PyUnicode_CheckExact(items[0]))
        return same(items[0]);
    if (separator) {
        if (!PyUnicode_Check(separator))
            return PyErr_Format(PyExc_TypeError, "separator: expected str instance, %.80s found", Py_TYPE(separator)->tp_name);
        width = PyUnicode_GET_LENGTH(separator);
        if (seqlen > 1)
            maxchar = PyUnicode_MAX_CHAR_VALUE(separator);
    }
    for (Py_ssize_t i = 0; i < seqlen; i++) {
        if (!PyUnicode_Check(items[i]))
            return PyErr_Format(PyExc_TypeError, "sequence item %zd: expected str instance, %.80s found", i, Py_TYPE(items[i])->tp_name);
        if (add_part(items[i], &length, &maxchar) < 0)
            return NULL;
    }
    if (width && seqlen - 1 > ((PY_SSIZE_T_MAX >> 3) - length) / width)
        return PyErr_NoMemory();
    PyObject *made = m_str_alloc(&PyUnicode_Type, length + width * (seqlen - 1), maxchar);
    if (!made)
        return NULL;
    for (Py_ssize_t i = 0; i < seqlen; i++) {
        if (i && separator)
            put(made, at, m_text(separator));
        else if (i)
            PyUnicode_WRITE(PyUnicode_KIND(made), PyUnicode_DATA(made), at, ' ');
        at += i ? width : 0;
        put(made, at, m_text(items[i]));
        at += PyUnicode_GET_LENGTH(items[i]);
    }
    return made;
}

PYAPI PyObject *PyUnicode_Join(PyObject *separator, PyObject *seq)
{
    if (PyTuple_CheckExact(seq))
        return _PyUnicode_JoinArray(separator, ((PyTupleObject *)seq)->ob_item, Py_SIZE(seq));
    if (PyList_CheckExact(seq) && !M_HDR(seq)->link)
        return _PyUnicode_JoinArray(separator, ((PyListObject *)seq)->ob_item, Py_SIZE(seq));
    if (separator && !PyUnicode_Check(separator) && (Py_TYPE(seq)->tp_iter || PySequence_Check(seq)))
        return PyErr_Format(PyExc_TypeError, "separator: expected str instance, %.80s found", Py_TYPE(separator)->tp_name);
    return vm_str_join(separator, seq);
}

/* ---- replace --------------------------------------------------------------------------------------------------------------------- */

static PyObject *replaced(Text s, Text from, PyObject *replstr, Py_ssize_t count, Py_UCS4 maxchar)
{
    Text to = m_text(replstr);
    Py_ssize_t grow = to.length - from.length;
    if (grow > 0 && count > ((PY_SSIZE_T_MAX >> 3) - s.length) / grow) {
        PyErr_SetString(PyExc_OverflowError, "replace string is too long");
        return NULL;
    }
    Py_ssize_t length = s.length + count * grow, at = 0, out = 0;
    if (length == 0)
        return m_str_empty();
    PyObject *made = m_str_alloc(&PyUnicode_Type, length, maxchar);
    if (!made)
        return NULL;
    while (count--) {
        Py_ssize_t found = m_text_find(s, from, at, s.length, 1);
        if (found == -2) {
            Py_DECREF(made);
            return NULL;
        }
        m_copy_text(made, out, s.kind, s.data, at, found - at);
        out += found - at;
        put(made, out, to);
        out += to.length;
        at = found + from.length;
    }
    m_copy_text(made, out, s.kind, s.data, at, s.length - at);
    return made;
}

PYAPI PyObject *PyUnicode_Replace(PyObject *str, PyObject *substr, PyObject *replstr, Py_ssize_t maxcount)
{
    PyObject *all[] = {str, substr, replstr};
    for (int i = 0; i < 3; i++)
        if (!PyUnicode_Check(all[i])) {
            m_not_str(all[i], "");
            return NULL;
        }
    if (!PyUnicode_GET_LENGTH(substr))
        return vm_str_replace(str, substr, replstr, maxcount);
    Py_ssize_t n = maxcount ? PyUnicode_Count(str, substr, 0, PY_SSIZE_T_MAX) : 0;
    if (n < 0)
        return NULL;
    if (maxcount >= 0 && n > maxcount)
        n = maxcount;
    if (n == 0)
        return same(str);
    Py_UCS4 max = greater(PyUnicode_MAX_CHAR_VALUE(str), PyUnicode_MAX_CHAR_VALUE(replstr));
    PyObject *made = replaced(m_text(str), m_text(substr), replstr, n, max);
    if (!made || PyUnicode_MAX_CHAR_VALUE(substr) < max || max == 0x7f)
        return made;
    PyObject *narrow = m_str_from_text((int)PyUnicode_KIND(made), PyUnicode_DATA(made), PyUnicode_GET_LENGTH(made));
    Py_DECREF(made);                    /* the widest characters may be gone */
    return narrow;
}
