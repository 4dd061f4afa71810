"""C declarations to a `Declarations`: recursive descent over the tokens of `ffi.lexer`.

    parser.py        files, declarations, what is entered        words.py      the words of C
    specifiers.py    `const unsigned int`, attributes            constants.py  values of expressions and macros
    declarators.py   `*name[3](int)`                             aggregates.py struct, union, enum

Errors are collected, one a declaration, and raised together.
"""

from ffi.aggregates import Aggregates
from ffi.constants import Constants
from ffi.declarators import Declarators
from ffi.errors import CDefError, FFIError
from ffi.expressions import NotConstant
from ffi.lexer import PRAGMA, Tokens
from ffi.model import FLOATS, Declarations
from ffi.specifiers import Specifiers
from ffi.words import Problem, Wrong, same

MOST_PROBLEMS = 20                         # that one CDefError tells


CONVENTIONS = {"__stdcall", "__cdecl", "__fastcall", "WINAPI", "CALLBACK", "__extension__"}     # "int __stdcall(int)"


class Parser(Specifiers, Declarators, Aggregates, Constants):
    """Parses one source on top of what `known` declares; `found` has both, and is `known` itself for a parser of types."""

    def __init__(self, known=None, packed=False, pack=0, override=False, cplusplus=False, copy=True):
        self.found = Declarations() if known is None else known.copy() if copy else known
        self.packed, self.pack, self.override, self.cplusplus = packed, pack, override, cplusplus
        self.packs, self.scope, self.linkage = [], (), None

    # ---- sources -------------------------------------------------------------------------------------------------

    def parse(self, text, name="<cdef source string>"):
        """Add the declarations of `text`; raises CDefError with all that is wrong, or FFIError for what contradicts."""
        self.begin(text, name)
        self.problems = []
        while self.tokens[self.i] and len(self.problems) < MOST_PROBLEMS:
            self.next_external()
        if self.problems:
            first = self.problems[0]
            before = [] if isinstance(first, Wrong) else [self.source.first_line(self.source.offset(first.i))]
            raise CDefError("\n".join(before + [self.located(str(problem), problem.i) for problem in self.problems]))
        self.evaluate_macros()
        return self.found

    def next_external(self):
        """One declaration; if it has an error, that is kept and the declaration skipped."""
        start = self.i
        try:
            self.external()
        except Problem as problem:
            self.problems.append(problem)
            self.skip_declaration(start)
        except NotConstant as reason:
            self.problems.append(Wrong(str(reason), self.i))
            self.skip_declaration(start)

    def begin(self, text, name):
        self.source = Tokens(text, name, self.found.macros)
        self.tokens = [*self.source.list, "", "", ""]
        self.i, self.naming = 0, None                  # naming: what the last declarator declares, for messages

    def located(self, message, i):
        return self.source.located(self.source.offset(i), message)

    def type_of(self, text):
        """(type, quals) of a type written alone, or with a name that is not used: "int *", "struct foo[10]", "int f(int)"."""
        self.begin(text, "<type>")
        try:
            base, quals, storage, attributes = self.specifiers()
            if base is None:
                self.unknown_identifier()
            name, type, quals = self.declarator(base, quals, attributes)
            storage = [word for word in storage or () if word not in CONVENTIONS]
            if self.tokens[self.i] or storage:
                self.fail(f"{self.tokens[self.i] or storage[0]!r} was not expected in a type")
        except Wrong as problem:
            raise problem.error(self.located(str(problem), problem.i)) from None
        except (Problem, NotConstant) as problem:
            offset = self.source.offset(getattr(problem, "i", self.i))
            raise CDefError(f"{self.source.first_line(offset)}\n{self.source.located(offset, str(problem))}") from None
        return type, quals

    def unknown_identifier(self):
        name = self.tokens[self.i]
        if name.isidentifier() and not self.tokens[self.i + 1]:
            raise CDefError(f"unknown identifier {name!r}")
        self.unknown_type(self.i)

    def fail(self, message):
        raise Problem(message, self.i)

    def expect(self, token):
        if self.tokens[self.i] != token:
            self.fail(f"expected {token!r}, got {self.tokens[self.i] or 'the end'!r}")
        self.i += 1

    def skip_declaration(self, start):
        """Go on after a declaration that has an error: past the next `;` or `}` outside of braces, before the `}` of what is around it."""
        self.i, depth = start, 0
        while self.tokens[self.i]:
            token, following = self.tokens[self.i], self.tokens[self.i + 1]
            if token == "}" and not depth and self.i > start:
                return
            self.i += 1
            depth += (token == "{") - (token == "}")
            if depth <= 0 and (token == ";" or token == "}" and following not in (";", ",") and not following.isidentifier()):
                return

    def skip_brackets(self):
        """Past a bracketed group that begins here."""
        depth = 0
        while self.tokens[self.i]:
            token = self.tokens[self.i]
            self.i += 1
            depth += (token in ("{", "(", "[")) - (token in ("}", ")", "]"))
            if not depth:
                return
        self.fail("a bracket is not closed")

    # ---- declarations ----------------------------------------------------------------------------------------------

    def external(self):
        """One declaration at file level."""
        token = self.tokens[self.i]
        if token == ";":
            self.i += 1
        elif token == "extern" and self.tokens[self.i + 1][-1:] == '"':
            self.linkage_block()
        elif token in ("_Static_assert", "static_assert"):
            self.static_assert()
        elif ord(token[0]) >= PRAGMA and len(token) == 1:
            self.pragma_pack(token)
        elif token in ("namespace", "using") and self.tokens[self.i + 1].isidentifier():
            self.namespace() if token == "namespace" else self.skip_declaration(self.i)
        elif token == "}" and self.scope:
            self.i += 1
            self.scope = self.scope[:-1]
        elif token in ("asm", "__asm__") and self.tokens[self.i + 1] == "(":
            self.skip_declaration(self.i)
        elif token == "template":
            self.fail("templates are C++ that cannot be bound; declare what is needed with extern \"C\"")
        else:
            self.declaration()

    def linkage_block(self):
        language = "".join(self.tokens[self.i + 1][1:-1].split())
        if language not in ("C", "C++", "Python", "Python+C", "C+Python"):
            self.fail(f"extern \"{language}\": known are \"C\", \"C++\", \"Python\" and \"Python+C\"")
        self.i += 2
        before = self.linkage, self.cplusplus
        self.linkage = {"C++": None, "C": None}.get(language, language)
        self.cplusplus = self.cplusplus or language == "C++"
        if self.tokens[self.i] != "{":
            self.external()
        else:
            self.i += 1
            while self.tokens[self.i] != "}":
                if not self.tokens[self.i]:
                    self.fail(f"extern \"{language}\" {{: no '}}' found")
                self.next_external()
            self.i += 1
        self.linkage, self.cplusplus = before

    def namespace(self):
        self.scope = (*self.scope, self.tokens[self.i + 1])
        self.i += 2
        self.expect("{")
        while self.tokens[self.i] not in ("}", ""):
            self.next_external()
        self.expect("}")
        self.scope = self.scope[:-1]

    def static_assert(self):
        self.i += 1
        start = self.i
        self.expect("(")
        try:
            value = self.expression()
        except NotConstant:
            value = 1                                  # with something that only the C compiler knows
        if not value and self.tokens[self.i] in (",", ")"):
            text = self.tokens[self.i + 1] if self.tokens[self.i] == "," else ""
            self.fail(f"static assertion failed: {text}")
        self.i = start
        self.skip_brackets()
        self.expect(";")

    def pragma_pack(self, token):
        """#pragma pack(), (n), (push), (push, n), (pop)."""
        self.i += 1
        words = [w for w in self.source.pragmas[ord(token) - PRAGMA] if w != ","]
        if words[:1] == ["push"]:
            self.packs.append(self.pack)
            words = words[1:]
        elif words[:1] == ["pop"]:
            self.pack = self.packs.pop() if self.packs else 0
            return
        elif not words:
            self.pack = 0
        for word in words:
            if word.isdigit():
                self.pack = int(word)

    def declaration(self):
        start = self.i
        base, quals, storage, attributes = self.specifiers()
        tokens = self.tokens
        if tokens[self.i] == ";":
            self.i += 1
            if base is None or base[0] not in ("struct", "union", "enum") or storage and "typedef" in storage:
                raise Problem("this declares nothing", start)
            return
        if base is None:
            self.unknown_type(start)
        while True:
            at = self.i
            options = dict(attributes)
            name, type, own = self.declarator(base, quals, options)
            if not name:
                if storage and "typedef" in storage:
                    raise Problem("a typedef needs a name", at)
                raise Problem(f"expected a name, got {tokens[self.i] or 'the end'!r}", self.i)
            if "vector_size" in options or "mode" in options:
                type = self.with_mode(type, options)
            self.declared(name, type, own, storage, options, at, base)
            if tokens[self.i] != ",":
                break
            self.i += 1
        if tokens[self.i] != "}" or not options.get("body"):
            if options.get("body"):
                return
            if tokens[self.i] != ";":
                self.fail(f"expected ';', got {tokens[self.i] or 'the end'!r}")
            self.i += 1

    def unknown_type(self, start):
        name = self.tokens[self.i]
        if self.tokens[self.i + 1].isidentifier() or self.tokens[self.i + 1] == "*":
            raise Problem(f"unknown type {name!r}: declare it with a typedef, or with `typedef ... {name};` if its contents do not matter", self.i)
        raise Problem(f"expected a declaration, got {name or 'the end'!r}", self.i)

    def with_mode(self, type, options):
        if "vector_size" in options:
            size = options["vector_size"]
            return "blob", f"{type[-1]} __attribute__((vector_size({size})))", size, size
        names = {"QI": "int8_t", "HI": "int16_t", "SI": "int32_t", "DI": "int64_t", "byte": "int8_t", "word": "long", "pointer": "intptr_t"}
        name = names.get(options["mode"].strip("_"))
        if type[0] != "prim" or not name:
            return type
        return "prim", ("u" + name if type[1].startswith("unsigned") and name.endswith("_t") else name)

    def declared(self, name, type, quals, storage, options, at, base):
        """Enter one declared name."""
        found, tokens = self.found, self.tokens
        if storage and "typedef" in storage:
            if "aligned" in options and type[0] in ("struct", "union") and type[1][0] == "$":
                self.align_unnamed(type, options["aligned"])
            self.typedef(name, type, quals)
            if type == base and ("aligned" in options or "typedef" in options):
                found.alignments[name] = options.get("aligned") or options["typedef"]
            return
        if type[0] == "func":
            made = {key: options[key] for key in ("label",) if key in options}
            if self.linkage:
                made["python"] = self.linkage
            if self.scope:
                made["scope"] = self.scope
            if tokens[self.i] == "{":
                self.skip_brackets()
                made["body"] = options["body"] = True
            elif tokens[self.i] == "=":                # = default, = delete, = 0 of C++
                self.i += 2
            self.enter(found.functions, "function", name, (type, made))
            return
        if self.linkage:
            raise Problem(f"extern \"{self.linkage}\" is for functions, {name} is none", at)
        if tokens[self.i] in ("=", "{"):
            value = self.initializer()
            if value is not None and storage and ("static" in storage or "constexpr" in storage) and type[0] in ("prim", "enum"):
                if type[1] in FLOATS:                  # what a library has is of that type; the value serves without a library
                    self.enter(found.constants, "constant", name, ("...", type, quals, float(value)))
                else:
                    self.constant(name, value)
                return
        if storage and "static" in storage and "const" in quals:
            self.enter(found.constants, "constant", name, ("...", type, quals))
            return
        made = {"extern": True} if storage and "extern" in storage else {}
        if "label" in options:
            made["label"] = options["label"]
        self.enter(found.variables, "variable", name, (type, quals, made))

    def align_unnamed(self, type, alignment):
        """typedef struct { ... } name __attribute__((aligned(n))): where such a struct may lie, but not its size."""
        key = f"{type[0]} {type[1]}"
        content = self.found.aggregates.get(key)
        if content is not None:
            self.found.aggregates[key] = content[0], {**content[1], "named_aligned": alignment}

    def enter(self, table, kind, name, value):
        before = table.get(name)
        if before is not None and not self.override and not same(before, value):
            if kind == "function" and self.cplusplus:
                number = 2
                while f"{name}_{number}" in table:
                    number += 1
                value[1]["overload"] = name
                table[f"{name}_{number}"] = value
                return
            self.contradiction(kind, name, before)
        table[name] = value

    def contradiction(self, kind, name, before):
        """Raise for a second declaration that says something else than the one before."""
        if kind == "constant":
            earlier = f"{name} = {before if isinstance(before, (int, float, bytes, str)) else '...'}"
        else:
            earlier = self.found.declaration(before[0], name, before[1] if kind == "variable" else "")
        where = self.located(f"earlier: {earlier}", self.i) if self.tokens[self.i] else f"earlier: {earlier}"
        raise FFIError(f"multiple declarations of {kind} {name} (for interactive usage, try cdef(xx, override=True))\n{where}")

    def constant(self, name, value):
        before = self.found.constants.get(name, value)
        if before != value and not self.override:
            self.contradiction("constant", name, before)
        self.found.constants[name] = value

    def typedef(self, name, type, quals):
        found = self.found
        if type[0] in ("struct", "union", "enum") and type[1][0] == "$" and type[1][1:].isdigit():
            found.names.setdefault(f"{type[0]} {type[1]}", name)
        if type[0] == "array":
            type = lengths_of(type, f"(*({name} *)0)")
        before = found.typedefs.get(name)
        if before is not None and before[0] != type and not self.override:
            self.contradiction("type", name, before)
        found.typedefs[name] = type, quals

    def initializer(self):
        """The value of an initializer where it is a constant; it is skipped in any case."""
        start = self.i
        if self.tokens[self.i] == "=":
            self.i += 1
        at = self.i
        value = None
        try:
            value = self.expression()
            if self.tokens[self.i] not in (",", ";"):
                value = None
        except NotConstant:
            pass
        if value is None:
            self.i = at
            depth = 0
            while self.tokens[self.i] and (depth or self.tokens[self.i] not in (",", ";")):
                depth += (self.tokens[self.i] in ("{", "(", "[")) - (self.tokens[self.i] in ("}", ")", "]"))
                self.i += 1
        if self.i == start:
            self.fail("an initializer was expected")
        return value


def lengths_of(type, expression):
    """An array type with the [...] lengths noted as those of a typedef: where that is used, the C compiler can be asked for them."""
    if type[0] != "array":
        return type
    return "array", lengths_of(type[1], f"{expression}[0]"), "..." + expression if type[2] == "..." else type[2]
