"""Dictionaries: libraries with reflection and entry points, made by `python -m cppbind.genreflex`; found by name through their maps."""

import os

from cppbind.backend import api
from ffi.pattern import Pattern

SPACES, STRING = Pattern(r"\s*([<>,*&])\s*"), Pattern(r"\bstd::(w?)string\b(?!_)")
loaded = {}
maps = {}                                              # path of a .rootmap: (its time, {name: path of the library})


def squeezed(text):
    """A type's text as the tables have it: no space where C++ needs none, std::string under its full name."""
    text = SPACES.sub(r"\1", text.strip())
    return STRING.sub(lambda match: "std::basic_string<" + ("wchar_t>" if match.group(1) else "char>"), text)


class Dictionary(api.Backend):
    """A back-end that was compiled before."""

    def type(self, text):
        return api.Backend.type(self, squeezed(text))

    def resolve(self, expression):
        """Of an instance of a function template by name: its record, if it was frozen."""
        stem, begin, arguments = expression.partition("<")
        space, _, name = stem.rpartition("::")
        scope = self.scope(space) if begin and arguments.endswith(">") else 0
        return self.lookup(scope, squeezed(name + begin + arguments)) if scope else None


def load(path):
    """The Backend of a dictionary's file; OSError if there is no such file or it is none."""
    found = loaded.get(path)
    if found is None:
        api.load_standard_library()
        try:
            found = loaded[path] = Dictionary(path)
        except AttributeError:
            raise OSError(f"{path} is no dictionary of cppbind") from None
    return found


def mapped(name, folders):
    """The path of a library that has a name by the maps in some folders, LD_LIBRARY_PATH and the current folder, and is not loaded; or None."""
    for folder in [*folders, *filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)), "."]:
        try:
            files = [entry.path for entry in os.scandir(folder) if entry.name.endswith(".rootmap")]
        except OSError:
            continue
        for file in files:
            path = names_of(file).get(name)
            if path is not None and path not in loaded:
                return path
    return None


def names_of(file):
    """{name: path of the library} of a map, read anew when it has changed."""
    time = os.stat(file).st_mtime_ns
    known = maps.get(file)
    if known is None or known[0] != time:
        known = maps[file] = time, parse_map(file)
    return known[1]


def parse_map(file):
    names, library = {}, None
    with open(file, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            line = line.strip()
            if line.startswith("["):
                library = os.path.join(os.path.dirname(os.path.abspath(file)), line.strip("[] ").split()[0])
            elif library and line and line[0] not in "#{}":
                kind, _, name = line.partition(" ")
                if kind in ("class", "namespace", "typedef", "var", "function", "enum", "template"):
                    names[name.strip()] = library
    return names
