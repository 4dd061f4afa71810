"""CPython's C API for an unmodified PyPy, as a library: run C extensions that were compiled against our headers.

``build_extension`` compiles one, ``load_extension`` imports it; modules that ``python -m capi build`` installed are found by
``import`` itself, by our own suffix (`ext_suffix`), once this package is imported.
"""

from capi.core import registry
from capi.core.build import build_extension, ext_suffix, include_dir

__version__ = "0.1.0"
__all__ = ["build_extension", "ext_suffix", "include_dir", "load_extension"]

import sys as _sys

if not registry.COLLECTING and _sys.implementation.name == "pypy":
    from capi.core import builtins as _builtins       # noqa: F401  boots the layer
    from capi.core.loader import install_hook, load_extension

    install_hook(ext_suffix())
