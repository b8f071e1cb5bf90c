"""What every test can ask for by name."""

from __future__ import annotations

from doors import doors, fakes

__all__ = ["doors", "fakes"]
