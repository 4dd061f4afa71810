#ifndef Py_PYTHON_H
#define Py_PYTHON_H

#include "patchlevel.h"
#include "pyconfig.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <pthread.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

/* Every exported name, with our own prefix. */
@RENAMES@

#include "mooring/port.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Types and constants. */
#include "mooring/basic.h"
#include "mooring/type.h"
#include "typeslots.h"
#include "mooring/layouts.h"
#include "mooring/unicode_layout.h"
#include "mooring/code_layout.h"
#include "mooring/runtime.h"

/* Data. */
@DATA@

/* Functions. */
@PROTOTYPES@

#include "mooring/extra.h"

/* Inline functions and macros, which call the functions above. */
#include "mooring/refcount.h"
#include "mooring/check.h"
#include "mooring/memory.h"
#include "mooring/call.h"
#include "mooring/module.h"
#include "mooring/access.h"
#include "mooring/unicode_access.h"
#include "mooring/newer.h"

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
