"""The wrappers of the debug build, from the same signatures: what each function's wrapper checks before it calls the body.

The lists say which checks a function is spared, and why.  `capi.core.generate` writes what `outputs` returns.
"""

import re

from capi.core.registry import SHIM

FOLDER = SHIM / "debug"

# They do not return, or are the last resort.
UNWRAPPED = {"Py_FatalError", "_Py_FatalErrorFunc", "_Py_FatalErrorFormat", "Py_Exit", "PyThread_exit_thread"}

# Fine without the lock.  A pattern matches the whole name.
WITHOUT_LOCK = {
    "PyGILState_.*|_PyGILState_.*": "ask for the lock, or about it",
    "PyEval_(RestoreThread|AcquireThread|AcquireLock|InitThreads|ThreadsInitialized)": "take the lock",
    "PyThreadState_(New|Swap|Delete.*|Clear|GetID|GetInterpreter|Get|GetDict)|_PyThreadState_.*|PyInterpreterState_.*":
        "come before the lock, after it, or say themselves that they want it",
    "PyMem_Raw.*|_PyMem_Raw.*|PyMem_(Get|Set)Allocator|PyMem_SetupDebugHooks": "the allocator for code without the lock",
    "PyThread_.*|Py_AddPendingCall|PyErr_SetInterrupt.*|PyTraceMalloc_.*": "made to be called from any thread",
    "Py_(IsInitialized|Get[A-Z]\\w*|Set[A-Z]\\w*|AtExit|Initialize.*|Finalize.*|Main|BytesMain|EncodeLocale|DecodeLocale)":
        "of the process, not of objects",
    "PyOS_.*|_PyOS_.*|_Py_Hash\\w+|_Py_HashDouble|_Py_(ctype|dg_|str|normalize|open|fopen|read|write|stat|wrealpath|wgetcwd|wreadlink|isabs).*":
        "plain C",
    "PyBuffer_(IsContiguous|GetPointer|SizeFromFormat|FillContiguousStrides)|_Py_Py?C?type.*|Py_UNICODE_.*|_PyUnicode_(Is|To).*":
        "plain C",
    "PyStatus_.*|PyConfig_.*|PyPreConfig_.*|PyWideStringList_.*|_PyTime_.*|_PyImport_(Acquire|Release)Lock": "plain C",
}

# Fine while an error is set: they neither fail nor run code that would see it, or deal with the error itself.
WITH_ERROR = {
    "PyErr_.*|_PyErr_.*|PyException\\w*_.*|PyTraceBack_.*|_PyTraceback_.*|PyUnicode(Encode|Decode|Translate)Error_.*":
        "deal with errors",
    "PyFrame_New|PyCode_NewEmpty|PyCode_Addr2Line|PyEval_GetFrame|PyFrame_GetLineNumber|PyFrame_GetCode":
        "make the traceback's entry",
    "_Py_Dealloc|Py_(Inc|Dec)Ref|_?Py_X?NewRef|_Py_(Inc|Dec)Ref|_Py_NewReference|_Py_ForgetReference": "count references",
    "Py(Mem|Object)_(Malloc|Calloc|Realloc|Free)|PyMem_.*|_PyMem_.*|PyObject_GC_.*|PyObject_Init.*|_PyObject_(GC_)?New.*|PyType_GenericAlloc":
        "manage memory",
    "PyObject_(ClearWeakRefs|CallFinalizer.*|IS_GC)|PyBuffer_Release|PyWeakref_.*": "take an object apart",
    "PyGILState_.*|_PyGILState_.*|PyEval_.*|PyThread\\w*_.*|_PyThread\\w*_.*|PyInterpreterState_.*": "deal with threads",
    "Py_Is\\w*|Py\\w+_Check(Exact)?|PyType_(IsSubtype|GetFlags|GetSlot|GetModuleState|HasFeature|Modified|GetModule|GetModuleByDef)":
        "compare and look up in C",
    "PyModule_(GetState|GetDef|GetDict)|_?PyModule_Get(State|Def|Dict)|PyState_FindModule": "look up in C",
    "Py(List|Tuple|Bytes|ByteArray|Dict|Set|Unicode)_(Size|GetLength|Get_Size|AsString|GET_SIZE)|Mooring_.*|PyTuple_GetItem":
        "read what is there; what they return on failure says so without the indicator",
    "PyTuple_(New|SetItem)|PyList_New|PyUnicode_(FromString\\w*|FromFormat\\w*|New|AsUTF8\\w*|CompareWith\\w+|InternFromString)|PyLong_From\\w+|PyBool_FromLong":
        "make the arguments of a message",
    "_?Py_(Va)?BuildValue\\w*|PyModule_AddObject(Ref)?|PyUnicode_AppendAndDel|PyUnicode_Append": "pass on the error of an argument that is NULL",
    "PyCapsule_(IsValid|GetPointer|GetContext|GetName)": "destructors look into their capsule",
    "PyOS_.*|Py_(Get|Set)[A-Z]\\w*|PySys_(Write|Format)\\w+|Py_AddPendingCall|PyTraceMalloc_.*|PyThread_.*|Py_(Enter|Leave)RecursiveCall|_Py_(Enter|Leave)RecursiveCall|_Py_CheckRecursiveCall":
        "no business of Python's",
    "PyDateTime_.*|Py_HashDouble|_Py_Hash\\w+|_Py_ctype.*|_PyUnicode_(Is|To).*|PyUnicode_(Is|To).*|_PyTime_.*|PyStatus_.*": "plain C",
}

# Their argument may be on its way out: reference count zero, in the queue of dead proxies.
OF_THE_DYING = {"_Py_Dealloc|PyObject_GC_(UnTrack|Del)|PyObject_Free|PyObject_ClearWeakRefs|_Py_NewReference|PyObject_Init(Var)?":
                "deallocate, or begin anew"}

# Return a reference that their first argument owns and may lose: a mutable container.
LENDERS = {"PyList_GetItem", "Mooring_ListItem", "PyDict_GetItem", "PyDict_GetItemWithError", "PyDict_GetItemString",
           "PyDict_SetDefault", "_PyDict_GetItemWithError", "_PyDict_GetItemStringWithError", "_PyDict_GetItemIdWithError",
           "_PyDict_GetItem_KnownHash"}

# A call of one of these with a container as first argument changes it: named in the report.
CHANGES = re.compile(r"Set|Del|Append|Insert|Clear|Pop|Sort|Reverse|Update|Merge|Extend|Call|InPlace|Add|Discard|Resize")

ERROR_LOCK, ERROR_SET, DYING, LENDER, CHANGER = 1, 2, 4, 8, 16
OBJECT = re.compile(r"^(const )?Py\w*Object \*$")
REGISTERS = 6


# What an extension's author wrote, where a macro made another name of it.
SHOWN = {"Mooring_ListItem": "PyList_GET_ITEM", "Mooring_ListInit": "PyList_SET_ITEM", "Mooring_ListLength": "PyList_GET_SIZE",
         "Mooring_ListItems": "PySequence_Fast_ITEMS", "Mooring_MemoryViewBuffer": "PyMemoryView_GET_BUFFER", "_Py_Dealloc": "Py_DECREF",
         "_PyObject_New": "PyObject_New", "_PyObject_NewVar": "PyObject_NewVar", "_PyObject_GC_New": "PyObject_GC_New",
         "_PyObject_GC_NewVar": "PyObject_GC_NewVar", "_PyObject_GC_Resize": "PyObject_GC_Resize"}


def shown(name):
    return SHOWN.get(name) or re.sub(r"^_(\w+)_SizeT$", r"\1", name)


def matches(patterns, name):
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def flags_of(name):
    return ((ERROR_LOCK if not matches(WITHOUT_LOCK, name) else 0) | (ERROR_SET if not matches(WITH_ERROR, name) else 0)
            | (DYING if matches(OF_THE_DYING, name) else 0) | (LENDER if name in LENDERS else 0)
            | (CHANGER if CHANGES.search(name) else 0))


def is_object(argument):
    return argument.kind == "object" or OBJECT.match(argument.type) is not None


def failure(signature):
    """The C expression of what a call returns that was refused."""
    if "*" in signature.returns:
        return "NULL"
    if signature.kind in ("number", "double") or signature.returns in ("PyGILState_STATE", "PySendResult", "PyLockStatus"):
        return f"({signature.returns})-1"
    return f"({signature.returns}){{0}}"


def variadic(signature):
    return any(a.kind == "variadic" for a in signature.arguments)


def wrapper(index, signature, exported):
    """The lines of one wrapper; a call of the public name inside of it is one of the body."""
    name = signature.name
    arguments = ", ".join(a.text for a in signature.arguments) or "void"
    if variadic(signature):
        mask = sum(1 << i for i, a in enumerate(signature.arguments[:REGISTERS]) if is_object(a))
        return [f"VARIADIC({exported}, {index}, {mask}, {'0' if '*' in signature.returns else '-1'})"]
    objects = [a.name for a in signature.arguments if is_object(a)]
    flags = flags_of(name)
    call = f"{name}({', '.join(a.name for a in signature.arguments)})"
    void = signature.returns == "void"
    first = f"(PyObject *){objects[0]}" if objects and is_object(signature.arguments[0]) else "NULL"
    lines = [f"PYAPI {signature.returns} ({exported})({arguments})".replace("* (", "*("), "{", f"    MDebugCall m_call = m_debug_enter({index}, {flags}, {first}, SITE);"]
    if objects:
        test = " || ".join(f"m_debug_object(&m_call, (PyObject *){o})" for o in objects)
        lines += [f"    if (unlikely({test})) {{", "        m_debug_refuse(&m_call);", f"        return{'' if void else ' ' + failure(signature)};", "    }"]
    lines.append(f"    {call};" if void else f"    {signature.returns} m_r = {call};".replace("* m_r", "*m_r"))
    if flags & LENDER:
        lines.append("    m_debug_lent(&m_call, m_r, (PyObject *)" + signature.arguments[0].name + ");")
    elif signature.returns == "PyObject *":
        lines.append("    m_debug_got(&m_call, m_r);")
    lines += ["    m_debug_leave(&m_call);"] + ([] if void else ["    return m_r;"]) + ["}"]
    return lines


def outputs(signatures, renamed, notice):
    """{path: text} of the generated files; `signatures` has every exported function."""
    wrapped = [signatures[n] for n in sorted(signatures) if n not in UNWRAPPED]
    names, prototypes, bodies = [], [], []
    for index, signature in enumerate(wrapped, 1):
        exported = renamed(signature.name)
        rename = f"#define {exported}(...) m_body_{exported}(__VA_ARGS__)"
        names += ["#ifdef __x86_64__", rename, "#endif"] if variadic(signature) else [rename]
        arguments = ", ".join(a.text for a in signature.arguments) or "void"
        prototypes.append(f"{signature.returns} ({exported})({arguments});".replace("* (", "*("))
        bodies += [*wrapper(index, signature, exported), ""]
    table = [f'    {{"{shown(s.name)}", {flags_of(s.name)}}},' for s in wrapped]
    return {
        FOLDER / "names.gen.h": "\n".join([f"/* {notice}  A call within the shim is one of the body; the bare name is the wrapper. */", *names, ""]),
        FOLDER / "wrappers.gen.h": "\n".join([f"/* {notice} */", "#pragma GCC visibility push(default)", *prototypes, "#pragma GCC visibility pop", ""]),
        FOLDER / "wrappers.gen.c": "\n".join([
            f"/* {notice}  What extensions call in the debug build. */", '#include "debug/wrapper.h"', "",
            "const MDebugFunction m_debug_functions[] = {", '    {"?", 0},', *table, "};", "", *bodies]),
    }
