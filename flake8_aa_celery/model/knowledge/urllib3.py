"""urllib3: https://urllib3.readthedocs.io/en/stable/reference/"""

from __future__ import annotations

PACKAGES = frozenset({"urllib3"})

#: What waits for the network.
BLOCKS = r"urllib3(\.\w+)?(\.PoolManager\(\))?\.(get|options|head|post|put|patch|delete|request|urlopen)"
