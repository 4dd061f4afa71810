/* Python as C++ sees it through this binder: checks of objects, pointers in and out of them, code to run, converters and executors.

   Names and meanings are those of cppyy's header.  Needs Python.h: on PyPy capi has one. */
#pragma once

#include <Python.h>

#include <cstdint>
#include <string>
#include <vector>

#include "PyResult.h"

namespace Cppyy {

typedef size_t TCppScope_t;
typedef TCppScope_t TCppType_t;
typedef void *TCppObject_t;
typedef intptr_t TCppMethod_t;

}  // namespace Cppyy

namespace CPyCppyy {

/* What the binder does is behind one function, which it sets when this header is included. */
inline intptr_t (*python)(const char *what, intptr_t a, intptr_t b, intptr_t c);

/* ---- objects --------------------------------------------------------------------------------------------------------------- */

inline bool Scope_Check(PyObject *object) { return python("scope", (intptr_t)object, 0, 0); }
inline bool Scope_CheckExact(PyObject *object) { return python("scope_exact", (intptr_t)object, 0, 0); }
inline bool Instance_Check(PyObject *object) { return python("instance", (intptr_t)object, 0, 0); }
inline bool Instance_CheckExact(PyObject *object) { return python("instance_exact", (intptr_t)object, 0, 0); }
inline bool Overload_Check(PyObject *object) { return python("overload", (intptr_t)object, 0, 0); }
inline bool Overload_CheckExact(PyObject *object) { return python("overload", (intptr_t)object, 0, 0); }
inline bool Sequence_Check(PyObject *object) { return python("sequence", (intptr_t)object, 0, 0); }
inline bool Instance_IsLively(PyObject *object) { return python("lively", (intptr_t)object, 0, 0); }

inline void *Instance_AsVoidPtr(PyObject *object) { return (void *)python("address", (intptr_t)object, 0, 0); }
inline PyObject *Instance_FromVoidPtr(void *address, const std::string &classname, bool python_owns = false)
{
    return (PyObject *)python("instance_at", (intptr_t)address, (intptr_t)classname.c_str(), python_owns);
}

/* ---- the interpreter ---------------------------------------------------------------------------------------------------------- */

inline bool Import(const std::string &name) { return python("import", (intptr_t)name.c_str(), 0, 0); }
inline bool Exec(const std::string &statements) { return python("exec", (intptr_t)statements.c_str(), 0, 0); }
inline const PyResult Eval(const std::string &expression) { return PyResult((PyObject *)python("eval", (intptr_t)expression.c_str(), 0, 0)); }
inline void ExecScript(const std::string &name, const std::vector<std::string> &arguments)
{
    std::vector<const char *> words;
    for (const std::string &one : arguments) words.push_back(one.c_str());
    python("script", (intptr_t)name.c_str(), (intptr_t)words.data(), (intptr_t)words.size());
}
inline void Prompt() { python("prompt", 0, 0, 0); }

/* ---- how a type crosses --------------------------------------------------------------------------------------------------------- */

struct Parameter {
    union Value {
        bool fBool;
        int8_t fInt8;
        uint8_t fUInt8;
        short fShort;
        unsigned short fUShort;
        int fInt;
        unsigned int fUInt;
        long fLong;
        intptr_t fIntPtr;
        unsigned long fULong;
        long long fLLong;
        unsigned long long fULLong;
        int64_t fInt64;
        uint64_t fUInt64;
        float fFloat;
        double fDouble;
        long double fLDouble;
        void *fVoidp;
    } fValue;
    void *fRef;
    char fTypeCode;
};

struct CallContext;

class Dimensions {
public:
    operator bool() const { return false; }
};
typedef Dimensions dims_t;
typedef const dims_t &cdims_t;

class Converter {
public:
    virtual ~Converter() {}
    virtual bool SetArg(PyObject *, Parameter &, CallContext * = nullptr) = 0;
    virtual PyObject *FromMemory(void *) { return nullptr; }
    virtual bool ToMemory(PyObject *, void *, PyObject * = nullptr) { return false; }
    virtual bool HasState() { return false; }
};

class Executor {
public:
    virtual ~Executor() {}
    virtual PyObject *Execute(Cppyy::TCppMethod_t, Cppyy::TCppObject_t, CallContext *) = 0;
    virtual bool HasState() { return false; }
};

typedef Converter *(*ConverterFactory_t)(cdims_t);
typedef Executor *(*ExecutorFactory_t)(cdims_t);

/* By the full name of the type of parameters and variables, or of results: functions that are bound from then on ask it. */
inline bool RegisterConverter(const std::string &name, ConverterFactory_t make)
{
    return python("converter", (intptr_t)name.c_str(), (intptr_t)make(dims_t()), 0);
}
inline bool UnregisterConverter(const std::string &name) { return python("no_converter", (intptr_t)name.c_str(), 0, 0); }
inline bool RegisterExecutor(const std::string &name, ExecutorFactory_t make)
{
    return python("executor", (intptr_t)name.c_str(), (intptr_t)make(dims_t()), 0);
}
inline bool UnregisterExecutor(const std::string &name) { return python("no_executor", (intptr_t)name.c_str(), 0, 0); }

/* The function that an executor is asked for: its result's address. */
inline void *CallVoidP(Cppyy::TCppMethod_t method, Cppyy::TCppObject_t object, CallContext *context)
{
    return (void *)python("call", method, (intptr_t)object, (intptr_t)context);
}

/* What the binder calls. */
inline intptr_t set_argument(intptr_t converter, PyObject *object)
{
    Parameter parameter{};
    if (!((Converter *)converter)->SetArg(object, parameter, nullptr) && !PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "the converter refuses it");
    return parameter.fValue.fIntPtr;
}
inline PyObject *from_memory(intptr_t converter, intptr_t address) { return ((Converter *)converter)->FromMemory((void *)address); }
inline bool to_memory(intptr_t converter, PyObject *object, intptr_t address) { return ((Converter *)converter)->ToMemory(object, (void *)address); }
inline PyObject *execute(intptr_t executor, intptr_t call) { return ((Executor *)executor)->Execute(call, nullptr, (CallContext *)call); }

}  // namespace CPyCppyy
