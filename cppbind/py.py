"""Pythonisations of a program's own: functions that are called with each class when it is bound, and makers of such functions.

Regular expressions are matched with the class's name in the namespace that the pythonisation is added for, and with names of methods.
"""

import re

from cppbind import downcast, hooks


def add_pythonization(pythonizor, scope=""):
    """Call `pythonizor(cls, name)` for each class of a namespace that is bound from now on; for "" for every class, by its full name."""
    if not callable(pythonizor):
        raise TypeError(f"a pythonization has to be callable, not {type(pythonizor).__name__!r}")
    hooks.pythonizors.setdefault(scope, []).append(pythonizor)
    return True


def remove_pythonization(pythonizor, scope=""):
    """Whether it was there; it is not any more."""
    try:
        hooks.pythonizors.get(scope, []).remove(pythonizor)
    except ValueError:
        return False
    return True


def pin_type(cls):
    """Pointers to objects of a class stay of that class, whatever the objects are."""
    downcast.pin(cls)


def add_type_reducer(reducable, reduced):
    """Results by value of the one class become objects of the other, which is made of them: of an expression template, say, its value.
    Both by name, for functions that are first called from now on."""
    from cppbind.objects import class_of
    hooks.reducers[class_of(reducable).__cpp_name__] = class_of(reduced)


class Pythonizor:
    """Does something with the attributes, whose names match, of classes whose names match."""

    def __init__(self, match_class, match_method, change):
        self.match_class, self.match_method, self.change = re.compile(match_class), re.compile(match_method), change

    def __call__(self, cls, name):
        if not self.match_class.match(name):
            return
        for key in list(cls.__dict__):
            if self.match_method.match(key):
                self.change(cls, key)


def compose_method(match_class, match_method, g):
    """The methods' results are passed through `g(self, result)`."""
    def change(cls, key):
        method = getattr(cls, key)

        def composed(self, *arguments, **keywords):
            return g(self, method.__get__(self, type(self))(*arguments, **keywords))
        setattr(cls, key, composed)
    return Pythonizor(match_class, match_method, change)


def set_method_property(match_class, match_method, name, value):
    """The methods get an attribute, say __creates__."""
    return Pythonizor(match_class, match_method, lambda cls, key: setattr(getattr(cls, key), name, value))


def set_gil_policy(match_class, match_method, release_gil=True):
    return set_method_property(match_class, match_method, "__release_gil__", bool(release_gil))


def set_ownership_policy(match_class, match_method, python_owns_result):
    return set_method_property(match_class, match_method, "__creates__", bool(python_owns_result))


def add_overload(match_class, match_method, overload):
    """The methods get an overload, which is tried after their own."""
    return Pythonizor(match_class, match_method, lambda cls, key: getattr(cls, key).__add_overload__(overload))


def rename_attribute(match_class, orig_attribute, new_attribute, keep_orig=False):
    """The attribute is there by another name too, or only by that."""
    def change(cls, key):
        value = cls.__dict__[key]
        type.__setattr__(cls, new_attribute, value)
        if not keep_orig:
            type.__delattr__(cls, key)
    return Pythonizor(match_class, orig_attribute, change)


def make_property(match_class, match_get, match_set=None, match_del=None, prop_name=None):
    """Properties of methods: `match_get`, `match_set` and `match_del` each have one group for the property's name, or none, and
    `prop_name` is the name; with groups it may have one {} for what was matched."""
    ways = [re.compile(one) if one else None for one in (match_get, match_set, match_del)]
    many = ways[0].groups == 1
    if any(way is not None and (way.groups == 1) is not many for way in ways):
        raise ValueError("getters, setters and deleters have to be matched alike")
    if not many and not prop_name:
        raise ValueError("a property that is not named by a group needs a name")
    if many and prop_name and prop_name.format("?") == prop_name:
        raise ValueError("the name of properties that are named by a group needs one {}")
    pattern = re.compile(match_class)

    def pythonizor(cls, name):
        if not pattern.match(name):
            return
        found = {}
        for key in list(cls.__dict__):
            for number, way in enumerate(ways):
                match = way and way.match(key)
                if match:
                    own = (prop_name or "{}").format(match.group(1)) if many else prop_name
                    found.setdefault(own, [None, None, None])[number] = key
        for own, (get, set, delete) in found.items():
            setattr(cls, own, property(get and (lambda self, key=get: getattr(self, key)()), set and (lambda self, value, key=set: getattr(self, key)(value)),
                                       delete and (lambda self, key=delete: getattr(self, key)())))
    return pythonizor
