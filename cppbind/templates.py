"""Class templates: Template[int, "std::string"] and Template(int) give the class."""

NAMES = {int: "int", float: "double", bool: "bool", str: "std::string"}


class ClassTemplate:
    """A class or alias template; instantiated by its arguments."""

    def __init__(self, record, backend):
        self.__cpp_name__, self.__name__ = record.full_name, record.name
        self.classes = {}

    def __repr__(self):
        return f"<template {self.__cpp_name__}>"

    def __getitem__(self, arguments):
        arguments = arguments if isinstance(arguments, tuple) else (arguments,)
        text = f"{self.__cpp_name__}<{', '.join(map(argument_text, arguments))}>"
        found = self.classes.get(text)
        if found is None:
            from cppbind.scopes import type_of_text
            found = self.classes[text] = type_of_text(text)
        return found

    def __call__(self, *arguments):
        return self[arguments]


def argument_text(argument):
    """As C++ writes a template argument: a Python or C++ class, a name, a number."""
    if isinstance(argument, str):
        return argument
    if isinstance(argument, bool):
        return str(argument).lower()
    if isinstance(argument, int):
        return str(int(argument))
    name = NAMES.get(argument) or getattr(argument, "__cpp_name__", None)
    if name is None:
        raise TypeError(f"{argument!r} is no argument of a C++ template: use a class, a number, or C++ text")
    return name


def template(record, backend):
    """The Python object of a `records.Template`."""
    if record.kind in ("class", "alias"):
        return ClassTemplate(record, backend)
    raise TypeError(f"{record.full_name} is a {record.kind} template, which cannot be used from Python")
