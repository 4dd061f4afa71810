"""Dictionaries: libraries with reflection and entry points, made by `python -m cppbind.genreflex`."""

from cppbind.backend import api

loaded = {}


def load(path):
    """The Backend of a dictionary's file; OSError if there is no such file or it is none."""
    found = loaded.get(path)
    if found is None:
        api.load_standard_library()
        try:
            found = loaded[path] = api.Backend(path)
        except AttributeError:
            raise OSError(f"{path} is no dictionary of cppbind") from None
    return found
