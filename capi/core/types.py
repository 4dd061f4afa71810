"""C types become VM classes: ``PyType_Ready`` ends here.

The class is made by its metaclass like any other; methods, getsets, members and slots are small functions specialised
for this type.  How instances cross is decided once, as the type's kind (docs/internals.md).
"""

from __pypy__ import identity_dict

from capi.core import calls, cfunctions, demotion, fading, to_vm, linking, structs, tables, to_c, typecall
from capi.core.calls import METH_CLASS, METH_COEXIST, METH_METHOD, METH_STATIC
from capi.core.engine import ffi, lib
from capi.core.members import getset, member
from capi.core.registry import vm
from capi.core.slot_methods import GENERIC_ALLOC, GENERIC_NEW, Slots, make_new
from capi.core.linking import LETTERS, mailed
from capi.core.turns import typing, wrapping
from capi.core.to_vm import born, from_pointer
from capi.core.tables import (
    INDEX, M_HELD, K_INSTANCE, K_PROXY, K_STRUCT, K_TYPE, NULL, SHARE, TI_SLOTTED, TI_STATEFUL,
    addresses, dict_of, direct_bases, factories, getters, uint_at, info_view, letters, links, long_at, mail, mro_of, ref, table, text, type_view, wrefs)
from capi.core.to_c import posted, to_word

BASETYPE, HEAPTYPE, TYPE_SUBCLASS, DISALLOW, IMMUTABLE = 1 << 10, 1 << 9, 1 << 31, 1 << 7, 1 << 8
SLOT, ANCHOR = "_mooring_p", "_mooring_anchor"        # address of the C struct; what keeps VM objects alive that C holds (cycles.py)
IMMUTABLE_BASES = (object, int, float, complex, str, bytes, tuple)


def make_address(cls):
    """The function that gives the address of an instance of `cls`; a struct that was not needed so far is made now."""
    # JIT: a field read, after the guard on the class (tests/capi/test_traces.py).
    get, put = get_address(cls), put_address(cls)
    own_address, slot_objects = addresses.get(cls, 0), tables.slot_objects

    def address(x):
        try:
            return get(x)
        except AttributeError:
            pass
        if cls in tables.places and recalled(x):
            return get(x)
        place = put                                    # after a call the JIT no longer takes a cell for constant
        p_type = own_address if type(x) is cls and own_address else linking.type_address(type(x))
        w = lib.m_instance_new(p_type)
        if not w:
            linking.raise_pending(type(x).__name__)
        index = (w >> 3) & INDEX
        p = slot_objects[2 * index]
        table[index] = None                            # what a call left there
        if tables.multi[0]:
            first = give_first(x, p, index)
            if first:
                return first
        else:
            place(x, p)
            wrefs[index] = ref(x)
        layout = info_view(p_type).layout
        if layout == K_STRUCT:
            structs.fill(type(x), x, p)
        elif layout:
            to_vm.fill(layout, x, p)
        if long_at(p) >= SHARE + tables.FLIGHT:
            lib.m_land(p)
        if tables.made[0] > tables.MUCH:
            linking.catch_up()
        return p

    def give_first(x, p, index):
        """Give `x` the struct at `p`, unless another thread was faster: then its address.  Nobody runs C meanwhile, which all would wait for."""
        with wrapping:
            try:
                first = get(x)
            except AttributeError:
                put(x, p)
                wrefs[index] = ref(x)
                return 0
        wrefs[index] = None                            # a sweep frees it
        lib.m_land(p)
        return first
    return address


@vm("int vm_share_dictionary(PyObject *x, W p_dict, int replace)")
def vm_share_dictionary(x, p_dict, replace):
    share_dictionary(x, p_dict, replace)


@vm("int vm_give_dictionary(PyObject *x, W p_dict)")
def vm_give_dictionary(x, p_dict):
    """C asks for a dictionary that its struct has not got: attributes may have been set without C code, by object.__setattr__."""
    try:
        d = dict(get_dict(x))
    except TypeError:                                  # a class without one
        return
    if d:
        lib.m_set_field(p_dict, 0, to_word(d))
        share_dictionary(x, p_dict, True)


def share_dictionary(x, p, replace=False):
    """Let the instance's dictionary be the one at `p` in its struct (tp_dictoffset), if there is one."""
    d = from_pointer(long_at(p))
    if d is NULL:
        return
    try:
        if not replace:
            for key, value in get_dict(x).items():     # set by object.__setattr__ before there was one
                d.setdefault(key, value)
        set_dict(x, d)
    except TypeError:                                  # a class without one
        pass


def make_word(cls, stateful):
    """The function that gives the word of an instance: its address, marked if the wrapper has state of its own."""
    address = make_address(cls)
    return (lambda x: address(x) | 2) if stateful else address


inherited_words = identity_dict()    # class of a C type -> the function for classes that derive from it in Python


def inherited_word(cls):
    """`make_word` for a class of Python: it does not hold the class."""
    base = slotted_base(cls)
    word = inherited_words.get(base)
    if word is None:
        word = inherited_words[base] = make_word(base, True)
    return word


def make_self(cls, stateful):
    """`make_word` for the self of a method.  A struct that is nothing but a head has no state to keep: until an instance is
    met for the second time, or C keeps it, it crosses as a letter, and C has a struct for the time of the call."""
    word = make_word(cls, stateful)
    p_type = addresses[cls]
    if stateful or not lib.m_is_bare(p_type):
        return word
    get, multi = get_address(cls), tables.multi
    tables.places[cls] = put_address(cls)

    def address(x):
        try:
            return get(x)
        except AttributeError:
            pass
        first, turn = mail.open, mail.turn + 1
        k = first + (turn & 7)
        if (type(x) is not cls or x is mailed[first + (turn - 1 & 7)] or x is mailed[first + (turn - 2 & 7)] or x is mailed[first + (turn - 3 & 7)]
                or k >= LETTERS or multi[0]):
            return word(x)
        mail.turn = turn
        mailed[k] = x
        letters[4 * k] = p_type
        letters[4 * k + 1] = turn
        return posted(k, 0, turn)
    return address


def proxy_address(cls_of, name):
    """The same for a type whose instances belong to the VM."""
    def address(x):
        if not isinstance(x, cls_of[0]):
            raise TypeError(f"descriptor for {name!r} objects doesn't apply to a {type(x).__name__!r} object")
        return to_word(x)
    return address


def recalled(x):
    """True if `x` is a letter of a call under way, whose struct is its own from now on.  One on its way makes that call start over."""
    for k in range(mail.open, mail.open + 8):
        if mailed[k] is x:
            letters[4 * k] = 0
    if not mail.open:
        return False
    with wrapping:
        return any([mailed[k] is x and lib.m_letter_stays(k) for k in range(mail.open)])


def object_address(word_of):
    """Raw addresses for a type whose instances belong to the VM."""
    return lambda x: lib.m_object_address(word_of(x))


def slotted_base(cls):
    for base in mro_of(cls):
        if SLOT in dict_of(base):
            return base
    raise SystemError(f"mooring: {cls.__name__} has no address slot")


def put_address(cls):
    return dict_of(slotted_base(cls))[SLOT].__set__


def get_address(cls):
    return dict_of(slotted_base(cls))[SLOT].__get__


def take_address(x):
    """The wrapper's struct is its own no more."""
    dict_of(slotted_base(type(x)))[SLOT].__delete__(x)


def plain_put(cls):
    """`put_address` if that is all there is to do for the wrapper of a new struct; else None."""
    plain = all(b is object or b in c_types and not cfunctions.slots_of(addresses[b]) for b in mro_of(cls))
    p_type = addresses[cls]
    return put_address(cls) if plain and info_view(p_type).kind == K_INSTANCE and type_view(p_type).tp_dictoffset <= 0 else None


def make_factory(cls, layout, stateful, own):
    """The function that makes the wrapper of a C instance.  `own` has the class until that fades."""
    put, new = put_address(cls), object.__new__
    plain = all(b is object or b in c_types for b in mro_of(cls)) or layout == K_PROXY and not stateful
    if plain:
        def wrap(p, index):
            x = new(cls)
            put(x, p)
            wrefs[index] = ref(x)
            table[index] = None
            if tables.made[0] > tables.MUCH:
                linking.catch_up()
            return x
    elif layout == K_PROXY:
        new = to_vm.vm_new(cls)

        def wrap(p, index):
            cls = own[0]
            x = new(brought_back(p) if cls is None else cls)
            put(x, p)
            wrefs[index] = ref(x)
            if long_at(p) > SHARE:
                lib.m_hold(p)
            if tables.made[0] > tables.MUCH:
                linking.catch_up()
            return x
    else:
        def wrap(p, index):
            lib.m_lift(p)
            try:
                cls = own[0]
                x = born(brought_back(p) if cls is None else cls, layout, p)
            finally:
                lib.m_land(p)
            put(x, p)
            wrefs[index] = ref(x)
            if long_at(p) > SHARE:
                lib.m_hold(p)
            return x
    return wrap if plain else searching(wrap)


def brought_back(p):
    """The class of the instance at `p`, which has faded."""
    cls = to_vm.class_of(long_at(p + 8))
    linking.type_address(cls)
    return cls


def searching(wrap):
    """`wrap`, for wrappers with state: one that C holds but the VM cannot reach any more is still there, if a finaliser uses it."""
    def wrap_or_find(p, index):
        if uint_at(p - 8) & M_HELD:
            from capi.core.cycles import find_wrapper
            x = find_wrapper(to_vm.class_of(long_at(p + 8)), p, index)
            if x is not None:
                return x
        return wrap(p, index)
    return wrap_or_find


def first_wrap(p, index):
    """Factory 0: makes the factory of the type and uses it."""
    info = info_view(long_at(p + 8))
    if info.kind != K_INSTANCE:
        return demotion.revived(index)
    with typing:                                       # nothing fades meanwhile
        cls = brought_back(p)
        own = [cls]
        factory = make_factory(cls, info.layout, info.flags & TI_STATEFUL, own)
        if any(cfunctions.slots_of(addresses.get(base)) for base in mro_of(cls)):
            factory = cfunctions.filling(factory)
        offset = type_view(long_at(p + 8)).tp_dictoffset
        if offset > 0:
            factory = sharing(factory, offset)
        info.factory = fading.add_factory(factory, own)
    return factory(p, index)


def sharing(wrap, offset):
    """`wrap`, a factory of wrappers, for structs that have a dictionary."""
    def wrap_and_share(p, index):
        x = wrap(p, index)
        share_dictionary(x, p + offset)
        return x
    return wrap_and_share


c_types = identity_dict()            # classes made from C types


def split_name(view):
    full = text(ffi.cast("intptr_t", view.tp_name))
    module, _, name = full.rpartition(".")
    return module, name


def bases_of(view):
    return tuple(from_pointer(view.tp_bases)) or (object,)


def struct_size(base):
    """Bytes of what the struct of a derived type begins with."""
    size = type_view(addresses[base]).tp_basicsize
    return max(size, lib.m_exception_size()) if issubclass(base, BaseException) else size


def decide(view, bases):
    """(kind, layout, flags) of a type: how its instances cross."""
    infos = [info_view(addresses[b]) for b in bases]
    layout = next((i.layout for i in infos if i.layout), K_PROXY)
    flags = 0
    if view.tp_flags & TYPE_SUBCLASS:
        return K_TYPE, layout, flags
    base_size = max(struct_size(b) for b in bases)
    inherited = any(i.kind == K_INSTANCE for i in infos)
    grows = view.tp_basicsize > (base_size + 7 & -8)     # and not by padding, as sizeof(PyBytesObject) has
    if not (inherited or grows or (not view.tp_flags & BASETYPE and layout == K_PROXY and bases == (object,))):
        return K_PROXY, layout, flags
    if not any(i.flags & TI_SLOTTED for i in infos):
        flags |= TI_SLOTTED
    mro = [c for b in bases for c in mro_of(b)]
    if view.tp_weaklistoffset or any(c not in c_types and c not in IMMUTABLE_BASES for c in mro) or any(i.flags & TI_STATEFUL for i in infos):
        flags |= TI_STATEFUL
    return K_INSTANCE, layout, flags | (TI_SLOTTED if any(i.flags & TI_SLOTTED for i in infos) else 0)


def not_instantiable(name):
    def __new__(cls, *args, **kwargs):
        raise TypeError(f"cannot create '{name}' instances")
    return staticmethod(__new__)


def generic_new(cls, *args, **kwargs):
    """tp_new = PyType_GenericNew: no C code runs, the struct is made when the instance first crosses."""
    return object.__new__(cls)


from_c = []                                 # not empty while a class is made for a C type


def no_subclass(full_name, owner):
    """Refuses what CPython's type() refuses.  PyType_Ready() does not look at the flag of bases, and PyType_FromSpec() has."""
    def __init_subclass__(cls, **kwargs):
        if from_c or owner not in direct_bases(cls):
            return super(owner, cls).__init_subclass__(**kwargs)
        raise TypeError(f"type '{full_name}' is not an acceptable base type")
    return classmethod(__init_subclass__)


def construction(view, p_type, namespace, own, full_name):
    """`__new__`, where the type has a tp_new of its own."""
    if view.tp_flags & DISALLOW or not view.tp_new:
        namespace.setdefault("__new__", not_instantiable(full_name))
        return
    base_new = type_view(view.tp_base).tp_new if view.tp_base else 0
    if view.tp_new == base_new or lib.m_is_vm_slot(view.tp_new):
        if view.tp_new == base_new and base_new != GENERIC_NEW or lib.m_is_vm_slot(view.tp_new):
            return
    if view.tp_new == GENERIC_NEW and view.tp_alloc == GENERIC_ALLOC and not view.tp_itemsize:
        namespace.setdefault("__new__", staticmethod(generic_new))
    else:
        namespace.setdefault("__new__", make_new(view.tp_new, p_type, own[0], plain_put(own[0])))


def fill_namespace(view, p_type, address, raw, own, full_name, name):
    namespace, to_bytes = {}, None
    Slots(p_type, own[0], address, raw, namespace).all()
    construction(view, p_type, namespace, own, full_name)
    if view.tp_as_buffer:
        get = ffi.cast("MBuffer *", view.tp_as_buffer).bf_getbuffer
        if get and not lib.m_is_vm_slot(get):
            from capi.core.buffers import exporter
            namespace["__buffer__"], to_bytes = exporter(get, address, name)
    methods = view.tp_methods
    i = 0
    while methods and methods[i].name:
        definition = methods[i]
        i += 1
        method_name = text(ffi.cast("intptr_t", definition.name))
        if method_name in namespace and not definition.flags & METH_COEXIST:
            continue
        if definition.flags & METH_STATIC:
            made = staticmethod(cfunctions.new_function(methods + i - 1, p_type, 0, p_type if definition.flags & METH_METHOD else 0))
        elif definition.flags & METH_CLASS:
            made = classmethod(calls.method(definition, linking.type_address, name, p_type))
        else:
            made = calls.method(definition, address, name, p_type)
        namespace[method_name] = made
    if to_bytes and not hasattr(own[0], "__bytes__"):
        namespace.setdefault("__bytes__", to_bytes)
    i = 0
    while view.tp_members and view.tp_members[i].name:
        made = member(view.tp_members[i], raw, own[0])
        namespace.setdefault(made[0], made[1])
        i += 1
    i = 0
    while view.tp_getset and view.tp_getset[i].name:
        made = getset(view.tp_getset[i], address, own[0])
        namespace.setdefault(made[0], made[1])
        i += 1
    return namespace


def read_qualname(view, p_type, name):
    if view.tp_flags & HEAPTYPE:
        qualname = from_pointer(ffi.cast("intptr_t *", p_type + lib.m_heap_qualname())[0])
        if isinstance(qualname, str):
            return qualname
    return name


@vm("int vm_make_class(W p_type)")
def vm_make_class(p_type):
    view = type_view(p_type)
    module, name = split_name(view)
    full_name = f"{module}.{name}" if module else name
    bases = bases_of(view)
    for base in bases:
        linking.type_address(base)
    kind, layout, flags = decide(view, bases)
    namespace = dict(from_pointer(view.tp_dict)) if view.tp_dict else {}
    namespace.setdefault("__module__", module or "builtins")
    namespace["__qualname__"] = read_qualname(view, p_type, name)
    namespace.setdefault("__doc__", calls.signature_doc(name, text(ffi.cast("intptr_t", view.tp_doc))))
    slotted = flags & TI_SLOTTED and not any(info_view(addresses[b]).flags & TI_SLOTTED for b in bases)
    metaclass = from_pointer(view.ob_type)
    late = {key: Late.of(namespace.get(key)) for key in attribute_names(view) if key in LATE or is_set_by(metaclass, key)}
    namespace.update((key, value) for key, value in late.items() if key != "__qualname__")
    namespace.update(cfunctions.namespace_of(p_type))
    own_slots = cfunctions.slots_of(p_type)
    if view.tp_dictoffset > 0 and kind == K_INSTANCE and not any(type_view(addresses[b]).tp_dictoffset for b in bases):
        own_slots += ("__dict__",)
    cls = new_class(metaclass, name, bases, namespace, (SLOT, ANCHOR, *own_slots) if slotted else own_slots)
    own = [cls]
    addresses[cls] = p_type
    if kind == K_INSTANCE:                             # `address` gives words for calls, `raw` addresses for memory
        address, raw = make_self(cls, flags & TI_STATEFUL), make_address(cls)
    elif kind == K_TYPE:
        address = raw = linking.type_address
    else:
        address = proxy_address(own, name)
        raw = object_address(address)
    c_types[cls] = True
    bind(cls, p_type, kind, layout, flags)
    for key, value in fill_namespace(view, p_type, address, raw, own, full_name, name).items():
        if key in late:
            late[key].made = value
        elif key not in namespace:
            type.__setattr__(cls, key, value)
    if "__qualname__" in late and "__getattr__" not in dict_of(cls):
        type.__setattr__(cls, "__getattr__", qualname_getter(late["__qualname__"]))
    if not view.tp_flags & BASETYPE and kind != K_TYPE:
        type.__setattr__(cls, "__init_subclass__", no_subclass(full_name, cls))
    if view.tp_dictoffset:
        add_dictionary(cls, view.tp_dictoffset, raw)
    if "__qualname__" in late:
        type.__setattr__(cls, "__setattr__", qualname_setter(late["__qualname__"], cls.__setattr__))
    if kind == K_INSTANCE:
        typecall.add(p_type, view, cls, get_address)
    return 0


class Late(str):
    """An attribute of instances whose name means something to the class itself: it must be there when the class is made.

    As a str it is the class's own value.
    """

    @classmethod
    def of(cls, value):
        return cls(value if isinstance(value, str) else "")

    def __get__(self, obj, owner=None):
        if obj is None:
            return str(self) or None
        return self.made.__get__(obj, owner)

    def __set__(self, obj, value):
        self.made.__set__(obj, value)

    def __delete__(self, obj):
        self.made.__delete__(obj)

    def __reduce_ex__(self, protocol):
        return str, (str(self),)                       # pickle writes the module of a class


LATE = {key for key, value in type.__dict__.items() if hasattr(type(value), "__set__")}
LATE |= {"__class__", "__module__", "__doc__", "__qualname__"}


def is_set_by(metaclass, key):
    """True if a metaclass has a data descriptor `key`, so that setting it on the class does not reach the class's dictionary."""
    return any(hasattr(type(dict_of(c).get(key)), "__set__") for c in mro_of(metaclass))


def qualname_getter(late):
    """A class cannot keep a descriptor under this name."""
    def __getattr__(self, name):
        if name == "__qualname__":
            return late.made.__get__(self, type(self))
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)
    return __getattr__


def qualname_setter(late, put):
    def __setattr__(self, name, value):
        if name == "__qualname__":
            late.made.__set__(self, value)
        else:
            put(self, name, value)
    return __setattr__


def attribute_names(view):
    """The names of a type's members and getsets."""
    for definitions in (view.tp_members, view.tp_getset):
        i = 0
        while definitions and definitions[i].name:
            yield text(ffi.cast("intptr_t", definitions[i].name))
            i += 1


def new_class(metaclass, name, bases, namespace, slots):
    """The class itself; instances are made weakly referable, which the table of wrappers needs.

    A metatype of C has no say in it, as in PyType_Ready: its tp_new is for classes that a call makes.
    """
    def make(*slots):
        namespace["__slots__"] = slots
        from_c.append(name)
        try:
            if any(c in c_types for c in mro_of(metaclass)):
                return type.__new__(metaclass, name, bases, namespace)
            return metaclass(name, bases, namespace)
        finally:
            from_c.pop()

    if not slots:
        return make()
    fewer = tuple(s for s in slots if s != "__dict__")
    for wanted in (*slots, "__weakref__"), slots, (*fewer, "__weakref__"):
        try:
            return make(*wanted)
        except TypeError:                              # a base has a __weakref__ or a __dict__ already
            pass
    return make(*fewer)


def bind(cls, p_type, kind, layout, flags):
    """Let class and PyTypeObject stand for each other; both live forever from here on."""
    w = lib.m_type_link(p_type, kind, layout, flags)
    table[(w >> 3) & tables.INDEX] = cls
    links[cls] = w
    addresses[cls] = p_type
    if kind == K_INSTANCE:
        getters[cls] = make_word(cls, flags & TI_STATEFUL)
    view = type_view(p_type)
    to_vm.set_field(p_type, OFFSETS["tp_mro"], link_all(mro_of(cls)))
    if not view.tp_dict:
        to_vm.set_field(p_type, OFFSETS["tp_dict"], ClassDict(cls))


def link_all(classes):
    """`classes`, each with its PyTypeObject."""
    for c in classes:
        linking.type_address(c)
    return classes


class ClassDict(dict):
    """What tp_dict points to: the class's dictionary, which C code may read and write.  It is empty itself."""

    __slots__ = ("where",)

    def __init__(self, cls):
        self.where = demotion.ref(cls)

    @property
    def cls(self):
        return self.where()

    def __getitem__(self, key):
        return dict_of(self.cls)[key]

    def get(self, key, default=None):
        return dict_of(self.cls).get(key, default)

    def __contains__(self, key):
        return key in dict_of(self.cls)

    def __len__(self):
        return len(dict_of(self.cls))

    def __iter__(self):
        return iter(dict_of(self.cls))

    def keys(self):
        return dict_of(self.cls).keys()

    def values(self):
        return dict_of(self.cls).values()

    def items(self):
        return dict_of(self.cls).items()

    def __setitem__(self, key, value):
        type.__setattr__(self.cls, key, value)

    def __delitem__(self, key):
        type.__delattr__(self.cls, key)

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def pop(self, key, *default):
        if default and key not in self:
            return default[0]
        value = self[key]
        del self[key]
        return value


def whole(mp):
    """What has all the items of `mp`: the dictionary of a class is behind its ClassDict."""
    return dict(dict_of(mp.cls)) if type(mp) is ClassDict else mp


to_c.own_linkers[ClassDict] = lambda x, p_type: to_c.link_proxy(x, addresses[dict])          # as in CPython an exact dict


def add_dictionary(cls, offset, address):
    """Attributes of instances whose C struct holds the dictionary (tp_dictoffset)."""
    before = dict_of(cls).get("__getattr__")

    def dictionary(self, make=False):
        p = address(self) + offset
        d = to_vm.from_field(p)
        if d is NULL:
            if not make:
                return None
            d = {}
            to_vm.set_field(p, 0, d)
            share_dictionary(self, p)
        return d

    def __getattr__(self, name):
        d = dictionary(self)
        if d is not None and name in d:
            return d[name]
        if before is not None:
            return before(self, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __setattr__(self, name, value):
        if is_data_descriptor(type(self), name):
            return object.__setattr__(self, name, value)
        dictionary(self, True)[name] = value

    def __delattr__(self, name):
        if is_data_descriptor(type(self), name):
            return object.__delattr__(self, name)
        d = dictionary(self)
        if d is None or name not in d:
            raise AttributeError(name)
        del d[name]

    if not any("__getattribute__" in dict_of(b) for b in mro_of(cls) if b is not object):
        type.__setattr__(cls, "__getattr__", __getattr__)
    if not any("__setattr__" in dict_of(b) for b in mro_of(cls) if b is not object):
        type.__setattr__(cls, "__setattr__", __setattr__)
        type.__setattr__(cls, "__delattr__", __delattr__)
    dictionaries[cls] = dictionary


dictionaries = identity_dict()       # class -> function that gives an instance's dictionary


def is_data_descriptor(cls, name):
    for base in mro_of(cls):
        if name in dict_of(base):
            return hasattr(type(dict_of(base)[name]), "__set__")
    return False


class WithDictionary:
    """Lends its accessors: those of a class may be hidden by an attribute of the type's own."""


get_dict, set_dict = (getattr(WithDictionary.__dict__["__dict__"], name) for name in ("__get__", "__set__"))

if lib is not None:
    OFFSETS = {name: ffi.offsetof("MType", name) for name in ("tp_mro", "tp_bases", "tp_dict", "tp_base")}
    factories[0] = first_wrap
