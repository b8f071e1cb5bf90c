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
from flake8_aa_celery.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType
    from typing import Any

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation


def _yes(*_: object) -> bool:
    return True


def _all_calls(module: Module) -> list[CallSite]:
    return module.all_calls()


def _names_of_all_calls(module: Module) -> frozenset[str]:
    return frozenset(module.scopes.calls_named)


def _violations_in(rule: Rule, module: Module, settings: Settings) -> Iterable[Violation]:
    return rule.load()(module, settings)


#: What stands in for each pre-filter of :mod:`flake8_aa_celery.model.resolve.prefilters`. Those that are not asked from
#: elsewhere, only by these, need nothing.
OPEN: dict[str, Callable[..., Any]] = {
    "canvas_names": _names_of_all_calls,
    "canvas": _yes,
    "task": _yes,
    "local_calls": _all_calls,
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
    """No file is refused for its bytes, no expression for its shape, and no rule for want of what it is about."""
    with ExitStack() as patched:
        patched.enter_context(search_off())
        for name, replacement in OPEN.items():
            patched.enter_context(patch.object(prefilters, name, replacement))
        patched.enter_context(patch.object(Rule, "violations_in", _violations_in))
        yield


@cache
def _modules() -> tuple[ModuleType, ...]:
    """Every module of the package, imported: one that is imported while the search is off would keep it off."""
    names = [found.name for found in walk_packages(flake8_aa_celery.__path__, f"{flake8_aa_celery.__name__}.")]
    return tuple(import_module(name) for name in names if not name.endswith("__main__"))
