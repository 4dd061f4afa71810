"""The Python types of what cppbind makes; names as in cppyy.types."""

from cppbind.classes import CppClass as Scope, CPPInstance as Instance
from cppbind.fields import Static as DataMember
from cppbind.overloads import Overloads as Function, Bound as Method
from cppbind.templates import FunctionTemplate as Template
from cppbind.views import LowLevelView

__all__ = ["DataMember", "Function", "Instance", "LowLevelView", "Method", "Scope", "Template"]
