"""CPython's C API for an unmodified PyPy, as a library: run C extensions that were compiled against our headers.

``build_extension`` compiles one, ``load_extension`` imports it; modules that ``python -m capi build`` installed are found by
``import`` itself, by our own suffix (`ext_suffix`), once this package is imported.
"""

import os as _os
import sys as _sys

from capi.core import registry as _registry

__version__ = "0.1.0"
__all__ = ["build_extension", "debug", "ext_suffix", "include_dir", "load_extension"]


def __getattr__(name):
    """The functions that build or debug are imported when first used: running extensions does not need them."""
    if name in ("build_extension", "include_dir"):
        from capi.core import build
        return getattr(build, name)
    if name == "crossing":                              # how other binders of the VM get at PyObject *
        from capi.core import crossing
        return crossing
    if name == "debug":
        from capi.core.debug import debug
        return debug
    raise AttributeError(f"module 'capi' has no attribute {name!r}")


def ext_suffix():
    """The end of the file names of our extension modules, such as ``.mooring311-x86_64-linux-gnu.so``."""
    return _registry.EXT_SUFFIX


if not _registry.COLLECTING and _sys.implementation.name == "pypy":
    from capi.core import builtins as _builtins       # noqa: F401  boots the layer
    from capi.core.engine import DEBUG as _DEBUG
    from capi.core.loader import install_hook, load_extension
    from capi.core.sizes import install as _install_sizes

    install_hook(ext_suffix())
    _install_sizes()
    if _DEBUG:
        from capi.core.debug import install as _install_debug
        _install_debug()
    if _os.environ.get("MOORING_AS_CPYTHON"):
        from capi.core.as_cpython import from_environment as _from_environment
        _from_environment()
