"""The binders of C++ side by side: cppbind on PyPy and CPython, cppyy and pybind11 on CPython."""
