"""What loggers are asked for: https://docs.python.org/3/library/logging.html, structlog, loguru."""

from __future__ import annotations

import sys

#: Methods that log on anything that is called a log, by Python's ``logging``, structlog and loguru.
LOGGING_METHODS = frozenset(
    {"critical", "debug", "error", "exception", "fatal", "info", "log", "msg", "notice", "success", "trace"}
    | {"warn", "warning"}
)
#: Methods of a logger that write nothing.
SILENT_METHODS = frozenset(
    {"addFilter", "addHandler", "getChild", "getEffectiveLevel", "hasHandlers", "isEnabledFor"}
    | {"removeFilter", "removeHandler", "setLevel"}
)
#: Classes that wrap a logger and do not end in its name.
WRAPPERS = frozenset({"loggeraddtag", "loggeradapter"})
#: Packages that log nothing of what an app does with them.
SAY_NOTHING = sys.stdlib_module_names | {"aiohttp", "celery", "django", "httpx", "requests", "urllib3"}
