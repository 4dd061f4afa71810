"""cppyy's own test suite on cppbind."""
