"""PyCell_..."""

from types import CellType

from capi.core import NULL, api


def checked(cell):
    if not isinstance(cell, CellType):
        raise SystemError("bad argument to internal function")
    return cell


@api("PyObject *PyCell_New(PyObject *ob)")
def PyCell_New(ob):
    return CellType() if ob is NULL else CellType(ob)


@api("PyObject *PyCell_Get(PyObject *cell)")
def PyCell_Get(cell):
    try:
        return checked(cell).cell_contents
    except ValueError:                                 # empty
        return NULL


@api("int PyCell_Set(PyObject *cell, PyObject *value)", given=("value",))
def PyCell_Set(cell, value):
    if value is not NULL:
        checked(cell).cell_contents = value
    elif PyCell_Get(cell) is not NULL:
        del cell.cell_contents
