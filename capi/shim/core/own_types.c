/* Types that only C has: capsules, C functions as objects, module definitions.  They are made ready when the layer boots. */
#include "core/mooring.h"

void mooring_init_capsule(void);

static void init_module_def(void)
{
    PyModuleDef_Type.tp_name = "moduledef";
    PyModuleDef_Type.tp_basicsize = sizeof(PyModuleDef);
    PyModuleDef_Type.tp_flags = Py_TPFLAGS_DEFAULT;
}

VMCALL long m_own_types(void)
{
    PyTypeObject *types[] = {&PyCapsule_Type, &PyCFunction_Type, &PyCMethod_Type, &PyModuleDef_Type};
    MThread *t = &m_tls;
    long failed = 0;
    m_enter(t);
    m_init_root_types();
    mooring_init_capsule();
    m_init_cfunction();
    init_module_def();
    for (size_t i = 0; i < sizeof types / sizeof types[0] && !failed; i++)
        failed = PyType_Ready(types[i]);
    m_init_memoryview();
    m_init_bytes_buffer();
    m_leave(t);
    return failed;
}
