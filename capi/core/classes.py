"""VM classes become PyTypeObjects, when C first sees one of their instances or the class itself."""

from capi.core import fading, to_vm, linking, tables, to_c
from capi.core.engine import ffi, lib
from capi.core.structs import declare, struct_of
from capi.core.types import BASETYPE, OFFSETS, TYPE_SUBCLASS, c_types, inherited_word
from capi.core.tables import (
    K_INSTANCE, K_PROXY, K_STRUCT, K_TYPE, TI_SLOTTED, TI_STATEFUL, TI_VM, addresses, dict_of, direct_bases, getters, info_view, links, mro_of,
    table, type_view)

LONG, LIST, TUPLE, BYTES, UNICODE, DICT, EXCEPTION = (1 << b for b in range(24, 31))
BYTEARRAY = 1 << 21                        # ours: Py_SIZE asks it
FAST_SUBCLASS = {int: LONG, list: LIST, tuple: TUPLE, bytes: BYTES, str: UNICODE, dict: DICT, BaseException: EXCEPTION,
                 type: TYPE_SUBCLASS, bytearray: BYTEARRAY}
FAST_SUBCLASSES = LONG | LIST | TUPLE | BYTES | UNICODE | DICT | EXCEPTION | TYPE_SUBCLASS | BYTEARRAY
HAVE_GC, DEFAULT, MAPPING, SEQUENCE, HEAPTYPE = 1 << 14, 1 << 18, 1 << 6, 1 << 5, 1 << 9

# slot -> dunder methods, any of which in a class means that the slot is there
SLOT_DUNDERS = {
    "nb_power": "pow rpow", "nb_inplace_power": "ipow", "nb_bool": "bool", "nb_int": "int", "nb_float": "float", "nb_index": "index",
    "nb_negative": "neg", "nb_positive": "pos", "nb_absolute": "abs", "nb_invert": "invert",
    "sq_length": "len", "mp_length": "len", "sq_item": "getitem", "mp_subscript": "getitem", "sq_ass_item": "setitem delitem",
    "mp_ass_subscript": "setitem delitem", "sq_contains": "contains", "am_await": "await", "am_aiter": "aiter", "am_anext": "anext",
    "tp_repr": "repr", "tp_str": "str", "tp_hash": "hash", "tp_call": "call", "tp_getattro": "getattribute getattr",
    "tp_setattro": "setattr delattr", "tp_richcompare": "lt le eq ne gt ge", "tp_iter": "iter", "tp_iternext": "next",
    "tp_descr_get": "get", "tp_descr_set": "set delete", "tp_init": "init", "tp_new": "new",
}
for _slot, _name in {"add": "add", "subtract": "sub", "multiply": "mul", "remainder": "mod", "lshift": "lshift", "rshift": "rshift",
                     "and": "and", "xor": "xor", "or": "or", "floor_divide": "floordiv", "true_divide": "truediv",
                     "matrix_multiply": "matmul"}.items():
    SLOT_DUNDERS[f"nb_{_slot}"] = f"{_name} r{_name}"
    SLOT_DUNDERS[f"nb_inplace_{_slot}"] = f"i{_name}"
SLOT_DUNDERS["nb_divmod"] = "divmod rdivmod"
# The VM's own sequences: C code tells them by these slots, and by having no number slots for the same operators.
OWN_SEQUENCES = (list, tuple, str, bytes, bytearray)
SEQUENCE_SLOTS = ("sq_concat", "sq_repeat")
INPLACE_SLOTS = ("sq_inplace_concat", "sq_inplace_repeat")
SEQUENCE_DUNDERS = frozenset(f"__{name}__" for name in ("add", "mul", "rmul", "iadd", "imul"))
NOT_SEQUENCES = (int, float, complex)


def slot_names():
    names, i = [], 0
    while lib.m_slot_name(i):
        names.append(ffi.string(lib.m_slot_name(i)).decode())
        i += 1
    return names


def definer(cls, dunder):
    """The class of the MRO that defines `dunder`, or None."""
    for base in mro_of(cls):
        if dunder in dict_of(base):
            return base
    return None


def present(cls):
    """One byte a slot: 1 where the slot must lead to the VM; 0 where there is none, or a C base's is inherited."""
    flags = bytearray(len(SLOTS))
    from_c = any([base in c_types for base in mro_of(cls)])
    seen = set()
    for base in mro_of(cls):
        names = DUNDERS.intersection(dict_of(base)) - seen
        seen |= names
        if base not in c_types and not (base is object and from_c):
            for name in names - SEQUENCE_DUNDERS if base in OWN_SEQUENCES else names:
                if dict_of(base)[name] is not None:
                    for i in PLACES[name]:
                        flags[i] = 1
    builtin_sequence = issubclass(cls, OWN_SEQUENCES)
    if not builtin_sequence and (issubclass(cls, dict) or "__getitem__" not in seen or issubclass(cls, NOT_SEQUENCES)):
        for slot in ("sq_item", "sq_ass_item"):
            flags[SLOTS.index(slot)] = 0
    for slot in SEQUENCE_SLOTS:
        flags[SLOTS.index(slot)] = builtin_sequence
    for slot in INPLACE_SLOTS:
        flags[SLOTS.index(slot)] = issubclass(cls, (list, bytearray))
    exporter = definer(cls, "__buffer__")
    for slot in ("bf_getbuffer", "bf_releasebuffer"):
        flags[SLOTS.index(slot)] = issubclass(cls, BUFFERS) and not issubclass(cls, bytes) or exporter is not None and exporter not in c_types
    return bytes(flags)


def is_heap(cls):
    """False for the VM's own classes."""
    return type.__dict__["__flags__"].__get__(cls) >> 9 & 1


def best_base(cls):
    """The base whose struct the instances' C struct begins with."""
    return max(direct_bases(cls), key=lambda b: type_view(linking.type_address(b)).tp_basicsize, default=None)


def qualified(cls):
    """tp_name: with the module for what CPython has in C, without for classes made in Python."""
    module, name = (type.__getattribute__(cls, key) for key in ("__module__", "__name__"))       # a metaclass may have its own
    if is_heap(cls) or module == "builtins" or not isinstance(module, str):
        return name
    return f"{module}.{name}"


def make_type(cls, p_static=0):
    """Make the PyTypeObject of a VM class, if it is not there in static memory; returns its address."""
    base = best_base(cls)
    p_base = linking.type_address(base)
    for other in direct_bases(cls):
        linking.type_address(other)
    metaclass = type(cls)
    p_meta = linking.type_address(metaclass)
    if cls in addresses:                               # made meanwhile, by a base or the metaclass
        return addresses[cls]
    base_view = type_view(p_base)
    flags = base_view.tp_flags & (FAST_SUBCLASSES | HAVE_GC | MAPPING | SEQUENCE)
    for other in direct_bases(cls):
        flags |= type_view(addresses[other]).tp_flags & (FAST_SUBCLASSES | MAPPING | SEQUENCE)
    flags |= FAST_SUBCLASS.get(cls, 0)
    struct = struct_of(cls)
    p = p_static or lib.m_type_new(qualified(cls).encode("utf-8", "surrogateescape"), p_meta, p_base, base_view.tp_basicsize, base_view.tp_itemsize,
                       flags | DEFAULT | BASETYPE)
    addresses[cls] = p
    kinds = [info_view(addresses[b]) for b in direct_bases(cls)]
    instance = any(k.kind == K_INSTANCE for k in kinds)
    layout = next((k.layout for k in kinds if k.layout), K_PROXY)
    if struct is not None:
        layout = K_STRUCT
        declare(p, struct)
    if issubclass(cls, type):
        kind, more = K_TYPE, 0
    elif instance:
        kind, more = K_INSTANCE, TI_STATEFUL | TI_SLOTTED
    else:
        kind, more = K_PROXY, 0
    w = lib.m_type_link(p, kind, layout, more | TI_VM)
    table[(w >> 3) & tables.INDEX] = cls
    links[cls] = w
    if kind == K_INSTANCE:
        getters[cls] = inherited_word(cls)
    set_types(p, "tp_bases", direct_bases(cls))
    lib.m_fill_slots(p, present(cls), not is_heap(cls))
    from_c = any(b in c_types for b in mro_of(cls))
    if kind == K_INSTANCE:
        type_view(p).tp_dealloc = lib.m_subtype_dealloc()
    else:
        lib.m_set_builtin_dealloc(p, layout)
    lib.m_type_inherit(p)
    if not p_static:
        lib.m_set_heap_names(p, *(to_c.address(type.__getattribute__(cls, name)) for name in ("__name__", "__qualname__")))
    set_types(p, "tp_mro", mro_of(cls))
    if kind == K_TYPE or from_c:
        from capi.core.types import ClassDict
        to_vm.set_field(p, OFFSETS["tp_dict"], ClassDict(cls))
    if is_heap(cls) and not p_static:
        fading.born(cls, p, w)
    return p


def set_types(p, field, classes):
    """Let a pointer of the PyTypeObject own a tuple of `classes` that only C has: a link would keep them alive."""
    types = [linking.type_address(c) for c in classes]
    lib.m_set_types(p + OFFSETS[field], ffi.new("intptr_t[]", types), len(types))


if lib is not None:
    SLOTS = slot_names()
    PLACES = {}                            # dunder -> positions of its slots
    for _place, _slot in enumerate(SLOTS):
        for _name in SLOT_DUNDERS.get(_slot, "").split():
            PLACES.setdefault(f"__{_name}__", []).append(_place)
    DUNDERS = frozenset(PLACES)
    import array
    import mmap
    BUFFERS = (bytes, bytearray, memoryview, array.array, mmap.mmap)
