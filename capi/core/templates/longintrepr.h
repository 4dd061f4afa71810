#ifndef Py_LONGINTREPR_H
#define Py_LONGINTREPR_H

/* CPython's digits, by size only: an int of ours holds none. Use _PyLong_AsByteArray and _PyLong_FromByteArray. */

#include "Python.h"

typedef uint32_t digit;
typedef int32_t sdigit;
typedef uint64_t twodigits;
typedef int64_t stwodigits;
#define PyLong_SHIFT 30
#define PyLong_BASE ((digit)1 << PyLong_SHIFT)
#define PyLong_MASK ((digit)(PyLong_BASE - 1))

#endif
