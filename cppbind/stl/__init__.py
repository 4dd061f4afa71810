"""What the classes of the standard library, and those like them, are to Python: a rule for each template."""

from cppbind.strings import Temporary

RULES = {"basic_string": "strings.apply", "basic_string_view": "strings.apply", "vector": "contiguous.vector", "array": "contiguous.array",
         "span": "contiguous.span", "initializer_list": "contiguous.initializer_list", "list": "nodes.list_", "forward_list": "nodes.forward_list",
         "deque": "nodes.deque", "pair": "pairs.pair", "tuple": "pairs.tuple_", "shared_ptr": "smart.shared", "unique_ptr": "smart.unique",
         "optional": "values.optional", "complex": "values.complex_",
         **dict.fromkeys(("set", "multiset", "map", "multimap"), "nodes.tree"),
         **dict.fromkeys(("unordered_set", "unordered_multiset", "unordered_map", "unordered_multimap"), "nodes.hashed")}


ITERATORS = {"__gnu_cxx::__normal_iterator", "std::_List_iterator", "std::_List_const_iterator", "std::_Rb_tree_iterator", "std::_Rb_tree_const_iterator"}


def rule_of(template):
    """The rule for a class template's instances by its full name, or None."""
    space, _, name = (template or "").rpartition("::")
    where = "nodes.iterator" if template in ITERATORS else RULES.get(name) if space == "std" else None
    if where is None:
        return None
    module, _, function = where.partition(".")
    from importlib import import_module
    return getattr(import_module(f"cppbind.stl.{module}"), function)


def template_of(name):
    """The template of a class of the standard library, without its namespace: "vector" of "std::vector<int>"; "" for other classes."""
    return name[5:].partition("<")[0] if name.startswith("std::") and name.endswith(">") else ""


def takes(cls, value):
    """Whether a container's class is made of a Python value where a function wants one."""
    from cppbind.stl.filling import iterable, same_items
    if template_of(cls._record.name) in ("pair", "tuple"):
        return isinstance(value, tuple)
    return iterable(value) and same_items(cls, value)


def made_for(cls, value):
    """The address of a container that is made of a Python value for a call, which keeps it."""
    if template_of(cls._record.name) == "initializer_list":
        from cppbind.stl.filling import listed
        return listed(cls, value)
    made = cls(value)
    return Temporary(made._cpp, made)


def pythonize(cls):
    """Called for each new class, when all its members are there."""
    rule = rule_of(cls._record.template)
    if rule is None:
        from cppbind.stl.generic import apply as rule
    rule(cls)
