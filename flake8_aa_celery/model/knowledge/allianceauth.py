"""Alliance Auth: https://allianceauth.readthedocs.io"""

from __future__ import annotations

#: Its class of a task that is queued once.
QUEUE_ONCE = "allianceauth.services.tasks.QueueOnce"
#: What makes the logger of an app, and the module of that.
LOGGER_MAKER = {"module": "allianceauth.services.hooks", "name": "get_extension_logger"}
#: What returns the function that it decorates.
RETURNS_FUNCTION = frozenset({"allianceauth.hooks.register"})
