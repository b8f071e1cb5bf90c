"""The pre-filters switched off: everything gets its full answer, however little it has to do with Celery."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING
from unittest.mock import patch

import flake8_aa_celery
from flake8_aa_celery import model
from flake8_aa_celery.model.resolve import prefilters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

    from flake8_aa_celery.model.code.module import Module


def _yes(*_: object) -> bool:
    return True


def _names_of_all_calls(module: Module) -> frozenset[str]:
    return frozenset(module.scopes.calls_named)


#: What stands in for each pre-filter of :mod:`flake8_aa_celery.model.resolve.prefilters`. Those that are not asked from
#: elsewhere, only by these, need nothing.
OPEN: dict[str, Callable[..., Any]] = {
    "canvas_names": _names_of_all_calls,
    "canvas": _yes,
    "may_run_task": _yes,
    "result": _yes,
}


@contextmanager
def search_off() -> Iterator[None]:
    """No file is refused for its bytes."""
    with ExitStack() as patched:
        search = model.relevant
        for module in (model, *_modules()):
            if getattr(module, "relevant", None) is search:
                patched.enter_context(patch.object(module, "relevant", _yes))
        yield


@contextmanager
def prefilters_off() -> Iterator[None]:
    """No file is refused for its bytes, and no expression for its shape."""
    with ExitStack() as patched:
        patched.enter_context(search_off())
        for name, replacement in OPEN.items():
            patched.enter_context(patch.object(prefilters, name, replacement))
        yield


@cache
def _modules() -> tuple[ModuleType, ...]:
    """Every module of the package, imported: one that is imported while the search is off would keep it off."""
    names = [found.name for found in walk_packages(flake8_aa_celery.__path__, f"{flake8_aa_celery.__name__}.")]
    return tuple(import_module(name) for name in names if not name.endswith("__main__"))
