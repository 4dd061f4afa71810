"""Freeze reflection and entry points of C++ into a library that needs neither headers nor a compiler where it is used.

    python -m cppbind.genreflex header.h [...] --select 'MyClass' --select 'ns::*' -o libFooDict.so

--select takes globs of full names of classes, functions, variables, enums and namespaces, or the name of an instance of a class or
function template: 'std::vector<int>', 'ns::largest<double>'.  Classes come along that a selected one derives from, or that its functions
return by value, and enums that they take.  -l and -L name the library that the code is in.  Beside the library goes libFooDict.rootmap,
by which its names are found when nothing has loaded it, if it is in a folder of LD_LIBRARY_PATH, of cppbind.add_library_path() or in the
current one.
"""

import argparse
import fnmatch
import os
import re
import subprocess
import tempfile

from cppbind.backend import api, records
from cppbind.backend.dictionary import squeezed
from cppbind.backend.found import HERE
from cppbind.typecode import parse


RESERVED = re.compile("_[A-Z]|.*__")                    # names that are the compiler's and its library's own


class Frozen:
    """What goes into the library; functions and variables are numbered anew."""

    def __init__(self, backend, left_out=()):
        self.backend, self.left_out = backend, left_out
        self.scopes, self.entries, self.types = {"": ("", [])}, {}, {}
        self.requests, self.numbers, self.variables = {}, {}, {}
        self.copied = set()                             # those of variables that may have no address

    def number(self, handle):
        return self.numbers.setdefault(handle, len(self.numbers) + 1)

    # ---- choosing ------------------------------------------------------------------------------------------------

    def select(self, pattern):
        """Take what a glob, or the name of a template's instance, stands for."""
        if "<" not in pattern:
            return self.search("", pattern.split("::"), pattern)
        if self.select_function(pattern):
            return 1
        found = self.backend.type(pattern)
        if not found or parse(found[0]).kind != "class":
            raise SystemExit(f"genreflex: {pattern} is neither a class nor a function:\n{self.backend.message()}")
        name = parse(found[0]).name
        self.types[squeezed(pattern)] = self.types[squeezed(name)] = "\t".join(found)
        self.add_class(name)
        return 1

    def select_function(self, pattern):
        """An instance of a function template: it goes with the others of its name, as overloads, and under its own name."""
        space, _, name = pattern[:pattern.index("<")].rpartition("::")
        text = self.backend.lookup(self.backend.scope(space), name) or ""
        if not any(isinstance(one, records.Template) and one.kind == "function" for one in records.parse(self.backend, text)):
            return False
        found = self.backend.resolve(pattern)
        if found is None:
            raise SystemExit(f"genreflex: {pattern} is no function:\n{self.backend.message()}")
        self.add_entry(space, name, text)
        line = self.rewritten(found, space)
        if line not in self.entries[space, name]:
            self.entries[space, name] += line
        self.entries[space, squeezed(pattern[len(space) + 2 if space else 0:])] = line
        return True

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
        elif isinstance(one, records.Alias) and parse(one.code).kind == "class":
            self.add_class(parse(one.code).name)
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

    def excluded(self, code):
        """Whether a type is of a class that is to be left out."""
        type = parse(code)
        while type.kind in ("pointer", "reference", "rvalue"):
            type = type.of
        return type.kind == "class" and any(fnmatch.fnmatchcase(type.name, one) for one in self.left_out)

    def add_class(self, name):
        """A class with its public bases and nested classes and enums."""
        if name in self.scopes or self.excluded(f"C{name};"):
            return
        handle = self.backend.scope(name)
        text = self.backend.describe(handle)
        described = records.parse_class(self.backend, text)
        self.scopes[described.name] = None
        if described.template:
            space, _, last = described.template.rpartition("::")
            found = [line for line in (self.backend.lookup(self.backend.scope(space), last) or "").splitlines() if line.startswith("template\t")]
            if found:
                self.add_entry(space, last, "\n".join(found))
        if "f" not in described.flags and not any(set(one.flags) & set("gqd") for one in described.members if isinstance(one, records.Function) and one.kind == "d"):
            self.requests[f"delete\t{described.name}\t0"] = f"delete\t{handle}\t0"
        for base in described.bases:
            if "g" not in base.flags:
                self.add_class(base.name)
            if "v" in base.flags:
                self.requests[f"cast\t{described.name}\t{base.name}"] = f"cast\t{described.name}\t{base.name}"
        for member in described.members:
            if isinstance(member, records.Class):
                self.add_class(member.name)
            elif isinstance(member, records.Enum):
                self.add_scope(member.full_name, self.backend.describe(member.handle), [])
            elif isinstance(member, records.Alias) and member.name == "value_type" and parse(member.code).kind == "class":
                self.add_class(parse(member.code).name)     # what a container's elements are
        text = self.rewritten(text, described.name, "a" in described.flags)
        self.scopes[described.name] = text, self.backend.names(handle)

    # ---- records with our numbers for handles ----------------------------------------------------------------------

    def rewritten(self, text, scope, abstract=False):
        lines = []
        for line in text.splitlines():
            words = line.split("\t")
            if words[0] == "template":
                words[1] = "0"
            elif words[0] == "base" and self.excluded(f"C{words[1]};"):
                continue
            elif words[0] == "function":
                function = records.Function(self.backend, words)
                if RESERVED.match(function.name) or self.excluded(function.result):
                    continue
                refused = next((number for number, one in enumerate(function.parameters) if self.excluded(one.code)), None)
                if refused is not None:                 # it can be called with fewer arguments, or not at all
                    if refused < function.required:
                        continue
                    del function.parameters[refused:], words[8 + 4 * refused:]
                if function.kind != "d" and not set(function.flags) & set("dgqz") and not (abstract and function.kind == "c"):
                    self.add_function(function)
                words[1] = str(self.number(function.handle))
            elif words[0] == "variable":
                name = "::".join(filter(None, (scope, words[2])))
                words[1] = str(self.variables.setdefault(name, len(self.variables) + 1))
                if "k" in words[5]:
                    self.copied.add(name)
            elif words[0] in ("class", "enum", "namespace"):
                words[1] = "@" + words[2] + "@"        # the scope's own number, known at the end
            lines.append("\t".join(words))
        return "\n".join(lines) + "\n"

    def add_function(self, function):
        result = parse(function.result)
        if result.kind == "class" and "(" not in result.name:
            self.add_class(result.name)
        for type in (result, *(parse(one.code) for one in function.parameters)):
            if type.kind == "enum":
                self.add_scope(type.name, self.backend.describe(self.backend.scope(type.name)), [])
            elif type.kind == "class" and type.name.startswith("std::initializer_list<"):
                self.add_class(type.name)
        for count in range(function.required, len(function.parameters) + 1):
            self.requests[f"call\t{self.number(function.handle)}\t{count}"] = f"call\t{function.handle}\t{count}"

    def map(self):
        """What there is, in the words of a .rootmap: a line for each name of a namespace."""
        lines = set()
        for (space, name), text in self.entries.items():
            kind = text.partition("\t")[0]
            lines.add(f"{ {'type': 'typedef', 'variable': 'var'}.get(kind, kind)} {space + '::' if space else ''}{name}\n")
        return "".join(sorted(lines))

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
        copies = {name: f"cppbind_copy{number}" for name, number in self.variables.items() if name in self.copied}
        parts += [f"const auto {copy} = ::{name};" for name, copy in copies.items()]
        rows = [f"    const_cast<void *>(static_cast<const volatile void *>(__builtin_addressof({copies.get(name, '::' + name)}))),"
                for name in self.variables]
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


def generate(headers, patterns, include_dirs=(), left_out=()):
    """(source of a dictionary, text of its map: what it has, by name)."""
    for folder in include_dirs:
        if not os.path.isdir(folder):
            raise SystemExit(f"genreflex: -I {folder}: there is no such folder")
        api.add_include_path(os.path.abspath(folder))
    backend = api.compiler()
    headers = [os.path.abspath(header) if os.path.exists(header) else header for header in headers]
    for header in headers:
        state, told = backend.compile(f'#include "{header}"\n')
        if state < 0:
            raise SystemExit(f"genreflex: {header} does not compile:\n{told}")
    frozen = Frozen(backend, left_out)
    for pattern in patterns:
        if not frozen.select(pattern):
            raise SystemExit(f"genreflex: nothing is called {pattern}")
    return frozen.source(headers), frozen.map()


def link(source, output, include=(), folders=(), libraries=()):
    """Compile the source to a library.  Entry points that the compiler refuses, such as members that do not fit a template's argument, are left out."""
    from cppbind.backend.build import compiler
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "dictionary.cpp")
        command = [*compiler(), "-O1", "-std=gnu++20", "-fPIC", "-shared", "-fvisibility=hidden", "-w", *(f"-I{one}" for one in include), f"-I{HERE}",
                   path, "-o", output, *(f"-L{one}" for one in folders), *(f"-Wl,-rpath,{os.path.abspath(one)}" for one in folders),
                   *(f"-l{one}" for one in libraries)]
        while True:
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, LC_ALL="C"))
            if not done.returncode:
                return
            less = without(source, {int(number) for number in re.findall(r"dictionary\.cpp:(\d+):", done.stderr)})
            if less == source:
                raise SystemExit(f"genreflex: the dictionary does not compile:\n{done.stderr}")
            source = less


def without(source, numbers):
    """The source without the entry points in some of its lines, counted from 1."""
    lines = source.split("\n")
    bad = {found.group() for number in numbers if (found := re.search(r"__cppbind_w\d+(?=\()", lines[number - 1]))}
    kept = [line for line in lines if not (found := re.search(r"__cppbind_w\d+(?=\(|\))", line)) or found.group() not in bad]
    table = sum(line.startswith("    {") and "reinterpret_cast<void *>(&__cppbind_w" in line for line in kept)
    return re.sub(r"(cppbind_function_count = )\d+", rf"\g<1>{table}", "\n".join(kept))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m cppbind.genreflex", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("headers", nargs="+", metavar="HEADER", help="what declares them")
    parser.add_argument("--select", action="append", required=True, metavar="GLOB", help="what to freeze; may be given several times")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="classes to leave out, with the functions that mention them")
    parser.add_argument("-o", dest="output", required=True, metavar="FILE", help="the library, or with .cpp its source")
    parser.add_argument("-I", dest="include", action="append", default=[], metavar="DIR", help="a folder of headers")
    parser.add_argument("-L", dest="folders", action="append", default=[], metavar="DIR", help="a folder of libraries")
    parser.add_argument("-l", dest="libraries", action="append", default=[], metavar="NAME", help="a library to link with")
    chosen = parser.parse_args(arguments)
    folder = os.path.dirname(os.path.abspath(chosen.output))
    if not os.path.isdir(folder):
        parser.error(f"-o {chosen.output}: there is no folder {folder}")
    source, names = generate(chosen.headers, chosen.select, chosen.include, chosen.exclude)
    if chosen.output.endswith(".cpp"):
        with open(chosen.output, "w", encoding="utf-8") as file:
            file.write(source)
        return
    link(source, chosen.output, chosen.include, chosen.folders, chosen.libraries)
    with open(os.path.splitext(chosen.output)[0] + ".rootmap", "w", encoding="utf-8") as file:
        file.write(f"[ {os.path.basename(chosen.output)} ]\n{names}")


if __name__ == "__main__":
    main()
