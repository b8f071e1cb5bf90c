"""What every test can ask for by name, and which tests are slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doors import doors, fakes

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["doors", "fakes"]

#: Folders whose tests wait for a worker, or for something that is big on purpose.
SLOW = {"behaviour", "unbreakable"}


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark what ``-m "not slow"`` leaves out."""
    for item in items:
        if item.path.parent.name in SLOW:
            item.add_marker(pytest.mark.slow)
