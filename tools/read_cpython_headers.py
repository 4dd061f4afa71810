"""Print the C API that CPython's headers declare, one prototype a line: the source of capi/core/cpython311.txt.

Run by CPython 3.11 itself: `python3.11 tools/read_cpython_headers.py > capi/core/cpython311.txt`. The headers are found
through `sysconfig`, preprocessed three ways, and kept are the names that libpython exports.

    S, SD   function, data of the stable ABI         P, PD   public, not stable         U, UD   private
"""
import ctypes
import os
import re
import subprocess
import sys
import sysconfig
import tempfile

HEADERS = "Python structmember structseq marshal frameobject pythread opcode osdefs"
LIMITED = "-DPy_LIMITED_API=0x030b0000"

# Stable, says the C-API manual, though no header shows them under Py_LIMITED_API (or at all).
STABLE_UNSEEN = """
int _PyState_AddModule(PyObject *module, PyModuleDef *def)
PyThreadState *_PyThreadState_Init(PyThreadState *tstate)
int _Py_CheckRecursiveCall(const char *where)
"""
STABLE_HIDDEN = """
PyMarshal_ReadObjectFromString PyMarshal_WriteObjectToString PyThreadState_DeleteCurrent Py_GetArgcArgv
_PyArg_ParseTupleAndKeywords_SizeT _PyArg_ParseTuple_SizeT _PyArg_Parse_SizeT _PyArg_VaParseTupleAndKeywords_SizeT
_PyArg_VaParse_SizeT _PyThreadState_Prealloc _Py_BuildValue_SizeT _Py_VaBuildValue_SizeT _Py_SwappedOp
""".split()

# Argument names where the headers have none. One function a line; `a/b` names several functions.
NAMES = """
PyArg_Parse args format
PyArg_ParseTuple args format
PyArg_ParseTupleAndKeywords args kw format keywords
PyArg_UnpackTuple args name min max
PyArg_VaParse args format vargs
PyArg_VaParseTupleAndKeywords args kw format keywords vargs
PyArg_ValidateKeywordArguments kwargs
PyAsyncGen_New/PyCoro_New/PyGen_NewWithQualName frame name qualname
PyBool_FromLong v
PyByteArray_Concat/PyUnicode_Concat a b
PyBytes_Concat/PyBytes_ConcatAndDel bytes newpart
PyBytes_DecodeEscape s len errors unicode recode_encoding
PyBytes_Repr bytes smartquotes
PyCFunction_Call func args kwargs
PyCFunction_New ml self
PyCFunction_NewEx ml self module
PyCMethod_New ml self module cls
PyCallIter_New callable sentinel
PyCell_New ob
PyCell_Set cell value
PyCode_Addr2Line co byte_offset
PyCode_Addr2Location co byte_offset start_line start_column end_line end_column
PyCode_New argcount kwonlyargcount nlocals stacksize flags code consts names varnames freevars cellvars filename name qualname firstlineno linetable exceptiontable
PyCode_NewWithPosOnlyArgs argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames freevars cellvars filename name qualname firstlineno linetable exceptiontable
PyComplex_FromCComplex v
PyDescr_NewClassMethod/PyDescr_NewMethod type meth
PyDescr_NewGetSet type getset
PyDescr_NewMember type meth
PyDescr_NewWrapper type base wrapped
PyDictProxy_New mapping
PyErr_Display type value traceback
PyErr_ExceptionMatches exc
PyErr_Fetch/PyErr_GetExcInfo ptype pvalue ptraceback
PyErr_GivenExceptionMatches given exc
PyErr_NormalizeException exc val tb
PyErr_PrintEx set_sys_last_vars
PyErr_Restore/PyErr_SetExcInfo type value traceback
PyErr_SetFromErrno type
PyErr_SetFromErrnoWithFilenameObject type filename
PyErr_SetFromErrnoWithFilenameObjects type filename filename2
PyErr_SetImportError msg name path
PyErr_SetImportErrorSubclass exception msg name path
PyErr_SetNone type
PyErr_SetObject type value
PyErr_SetHandledException exc
PyEval_EvalCode co globals locals
PyEval_GetFuncDesc/PyEval_GetFuncName func
PyEval_SetProfile/PyEval_SetTrace func obj
PyExceptionClass_Name type
PyException_SetCause exc cause
PyException_SetContext exc ctx
PyException_SetTraceback exc tb
PyFile_FromFd fd name mode buffering encoding errors newline closefd
PyFile_GetLine p n
PyFile_NewStdPrinter fd
PyFile_WriteObject obj p flags
PyFile_WriteString s p
PyFloat_FromDouble v
PyFloat_FromString str
PyFrame_LocalsToFast frame clear
PyFrame_New tstate code globals locals
PyFunction_New code globals
PyFunction_NewWithQualName code globals qualname
PyFunction_SetAnnotations func annotations
PyFunction_SetClosure func closure
PyFunction_SetDefaults/PyFunction_SetKwDefaults func defaults
PyFrozenSet_New/PySet_New iterable
PyGILState_Release state
PyInstanceMethod_New/PyStaticMethod_New/PyClassMethod_New func
PyIter_Send iter arg presult
PyList_Append list item
PyList_GetItem list index
PyList_GetSlice list low high
PyList_Insert/PyList_SetItem list index item
PyList_SetSlice list low high itemlist
PyLong_AsLongAndOverflow/PyLong_AsLongLongAndOverflow obj overflow
PyLong_FromDouble/PyLong_FromLong/PyLong_FromSize_t/PyLong_FromSsize_t/PyLong_FromUnsignedLongLong v
PyLong_FromUnsignedLong/PyLong_FromLongLong v
PyLong_FromString str pend base
PyLong_FromVoidPtr p
PyMarshal_ReadObjectFromString data len
PyMarshal_WriteLongToFile value file version
PyMarshal_WriteObjectToFile value file version
PyMarshal_WriteObjectToString value version
PyMember_GetOne obj_addr m
PyMember_SetOne obj_addr m o
PyMethod_New func self
PyModule_AddFunctions module functions
PyModule_AddIntConstant module name value
PyModule_AddObject module name value
PyModule_AddStringConstant module name value
PyModule_SetDocString module docstring
PyOS_Readline sys_stdin sys_stdout prompt
PyOS_getsig i
PyOS_setsig i h
PyOS_mystricmp s1 s2
PyOS_mystrnicmp s1 s2 size
PyOS_strtol/PyOS_strtoul str ptr base
PyObject_GC_Del/PyObject_GC_Track/PyObject_GC_UnTrack op
PyObject_GenericGetAttr/PyObject_GetAttr/PyObject_HasAttr o name
PyObject_GenericGetDict o context
PyObject_GenericSetAttr/PyObject_SetAttr o name value
PyObject_GenericSetDict o value context
PyObject_GetAttrString/PyObject_HasAttrString o attr_name
PyObject_SetAttrString o attr_name v
PyObject_Init op type
PyObject_InitVar op type size
PyObject_LengthHint o defaultvalue
PyObject_Print o fp flags
PyObject_RichCompare/PyObject_RichCompareBool o1 o2 opid
PyRun_AnyFileFlags fp filename flags
PyRun_SimpleStringFlags command flags
PyRun_StringFlags str start globals locals flags
PySeqIter_New seq
PyStructSequence_GetItem p pos
PyStructSequence_SetItem p pos o
PySys_AddAuditHook hook userData
PySys_AddWarnOption/PySys_AddXOption/PySys_AddWarnOptionUnicode option
PySys_GetObject name
PySys_SetObject name v
PySys_SetArgv argc argv
PySys_SetArgvEx argc argv updatepath
PySys_SetPath path
PyThreadState_SetAsyncExc id exc
PyThread_acquire_lock lock waitflag
PyThread_acquire_lock_timed lock microseconds intr_flag
PyThread_free_lock/PyThread_release_lock lock
PyThread_set_stacksize size
PyThread_start_new_thread func arg
PyTraceBack_Print tb f
PyTuple_GetItem tuple pos
PyTuple_GetSlice tuple low high
PyTuple_Pack n
PyTuple_SetItem tuple pos o
PyType_FromModuleAndSpec module spec bases
PyType_FromSpecWithBases spec bases
PyType_GenericAlloc type nitems
PyType_GenericNew type args kwds
PyType_GetSlot type slot
PyType_IsSubtype a b
PyUnicodeDecodeError_GetEnd/PyUnicodeEncodeError_GetEnd/PyUnicodeTranslateError_GetEnd exc end
PyUnicodeDecodeError_SetEnd/PyUnicodeEncodeError_SetEnd/PyUnicodeTranslateError_SetEnd exc end
PyUnicodeDecodeError_GetStart/PyUnicodeEncodeError_GetStart/PyUnicodeTranslateError_GetStart exc start
PyUnicodeDecodeError_SetStart/PyUnicodeEncodeError_SetStart/PyUnicodeTranslateError_SetStart exc start
PyUnicode_FSConverter/PyUnicode_FSDecoder obj result
PyUnicode_InternImmortal/PyUnicode_InternInPlace string
PyWrapper_New descr self
Py_CompileString str filename start
Py_Exit status
Py_FdIsInteractive fp filename
Py_GenericAlias origin args
Py_InitializeEx initsigs
Py_SetPath path
Py_SetProgramName name
Py_SetPythonHome home
Py_SetRecursionLimit new_limit
Py_UniversalNewlineFgets buf n stream fobj
Py_BuildValue/_Py_BuildValue_SizeT format
Py_VaBuildValue/_Py_VaBuildValue_SizeT format vargs
_PyArg_BadArgument fname displayname expected arg
_PyArg_CheckPositional name nargs min max
_PyArg_ParseStackAndKeywords/_PyArg_ParseStackAndKeywords_SizeT args nargs kwnames parser
_PyArg_ParseTupleAndKeywordsFast/_PyArg_ParseTupleAndKeywordsFast_SizeT args kw parser
_PyArg_ParseTupleAndKeywords_SizeT args kw format keywords
_PyArg_ParseTuple_SizeT/_PyArg_Parse_SizeT args format
_PyArg_VaParseTupleAndKeywordsFast/_PyArg_VaParseTupleAndKeywordsFast_SizeT args kw parser vargs
_PyArg_VaParseTupleAndKeywords_SizeT args kw format keywords vargs
_PyArg_VaParse_SizeT args format vargs
_PyBytes_DecodeEscape s len errors first_invalid_escape
_PyBytes_Resize bytes newsize
_PyTuple_Resize p newsize
_PyCrossInterpreterData_RegisterClass type func
_PyDictView_New dict type
_PyDict_ContainsId dict id
_PyDict_Contains_KnownHash dict key hash
_PyDict_DelItemIf dict key predicate
_PyDict_GetItemStringWithError dict key
_PyDict_Pop dict key deflt
_PyErr_ChainExceptions type value traceback
_PyErr_GetExcInfo tstate ptype pvalue ptraceback
_PyErr_SetHandledException tstate exc
_PyErr_SetKeyError key
_PyEval_GetBuiltin/_PyEval_GetBuiltinId name
_PyEval_RequestCodeExtraIndex free
_PyEval_SliceIndex/_PyEval_SliceIndexNotNone v pi
_PyGen_FetchStopIterationValue pvalue
_PyGen_SetStopIterationValue value
_PyImport_FixupExtensionObject module name filename modules
_PyImport_GetModuleAttr/_PyImport_GetModuleAttrString modname attrname
_PyInterpreterState_RequireIDRef interp required
_PyList_Extend list iterable
_PyLong_DivmodNear/_PyLong_GCD a b
_PyLong_FromBytes s len base
_PyLong_Lshift/_PyLong_Rshift a shiftby
_PyLong_New size
_PyLong_FileDescriptor_Converter/_PyLong_Size_t_Converter/_PyLong_UnsignedInt_Converter obj result
_PyLong_UnsignedLongLong_Converter/_PyLong_UnsignedLong_Converter/_PyLong_UnsignedShort_Converter obj result
_PyModule_Add module name value
_PyModule_CreateInitialized def apiver
PyModule_Create2 def apiver
_PyObject_GC_NewVar/_PyObject_NewVar type nitems
_PyObject_GC_Resize op nitems
_PyObject_GenericGetAttrWithDict o name dict suppress
_PyObject_GenericSetAttrWithDict o name value dict
_PyObject_GetAttrId/_PyObject_LookupSpecialId o name
_PyObject_GetCrossInterpreterData o data
_PyObject_LookupAttr/_PyObject_LookupAttrId o name result
_PyObject_SetAttrId o name value
_PyTraceback_Add funcname filename lineno
_PyTime_ObjectToTime_t obj sec round
_PyTime_ObjectToTimespec obj sec nsec round
_PyTime_ObjectToTimeval obj sec usec round
_PyType_CalculateMetaclass metatype bases
_PyType_GetDocFromInternalDoc/_PyType_GetTextSignatureFromInternalDoc name internal_doc
_PyType_Lookup/_PyType_LookupId type name
_PyUnicode_EQ/_PyUnicode_Equal a b
_PyUnicode_FormatLong val alt prec type
_PyUnicode_WideCharString_Converter/_PyUnicode_WideCharString_Opt_Converter obj result
_Py_DisplaySourceLine f filename lineno indent truncation line
_Py_HashBytes src len
_Py_HashDouble inst v
_Py_HashPointer/_Py_HashPointerRaw p
_Py_SetProgramFullPath path
_Py_UniversalNewlineFgetsWithSize buf n stream fobj size
_Py_c_diff/_Py_c_prod/_Py_c_quot/_Py_c_sum left right
_Py_c_pow num exp
_Py_c_abs/_Py_c_neg num
_Py_convert_optional_to_ssize_t obj result
_Py_string_to_number_with_underscores str len what obj arg innerfunc
"""
BY_TYPE = {
    "PyTypeObject *": "type", "PyThreadState *": "tstate", "PyInterpreterState *": "interp", "PyModuleDef *": "def",
    "PyFrameObject *": "frame", "PyCodeObject *": "code", "PyMethodDef *": "meth", "FILE *": "file", "va_list": "vargs",
    "PyType_Spec *": "spec", "PyConfig *": "config", "const char *": "string", "Py_ssize_t": "size",
    "_Py_Identifier *": "id", "_PyCrossInterpreterData *": "data", "PyDictObject *": "dict", "const void *": "p",
}
BY_FAMILY = {
    "PyList": "list", "PyTuple": "tuple", "PyDict": "dict", "PySet": "set", "PyBytes": "bytes", "PyModule": "module",
    "PyByteArray": "bytearray", "PyLong": "obj", "PyCell": "cell", "PyContext": "ctx", "PyFunction": "func",
    "PyCFunction": "func", "PyInstanceMethod": "im", "PyMethod": "meth", "PyException": "exc", "PyIter": "iter",
    "PyMapping": "o", "PyUnicodeDecodeError": "exc", "PyUnicodeEncodeError": "exc", "PyUnicodeTranslateError": "exc",
    "PyDescr": "descr", "PyUnicode": "string", "PyErr": "obj",
}
KEYWORDS = {"class": "cls", "new": "new_", "this": "this_", "default": "defaultvalue", "template": "template_"}
C_WORDS = {"void", "char", "short", "int", "long", "float", "double", "unsigned", "signed", "size_t", "wchar_t"}


def main():
    """Write the list to stdout, sorted by name."""
    given = {name: line.split()[1:] for line in NAMES.strip().splitlines() for name in line.split()[0].split("/")}
    full = {**declarations("-DPY_SSIZE_T_CLEAN"), **declarations()}
    stable = {**declarations("-DPY_SSIZE_T_CLEAN", LIMITED), **declarations(LIMITED)}
    for line in STABLE_UNSEEN.strip().splitlines():
        name = re.search(r"(\w+)\(", line)[1]
        full[name] = stable[name] = line
    stable = set(stable) | set(STABLE_HIDDEN)
    exported = ctypes.pythonapi
    lines = []
    for name, text in full.items():
        if not hasattr(exported, name):
            continue
        tag = "S" if name in stable else "U" if name.startswith("_") else "P"
        is_function = re.match(r"[\w\s*]*\b%s\s*\(" % name, text)
        text = prototype(name, text, given.get(name)) if is_function else spaced(text)
        lines.append((name, f"{tag if is_function else tag + 'D'} {text}"))
    sys.stdout.write("".join(line + "\n" for _, line in sorted(lines)))


def declarations(*options):
    """{name: declaration text} of everything marked exported in the preprocessed headers."""
    with tempfile.TemporaryDirectory() as where:
        source = os.path.join(where, "all.c")
        with open(source, "w") as f:
            f.writelines(f'#include "{name}.h"\n' for name in HEADERS.split())
        marks = ["-DPyAPI_FUNC(t)=@ t", "-DPyAPI_DATA(t)=@ t"]
        text = subprocess.run(["gcc", "-E", "-P", "-I" + sysconfig.get_paths()["include"], *marks, *options, source],
                              check=True, capture_output=True, text=True).stdout
    text = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", "", text)
    found = {}
    for match in re.finditer(r"@([^;@{]*)[;{]", text):
        declaration = " ".join(match[1].split())
        found[declared_name(declaration)] = declaration
    return found


def declared_name(declaration):
    """The name that a declaration declares."""
    pointer = re.match(r"[\w\s*]*\(\s*\*\s*(\w+)\s*\)", declaration)
    return pointer[1] if pointer else re.match(r"[\w\s*]*?(\w+)\s*(\(|\[|$)", declaration)[1]


def prototype(name, text, names):
    """`text` with one spacing and a name for each argument. ValueError: a name is missing from NAMES."""
    match = re.match(r"(.*?)\b%s\s*\((.*)\)$" % name, text)
    arguments = [spaced(a) for a in split(match[2])]
    used = []
    for i, argument in enumerate(arguments):
        if argument in ("void", "..."):
            continue
        base, own = unnamed(argument)
        word = names[i] if names else own or invented(name, i, base)
        word = KEYWORDS.get(word, word)
        if word in used:
            raise ValueError(f"{name}: two arguments called {word}; give its names in NAMES")
        used.append(word)
        arguments[i] = with_name(base, word)
    if names and len(names) != len(used):
        raise ValueError(f"{name}: NAMES has {len(names)} names for {len(used)} arguments")
    return spaced(f"{match[1]} {name}") + f"({', '.join(arguments)})"


def unnamed(argument):
    """(the argument without its name, its name or None)."""
    pointer = re.match(r"(.*?\(\s*\*\s*)(\w*)(\s*\).*)$", argument)
    if pointer:
        return pointer[1] + pointer[3], pointer[2] or None
    match = re.match(r"(.*[\s*])(\w+)((?:\[\w*\])*)$", argument)
    if not match or match[2] in C_WORDS | {"const"} or re.fullmatch(r"(const|struct|const struct)\s+", match[1]):
        return argument, None
    return match[1].rstrip() + (" " if match[3] else "") + match[3], match[2]


def with_name(base, name):
    """The argument type `base` with `name` put where C wants it."""
    if "(*" in base:
        return base.replace("(*", "(*" + name, 1)
    array = re.match(r"(.*?)\s*((?:\[\w*\])+)$", base)
    return spaced(f"{array[1]} {name}") + array[2] if array else spaced(f"{base} {name}")


def invented(function, i, base):
    """An argument name from the argument's type, or from the function's family for the first."""
    family = function.lstrip("_").split("_")[0]
    if base == "PyObject *" and i == 0:
        return BY_FAMILY.get(family, "o")
    if base == "PyObject **":
        return "result"
    if base in BY_TYPE:
        return BY_TYPE[base]
    raise ValueError(f"{function}: argument {i} ({base}) has no name; add a line to NAMES")


def split(arguments):
    """`arguments` cut at its top-level commas."""
    parts, depth = [""], 0
    for c in arguments:
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


def spaced(text):
    """One spacing: `const char *const *x`, `int (*f)(void *)`."""
    text = re.sub(r"\s*\*\s*", " *", " ".join(text.split()))
    text = re.sub(r"\* (?=\*)", "*", text)
    text = re.sub(r"\*const(?=\w)", "*const ", text.replace("* const", "*const"))
    text = re.sub(r"\*const(?= \*)", "*const", text)
    text = re.sub(r"\( \*", "(*", text)
    return text.strip()


if __name__ == "__main__":
    main()
