#ifndef MOORING_CYCLES_H
#define MOORING_CYCLES_H
#include "core/flight.h"

extern PyObject **m_tracked;            /* the objects that are M_TRACKED and M_GC */
extern uint32_t m_tracked_n;

#endif
