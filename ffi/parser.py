"""C declarations to a `Declarations`: recursive descent over the tokens of `ffi.lexer`.

Errors are collected, one a declaration, and raised together.
"""

from ffi import layout
from ffi.common import COMMON, PRIMITIVE_WORDS
from ffi.errors import CDefError, FFIError
from ffi.expressions import LONG, STRING, Expression, NotConstant, wrap
from ffi.lexer import PRAGMA, Tokens, located
from ffi.model import INT, VOID, Declarations

QUALIFIERS = {"const": "const", "__const": "const", "__const__": "const", "volatile": "volatile", "__volatile__": "volatile",
              "__volatile": "volatile", "restrict": "restrict", "__restrict": "restrict", "__restrict__": "restrict",
              "_Atomic": "", "_Nonnull": "", "_Nullable": ""}
STORAGE = {"typedef", "extern", "static", "inline", "__inline", "__inline__", "_Noreturn", "register", "auto", "constexpr",
           "_Thread_local", "thread_local", "__thread", "__extension__", "__stdcall", "__cdecl", "__fastcall", "WINAPI", "CALLBACK", "noreturn",
           "__forceinline", "friend", "virtual", "explicit", "mutable"}
ABI = {"__stdcall": "__stdcall", "WINAPI": "__stdcall", "CALLBACK": "__stdcall"}
WORDS = {word for words in PRIMITIVE_WORDS for word in words.split()}
SAME = {"__signed__": "signed", "__signed": "signed", "__complex__": "_Complex"}
WORDS.update(SAME)
ATTRIBUTES = {"__attribute__", "__attribute", "__declspec", "_Alignas", "alignas", "__asm__", "asm", "__asm", "[["}
TAGGED = {"struct", "union", "enum", "class"}
TYPEOF = {"typeof", "__typeof__", "__typeof", "typeof_unqual"}
NEVER_NAMES = {*QUALIFIERS, *STORAGE, *WORDS, *ATTRIBUTES, *TAGGED, *TYPEOF, "if", "else", "while", "for", "do", "return", "switch", "case",
               "default", "break", "continue", "goto", "sizeof"} - {"friend", "virtual", "explicit", "mutable", "noreturn", "auto", "bool"}


class Problem(Exception):
    """What is wrong at token `i`."""

    def __init__(self, message, i):
        super().__init__(message)
        self.i = i


class Parser:
    """Parses one source on top of what `known` declares; `found` has both."""

    def __init__(self, known=None, packed=False, pack=0, override=False, cplusplus=False):
        self.found = known.copy() if known else Declarations()
        self.packed, self.pack, self.override, self.cplusplus = packed, pack, override, cplusplus
        self.packs, self.scope, self.linkage = [], (), None

    # ---- sources -------------------------------------------------------------------------------------------------

    def parse(self, text, name="<cdef source string>"):
        """Add the declarations of `text`; raises CDefError with all that is wrong, or FFIError for what contradicts."""
        self.begin(text, name)
        problems = []
        while self.tokens[self.i]:
            start = self.i
            try:
                self.external()
            except Problem as problem:
                problems.append(self.located(str(problem), problem.i))
                self.skip_declaration(start)
            except NotConstant as reason:
                problems.append(self.located(str(reason), self.i))
                self.skip_declaration(start)
            if len(problems) == 20:
                break
        if problems:
            raise CDefError("\n".join(problems))
        self.evaluate_macros()
        return self.found

    def begin(self, text, name):
        self.source = Tokens(text, name, self.found.macros)
        self.tokens = [*self.source.list, "", "", ""]
        self.i = 0

    def located(self, message, i):
        return located(self.source.text, self.source.name, self.source.offset(i), message)

    def type_of(self, text):
        """(type, quals) of a type written alone: "int *", "struct foo[10]", "int(*)(int)"."""
        self.begin(text, "<type>")
        try:
            base, quals, storage, attributes = self.specifiers()
            name, type, quals = self.declarator(base, quals, attributes)
            if self.tokens[self.i] or name or storage:
                raise Problem(f"{(self.tokens[self.i] or name or storage[0])!r} was not expected", self.i)
        except (Problem, NotConstant) as problem:
            raise CDefError(self.located(str(problem), getattr(problem, "i", self.i))) from None
        return type, quals

    def fail(self, message):
        raise Problem(message, self.i)

    def expect(self, token):
        if self.tokens[self.i] != token:
            self.fail(f"expected {token!r}, got {self.tokens[self.i] or 'the end'!r}")
        self.i += 1

    def skip_declaration(self, start):
        """Go on after a declaration that has an error: past the next `;` or `}` outside of brackets."""
        self.i = start
        depth = 0
        while self.tokens[self.i]:
            token = self.tokens[self.i]
            self.i += 1
            depth += (token in ("{", "(", "[")) - (token in ("}", ")", "]"))
            if depth <= 0 and (token == ";" or token == "}" and self.tokens[self.i] not in (";", ",") and not self.tokens[self.i].isidentifier()):
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
        language = self.tokens[self.i + 1][1:-1]
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
                self.external()
            self.i += 1
        self.linkage, self.cplusplus = before

    def namespace(self):
        self.scope = (*self.scope, self.tokens[self.i + 1])
        self.i += 2
        self.expect("{")
        while self.tokens[self.i] not in ("}", ""):
            self.external()
        self.expect("}")
        self.scope = self.scope[:-1]

    def static_assert(self):
        self.i += 1
        self.expect("(")
        try:
            value = self.expression()
        except NotConstant:
            value = 1                                  # with something that only the C compiler knows
        if not value:
            text = self.tokens[self.i + 1] if self.tokens[self.i] == "," else ""
            self.fail(f"static assertion failed: {text}")
        while self.tokens[self.i] not in (")", ""):
            self.i += 1
        self.expect(")")
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
            self.declared(name, type, own, storage, options, at)
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

    def declared(self, name, type, quals, storage, options, at):
        """Enter one declared name."""
        found, tokens = self.found, self.tokens
        if storage and "typedef" in storage:
            self.typedef(name, type, quals)
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
                self.constant(name, value)
                return
        if storage and "static" in storage and "const" in quals:
            self.enter(found.constants, "constant", name, ("...", type, quals))
            return
        made = {"extern": True} if storage and "extern" in storage else {}
        if "label" in options:
            made["label"] = options["label"]
        self.enter(found.variables, "variable", name, (type, quals, made))

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
            raise FFIError(f"multiple declarations of {kind} {name} (for interactive usage, try cdef(xx, override=True))")
        table[name] = value

    def constant(self, name, value):
        before = self.found.constants.get(name, value)
        if before != value and not self.override:
            raise FFIError(f"multiple declarations of constant {name} (for interactive usage, try cdef(xx, override=True))")
        self.found.constants[name] = value

    def typedef(self, name, type, quals):
        found = self.found
        if type[0] in ("struct", "union", "enum") and type[1][0] == "$" and type[1][1:].isdigit():
            found.names.setdefault(f"{type[0]} {type[1]}", name)
        before = found.typedefs.get(name)
        if before is not None and before[0] != type and not self.override:
            raise FFIError(f"multiple declarations of type {name} (for interactive usage, try cdef(xx, override=True))")
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

    # ---- specifiers ------------------------------------------------------------------------------------------------

    def specifiers(self):
        """(type or None, quals, storage words, attributes) of what a declaration begins with."""
        tokens, typedefs = self.tokens, self.found.typedefs
        words, quals, storage, attributes, type = None, "", None, {}, None
        while True:
            token = tokens[self.i]
            if token in WORDS and not (token == "bool" and token in typedefs):
                if type is not None:
                    break
                token = SAME.get(token, token)
                words = token if words is None else f"{words} {token}"
                self.i += 1
            elif token in QUALIFIERS:
                if token == "_Atomic" and tokens[self.i + 1] == "(":
                    self.i += 2
                    type, more = self.type_name()
                    self.expect(")")
                    continue
                quals = with_qual(quals, QUALIFIERS[token])
                self.i += 1
            elif token in STORAGE and not (token in typedefs and type is None and words is None):
                storage = [token] if storage is None else [*storage, token]
                self.i += 1
            elif token in TAGGED:
                if type is not None or words is not None:
                    self.fail(f"two types in one declaration: {token!r}")
                type = self.enumeration(attributes) if token == "enum" else self.aggregate(token)
            elif token in ATTRIBUTES or token == "[" and tokens[self.i + 1] == "[":
                self.attribute(attributes)
            elif token in TYPEOF:
                type, quals = self.type_of_expression(quals)
            elif type is None and words is None:
                if token == "_BitInt":
                    type = self.bit_int()
                    continue
                if token == "..." and storage and "typedef" in storage:
                    return self.opaque(quals, storage, attributes)
                if token == "auto" or not token or not (token[0].isidentifier() or token[0] == "$"):
                    break
                known = typedefs.get(token)
                if known is None:
                    known = self.common(token)
                    if known is None:
                        break
                self.i += 1
                type, more = known
                if more:
                    quals = with_qual(quals, more)
            else:
                break
        if words is not None:
            if " " in words:
                words = " ".join(sorted(words.split()))
            type = PRIMITIVE_WORDS.get(words)
            if type is None:
                self.fail(f"no type is called {words!r}")
            if words == "unsigned" and tokens[self.i] == "_BitInt":
                type = self.bit_int()
            if tokens[self.i] == "..." and storage and "typedef" in storage:
                type = self.some_number(type)
        elif type is None and storage and "constexpr" in storage:
            type = INT
        return type, quals, storage, attributes

    def common(self, name):
        """Types that are known without a declaration: those of <stdint.h>, <stddef.h>, FILE, and the system's."""
        known = COMMON.get(name)
        if known is None:
            return None
        if isinstance(known, str):
            inner = Parser(self.found)
            known = inner.type_of(known)
        if known[0][0] in ("struct", "union") and f"{known[0][0]} {known[0][1]}" not in self.found.aggregates:
            self.found.aggregates[f"{known[0][0]} {known[0][1]}"] = None
        return known

    def opaque(self, quals, storage, attributes):
        """typedef ... name; and typedef ... *name;"""
        self.i += 1
        stars = 0
        while self.tokens[self.i + stars] == "*":
            stars += 1
        name = self.tokens[self.i + stars]
        tag = ("$$" if stars else "$") + name
        self.found.aggregates.setdefault(f"struct {tag}", None)
        if not stars:
            self.found.names[f"struct {tag}"] = name
        return ("struct", tag), quals, storage, attributes

    def some_number(self, type):
        """typedef int... name; typedef float... name;"""
        self.i += 1
        if type[0] != "prim" or type[1] not in ("int", "float", "double", "long", "short", "char", "unsigned int", "long long", "unsigned long",
                                                "unsigned long long", "signed char", "unsigned char", "unsigned short"):
            self.fail(f"`...` after {type[-1]!r}: only integers and float can be left to the C compiler")
        return "some", self.tokens[self.i], "float" if type[1] in ("float", "double") else "int"

    def bit_int(self):
        self.i += 1
        self.expect("(")
        bits = self.expression()
        self.expect(")")
        size = 1
        while size * 8 < bits and size < 8:
            size *= 2
        if size * 8 < bits:
            size = -(-bits // 64) * 8
        return "blob", f"_BitInt({bits})", size, min(size, 8)

    def type_of_expression(self, quals):
        self.i += 1
        self.expect("(")
        token = self.tokens[self.i]
        if self.begins_type(token):
            type, more = self.type_name()
        else:
            variable = self.found.variables.get(token) or self.found.functions.get(token)
            if variable is not None and self.tokens[self.i + 1] == ")":
                self.i += 1
                type, more = variable[0], ""
            else:
                value, rank = self.expression(ranked=True)
                if rank == STRING:
                    type = ("array", ("prim", "char"), len(value) + 1)
                else:
                    type = ("prim", ("int", "unsigned int", "long", "unsigned long", "double")[rank])
                more = ""
        self.expect(")")
        return type, with_qual(quals, more)

    def begins_type(self, token):
        return token in WORDS or token in TAGGED or token in QUALIFIERS or token in self.found.typedefs or token in TYPEOF or token == "_BitInt" \
            or token in COMMON and token not in self.found.constants and token not in self.found.variables

    def type_name(self):
        """(type, quals) of a type without a name, as in a cast."""
        base, quals, storage, attributes = self.specifiers()
        if base is None:
            self.unknown_type(self.i)
        name, type, quals = self.declarator(base, quals, attributes)
        if name:
            self.fail(f"a name was not expected here: {name!r}")
        return type, quals

    def attribute(self, attributes):
        """One __attribute__((...)), [[...]], __declspec(...), _Alignas(...) or asm label; what matters goes into `attributes`."""
        token, start = self.tokens[self.i], self.i
        if token in ("_Alignas", "alignas"):
            self.i += 1
            self.expect("(")
            value = self.alignment()
            self.expect(")")
            attributes["aligned"] = max(value, attributes.get("aligned", 0))
            return
        self.i += 1
        if token != "[":
            while self.tokens[self.i] in ("volatile", "__volatile__"):
                self.i += 1
            if self.tokens[self.i] != "(":
                self.fail(f"expected '(' after {token!r}")
            self.skip_brackets()
        else:
            self.i -= 1
            self.skip_brackets()
        end, self.i = self.i, start + 1
        if token in ("asm", "__asm__", "__asm"):
            self.i += 1
            try:
                label = self.expression()
                attributes["label"] = label.decode()
            except (NotConstant, AttributeError):
                pass
        else:
            self.attribute_words(attributes, end)
        self.i = end

    def attribute_words(self, attributes, end):
        tokens = self.tokens
        while self.i < end:
            word = tokens[self.i].strip("_")
            self.i += 1
            if not word or word in "()[],":
                continue
            argument = tokens[self.i] == "("
            if word in ("packed", "gnu_packed"):
                attributes["packed"] = True
            elif word in ("aligned", "align", "vector_size"):
                value = 16
                if argument:
                    self.i += 1
                    value = self.alignment()
                attributes["aligned" if word == "align" else word] = value if word == "vector_size" else max(value, attributes.get("aligned", 0))
            elif word == "mode" and argument:
                attributes["mode"] = tokens[self.i + 1]
            elif word in ("stdcall",):
                attributes["abi"] = "__stdcall"
            elif argument:
                self.skip_brackets()

    def alignment(self):
        if self.begins_type(self.tokens[self.i]):
            type, quals = self.type_name()
            return layout.align(self.found, type)
        return self.expression()

    # ---- struct, union, enum -----------------------------------------------------------------------------------------

    def fresh_tag(self):
        self.found.counter += 1
        return f"${self.found.counter}"

    def tag(self):
        token = self.tokens[self.i]
        if token and (token[0].isidentifier() or token[0] == "$") and token not in NEVER_NAMES:
            self.i += 1
            return token
        return None

    def aggregate(self, kind):
        """A struct or union, with its body if there is one.  Its options, where they are set:
        packed (True), pack (n), aligned (n), partial (True for `...;`)."""
        word, kind = kind, "struct" if kind == "class" else kind
        self.i += 1
        options = {}
        while self.tokens[self.i] in ATTRIBUTES or self.tokens[self.i] == "[":
            self.attribute(options)
        at = self.i
        tag = self.tag()
        tokens = self.tokens
        if tokens[self.i] == ":" and word in ("class", "struct") and self.cplusplus:
            while tokens[self.i] not in ("{", ""):
                self.i += 1
        if tokens[self.i] != "{":
            if tag is None:
                self.fail(f"expected a name or '{{' after {word!r}")
            self.found.aggregates.setdefault(f"{kind} {tag}", None)
            if word == "class":
                self.found.typedefs.setdefault(tag, ((kind, tag), ""))
            return kind, tag
        tag = tag or self.fresh_tag()
        key = f"{kind} {tag}"
        before = self.found.aggregates.setdefault(key, None)
        if word == "class" or self.cplusplus:
            self.found.typedefs.setdefault(tag, ((kind, tag), ""))
        self.i += 1
        fields = self.fields(options, word)
        self.expect("}")
        while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[" and tokens[self.i + 1] == "[":
            self.attribute(options)
        for option in ("label", "mode", "vector_size"):
            options.pop(option, None)
        if self.packed:
            options["packed"] = True
        elif self.pack and not options.get("packed"):
            options["pack"] = self.pack
        value = tuple(fields), options
        if before is not None and not self.override and not same(before, value):
            raise Problem(f"duplicate declaration of {key}: it is declared differently before", at)
        self.found.aggregates[key] = value
        return kind, tag

    def fields(self, options, word):
        fields, tokens = [], self.tokens
        while tokens[self.i] != "}":
            token = tokens[self.i]
            if not token:
                self.fail("expected '}', got the end")
            if token == ";":
                self.i += 1
            elif token == "...":
                self.i += 1
                self.expect(";")
                options["partial"] = True
            elif token in ("public", "private", "protected") and tokens[self.i + 1] == ":":
                self.i += 2
            elif token in ("_Static_assert", "static_assert"):
                self.static_assert()
            elif len(token) == 1 and ord(token) >= PRAGMA:
                self.pragma_pack(token)
            else:
                self.field(fields, word)
        return fields

    def field(self, fields, word):
        tokens = self.tokens
        base, quals, storage, attributes = self.specifiers()
        if base is None:
            self.unknown_type(self.i)
        if tokens[self.i] == ";":
            if base[0] in ("struct", "union"):         # an anonymous one: its fields are the outer one's
                if base[1][0] == "$":
                    fields.append(("", base, -1, quals, attributes.get("aligned", 0), "packed" in attributes))
            elif base[0] != "enum":
                self.fail("a field needs a name")
            self.i += 1
            return
        while True:
            options = dict(attributes)
            bits = -1
            if tokens[self.i] == ":":
                name, type, own = "", base, quals
            else:
                name, type, own = self.declarator(base, quals, options)
            if type[0] == "func":
                if not self.cplusplus and word != "class":
                    self.fail(f"field {name!r} is a function: a pointer to one, (*{name})(...), is meant")
                if tokens[self.i] == "{":              # a method
                    self.skip_brackets()
                    return
                while tokens[self.i] not in (";", ""):
                    self.i += 1
                self.i += 1
                return
            if tokens[self.i] == ":":
                self.i += 1
                at = self.i
                bits = self.expression()
                if not isinstance(bits, int) or bits < 0:
                    raise Problem("a bit field's width is a number", at)
                while tokens[self.i] in ATTRIBUTES:
                    self.attribute(options)
            if "vector_size" in options or "mode" in options:
                type = self.with_mode(type, options)
            fields.append((name or "", type, bits, own, options.get("aligned", 0), "packed" in options))
            if tokens[self.i] in ("=", "{"):
                self.initializer()
            if tokens[self.i] != ",":
                break
            self.i += 1
        if tokens[self.i] != ";":
            self.fail(f"expected ';' after the field {name!r}, got {tokens[self.i] or 'the end'!r}")
        self.i += 1

    def enumeration(self, attributes):
        tokens = self.tokens
        self.i += 1
        options = {}
        if tokens[self.i] in ("class", "struct"):
            self.i += 1
        while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[":
            self.attribute(options)
        at = self.i
        tag = self.tag()
        base = None
        if tokens[self.i] == ":":
            self.i += 1
            base, quals = self.type_name()
        if tokens[self.i] != "{":
            if tag is None:
                self.fail("expected a name or '{' after 'enum'")
            self.found.enums.setdefault(f"enum {tag}", None)
            return "enum", tag
        self.i += 1
        tag = tag or self.fresh_tag()
        key = f"enum {tag}"
        names, values, partial = self.enumerators(key, base)
        while tokens[self.i] in ATTRIBUTES:
            self.attribute(options)
        if options.get("packed") and base is None:
            base = ("prim", smallest(values))
        value = tuple(names), tuple(values), base, partial
        before = self.found.enums.get(key)
        if before is not None and before != value and not self.override:
            raise Problem(f"duplicate declaration of {key}: it is declared differently before", at)
        self.found.enums[key] = value
        return "enum", tag

    def enumerators(self, key, base):
        tokens, constants = self.tokens, self.found.constants
        names, values, partial, following = [], [], False, 0
        while tokens[self.i] != "}":
            name = tokens[self.i]
            if name == "...":
                self.i += 1
                partial = True
            else:
                if not name.isidentifier() and name[:1] != "$":
                    self.fail(f"expected an enumerator, got {name or 'the end'!r}")
                self.i += 1
                while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[":
                    self.attribute({})
                if tokens[self.i] == "=":
                    self.i += 1
                    if tokens[self.i] == "...":
                        self.i += 1
                        following, partial = "...", True
                    else:
                        following = self.expression()
                        if not isinstance(following, int):
                            self.fail(f"the value of enumerator {name!r} is no integer")
                names.append(name)
                values.append(following)
                self.enter(constants, "constant", name, following if following != "..." else ("...", ("enum", key[5:]), "const"))
                following = following if following == "..." else following + 1
            if tokens[self.i] == ",":
                self.i += 1
            elif tokens[self.i] != "}":
                self.fail(f"expected ',' or '}}' after the enumerator {name!r}, got {tokens[self.i] or 'the end'!r}")
        self.i += 1
        return names, values, partial

    # ---- declarators ---------------------------------------------------------------------------------------------------

    def declarator(self, type, quals, attributes):
        """(name or None, type, quals) of a declarator; `quals` are those of the outermost type."""
        tokens = self.tokens
        abi = ""
        while True:
            token = tokens[self.i]
            if token == "*" or token == "^" or token == "&" or token == "&&":
                self.i += 1
                type, quals = ("ptr", type, quals), ""
                abi = ""
            elif token in QUALIFIERS:
                quals = with_qual(quals, QUALIFIERS[token])
                self.i += 1
            elif token in ATTRIBUTES:
                self.attribute(attributes)
            elif token in ABI:
                abi = ABI[token]
                self.i += 1
            elif token in ("__cdecl", "__fastcall", "__extension__"):
                self.i += 1
            else:
                break
        if token == "(" and self.nested():
            inside = self.i + 1
            self.skip_brackets()
            type, quals = self.suffixes(type, quals, attributes, abi)
            after, self.i = self.i, inside
            name, type, quals = self.declarator(type, quals, attributes)
            self.expect(")")
            self.i = after
        else:
            name = None
            if token and (token[0].isidentifier() or token[0] == "$") and token not in NEVER_NAMES:
                name = token
                self.i += 1
                while tokens[self.i] == "::":
                    name = tokens[self.i + 1]
                    self.i += 2
            elif token == "..." and type[0] == "some":
                self.i += 1
            token = tokens[self.i]
            if token == "(" or token == "[":
                type, quals = self.suffixes(type, quals, attributes, abi)
        while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[" and tokens[self.i + 1] == "[":
            self.attribute(attributes)
        return name, type, quals

    def nested(self):
        """True if the '(' here groups a declarator, False if it begins parameters."""
        token = self.tokens[self.i + 1]
        if token in ("*", "^", "&", "(", "[") or token in ABI or token in ATTRIBUTES or token in ("__cdecl", "__fastcall"):
            return True
        return token.isidentifier() and token not in NEVER_NAMES and not self.begins_type(token)

    def suffixes(self, type, quals, attributes, abi):
        """The arrays and parameters after a name, applied to `type`."""
        tokens = self.tokens
        if tokens[self.i] == "(":
            start = self.i
            arguments, ellipsis = self.parameters()
            while True:                                # what may follow: const, noexcept, attributes
                token = tokens[self.i]
                if token in ("const", "noexcept", "override", "final"):
                    self.i += 1
                elif token in ATTRIBUTES:
                    self.attribute(attributes)
                else:
                    break
            if type[0] == "func" or type[0] == "array":
                raise Problem("a function cannot return " + ("a function" if type[0] == "func" else "an array"), start)
            return ("func", type, arguments, ellipsis, abi or attributes.get("abi", "")), quals
        if tokens[self.i] == "[" and tokens[self.i + 1] != "[":
            self.i += 1
            length = self.length()
            self.expect("]")
            item, quals = self.suffixes(type, quals, attributes, abi)
            if item[0] == "func":
                self.fail("an array of functions: pointers to functions are meant")
            return ("array", item, length), quals
        return type, quals

    def length(self):
        tokens = self.tokens
        while tokens[self.i] in QUALIFIERS or tokens[self.i] == "static":
            self.i += 1
        if tokens[self.i] == "]":
            return None
        if tokens[self.i] == "...":
            self.i += 1
            return "..."
        if tokens[self.i] == "*" and tokens[self.i + 1] == "]":
            self.i += 1
            return None
        at = self.i
        try:
            value = self.expression()
        except NotConstant as reason:
            raise Problem(f"an array's length must be known: {reason}", at) from None
        if not isinstance(value, int):
            raise Problem(f"an array's length is an integer, not {value!r}", at)
        if value < 0:
            raise Problem(f"an array's length is not negative: {value}", at)
        return value

    def parameters(self):
        """(types, ellipsis) of a parameter list; arrays and functions become pointers."""
        tokens, types = self.tokens, []
        self.i += 1
        if tokens[self.i] == ")":
            self.i += 1
            return (), False
        if tokens[self.i] == "void" and tokens[self.i + 1] == ")":
            self.i += 2
            return (), False
        ellipsis = False
        while True:
            if tokens[self.i] == "...":
                self.i += 1
                if not types:
                    self.fail("a function with only '(...)' as argument is not correct C")
                ellipsis = True
                break
            types.append(self.parameter(len(types)))
            if tokens[self.i] != ",":
                break
            self.i += 1
        if tokens[self.i] != ")":
            self.fail(f"expected ',' or ')' in the parameters, got {tokens[self.i] or 'the end'!r}")
        self.i += 1
        if types == [VOID] and not ellipsis:           # a typedef of void
            types = []
        return tuple(types), ellipsis

    def parameter(self, number):
        start = self.i
        base, quals, storage, attributes = self.specifiers()
        if base is None:
            name = self.tokens[self.i]
            self.i = start
            if name.isidentifier() and self.tokens[start + 1] in (",", ")"):
                raise Problem(f"arg {number + 1}: unknown type {name!r} (if you meant to use the old C syntax of giving untyped arguments, "
                              "it is not supported)", start)
            raise Problem(f"arg {number + 1}: unknown type {name!r}", start)
        at = self.i
        try:
            name, type, quals = self.declarator(base, quals, attributes)
        except Problem as problem:
            if "length must be known" not in str(problem):
                raise
            self.i = at                                # int a[n]: a pointer, whatever n is
            while self.tokens[self.i] != "[":
                self.i += 1
            end = self.i
            self.skip_brackets()
            while self.tokens[self.i] == "[":
                self.skip_brackets()
            type = ("ptr", base, quals)
            for token in self.tokens[at:end]:
                if token == "*":
                    type = ("ptr", type, "")
        if "vector_size" in attributes or "mode" in attributes:
            type = self.with_mode(type, attributes)
        if self.tokens[self.i] == "=":                 # a default argument of C++
            self.initializer_of_parameter()
        if type[0] == "array":
            return "ptr", type[1], quals
        if type[0] == "func":
            return "ptr", type, ""
        return type

    def initializer_of_parameter(self):
        depth = 0
        while self.tokens[self.i] and (depth or self.tokens[self.i] not in (",", ")")):
            depth += (self.tokens[self.i] in ("{", "(", "[")) - (self.tokens[self.i] in ("}", ")", "]"))
            self.i += 1

    # ---- expressions ---------------------------------------------------------------------------------------------------

    def expression(self, ranked=False):
        """The value of a constant expression that begins here; a comma ends it."""
        made = Expression(self.tokens, self.value_of, self.measured)
        made.i = self.i
        value, rank = made.ternary()
        self.i = made.i
        return (value, rank) if ranked else value

    def value_of(self, name):
        value = self.found.constants.get(name)
        if value is None:
            value = self.evaluate_macro(name)
        if value is None:
            raise NotConstant(f"{name!r} is no constant that is known here")
        if isinstance(value, tuple):
            raise NotConstant(f"the value of {name!r} is left to the C compiler")
        if isinstance(value, (bytes, str)):
            return value, STRING
        if isinstance(value, float):
            return value, 4
        return wrap(value, 0) if -(1 << 31) <= value < 1 << 31 else (value, LONG)

    def measured(self, expression):
        """The type that begins at a place in an expression, or None."""
        if not self.begins_type(expression.peek()):
            return None
        self.i = expression.i
        type, quals = self.type_name()
        expression.i = self.i
        return Measured(self.found, type)

    def evaluate_macro(self, name, pending=()):
        """The value of an object-like macro, None if it has none."""
        macro = self.found.macros.get(name)
        if macro is None or macro[0] is not None or not macro[1] or name in pending:
            return None
        tokens = self.source.expand(list(macro[1]), (name,))
        if tokens == ["..."]:
            return None
        saved = self.tokens, self.i
        self.tokens, self.i = [*tokens, "", "", ""], 0
        try:
            made = Expression(self.tokens, lambda inner: self.inner_value(inner, (*pending, name)), self.measured)
            value, rank = made.ternary()
            return value if not self.tokens[made.i] else None
        except (NotConstant, Problem):
            return None
        finally:
            self.tokens, self.i = saved

    def inner_value(self, name, pending):
        if name in pending:
            raise NotConstant(f"{name!r} is defined by itself")
        if name not in self.found.constants and name in self.found.macros:
            value = self.evaluate_macro(name, pending)
            if value is None:
                raise NotConstant(f"{name!r} is no constant")
            return (value, STRING) if isinstance(value, (bytes, str)) else (value, 4) if isinstance(value, float) else \
                wrap(value, 0) if -(1 << 31) <= value < 1 << 31 else (value, LONG)
        return self.value_of(name)

    def evaluate_macros(self):
        """Enter the macros that are constants."""
        for name, offset in self.source.defined:
            macro = self.found.macros.get(name)
            if macro is None or macro[0] is not None:
                continue
            if macro[1] == ("...",):
                self.found.constants.setdefault(name, ("...", INT, "const"))
                continue
            value = self.evaluate_macro(name)
            if value is not None:
                self.constant(name, value)


class Measured:
    """A type in a cast or sizeof."""

    def __init__(self, found, type):
        self.found, self.type = found, type

    def size(self):
        return layout.size(self.found, self.type)

    def align(self):
        return layout.align(self.found, self.type)

    def convert(self, value):
        type, number = self.type, value[0]
        if type[0] == "prim" and type[1] in ("float", "double", "long double"):
            return float(number), 4
        if isinstance(number, (bytes, str)):
            return value
        if type[0] == "ptr":
            return wrap(int(number), 3)
        size, signed = layout.integer(self.found, type)
        if type[-1] == "_Bool":
            return int(bool(number)), 0
        number = int(number) & (1 << size * 8) - 1
        if signed and number >> size * 8 - 1:
            number -= 1 << size * 8
        return number, (0 if size < 4 or signed else 1) if size <= 4 else 2 if signed else 3


def with_qual(quals, more):
    """`quals` and `more`, in C's usual order."""
    if not more or more in quals.split():
        return quals
    words = {*quals.split(), *more.split()}
    return " ".join(q for q in ("const", "volatile", "restrict") if q in words)


def smallest(values):
    """The smallest integer type for the values of a packed enum."""
    low, high = min(values, default=0), max(values, default=0)
    for bits, name in ((8, "char"), (16, "short"), (32, "int")):
        if low >= 0 and high < 1 << bits:
            return f"unsigned {name}"
        if -(1 << bits - 1) <= low and high < 1 << bits - 1:
            return "signed char" if bits == 8 else name
    return "unsigned long" if low >= 0 else "long"


def same(before, value):
    """True if a repeated declaration says the same: parameter qualifiers, attributes and `extern` aside."""
    return before == value or plain(before) == plain(value)


def plain(x):
    if isinstance(x, dict):
        return {k: v for k, v in x.items() if k in ("python", "partial")}
    if isinstance(x, tuple):
        if len(x) == 3 and x[0] == "ptr":
            return "ptr", plain(x[1])
        return tuple(map(plain, x))
    return x
