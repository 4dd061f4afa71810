/* PyOS_string_to_double() and PyOS_double_to_string(): exact in both directions, whatever the process's locale. */
#include "core/mooring.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

static locale_t c_locale(void)
{
    static locale_t locale;
    if (locale == (locale_t)0)
        locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return locale;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static const char *skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

/* Where a decimal literal ends; `p` itself where none begins. */
static const char *end_of_decimal(const char *p)
{
    const char *whole = *p == '+' || *p == '-' ? p + 1 : p;
    const char *end = skip_digits(whole);
    int digits = end > whole;

    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        digits |= end > fraction;
    }
    if (!digits)
        return p;
    if (*end == 'e' || *end == 'E') {
        const char *exponent = end + 1;
        if (*exponent == '+' || *exponent == '-')
            exponent++;
        if (*exponent >= '0' && *exponent <= '9')
            end = skip_digits(exponent);
    }
    return end;
}

/* inf, infinity, nan; NULL where it is none of them. */
static const char *end_of_special(const char *p, double *value)
{
    int negative = *p == '-';
    if (*p == '+' || *p == '-')
        p++;
    if (PyOS_mystrnicmp(p, "inf", 3) == 0) {
        *value = negative ? -Py_HUGE_VAL : Py_HUGE_VAL;
        return p + (PyOS_mystrnicmp(p + 3, "inity", 5) == 0 ? 8 : 3);
    }
    if (PyOS_mystrnicmp(p, "nan", 3) == 0) {
        *value = negative ? -(double)NAN : (double)NAN;
        return p + 3;
    }
    return NULL;
}

static double read_decimal(const char *s, const char *end)
{
    if (*end == 'x' || *end == 'X')  /* strtod() would read on, in hexadecimal; then only a zero stands before it */
        if (end[-1] == '0' && (end - s == 1 || (end - s == 2 && (*s == '-' || *s == '+'))))
            return *s == '-' ? -0.0 : 0.0;
    return strtod_l(s, NULL, c_locale());
}

/* Without overflow_exception, too large a number is an infinity. Without endptr, all of s must be a number. */
PYAPI double PyOS_string_to_double(const char *s, char **endptr, PyObject *overflow_exception)
{
    double result = -1.0;
    const char *end = end_of_decimal(s);
    const char *special = end > s ? NULL : end_of_special(s, &result);

    if (special != NULL)
        end = special;
    else if (end > s)
        result = read_decimal(s, end);

    if (end == s || (endptr == NULL && *end != '\0')) {
        PyErr_Format(PyExc_ValueError, "could not convert string to float: '%.200s'", s);
        result = -1.0;
    } else if (special == NULL && isinf(result) && overflow_exception != NULL) {
        PyErr_Format(overflow_exception, "value too large to convert to float: '%.200s'", s);
        result = -1.0;
    }
    if (endptr != NULL)
        *endptr = (char *)end;
    return result;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static int rounds_back(const char *text, double value)
{
    return strtod_l(text, NULL, c_locale()) == value;
}

/* "d.ddde-nn" of a positive value with the fewest digits that read back as it. */
static void shortest(double value, char *text, size_t room)
{
    int exponent;
    int digits = value < DBL_MIN ? 1 : 15;  /* any 15 digits survive a normal double */

    for (; digits < 17; digits++) {
        snprintf(text, room, "%.*e", digits - 1, value);
        if (rounds_back(text, value))
            return;
        if (frexp(value, &exponent) != 0.5)
            continue;
        /* A power of two: the gap below it is half the gap above, so the next decimal up may do as well. */
        char *last = strchr(text, 'e') - 1;
        if (*last < '9' && *last != '.') {
            ++*last;
            if (rounds_back(text, value))
                return;
        }
    }
    snprintf(text, room, "%.16e", value);
}

/* The number that 'r' writes, from the digits and exponent of the shortest "d.ddde-nn". */
static void write_repr(double value, char *out, size_t room)
{
    char text[32], digits[20];
    int n = 0;

    shortest(value, text, sizeof(text));
    char *e = strchr(text, 'e');
    for (char *p = text; p < e; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    int point = atoi(e + 1) + 1;  /* digits before the decimal point */
    if (point <= -4 || point > 16)
        snprintf(out, room, "%c%s%.*se%+.2d", digits[0], n > 1 ? "." : "", n - 1, digits + 1, point - 1);
    else if (point <= 0)
        snprintf(out, room, "0.%0*d%.*s", -point, 0, n, digits);
    else if (point >= n)
        snprintf(out, room, "%.*s%.*s", n, digits, point - n, "0000000000000000");
    else
        snprintf(out, room, "%.*s.%.*s", point, digits, n - point, digits + point);
    if (point == 0)
        snprintf(out, room, "0.%.*s", n, digits);
}

static int has_only_zeros(const char *text)
{
    for (; *text && *text != 'e' && *text != 'E'; text++)
        if (*text >= '1' && *text <= '9')
            return 0;
    return 1;
}

/* "d.d00e+nn" -> "d.de+nn" */
static void strip_zeros(char *text)
{
    char *e = strpbrk(text, "eE"), *end = e;
    while (end[-1] == '0')
        end--;
    if (end[-1] == '.')
        end--;
    if (end > text && end < e)
        memmove(end, e, strlen(e) + 1);
}

/* "dde+nn" -> "dd.e+nn" */
static void add_point(char *text)
{
    if (strchr(text, '.') != NULL)
        return;
    char *at = text + strcspn(text, "eE");
    memmove(at + 1, at, strlen(at) + 1);
    *at = '.';
}

/* 'g' has to write an exponent where ".0" would make a digit more than `precision`. */
static int fills_precision(double value, int precision)
{
    char text[512];
    if (precision > 400)
        return 0;
    snprintf(text, sizeof(text), "%.*e", precision - 1, value);
    return atoi(strchr(text, 'e') + 1) == precision - 1;
}

/* The text of a finite value >= 0 in memory of PyMem_Malloc(), from its second byte on, with room for ".0" after. */
static char *write_magnitude(double value, char code, int precision, int flags)
{
    int alternate = flags & Py_DTSF_ALT, stripped = 0;
    char format[8] = "%#.*";

    if ((code == 'g' || code == 'G') && (flags & Py_DTSF_ADD_DOT_0)) {
        int digits = precision > 0 ? precision : 1;
        if (fills_precision(value, digits)) {
            code = code == 'g' ? 'e' : 'E';
            precision = digits - 1;
            stripped = !alternate && precision > 0;
        }
    }
    strcpy(format + 1, alternate ? "#.*?" : ".*?");
    format[strlen(format) - 1] = code;
    int n = code == 'r' ? 32 : snprintf(NULL, 0, format, precision, value);
    char *text = PyMem_Malloc((size_t)n + 4);
    if (text == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    if (code == 'r')
        write_repr(value, text + 1, 32);
    else
        snprintf(text + 1, (size_t)n + 1, format, precision, value);
    if (stripped)
        strip_zeros(text + 1);
    if (alternate)
        add_point(text + 1);
    return text;
}

/* format_code: e E f F g G r. The caller frees the text by PyMem_Free(). */
PYAPI char *PyOS_double_to_string(double val, char format_code, int precision, int flags, int *type)
{
    if (format_code == '\0' || strchr("eEfFgGr", format_code) == NULL || (format_code == 'r' && precision != 0)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    int kind = isnan(val) ? Py_DTST_NAN : isinf(val) ? Py_DTST_INFINITE : Py_DTST_FINITE;
    int negative = signbit(val) && kind != Py_DTST_NAN;
    char *text;

    if (kind == Py_DTST_FINITE) {
        locale_t before = uselocale(c_locale());
        text = write_magnitude(fabs(val), format_code, precision, flags);
        uselocale(before);
    } else {
        int upper = format_code >= 'A' && format_code <= 'Z';
        text = PyMem_Malloc(8);
        if (text == NULL)
            PyErr_NoMemory();
        else
            strcpy(text + 1, kind == Py_DTST_NAN ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"));
    }
    if (text == NULL)
        return NULL;
    if (kind == Py_DTST_FINITE && (flags & Py_DTSF_ADD_DOT_0) && strpbrk(text + 1, "eE") == NULL) {
        char *end = text + 1 + strlen(text + 1);
        if (strchr(text + 1, '.') == NULL)
            *end++ = '.';
        if (end[-1] == '.')
            strcpy(end, "0");
    }
    if (negative && (flags & Py_DTSF_NO_NEG_0) && kind == Py_DTST_FINITE && has_only_zeros(text + 1))
        negative = 0;
    if (negative || (flags & Py_DTSF_SIGN))
        text[0] = negative ? '-' : '+';
    else
        memmove(text, text + 1, strlen(text + 1) + 1);
    if (type != NULL)
        *type = kind;
    return text;
}
