"""Pythonisations that programs add (cppbind.py), for `classes` to call."""

pythonizors = {}                                       # namespace -> functions (class, name in it)
reducers = {}                                          # name of a class -> the class that a result of it by value becomes


def pythonize(cls):
    """Run the class's own pythonisation in C++, then what is added for its namespace, then what is for all."""
    full = cls.__cpp_name__
    if "__cppyy_explicit_pythonize__" in cls.__dict__:
        cls.__cppyy_explicit_pythonize__(cls, full)
    elif any("__cppyy_pythonize__" in one.__dict__ for one in cls.__mro__):     # of a base, too
        cls.__cppyy_pythonize__(cls, full)
    stem = full.partition("<")[0]
    scope = stem.rpartition("::")[0]
    if scope:
        for one in list(pythonizors.get(scope, ())):
            one(cls, full[len(scope) + 2:])
    for one in list(pythonizors.get("", ())):
        one(cls, full)
