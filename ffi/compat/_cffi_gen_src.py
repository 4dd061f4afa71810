"""What the console script cffi-gen-src calls."""

from ffi.gen_src import main


def run():
    main(prog="cffi-gen-src")
