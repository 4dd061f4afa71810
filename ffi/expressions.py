"""Constant expressions of C: evaluated while they are parsed.

A value is (number, rank) where rank says which of C's types it has: INT, UINT, LONG, ULONG or FLOAT; a string is (bytes, STRING).
"""

from ffi.errors import NotConstant
from ffi.pattern import Pattern

INT, UINT, LONG, ULONG, FLOAT, STRING = range(6)
BITS = {INT: 32, UINT: 32, LONG: 64, ULONG: 64}
NUMBER = Pattern(r"(0[xX][0-9a-fA-F']+|0[bB][01']+|\d[\d']*)([uUlLzZ]*)$")
SUFFIX, HEX_SUFFIX = Pattern(r"(?:[fFlL]|[fF](?:16|32|64|128)x?)$"), Pattern("[lL]$")
PRECEDENCE = {"||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7, "<<": 8, ">>": 8,
              "+": 9, "-": 9, "*": 10, "/": 10, "%": 10}
ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
ESCAPE = Pattern(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|([^\\]+)", "s")


def wrap(value, rank):
    """`value` as C's arithmetic of that rank leaves it."""
    if rank >= FLOAT:
        return value, rank
    bits = BITS[rank]
    value &= (1 << bits) - 1
    if rank in (INT, LONG) and value >> bits - 1:
        value -= 1 << bits
    return value, rank


def characters(token):
    """The code points or bytes of a character or string literal, prefix and quotes included."""
    prefix, body = token[:token.index(token[-1])], token[token.index(token[-1]) + 1:-1]
    wide = prefix in ("L", "u", "U")
    result = []
    for escape, plain in ESCAPE.findall(body):
        if plain:
            result += map(ord, plain) if wide else plain.encode()
        elif escape[0] in "xuU" and len(escape) > 1:
            code = int(escape[1:], 16)
            result += [code] if wide or escape[0] == "x" else chr(code).encode()
        elif escape[0] in "01234567":
            result.append(int(escape, 8))
        else:
            result.append(ESCAPES.get(escape, ord(escape)))
    return wide, result


def number(token):
    """The value of a numeric literal."""
    if token.isdecimal() and len(token) < 10 and (token[0] != "0" or token == "0"):
        return int(token), INT
    m = NUMBER.match(token)
    if m:
        digits, suffix = m.group(1).replace("'", ""), m.group(2).lower()
        if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
            value, decimal = int(digits, 8), False
        else:
            value, decimal = int(digits, 0), digits.isdigit()
        unsigned, is_long = "u" in suffix, "l" in suffix or "z" in suffix
        for rank in (INT, UINT, LONG, ULONG):
            if rank in (INT, LONG) and unsigned or rank in (UINT, ULONG) and decimal and not unsigned or rank < LONG and is_long:
                continue
            if wrap(value, rank)[0] == value:
                return value, rank
        return wrap(value, ULONG)
    text = (SUFFIX if token[:2] not in ("0x", "0X") else HEX_SUFFIX).sub("", token.replace("'", ""))
    try:
        value = float.fromhex(text) if text[:2] in ("0x", "0X") else float(text)
    except ValueError:
        raise NotConstant(f"{token!r} is no number") from None
    if token[-1] in "fF":
        import struct
        value = struct.unpack("f", struct.pack("f", value))[0]
    return value, FLOAT


class Expression:
    """A parser of expressions on a list of tokens; `names` gives the value of an identifier, `types` parses the type names in casts
    and sizeof where there can be any."""

    def __init__(self, tokens, names=None, types=None):
        self.tokens, self.i, self.names, self.types = tokens, 0, names, types

    def whole(self):
        """The value, number or bytes, of all tokens."""
        value = self.ternary()
        if self.i < len(self.tokens):
            raise NotConstant(f"{self.tokens[self.i]!r} was not expected")
        return value[0]

    def peek(self):
        return self.tokens[self.i] if self.i < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if expected is not None and token != expected:
            raise NotConstant(f"expected {expected!r}, got {token or 'the end'!r}")
        self.i += 1
        return token

    def ternary(self):
        condition = self.binary(self.unary(), 1)
        if self.peek() != "?":
            return condition
        self.take()
        yes = condition if self.peek() == ":" else self.ternary()
        self.take(":")
        no = self.ternary()
        rank = max(yes[1], no[1])
        return wrap((yes if condition[0] else no)[0], rank)

    def binary(self, left, least):
        while True:
            operator = self.peek()
            level = PRECEDENCE.get(operator, 0)
            if level < least:
                return left
            self.take()
            right = self.unary()
            while PRECEDENCE.get(self.peek(), 0) > level:
                right = self.binary(right, PRECEDENCE[self.peek()])
            left = apply(operator, left, right)

    def unary(self):
        token = self.take()
        if token == "-":
            value, rank = self.unary()
            return wrap(-arithmetic(value), rank)
        if token == "+":
            return self.unary()
        if token == "~":
            value, rank = self.unary()
            return wrap(~integer(value), rank)
        if token == "!":
            return int(not self.unary()[0]), INT
        if token == "(":
            return self.parenthesised()
        if token in ("sizeof", "_Alignof", "alignof", "__alignof__", "__alignof"):
            return self.size_of(token)
        if not token:
            raise NotConstant("an expression ends too early")
        if token[0].isdigit() or token[0] == "." and len(token) > 1:
            return number(token)
        if token[-1] == "'":
            return self.character(token)
        if token[-1] == '"':
            return self.string(token)
        if token == "true" or token == "false":
            return int(token == "true"), INT
        if token == "nullptr":
            return 0, LONG
        if token == "_Generic":
            raise NotConstant("_Generic is left to the C compiler")
        if token == "__extension__":
            return self.unary()
        if self.names is None or not token[0].isidentifier():
            raise NotConstant(f"{token!r} was not expected")
        return self.names(token)

    def parenthesised(self):
        cast = self.types and self.types(self)
        if cast:
            self.take(")")
            return cast.convert(self.unary())
        value = self.ternary()
        self.take(")")
        return value

    def size_of(self, word):
        if self.peek() == "(" and self.types:
            at = self.i
            self.take()
            measured = self.types(self)
            if measured:
                self.take(")")
                return measured.size() if word == "sizeof" else measured.align(), ULONG
            self.i = at
        value, rank = self.unary()
        if rank == STRING:
            return len(value) + 1, ULONG
        return (BITS.get(rank, 64)) // 8, ULONG

    def character(self, token):
        wide, codes = characters(token)
        if wide or len(codes) == 1:
            return codes[0] if wide or codes[0] < 128 else codes[0] - 256, INT
        value = 0
        for code in codes:
            value = value << 8 | code
        return wrap(value, INT)

    def string(self, token):
        wide, codes = characters(token)
        while self.peek()[-1:] == '"':
            more = characters(self.take())
            wide, codes = wide or more[0], codes + more[1]
        return "".join(map(chr, codes)) if wide else bytes(codes), STRING


def arithmetic(value):
    if isinstance(value, (bytes, str)):
        raise NotConstant("no arithmetic on a string")
    return value


def integer(value):
    if not isinstance(value, int):
        raise NotConstant(f"an integer is needed, not {value!r}")
    return value


def apply(operator, left, right):
    """`left operator right`, with C's conversions."""
    (a, ra), (b, rb) = left, right
    arithmetic(a), arithmetic(b)
    if operator == "&&":
        return int(bool(a and b)), INT
    if operator == "||":
        return int(bool(a or b)), INT
    rank = ra if operator in ("<<", ">>") else max(ra, rb)
    if rank < FLOAT and operator not in ("<<", ">>"):
        a, b = wrap(a, rank)[0], wrap(b, rank)[0]
    if PRECEDENCE[operator] in (6, 7):
        return int({"==": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]), INT
    if operator in ("+", "-", "*"):
        return wrap(a + b if operator == "+" else a - b if operator == "-" else a * b, rank)
    if operator in ("/", "%"):
        if not b:
            raise NotConstant("division by zero")
        if rank == FLOAT:
            if operator == "%":
                raise NotConstant("% needs integers")
            return a / b, FLOAT
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return wrap(quotient if operator == "/" else a - quotient * b, rank)
    a, b = integer(a), integer(b)
    if operator == "<<":
        return wrap(a << b if 0 <= b < 128 else 0, rank)
    if operator == ">>":
        return wrap(a >> b if b >= 0 else 0, rank)
    return wrap(a & b if operator == "&" else a | b if operator == "|" else a ^ b, rank)
