"""Run by path at the start of each Python process of a project's build; see `capi.core.project`.

Tells setuptools, distutils, meson, scikit-build and whoever else asks ``sysconfig`` to compile for this layer: our headers,
our file suffix, no VM library to link.  Stands alone: the build's virtual environment does not have `capi`.
"""

import importlib.machinery
import importlib.util
import json
import os
import sys
import sysconfig

HOOK_MARK = "_BUILD_BACKEND"                    # pip names the build backend in such a variable, for the build's processes


def main():
    if hasattr(sys, "_mooring_build"):
        return                                  # pip's isolation has site read .pth files a second time
    sys._mooring_build = True
    settings = json.loads(os.environ["MOORING_BUILD"])
    if not any(name.endswith(HOOK_MARK) for name in os.environ):
        return                                  # pip itself: it chooses wheels for the Python that it runs on
    if settings["fetch_only"]:
        for name in [name for name in os.environ if name.endswith("_BACKEND_PATH")]:
            del os.environ[name]                # of a backend that lies in the project itself
        sys.meta_path.insert(0, FetchOnly())
        return
    compile_for_us(settings["include"], settings["suffix"])
    if settings["as_cpython"]:
        beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "as_cpython.py")
        spec = importlib.util.spec_from_file_location("mooring_as_cpython", beside)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.present_to_build()
        # wheel tags go by the implementation's name: keep name and ABI a pair, whichever is told
        sysconfig.get_config_vars()["SOABI"] = f"cpython-{sys.version_info[0]}{sys.version_info[1]}"


def compile_for_us(include, suffix):
    names = sysconfig.get_config_vars()
    names.update(INCLUDEPY=include, CONFINCLUDEPY=include, EXT_SUFFIX=suffix, SO=suffix, SHLIB_SUFFIX=".so",
                 Py_ENABLE_SHARED=0, LIBPYTHON="", BLDLIBRARY="", LDLIBRARY="", LIBRARY="")
    names.pop("LIBPC", None)                    # else meson asks pkg-config, which knows a system CPython's headers
    for scheme in sysconfig._INSTALL_SCHEMES.values():
        scheme["include"] = scheme["platinclude"] = include.replace("{", "{{").replace("}", "}}")
    importlib.machinery.EXTENSION_SUFFIXES[:] = [suffix]


class FetchOnly:
    """Stands in for any build backend, and answers with the metadata that an sdist carries in its ``PKG-INFO``.

    So pip finds, checks and saves an sdist, and runs none of its code.
    """

    def find_spec(self, fullname, path=None, target=None):
        backend = next(value for name, value in os.environ.items() if name.endswith(HOOK_MARK)).partition(":")[0]
        if fullname == backend or backend.startswith(fullname + "."):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.prepare_metadata_for_build_wheel = module.prepare_metadata_for_build_editable = metadata_of_sdist
        module.get_requires_for_build_wheel = lambda config_settings=None: []
        module.build_wheel = metadata_of_sdist
        module.__legacy__ = module


def metadata_of_sdist(folder, config_settings=None):
    with open("PKG-INFO", encoding="utf-8") as file:
        text = file.read()
    fields = dict(line.split(": ", 1) for line in text.split("\n\n")[0].splitlines() if line.startswith(("Name: ", "Version: ")))
    name = f"{fields['Name'].replace('-', '_')}-{fields['Version']}.dist-info"
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(os.path.join(folder, name, "METADATA"), "w", encoding="utf-8") as file:
        file.write(text)
    return name


main()
