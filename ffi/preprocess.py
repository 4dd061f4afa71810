"""The system's preprocessor: what it prints for some headers, and which of the files it read make up their library."""

import os
import re

from ffi.errors import FFIError

LINE = re.compile(r'^#[ \t]*(?:(\d+)[ \t]+"((?:\\.|[^"\\])*)"([ \d]*)|include(?:_next)?[ \t]*(["<])).*$', re.M)
INTERNAL = ("bits", "asm", "asm-generic", "gnu")       # folders of the C library whose files only its own headers include


def compiler():
    """The C compiler's command as words: $CC, or cc."""
    words = os.environ.get("CC", "").split()
    if len(words) > 1:
        import shlex
        words = shlex.split(os.environ["CC"])
    return words or ["cc"]


def command(include_dirs, define):
    """The compiler's command, up to what it is to do."""
    words = compiler()
    for folder in include_dirs:
        words += ["-I", os.fspath(folder)]
    for name, value in define:
        words.append(f"-D{name}" if value is None else f"-D{name}={value}")
    return words


def include_lines(headers):
    """C source that includes `headers`: by the compiler's search path, those given by a path from there."""
    return "".join(f'#include "{os.path.abspath(h)}"\n' if h.startswith(".") or os.path.isabs(h) else f"#include <{h}>\n" for h in headers)


def run(words, source):
    """(standard output, standard error) of a compiler that reads `source`; FFIError if it is missing or refuses."""
    import subprocess
    try:
        done = subprocess.run(words, input=source.encode(), capture_output=True)
    except OSError as error:
        raise FFIError(f"cdef_headers() needs a C compiler, and {words[0]!r} does not run ({error.strerror}): install one, "
                       "or name it in the environment variable CC") from None
    errors = done.stderr.decode(errors="replace")
    if done.returncode:
        shown = [line for line in errors.splitlines() if re.search(r"\berror:|^\s+\d* *\|", line)]
        hint = "; name its folder with include_dirs=, or install the package that has it" if "No such file" in errors else ""
        raise FFIError("the C preprocessor refuses the headers" + hint + ":\n" + "\n".join(shown or errors.splitlines()[-5:]))
    return done.stdout.decode(errors="surrogateescape"), errors


def preprocess(headers, include_dirs, define):
    """(text with line markers, macros and #include lines; the folders of the compiler's own search path)."""
    text, log = run([*command(include_dirs, define), "-E", "-dD", "-dI", "-v", "-x", "c", "-"], include_lines(headers))
    roots, listing = [], False
    for line in log.splitlines():
        if line.startswith("#include <"):
            listing = True
        elif listing and not line.startswith(" "):
            break
        elif listing:
            roots.append(os.path.realpath(line.split(" (", 1)[0].strip()))
    given = {os.path.realpath(folder) for folder in include_dirs}
    return text, [root for root in roots if root not in given]


class Origins:
    """Which file and line each part of preprocessed text comes from, and whether that file is of the named headers' library.

    A file is if it is a named header; or if one that is includes it and it lies in the same folder (one of the system's search
    path does not count), is included by "..." quotes, has the same base name (<poll.h> is <sys/poll.h>), or is internal to the C library.
    """

    def __init__(self, text, headers, roots):
        self.headers, self.roots = headers, set(roots)
        self.starts, self.lines, self.paths = [0], [1], ["<built-in>"]
        self.own = {}                                  # path -> True if it is of the library
        stack, quoted = ["<stdin>"], False
        for m in LINE.finditer(text):
            number, path, flags, quote = m.groups()
            if quote:
                quoted = quote == '"'
                continue
            words = flags.split()
            if "1" in words:
                if not self.own.get(path):
                    self.own[path] = self.belongs(path, stack[-1], quoted)
                stack.append(path)
                quoted = False
            elif "2" in words and len(stack) > 1:
                stack.pop()
            elif path[:1] == "<":
                stack = [path]
            self.starts.append(m.end() + 1)
            self.lines.append(int(number))
            self.paths.append(path)
        self.text = text

    def belongs(self, path, includer, quoted):
        if includer == "<stdin>":
            return True
        if any(path == os.path.abspath(h) if h.startswith(".") else path == h or path.endswith("/" + h) for h in self.headers):
            return True
        if not self.own.get(includer):
            return False
        folder = os.path.dirname(path)
        if quoted or os.path.basename(path) == os.path.basename(includer) or os.path.basename(folder) in INTERNAL:
            return True
        return folder == os.path.dirname(includer) and os.path.realpath(folder) not in self.roots

    def files(self):
        """All files that were read."""
        return sorted({path for path in self.paths if path[:1] != "<"})

    def place(self, offset):
        """The index of the stretch of text that `offset` lies in, for the other methods."""
        from bisect import bisect_right
        return bisect_right(self.starts, offset) - 1

    def is_own(self, offset):
        return self.own.get(self.paths[self.place(offset)], False)

    def line(self, offset):
        """(path, line) of a place."""
        at = self.place(offset)
        return self.paths[at], self.lines[at] + self.text.count("\n", self.starts[at], offset)
