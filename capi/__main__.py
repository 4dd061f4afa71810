"""``python -m capi``: build projects' C code for this layer, adapt abi3 wheels, build the shim."""

import argparse
import sys

from capi.core import adapt, shim_build
from capi.core.build import BuildError
from capi.core.progress import Progress
from capi.core.project import STEPS, build_project


def build(options):
    with Progress("build", len(STEPS) * len(options.project)) as progress:
        modules = []
        for number, project in enumerate(options.project):
            def tell(step, project=project, number=number):
                progress.begun = number * len(STEPS) + STEPS.index(step)
                progress.step(f"{step} {project}")
            modules += build_project(project, options.target, False if options.as_pypy else None, tell)
    for path in modules:
        print(path)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m capi", description="C extensions for PyPy.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="build a project's C code for this layer and install it",
                                  description="Build each project's own sources for this layer, install it without its "
                                              "dependencies, and print the paths of its extension modules.")
    command.add_argument("project", nargs="+", help="a folder with pyproject.toml or setup.py, an sdist, or a name or "
                                                    "name==version on the package index")
    command.add_argument("--target", metavar="DIR", help="install into DIR, not into the current virtual environment")
    command.add_argument("--as-pypy", action="store_true", help="let build scripts see that they run on PyPy; many then leave "
                                                                "their C code out (also: MOORING_AS_CPYTHON=0)")
    command.set_defaults(run=build)
    command = commands.add_parser("adapt", help="adapt CPython's abi3 wheels so that their modules load here", add_help=False)
    command.add_argument("rest", nargs=argparse.REMAINDER)
    command.set_defaults(run=lambda options: adapt.main(options.rest))
    command = commands.add_parser("shim", help="build the C shim now, not at the first import")
    command.set_defaults(run=lambda options: shim_build.build(shim_build.announce))
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except BuildError as reason:
        sys.exit(f"capi: {reason}")


if __name__ == "__main__":
    main()
