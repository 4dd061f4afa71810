/* PyNumber_...: operators.  Exact ints and floats and the slots of C types are decided here, all else in the VM. */
#include "number_fast.h"
#include <math.h>

typedef PyObject *(*Helper)(PyObject *, PyObject *);

/* ---- slots of C types ----------------------------------------------------------------------------------------- */

/* May C decide about `op` by the slots of its type?  0 = no; *function: its own function in the slot, or NULL. */
static int own_slot(PyObject *op, size_t slot, void **function)
{
    PyTypeObject *type = Py_TYPE(op);
    MTypeInfo *info = m_info(type);
    *function = NULL;
    if (info->kind == K_INSTANCE && !(info->flags & TI_STATEFUL)) {
        if (type->tp_as_number)
            *function = *(void **)((char *)type->tp_as_number + slot);
        return !*function || *function != m_vm_number_slot(slot);
    }
    return info->kind == K_INT || info->kind == K_FLOAT || info->kind == K_COMPLEX || PyBool_Check(op);
}

/* CPython's order: the right operand first if its type derives from the left one's.  NULL without error: the VM decides. */
static PyObject *by_slots(PyObject *o1, PyObject *o2, size_t slot)
{
    void *left, *right;
    PyObject *result;
    if (PyLong_CheckExact(o1) && PyLong_CheckExact(o2))
        return m_wide_operator(o1, o2, slot);
    if (!own_slot(o1, slot, &left) || !own_slot(o2, slot, &right))
        return NULL;
    if (right == left)
        right = NULL;
    if (left && right && PyType_IsSubtype(Py_TYPE(o2), Py_TYPE(o1))) {
        result = ((binaryfunc)right)(o1, o2);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
        right = NULL;
    }
    if (left) {
        result = ((binaryfunc)left)(o1, o2);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    if (right) {
        result = ((binaryfunc)right)(o1, o2);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    return NULL;
}

static PyObject *binary(PyObject *o1, PyObject *o2, size_t slot, Helper helper)
{
    if (!o1 || !o2)
        return m_null_argument();
    PyObject *result = by_slots(o1, o2, slot);
    return result || PyErr_Occurred() ? result : helper(o1, o2);
}

static PyObject *inplace(PyObject *o1, PyObject *o2, size_t inplace_slot, size_t slot, Helper helper)
{
    void *own;
    if (!o1 || !o2)
        return m_null_argument();
    if (own_slot(o1, inplace_slot, &own) && own) {
        PyObject *result = ((binaryfunc)own)(o1, o2);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    PyObject *result = by_slots(o1, o2, slot);
    return result || PyErr_Occurred() ? result : helper(o1, o2);
}

static PyObject *unary(PyObject *o, size_t slot, PyObject *(*helper)(PyObject *))
{
    void *own;
    if (!o)
        return m_null_argument();
    return own_slot(o, slot, &own) && own ? ((unaryfunc)own)(o) : helper(o);
}

/* ---- binary ------------------------------------------------------------------------------------------------------- */

#define BINARY(name) \
    PyObject *result = fast_##name(o1, o2); \
    return likely(result) ? result : binary(o1, o2, SLOT(nb_##name), vm_number_##name);
#define INPLACE(name) \
    PyObject *result = fast_##name(o1, o2); \
    return likely(result) ? result : inplace(o1, o2, SLOT(nb_inplace_##name), SLOT(nb_##name), vm_number_inplace_##name);

PYAPI PyObject *PyNumber_Add(PyObject *o1, PyObject *o2)
{
    BINARY(add)
}

PYAPI PyObject *PyNumber_Subtract(PyObject *o1, PyObject *o2)
{
    BINARY(subtract)
}

PYAPI PyObject *PyNumber_Multiply(PyObject *o1, PyObject *o2)
{
    BINARY(multiply)
}

PYAPI PyObject *PyNumber_MatrixMultiply(PyObject *o1, PyObject *o2)
{
    BINARY(matrix_multiply)
}

PYAPI PyObject *PyNumber_FloorDivide(PyObject *o1, PyObject *o2)
{
    BINARY(floor_divide)
}

PYAPI PyObject *PyNumber_TrueDivide(PyObject *o1, PyObject *o2)
{
    BINARY(true_divide)
}

PYAPI PyObject *PyNumber_Remainder(PyObject *o1, PyObject *o2)
{
    BINARY(remainder)
}

PYAPI PyObject *PyNumber_Lshift(PyObject *o1, PyObject *o2)
{
    BINARY(lshift)
}

PYAPI PyObject *PyNumber_Rshift(PyObject *o1, PyObject *o2)
{
    BINARY(rshift)
}

PYAPI PyObject *PyNumber_And(PyObject *o1, PyObject *o2)
{
    BINARY(and)
}

PYAPI PyObject *PyNumber_Xor(PyObject *o1, PyObject *o2)
{
    BINARY(xor)
}

PYAPI PyObject *PyNumber_Or(PyObject *o1, PyObject *o2)
{
    BINARY(or)
}

PYAPI PyObject *PyNumber_Divmod(PyObject *o1, PyObject *o2)
{
    BINARY(divmod)
}

/* ---- in place: what is immutable takes the plain operator ---------------------------------------------------------- */

PYAPI PyObject *PyNumber_InPlaceAdd(PyObject *o1, PyObject *o2)
{
    INPLACE(add)
}

PYAPI PyObject *PyNumber_InPlaceSubtract(PyObject *o1, PyObject *o2)
{
    INPLACE(subtract)
}

PYAPI PyObject *PyNumber_InPlaceMultiply(PyObject *o1, PyObject *o2)
{
    INPLACE(multiply)
}

PYAPI PyObject *PyNumber_InPlaceMatrixMultiply(PyObject *o1, PyObject *o2)
{
    INPLACE(matrix_multiply)
}

PYAPI PyObject *PyNumber_InPlaceFloorDivide(PyObject *o1, PyObject *o2)
{
    INPLACE(floor_divide)
}

PYAPI PyObject *PyNumber_InPlaceTrueDivide(PyObject *o1, PyObject *o2)
{
    INPLACE(true_divide)
}

PYAPI PyObject *PyNumber_InPlaceRemainder(PyObject *o1, PyObject *o2)
{
    INPLACE(remainder)
}

PYAPI PyObject *PyNumber_InPlaceLshift(PyObject *o1, PyObject *o2)
{
    INPLACE(lshift)
}

PYAPI PyObject *PyNumber_InPlaceRshift(PyObject *o1, PyObject *o2)
{
    INPLACE(rshift)
}

PYAPI PyObject *PyNumber_InPlaceAnd(PyObject *o1, PyObject *o2)
{
    INPLACE(and)
}

PYAPI PyObject *PyNumber_InPlaceXor(PyObject *o1, PyObject *o2)
{
    INPLACE(xor)
}

PYAPI PyObject *PyNumber_InPlaceOr(PyObject *o1, PyObject *o2)
{
    INPLACE(or)
}

/* ---- unary ------------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyNumber_Negative(PyObject *o)
{
    if (likely(o != NULL) && is_small(o))
        return m_long_new(-m_long_value(o));
    if (likely(o != NULL) && PyFloat_CheckExact(o))
        return m_float_new(-PyFloat_AS_DOUBLE(o));
    return unary(o, SLOT(nb_negative), vm_number_negative);
}

PYAPI PyObject *PyNumber_Positive(PyObject *o)
{
    if (likely(o != NULL) && (PyLong_CheckExact(o) || PyFloat_CheckExact(o))) {
        Py_INCREF(o);
        return o;
    }
    return unary(o, SLOT(nb_positive), vm_number_positive);
}

PYAPI PyObject *PyNumber_Absolute(PyObject *o)
{
    if (likely(o != NULL) && is_small(o))
        return m_long_new(llabs(m_long_value(o)));
    if (likely(o != NULL) && PyFloat_CheckExact(o))
        return m_float_new(fabs(PyFloat_AS_DOUBLE(o)));
    return unary(o, SLOT(nb_absolute), vm_number_absolute);
}

PYAPI PyObject *PyNumber_Invert(PyObject *o)
{
    if (likely(o != NULL) && is_small(o))
        return m_long_new(~m_long_value(o));
    return unary(o, SLOT(nb_invert), vm_number_invert);
}

/* ---- power ------------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyNumber_Power(PyObject *o1, PyObject *o2, PyObject *o3)
{
    return o1 && o2 && o3 ? vm_number_power(o1, o2, o3) : m_null_argument();
}

PYAPI PyObject *PyNumber_InPlacePower(PyObject *o1, PyObject *o2, PyObject *o3)
{
    return o1 && o2 && o3 ? vm_number_inplace_power(o1, o2, o3) : m_null_argument();
}
