#ifndef Py_OSDEFS_H
#define Py_OSDEFS_H

#include "Python.h"

#define SEP L'/'
#define DELIM L':'
#ifndef MAXPATHLEN
#ifdef PATH_MAX
#define MAXPATHLEN PATH_MAX
#else
#define MAXPATHLEN 4096
#endif
#endif

#endif
