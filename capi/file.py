"""PyFile_...: files are the VM's `io` objects."""

import io
import os

from capi.core import NULL, api, text


@api("PyObject *PyFile_FromFd(int fd, const char *p_name, const char *p_mode, int buffering, const char *p_encoding, const char *p_errors, const char *p_newline, int closefd)")
def PyFile_FromFd(fd, p_name, p_mode, buffering, p_encoding, p_errors, p_newline, closefd):
    return io.open(fd, text(p_mode) or "r", buffering, text(p_encoding), text(p_errors), text(p_newline), bool(closefd))


@api("PyObject *PyFile_GetLine(PyObject *p, int n)")
def PyFile_GetLine(p, n):
    line = p.readline(n) if n > 0 else p.readline()
    if not isinstance(line, (str, bytes)):
        raise TypeError("object.readline() returned non-string")
    if n >= 0:
        return line
    if not line:
        raise EOFError("EOF when reading a line")
    return line[:-1] if line[-1:] in ("\n", b"\n") else line


@api("int PyFile_WriteObject(PyObject *obj, PyObject *p, int flags)")
def PyFile_WriteObject(obj, p, flags):
    if p is NULL:
        raise TypeError("writeobject with NULL file")
    shown = "<NULL>" if obj is NULL else str(obj) if flags & 1 else repr(obj)
    p.write(shown)


@api("int PyFile_WriteString(const char *p_s, PyObject *p)")
def PyFile_WriteString(p_s, p):
    if p is NULL:
        raise SystemError("null file for PyFile_WriteString")
    p.write(text(p_s))


@api("PyObject *PyFile_OpenCodeObject(PyObject *path)")
def PyFile_OpenCodeObject(path):
    if not isinstance(path, str):
        raise TypeError(f"'path' must be 'str', not '{type(path).__name__}'")
    return io.open_code(path)


@api("PyObject *PyFile_OpenCode(const char *p_utf8path)")
def PyFile_OpenCode(p_utf8path):
    return io.open_code(text(p_utf8path))


@api("PyObject *PyFile_NewStdPrinter(int fd)")
def PyFile_NewStdPrinter(fd):
    return os.fdopen(os.dup(fd), "w", 1, errors="backslashreplace")
