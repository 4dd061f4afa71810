/* Numbers in C: what the files of the families int, float and number share. */
#ifndef NUMBER_H
#define NUMBER_H
#include "core/mooring.h"

PyObject *m_null_argument(void);        /* NULL, with an error set */
PyObject *m_index(PyObject *op);        /* what op.__index__() gives, or op if it is an int; new reference */
double m_float_value(PyObject *op);     /* what op.__float__() or op.__index__() gives */

#define SLOT(name) offsetof(PyNumberMethods, name)
PyObject *m_wide_operator(PyObject *o1, PyObject *o2, size_t slot);     /* on exact ints; NULL: not decided */
#endif
