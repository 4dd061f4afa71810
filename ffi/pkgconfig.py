"""Keywords of set_source() from pkg-config."""

import subprocess
import sys

from ffi.errors import PkgConfigError

FLAGS = {                                              # option -> (keyword, what is told for the rest of a word)
    "-I": ("include_dirs", str), "-L": ("library_dirs", str), "-l": ("libraries", str),
    "-D": ("define_macros", lambda text: tuple(text.split("=", 1)) if "=" in text else (text, None)),
}


def merge_flags(into, more):
    """Add the lists of a dict of keywords to those of another."""
    for key, value in more.items():
        if key not in into:
            into[key] = value
            continue
        for one in (into[key], value):
            if not isinstance(one, list):
                raise TypeError(f"{key}: a list is needed, not {one!r}")
        into[key] = into[key] + value
    return into


def call(libname, flag, encoding=sys.getfilesystemencoding()):
    """What pkg-config prints for one package and one flag."""
    command = ["pkg-config", "--print-errors", flag, libname]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise PkgConfigError(f"cannot run pkg-config: {str(error).strip()}") from None
    output, errors = process.communicate()
    if process.returncode != 0:
        if isinstance(errors, bytes):
            errors = errors.decode(encoding, "replace")
        raise PkgConfigError(errors.strip())
    try:
        text = output.decode(encoding)
    except UnicodeDecodeError:
        raise PkgConfigError(f"pkg-config {flag} {libname} returned bytes that cannot be decoded with encoding {encoding!r}:\n{output!r}") from None
    if "\\" in text:
        raise PkgConfigError(f"pkg-config {flag} {libname} returned an unsupported backslash-escaped output: {text!r}")
    return text


def flags_from_pkgconfig(libs):
    """The keywords for a list of packages: "zlib", "libpng >= 1.6"."""
    made = {}
    for name in libs:
        for flag, rest in (("--cflags", "extra_compile_args"), ("--libs", "extra_link_args")):
            words = call(name, flag).split()
            known = {keyword: [convert(word[2:]) for word in words if word.startswith(option)]
                     for option, (keyword, convert) in FLAGS.items() if (option in ("-I", "-D")) == (flag == "--cflags")}
            known[rest] = [word for word in words if not any(word.startswith(option) for option in known_options(flag))]
            merge_flags(made, known)
    return made


def known_options(flag):
    return ("-I", "-D") if flag == "--cflags" else ("-L", "-l")
