"""PyDescr_..., PyStaticMethod_New, PyClassMethod_New, PyWrapper_New: descriptors, made by C, that the VM uses."""

from capi.core import api, calls, linking, vm
from capi.core.engine import ffi
from capi.core.members import getset, member
from capi.core.types import make_address, make_word, object_address, proxy_address
from capi.core.tables import K_INSTANCE, K_TYPE, TI_STATEFUL, info_view


def ways(cls):
    """(word of an instance for a call, its raw address) of a class."""
    info = info_view(linking.type_address(cls))
    if info.kind == K_INSTANCE:
        return make_word(cls, info.flags & TI_STATEFUL), make_address(cls)
    if info.kind == K_TYPE:
        return linking.type_address, linking.type_address
    word = proxy_address([cls], cls.__name__)
    return word, object_address(word)


def definition(p, ctype):
    return ffi.cast(f"{ctype} *", p)[0]


@api("PyObject *PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *p_meth)")
def PyDescr_NewMethod(type, p_meth):
    return calls.method(definition(p_meth, "MMethodDef"), ways(type)[0], type.__name__, linking.type_address(type))


@api("PyObject *PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *p_meth)")
def PyDescr_NewClassMethod(type, p_meth):
    made = calls.method(definition(p_meth, "MMethodDef"), linking.type_address, type.__name__, linking.type_address(type))
    return classmethod(made)


@api("PyObject *PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *p_getset)")
def PyDescr_NewGetSet(type, p_getset):
    return getset(definition(p_getset, "MGetSetDef"), ways(type)[0], type)[1]


@api("PyObject *PyDescr_NewMember(PyTypeObject *type, PyMemberDef *p_meth)")
def PyDescr_NewMember(type, p_meth):
    return member(definition(p_meth, "MMemberDef"), ways(type)[1], type)[1]


@api("int PyDescr_IsData(PyObject *descr)")
def PyDescr_IsData(descr):
    return hasattr(type(descr), "__set__") or hasattr(type(descr), "__delete__")


@api("PyObject *PyStaticMethod_New(PyObject *func)")
def PyStaticMethod_New(func):
    return staticmethod(func)


@api("PyObject *PyClassMethod_New(PyObject *func)")
def PyClassMethod_New(func):
    known = calls.definitions.get(func)
    if known is None:
        return classmethod(func)
    # A method of a C type looks for a C instance in its self; here that is the class.
    return classmethod(calls.method(known[0], linking.type_address, *known[1:]))


@api("PyObject *PyWrapper_New(PyObject *descr, PyObject *self)")
def PyWrapper_New(descr, self):
    return type(descr).__get__(descr, self, type(self))


@vm("PyObject *vm_builtin_getattr(void)")
def vm_builtin_getattr():
    return getattr
