"""Function-like macros of headers as functions of API modules: the C compiler tells what they take and return.

A macro has no types.  Those of its parameters are taken from the known functions that its body passes them to; the others are tried
as long, then as double.  What compiles is kept, with the result's type.  Nothing is run: the compiler writes its answers into an
object file.
"""

from ffi.errors import FFIError
from ffi.lexer import Tokens
from ffi.model import VOID

LONG, DOUBLE = ("prim", "long"), ("prim", "double")
NUMBERS = ("_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long", "unsigned long", "long long",
           "unsigned long long", "float", "double")
STATEMENTS = "do", "{", "if", "for", "while", "switch"
MAGIC = b"ffi: answers"


def declare(found, signatures):
    """Enter macros with the signatures that are given: {"FOO": "int(int, int)"}."""
    from ffi.parser import Parser
    for name, signature in signatures.items():
        type = Parser(found).type_of(signature)[0]
        if type[0] != "func":
            raise FFIError(f"macro {name}: a signature like 'int(int, double)' is expected, not {signature!r}")
        found.functions[name] = type, {"macro": True}


def settle(ffi, preamble):
    """Before a module is written: enter the function-like macros of the headers that cdef_headers() has read, and leave out the functions
    and variables that they declare but the libraries do not have."""
    asked, ffi._asked_macros = ffi._asked_macros, []
    extension, keywords = ffi._assigned_source[2:4] if ffi._assigned_source else (".c", {})
    if not asked or extension != ".c":
        return
    names = {name for read, include_dirs, define in asked for name in candidates(read)} - ffi._found.functions.keys()
    folders = [folder for read, include_dirs, define in asked for folder in include_dirs] + [*keywords.get("include_dirs", ())]
    defines = [pair for read, include_dirs, define in asked for pair in define] + [*keywords.get("define_macros", ())]
    found = ffi._found.copy()
    probe = Probe(found, preamble, folders, defines, keywords.get("extra_compile_args", ()))
    found.functions.update(probe.functions(sorted(names)))
    if not keywords.get("sources") and not keywords.get("extra_objects"):      # which may have them
        for table in ("functions", "variables"):
            read = {name for more, include_dirs, define in asked for name in getattr(more, table)}
            for name in probe.missing(table, read, keywords):
                del getattr(found, table)[name]
    ffi._now(found)


def candidates(found):
    """The macros of which it makes sense to ask."""
    return tuple(name for name, (parameters, body) in found.macros.items()
                 if parameters and body and name[0] != "_" and "..." not in parameters and not parameters[-1].endswith("...")
                 and name not in found.functions and "#" not in body and "##" not in body)


class Probe:
    """Questions to the compiler about the macros that `preamble` defines."""

    def __init__(self, found, preamble, include_dirs, define, flags):
        from ffi.preprocess import command
        self.found, self.preamble = found, preamble
        self.words = [*command(include_dirs, define), *flags]
        self.tokens = Tokens("", macros=found.macros)
        self.results = self.result_types()

    def functions(self, names):
        """{name: (type, options)} of the macros that are functions."""
        made, waiting = {}, names
        for other in (LONG, DOUBLE):
            questions = [(name, self.parameters(name, other)) for name in waiting if self.is_balanced(name)]
            for kind in ("value", "statement"):
                good = self.accepted([q for q in questions if kind == "value" or self.body(q[0])[0] in STATEMENTS], kind)
                for (name, types), result in zip(good, self.answers(good) if kind == "value" else [VOID] * len(good)):
                    if result is not None:
                        made[name] = ("func", result, types, False, ""), {"macro": True}
                questions = [q for q in questions if q not in good]
            waiting = [name for name, types in questions]
        return made

    def body(self, name):
        """A macro's body with the other macros in it replaced."""
        return self.tokens.expand(list(self.found.macros[name][1]), (name,))

    def is_balanced(self, name):
        body = self.body(name)
        return all(body.count(left) == body.count(right) for left, right in ("()", "{}", "[]"))

    def parameters(self, name, other):
        """The types of a macro's parameters, `other` where nothing says more."""
        types, body = dict.fromkeys(self.found.macros[name][0], other), self.body(name)
        for i, token in enumerate(body):
            if token in self.found.functions and body[i + 1:i + 2] == ["("]:
                declared = self.found.functions[token][0][2]
                for argument, type in zip(arguments(body, i + 2), declared):
                    if len(argument) == 1 and argument[0] in types:
                        types[argument[0]] = type
        return tuple(types.values())

    def result_types(self):
        """Types that a macro may have, no two of which are the same for C."""
        found, made = self.found, [VOID, *(("prim", name) for name in NUMBERS)]
        made += [("ptr", to, quals) for to in made[:4] for quals in ("", "const")]
        for type, options in found.functions.values():
            result = type[1]
            if result[0] == "ptr" and result[1][0] in ("struct", "union") and "$" not in found.c_name(result[1]) \
                    and ("ptr", result[1], "") not in made:
                made += [("ptr", result[1], ""), ("ptr", result[1], "const")]
        return made

    # ---- the compiler ----------------------------------------------------------------------------------------------------

    def question(self, i, name, types, kind):
        names = [f"ffi_{k}" for k in range(len(types))]
        parameters = ", ".join(self.found.declaration(type, n) for type, n in zip(types, names))
        use = f"{name}({', '.join(names)})"
        use = f"__typeof__({use}) *result = 0; (void)result; (void)({use});" if kind == "value" else f"{use};"
        return f"#line {i + 1} \"question\"\nstatic void ffi_f{i}({parameters}) {{ {use} }}\n"

    def accepted(self, questions, kind):
        """Those that compile."""
        import re
        for attempt in range(4):
            if not questions:
                break
            text = "".join(self.question(i, name, types, kind) for i, (name, types) in enumerate(questions))
            bad, is_error = set(), False
            for line in self.run("-fsyntax-only", "-fmax-errors=0", source=f"{self.preamble}\n{text}").splitlines():
                is_error = " error: " in line or is_error and " warning: " not in line
                place = re.match(r"question:(\d+):|.*\bfrom question:(\d+)", line)
                if is_error and place:
                    bad.add(int(place.group(1) or place.group(2)) - 1)
            if not bad:
                return questions
            questions = [q for i, q in enumerate(questions) if i not in bad]
        return []

    def answers(self, questions):
        """The result type of each, None if it is none that is known."""
        import os
        import tempfile
        if not questions:
            return []
        # A pointer to the result: `const` is told, and void is allowed.
        choices = ", ".join(f"{self.found.declaration(('ptr', type, ''))}: {i + 1}" for i, type in enumerate(self.results))
        lines = []
        for i, (name, types) in enumerate(questions):
            use = f"{name}({', '.join(map(self.example, types))})"
            lines.append(f"_Generic((__typeof__({use}) *)0, {choices}, default: 0)")
        magic = ", ".join(map(str, MAGIC))
        text = f"{self.preamble}\nconst unsigned char ffi_answers[] = {{ {magic},\n" + ",\n".join(
            f"({line}) & 255, ({line}) >> 8" for line in lines) + " };\n"
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "answers.o")
            self.run("-c", "-o", path, source=text)
            if not os.path.exists(path):
                return [None] * len(questions)
            with open(path, "rb") as file:
                data = file.read()
        at = data.index(MAGIC) + len(MAGIC)
        numbers = [data[at + 2 * i] | data[at + 2 * i + 1] << 8 for i in range(len(questions))]
        return [self.results[number - 1] if number else None for number in numbers]

    def missing(self, table, names, keywords):
        """Those of the declared names that the linker does not find."""
        import os
        import re
        import tempfile
        entries = getattr(self.found, table)
        names = [name for name in sorted(names) if name in entries and not entries[name][-1].keys() & {"body", "macro"}]
        lines = [f"  (void *)&{name}," for name in names]
        text = f"{self.preamble}\nvoid *ffi_all[] = {{\n" + "\n".join(lines) + "\n 0 };\nint main(void) { return ffi_all[0] == 0; }\n"
        flags = [f"-L{folder}" for folder in keywords.get("library_dirs", ())] + [*keywords.get("extra_link_args", ())]
        flags += [f"-l{name}" for name in keywords.get("libraries", ())]
        with tempfile.TemporaryDirectory() as folder:
            said = self.run("-o", os.path.join(folder, "linked"), "-", "-x", "none", *flags, source=text)
        absent = set(re.findall(r"undefined (?:reference to|symbol:) [`']?([\w$.]+)", said))
        return [name for name in names if entries[name][-1].get("label", name) in absent]

    def example(self, type):
        """An expression of a type, that is not evaluated."""
        return f"(*({self.found.declaration(('ptr', type, ''))})0)"

    def run(self, *arguments, source):
        """What the compiler says."""
        import os
        import subprocess
        files = [] if "-" in arguments else ["-"]
        done = subprocess.run([*self.words, "-Werror=int-conversion", "-Werror=incompatible-pointer-types",
                               "-Werror=implicit-function-declaration", "-x", "c", *arguments, *files],
                              input=source.encode(), capture_output=True, env={**os.environ, "LC_ALL": "C"})
        return done.stderr.decode(errors="replace")


def arguments(tokens, i):
    """The arguments of a call, from the token after its '(' on, each without parentheses around it."""
    found, depth = [[]], 0
    for token in tokens[i:]:
        if token == ")" and not depth:
            break
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if token == "," and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return [[t for t in argument if t not in ("(", ")")] if len(set(argument) - {"(", ")"}) == 1 else argument for argument in found]
