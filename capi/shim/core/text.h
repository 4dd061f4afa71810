/* What unicode.c in here and the files of PyUnicode_... share beyond mooring.h. */
#ifndef MOORING_TEXT_H
#define MOORING_TEXT_H

#include "core/mooring.h"

#define M_SURROGATES 128u               /* header flag: a str whose UTF-8 was made and has lone surrogates */

PyObject *m_str_realloc(PyObject *str, Py_ssize_t n);        /* of a str that nobody else has */

#endif
