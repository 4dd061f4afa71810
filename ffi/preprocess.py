"""The system's preprocessor, and what it prints for some headers."""

import os

from ffi.errors import FFIError


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
        import re
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
