"""What goes wrong between Python and C++: refused arguments, null objects."""


class OutOfRange(OverflowError, ValueError):
    """A number beyond the C++ type's range: for cppyy a ValueError where C's long has it."""


class Refused(Exception):
    """Mixed into what an argument's conversion raises, so that a set of overloads can go on to the next."""


class RefusedType(Refused, TypeError):
    """An argument of a type that does not convert."""


class RefusedValue(Refused, ValueError):
    """An argument whose value the C++ type does not have."""


class RefusedRange(Refused, OutOfRange):
    """An argument out of range."""


class RefusedCount(RefusedType):
    """More or fewer arguments than there are parameters: tells less than another candidate's refusal."""


KINDS = ((OverflowError, RefusedRange), (ValueError, RefusedValue), (TypeError, RefusedType))
NAMES = {RefusedRange: "OverflowError", RefusedValue: "ValueError", RefusedType: "TypeError"}


def refused(reason, signature, position):
    """The error to raise for `reason`, which converting argument `position` (from 1) raised."""
    for kind, mixed in KINDS:
        if isinstance(reason, kind):
            return mixed(f"{signature} =>\n    {NAMES[mixed]}: could not convert argument {position} ({reason})")
    return reason


def mixed(kind):
    """The class, a Refused, that stands for TypeError, ValueError or OverflowError."""
    return next(found for plain, found in KINDS if plain is kind)


def null(instance):
    """Raise for an object without its C++ part."""
    if getattr(instance, "_cpp", None) is None:
        raise TypeError(f"a method of a C++ class needs an instance, not {type(instance).__name__!r}")
    raise ReferenceError(f"attempt to access a null-pointer: this {type(instance).__name__} was never constructed, or is deleted")


def underived(instance):
    """Raise for an object of another class."""
    raise TypeError(f"{type(instance).__name__} does not derive from the class of this method or member") from None


def bound(instance):
    """Raise for an object that is to be constructed a second time."""
    raise ReferenceError(f"this {type(instance).__name__} is constructed already: use __assign__, or __destruct__ it first")
