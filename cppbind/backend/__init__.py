"""The thin C API (`api.h`) and its two implementations: `clang` compiles, a dictionary was compiled before."""
