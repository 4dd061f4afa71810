"""Assignment to an object of a class that is there already: by its operator=, and for strings without a call."""

from cppbind.backend.records import Function, Template
from cppbind.strings import kind_of_name

known = {}


def assigner(type):
    """A function (address, value) that assigns to an object of a class, found when it is first called."""
    found = known.get(type.name)
    if found is None:
        found = known[type.name] = string_assigner(type.name) or Assigner(type.name)
    return found


def string_assigner(name):
    kind = kind_of_name(name)
    if kind is None or kind.view:
        return None

    def assign(address, value):
        other = getattr(value, "_bytes", None)
        if other is not None and getattr(value, "_kind", None) is kind:
            return kind.assign(address, other())
        return kind.assign(address, kind.encode(value))
    return assign


class Assigner:
    """By operator= of the class: every overload of it may be chosen, after the one that copies."""

    def __init__(self, name):
        self.name, self.function, self.cls = name, None, None

    def __call__(self, address, value):
        if self.function is None:
            self.find()
        self.function(self.cls._wrap(address), value)

    def find(self):
        from cppbind.overloads import callable_ones, function_for
        from cppbind.scopes import class_named
        from cppbind.templates import FunctionTemplate
        cls = class_named(self.name)
        every = [one for one in cls._record.members if isinstance(one, Function) and one.name == "operator="]
        general = any(isinstance(one, Template) and one.name == "operator=" for one in cls._record.members)
        if not general and not callable_ones(every):
            raise TypeError(f"objects of {self.name} cannot be assigned to")
        self.cls, self.function = cls, FunctionTemplate(cls, "operator=", every).of_instance if general else function_for(every, cls, "operator=")
