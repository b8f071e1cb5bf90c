"""Libraries that try again what has failed: tenacity, stamina, backoff, retrying."""

from __future__ import annotations

PACKAGES = ("backoff", "retrying", "stamina", "tenacity")
