"""The one source of every signature: `@api` and `@vm` in Python, ``PYAPI`` at column 0 in C.

Only the generator and the builder of the shim read it, without a PyPy.
"""

import re
import sys
from pathlib import Path

from capi.core.registry import SHIM

# Families that live in another family's file.
HOMES = {"moduledef": "module", "ctype": "pyctype", "cmethod": "cfunction", "structsequence": "structseq", "aiter": "iter", "index": "number", "callable": "object", "callmethod": "object", "py": "py", "vectorcall": "call",
         "exceptionclass": "err", "exception": "err", "gilstate": "eval", "threadstate": "eval", "interpreterstate": "eval",
         "contextvar": "context", "descr": "type", "member": "structmember", "wrapper": "type", "instancemethod": "method", "staticmethod": "type",
         "classmethod": "type", "anyset": "set", "frozenset": "set", "dictproxy": "dict", "seqiter": "iter",
         "calliter": "iter", "gc": "gc", "traceback": "err", "unicodedecodeerror": "unicode_error",
         "unicodeencodeerror": "unicode_error", "unicodetranslateerror": "unicode_error",
         "unicodewriter": "unicode_writer", "byteswriter": "bytes_writer", "codecinfo": "codec", "tracemalloc": "mem"}

PROTOTYPE = re.compile(r"^\s*(?P<type>[\w\s*]+?[\s*])(?P<name>\w+)\s*\((?P<args>.*)\)\s*$", re.S)
FAMILY = re.compile(r"^_?Py([A-Za-z0-9]*)_")
NUMBERS = {"int", "long", "Py_ssize_t", "unsigned long", "long long", "unsigned long long", "size_t", "Py_hash_t", "unsigned int",
           "int64_t", "uint64_t", "int32_t", "uint32_t", "Py_UCS4", "intptr_t", "W", "unsigned char", "char", "Py_uhash_t"}


class SignatureError(Exception):
    """A declaration that the registry refuses; says which and why."""


def squeeze(text):
    """`text` with runs of white space folded and stars beside the name: ``PyObject *f``."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s*(\*+)\s*", r" \1", text).strip()


class Argument:
    """One argument of a prototype: its C type, its name, and how it crosses (`kind`)."""

    def __init__(self, text):
        text = squeeze(text)
        self.text = text
        if text == "...":
            self.type, self.name, self.kind = "...", "...", "variadic"
            return
        pointer = re.match(r"^(.*\(\s*\*+\s*)(\w+)(\s*\)\s*\(.*\))$", text)
        if pointer:
            self.type, self.name, self.kind = squeeze(pointer[1] + pointer[3]), pointer[2], "address"
            return
        match = re.match(r"^(.*?)(\w+)(\[\])?$", text)
        if not match or not match.group(1).strip():
            raise SignatureError(f"argument {text!r} has no name")
        self.type = squeeze(match.group(1) + ("*" if match.group(3) else ""))
        self.name = match.group(2)
        self.kind = kind_of(self.type, self.name)


def kind_of(ctype, name=""):
    """How a C type crosses: ``object``, ``address``, ``double``, ``number`` or ``void``."""
    bare = squeeze(ctype.replace("const ", ""))
    if bare == "void":
        return "void"
    if bare in ("PyObject *", "PyTypeObject *", "PyCodeObject *", "PyFrameObject *") and not name.startswith("p_"):
        return "object"
    if bare in ("double", "float"):
        return "double"
    if "*" in bare or bare not in NUMBERS:
        return "address"
    return "number"


class Signature:
    """A parsed C prototype."""

    def __init__(self, text):
        match = PROTOTYPE.match(text)
        if not match:
            raise SignatureError(f"not a C prototype: {text!r}")
        self.returns = squeeze(match["type"])
        self.name = match["name"]
        inside = match["args"].strip()
        self.arguments = [] if inside in ("", "void") else [Argument(part) for part in split_arguments(inside)]
        self.kind = kind_of(self.returns)

    @property
    def text(self):
        return f"{self.returns} {self.name}({', '.join(a.text for a in self.arguments) or 'void'})".replace("* ", "*")

    def shape(self):
        """The prototype without argument names, to compare with another source of it."""
        return (re.sub(r"\s", "", self.returns.replace("const ", "")),
                [re.sub(r"\s", "", a.type.replace("const ", "")) for a in self.arguments])


def split_arguments(text):
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append(text[start:position])
            start = position + 1
    return parts + [text[start:]]


def home_of(name):
    """The file (without ending) where `name` must live: ``PyList_New`` in ``list``."""
    match = FAMILY.match(name)
    if not match:
        raise SignatureError(f"{name} has no Py prefix")
    family = match.group(1).lower() or "py"
    return HOMES.get(family, family)


class Entry:
    """One function in the registry."""

    def __init__(self, signature, body, borrowed, error, internal, quiet, given, where):
        self.signature, self.body, self.borrowed, self.given = signature, body, borrowed, given
        self.error, self.internal, self.quiet, self.where = error, internal, quiet, where
        self.name = signature.name


ENTRIES = {}


def register(body, text, borrowed, error, internal, quiet, given):
    signature = Signature(text)
    where = Path(sys.modules[body.__module__].__file__).stem
    name = signature.name
    if body.__name__ != name:
        raise SignatureError(f"{where}.py: the body of {name} is called {body.__name__}")
    names = body.__code__.co_varnames[:body.__code__.co_argcount]
    wanted = tuple(a.name for a in signature.arguments)
    if names != wanted:
        raise SignatureError(f"{name}: arguments are {names}, the signature says {wanted}")
    if name in ENTRIES:
        raise SignatureError(f"{name} is defined twice: {ENTRIES[name].where}.py and {where}.py")
    if not internal and not (where == home_of(name) or where.startswith(home_of(name) + "_")):
        raise SignatureError(f"{name} belongs in {home_of(name)}.py, not {where}.py")
    if internal and not name.startswith("vm_"):
        raise SignatureError(f"{name}: a helper's name begins with vm_")
    for argument in signature.arguments:
        if argument.kind == "address" and not argument.name.startswith("p_"):
            raise SignatureError(f"{name}: {argument.name} is a raw address; name it p_{argument.name}")
    unknown = [n for n in given if n not in wanted]
    if unknown:
        raise SignatureError(f"{name} has no argument {unknown[0]} that could be given")
    if error is None:
        if signature.kind == "number" and signature.returns in ("unsigned int", "size_t", "Py_UCS4"):
            raise SignatureError(f"{name} returns {signature.returns}: say its error value (error=...)")
        error = {"number": -1, "double": -1.0}.get(signature.kind, 0)
    ENTRIES[name] = Entry(signature, body, borrowed, error, internal, quiet, given, where)
    return body


PYAPI = re.compile(r"^PYAPI\s+([^{;]+?)\s*\{", re.M)


def c_functions():
    """{name: Signature} of the exported functions with a body in C."""
    found = {}
    for path in sorted(SHIM.glob("*.c")):
        if ".gen." in path.name:
            continue
        for match in PYAPI.finditer(path.read_text()):
            signature = Signature(match.group(1))
            if signature.name in found or signature.name in ENTRIES:
                raise SignatureError(f"{signature.name} has a second body in {path.name}")
            home = home_of(signature.name) if not signature.name.startswith("Mooring_") else path.stem
            if path.stem != home and not path.stem.startswith(home + "_"):
                raise SignatureError(f"{signature.name} belongs in {home}.c, not {path.name}")
            found[signature.name] = signature
    return found
