"""aiohttp's client: https://docs.aiohttp.org/en/stable/client_reference.html"""

from __future__ import annotations

PACKAGES = frozenset({"aiohttp"})

#: What waits for the network.
BLOCKS = (
    r"aiohttp(\.client)?(\.ClientSession\(\))?"
    r"\.(get|options|head|post|put|patch|delete|request|send|stream|ws_connect)"
)
