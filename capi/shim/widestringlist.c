/* PyWideStringList_...: lists of wide strings, as start-up configurations hold them. */
#include "core/mooring.h"

PYAPI PyStatus PyWideStringList_Insert(PyWideStringList *list, Py_ssize_t index, const wchar_t *item)
{
    if (index < 0)
        return PyStatus_Error("PyWideStringList_Insert index must be >= 0");
    if (index > list->length)
        index = list->length;
    size_t size = (wcslen(item) + 1) * sizeof(wchar_t);
    wchar_t *copy = PyMem_RawMalloc(size);
    wchar_t **items = copy ? PyMem_RawRealloc(list->items, (size_t)(list->length + 1) * sizeof *items) : NULL;
    if (!items) {
        PyMem_RawFree(copy);
        return PyStatus_NoMemory();
    }
    memcpy(copy, item, size);
    memmove(items + index + 1, items + index, (size_t)(list->length - index) * sizeof *items);
    items[index] = copy;
    list->items = items;
    list->length++;
    return PyStatus_Ok();
}

PYAPI PyStatus PyWideStringList_Append(PyWideStringList *list, const wchar_t *item)
{
    return PyWideStringList_Insert(list, list->length, item);
}
