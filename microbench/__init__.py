"""Small operations of a C extension, timed under Mooring, under PyPy's own C API and under CPython."""
