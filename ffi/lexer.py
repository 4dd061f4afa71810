"""C source to tokens: a token is its own text.

    text --blank directives, comments--> segments --TOKEN--> tokens --macros--> tokens
             |
             +-- #define, #if, #pragma pack, # 42 "file"

Positions are found again when an error needs them: `Tokens.offset(i)` is where in the text token `i` begins.
"""

from ffi.errors import CDefError
from ffi.pattern import Pattern

TOKEN = Pattern(r'''(?>(?:[ \t\r\n\f\v]+|//(?:\\.|[^\n\\])*|/\*.*?\*/)*)
    (?:((?:u8|[LuU])(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+') | [^\W\d$][\w$]* | \$[\w$]* | \.?\d(?:[eEpP][+-]|[\w.]|'(?=\w))* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+'
     | \.\.\. | <<=?|>>=?|->|\+\+|--|[<>=!]=|&&|\|\||::|\#\# | [^ \t\r\n\f\v]) | \Z)''', "sx")     # at the end of the text: ""
COMMENT = Pattern(r'//(?:\\.|[^\n\\])*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', "s")
DIRECTIVE = Pattern(r"^[ \t]*\#[ \t]*(\w*)((?:\\\r?\n|[^\n])*)", "m")
MARKER = Pattern(r'^[ \t]*\#[ \t]*(?:line[ \t]+)?(\d+)(?:[ \t]+"((?:\\.|[^"\\])*)")?', "m")
NOT_NEWLINE = Pattern(r"[^\n]")
DEFINED = Pattern(r"([^\W\d]\w*)(\(([^)]*)\))?")
ASKED = Pattern(r"\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))")
HAS = Pattern(r"\b__has_(?:include|attribute|builtin|feature|extension|c_attribute)\s*\([^()]*\)")
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ \t\r\n*(),;[]{}")
PRAGMA = 0xE000                            # tokens from here on stand for `Tokens.pragmas`


def scan(text):
    found = TOKEN.findall(text)
    while found and not found[-1]:
        found.pop()
    return found


def tokens_of(text):
    """The tokens of text without directives.  Where it has nothing but names, numbers and brackets, splitting is faster than TOKEN,
    which takes milliseconds to load."""
    words = text.replace("...", " ... ") if "..." in text else text
    if not (PLAIN.issuperset(words) if words is text else PLAIN.issuperset(words.replace("...", ""))):
        return scan(text)
    for bracket in "*(),;[]{}":
        words = words.replace(bracket, f" {bracket} ")
    return words.split()


def blank(text):
    return NOT_NEWLINE.sub(" ", text)


class Tokens:
    """The tokens of one C source, and where each came from."""

    def __init__(self, text, name="<cdef source string>", macros=None):
        self.text, self.plain, self.name = text, text, name        # plain: without comments, if there are directives
        self.macros = {} if macros is None else macros      # name -> (parameters or None, tokens)
        self.defined, self.pragmas, self.offsets = [], [], None
        if "#" in text or "\\\n" in text:
            self.read_directives()
        elif not self.macros:
            self.list = tokens_of(text)
        else:
            self.list, self.offsets = [], []
            self.add_segment(text, 0)

    def offset(self, i):
        """Where token `i` begins in the text."""
        if self.offsets is None:
            self.offsets = [m.start(1) for m in TOKEN.finditer(self.text)]
        return self.offsets[i] if i < len(self.offsets) else len(self.text.rstrip())

    def place(self, offset):
        """(file, line, True if a line marker says so) of an offset."""
        line, first = self.text.count("\n", 0, offset), self.text.rfind("\n", 0, offset) + 1
        name, number, marked = self.name, line + 1, False
        for m in MARKER.finditer(self.plain, 0, first):
            name, marked = m.group(2) or name, True
            number = int(m.group(1)) + line - self.text.count("\n", 0, m.end()) - 1
        return name, number, marked

    def line(self, offset):
        """(the line of an offset, the column in it)."""
        first, end = self.text.rfind("\n", 0, offset) + 1, self.text.find("\n", offset)
        return self.text[first:end if end >= 0 else len(self.text)], offset - first

    def first_line(self, offset):
        """How the message of a syntax error begins."""
        return "parse error" if self.place(offset)[2] else f'cannot parse "{self.line(offset)[0].strip()}"'

    def located(self, offset, message):
        """`message` with file, line and column before it, and the line with a caret below."""
        (name, number, _), (shown, column) = self.place(offset), self.line(offset)
        caret = "".join("\t" if c == "\t" else " " for c in shown[:column]) + "^"
        return f"{name}:{number}:{column + 1}: {message}\n    {shown}\n    {caret}"

    # ---- directives -----------------------------------------------------------------------------------------

    def read_directives(self):
        self.plain = text = COMMENT.sub(lambda m: blank(m.group()) if m.group()[0] == "/" else m.group(), self.text)
        self.list, self.offsets = [], []
        self.conditions = []                           # of each open #if: [taken now, one was taken before]
        start = 0
        for m in DIRECTIVE.finditer(text):
            self.add_segment(text[start:m.start()], start)
            start = m.end()
            word, rest = m.group(1), m.group(2).replace("\\\r\n", " ").replace("\\\n", " ").strip()
            if word in ("if", "ifdef", "ifndef", "elif", "else", "endif"):
                self.condition(word, rest, m.start())
            elif self.skipping() or not word or word.isdigit():
                continue
            elif word == "define":
                self.define(rest, m.start())
            elif word == "undef":
                self.macros.pop(rest, None)
            elif word == "pragma":
                self.pragma(rest, m.start())
            elif word == "error":
                self.fail(f"#error {rest}", m.start())
            elif word not in ("include", "include_next", "line", "warning", "ident", "import"):
                self.fail(f"unknown directive #{word}", m.start())
        self.add_segment(text[start:], start)
        if self.conditions:
            self.fail("an #if has no #endif", len(text))

    def skipping(self):
        return any(not taken for taken, before in self.conditions)

    def fail(self, message, offset):
        raise CDefError(f"{self.first_line(offset)}\n{self.located(offset, message)}")

    def define(self, rest, offset):
        m = DEFINED.match(rest)
        if not m:
            self.fail("#define needs a name", offset)
        parameters = None if m.group(2) is None else tuple(p.strip() for p in m.group(3).split(",") if p.strip())
        self.macros[m.group(1)] = parameters, tuple(scan(rest[m.end():]))
        self.defined.append((m.group(1), offset))

    def pragma(self, rest, offset):
        words = scan(rest)
        if words[:1] == ["pack"]:
            self.list.append(chr(PRAGMA + len(self.pragmas)))
            self.offsets.append(offset)
            self.pragmas.append(words[2:-1])
        elif words[:1] not in (["once"], ["GCC"], ["clang"], ["STDC"]):
            import warnings
            warnings.warn(f"#pragma in cdef() is ignored: {rest!r}", stacklevel=6)

    def condition(self, word, rest, offset):
        conditions = self.conditions
        if word in ("if", "ifdef", "ifndef"):
            taken = not self.skipping() and self.holds(word, rest, offset)
            conditions.append([taken, taken or self.skipping()])
            return
        if not conditions:
            self.fail(f"#{word} without #if", offset)
        if word == "endif":
            conditions.pop()
            return
        taken, before = conditions.pop()
        now = not before and not self.skipping() and (word == "else" or self.holds("if", rest, offset))
        conditions.append([now, before or now])

    def holds(self, word, rest, offset):
        if word != "if":
            return (rest.split()[0] in self.macros if rest else False) == (word == "ifdef")
        from ffi.expressions import Expression, NotConstant
        rest = ASKED.sub(lambda m: "01"[(m.group(1) or m.group(2)) in self.macros], rest)
        rest = HAS.sub("0", rest)
        tokens = self.expand(scan(rest))
        try:
            return bool(Expression(["0" if t[0].isidentifier() else t for t in tokens]).whole())
        except NotConstant as reason:
            self.fail(f"#if {rest}: {reason}", offset)

    # ---- macros ------------------------------------------------------------------------------------------------

    def add_segment(self, text, start):
        if self.__dict__.get("conditions") and self.skipping():
            return
        found = [(m.group(1), start + m.start(1)) for m in TOKEN.finditer(text) if m.group(1) not in ("\\", None)]
        if self.macros and not self.macros.keys().isdisjoint(t for t, offset in found):
            i, n = 0, len(found)
            while i < n:
                token, offset = found[i]
                if token in self.macros:
                    used, tokens = self.expand_at([t for t, o in found[i:]] if self.macros[token][0] is not None else [token], ())
                    i += used
                    self.list += tokens
                    self.offsets += [offset] * len(tokens)
                else:
                    self.list.append(token)
                    self.offsets.append(offset)
                    i += 1
            return
        self.list += [t for t, offset in found]
        self.offsets += [offset for t, offset in found]

    def expand(self, tokens, hidden=()):
        """`tokens` with all macros replaced, as C's preprocessor does; those in `hidden` are being replaced already."""
        result, i = [], 0
        while i < len(tokens):
            used, made = self.expand_at(tokens[i:], hidden)
            result += made
            i += used
        return result

    def expand_at(self, tokens, hidden):
        """(how many tokens were used, what they become), for the first of `tokens`."""
        name = tokens[0]
        if name not in self.macros or name in hidden:
            return 1, [name]
        parameters, body = self.macros[name]
        if body == ("...",):
            return 1, [name]
        if parameters is None:
            return 1, self.expand(list(body), (*hidden, name))
        if tokens[1:2] != ["("]:
            return 1, [name]
        arguments, depth, end = [[]], 0, 2
        while end < len(tokens) and (tokens[end] != ")" or depth):
            depth += (tokens[end] in "([{") - (tokens[end] in ")]}")
            if tokens[end] == "," and not depth and (not parameters or len(arguments) < len(parameters) or parameters[-1] != "..."):
                arguments.append([])
            else:
                arguments[-1].append(tokens[end])
            end += 1
        values = dict(zip(("__VA_ARGS__" if p == "..." else p for p in parameters), arguments))
        return end + 1, self.expand(substitute(body, values, lambda t: self.expand(t, hidden)), (*hidden, name))


def substitute(body, values, expand):
    """A macro's body with its arguments put in; `#` makes strings and `##` joins tokens."""
    result, i = [], 0
    while i < len(body):
        token = body[i]
        if token == "#" and body[i + 1:i + 2] and body[i + 1] in values:
            result.append('"' + " ".join(values[body[i + 1]]).replace("\\", "\\\\").replace('"', '\\"') + '"')
            i += 1
        elif token == "##" and result and i + 1 < len(body):
            right = values.get(body[i + 1], [body[i + 1]])
            result[-1:] = [result[-1] + "".join(right[:1]), *right[1:]]
            i += 1
        elif token in values:
            result += values[token] if body[i + 1:i + 2] == ("##",) else expand(values[token])
        else:
            result.append(token)
        i += 1
    return result
