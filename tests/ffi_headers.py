"""Real headers, as they are installed: each is declared by `cdef_headers`, and what came out is compared with the C compiler.

    python -m tests.ffi_headers [header ...]        the table of all, or of those named; exits with 1 if anything differs

Compared are size, alignment, every field's offset (of bit fields, which bits) of every complete struct and union, and every constant.
"""

import os
import subprocess
import sys
import tempfile
import time

# Debian's package: its headers; "first+second": the first must be included before the second.
HEADERS = """
libc6-dev: assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h limits.h locale.h math.h setjmp.h signal.h stdalign.h stdarg.h
    stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h unistd.h fcntl.h
    dirent.h dlfcn.h grp.h pwd.h netdb.h poll.h pthread.h sched.h semaphore.h termios.h utime.h syslog.h regex.h iconv.h glob.h sys/mman.h
    sys/socket.h sys/stat.h sys/time.h sys/types.h sys/wait.h sys/epoll.h sys/resource.h sys/utsname.h sys/ioctl.h netinet/in.h arpa/inet.h
linux-libc-dev: linux/input.h sys/socket.h+linux/if.h linux/perf_event.h
zlib1g-dev: zlib.h
libbz2-dev: stdio.h+bzlib.h
liblzma-dev: lzma.h
libsqlite3-dev: sqlite3.h
libexpat1-dev: expat.h
libffi-dev: ffi.h
libpng-dev: png.h
libjpeg62-turbo-dev: stdio.h+jpeglib.h
libssl-dev: openssl/ssl.h openssl/evp.h openssl/bn.h
libncurses-dev: ncurses.h
libreadline-dev: stdio.h+readline/readline.h
libgmp-dev: gmp.h
libx11-dev: X11/Xlib.h
libyaml-dev: yaml.h
uuid-dev: uuid/uuid.h
libcurl4-openssl-dev: curl/curl.h
libsdl2-dev: SDL2/SDL.h
libgsl-dev: gsl/gsl_sf.h gsl/gsl_matrix.h
"""
SHORT = "stdio.h", "sys/stat.h", "netinet/in.h", "linux/input.h", "zlib.h", "sqlite3.h"      # what the test suite compares


def listed():
    """(Debian package, header that comes first or "", header) of each in the list."""
    for line in HEADERS.strip().replace("\n    ", " ").splitlines():
        package, headers = line.split(": ")
        for header in headers.split():
            yield package, *header.rpartition("+")[::2]


def is_installed(header):
    return not cc("-E", "-x", "c", "-", source=f"#include <stdio.h>\n#include <{header}>\n").returncode


def cc(*arguments, source=""):
    return subprocess.run([*os.environ.get("CC", "cc").split(), *arguments], input=source, capture_output=True, text=True)


class Comparison:
    """One header by `ffi` and by the C compiler; `differences` are texts."""

    def __init__(self, header, first=""):
        from ffi import FFI
        self.ffi = FFI()
        self.includes = "".join(f"#include <{h}>\n" for h in (first, header) if h)
        started = time.perf_counter()
        self.ffi.cdef_headers(*filter(None, (first, header)))
        self.seconds = time.perf_counter() - started
        self.found = self.ffi._found
        self.questions, self.structs, self.constants, self.differences = [], 0, 0, []      # (C expression or statement, our answer)
        self.refused = []                              # types that the engine cannot have

    def ask_all(self):
        for key, content in self.found.aggregates.items():
            tagged = tuple(key.split(" ", 1))
            name = self.found.c_name(tagged)
            if content is not None and "$" not in name and "." not in str(content[1].get("scope", "")):
                self.ask_struct(name)
        for name, value in self.found.constants.items():
            if type(value) in (int, float, bytes):
                self.ask_constant(name, value)
        self.compare()

    def ask_struct(self, name):
        try:
            made = self.ffi.typeof(name)
            size = self.ffi.sizeof(made)
        except Exception as error:
            self.refused.append(f"{name}: {error}")
            return
        self.structs += 1
        self.number(f"sizeof({name})", size)
        self.number(f"_Alignof({name})", self.ffi.alignof(made))
        self.ask_fields(name, "", made)

    def ask_fields(self, name, path, made, base=0):
        for field, about in made.fields or ():
            kind = about.type
            if about.bitsize >= 0:
                if field:
                    self.questions.append((f"{{ {name} x; memset(&x, 0, sizeof x); x.{path}{field} = -1; bits(&x, sizeof x); }}",
                                           f"{(base + about.offset) * 8 + about.bitshift}+{about.bitsize}", f"{name}.{path}{field}"))
            elif not field:                            # an anonymous struct: its fields are seen through it
                self.ask_fields(name, path, kind, base + about.offset)
            else:
                self.number(f"offsetof({name}, {path}{field})", base + about.offset)
                if kind.kind in ("struct", "union") and "$" in kind.cname and kind.fields:
                    self.ask_fields(name, f"{path}{field}.", kind, base + about.offset)

    def number(self, expression, ours):
        self.questions.append((f'printf("%ld", (long)({expression}));', str(ours), expression))

    def ask_constant(self, name, value):
        self.constants += 1
        if isinstance(value, int):
            self.questions.append((f'printf("%lld %d", (long long)({name}), ({name}) < 0);',
                                   f"{(value + (1 << 63)) % (1 << 64) - (1 << 63)} {int(value < 0)}", name))
        elif isinstance(value, float):
            self.questions.append((f'printf("%.17g", (double)({name}));', f"{value:.17g}", name))
        else:
            self.questions.append((f'hex({name}, sizeof({name}) - 1);', value.hex(), name))

    def program(self, questions):
        lines = [self.includes + "#include <stdio.h>\n#include <string.h>\n#include <stddef.h>\n"
                 "static void hex(const void *p, size_t n) { for (size_t i = 0; i < n; i++) printf(\"%02x\", ((unsigned char *)p)[i]); }\n"
                 "static void bits(const void *p, size_t n) { long first = -1, all = 0; for (size_t i = 0; i < n * 8; i++)\n"
                 "    if (((unsigned char *)p)[i / 8] >> i % 8 & 1) { if (first < 0) first = i; all++; } printf(\"%ld+%ld\", first, all); }"]
        for i, (statement, ours, about) in enumerate(questions):
            lines.append(f"#line {i + 1} \"question\"\nstatic void f{i}(void) {{ {statement} }}")
        lines.append("#undef main\nint main(void) { (void)hex; (void)bits;")
        lines += [f'f{i}(); printf("\\n");' for i in range(len(questions))]
        return "\n".join(lines) + "return 0; }\n"

    def compare(self):
        """Ask the compiler; what it does not take as an expression here is no constant in C, and left out."""
        for attempt in range(3):
            checked = cc("-w", "-fsyntax-only", "-fmax-errors=0", "-x", "c", "-", source=self.program(self.questions))
            bad = {int(line.split(":")[1]) - 1 for line in checked.stderr.splitlines() if line.startswith("question:") and " error: " in line}
            if not bad:
                break
            self.constants -= len(bad)
            self.questions = [q for i, q in enumerate(self.questions) if i not in bad]
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "program")
            built = cc("-w", "-O0", "-x", "c", "-", "-o", program, source=self.program(self.questions))
            if built.returncode:
                self.differences.append(f"the program does not compile: {built.stderr[:1000]}")
                return
            answers = subprocess.run([program], capture_output=True, text=True).stdout.splitlines()
        for (statement, ours, about), theirs in zip(self.questions, answers, strict=True):
            if ours != theirs:
                self.differences.append(f"{about}: {theirs} in C, {ours} here")



def main(arguments):
    print(f"{'header':24}{'functions':>10}{'variables':>10}{'constants':>10}{'structs':>9}{'compared':>10}{'seconds':>9}")
    failed, total = 0, [0] * 6
    for package, first, header in listed():
        if arguments and header not in arguments:
            continue
        if not is_installed(header):
            print(f"{header:24}not installed: {package}")
            continue
        try:
            made = Comparison(header, first)
            made.ask_all()
        except Exception as error:
            failed += 1
            print(f"{header:24}{type(error).__name__}: {str(error)[:300]}")
            continue
        figures = len(made.found.functions), len(made.found.variables), made.constants, made.structs, len(made.questions)
        total = [a + b for a, b in zip(total, (1, *figures))]
        print(f"{header:24}{figures[0]:10}{figures[1]:10}{figures[2]:10}{figures[3]:9}{figures[4]:10}{made.seconds:9.2f}", flush=True)
        for line in made.refused[:None if arguments else 5]:
            print(f"    not in ABI mode: {line}")
        for line in made.differences[:20]:
            print("    differs:", line)
        failed += bool(made.differences)
    print(f"{total[0]} headers, {total[1]} functions, {total[2]} variables, {total[3]} constants and {total[4]} structs compared "
          f"({total[5]} answers), {failed} headers with differences")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
