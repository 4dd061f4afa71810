"""Fill the generated sections of the README: ``python -m tools.readme SECTION < text``.

A section stands between ``<!-- SECTION:begin -->`` and ``<!-- SECTION:end -->``, each on a line of its own.
"""

import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def filled(document, section, text):
    """`document` with `text` as the contents of `section`.  Raises ValueError unless the section is there once."""
    begin, end = (f"<!-- {section}:{mark} -->" for mark in ("begin", "end"))
    if document.count(begin) != 1 or document.count(end) != 1 or document.index(begin) > document.index(end):
        raise ValueError(f"the document has no single section between {begin} and {end}; add the two lines.")
    before, _, rest = document.partition(begin)
    return f"{before}{begin}\n{text.strip()}\n{end}{rest.partition(end)[2]}"


def fill(section, text, path=README):
    """Write `text` into the README's `section`; leave the file alone where nothing changes."""
    path = Path(path)
    old = path.read_text(encoding="utf-8")
    new = filled(old, section, text)
    if new != old:
        path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.readme SECTION < text")
    fill(sys.argv[1], sys.stdin.read())
