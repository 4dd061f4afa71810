"""What `import cppbind.gbl` finds where nothing of C++ was used before: the global namespace, which takes this module's place."""

import sys

from cppbind import scopes

sys.modules[__name__] = scopes.gbl
