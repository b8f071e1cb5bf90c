"""What of all libraries holds whoever calls it until something else has answered."""

from __future__ import annotations

import re

from flake8_aa_celery.model.knowledge import aiohttp, discord, httpx, requests, standard_library, urllib3

_LIBRARIES = (aiohttp, discord, httpx, requests, standard_library, urllib3)
_PACKAGES = frozenset(package for library in _LIBRARIES for package in library.PACKAGES)
_BLOCKS = re.compile("|".join(library.BLOCKS for library in _LIBRARIES))
#: The last names of all that waits, and of what waits for a task or an operation of ESI.
METHODS = frozenset(re.findall(r"[A-Za-z_]{3,}", _BLOCKS.pattern)) | {
    "apply", "collect", "getattr", "join", "result", "results", "run", "wait",
}  # fmt: skip


def blocks(dotted: str) -> bool:
    """Whether a call of something by its origin waits; ``requests.Session().get`` is such an origin."""
    return dotted.partition(".")[0] in _PACKAGES and _BLOCKS.fullmatch(dotted) is not None
