"""What is decided once.  API files import `api`, `vm`, `NULL`, `text`, ... from here."""

from capi.core.registry import api, vm                 # noqa: F401
from capi.core.tables import NULL, text                 # noqa: F401
