"""Dunder methods of C types: from each slot of a PyTypeObject the VM functions that call it."""

import operator
from types import MethodType

from capi.core import calls, tables
from capi.core.calls import convert, indent, positional, result, simple
from capi.core.engine import DEBUG, ffi, lib
from capi.core.to_vm import from_pointer
from capi.core.linking import catch_up, type_address
from capi.core.leaf import Constant, Field, leaf
from capi.core.tables import K_INSTANCE, TI_BUILTIN, dict_of, info_view, mro_of, type_view

NB = """add subtract multiply remainder divmod power negative positive absolute bool invert lshift rshift and xor or int reserved float
    inplace_add inplace_subtract inplace_multiply inplace_remainder inplace_power inplace_lshift inplace_rshift inplace_and inplace_xor
    inplace_or floor_divide true_divide inplace_floor_divide inplace_true_divide index matrix_multiply inplace_matrix_multiply""".split()
DUNDER = {"subtract": "sub", "multiply": "mul", "remainder": "mod", "power": "pow", "negative": "neg", "positive": "pos",
          "absolute": "abs", "floor_divide": "floordiv", "true_divide": "truediv", "matrix_multiply": "matmul"}
BINARY = {"add", "subtract", "multiply", "remainder", "divmod", "lshift", "rshift", "and", "xor", "or", "floor_divide",
          "true_divide", "matrix_multiply"}
COMPARE = ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"]
COPIED = {"tp_hash": ["__hash__"], "tp_repr": ["__repr__"], "tp_str": ["__str__"], "tp_richcompare": COMPARE}

CHECK = """\
if r < 0:
    if r == L_RETRY:
        return settle() or {again}
    raise_if_pending(name)
"""

UNARY = "r = lib.m_O_O(fn, address(self))\n" + result("f(self)", "")
FORWARD = convert("other", "w", "") + "r = lib.m_O_OO(fn, address(self), w)\n" + result("f(self, other)", "")
REFLECTED = convert("other", "w", "") + "r = lib.m_O_OO(fn, w, address(self))\n" + result("f(self, other)", "")
LENGTH = ("r = lib.m_n_O(fn, address(self))\n" + CHECK.format(again="f(self)")
          + "    raise SystemError(f'{name}() returned {r} without setting an exception')\nreturn r")
CONSTANT_LENGTH = "if isinstance(self, own):\n    return value\n" + LENGTH
FIELD_LENGTH = "r = ffi.cast(kind, raw(self) + offset)[0]\nif r >= 0:\n    return r\n" + LENGTH
HASH = "r = lib.m_n_O(fn, address(self))\n" + CHECK.format(again="f(self)") + "return r"
TRUE = "r = lib.m_i_O(fn, address(self))\n" + CHECK.format(again="f(self)") + "return r != 0"
CONTAINS = convert("item", "w", "") + "r = lib.m_i_OO(fn, address(self), w)\n" + CHECK.format(again="f(self, item)") + "return r != 0"
ITEM = ("i = index(self, key, length)\nr = lib.m_O_On(fn, address(self), i)\n" + result("f(self, key)", ""))
REPEAT = "r = lib.m_O_On(fn, address(self), times(n))\n" + result("f(self, n)", "")
SET_ITEM = ("i = index(self, key, length)\n" + convert("value", "w", "") + "r = lib.m_i_OnO(fn, address(self), i, w)\n"
            + CHECK.format(again="f(self, key, value)"))
DELETE_ITEM = "i = index(self, key, length)\nr = lib.m_i_OnO(fn, address(self), i, 0)\n" + CHECK.format(again="f(self, key)")
SET_SUBSCRIPT = (convert("key", "k", "") + convert("value", "w", "") + "r = lib.m_i_OOO(fn, address(self), k, w)\n"
                 + CHECK.format(again="f(self, key, value)"))
DELETE_SUBSCRIPT = convert("key", "k", "") + "r = lib.m_i_OOO(fn, address(self), k, 0)\n" + CHECK.format(again="f(self, key)")
POWER = (convert("other", "w", "") + convert("modulus", "m", "") + "r = lib.m_O_OOO(fn, address(self), w, m)\n"
         + result("f(self, other, modulus)", ""))
RPOWER = (convert("other", "w", "") + convert("modulus", "m", "") + "r = lib.m_O_OOO(fn, w, address(self), m)\n"
          + result("f(self, other, modulus)", ""))
NEXT = "r = lib.m_O_O(fn, address(self))\n" + result("f(self)", "", "raise_or_stop")
RICH = convert("other", "w", "") + "r = lib.m_O_OOi(fn, address(self), w, op)\n" + result("f(self, other)", "")
SET_ATTR = convert("value", "w", "") + "r = lib.m_i_OOO(fn, address(self), to_word(attribute), w)\n" + CHECK.format(again="f(self, attribute, value)")
DELETE_ATTR = "r = lib.m_i_OOO(fn, address(self), to_word(attribute), 0)\n" + CHECK.format(again="f(self, attribute)")
SET_ATTR_TEXT = (convert("value", "w", "") + "key = ffi.from_buffer(attribute.encode() + b'\\0')\n"
                 "r = lib.m_i_OpO(fn, address(self), pointer(key), w)\n" + CHECK.format(again="f(self, attribute, value)"))
DELETE_ATTR_TEXT = ("key = ffi.from_buffer(attribute.encode() + b'\\0')\n"
                    "r = lib.m_i_OpO(fn, address(self), pointer(key), 0)\n" + CHECK.format(again="f(self, attribute)"))
GET_TEXT = ("key = ffi.from_buffer(attribute.encode() + b'\\0')\nr = lib.m_O_Op(fn, address(self), pointer(key))\n"
            + result("f(self, attribute)", ""))
GET = (convert("obj", "w", "") + convert("owner", "o", "")
       + "r = lib.m_O_OOO(fn, address(self), w if obj is not None else 0, o if owner is not None else 0)\n" + result("f(self, obj, owner)", ""))
GET_METHOD = "if obj is not None:\n    return MethodType(self, obj)\n" + GET      # what the flag says, and the JIT needs not make
METHOD_DESCRIPTOR = 1 << 17
SET = convert("obj", "w", "") + convert("value", "v", "") + "r = lib.m_i_OOO(fn, address(self), w, v)\n" + CHECK.format(again="f(self, obj, value)")
DELETE = convert("obj", "w", "") + "r = lib.m_i_OOO(fn, address(self), w, 0)\n" + CHECK.format(again="f(self, obj)")
INIT = ("p = address(self)\nif kwargs:\n    r = many_i_v(fn, p, args, kwargs)\nelse:\n" + indent(positional("i_v", "p", "fn"))
        + CHECK.format(again="f(self, *args, **kwargs)"))


def index(self, key, length):
    """The position that sq_item takes: negative ones count from the end, where there is a length."""
    if type(key) is int:
        i = key
    elif hasattr(type(key), "__index__"):
        i = operator.index(key)
    else:
        raise TypeError(f"sequence index must be integer, not '{type(key).__name__}'")
    if i < 0 and length:
        i += len(self)
    return i


def times(n):
    """How often sq_repeat is to repeat."""
    if type(n) is int:
        return n
    if not hasattr(type(n), "__index__"):
        raise TypeError(f"can't multiply sequence by non-int of type '{type(n).__name__}'")
    return operator.index(n)


def pointer(buffer):
    return int(ffi.cast("intptr_t", buffer))


calls.NAMESPACE.update(MethodType=MethodType, index=index, times=times, pointer=pointer)


class Slots:
    """Collects the dunder methods of one C type; what its base has in the same slot is inherited, not defined."""

    def __init__(self, p_type, cls, address, raw, namespace):
        self.view = type_view(p_type)
        self.base = type_view(self.view.tp_base) if self.view.tp_base else None
        self.cls, self.address, self.raw, self.namespace, self.p_type = cls, address, raw, namespace, p_type

    def own(self, group, i=None):
        """The function in a slot if the type defines it itself, else 0."""
        fn = self.read(self.view, group, i)
        if not fn or lib.m_is_vm_slot(fn):
            return 0
        return 0 if self.base and fn == self.read(self.base, group, i) else fn

    def read(self, view, group, i):
        if i is None:
            return getattr(view, group)
        table = getattr(view, group)
        if not table:
            return 0
        kind, field = {"tp_as_number": ("MNumber *", "nb"), "tp_as_sequence": ("MSequence *", "sq"),
                       "tp_as_mapping": ("MMapping *", "mp"), "tp_as_async": ("MAsync *", "am")}[group]
        return getattr(ffi.cast(kind, table), field)[i]

    def add(self, name, parameters, body, fn, **more):
        if name not in self.namespace:
            self.namespace[name] = simple(parameters, body, self.address, fn, name, **more)

    def length(self, fn):
        if not fn:
            return
        found = None if DEBUG else leaf(fn)          # the debug mode watches each call
        if type(found) is Constant and found.value >= 0:
            self.add("__len__", "self", CONSTANT_LENGTH, fn, own=self.cls, value=found.value)
        elif type(found) is Field and info_view(self.p_type).kind == K_INSTANCE:
            self.add("__len__", "self", FIELD_LENGTH, fn, raw=self.raw, kind=ffi.typeof(found.ctype), offset=found.offset)
        else:
            self.add("__len__", "self", LENGTH, fn)

    def numbers(self):
        for i, slot in enumerate(NB):
            fn = self.own("tp_as_number", i)
            if not fn or slot == "reserved":
                continue
            inplace = slot.startswith("inplace_")
            bare = slot.removeprefix("inplace_")
            name = ("i" if inplace else "") + DUNDER.get(bare, bare)
            if bare == "power":
                self.add(f"__{name}__", "self, other, modulus=None", POWER, fn)
                if not inplace:
                    self.add("__rpow__", "self, other, modulus=None", RPOWER, fn)
            elif bare in BINARY:
                self.add(f"__{name}__", "self, other", FORWARD, fn)
                if not inplace:
                    self.add(f"__r{name}__", "self, other", REFLECTED, fn)
            elif bare == "bool":
                self.add("__bool__", "self", TRUE, fn)
            else:
                self.add(f"__{name}__", "self", UNARY, fn)

    def mapping(self):
        length, get, put = (self.own("tp_as_mapping", i) for i in range(3))
        self.length(length)
        if get:
            self.add("__getitem__", "self, other", FORWARD, get)
        if put:
            self.add("__setitem__", "self, key, value", SET_SUBSCRIPT, put)
            self.add("__delitem__", "self, key", DELETE_SUBSCRIPT, put)

    def sequence(self):
        length, concat, repeat, item, _, put, _, contains, iconcat, irepeat = (self.own("tp_as_sequence", i) for i in range(10))
        has_length = bool(self.read(self.view, "tp_as_sequence", 0))
        self.length(length)
        if concat:
            self.add("__add__", "self, other", FORWARD, concat)
        if repeat:
            self.add("__mul__", "self, n", REPEAT, repeat)
            self.add("__rmul__", "self, n", REPEAT, repeat)
        if item:
            self.add("__getitem__", "self, key", ITEM, item, length=has_length)
        if put:
            self.add("__setitem__", "self, key, value", SET_ITEM, put, length=has_length)
            self.add("__delitem__", "self, key", DELETE_ITEM, put, length=has_length)
        if contains:
            self.add("__contains__", "self, item", CONTAINS, contains)
        if iconcat:
            self.add("__iadd__", "self, other", FORWARD, iconcat)
        if irepeat:
            self.add("__imul__", "self, n", REPEAT, irepeat)

    def top(self):
        for slot, name, parameters, body in [
                ("tp_repr", "__repr__", "self", UNARY), ("tp_str", "__str__", "self", UNARY), ("tp_iter", "__iter__", "self", UNARY),
                ("tp_iternext", "__next__", "self", NEXT), ("tp_getattro", "__getattribute__", "self, other", FORWARD),
                ("tp_descr_get", "__get__", "self, obj, owner=None", GET_METHOD if self.view.tp_flags & METHOD_DESCRIPTOR else GET), ("tp_init", "__init__", "self, /, *args, **kwargs", INIT)]:
            fn = self.own(slot)
            if fn and fn not in DEFAULTS:
                self.add(name, parameters, body, fn)
        fn = self.own("tp_hash")
        if fn == HASH_NOT_IMPLEMENTED:
            self.namespace.setdefault("__hash__", None)
        elif fn:
            self.add("__hash__", "self", HASH, fn)
        fn = self.own("tp_richcompare")
        if fn:
            for op, name in enumerate(COMPARE):
                self.add(name, "self, other", RICH, fn, op=op)
            if not self.view.tp_hash:
                self.namespace.setdefault("__hash__", None)
        fn = self.own("tp_setattro")
        if fn and fn not in DEFAULTS:
            self.add("__setattr__", "self, attribute, value", SET_ATTR, fn)
            self.add("__delattr__", "self, attribute", DELETE_ATTR, fn)
        fn = self.own("tp_getattr")
        if fn:
            self.add("__getattribute__", "self, attribute", GET_TEXT, fn)
        fn = self.own("tp_setattr")
        if fn:
            self.add("__setattr__", "self, attribute, value", SET_ATTR_TEXT, fn)
            self.add("__delattr__", "self, attribute", DELETE_ATTR_TEXT, fn)
        fn = self.own("tp_descr_set")
        if fn:
            self.add("__set__", "self, obj, value", SET, fn)
            self.add("__delete__", "self, obj", DELETE, fn)
        for i, name in enumerate(["__await__", "__aiter__", "__anext__"]):
            fn = self.own("tp_as_async", i)
            if fn:
                self.add(name, "self", UNARY, fn)
        self.call()

    def call(self):
        fn = self.own("tp_call")
        if not fn:
            return
        offset = self.view.tp_vectorcall_offset if self.view.tp_flags & (1 << 11) else 0
        if offset > 0:
            body = ("p = address(self)\nfn = ffi.cast('intptr_t *', (p & -8) + offset)[0]\nif not fn:\n"
                    "    r = many_v(tp_call, p, args, kwargs)\nelif kwargs:\n    r = many_f(fn, p, args, kwargs)\nelse:\n"
                    + indent(positional("f", "p", "fn")) + result("f(self, *args, **kwargs)", ""))
            self.add("__call__", "self, /, *args, **kwargs", body, 0, offset=offset, tp_call=fn)
        else:
            body = ("p = address(self)\nif kwargs:\n    r = many_v(fn, p, args, kwargs)\nelse:\n"
                    + indent(positional("v", "p", "fn")) + result("f(self, *args, **kwargs)", ""))
            self.add("__call__", "self, /, *args, **kwargs", body, fn)

    def copied(self):
        """Slots that the type has copied from one of the VM's, say of its second base: they come before what the first defines."""
        bases = from_pointer(self.view.tp_bases) or ()
        builtin = [c for b in bases for c in mro_of(b) if c is not object and info_view(type_address(c)).flags & TI_BUILTIN]
        for slot, names in COPIED.items():
            fn = getattr(self.view, slot)
            if not fn or not lib.m_is_vm_slot(fn) or self.base and fn == getattr(self.base, slot):
                continue
            for name in names:
                source = next((c for c in (*builtin, object) if name in dict_of(c)), None)
                if source is not None:
                    self.namespace.setdefault(name, dict_of(source)[name])

    def all(self):
        self.top()
        self.copied()
        self.mapping()
        self.numbers()
        self.sequence()


# A struct that tp_new has made of this very type, as a rule without a wrapper: from_weak and the type's factory in one, with constants
# for the JIT.
WRAP_NEW = """\
if r & 7 == 6 and p == p_type:
    index = r >> 3 & INDEX
    p = slot_objects[2 * index]
    w = wrefs[index]
    if long_at(p + 8) == p_type and (w is None or w() is None) and not multi[0]:
        x = new_object(cls)
        place(x, p)
        wrefs[index] = ref(x)
        table[index] = None
        if made[0] > tables.MUCH:
            catch_up()
        return x
"""


def make_new(fn, p_own, own, put):
    """`__new__` of class `own`, which calls tp_new; `put` sets the address of a new wrapper, if that is all there is to do."""
    body = ("if long_at(p_slot) != fn:\n    return renewed(p_own, own, put)(cls, *args, **kwargs)\n"
            "place, p_type = put, p_own\nif cls is own:\n    p = p_type\nelse:\n    p = subtype_address(cls, own)\n"
            "if kwargs:\n    r = many_v(fn, p, args, kwargs)\nelse:\n"
            + indent(positional("v", "p", "fn")) + (WRAP_NEW if put else "") + result("f(cls, *args, **kwargs)", ""))
    source = "def f(cls, /, *args, **kwargs):\n" + indent(body)
    make = calls.maker(source, "fn", "p_own", "own", "put", "p_slot")
    return staticmethod(calls.named(make("__new__", fn, p_own, own, put, p_own + NEW_OFFSET), "__new__"))


def renewed(p_own, own, put):
    """The `__new__` for what C has put into tp_new since PyType_Ready: CPython's reads the slot at each call."""
    fn = type_view(p_own).tp_new
    if not fn:
        raise TypeError(f"cannot create '{own.__name__}' instances")
    if (p_own, fn) not in renewals:
        renewals[p_own, fn] = make_new(fn, p_own, own, put).__func__
    return renewals[p_own, fn]


def subtype_address(cls, base):
    """The PyTypeObject for tp_new of `base` to make an instance of; TypeError if `cls` does not derive from it."""
    if not isinstance(cls, type):
        raise TypeError(f"{base.__name__}.__new__(X): X is not a type object ({type(cls).__name__})")
    if base not in mro_of(cls):
        raise TypeError(f"{base.__name__}.__new__({cls.__name__}): {cls.__name__} is not a subtype of {base.__name__}")
    return type_address(cls)


renewals = {}                                 # (address of the type, tp_new) -> its `__new__`
calls.NAMESPACE.update(subtype_address=subtype_address, renewed=renewed, new_object=object.__new__, slot_objects=tables.slot_objects,
                       wrefs=tables.wrefs, ref=tables.ref, multi=tables.multi, made=tables.made, tables=tables, long_at=tables.long_at, catch_up=catch_up)
HASH_NOT_IMPLEMENTED = GENERIC_NEW = GENERIC_ALLOC = NEW_OFFSET = 0
if lib is not None:
    NEW_OFFSET = ffi.offsetof("MType", "tp_new")
    HASH_NOT_IMPLEMENTED = lib.m_function_address(b"PyObject_HashNotImplemented")
    GENERIC_NEW = lib.m_function_address(b"PyType_GenericNew")
    GENERIC_ALLOC = lib.m_function_address(b"PyType_GenericAlloc")
    DEFAULTS = {lib.m_function_address(n) for n in (b"PyObject_GenericGetAttr", b"PyObject_GenericSetAttr")}
