"""The dictionary of the common instantiations of the standard library: made once, beside the shim; for `std` it saves the compiler.

    python -m cppbind.backend.standard          make it now, unless it is there
"""

import os
import sys

from cppbind.backend import dictionary
from cppbind.backend.found import HERE, current, fingerprint, home, inputs

NUMBERS = ["int", "long", "unsigned int", "unsigned long", "float", "double", "bool", "char", "unsigned char"]
VALUES = ["int", "double", "std::string"]
CLASSES = [
    "std::string", "std::wstring", "std::string_view", "std::exception", "std::runtime_error", "std::logic_error", "std::invalid_argument", "std::out_of_range",
    *(f"std::vector<{one}>" for one in [*NUMBERS, "std::string", "std::vector<int>", "std::vector<double>"]),
    *(f"std::{kind}<{key},{value}>" for kind in ("map", "unordered_map") for key in ("int", "std::string") for value in VALUES),
    *(f"std::pair<{one},{two}>" for one in VALUES for two in VALUES), *(f"std::{kind}<{one}>" for kind in ("set", "list", "deque") for one in VALUES),
    "std::complex<double>", "std::shared_ptr<int>", "std::unique_ptr<int>",
]
LEFT_OUT = [f"std::{name}" for name in ("_Node_*", "initializer_list<*", "allocator*", "basic_ostream<*", "basic_istream<*",
                                        "__detail::_Local_*", "hash<*", "equal_to<*", "less<*", "iterator<*", "binary_function<*", "*::value_compare")]
HEADERS = "vector string string_view map unordered_map set list deque utility complex memory stdexcept".split()
NAME = "libcppbind_std.so"
state = []                                             # [its back-end, or None]


def stamp():
    """What it is made from, by times and sizes: the shim's sources, and its own."""
    own = [os.path.join(HERE, "dictionary.h"), os.path.abspath(__file__), os.path.join(os.path.dirname(HERE), "genreflex.py")]
    return fingerprint(os.environ.get("CXX", ""), [*inputs(), *own])


def find():
    """The path of the dictionary if it is made for the sources as they are, else None."""
    return current("current-std", stamp())


def backend():
    """Its Backend, or None where it has not been made."""
    if not state:
        path = None if os.environ.get("CPPBIND_STANDARD") or os.environ.get("CPPBIND_FLAGS") else find()
        state.append(dictionary.load(path) if path else None)
    return state[0]


def build(progress=None):
    """Make it unless it is there; its path.  A process of its own: this one's compiler may know other things."""
    import hashlib                                      # here, as each start imports this module
    from cppbind.backend.build import announce
    progress = progress or announce
    found = find()
    if found:
        return found
    digest, made_of = hashlib.sha256(), stamp()
    for line in made_of.splitlines()[1:]:
        with open(line.rsplit(" ", 2)[0], "rb") as file:
            digest.update(file.read())
    folder = os.path.join(home(), "std-" + digest.hexdigest()[:20])
    target = os.path.join(folder, NAME)
    if not os.path.exists(target):
        make(folder, target, progress)
        if stamp() != made_of:                          # edited meanwhile: nobody knows what was read
            os.remove(target)
            return build(progress)
    scratch = os.path.join(home(), f"current-std.{os.getpid()}")
    with open(scratch, "w", encoding="utf-8") as file:
        file.write(f"{target}\n{made_of}")
    os.replace(scratch, os.path.join(home(), "current-std"))
    state.clear()
    return target


def make(folder, target, progress):
    import subprocess
    from cppbind.backend.build import BuildError
    progress(f"cppbind: making the dictionary of the standard library: {len(CLASSES)} classes and what belongs to them")
    os.makedirs(folder, exist_ok=True)
    scratch = f"{target}.{os.getpid()}.so"
    command = [sys.executable, "-m", "cppbind.genreflex", *HEADERS, *(f"--select={name}" for name in CLASSES), *(f"--exclude={name}" for name in LEFT_OUT), "-o", scratch]
    path = os.pathsep.join(filter(None, [os.path.dirname(os.path.dirname(HERE)), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, PYTHONPATH=path))
    if done.returncode:
        raise BuildError(f"the dictionary of the standard library was not built:\n{done.stderr}")
    os.remove(scratch.removesuffix(".so") + ".rootmap")
    os.replace(scratch, target)
    progress("cppbind: dictionary of the standard library built")


def main():
    build()


if __name__ == "__main__":
    main()
