"""What the classes of the standard library, and those like them, are to Python: a rule for each template."""

from cppbind.stl import strings

RULES = {"std::basic_string": strings.apply, "std::basic_string_view": strings.apply}


def pythonize(cls):
    """Called for each new class, when all its members are there."""
    rule = RULES.get(cls._record.template)
    if rule is not None:
        rule(cls)
