/* PyStatus_...: results of the start-up functions. */
#include "core/mooring.h"

PYAPI PyStatus PyStatus_Ok(void)
{
    return (PyStatus){._type = _PyStatus_TYPE_OK};
}

PYAPI PyStatus PyStatus_Error(const char *err_msg)
{
    return (PyStatus){._type = _PyStatus_TYPE_ERROR, .err_msg = err_msg};
}

PYAPI PyStatus PyStatus_NoMemory(void)
{
    return PyStatus_Error("memory allocation failed");
}

PYAPI PyStatus PyStatus_Exit(int exitcode)
{
    return (PyStatus){._type = _PyStatus_TYPE_EXIT, .exitcode = exitcode};
}

PYAPI int PyStatus_IsError(PyStatus err)
{
    return err._type == _PyStatus_TYPE_ERROR;
}

PYAPI int PyStatus_IsExit(PyStatus err)
{
    return err._type == _PyStatus_TYPE_EXIT;
}

PYAPI int PyStatus_Exception(PyStatus err)
{
    return err._type != _PyStatus_TYPE_OK;
}
