"""Receivers that are connected after their signal was sent.

An application sends ``on_after_configure`` when it first reads its settings, which a worker and beat make it do
before they import the modules of tasks.
"""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import imported_name
from flake8_aa_celery.model.configuration.namespaces import is_app
from flake8_aa_celery.model.resolve.occurrences import apps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Site

_SIGNAL = "on_after_configure"
_CONNECT = frozenset({"connect"})
_MAKES_APP = re.compile(rb"\bCelery(?:\s*\(|\s+as\b)")


class LateReceiver(NamedTuple):
    """A connection to ``on_after_configure`` that comes too late.

    :param node: the signal, as it is written.
    """

    node: ast.Attribute


@fact
def late_receivers_of(module: Module) -> list[LateReceiver]:
    """The connections of a module that is imported after its application was configured.

    Not those of the modules that the application's own module or its packages import, which may be in time.
    """
    found = [LateReceiver(node) for node, site in _connections(module) if is_app(node.value, site)]
    return found if found and not apps_of(module) and module.path not in _early_files(module.project) else []


def _connections(module: Module) -> Iterator[tuple[ast.Attribute, Site]]:
    """Every ``….on_after_configure`` that a module connects something to, by a decorator or by a call."""
    for node, site in module.scopes.functions:
        for decorator in node.decorator_list:
            signal = decorator.value if isinstance(decorator, ast.Attribute) and decorator.attr in _CONNECT else None
            if isinstance(signal, ast.Attribute) and signal.attr == _SIGNAL:
                yield signal, site
    for call in module.calls_of(_CONNECT):
        signal = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
        if isinstance(signal, ast.Attribute) and signal.attr == _SIGNAL:
            yield signal, call.site


@fact
def _early_files(project: Project) -> frozenset[str]:
    """The packages that modules with an application lie in, and what these modules and packages import."""
    found: set[str] = set()
    for module in modules_with(project, lambda data: _MAKES_APP.search(data) is not None):
        if apps_of(module):
            for early in [module, *_packages(module)]:
                found.add(early.path)
                found.update(_imported_by(early))
    return frozenset(found)


def _packages(module: Module) -> Iterator[Module]:
    """The packages that a module lies in."""
    folder = os.path.dirname(module.path)
    while folder.startswith(module.project.root):
        path = os.path.join(folder, "__init__.py")
        package = module.project.load(path) if os.path.isfile(path) else None
        if package is None:
            return
        yield package
        folder = os.path.dirname(folder)


def _imported_by(module: Module) -> Iterator[str]:
    """The files that a module imports, and from which it imports."""
    project = module.project
    for scope in module.scopes.all:
        for name, bindings in scope.bindings.items():
            for binding in bindings:
                if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
                    imported = imported_name(name, binding.node)
                    path = project.imported_module(imported, module)[1]
                    inner = project.submodule(path, imported.member) if path and imported.member else None
                    yield from (file for file in (path, inner) if file)
