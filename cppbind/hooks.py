"""Pythonisations that programs add (cppbind.py), for `classes` to call."""

pythonizors = {}                                       # namespace -> functions (class, name in it)


def pythonize(cls):
    """Run what is added for the class's namespace, then what is for all."""
    full = cls.__cpp_name__
    stem = full.partition("<")[0]
    scope = stem.rpartition("::")[0]
    if scope:
        for one in list(pythonizors.get(scope, ())):
            one(cls, full[len(scope) + 2:])
    for one in list(pythonizors.get("", ())):
        one(cls, full)
