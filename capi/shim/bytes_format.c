/* PyBytes_FromFormat() */
#include "core/mooring.h"
#include "format_buffer.h"

typedef struct {
    const char *format;
    FormatBuffer text;
    va_list va;
} Format;

static int add_number(Format *f, char unit, char size)
{
    char digits[32];
    int is_unsigned = unit == 'u', n;

    if (unit == 'x')
        n = snprintf(digits, sizeof(digits), "%x", va_arg(f->va, unsigned int));
    else if (size == 'l')
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%lu" : "%ld", va_arg(f->va, long));
    else if (size == 'z')
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%zu" : "%zd", va_arg(f->va, Py_ssize_t));
    else
        n = snprintf(digits, sizeof(digits), is_unsigned ? "%u" : "%d", va_arg(f->va, int));
    return format_add(&f->text, digits, (size_t)n);
}

static int add_byte(Format *f)
{
    int c = va_arg(f->va, int);
    if (c < 0 || c > 255) {
        PyErr_SetString(PyExc_OverflowError, "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]");
        return 0;
    }
    char byte = (char)c;
    return format_add(&f->text, &byte, 1);
}

static int add_string(Format *f, size_t precision)
{
    const char *text = va_arg(f->va, const char *);
    return format_add(&f->text, text, strnlen(text, precision));
}

static int add_pointer(Format *f)
{
    char text[24];
    int n = format_pointer(text, va_arg(f->va, void *));
    return format_add(&f->text, text, (size_t)n);
}

/* `start` is the '%'. A width is accepted and has no effect; a precision cuts strings. */
static int add_unit(Format *f, const char *start)
{
    const char *p = start + 1;
    size_t precision = SIZE_MAX;
    char size = 0;

    while (Py_ISDIGIT(*p))
        p++;
    if (*p == '.')
        for (precision = 0, p++; Py_ISDIGIT(*p); p++)
            precision = precision * 10 + (size_t)(*p - '0');
    if (precision == 0)
        precision = SIZE_MAX;
    while (*p && *p != '%' && !Py_ISALPHA(*p))
        p++;
    if ((*p == 'l' || *p == 'z') && (p[1] == 'd' || p[1] == 'u'))
        size = *p++;
    f->format = *p ? p + 1 : p;

    switch (*p) {
    case 'd': case 'i': case 'u': case 'x':
        return add_number(f, *p, size);
    case 's':
        return add_string(f, precision);
    case 'c':
        return add_byte(f);
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
        size_t n = strcspn(f->format, "%");
        if (!format_add(&f->text, f->format, n))
            return 0;
        f->format += n;
        if (*f->format == '%' && !add_unit(f, f->format))
            return 0;
    }
    return 1;
}

PYAPI PyObject *PyBytes_FromFormatV(const char *format, va_list vargs)
{
    Format f = {.format = format};
    PyObject *result = NULL;

    va_copy(f.va, vargs);
    format_begin(&f.text);
    if (add_all(&f))
        result = PyBytes_FromStringAndSize(f.text.data, (Py_ssize_t)f.text.size);
    format_end(&f.text);
    va_end(f.va);
    return result;
}

PYAPI PyObject *PyBytes_FromFormat(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = PyBytes_FromFormatV(format, va);
    va_end(va);
    return result;
}
