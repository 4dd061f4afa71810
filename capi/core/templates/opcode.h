#ifndef Py_OPCODE_H
#define Py_OPCODE_H

/* PyPy's bytecode is its own; the numbers are in the Python module `opcode`. */

#include "Python.h"

#define HAVE_ARGUMENT 90
#define HAS_ARG(op) ((op) >= HAVE_ARGUMENT)

#endif
