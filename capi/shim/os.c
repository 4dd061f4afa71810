/* PyOS_...: text and numbers as C sees them, signals. Doubles are in os_double.c. */
#include "core/mooring.h"
#include <stdio.h>
#include <signal.h>
#include <sys/random.h>

PYAPI int PyOS_vsnprintf(char *str, size_t size, const char *format, va_list va)
{
    if (size > (size_t)INT_MAX) {
        str[0] = '\0';
        return -666;  /* what CPython answers, and callers may test for */
    }
    int n = vsnprintf(str, size, format, va);
    if (size > 0)
        str[size - 1] = '\0';
    return n;
}

PYAPI int PyOS_snprintf(char *str, size_t size, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int n = PyOS_vsnprintf(str, size, format, va);
    va_end(va);
    return n;
}

PYAPI int PyOS_mystrnicmp(const char *s1, const char *s2, Py_ssize_t size)
{
    for (; size > 0; s1++, s2++, size--) {
        int difference = Py_TOLOWER(*s1) - Py_TOLOWER(*s2);
        if (difference != 0 || *s1 == '\0')
            return difference;
    }
    return 0;
}

PYAPI int PyOS_mystricmp(const char *s1, const char *s2)
{
    while (*s1 && Py_TOLOWER(*s1) == Py_TOLOWER(*s2))
        s1++, s2++;
    return Py_TOLOWER(*s1) - Py_TOLOWER(*s2);
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        return (c | 0x20) - 'a' + 10;
    return 37;
}

static int prefix_base(const char *str)
{
    if (str[0] != '0')
        return 0;
    switch (str[1] | 0x20) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 0;
    }
}

/* As in the language: 0x, 0o, 0b; with base 0, further digits after a leading zero are not part of the number. */
PYAPI unsigned long PyOS_strtoul(const char *str, char **ptr, int base)
{
    unsigned long result = 0;
    int overflow = 0, only_zeros = 0;

    while (Py_ISSPACE(*str))
        str++;
    int prefix = prefix_base(str);
    if (prefix && (base == 0 || base == prefix)) {
        if (digit_value(str[2]) >= prefix) {
            if (ptr != NULL)
                *ptr = (char *)str + 1;
            return 0;
        }
        str += 2;
        base = prefix;
    } else if (base == 0) {
        only_zeros = *str == '0';
        base = 10;
    }
    if (base < 2 || base > 36) {
        if (ptr != NULL)
            *ptr = (char *)str;
        return 0;
    }
    for (; digit_value(*str) < base && !(only_zeros && *str != '0'); str++)
        if (__builtin_mul_overflow(result, (unsigned long)base, &result)
            || __builtin_add_overflow(result, (unsigned long)digit_value(*str), &result))
            overflow = 1;
    if (only_zeros)
        while (Py_ISSPACE(*str))
            str++;
    if (ptr != NULL)
        *ptr = (char *)str;
    if (overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return result;
}

PYAPI long PyOS_strtol(const char *str, char **ptr, int base)
{
    while (Py_ISSPACE(*str))
        str++;
    char sign = *str;
    if (sign == '+' || sign == '-')
        str++;
    unsigned long magnitude = PyOS_strtoul(str, ptr, base);
    if (magnitude <= LONG_MAX)
        return sign == '-' ? -(long)magnitude : (long)magnitude;
    if (sign == '-' && magnitude == 0 - (unsigned long)LONG_MIN)
        return LONG_MIN;
    errno = ERANGE;
    return LONG_MAX;
}

PYAPI PyOS_sighandler_t PyOS_getsig(int i)
{
    struct sigaction action;
    return sigaction(i, NULL, &action) == -1 ? SIG_ERR : action.sa_handler;
}

PYAPI PyOS_sighandler_t PyOS_setsig(int i, PyOS_sighandler_t h)
{
    struct sigaction action = {.sa_handler = h}, before;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK;
    return sigaction(i, &action, &before) == -1 ? SIG_ERR : before.sa_handler;
}

/* Random bytes from the system; waits until it has enough of them at boot. */
PYAPI int _PyOS_URandom(void *buffer, Py_ssize_t size)
{
    char *p = buffer;
    while (size > 0) {
        ssize_t n = getrandom(p, (size_t)size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            PyErr_SetFromErrno(PyExc_OSError);
            return -1;
        }
        p += n;
        size -= n;
    }
    return 0;
}
