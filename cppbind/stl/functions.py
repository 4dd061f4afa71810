"""Functions of namespace std that do in Python what they are for: make_shared and make_unique, of any class, Python's own too."""


class Maker:
    """make_shared or make_unique: std.make_shared[Cls](...) makes an object, std.make_shared(instance) takes one over."""

    def __init__(self, name, pointers, general):
        self.__name__, self.pointers, self.general = name, pointers, general

    def __repr__(self):
        return f"<function std::{self.__name__}>"

    def __call__(self, instance):
        return self.pointers[type(instance)](instance)

    def __getitem__(self, cls):
        from cppbind.classes import CPPInstance
        if isinstance(cls, str):
            from cppbind.scopes import type_of_text
            cls = type_of_text(cls)
        if not (isinstance(cls, type) and issubclass(cls, CPPInstance)):
            return self.general()[cls]

        def make(*arguments, **keywords):
            taken = len(arguments) == 1 and type(arguments[0]) is cls and arguments[0].__python_owns__
            return self.pointers[cls](arguments[0] if taken else cls(*arguments, **keywords))
        return make


POINTERS = {"make_shared": "shared_ptr", "make_unique": "unique_ptr"}


def replaces(name):
    return name in POINTERS


def instead(name, std):
    """What stands in namespace std for what C++ has by a name."""
    def general():
        from cppbind.scopes import bind
        function = bind(std, name)
        std.__dict__[name] = maker                      # bind puts what it finds in its place
        return function
    maker = Maker(name, getattr(std, POINTERS[name]), general)
    return maker
