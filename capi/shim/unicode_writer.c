/* _PyUnicodeWriter_...: a str that grows while it is written. */
#include "unicode.h"

static void update(_PyUnicodeWriter *writer)
{
    writer->maxchar = PyUnicode_MAX_CHAR_VALUE(writer->buffer);
    writer->data = PyUnicode_DATA(writer->buffer);
    /* what is only read has no room: each write asks for a buffer first */
    writer->kind = writer->readonly ? PyUnicode_WCHAR_KIND : (enum PyUnicode_Kind)PyUnicode_KIND(writer->buffer);
    writer->size = writer->readonly ? 0 : PyUnicode_GET_LENGTH(writer->buffer);
}

PYAPI void _PyUnicodeWriter_Init(_PyUnicodeWriter *writer)
{
    memset(writer, 0, sizeof *writer);
}

PYAPI void _PyUnicodeWriter_Dealloc(_PyUnicodeWriter *writer)
{
    Py_CLEAR(writer->buffer);
}

PYAPI int _PyUnicodeWriter_PrepareInternal(_PyUnicodeWriter *writer, Py_ssize_t length, Py_UCS4 maxchar)
{
    if (length > (PY_SSIZE_T_MAX >> 3) - writer->pos) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t size = writer->pos + length;
    if (maxchar < writer->min_char)
        maxchar = writer->min_char;
    if (writer->buffer && maxchar < writer->maxchar)
        maxchar = writer->maxchar;
    if (!writer->buffer || size > writer->size) {
        if (writer->overallocate)
            size += size / 4;
        if (size < writer->min_length)
            size = writer->min_length;
    } else
        size = writer->size;
    PyObject *made;
    if (writer->buffer && !writer->readonly && maxchar == writer->maxchar) {
        if (size == writer->size)
            return 0;
        made = m_str_realloc(writer->buffer, size);
        if (!made)
            return -1;
    } else {
        made = m_str_alloc(&PyUnicode_Type, size, maxchar);
        if (!made)
            return -1;
        if (writer->buffer)
            m_copy_text(made, 0, (int)PyUnicode_KIND(writer->buffer), PyUnicode_DATA(writer->buffer), 0, writer->pos);
        Py_XDECREF(writer->buffer);
    }
    writer->buffer = made;
    writer->readonly = 0;
    update(writer);
    return 0;
}

PYAPI int _PyUnicodeWriter_PrepareKindInternal(_PyUnicodeWriter *writer, enum PyUnicode_Kind kind)
{
    Py_UCS4 maxchar = kind == PyUnicode_1BYTE_KIND ? 0xff : kind == PyUnicode_2BYTE_KIND ? 0xffff : 0x10ffff;
    return _PyUnicodeWriter_PrepareInternal(writer, 0, maxchar);
}

PYAPI int _PyUnicodeWriter_WriteChar(_PyUnicodeWriter *writer, Py_UCS4 ch)
{
    if (_PyUnicodeWriter_Prepare(writer, 1, ch) < 0)
        return -1;
    PyUnicode_WRITE(writer->kind, writer->data, writer->pos, ch);
    writer->pos++;
    return 0;
}

static int add(_PyUnicodeWriter *writer, int kind, const void *data, Py_ssize_t start, Py_ssize_t n, Py_UCS4 maxchar)
{
    if (_PyUnicodeWriter_Prepare(writer, n, maxchar) < 0)
        return -1;
    m_copy_text(writer->buffer, writer->pos, kind, data, start, n);
    writer->pos += n;
    return 0;
}

PYAPI int _PyUnicodeWriter_WriteStr(_PyUnicodeWriter *writer, PyObject *str)
{
    Text t = m_text(str);
    if (t.length == 0)
        return 0;
    if (!writer->buffer && !writer->overallocate && PyUnicode_CheckExact(str)) {
        Py_INCREF(str);                 /* perhaps all that is ever written */
        writer->buffer = str;
        writer->readonly = 1;
        update(writer);
        writer->pos = t.length;
        return 0;
    }
    return add(writer, t.kind, t.data, 0, t.length, PyUnicode_MAX_CHAR_VALUE(str));
}

PYAPI int _PyUnicodeWriter_WriteSubstring(_PyUnicodeWriter *writer, PyObject *str, Py_ssize_t start, Py_ssize_t end)
{
    if (start >= end)
        return 0;
    if (start == 0 && end == PyUnicode_GET_LENGTH(str))
        return _PyUnicodeWriter_WriteStr(writer, str);
    return add(writer, (int)PyUnicode_KIND(str), PyUnicode_DATA(str), start, end - start, _PyUnicode_FindMaxChar(str, start, end));
}

PYAPI int _PyUnicodeWriter_WriteASCIIString(_PyUnicodeWriter *writer, const char *str, Py_ssize_t len)
{
    if (len == -1)
        len = (Py_ssize_t)strlen(str);
    return len ? add(writer, 1, str, 0, len, 127) : 0;
}

PYAPI int _PyUnicodeWriter_WriteLatin1String(_PyUnicodeWriter *writer, const char *str, Py_ssize_t len)
{
    return len ? add(writer, 1, str, 0, len, m_maxchar(1, str, 0, len)) : 0;
}

PYAPI PyObject *_PyUnicodeWriter_Finish(_PyUnicodeWriter *writer)
{
    PyObject *made = writer->buffer;
    writer->buffer = NULL;
    if (writer->pos == 0) {
        Py_XDECREF(made);
        return m_str_empty();
    }
    if (writer->readonly || PyUnicode_GET_LENGTH(made) == writer->pos)
        return made;
    PyObject *cut = m_str_realloc(made, writer->pos);
    if (!cut)
        Py_DECREF(made);
    return cut;
}

PYAPI int _PyUnicode_FormatAdvancedWriter(_PyUnicodeWriter *writer, PyObject *obj, PyObject *format_spec, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *spec = PyUnicode_Substring(format_spec, start, end), *made = spec ? PyObject_Format(obj, spec) : NULL;
    int r = made ? _PyUnicodeWriter_WriteStr(writer, made) : -1;
    Py_XDECREF(spec);
    Py_XDECREF(made);
    return r;
}
