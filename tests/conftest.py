"""What every test can ask for by name, what pytest can be asked for, and which tests are slow."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from frontends import fakes, frontends

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes import Outcomes

__all__ = ["fakes", "frontends"]

# Shells have what they start in the background ignore Ctrl-C, which tests press on commands that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest.register_assert_rewrite("outcomes")  # so that an outcome that differs is shown with the difference

#: Folders whose tests wait for a worker, or for something that is big on purpose.
SLOW = {"behaviour", "unbreakable"}
#: Fixtures that are slow to make: a copy of this project.
SLOW_FIXTURES = {"clone"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know ``--update``."""
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite what tests compare with: tests/golden, tests/graph/golden, what fixes make of fixtures",
    )


@pytest.fixture
def outcomes(request: pytest.FixtureRequest) -> Outcomes:
    """What compares with outcomes that are kept in files, or rewrites them."""
    from outcomes import Outcomes

    return Outcomes(update=request.config.getoption("--update"))


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark what ``-m "not slow"`` leaves out."""
    for item in items:
        if item.path.parent.name in SLOW or not SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
