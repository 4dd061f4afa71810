"""`Backend`: a library that implements `api.h`, with Python's types; `compiler()`: the one that compiles, started on first need."""

import os
import sys
from _thread import RLock, allocate_lock, start_new_thread

from cppbind.backend.found import find
from cppbind.backend.headers import headers
from ffi import FFI

HERE = os.path.dirname(os.path.abspath(__file__))
ffi = FFI()
with open(os.path.join(HERE, "api.h"), encoding="utf-8") as file:
    ffi.cdef(file.read() + "void *dlopen(const char *path, int flags);")

debug = False                                          # write what is compiled to stderr
INT_P = ffi.typeof("int *")
string, cast = ffi.string, ffi.cast


class BackendError(RuntimeError):
    """A back-end that cannot be started, or that refuses a request; with the compiler's own words."""


class Backend:
    """One implementation of the thin C API.  Texts are str, absent ones None; handles and addresses are ints."""

    def __init__(self, path, compiles=False):
        self.path, self.compiles, self.included = path, compiles, set()
        self.lib = ffi.dlopen(path, ffi.RTLD_LAZY | ffi.RTLD_LOCAL)
        self.delete_all = self.lib.cppbind_delete_all           # at exit it is too late to look it up
        self.pending = cast(INT_P, self.lib.cppbind_pending())      # [0]: exceptions that wait to be taken, of all threads

    def __repr__(self):
        return f"<back-end {os.path.basename(self.path)}>"

    def message(self):
        return string(self.lib.cppbind_message()).decode("utf-8", "replace")

    def _text(self, pointer):
        return string(pointer).decode("utf-8", "replace") if pointer else None

    def scope(self, name):
        return self.lib.cppbind_scope(name.encode())

    def describe(self, scope):
        return self._text(self.lib.cppbind_describe(scope))

    def lookup(self, scope, name):
        return self._text(self.lib.cppbind_lookup(scope, name.encode()))

    def names(self, scope):
        found = self._text(self.lib.cppbind_names(scope))
        return found.split() if found else []

    def resolve(self, expression):
        """The record of the function that an expression calls, by C++'s rules; None if it does not compile."""
        self.prepare(expression)
        return self._text(self.lib.cppbind_resolve(expression.encode()))

    def type(self, text):
        """(code, spelling) of a type as C++ writes it, or None."""
        found = self._text(self.lib.cppbind_type(text.encode()))
        return tuple(found.split("\t")) if found else None

    def offset(self, derived, base, address=0):
        return self.lib.cppbind_offset(derived, base, address)

    def wrappers(self, requests):
        """Addresses of the entry points of `requests`; BackendError if one of them cannot be had, RuntimeError if it refers to what is nowhere."""
        addresses = ffi.new("intptr_t[]", len(requests))
        failed = self.lib.cppbind_wrappers("\n".join(requests).encode(), addresses)
        if failed:
            message = self.message()
            raise (RuntimeError if message.startswith("failed to JIT-compile") else BackendError)(message)
        return list(addresses)

    def wrapper_source(self, requests):
        return self._text(self.lib.cppbind_wrapper_source("\n".join(requests).encode()))

    def address(self, variable):
        found = self.lib.cppbind_address(variable)
        if not found:
            raise BackendError(self.message())
        return found

    def compile(self, code):
        """(0 good, 1 good with warnings, -1 bad; the compiler's words)."""
        self.prepare(code)
        if debug:
            print(code, file=sys.stderr)
        state = self.lib.cppbind_compile(code.encode())
        return state, self.message()

    def prepare(self, text):
        """Include the headers of the standard library that what is mentioned in a text needs."""
        for header in headers(text) if self.compiles else ():
            if header not in self.included:
                self.included.add(header)
                self.lib.cppbind_compile(f"#include <{header}>\n".encode())

    def include_path(self, folder):
        if self.lib.cppbind_include_path(os.fsencode(folder)):
            raise OSError(f"the compiler cannot read {folder}")

    def symbol(self, name):
        return self.lib.cppbind_symbol(name.encode())

    def exception(self):
        """[type, address, address of its std::exception or 0, what()] of this thread's exception, which is taken; or None."""
        found = self._text(self.lib.cppbind_exception())
        return found.split("\t", 3) if found else None


# ---- the compiler ----------------------------------------------------------------------------------------------------------

lock = RLock()
started = starting = None                              # the back-end; the Starter that is at it
include_paths = []                                     # added by the program
standard_library = None                                # kept loaded; what is compiled looks for its symbols in the global scope


def load_standard_library():
    global standard_library
    if standard_library is None:
        standard_library = ffi.dlopen("libstdc++.so.6", ffi.RTLD_NOW | ffi.RTLD_GLOBAL)


def avx():
    """-mavx where the processor has it, as cppyy does."""
    try:
        with open("/proc/cpuinfo") as file:
            return "-mavx" if " avx " in file.read(8192) else ""
    except OSError:
        return ""


def of_gcc():
    """Where the newest gcc has headers of its own, such as omp.h and those of the sanitizers."""
    home = f"/usr/lib/gcc/{os.uname().machine}-linux-gnu"
    try:
        versions = sorted(filter(str.isdigit, os.listdir(home)), key=int)
    except OSError:
        return []
    return [f"{home}/{versions[-1]}/include"] if versions else []


def options(resources):
    """The compiler's command line: its own headers, $CPPBIND_STANDARD ("c++20"), $CPPBIND_FLAGS, ours, Python's, and last gcc's."""
    import sysconfig
    standard = os.environ.get("CPPBIND_STANDARD") or os.environ.get("STDCXX") or "c++20"
    standard = standard if standard.startswith(("c++", "gnu++")) else "c++" + standard
    folders = [os.path.join(os.path.dirname(HERE), "include"), sysconfig.get_path("include"), os.path.join(sys.prefix, "include")]
    flags = os.environ.get("CPPBIND_FLAGS") or os.environ.get("EXTRA_CLING_ARGS") or avx()
    return ["-std=" + standard, "-resource-dir", resources, "-fPIC", "-O1", *flags.split(), *(f"-I{one}" for one in folders),
            *(f"-idirafter{one}" for one in of_gcc())]


def built():
    from cppbind.backend import build, standard
    made = build.build()
    standard.build()
    return made


class Starter:
    """A thread that loads and starts the compiler, which is C++ at work and leaves Python to others."""

    def __init__(self, path, resources):
        self.path, self.resources, self.backend, self.error = path, resources, None, None
        self.running = allocate_lock()
        self.running.acquire()
        start_new_thread(self.run, ())

    def run(self):
        try:
            load_standard_library()
            ffi.dlopen(None).dlopen(os.fsencode(self.path), ffi.RTLD_LAZY | ffi.RTLD_LOCAL)     # by a call of C, during which Python runs on
            self.backend = Backend(self.path, compiles=True)
            if self.backend.lib.cppbind_start("\n".join(options(self.resources)).encode()):
                raise BackendError(self.backend.message())
        except BaseException as reason:
            self.error = reason
        finally:
            self.running.release()

    def result(self):
        """The back-end, once it is there."""
        with self.running:
            pass
        if self.error is not None:
            raise self.error
        return self.backend


def start():
    """Have the compiler loaded and started in a thread, built before if need be.  Raises llvm.NoLLVM, BuildError."""
    global starting
    if starting is None:
        with lock:
            if starting is None:
                starting = Starter(*find() or built())


def compiler():
    """The clang back-end, built and started if need be.  Raises llvm.NoLLVM, BuildError, BackendError."""
    global started, starting
    if started is None:
        with lock:
            if started is None:
                start()
                try:
                    backend = starting.result()
                except BaseException:
                    starting = None                     # the next may have better luck
                    raise
                for folder in include_paths:
                    backend.include_path(folder)
                started = backend
    return started


def add_include_path(folder):
    """Search `folder` for headers, now or once the compiler is started."""
    include_paths.append(folder)
    if started is not None:
        started.include_path(folder)
