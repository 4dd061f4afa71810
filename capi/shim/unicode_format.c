/* PyUnicode_FromFormat(). The text grows as UTF-8 in a buffer and becomes one str at the end. */
#include "core/mooring.h"
#include "format_buffer.h"

typedef struct {
    const char *format;
    FormatBuffer text;
    int has_surrogates;                  /* "surrogatepass" is needed to read it back */
    va_list va;
} Format;

typedef struct {
    Py_ssize_t width, precision;         /* -1: not given */
    char fill;
    char size;                           /* 'l', 'L' for ll, 'z', or 0 */
    char unit;
} Unit;

static size_t utf8_length(const char *p, size_t n)
{
    size_t characters = 0;
    for (size_t i = 0; i < n; i++)
        characters += (p[i] & 0xC0) != 0x80;
    return characters;
}

/* At most `precision` characters, in at least `width` columns. */
static int add_padded(Format *f, const Unit *u, const char *utf8, size_t n)
{
    Py_ssize_t length = (Py_ssize_t)utf8_length(utf8, n);
    if (u->precision >= 0 && length > u->precision) {
        size_t i = 0;
        for (length = 0; i < n; i++)
            if ((utf8[i] & 0xC0) != 0x80 && length++ == u->precision)
                break;
        n = i;
        length = u->precision;
    }
    return format_fill(&f->text, ' ', u->width - length) && format_add(&f->text, utf8, n);
}

static int add_str(Format *f, const Unit *u, PyObject *str)
{
    Py_ssize_t n;
    const char *utf8 = PyUnicode_AsUTF8AndSize(str, &n);
    if (utf8 != NULL)
        return add_padded(f, u, utf8, (size_t)n);
    PyErr_Clear();
    PyObject *bytes = PyUnicode_AsEncodedString(str, "utf-8", "surrogatepass");
    if (bytes == NULL)
        return 0;
    f->has_surrogates = 1;
    int ok = add_padded(f, u, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return ok;
}

/* Steals the reference to str. */
static int add_new_str(Format *f, const Unit *u, PyObject *str)
{
    if (str == NULL)
        return 0;
    int ok = add_str(f, u, str);
    Py_DECREF(str);
    return ok;
}

/* %s: `precision` counts bytes here; what is not UTF-8 becomes U+FFFD. */
static int add_c_string(Format *f, Unit *u, const char *text)
{
    size_t n = u->precision < 0 ? strlen(text) : strnlen(text, (size_t)u->precision);
    u->precision = -1;
    for (size_t i = 0; i < n; i++)
        if (text[i] & 0x80)
            return add_new_str(f, u, PyUnicode_DecodeUTF8(text, (Py_ssize_t)n, "replace"));
    return add_padded(f, u, text, n);
}

static int add_number(Format *f, const Unit *u)
{
    char digits[32];
    int is_unsigned = u->unit == 'u';
    Py_ssize_t n;

    if (u->unit == 'x')
        n = snprintf(digits, sizeof(digits), "%x", va_arg(f->va, unsigned int));
    else if (u->size == 'l')
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%lu" : "%ld", va_arg(f->va, long));
    else if (u->size == 'L')
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%llu" : "%lld", va_arg(f->va, long long));
    else if (u->size == 'z')
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%zu" : "%zd", va_arg(f->va, Py_ssize_t));
    else
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%u" : "%d", va_arg(f->va, int));
    Py_ssize_t filled = u->precision > n ? u->precision : n;
    return format_fill(&f->text, u->fill, u->width - filled) && format_fill(&f->text, '0', u->precision - n)
           && format_add(&f->text, digits, (size_t)n);
}

static int add_character(Format *f)
{
    int c = va_arg(f->va, int);
    if (c < 0 || c > 0x10FFFF) {
        PyErr_SetString(PyExc_OverflowError, "character argument not in range(0x110000)");
        return 0;
    }
    char utf8[4];
    size_t n = 0;
    if (c < 0x80) {
        utf8[n++] = (char)c;
    } else {
        if (c >= 0x10000)
            utf8[n++] = (char)(0xF0 | c >> 18);
        if (c >= 0x800)
            utf8[n++] = (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3F) : 0xE0 | c >> 12);
        utf8[n++] = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3F) : 0xC0 | c >> 6);
        utf8[n++] = (char)(0x80 | (c & 0x3F));
    }
    if (c >= 0xD800 && c < 0xE000)
        f->has_surrogates = 1;
    return format_add(&f->text, utf8, n);
}

static int add_pointer(Format *f)
{
    char text[24];
    int n = format_pointer(text, va_arg(f->va, void *));
    return format_add(&f->text, text, (size_t)n);
}

/* %V: a str, or where that is NULL a char * */
static int add_either(Format *f, Unit *u)
{
    PyObject *str = va_arg(f->va, PyObject *);
    const char *text = va_arg(f->va, const char *);
    return str != NULL ? add_str(f, u, str) : add_c_string(f, u, text);
}

/* Digits; -1 with an error set where they are too many. */
static Py_ssize_t read_number(const char **p, const char *too_big)
{
    Py_ssize_t n = 0;
    for (; Py_ISDIGIT(**p); ++*p) {
        int digit = **p - '0';
        if (n > (PY_SSIZE_T_MAX - digit) / 10) {
            PyErr_SetString(PyExc_ValueError, too_big);
            return -1;
        }
        n = n * 10 + digit;
    }
    return n;
}

/* What stands between '%' and the unit's letter. */
static int read_unit(Format *f, Unit *u)
{
    const char *p = f->format;

    /* unit 0: none that we know */
    *u = (Unit){.width = -1, .precision = -1, .fill = ' '};
    if (*p == '0') {
        u->fill = '0';
        p++;
    }
    if (Py_ISDIGIT(*p) && (u->width = read_number(&p, "width too big")) < 0)
        return 0;
    if (*p == '.') {
        p++;
        if (Py_ISDIGIT(*p) && (u->precision = read_number(&p, "precision too big")) < 0)
            return 0;
        if (*p == '%')  /* "%.3%" is no unit */
            return 1;
    }
    if (*p == 'l' && p[1] == 'l' && p[2] && strchr("diu", p[2])) {
        u->size = 'L';
        p += 2;
    } else if ((*p == 'l' || *p == 'z') && p[1] && strchr("diu", p[1])) {
        u->size = *p++;
    }
    u->unit = *p;
    f->format = *p ? p + 1 : p;
    return 1;
}

/* `start` is the '%'. */
static int add_unit(Format *f, const char *start)
{
    Unit u;
    if (!read_unit(f, &u))
        return 0;
    switch (u.unit) {
    case 'd': case 'i': case 'u': case 'x':
        return add_number(f, &u);
    case 's':
        return add_c_string(f, &u, va_arg(f->va, const char *));
    case 'U':
        return add_str(f, &u, va_arg(f->va, PyObject *));
    case 'R':
        return add_new_str(f, &u, PyObject_Repr(va_arg(f->va, PyObject *)));
    case 'S':
        return add_new_str(f, &u, PyObject_Str(va_arg(f->va, PyObject *)));
    case 'A':
        return add_new_str(f, &u, PyObject_ASCII(va_arg(f->va, PyObject *)));
    case 'V':
        return add_either(f, &u);
    case 'c':
        return add_character(f);
    case 'p':
        return add_pointer(f);
    case '%':
        return format_add(&f->text, "%", 1);
    default:  /* unknown: no way to tell what its argument is, so the rest is copied as it stands */
        f->format = start + strlen(start);
        return format_add(&f->text, start, strlen(start));
    }
}

static int add_all(Format *f)
{
    while (*f->format) {
        const char *start = f->format;
        size_t n = strcspn(start, "%");
        for (size_t i = 0; i < n; i++)
            if (start[i] & 0x80) {
                PyErr_Format(PyExc_ValueError, "PyUnicode_FromFormatV() expects an ASCII-encoded format string, "
                             "got a non-ASCII byte: 0x%02x", (unsigned char)start[i]);
                return 0;
            }
        if (!format_add(&f->text, start, n))
            return 0;
        f->format += n;
        if (*f->format == '%') {
            f->format++;
            if (!add_unit(f, start + n))
                return 0;
        }
    }
    return 1;
}

PYAPI PyObject *PyUnicode_FromFormatV(const char *format, va_list vargs)
{
    Format f = {.format = format};
    PyObject *result = NULL;

    va_copy(f.va, vargs);
    format_begin(&f.text);
    if (add_all(&f))
        result = PyUnicode_DecodeUTF8(f.text.data, (Py_ssize_t)f.text.size, f.has_surrogates ? "surrogatepass" : NULL);
    format_end(&f.text);
    va_end(f.va);
    return result;
}

PYAPI PyObject *PyUnicode_FromFormat(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = PyUnicode_FromFormatV(format, va);
    va_end(va);
    return result;
}
