"""Read the dynamic symbols of an ELF shared library, and rename undefined ones.

Renaming leaves every byte where it is.  The new names are longer, so the string table grows and moves into one
read-only segment appended to the file, together with the program header table, which needs a row for it:

    before   | ehdr | phdrs | ... .dynstr ... .dynamic ... | shdrs |
    after    | ehdr |       | ... .dynstr ... .dynamic ... | shdrs | pad | phdrs + 1 | .dynstr + new names |

Offsets into the old table stay valid, so version names, sonames and defined symbols need no change.  Nor do the hash
tables: an undefined symbol is never the result of a look-up in its own library.
Source: the System V gABI, chapters 4 and 5, 64-bit class.
"""

import struct
from collections import namedtuple

PT_LOAD, PT_DYNAMIC, PT_PHDR = 1, 2, 6
PF_R = 4
SHT_DYNSYM = 11
DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_SONAME = 0, 1, 5, 10, 14
SHN_UNDEF, STB_WEAK = 0, 2
PAGE = 0x10000                                  # the largest page of the platforms in view
MACHINES = {62: "x86_64", 183: "aarch64", 243: "riscv64", 21: "ppc64le", 22: "s390x", 258: "loongarch64"}

Symbol = namedtuple("Symbol", "index name weak defined")


class ElfError(Exception):
    """The file is not an ELF shared library that this module can read; the text says why."""


class Library:
    """The bytes of a 64-bit ELF shared library, as `data`."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = bytearray(file.read())
        if self.data[:4] != b"\x7fELF" or len(self.data) < 64:
            raise ElfError(f"{path} is not an ELF file")
        if self.data[4] != 2:
            raise ElfError(f"{path} is a 32-bit binary; only 64-bit ones are supported")
        self._order = "<" if self.data[5] == 1 else ">"
        self._read()

    # ---- reading ------------------------------------------------------------------------------------------

    @property
    def machine(self):
        """The processor's name as in a platform tag: ``x86_64``."""
        number, = self._unpack("H", 18)
        return MACHINES.get(number, f"machine {number}")

    def needed(self):
        """Names of the libraries that this one asks the loader for."""
        return self._needed

    def symbols(self):
        """Every named dynamic symbol, in table order."""
        return self._symbols

    def defined(self):
        """The set of names that this library exports."""
        return {symbol.name for symbol in self.symbols() if symbol.defined}

    def undefined(self):
        """The set of names that must come from elsewhere."""
        return {symbol.name for symbol in self.symbols() if not symbol.defined}

    # ---- writing ------------------------------------------------------------------------------------------

    def rename_undefined(self, names):
        """Rename each undefined dynamic symbol that the dict `names` has as a key.  Raises ElfError."""
        renamed = [symbol for symbol in self.symbols() if not symbol.defined and symbol.name in names]
        if not renamed:
            return
        strings = bytearray(self.data[self._strings:self._strings + self._strings_size])
        places = {}
        for symbol in renamed:
            new = names[symbol.name]
            if new not in places:
                places[new] = len(strings)
                strings += new.encode(errors="surrogateescape") + b"\0"
            self._pack("I", self._symbol_at(symbol.index), places[new])
        self._move_strings(strings)

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.data)

    # ---- inside -------------------------------------------------------------------------------------------

    def _unpack(self, layout, offset):
        return struct.unpack_from(self._order + layout, self.data, offset)

    def _pack(self, layout, offset, *values):
        struct.pack_into(self._order + layout, self.data, offset, *values)

    def _read(self):
        try:
            self._read_headers()
            self._read_dynamic()
            self._read_names()
        except (struct.error, IndexError, KeyError, ValueError, OverflowError):
            raise ElfError(f"{self.path} is damaged or cut short") from None

    def _read_headers(self):
        kind, = self._unpack("H", 16)
        if kind != 3:
            raise ElfError(f"{self.path} is not a shared library")
        table, sections = self._unpack("QQ", 32)
        width, count, section_width, section_count = self._unpack("HHHH", 54)
        self._segments = [self._unpack("IIQQQQQQ", table + i * width) for i in range(count)]
        self._sections = [(sections + i * section_width, *self._unpack("IIQQQQIIQQ", sections + i * section_width))
                          for i in range(section_count if sections else 0)]

    def _read_dynamic(self):
        found = [segment for segment in self._segments if segment[0] == PT_DYNAMIC]
        if not found:
            raise ElfError(f"{self.path} has no dynamic section")
        self._dynamic, self._dynamic_at = [], found[0][2]
        for offset in range(self._dynamic_at, self._dynamic_at + found[0][5], 16):
            entry = self._unpack("qQ", offset)
            if entry[0] == DT_NULL:
                break
            self._dynamic.append(entry)
        entries = dict(self._dynamic)
        self._strings, self._strings_size = self._offset_of(entries[DT_STRTAB]), entries[DT_STRSZ]
        tables = [section for section in self._sections if section[2] == SHT_DYNSYM]
        if not tables:
            raise ElfError(f"{self.path} has no section table, which tells how many symbols there are")
        self._table, self._table_size = tables[0][5], tables[0][6] // 24

    def _read_names(self):
        self._needed = [self._name(value) for tag, value in self._dynamic if tag == DT_NEEDED]
        self._symbols = []
        for index in range(self._table_size):
            name, info, section = self._unpack("IBxH", self._symbol_at(index))
            if name:
                self._symbols.append(Symbol(index, self._name(name), info >> 4 == STB_WEAK, section != SHN_UNDEF))

    def _offset_of(self, address):
        for kind, _, offset, start, _, size, _, _ in self._segments:
            if kind == PT_LOAD and start <= address < start + size:
                return offset + address - start
        raise ValueError(f"address {address:#x} is in no segment")

    def _symbol_at(self, index):
        return self._table + 24 * index

    def _name(self, place):
        start = self._strings + place
        return self.data[start:self.data.index(0, start, self._strings + self._strings_size)].decode(errors="surrogateescape")

    def _move_strings(self, strings):
        """Append the program header table and `strings` as a new segment, and point everything to them."""
        offset = (len(self.data) + 7) // 8 * 8
        end = max(start + size for kind, _, _, start, _, _, size, _ in self._segments if kind == PT_LOAD)
        address = (end + PAGE - 1) // PAGE * PAGE + offset % PAGE
        headers = 56 * (len(self._segments) + 1)
        size = headers + len(strings)
        last = max(i for i, segment in enumerate(self._segments) if segment[0] == PT_LOAD)
        segments = [(PT_PHDR, PF_R, offset, address, address, headers, headers, 8) if segment[0] == PT_PHDR else segment
                    for segment in self._segments]
        segments.insert(last + 1, (PT_LOAD, PF_R, offset, address, address, size, size, PAGE))
        old = self._sections_at_strings()
        self.data += bytes(offset + headers - len(self.data)) + strings
        for i, segment in enumerate(segments):
            self._pack("IIQQQQQQ", offset + 56 * i, *segment)
        self._pack("Q", 32, offset)
        self._pack("HH", 54, 56, len(segments))
        for i, (tag, _) in enumerate(self._dynamic):
            if tag in (DT_STRTAB, DT_STRSZ):
                self._pack("Q", self._dynamic_at + 16 * i + 8, address + headers if tag == DT_STRTAB else len(strings))
        for place in old:
            self._pack("QQQ", place + 16, address + headers, offset + headers, len(strings))
        self._read()

    def _sections_at_strings(self):
        """Where the section headers of the string table are: what readelf and strip go by."""
        return [section[0] for section in self._sections if section[5] == self._strings and section[2] == 3]
