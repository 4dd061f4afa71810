"""Function templates of namespaces as native memos: arguments of types that were met go to the instance that was found for them."""

from types import MethodType

from cppbind.native import Asked, extension


class Owner(Asked):
    """What a native memo asks Python."""

    def __init__(self, template):
        self.template = template

    def target(self):
        return self.template


def front(template):
    return extension().memo(Owner(template), MethodType)
