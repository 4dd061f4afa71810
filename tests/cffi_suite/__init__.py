"""cffi's own test suite, run with `cffi` replaced by `ffi`."""
