"""Ties the VM's own types, exceptions and singletons to the data symbols of the C API.  Importing it boots the layer."""

import builtins
import types

from capi.core import cfunctions, descriptors, iterators, to_vm, linking, tables, to_c
from capi.core.classes import FAST_SUBCLASS, BASETYPE, DEFAULT, MAPPING, SEQUENCE, is_heap, present
from capi.core.engine import ffi, lib
from capi.core.structs import declare, struct_of
from capi.core.types import ClassDict, OFFSETS, link_all
from capi.core.tables import (
    K_BYTES, K_COMPLEX, K_DICT, K_FLOAT, K_INT, K_ITERATOR, K_LIST, K_METHOD, K_PROXY, K_SLICE, K_STR, K_STRUCT, K_TUPLE,
    K_TYPE, TI_BUILTIN, addresses, links, table, type_view)

KINDS = {int: K_INT, float: K_FLOAT, complex: K_COMPLEX, str: K_STR, bytes: K_BYTES, tuple: K_TUPLE, list: K_LIST, type: K_TYPE,
         types.MethodType: K_METHOD, slice: K_SLICE}
KINDS.update((cls, K_ITERATOR) for cls in iterators.classes)
NO_SUBCLASS = (bool, types.NoneType, slice, types.MethodType, range, memoryview, types.FunctionType)


# Types of CPython that have no objects here: C code may compare with them and finds no match.
ABSENT = {"PyClassMethodDescr_Type": "classmethod_descriptor",
          "PyWrapperDescr_Type": "wrapper_descriptor", "_PyMethodWrapper_Type": "method-wrapper"}


class Enumerated:
    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return i


def iterator_types():
    """The classes behind the iterator types that CPython names."""
    d = {}
    return {
        "PyListIter_Type": type(iter([])), "PyListRevIter_Type": type(reversed([])), "PyTupleIter_Type": type(iter(())),
        "PyDictKeys_Type": type(d.keys()), "PyDictValues_Type": type(d.values()), "PyDictItems_Type": type(d.items()),
        "PyDictIterKey_Type": type(iter(d)), "PyDictIterValue_Type": type(iter(d.values())), "PyDictIterItem_Type": type(iter(d.items())),
        "PyDictRevIterKey_Type": type(reversed(d)), "PyDictRevIterValue_Type": type(reversed(d.values())),
        "PyDictRevIterItem_Type": type(reversed(d.items())), "PySetIter_Type": type(iter(set())),
        "PyUnicodeIter_Type": type(iter("")), "PyBytesIter_Type": type(iter(b"")), "PyByteArrayIter_Type": type(iter(bytearray())),
        "PyRangeIter_Type": type(iter(range(1))), "PyLongRangeIter_Type": type(iter(range(1 << 70))),
        "PySeqIter_Type": type(iter(Enumerated())), "PyCallIter_Type": type(iter(int, 1)),
    }


def vm_types():
    """{name of the data symbol: VM class}."""
    from capi.method import instancemethod
    import contextvars
    import _weakref
    named = {
        "PyBaseObject_Type": object, "PyType_Type": type, "PyLong_Type": int, "PyBool_Type": bool, "PyFloat_Type": float,
        "PyComplex_Type": complex, "PyUnicode_Type": str, "PyBytes_Type": bytes, "PyByteArray_Type": bytearray, "PyTuple_Type": tuple,
        "PyList_Type": list, "PyDict_Type": dict, "PySet_Type": set, "PyFrozenSet_Type": frozenset, "PySlice_Type": slice,
        "PyRange_Type": range, "PyEnum_Type": enumerate, "PyFilter_Type": filter, "PyMap_Type": map, "PyZip_Type": zip,
        "PyReversed_Type": reversed, "PySuper_Type": super, "PyProperty_Type": property, "PyMemoryView_Type": memoryview,
        "PyStaticMethod_Type": staticmethod, "PyClassMethod_Type": classmethod, "PyModule_Type": types.ModuleType,
        "PyFunction_Type": types.FunctionType, "PyMethod_Type": types.MethodType, "PyCode_Type": types.CodeType,
        "PyFrame_Type": types.FrameType, "PyTraceBack_Type": types.TracebackType, "PyGen_Type": types.GeneratorType,
        "PyCoro_Type": types.CoroutineType, "PyAsyncGen_Type": types.AsyncGeneratorType, "PyDictProxy_Type": types.MappingProxyType,
        "PyCell_Type": types.CellType, "Py_GenericAliasType": types.GenericAlias, "_PyWeakref_RefType": _weakref.ref,
        "_PyWeakref_ProxyType": _weakref.ProxyType, "_PyWeakref_CallableProxyType": _weakref.CallableProxyType,
        "_PyNone_Type": type(None), "_PyNotImplemented_Type": type(NotImplemented), "PyEllipsis_Type": type(Ellipsis),
        "PyContext_Type": contextvars.Context, "PyContextVar_Type": contextvars.ContextVar, "PyContextToken_Type": contextvars.Token,
        "PyGetSetDescr_Type": descriptors.getset_descriptor, "PyMemberDescr_Type": descriptors.member_descriptor,
        "PyMethodDescr_Type": descriptors.method_descriptor,
        "PyInstanceMethod_Type": instancemethod, "PyODict_Type": __import__("collections").OrderedDict,
    }
    named.update(iterator_types())
    return named


def flags_of(cls):
    flags = DEFAULT
    for base, flag in FAST_SUBCLASS.items():
        if issubclass(cls, base):
            flags |= flag
    if cls not in NO_SUBCLASS:
        flags |= BASETYPE
    if issubclass(cls, (tuple, list, range, memoryview)):
        flags |= SEQUENCE
    if issubclass(cls, (dict, types.MappingProxyType)):
        flags |= MAPPING
    return flags


def sizes(symbol):
    basicsize, itemsize = ffi.new("long *"), ffi.new("long *")
    lib.m_builtin_size(symbol.encode(), basicsize, itemsize)
    return basicsize[0], itemsize[0]


def bind_type(cls, symbol, p):
    view = type_view(p)
    name = cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__name__}"
    view.tp_name = keep(name)
    view.tp_flags = flags_of(cls) | 1 << 12            # ready
    view.tp_basicsize, view.tp_itemsize = sizes(symbol)
    view.tp_alloc = lib.m_function_address(b"PyType_GenericAlloc")
    layout = KINDS.get(cls, K_INT if cls is bool else K_PROXY)
    kind = K_DICT if cls is dict else KINDS.get(cls, K_PROXY)
    if layout == K_TYPE or layout == K_ITERATOR:
        layout = K_PROXY
    struct = struct_of(cls)
    if struct is not None:
        layout = K_STRUCT
        declare(p, struct)
    addresses[cls] = p
    w = lib.m_type_link(p, kind, layout, TI_BUILTIN)
    tables.vm_grow_tables(0) if (w >> 3) & tables.INDEX >= len(table) else None
    table[(w >> 3) & tables.INDEX] = cls
    links[cls] = w
    lib.m_set_builtin_dealloc(p, layout if kind != K_TYPE else K_PROXY)


def finish_type(cls, p):
    """Second pass, when every builtin type has its address: bases, slots, metatype."""
    view = type_view(p)
    view.ob_type = linking.type_address(type(cls))
    bases = cls.__bases__
    if bases:
        view.tp_base = linking.type_address(bases[0])
        to_vm.set_field(p, OFFSETS["tp_bases"], link_all(bases))
    lib.m_fill_slots(p, present(types.FunctionType if cls is descriptors.method_descriptor else cls), not is_heap(cls))
    if bases:
        lib.m_type_inherit(p)
    to_vm.set_field(p, OFFSETS["tp_mro"], link_all(cls.__mro__))
    to_vm.set_field(p, OFFSETS["tp_dict"], ClassDict(cls))


kept = []


def keep(string):
    kept.append(ffi.new("char[]", string.encode()))
    return kept[-1]


def link_static(x, p):
    """Tie a VM object to one in static memory, for good."""
    w = lib.m_link_static(p)
    table[(w >> 3) & tables.INDEX] = x
    links[x] = w


def boot():
    known, symbols, i = vm_types(), {}, 0
    place = ffi.new("intptr_t *")
    while True:
        name = lib.m_builtin_type(i, place)
        if not name:
            break
        symbols[ffi.string(name).decode()] = place[0]
        i += 1
    known.update((symbol, type(name, (), {"__slots__": ()})) for symbol, name in ABSENT.items())
    bound = []
    for symbol, cls in known.items():                  # the VM has one class of iterators for all sequences: PyListIter_Type comes first
        p = symbols.get(symbol)
        if p is not None and cls not in addresses:
            bind_type(cls, symbol, p)
            bound.append((cls, p))
    tables.INT_TYPE, tables.FLOAT_TYPE = addresses[int], addresses[float]
    tables.STR_TYPE, tables.BYTES_TYPE = addresses[str], addresses[bytes]
    tables.LIST_TYPE, tables.DICT_TYPE = addresses[list], addresses[dict]
    tables.getters[tuple] = to_c.tuple_result
    for x, symbol in ((None, b"None"), (True, b"True"), (False, b"False"), (Ellipsis, b"Ellipsis"), (NotImplemented, b"NotImplemented")):
        p = lib.m_singleton(symbol)
        type_name = addresses[type(x)]
        lib.m_singleton_type(p, type_name)
        link_static(x, p)
    to_c.link_empty_tuple()
    for cls, p in bound:
        finish_type(cls, p)
    i = 0
    while True:
        name = lib.m_builtin_exception(i, place)
        if not name:
            break
        name = ffi.string(name).decode()
        error = getattr(builtins, name, None)
        if error is not None:
            ffi.cast("intptr_t *", place[0])[0] = linking.type_address(error)
        i += 1
    cfunctions.prepare(symbols["PyCFunction_Type"])
    if lib.m_own_types():
        linking.raise_pending("boot")
    cfunctions.finish()


if lib is not None:
    from capi.core import callbacks, referents, sweep             # noqa: F401  callbacks must answer before C runs
    boot()
    sweep.install()
    referents.install()
