"""The structs of our headers against CPython's: one probe, compiled with each, must print the same.

What we shape ourselves (int, list, dict, set, frame, thread state) is left out.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

OURS = Path(__file__).resolve().parents[2] / "include"

STRUCTS = """
PyObject ob_refcnt ob_type
PyVarObject ob_base ob_size
PyTypeObject tp_name tp_basicsize tp_itemsize tp_dealloc tp_vectorcall_offset tp_getattr tp_setattr tp_as_async tp_repr \
 tp_as_number tp_as_sequence tp_as_mapping tp_hash tp_call tp_str tp_getattro tp_setattro tp_as_buffer tp_flags tp_doc \
 tp_traverse tp_clear tp_richcompare tp_weaklistoffset tp_iter tp_iternext tp_methods tp_members tp_getset tp_base tp_dict \
 tp_descr_get tp_descr_set tp_dictoffset tp_init tp_alloc tp_new tp_free tp_is_gc tp_bases tp_mro tp_cache tp_subclasses \
 tp_weaklist tp_del tp_version_tag tp_finalize tp_vectorcall
PyHeapTypeObject as_async as_number as_mapping as_sequence as_buffer ht_name ht_slots ht_qualname ht_cached_keys ht_module \
 _ht_tpname _spec_cache
PyNumberMethods nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_power nb_negative nb_positive nb_absolute nb_bool \
 nb_invert nb_lshift nb_rshift nb_and nb_xor nb_or nb_int nb_reserved nb_float nb_inplace_add nb_inplace_subtract \
 nb_inplace_multiply nb_inplace_remainder nb_inplace_power nb_inplace_lshift nb_inplace_rshift nb_inplace_and \
 nb_inplace_xor nb_inplace_or nb_floor_divide nb_true_divide nb_inplace_floor_divide nb_inplace_true_divide nb_index \
 nb_matrix_multiply nb_inplace_matrix_multiply
PySequenceMethods sq_length sq_concat sq_repeat sq_item was_sq_slice sq_ass_item was_sq_ass_slice sq_contains \
 sq_inplace_concat sq_inplace_repeat
PyMappingMethods mp_length mp_subscript mp_ass_subscript
PyAsyncMethods am_await am_aiter am_anext am_send
PyBufferProcs bf_getbuffer bf_releasebuffer
PyType_Slot slot pfunc
PyType_Spec name basicsize itemsize flags slots
Py_buffer buf obj len itemsize readonly ndim format shape strides suboffsets internal
PyMethodDef ml_name ml_meth ml_flags ml_doc
PyGetSetDef name get set doc closure
PyMemberDef name type offset flags doc
PyModuleDef_Base m_init m_index m_copy
PyModuleDef_Slot slot value
PyModuleDef m_base m_name m_doc m_size m_methods m_slots m_traverse m_clear m_free
PyFloatObject ob_fval
Py_complex real imag
PyComplexObject cval
PyTupleObject ob_item
PyBytesObject ob_shash ob_sval
PyByteArrayObject ob_alloc ob_bytes ob_start ob_exports
PySliceObject start stop step
_PyManagedBufferObject flags exports master
PyMemoryViewObject mbuf hash flags exports view weakreflist ob_array
PyASCIIObject length hash state wstr
PyCompactUnicodeObject utf8_length utf8 wstr_length
PyUnicodeObject data
_PyUnicodeWriter buffer data kind maxchar size pos min_length min_char overallocate readonly
_PyBytesWriter buffer allocated min_size use_bytearray overallocate use_small_buffer small_buffer
PyCFunctionObject m_ml m_self m_module m_weakreflist vectorcall
PyCMethodObject func mm_class
PyMethodObject im_func im_self im_weakreflist vectorcall
PyInstanceMethodObject func
PyFunctionObject func_globals func_builtins func_name func_qualname func_code func_defaults func_kwdefaults func_closure \
 func_doc func_dict func_weakreflist func_module func_annotations vectorcall func_version
PyCellObject ob_ref
PyDescrObject d_type d_name d_qualname
PyMethodDescrObject d_common d_method vectorcall
PyMemberDescrObject d_member
PyGetSetDescrObject d_getset
PyWrapperDescrObject d_base d_wrapped
PyWeakReference wr_object wr_callback hash wr_prev wr_next vectorcall
PyBaseExceptionObject dict args notes traceback context cause suppress_context
PyBaseExceptionGroupObject msg excs
PySyntaxErrorObject msg filename lineno offset end_lineno end_offset text print_file_and_line
PyImportErrorObject msg name path
PyUnicodeErrorObject encoding object start end reason
PySystemExitObject code
PyOSErrorObject myerrno strerror filename filename2 written
PyStopIterationObject value
PyNameErrorObject name
PyAttributeErrorObject obj name
PyStructSequence_Field name doc
PyStructSequence_Desc name doc fields n_in_sequence
PyCodeObject co_consts co_names co_exceptiontable co_flags co_warmup co_argcount co_posonlyargcount co_kwonlyargcount \
 co_stacksize co_firstlineno co_nlocalsplus co_nlocals co_nplaincellvars co_ncellvars co_nfreevars co_localsplusnames \
 co_localspluskinds co_filename co_name co_qualname co_linetable co_weakreflist _co_code _co_linearray _co_firsttraceable \
 co_extra co_code_adaptive
PyCodeAddressRange ar_start ar_end ar_line opaque
PyGenObject gi_code gi_weakreflist gi_name gi_qualname gi_exc_state gi_origin_or_finalizer gi_frame_state gi_iframe
PyTracebackObject tb_next tb_frame tb_lasti tb_lineno
PyCompilerFlags cf_flags cf_feature_version
Py_tss_t _is_initialized _key
PyMemAllocatorEx ctx malloc calloc realloc free
PyObjectArenaAllocator ctx alloc free
PyStatus func err_msg exitcode
PyWideStringList length items
_PyArg_Parser format keywords fname custom_msg pos min max kwtuple next
_Py_Identifier string index
_Py_HashSecret_t uc
PyHash_FuncDef hash name hash_bits seed_bits
_Py_clock_info_t implementation monotonic adjustable resolution
PyDateTime_Delta hashcode days seconds microseconds
PyDateTime_TZInfo ob_base
_PyDateTime_BaseTZInfo hashcode hastzinfo
_PyDateTime_BaseTime hastzinfo data
_PyDateTime_BaseDateTime hastzinfo data
PyDateTime_Date hastzinfo data
PyDateTime_Time hastzinfo data fold tzinfo
PyDateTime_DateTime hastzinfo data fold tzinfo
PyDateTime_CAPI DateType DateTimeType TimeType DeltaType TZInfoType TimeZone_UTC Date_FromDate DateTime_FromDateAndTime \
 Time_FromTime Delta_FromDelta TimeZone_FromTimeZone DateTime_FromTimestamp Date_FromTimestamp \
 DateTime_FromDateAndTimeAndFold Time_FromTimeAndFold
"""

CONSTANTS = """
Py_TPFLAGS_DEFAULT Py_TPFLAGS_HAVE_FINALIZE Py_TPFLAGS_MANAGED_DICT Py_TPFLAGS_SEQUENCE Py_TPFLAGS_MAPPING
Py_TPFLAGS_DISALLOW_INSTANTIATION Py_TPFLAGS_IMMUTABLETYPE Py_TPFLAGS_HEAPTYPE Py_TPFLAGS_BASETYPE Py_TPFLAGS_HAVE_VECTORCALL
Py_TPFLAGS_READY Py_TPFLAGS_READYING Py_TPFLAGS_HAVE_GC Py_TPFLAGS_METHOD_DESCRIPTOR Py_TPFLAGS_VALID_VERSION_TAG
Py_TPFLAGS_IS_ABSTRACT Py_TPFLAGS_LONG_SUBCLASS Py_TPFLAGS_LIST_SUBCLASS Py_TPFLAGS_TUPLE_SUBCLASS Py_TPFLAGS_BYTES_SUBCLASS
Py_TPFLAGS_UNICODE_SUBCLASS Py_TPFLAGS_DICT_SUBCLASS Py_TPFLAGS_BASE_EXC_SUBCLASS Py_TPFLAGS_TYPE_SUBCLASS
METH_VARARGS METH_KEYWORDS METH_NOARGS METH_O METH_CLASS METH_STATIC METH_COEXIST METH_FASTCALL METH_METHOD
PyBUF_SIMPLE PyBUF_WRITABLE PyBUF_FORMAT PyBUF_ND PyBUF_STRIDES PyBUF_C_CONTIGUOUS PyBUF_F_CONTIGUOUS PyBUF_ANY_CONTIGUOUS
PyBUF_INDIRECT PyBUF_CONTIG PyBUF_CONTIG_RO PyBUF_STRIDED PyBUF_STRIDED_RO PyBUF_RECORDS PyBUF_RECORDS_RO PyBUF_FULL
PyBUF_FULL_RO PyBUF_READ PyBUF_WRITE PyBUF_MAX_NDIM
Py_LT Py_LE Py_EQ Py_NE Py_GT Py_GE Py_PRINT_RAW Py_single_input Py_file_input Py_eval_input Py_mod_create Py_mod_exec
T_SHORT T_INT T_LONG T_FLOAT T_DOUBLE T_STRING T_OBJECT T_CHAR T_BYTE T_UBYTE T_USHORT T_UINT T_ULONG T_STRING_INPLACE T_BOOL
T_OBJECT_EX T_LONGLONG T_ULONGLONG T_PYSSIZET T_NONE READONLY READ_RESTRICTED PY_WRITE_RESTRICTED RESTRICTED
Py_bf_getbuffer Py_bf_releasebuffer Py_mp_ass_subscript Py_mp_length Py_mp_subscript Py_nb_absolute Py_nb_add Py_nb_and
Py_nb_bool Py_nb_divmod Py_nb_float Py_nb_floor_divide Py_nb_index Py_nb_inplace_add Py_nb_inplace_and
Py_nb_inplace_floor_divide Py_nb_inplace_lshift Py_nb_inplace_multiply Py_nb_inplace_or Py_nb_inplace_power
Py_nb_inplace_remainder Py_nb_inplace_rshift Py_nb_inplace_subtract Py_nb_inplace_true_divide Py_nb_inplace_xor Py_nb_int
Py_nb_invert Py_nb_lshift Py_nb_multiply Py_nb_negative Py_nb_or Py_nb_positive Py_nb_power Py_nb_remainder Py_nb_rshift
Py_nb_subtract Py_nb_true_divide Py_nb_xor Py_sq_ass_item Py_sq_concat Py_sq_contains Py_sq_inplace_concat
Py_sq_inplace_repeat Py_sq_item Py_sq_length Py_sq_repeat Py_tp_alloc Py_tp_base Py_tp_bases Py_tp_call Py_tp_clear
Py_tp_dealloc Py_tp_del Py_tp_descr_get Py_tp_descr_set Py_tp_doc Py_tp_getattr Py_tp_getattro Py_tp_hash Py_tp_init
Py_tp_is_gc Py_tp_iter Py_tp_iternext Py_tp_methods Py_tp_new Py_tp_repr Py_tp_richcompare Py_tp_setattr Py_tp_setattro
Py_tp_str Py_tp_traverse Py_tp_members Py_tp_getset Py_tp_free Py_nb_matrix_multiply Py_nb_inplace_matrix_multiply
Py_am_await Py_am_aiter Py_am_anext Py_tp_finalize Py_am_send
CO_OPTIMIZED CO_NEWLOCALS CO_VARARGS CO_VARKEYWORDS CO_NESTED CO_GENERATOR CO_COROUTINE CO_ITERABLE_COROUTINE
CO_ASYNC_GENERATOR CO_FUTURE_DIVISION CO_FUTURE_ANNOTATIONS PyCF_MASK PyCF_COMPILE_MASK
PyUnicode_WCHAR_KIND PyUnicode_1BYTE_KIND PyUnicode_2BYTE_KIND PyUnicode_4BYTE_KIND PYGEN_RETURN PYGEN_ERROR PYGEN_NEXT
PyTrace_CALL PyTrace_EXCEPTION PyTrace_LINE PyTrace_RETURN PyTrace_C_CALL PyTrace_C_EXCEPTION PyTrace_C_RETURN PyTrace_OPCODE
PyGILState_LOCKED PyGILState_UNLOCKED PY_LOCK_FAILURE PY_LOCK_ACQUIRED PY_LOCK_INTR WAIT_LOCK NOWAIT_LOCK PY_TIMEOUT_MAX
PYMEM_DOMAIN_RAW PYMEM_DOMAIN_MEM PYMEM_DOMAIN_OBJ PYTHON_API_VERSION PYTHON_ABI_VERSION PY_VECTORCALL_ARGUMENTS_OFFSET
PY_SSIZE_T_MAX Py_MARSHAL_VERSION Py_DTSF_SIGN Py_DTSF_ADD_DOT_0 Py_DTSF_ALT Py_DTST_FINITE Py_DTST_INFINITE Py_DTST_NAN
PY_MAJOR_VERSION PY_MINOR_VERSION Py_CLEANUP_SUPPORTED _PyHASH_MODULUS _PyHASH_INF
_PyTime_ROUND_FLOOR _PyTime_ROUND_CEILING _PyTime_ROUND_HALF_EVEN _PyTime_ROUND_UP
"""

# A unicode state as each header's bit fields lay it out, read back as a number.
PROBE = """
#include "Python.h"
#include "structmember.h"
#include "datetime.h"
#include "frameobject.h"
#include "structseq.h"
#include "marshal.h"
#include "pythread.h"
int main(void)
{
    PyASCIIObject s;
    unsigned int bits;
    memset(&s, 0, sizeof s);
    s.state.interned = 1; s.state.kind = 4; s.state.ascii = 1; s.state.ready = 1;
    memcpy(&bits, &s.state, sizeof bits);
    printf("state %%u\\n", bits);
%s
    return 0;
}
"""


def probe():
    lines = []
    for struct in STRUCTS.strip().splitlines():
        name, *fields = struct.split()
        lines.append(f'    printf("sizeof({name}) %zu\\n", sizeof({name}));')
        lines += [f'    printf("{name}.{f} %zu %zu\\n", offsetof({name}, {f}), sizeof((({name} *)0)->{f}));' for f in fields]
    lines += [f'    printf("{name} %lld\\n", (long long)({name}));' for name in CONSTANTS.split()]
    return PROBE % "\n".join(lines)


def cpython_include():
    """The headers of the CPython called python3.11; skips where there are none."""
    if not shutil.which("gcc"):
        pytest.skip("no gcc to compile the probe")
    python = shutil.which("python3.11")
    if not python:
        pytest.skip("no python3.11 on PATH, whose headers would be the oracle")
    ask = "import sys, sysconfig; print(sys.implementation.name, sysconfig.get_paths()['include'])"
    name, include = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.split(None, 1)
    if name != "cpython" or not Path(include.strip(), "Python.h").exists():
        pytest.skip(f"{python} is no CPython with headers")
    return include.strip()


def printed_by(include, where):
    """What the probe prints when compiled with the headers in `include`. The linker may leave API names undefined."""
    source, program = where / "probe.c", where / "probe"
    source.write_text(probe())
    subprocess.run(["gcc", "-w", "-O1", f"-I{include}", source, "-o", program, "-Wl,--unresolved-symbols=ignore-all"], check=True)
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


def test_layouts_and_constants_are_cpythons(tmp_path):
    theirs = cpython_include()
    for name in "ours", "theirs":
        (tmp_path / name).mkdir()
    assert printed_by(OURS, tmp_path / "ours") == printed_by(theirs, tmp_path / "theirs")
