"""Whether what is raised at a place may be caught: around it, by a context manager, or by who calls its function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.files import files
from flake8_aa_celery.model.code.handlers import is_expected, may_be_caught
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.parents import parents_of
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.resolve.swallowing import swallowing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Site

#: So many callers are looked at, each above the one before.
_MOST_STEPS = 3


def is_caught_anywhere(site: Site, exception: str) -> bool:
    """Whether an exception of Python's may be caught around a place, or is expected by who calls its function.

    Of callers those count that name it: ``except AttributeError``. A lambda that a function of the module is given
    may be called anywhere.
    """
    if may_be_caught(site, exception) or swallowing(site, last_part(exception)) is not None:
        return True
    return _is_expected_above(site, exception, _MOST_STEPS)


def _is_expected_above(site: Site, exception: str, steps: int) -> bool:
    node = site.scope.runs_in().node
    if isinstance(node, ast.Lambda):
        return _is_handed_on(node, site.module)
    if not steps or not isinstance(node, FUNCTIONS):
        return False
    return any(
        is_expected(caller, exception) or _is_expected_above(caller, exception, steps - 1)
        for caller in _callers_of(node.name, site.module)
    )


def _is_handed_on(node: ast.Lambda, module: Module) -> bool:
    """Whether a lambda is an argument of a function of the same module."""
    call = parents_of(module).get(node)
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Name) and any(
        binding.kind == "function" for binding in module.scopes.module.bindings.get(function.id, ())
    )


def _callers_of(name: str, module: Module) -> Iterator[Site]:
    """Where functions of a name are called, in the modules of the project that speak of it."""
    wanted = f"{name}(".encode()
    others = files(module.project, lambda data: wanted in data)
    modules = {module.path: module} | {path: found for path in others if (found := module.project.load(path))}
    for found in modules.values():
        yield from (call.site for call in found.calls_of(frozenset({name})))
