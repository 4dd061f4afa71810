"""Packages of the index that use cffi, tested by their own tests with cffi and with `ffi` in its place."""
