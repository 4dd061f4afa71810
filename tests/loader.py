"""How a C program is linked that has an interpreter inside: with the loader and the libraries that the interpreter itself runs with.

A PyPy with a C library of its own names both in its ELF headers; a program with the system's loader could not load it.
"""

import os
import re
import subprocess
from pathlib import Path

WRAPPER = """\
#!/bin/sh
case " $* " in *" -c "*|*" -shared "*|*" -E "*) exec {compiler} "$@";; esac
exec {compiler} "$@" {flags}
"""


def link_flags(python):
    """Options for the C compiler when it links a program for the interpreter at `python`; none where its format is another than ELF."""
    done = subprocess.run(["readelf", "--wide", "--program-headers", "--dynamic", os.path.realpath(python)], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"})
    loader = re.search(r"program interpreter: (.+?)\]", done.stdout)
    folders = re.search(r"\((?:RPATH|RUNPATH)\).*\[(.+)\]", done.stdout)
    if done.returncode or not loader:
        return []
    flags = [f"-Wl,--dynamic-linker={loader[1]}"]
    if folders:                                        # where libc itself may be; old tags: it counts for what the libraries need too
        flags += ["-Wl,--disable-new-dtags", f"-Wl,-rpath={folders[1].replace('$ORIGIN', str(Path(os.path.realpath(python)).parent))}",
                  "-Wl,--allow-shlib-undefined"]
    return flags


def compiler_for(python, folder, compiler):
    """Write `folder`/cc, which is `compiler` and links programs for the interpreter."""
    wrapper = Path(folder) / "cc"
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text(WRAPPER.format(compiler=compiler, flags=" ".join(link_flags(python))))
    wrapper.chmod(0o755)
