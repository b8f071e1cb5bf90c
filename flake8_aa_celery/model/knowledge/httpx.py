"""httpx: https://www.python-httpx.org/api/"""

from __future__ import annotations

PACKAGES = frozenset({"httpx", "httpx2"})

#: What waits for the network.
BLOCKS = r"httpx2?(\.(Async)?Client\(\))?\.(get|options|head|post|put|patch|delete|request|send|stream|getattr\(\))"
