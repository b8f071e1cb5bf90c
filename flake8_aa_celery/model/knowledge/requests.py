"""requests and requests-oauthlib: https://requests.readthedocs.io/en/latest/api/"""

from __future__ import annotations

PACKAGES = frozenset({"requests", "requests_oauthlib"})

_VERBS = r"(get|options|head|post|put|patch|delete|request|send|getattr\(\))"
#: What waits for the network; a call in an origin is written with ``()``.
BLOCKS = (
    rf"requests(\.api|\.sessions)?(\.[Ss]ession\(\))?\.{_VERBS}"
    rf"|requests_oauthlib(\.\w+)?\.OAuth[12]Session\(\)\.({_VERBS}|fetch_token|refresh_token)"
)
