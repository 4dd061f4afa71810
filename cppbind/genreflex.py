"""Freeze reflection and entry points of C++ into a library that needs neither headers nor a compiler where it is used.

    python -m cppbind.genreflex header.h [...] --select 'MyClass' --select 'ns::*' -o libFooDict.so

`--select` takes globs of full names of classes, functions, variables, enums and namespaces, or the name of a class template's instance:
"std::vector<int>".  Classes that a selected one derives from come along.  `-l`, `-L` name the library that the code is in.
"""

import argparse
import fnmatch
import os
import subprocess
import sys
import tempfile

from cppbind.backend import api, records
from cppbind.backend.found import HERE
from cppbind.typecode import parse


class Frozen:
    """What goes into the library; functions and variables are numbered anew."""

    def __init__(self, backend):
        self.backend = backend
        self.scopes, self.entries, self.types = {"": ("", [])}, {}, {}
        self.requests, self.numbers, self.variables = {}, {}, {}

    def number(self, handle):
        return self.numbers.setdefault(handle, len(self.numbers) + 1)

    # ---- choosing ------------------------------------------------------------------------------------------------

    def select(self, pattern):
        """Take what a glob, or the name of a class template's instance, stands for."""
        if "<" in pattern:
            found = self.backend.type(pattern)
            if not found or parse(found[0]).kind != "class":
                raise SystemExit(f"genreflex: {pattern} is no class:\n{self.backend.message()}")
            self.types[pattern] = "\t".join(found)
            self.add_class(parse(found[0]).name)
            return 1
        return self.search("", pattern.split("::"), pattern)

    def search(self, space, parts, pattern):
        """Take the names in a namespace that the first part matches, and go on below them."""
        taken = 0
        scope = self.backend.scope(space)
        for name in self.backend.names(scope) if set("*?[") & set(parts[0]) else [parts[0]]:
            if not fnmatch.fnmatchcase(name, parts[0]):
                continue
            text = self.backend.lookup(scope, name)
            found = records.parse(self.backend, text) if text else []
            for one in found:
                if isinstance(one, records.Namespace):
                    taken += self.search(one.name, parts[1:] or ["*"], pattern) if one.name != space else 0
                    self.add_entry(space, name, text)
                elif len(parts) == 1:
                    taken += self.take(space, name, one, text)
        return taken

    def take(self, space, name, one, text):
        if isinstance(one, records.Class):
            self.add_class(one.name)
        elif isinstance(one, records.Enum):
            self.add_scope(one.full_name, self.backend.describe(one.handle), [])
        elif isinstance(one, records.Template):
            return 0
        self.add_entry(space, name, text)
        return 1

    def add_entry(self, space, name, text):
        if (space, name) not in self.entries:
            self.add_scope(space, "", [])
            self.scopes[space][1].append(name)
            self.entries[space, name] = self.rewritten(text, space)
            parent, _, last = space.rpartition("::")
            if space and (parent, last) not in self.entries:
                self.add_entry(parent, last, self.backend.lookup(self.backend.scope(parent), last))

    def add_scope(self, name, record, names):
        if name not in self.scopes:
            self.scopes[name] = record, names

    def add_class(self, name):
        """A class with its bases and nested classes and enums."""
        if name in self.scopes:
            return
        handle = self.backend.scope(name)
        text = self.backend.describe(handle)
        described = records.parse_class(self.backend, text)
        self.scopes[described.name] = None
        self.requests[f"delete\t{described.name}\t0"] = f"delete\t{handle}\t0"
        for base in described.bases:
            self.add_class(base.name)
            if "v" in base.flags:
                self.requests[f"cast\t{described.name}\t{base.name}"] = f"cast\t{described.name}\t{base.name}"
        for member in described.members:
            if isinstance(member, records.Class):
                self.add_class(member.name)
            elif isinstance(member, records.Enum):
                self.add_scope(member.full_name, self.backend.describe(member.handle), [])
        text = self.rewritten(text, described.name, "a" in described.flags)
        self.scopes[described.name] = text, self.backend.names(handle)

    # ---- records with our numbers for handles ----------------------------------------------------------------------

    def rewritten(self, text, scope, abstract=False):
        lines = []
        for line in text.splitlines():
            words = line.split("\t")
            if words[0] == "template":
                continue
            if words[0] == "function":
                function = records.Function(self.backend, words)
                if function.kind != "d" and not set(function.flags) & set("dgqz") and not (abstract and function.kind == "c"):
                    self.add_function(function)
                words[1] = str(self.number(function.handle))
            elif words[0] == "variable":
                name = "::".join(filter(None, (scope, words[2])))
                words[1] = str(self.variables.setdefault(name, len(self.variables) + 1))
            elif words[0] in ("class", "enum", "namespace"):
                words[1] = "@" + words[2] + "@"        # the scope's own number, known at the end
            lines.append("\t".join(words))
        return "\n".join(lines) + "\n"

    def add_function(self, function):
        for count in range(function.required, len(function.parameters) + 1):
            self.requests[f"call\t{self.number(function.handle)}\t{count}"] = f"call\t{function.handle}\t{count}"

    # ---- writing ---------------------------------------------------------------------------------------------------

    def source(self, headers):
        """The C++ source of the library."""
        order = {name: number for number, name in enumerate(sorted(self.scopes, key=str.encode), 1)}

        def final(text):
            for name in {part for part in text.split("@")[1::2]}:
                text = text.replace(f"@{name}@", str(order.get(name, 0)))
            return text
        keys, wanted = [], []
        for key, request in self.requests.items():
            words = key.split("\t")
            if words[0] == "delete":
                key = f"delete\t{order[words[1]]}\t0"
            keys.append(key)
            wanted.append(request)
        text = self.backend.wrapper_source(wanted)
        wrappers, names = [], []
        for key, line in zip(keys, text.splitlines()):
            name, _, body = line.partition("\t")
            if body:
                wrappers.append("static " + body.replace('extern "C" ', "", 1) if body.startswith('extern "C" ') else body)
                names.append((key, name))
        parts = [*(f'#include "{header}"' for header in headers), '#include "dictionary.h"', "", *wrappers, "", "namespace {"]
        parts += table("Scope", "cppbind_scopes", [(name, final(self.scopes[name][0]), "\n".join(sorted(self.scopes[name][1]))) for name in order])
        parts += table("Answer", "cppbind_entries", sorted((f"{space}\t{name}", final(text)) for (space, name), text in self.entries.items()))
        parts += table("Answer", "cppbind_types", sorted(self.types.items()))
        rows = [f"    {{{quoted(key)}, reinterpret_cast<void *>(&{name})}}," for key, name in sorted(names, key=lambda row: row[0].encode())]
        parts += ["const Entry cppbind_functions[] = {", *rows, "    {nullptr, nullptr}};", f"const size_t cppbind_function_count = {len(rows)};"]
        rows = [f"    const_cast<void *>(static_cast<const volatile void *>(__builtin_addressof(::{name})))," for name in self.variables]
        parts += ["void *const cppbind_variables[] = {", *rows, "    nullptr};", f"const size_t cppbind_variable_count = {len(rows)};", "}"]
        return "\n".join(parts) + "\n"


def quoted(text):
    """A C string literal."""
    return '"' + "".join(c if c not in '\\"' and " " <= c < "\x7f" else "".join(f"\\{byte:03o}" for byte in c.encode()) for c in text) + '"'


def table(row, name, rows):
    """Lines of a table of texts, sorted as strcmp does."""
    rows = sorted(rows, key=lambda one: one[0].encode())
    empty = ", ".join(["nullptr"] * (3 if row == "Scope" else 2))
    return [f"const {row} {name}[] = {{", *(f"    {{{', '.join(map(quoted, one))}}}," for one in rows), f"    {{{empty}}}}};",
            f"const size_t {name[:-1] if name != 'cppbind_entries' else 'cppbind_entry'}_count = {len(rows)};"]


def generate(headers, patterns, include_dirs=()):
    """The source of a dictionary."""
    for folder in include_dirs:
        api.add_include_path(os.path.abspath(folder))
    backend = api.compiler()
    for header in headers:
        state, told = backend.compile(f'#include "{os.path.abspath(header) if os.path.exists(header) else header}"\n')
        if state < 0:
            raise SystemExit(f"genreflex: {header} does not compile:\n{told}")
    frozen = Frozen(backend)
    for pattern in patterns:
        if not frozen.select(pattern):
            raise SystemExit(f"genreflex: nothing is called {pattern}")
    return frozen.source([os.path.abspath(header) if os.path.exists(header) else header for header in headers])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m cppbind.genreflex", description=__doc__.split("\n\n")[0])
    parser.add_argument("headers", nargs="+")
    parser.add_argument("--select", action="append", required=True, metavar="GLOB", help="what to freeze; may be given several times")
    parser.add_argument("-o", dest="output", required=True, metavar="FILE", help="the library, or with .cpp its source")
    parser.add_argument("-I", dest="include", action="append", default=[], metavar="DIR")
    parser.add_argument("-L", dest="folders", action="append", default=[], metavar="DIR")
    parser.add_argument("-l", dest="libraries", action="append", default=[], metavar="NAME")
    chosen = parser.parse_args(arguments)
    source = generate(chosen.headers, chosen.select, chosen.include)
    if chosen.output.endswith(".cpp"):
        with open(chosen.output, "w", encoding="utf-8") as file:
            file.write(source)
        return
    from cppbind.backend.build import compiler
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "dictionary.cpp")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        command = [*compiler(), "-O1", "-std=gnu++20", "-fPIC", "-shared", "-fvisibility=hidden", "-w", *(f"-I{one}" for one in chosen.include),
                   f"-I{HERE}", path, "-o", chosen.output, *(f"-L{one}" for one in chosen.folders),
                   *(f"-Wl,-rpath,{os.path.abspath(one)}" for one in chosen.folders), *(f"-l{one}" for one in chosen.libraries)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"genreflex: the dictionary does not compile:\n{done.stderr}")


if __name__ == "__main__":
    main()
