/* The value of a Python expression, for C++: the object, or what it converts to. */
#pragma once

#include <Python.h>

#include <string>

namespace CPyCppyy {

class PyResult {
public:
    PyResult() : object(Py_None) { Py_INCREF(object); }
    explicit PyResult(PyObject *owned) : object(owned ? owned : Py_None) { if (!owned) Py_INCREF(object); }
    PyResult(const PyResult &other) : object(other.object) { Py_INCREF(object); }
    PyResult &operator=(const PyResult &other)
    {
        Py_INCREF(other.object);
        Py_DECREF(object);
        object = other.object;
        return *this;
    }
    ~PyResult() { Py_DECREF(object); }

    operator PyObject *() const { Py_INCREF(object); return object; }
    operator const char *() const { return PyUnicode_Check(object) ? PyUnicode_AsUTF8(object) : nullptr; }
    operator char *() const { return (char *)(const char *)*this; }
    operator std::string() const { const char *text = *this; return text ? text : ""; }
    operator char() const { const char *text = *this; return text ? *text : (char)(long)*this; }
    operator long() const { return PyLong_AsLong(object); }
    operator int() const { return (int)(long)*this; }
    operator short() const { return (short)(long)*this; }
    operator bool() const { return PyObject_IsTrue(object) == 1; }
    operator unsigned long() const { return PyLong_AsUnsignedLong(object); }
    operator unsigned int() const { return (unsigned int)(unsigned long)*this; }
    operator unsigned short() const { return (unsigned short)(unsigned long)*this; }
    operator double() const { return PyFloat_AsDouble(object); }
    operator float() const { return (float)(double)*this; }
    operator void *() const { return PyLong_AsVoidPtr(object); }

private:
    PyObject *object;
};

}  // namespace CPyCppyy
