/* PyMem_...: memory without object header. Zero bytes still get an address of their own. */
#include "core/mooring.h"
#include <stdlib.h>
#include <wchar.h>

static inline void *allocate(size_t size)
{
    void *block = size > (size_t)PY_SSIZE_T_MAX ? NULL : malloc(size ? size : 1);
    m_made += m_weight(block);
    return m_traced(block, size);
}

static inline void *allocate_zeroed(size_t nelem, size_t elsize)
{
    if (elsize != 0 && nelem > (size_t)PY_SSIZE_T_MAX / elsize)
        return NULL;
    void *block = nelem == 0 || elsize == 0 ? calloc(1, 1) : calloc(nelem, elsize);
    m_made += m_weight(block);
    return m_traced(block, nelem * elsize);
}

static inline void *reallocate(void *ptr, size_t size)
{
    return size > (size_t)PY_SSIZE_T_MAX ? NULL : m_resized(ptr, size ? size : 1, 0);
}

PYAPI void *PyMem_Malloc(size_t size)
{
    M_DEBUG(return m_debug_mem(NULL, size, 0);)
    return allocate(size);
}

PYAPI void *PyMem_Calloc(size_t nelem, size_t elsize)
{
    M_DEBUG(return elsize && nelem > (size_t)PY_SSIZE_T_MAX / elsize ? NULL : m_debug_mem(NULL, nelem * elsize, 1);)
    return allocate_zeroed(nelem, elsize);
}

PYAPI void *PyMem_Realloc(void *ptr, size_t new_size)
{
    if (ptr && M_HDR(ptr)->magic == M_MAGIC(ptr))
        return PyObject_Realloc(ptr, new_size);
    M_DEBUG(return m_debug_mem(ptr, new_size, 0);)
    return reallocate(ptr, new_size);
}

/* Extensions mix this with PyObject_Free(): either frees what the other's allocator gave. */
PYAPI void PyMem_Free(void *ptr)
{
    m_free(ptr);
}

PYAPI void *PyMem_RawMalloc(size_t size)
{
    return allocate(size);
}

PYAPI void *PyMem_RawCalloc(size_t nelem, size_t elsize)
{
    return allocate_zeroed(nelem, elsize);
}

PYAPI void *PyMem_RawRealloc(void *ptr, size_t new_size)
{
    M_DEBUG(if (ptr && m_debug_is_mem(ptr)) return m_debug_mem(ptr, new_size, 0);)
    return reallocate(ptr, new_size);
}

PYAPI void PyMem_RawFree(void *ptr)
{
    M_DEBUG(if (ptr && m_debug_is_mem(ptr)) { m_free(ptr); return; })
    m_untraced(ptr);
    m_made -= m_weight(ptr);
    free(ptr);
}

static void *duplicate(const void *from, size_t size)
{
    void *copy = allocate(size);
    return copy == NULL ? NULL : memcpy(copy, from, size);
}

PYAPI char *_PyMem_Strdup(const char *str)
{
    size_t size = strlen(str) + 1;
    char *copy = PyMem_Malloc(size);
    return copy ? memcpy(copy, str, size) : NULL;
}

PYAPI char *_PyMem_RawStrdup(const char *str)
{
    return duplicate(str, strlen(str) + 1);
}

PYAPI wchar_t *_PyMem_RawWcsdup(const wchar_t *str)
{
    return duplicate(str, (wcslen(str) + 1) * sizeof(wchar_t));
}

enum { PRESSURE_TOLD = 256 * 1024 };            /* bytes that are worth a callback */

PYAPI void Mooring_AddMemoryPressure(Py_ssize_t size)
{
    static Py_ssize_t untold;                   /* the C-API lock guards it */

    untold += size;
    if (untold < PRESSURE_TOLD)
        return;
    size = untold, untold = 0;
    vm_memory_pressure(size);
}
