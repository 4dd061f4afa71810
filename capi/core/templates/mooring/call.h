#ifndef MOORING_CALL_H
#define MOORING_CALL_H

/* Calling, parsing and building arguments, threads, running source. */

/* Vectorcall. */
#define PY_VECTORCALL_ARGUMENTS_OFFSET ((size_t)1 << (8 * sizeof(size_t) - 1))

static inline Py_ssize_t PyVectorcall_NARGS(size_t nargsf) { return (Py_ssize_t)(nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET); }

#if !defined(Py_LIMITED_API)
static inline PyObject *PyObject_CallMethodNoArgs(PyObject *self, PyObject *name)
{
    return PyObject_VectorcallMethod(name, &self, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, _Py_NULL);
}

static inline PyObject *PyObject_CallMethodOneArg(PyObject *self, PyObject *name, PyObject *arg)
{
    PyObject *args[2] = { self, arg };
    return PyObject_VectorcallMethod(name, args, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, _Py_NULL);
}

#define _PyObject_Vectorcall PyObject_Vectorcall
#define _PyObject_VectorcallMethod PyObject_VectorcallMethod
#define _PyObject_FastCallDict PyObject_VectorcallDict
#define _PyVectorcall_Function PyVectorcall_Function
#define _PyObject_CallNoArg PyObject_CallNoArgs
#define _PyObject_CallOneArg PyObject_CallOneArg
#define _PyObject_CallMethodNoArgs PyObject_CallMethodNoArgs
#define _PyObject_CallMethodOneArg PyObject_CallMethodOneArg
#define _PyObject_CallMethodIdNoArgs(self, name) PyObject_CallMethodNoArgs((self), _PyUnicode_FromId(name))
#define _PyObject_CallMethodIdOneArg(self, name, arg) PyObject_CallMethodOneArg((self), _PyUnicode_FromId(name), (arg))
#endif

/* Lengths in formats are Py_ssize_t when the extension says so. */
#ifdef PY_SSIZE_T_CLEAN
#undef PyArg_Parse
#undef PyArg_ParseTuple
#undef PyArg_ParseTupleAndKeywords
#undef PyArg_VaParse
#undef PyArg_VaParseTupleAndKeywords
#undef Py_BuildValue
#undef Py_VaBuildValue
#undef PyObject_CallFunction
#undef PyObject_CallMethod
#undef _PyObject_CallMethodId
#undef _Py_VaBuildStack
#undef _PyArg_ParseStack
#undef _PyArg_ParseStackAndKeywords
#undef _PyArg_ParseTupleAndKeywordsFast
#undef _PyArg_VaParseTupleAndKeywordsFast
#define PyArg_Parse _PyArg_Parse_SizeT
#define PyArg_ParseTuple _PyArg_ParseTuple_SizeT
#define PyArg_ParseTupleAndKeywords _PyArg_ParseTupleAndKeywords_SizeT
#define PyArg_VaParse _PyArg_VaParse_SizeT
#define PyArg_VaParseTupleAndKeywords _PyArg_VaParseTupleAndKeywords_SizeT
#define Py_BuildValue _Py_BuildValue_SizeT
#define Py_VaBuildValue _Py_VaBuildValue_SizeT
#define PyObject_CallFunction _PyObject_CallFunction_SizeT
#define PyObject_CallMethod _PyObject_CallMethod_SizeT
#define _PyObject_CallMethodId _PyObject_CallMethodId_SizeT
#define _Py_VaBuildStack _Py_VaBuildStack_SizeT
#define _PyArg_ParseStack _PyArg_ParseStack_SizeT
#define _PyArg_ParseStackAndKeywords _PyArg_ParseStackAndKeywords_SizeT
#define _PyArg_ParseTupleAndKeywordsFast _PyArg_ParseTupleAndKeywordsFast_SizeT
#define _PyArg_VaParseTupleAndKeywordsFast _PyArg_VaParseTupleAndKeywordsFast_SizeT
#endif
#define PyEval_CallObject(callable, arg) PyEval_CallObjectWithKeywords((callable), (arg), (PyObject *)_Py_NULL)

/* Other threads may run in between. */
#define Py_BEGIN_ALLOW_THREADS { PyThreadState *_save; _save = PyEval_SaveThread();
#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS PyEval_RestoreThread(_save); }
#define PyThreadState_GET() PyThreadState_Get()
#define _PyInterpreterState_Get MooringInterpreterState_Get

/* Spellings of other functions. */
#define PyObject_DelAttr(o, name) PyObject_SetAttr((o), (name), _Py_NULL)
#define PyObject_DelAttrString(o, name) PyObject_SetAttrString((o), (name), _Py_NULL)
#define PyMapping_DelItem(o, key) PyObject_DelItem((o), (key))
#define PyMapping_DelItemString(o, key) PyObject_DelItemString((o), (key))
#define PyErr_Warn(category, message) PyErr_WarnEx((category), (message), 1)
#ifndef MOORING_SHIM
#undef PyErr_BadInternalCall
#define PyErr_BadInternalCall() _PyErr_BadInternalCall(__FILE__, __LINE__)
#endif
#define PyImport_ImportModuleEx(name, globals, locals, fromlist) \
    PyImport_ImportModuleLevel((name), (globals), (locals), (fromlist), 0)
#define Py_CompileStringFlags(str, filename, start, flags) Py_CompileStringExFlags((str), (filename), (start), (flags), -1)
#define PyOS_stricmp PyOS_mystricmp
#define PyOS_strnicmp PyOS_mystrnicmp
#define _PyObject_LookupSpecial _PyObject_LookupSpecialId
#define _PyIsSelectable_fd(fd) ((unsigned int)(fd) < (unsigned int)FD_SETSIZE)
#define PyLong_FromPid PyLong_FromLong
#define PyLong_AsPid PyLong_AsLong
#define PyLong_AS_LONG(op) PyLong_AsLong(op)
#define _Py_PARSE_PID "i"
#define _Py_PARSE_INTPTR "l"
#define _Py_PARSE_UINTPTR "k"
#define PyODict_GetItem(od, key) PyDict_GetItem(_PyObject_CAST(od), (key))
#define PyODict_GetItemWithError(od, key) PyDict_GetItemWithError(_PyObject_CAST(od), (key))
#define PyODict_GetItemString(od, key) PyDict_GetItemString(_PyObject_CAST(od), (key))
#define PyODict_Contains(od, key) PyDict_Contains(_PyObject_CAST(od), (key))
#define PyODict_Size(od) PyDict_Size(_PyObject_CAST(od))
#define PyODict_SIZE(od) PyDict_Size(_PyObject_CAST(od))

#endif
