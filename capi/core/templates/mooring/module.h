#ifndef MOORING_MODULE_H
#define MOORING_MODULE_H

/* Making modules, filling them. */

#ifdef Py_LIMITED_API
#define PyModule_Create(def) PyModule_Create2((def), PYTHON_ABI_VERSION)
#define PyModule_FromDefAndSpec(def, spec) PyModule_FromDefAndSpec2((def), (spec), PYTHON_ABI_VERSION)
#else
#define PyModule_Create(def) PyModule_Create2((def), PYTHON_API_VERSION)
#define PyModule_FromDefAndSpec(def, spec) PyModule_FromDefAndSpec2((def), (spec), PYTHON_API_VERSION)
#endif
#define PyModule_AddIntMacro(module, name) PyModule_AddIntConstant((module), #name, name)
#define PyModule_AddStringMacro(module, name) PyModule_AddStringConstant((module), #name, name)

#endif
