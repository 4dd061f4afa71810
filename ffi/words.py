"""The words of C that the parser knows, and small helpers of its parts."""

from ffi.common import PRIMITIVE_WORDS
from ffi.errors import CDefError

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
               "default", "break", "continue", "goto", "sizeof"} - {"class", "friend", "virtual", "explicit", "mutable", "noreturn", "auto", "bool"}


class Problem(Exception):
    """What is wrong at token `i`.  `error`: what the text of a type raises for it."""

    def __init__(self, message, i, error=CDefError):
        super().__init__(message)
        self.i, self.error = i, error


class Wrong(Problem):
    """A declaration that can be read and yet is not right."""


def with_qual(quals, more):
    """`quals` and `more`, in C's usual order."""
    if not more or more in quals.split():
        return quals
    words = {*quals.split(), *more.split()}
    return " ".join(q for q in ("const", "volatile", "restrict") if q in words)


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
