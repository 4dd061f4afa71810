"""`FFI`'s methods on data: make, convert, read, point to."""

from ffi.engine import PYPY, engine
from ffi.function import Function, pointers

NOTHING = object()


class Data:
    """The part of an FFI that makes and converts C data; types by text are constants to the JIT (see `ffi.api.texts`)."""

    def new(self, cdecl, init=None):
        """Allocate one item ("T *") or an array ("T[n]", "T[]" with a length or an initializer), zeroed; freed with the cdata."""
        if isinstance(cdecl, str):
            try:
                cdecl = self._cache[cdecl]
            except KeyError:
                cdecl = self._typeof(cdecl)
        try:
            return self._backend.newp(cdecl, init)
        except TypeError:
            replaced = pointers(init)
            if replaced is init:
                raise
        return self._backend.newp(cdecl, replaced)

    def new_allocator(self, alloc=None, free=None, should_clear_after_alloc=True):
        """A function like `new` that allocates by `alloc(size)` and frees by `free(cdata)`."""
        if self._backend is not engine:
            raise NotImplementedError("new_allocator() needs the engine")
        compiled = engine.FFI()
        allocate_ctype = compiled.new_allocator(alloc, free, should_clear_after_alloc)

        def allocate(cdecl, init=None):
            return allocate_ctype(self._ctype(cdecl), init)
        return allocate

    def cast(self, cdecl, source):
        """`source` as C's cast makes it: a number, a pointer or a cdata."""
        if isinstance(cdecl, str):
            try:
                cdecl = self._cache[cdecl]
            except KeyError:
                cdecl = self._typeof(cdecl)
        if isinstance(source, Function):
            source = source.pointer
        return self._backend.cast(cdecl, source)

    def string(self, cdata, maxlen=-1):
        """bytes or str up to the first null, or `maxlen`; the name of an enum's value."""
        return self._backend.string(cdata, maxlen)

    def unpack(self, cdata, length):
        """`length` items: bytes, str or a list."""
        return self._backend.unpack(cdata, length)

    def from_buffer(self, cdecl, python_buffer=NOTHING, require_writable=False):
        """A cdata (char[] unless told) on the memory of a bytes, bytearray, array, memoryview, ..."""
        if python_buffer is NOTHING:
            cdecl, python_buffer = self._chars, cdecl
        elif isinstance(cdecl, str):
            try:
                cdecl = self._cache[cdecl]
            except KeyError:
                cdecl = self._typeof(cdecl)
        return self._backend.from_buffer(cdecl, python_buffer, require_writable)

    def memmove(self, dest, src, n):
        """Copy `n` bytes between cdata or buffers, which may overlap."""
        return self._backend.memmove(dest, src, n)

    def callback(self, cdecl, python_callable=None, error=None, onerror=None):
        """A C function pointer that calls `python_callable`; a decorator without it.  `error` is returned when it raises."""
        if isinstance(cdecl, str):
            cdecl = self._functions.get(cdecl) or self._cache.get(cdecl) or self._typeof(cdecl, function_as_pointer=True)
        if python_callable is None:
            return lambda function: self.callback(cdecl, function, error, onerror)
        if not callable(python_callable):
            raise TypeError("the 'python_callable' argument is not callable")
        return self._backend.callback(cdecl, python_callable, error, onerror)

    def gc(self, cdata, destructor, size=0):
        """A cdata equal to `cdata` whose end calls `destructor` with the original; None takes the destructor off."""
        return self._backend.gcp(cdata, destructor, size)

    def release(self, cdata):
        """Give up now what a cdata of new(), gc(), from_buffer() or an allocator owns."""
        self._backend.release(cdata)

    def new_handle(self, x):
        """A `void *` that stands for a Python object as long as it is kept."""
        return self._backend.newp_handle(self._void_p, x)

    def from_handle(self, x):
        """The object of new_handle()."""
        return self._backend.from_handle(x)

    def addressof(self, cdata, *fields_or_indexes):
        """A pointer to a struct or array, or to what the path leads to; with a lib and a name, to a global or function."""
        if isinstance(cdata, self.CData):
            ctype = self._backend.typeof(cdata)
            if PYPY:                                   # the JIT works it out once; it would look into a dict each time
                pointer, offset = self._place(ctype, fields_or_indexes)
            else:
                known = self._places.get((ctype, fields_or_indexes))
                if known is None:
                    known = self._places[ctype, fields_or_indexes] = self._place(ctype, fields_or_indexes)
                pointer, offset = known
            return self._backend.rawaddressof(pointer, cdata, offset)
        from ffi.library import Library
        if isinstance(cdata, Library):
            if len(fields_or_indexes) != 1:
                raise TypeError("addressof(lib, name) expects one name")
            return cdata._address_of(fields_or_indexes[0])
        raise TypeError(f"addressof() expects a cdata or a lib, not {type(cdata).__name__!r}")

    def _place(self, ctype, fields):
        """(pointer type, byte offset) for addressof(); without a loop, so that the JIT takes it into its caller."""
        offset = 0
        if len(fields) == 1:
            ctype, offset = self._backend.typeoffsetof(ctype, fields[0], False)
        elif fields:
            ctype, offset = self._path(ctype, fields)
        elif ctype.kind == "pointer":
            raise TypeError("addressof(pointer)")
        return self._backend.new_pointer_type(ctype), offset

    @property
    def errno(self):
        """C's errno after the last call of this thread; set it for the next."""
        return self._backend.get_errno()

    @errno.setter
    def errno(self, value):
        self._backend.set_errno(value)

    def getwinerror(self, code=-1):
        """(code, message) of GetLastError(); on Windows."""
        return self._backend.getwinerror(code)
