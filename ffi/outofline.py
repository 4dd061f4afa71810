"""The methods of `FFI` that make modules: set_source() and what follows it."""

import os
import sys


class OutOfLine:
    """Mixed into `FFI`."""

    _assigned_source = verifier = None                 # of set_source(): (module name, C source or None, extension of the file, keywords)

    def set_source(self, module_name, source, source_extension=".c", **kwds):
        """Say what module to make: `source` is C that is compiled with it (API mode), or None (ABI mode, a .py file).

        Keywords go to the Extension of setuptools: sources, libraries, include_dirs, define_macros, extra_compile_args, ...;
        py_limited_api=False for one that uses more than Python's limited API.
        """
        from ffi.build import set_source
        set_source(self, module_name, source, source_extension, kwds)

    def set_source_pkgconfig(self, module_name, pkgconfig_libs, source, source_extension=".c", **kwds):
        """set_source() with the keywords that pkg-config gives for some libraries.  Raises PkgConfigError."""
        from ffi.pkgconfig import flags_from_pkgconfig, merge_flags
        if not isinstance(pkgconfig_libs, (list, tuple)):
            raise TypeError("the pkgconfig_libs argument must be a list of strings")
        merge_flags(kwds, flags_from_pkgconfig(pkgconfig_libs))
        self.set_source(module_name, source, source_extension, **kwds)

    def compile(self, tmpdir=".", verbose=0, target=None, debug=None):
        """Make the module below `tmpdir`, in the directories of its package; the path of the file that can be imported.

        `target` names the file: "*" as Python expects, "name.*" with the system's suffix, or as given.  Raises VerificationError with
        what the compiler said.
        """
        from ffi.build import assigned, recompile
        module_name, source, source_extension, kwds = assigned(self)
        return recompile(self, module_name, source, tmpdir=os.fspath(tmpdir), target=target, source_extension=source_extension,
                         compiler_verbose=verbose, debug=debug, **kwds)

    def emit_c_code(self, filename):
        """Write the C source of an API module to a file name or file object."""
        from ffi.build import check_method, emit_c
        module_name, source, *rest = check_method(self, "emit_c_code", python=False)
        emit_c(self, module_name, source, filename)

    def emit_python_code(self, filename):
        """Write an ABI module to a file name or file object."""
        from ffi.build import check_method, emit_python
        emit_python(self, check_method(self, "emit_python_code", python=True)[0], filename)

    def distutils_extension(self, tmpdir="build", verbose=True):
        """Write the C source of an API module below `tmpdir` and return its Extension."""
        from ffi.build import check_method, recompile
        if self._assigned_source is None and self.verifier is not None:
            return self.verifier.get_extension()
        module_name, source, source_extension, kwds = check_method(self, "distutils_extension", python=False)
        os.makedirs(tmpdir, exist_ok=True)
        extension, written = recompile(self, module_name, source, tmpdir=tmpdir, extradir=tmpdir, source_extension=source_extension,
                                       call_c_compiler=False, **kwds)
        if verbose:
            print(f"{'regenerated' if written else 'not modified'}: {extension.sources[0]!r}", file=sys.stderr)
        return extension

    def embedding_api(self, csource, packed=False, pack=None):
        """Declare the functions that a library with Python inside exports; they are written in Python with @ffi.def_extern()."""
        with self._lock:
            before = set(self._found.functions)
            self.cdef(csource, packed=packed, pack=pack)
            found = self._found.copy()
            names = sorted(found.functions.keys() - before)
            for name in names:
                type, options = found.functions[name]
                found.functions[name] = type, {**options, "python": options.get("python", "embedding")}
            self._sources.append((("embedding_api", *names), None))
            self._now(found)
            if self._embedding is None:
                self._embedding = ""

    def embedding_init_code(self, pysource):
        """The Python code that runs when the library is first used."""
        if self._embedding:
            raise ValueError("embedding_init_code() can only be called once")
        import textwrap
        text = textwrap.dedent(pysource)
        lines = text.splitlines()
        while lines and not lines[0].strip():
            del lines[0]
        text = textwrap.dedent("\n".join(lines) + "\n")
        compile(text, "cffi_init", "exec")             # a SyntaxError now, not in the program that uses the library
        self._embedding = text

    def verify(self, source="", tmpdir=None, **kwargs):
        """Compile `source` and return the library of what is declared: an old way, set_source() and compile() replace it."""
        from ffi.verifier import Verifier
        with self._lock:
            self.verifier = Verifier(self, source, tmpdir, **kwargs)
            library = self.verifier.load_library()
        return library

    def set_unicode(self, enabled_flag):
        """Windows: whether TCHAR and its kin are wide characters."""
        if self._unicode is not None and self._unicode != bool(enabled_flag):
            raise ValueError(f"set_unicode() was called before with {self._unicode}")
        if self._unicode is None and "TBYTE" in self._found.typedefs:
            raise ValueError("set_unicode() must be called before TBYTE is declared")
        if self._unicode is None:
            character, text = ("wchar_t", "wchar_t *") if enabled_flag else ("char", "char *")
            self.cdef(f"typedef {character} TBYTE; typedef {character} TCHAR; typedef const {text}LPCTSTR; typedef const {text}PCTSTR; "
                      f"typedef {text}LPTSTR; typedef {text}PTSTR; typedef TBYTE *PTBYTE; typedef TCHAR *PTCHAR;")
        self._unicode = bool(enabled_flag)

    def _apply_embedding_fix(self, kwds):
        """Add to keywords of set_source() what links a library with Python."""
        from ffi.embed import link_with_python
        link_with_python(kwds)
