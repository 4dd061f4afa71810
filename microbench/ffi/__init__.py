"""Small operations of `ffi`, of cffi and of ctypes, timed side by side.  ``python -m microbench.ffi``."""
