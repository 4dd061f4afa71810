"""`PyObject *` for other binders of this VM: the address of an object, and the object at an address."""

from capi.core.engine import lib
from capi.core.to_c import address                      # noqa: F401  a new reference
from capi.core.to_vm import from_pointer as borrowed    # noqa: F401

release = lib.m_decref if lib is not None else None
