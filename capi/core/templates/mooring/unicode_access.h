#ifndef MOORING_UNICODE_ACCESS_H
#define MOORING_UNICODE_ACCESS_H

/* The characters of a str; classes of characters. */

#ifndef Py_LIMITED_API

#define _PyASCIIObject_CAST(op) ((PyASCIIObject *)(op))
#define _PyCompactUnicodeObject_CAST(op) ((PyCompactUnicodeObject *)(op))
#define _PyUnicodeObject_CAST(op) ((PyUnicodeObject *)(op))

static inline unsigned int PyUnicode_IS_ASCII(PyObject *op) { return _PyASCIIObject_CAST(op)->state.ascii; }
static inline unsigned int PyUnicode_CHECK_INTERNED(PyObject *op) { return _PyASCIIObject_CAST(op)->state.interned; }
static inline Py_ssize_t PyUnicode_GET_LENGTH(PyObject *op) { return _PyASCIIObject_CAST(op)->length; }

static inline void *_PyUnicode_COMPACT_DATA(PyObject *op)
{
    return PyUnicode_IS_ASCII(op) ? (void *)(_PyASCIIObject_CAST(op) + 1) : (void *)(_PyCompactUnicodeObject_CAST(op) + 1);
}

static inline void *PyUnicode_DATA(PyObject *op)
{
    return _PyASCIIObject_CAST(op)->state.compact ? _PyUnicode_COMPACT_DATA(op) : _PyUnicodeObject_CAST(op)->data.any;
}

static inline Py_UCS4 Mooring_UnicodeRead(int kind, const void *data, Py_ssize_t index)
{
    switch (kind) {
    case PyUnicode_1BYTE_KIND: return ((const Py_UCS1 *)data)[index];
    case PyUnicode_2BYTE_KIND: return ((const Py_UCS2 *)data)[index];
    default: return ((const Py_UCS4 *)data)[index];
    }
}

static inline void Mooring_UnicodeWrite(int kind, void *data, Py_ssize_t index, Py_UCS4 value)
{
    switch (kind) {
    case PyUnicode_1BYTE_KIND: ((Py_UCS1 *)data)[index] = (Py_UCS1)value; break;
    case PyUnicode_2BYTE_KIND: ((Py_UCS2 *)data)[index] = (Py_UCS2)value; break;
    default: ((Py_UCS4 *)data)[index] = value;
    }
}

static inline Py_UCS4 PyUnicode_MAX_CHAR_VALUE(PyObject *op)
{
    if (PyUnicode_IS_ASCII(op))
        return 0x7f;
    switch (_PyASCIIObject_CAST(op)->state.kind) {
    case PyUnicode_1BYTE_KIND: return 0xff;
    case PyUnicode_2BYTE_KIND: return 0xffff;
    default: return 0x10ffff;
    }
}

#define PyUnicode_IS_READY(op) (_PyASCIIObject_CAST(op)->state.ready)
#define PyUnicode_READY(op) (PyUnicode_IS_READY(op) ? 0 : _PyUnicode_Ready(_PyObject_CAST(op)))
#define PyUnicode_IS_COMPACT(op) (_PyASCIIObject_CAST(op)->state.compact)
#define PyUnicode_IS_COMPACT_ASCII(op) (PyUnicode_IS_ASCII(op) && PyUnicode_IS_COMPACT(op))
#define PyUnicode_KIND(op) (_PyASCIIObject_CAST(op)->state.kind)
#define PyUnicode_IS_ASCII(op) PyUnicode_IS_ASCII(_PyObject_CAST(op))
#define PyUnicode_CHECK_INTERNED(op) PyUnicode_CHECK_INTERNED(_PyObject_CAST(op))
#define PyUnicode_GET_LENGTH(op) PyUnicode_GET_LENGTH(_PyObject_CAST(op))
#define PyUnicode_MAX_CHAR_VALUE(op) PyUnicode_MAX_CHAR_VALUE(_PyObject_CAST(op))
#define PyUnicode_DATA(op) PyUnicode_DATA(_PyObject_CAST(op))
#define PyUnicode_1BYTE_DATA(op) ((Py_UCS1 *)PyUnicode_DATA(op))
#define PyUnicode_2BYTE_DATA(op) ((Py_UCS2 *)PyUnicode_DATA(op))
#define PyUnicode_4BYTE_DATA(op) ((Py_UCS4 *)PyUnicode_DATA(op))
#define PyUnicode_READ(kind, data, index) Mooring_UnicodeRead((int)(kind), (data), (index))
#define PyUnicode_WRITE(kind, data, index, value) Mooring_UnicodeWrite((int)(kind), (data), (index), (Py_UCS4)(value))
#define PyUnicode_READ_CHAR(op, index) PyUnicode_READ(PyUnicode_KIND(op), PyUnicode_DATA(op), (index))

/* The wchar_t form, made on demand. */
#define PyUnicode_AS_UNICODE(op) PyUnicode_AsUnicode(_PyObject_CAST(op))
#define PyUnicode_AS_DATA(op) ((const char *)PyUnicode_AS_UNICODE(op))
#define PyUnicode_GET_SIZE(op) PyUnicode_GetSize(_PyObject_CAST(op))
#define PyUnicode_GET_DATA_SIZE(op) (PyUnicode_GET_SIZE(op) * Py_UNICODE_SIZE)
#define PyUnicode_WSTR_LENGTH(op) PyUnicode_GET_SIZE(op)
#define _PyUnicode_AsString PyUnicode_AsUTF8

#define _PyUnicodeWriter_Prepare(writer, length, max)                                                      \
    ((max) <= (writer)->maxchar && (length) <= (writer)->size - (writer)->pos ? 0 : (length) == 0 ? 0      \
        : _PyUnicodeWriter_PrepareInternal((writer), (length), (max)))
#define _PyUnicodeWriter_PrepareKind(writer, kind_) \
    ((kind_) <= (writer)->kind ? 0 : _PyUnicodeWriter_PrepareKindInternal((writer), (kind_)))

/* Classes of characters. */
#define Py_UNICODE_ISSPACE(ch) \
    ((Py_UCS4)(ch) < 128U ? _Py_ascii_whitespace[(Py_UCS4)(ch)] : _PyUnicode_IsWhitespace((Py_UCS4)(ch)))
#define Py_UNICODE_ISLOWER(ch) _PyUnicode_IsLowercase(ch)
#define Py_UNICODE_ISUPPER(ch) _PyUnicode_IsUppercase(ch)
#define Py_UNICODE_ISTITLE(ch) _PyUnicode_IsTitlecase(ch)
#define Py_UNICODE_ISLINEBREAK(ch) _PyUnicode_IsLinebreak(ch)
#define Py_UNICODE_ISDECIMAL(ch) _PyUnicode_IsDecimalDigit(ch)
#define Py_UNICODE_ISDIGIT(ch) _PyUnicode_IsDigit(ch)
#define Py_UNICODE_ISNUMERIC(ch) _PyUnicode_IsNumeric(ch)
#define Py_UNICODE_ISPRINTABLE(ch) _PyUnicode_IsPrintable(ch)
#define Py_UNICODE_ISALPHA(ch) _PyUnicode_IsAlpha(ch)
#define Py_UNICODE_ISALNUM(ch) \
    (Py_UNICODE_ISALPHA(ch) || Py_UNICODE_ISDECIMAL(ch) || Py_UNICODE_ISDIGIT(ch) || Py_UNICODE_ISNUMERIC(ch))
#define Py_UNICODE_TOLOWER(ch) _PyUnicode_ToLowercase(ch)
#define Py_UNICODE_TOUPPER(ch) _PyUnicode_ToUppercase(ch)
#define Py_UNICODE_TOTITLE(ch) _PyUnicode_ToTitlecase(ch)
#define Py_UNICODE_TODECIMAL(ch) _PyUnicode_ToDecimalDigit(ch)
#define Py_UNICODE_TODIGIT(ch) _PyUnicode_ToDigit(ch)
#define Py_UNICODE_TONUMERIC(ch) _PyUnicode_ToNumeric(ch)
#define Py_UNICODE_COPY(target, source, length) memcpy((target), (source), (length) * sizeof(Py_UNICODE))
#define Py_UNICODE_FILL(target, value, length) \
    do { Py_ssize_t i_; for (i_ = 0; i_ < (length); i_++) (target)[i_] = (value); } while (0)

#define Py_UNICODE_IS_SURROGATE(ch) (0xD800 <= (ch) && (ch) <= 0xDFFF)
#define Py_UNICODE_IS_HIGH_SURROGATE(ch) (0xD800 <= (ch) && (ch) <= 0xDBFF)
#define Py_UNICODE_IS_LOW_SURROGATE(ch) (0xDC00 <= (ch) && (ch) <= 0xDFFF)
#define Py_UNICODE_JOIN_SURROGATES(high, low) \
    (((((Py_UCS4)(high)) & 0x03FF) << 10 | (((Py_UCS4)(low)) & 0x03FF)) + 0x10000)
#define Py_UNICODE_HIGH_SURROGATE(ch) (0xD7C0 + ((ch) >> 10))
#define Py_UNICODE_LOW_SURROGATE(ch) (0xDC00 + ((ch) & 0x3FF))

/* Classes of bytes, in no locale. */
#define PY_CTF_LOWER 0x01
#define PY_CTF_UPPER 0x02
#define PY_CTF_ALPHA (PY_CTF_LOWER | PY_CTF_UPPER)
#define PY_CTF_DIGIT 0x04
#define PY_CTF_ALNUM (PY_CTF_ALPHA | PY_CTF_DIGIT)
#define PY_CTF_SPACE 0x08
#define PY_CTF_XDIGIT 0x10
#define Py_ISLOWER(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_LOWER)
#define Py_ISUPPER(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_UPPER)
#define Py_ISALPHA(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_ALPHA)
#define Py_ISDIGIT(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_DIGIT)
#define Py_ISXDIGIT(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_XDIGIT)
#define Py_ISALNUM(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_ALNUM)
#define Py_ISSPACE(c) (_Py_ctype_table[Py_CHARMASK(c)] & PY_CTF_SPACE)
#define Py_TOLOWER(c) (_Py_ctype_tolower[Py_CHARMASK(c)])
#define Py_TOUPPER(c) (_Py_ctype_toupper[Py_CHARMASK(c)])

#endif

#endif
