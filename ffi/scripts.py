"""Build scripts: Python files that make an FFI and call set_source() on it."""


def run(path, module_name):
    """The names that a script defines."""
    names = {"__name__": module_name, "__file__": path}
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), names)
    return names


def ffi_named(names, name, path):
    """The FFI of that name, or that the function of that name returns.  TypeError if it is neither."""
    from ffi.api import FFI
    found = names[name]
    if not isinstance(found, FFI) and callable(found):
        found = found()
    if not isinstance(found, FFI):
        raise TypeError(f"{name!r} of {path!r} is {found!r}, which is not an instance of cffi.api.FFI, that is ffi.FFI")
    return found
