# `make help` lists the targets.  PYPY=/path/to/pypy3 chooses the PyPy, when .venv is made.

PYTHON3 ?= python3
RUN = .venv/bin/python

.PHONY: help setup demo test bench packages generate clean

help:           ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1	/p' Makefile

setup: .venv/installed  ## find or get a PyPy, make .venv, install what is pinned, build the C shim; LLVM and the C++ shim
	@$(RUN) -m compileall -q capi cppbind ffi
	@$(RUN) -m capi shim
	@$(RUN) -m cppbind.backend.build --optional

demo: setup     ## build four real packages, run them, compare their speed with cpyext and CPython
	@$(RUN) -m tools.demo

test: setup     ## the test suite; C++ in a process of its own
ifdef ARGS
	@$(RUN) -m pytest $(ARGS)
else
	@$(RUN) -m pytest tests/cppbind
	@$(RUN) -m pytest --ignore tests/cppbind
endif

bench: setup    ## the microbenchmarks on three machines
	@$(RUN) -m microbench --readme $(ARGS)

packages: setup ## real packages and their own test suites; fills the README's table
	@$(RUN) -m tests.packages --readme $(ARGS)

generate: .venv/installed  ## write the headers and every *.gen.* anew from the signatures
	@$(RUN) -m capi.core.generate

clean:          ## remove what was built, but not the PyPy that was got
	rm -rf .venv build
	find capi tests tools microbench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.venv/made:
	@pypy=$$($(PYTHON3) tools/get_pypy.py) \
	    && echo "setup: making .venv with $$pypy" \
	    && { "$$pypy" -m venv --clear .venv \
	         || { echo "setup: this PyPy cannot make virtual environments; install its venv package (Debian: pypy3-venv)." >&2; exit 1; }; }
	@touch $@

.venv/installed: .venv/made tools/requirements.txt pyproject.toml
	@echo "setup: installing the pinned packages"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --requirement tools/requirements.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
