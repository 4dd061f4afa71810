"""What back-ends answer, parsed: records are lines of fields with tabs between them (docs/cppbind.md, "Records")."""


class Function:
    """A function, method, constructor (`kind`: f m c d v) of a back-end; `called`: of a template, how it is named in a call that finds it;
    `instance`: with its template arguments."""

    __slots__ = ("called", "instance", "backend", "handle", "name", "kind", "flags", "required", "result", "result_spelling", "parameters")

    def __init__(self, backend, words):
        self.backend, self.called, self.instance = backend, "", ""
        self.handle, self.name, self.kind, self.flags, self.required = int(words[1]), words[2], words[3], words[4], int(words[5])
        self.result, self.result_spelling = words[6], words[7]
        self.parameters = [Parameter(*words[i:i + 4]) for i in range(8, len(words), 4)]

    @property
    def is_static(self):
        return self.kind == "f" or "s" in self.flags

    def signature(self, scope=""):
        """As C++ declares it: "int MyClass::GetMyInt()"."""
        result = "" if self.kind in "cdv" else tight(self.result_spelling) + " "
        parameters = ", ".join(parameter.declaration() for parameter in self.parameters)
        return f"{result}{scope + '::' if scope else ''}{self.name}({parameters}){' const' if 'c' in self.flags else ''}"


def tight(spelling):
    """A type with its * and & where cppyy writes them."""
    return spelling.replace(" *", "*").replace(" &", "&")


class Parameter:
    __slots__ = ("code", "spelling", "name", "default")

    def __init__(self, code, spelling, name, default):
        self.code, self.spelling, self.name, self.default = code, spelling, name, default

    def declaration(self):
        return tight(self.spelling) + (" " + self.name if self.name else "") + (" = " + self.default if self.default else "")


class Field:
    __slots__ = ("name", "code", "spelling", "offset", "flags", "bits")

    def __init__(self, words):
        self.name, self.code, self.spelling, self.offset, self.flags = words[1], words[2], words[3], int(words[4]), words[5]
        self.bits = (int(words[6]), int(words[7])) if len(words) > 6 else None


class Variable:
    __slots__ = ("backend", "handle", "name", "code", "spelling", "flags")

    def __init__(self, backend, words):
        self.backend = backend
        self.handle, self.name, self.code, self.spelling, self.flags = int(words[1]), words[2], words[3], words[4], words[5]


class Enum:
    __slots__ = ("handle", "full_name", "name", "integer", "flags", "constants")

    def __init__(self, words):
        self.handle, self.full_name, self.name, self.integer, self.flags = int(words[1]), words[2], words[3], words[4], words[5]
        self.constants = [(words[i], int(words[i + 1])) for i in range(6, len(words), 2)]


class Constant:
    __slots__ = ("name", "code", "value")

    def __init__(self, words):
        self.name, self.code, self.value = words[1], words[2], int(words[3])


class Alias:
    __slots__ = ("name", "code", "spelling")

    def __init__(self, words):
        self.name, self.code, self.spelling = words[1:4]


class Template:
    __slots__ = ("handle", "name", "full_name", "kind")

    def __init__(self, words):
        self.handle, self.name, self.full_name, self.kind = int(words[1]), words[2], words[3], words[4]


class Base:
    __slots__ = ("name", "offset", "flags")

    def __init__(self, words):
        self.name, self.offset, self.flags = words[1], int(words[2]), words[3]


class Class:
    """A class by name, or, described, with everything in it."""

    __slots__ = ("handle", "name", "flags", "size", "alignment", "template", "bases", "members")

    def __init__(self, words):
        self.handle, self.name = int(words[1]), words[2]
        self.flags = self.size = self.alignment = self.template = None
        self.bases, self.members = [], []
        if len(words) > 3:
            self.flags, self.size, self.alignment = words[3], int(words[4]), int(words[5])

    @property
    def short_name(self):
        return last_part(self.name)

    @property
    def constructors(self):
        return [one for one in self.members if isinstance(one, Function) and one.kind == "c"]

    @property
    def has_constructor_templates(self):
        return any(isinstance(one, Template) and one.kind == "constructor" for one in self.members)


class Namespace:
    __slots__ = ("handle", "name")

    def __init__(self, words):
        self.handle, self.name = int(words[1]), words[2]


PLAIN = {"class": Class, "namespace": Namespace, "field": Field, "enum": Enum, "constant": Constant, "type": Alias, "template": Template}
OF_BACKEND = {"function": Function, "variable": Variable}


def last_part(name):
    """What follows the last :: outside of template arguments."""
    depth = 0
    for at in range(len(name) - 1, 0, -1):
        c = name[at]
        depth += (c in ">)") - (c in "<(")
        if c == ":" and depth == 0:
            return name[at + 1:]
    return name


def parse(backend, text):
    """The list of what the lines of a lookup's answer say."""
    found = []
    for line in text.splitlines():
        words = line.split("\t")
        kind = words[0]
        if kind == "instance":                          # how the function before it is named with its template arguments
            found[-1].instance = words[1]
            continue
        found.append(PLAIN[kind](words) if kind in PLAIN else OF_BACKEND[kind](backend, words))
    return found


def parse_class(backend, text):
    """The `Class` of a describe's answer."""
    first, _, rest = text.partition("\n")
    described = Class(first.split("\t"))
    members = []
    for line in rest.splitlines():
        words = line.split("\t")
        kind = words[0]
        if kind == "base":
            described.bases.append(Base(words))
        elif kind == "of":
            described.template = words[1]
        else:
            members.append(PLAIN[kind](words) if kind in PLAIN else OF_BACKEND[kind](backend, words))
    described.members = members
    return described
