"""Schedules under a name that the application does not read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import dotted_name
from flake8_aa_celery.model.configuration.namespaces import namespace_in, namespace_in_django
from flake8_aa_celery.model.configuration.unknown import is_read_in
from flake8_aa_celery.model.knowledge.celery import SCHEDULES
from flake8_aa_celery.model.knowledge.celery_settings import OLD_NAMES
from flake8_aa_celery.model.resolve.modules import is_settings_module

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.configuration.namespaces import Namespace

_NEW = "beat_schedule"
_OLD = OLD_NAMES[_NEW]


class UnreadSchedule(NamedTuple):
    """A name for the schedule by which Celery does not find it.

    :param nodes: every place of the module where it is written: variables and attributes; at the first it is reported.
    :param written: the name.
    :param read: the name that is read.
    :param namespace: in which the application reads its settings.
    :param is_old: whether it is the name of before Celery 4, which Celery reads in a namespace from 5.7 on.
    :param is_taken: whether the name that is read is there, too.
    """

    nodes: list[ast.expr]
    written: str
    read: str
    namespace: Namespace
    is_old: bool
    is_taken: bool

    @property
    def node(self) -> ast.expr:
        """Where it is reported."""
        return self.nodes[0]


@fact
def unread_schedules_of(module: Module) -> list[UnreadSchedule]:
    """The names of schedules in a module that its application does not read, each once."""
    written = _written_in(module)
    return [found for name in sorted(written) if (found := _unread(name, written, module)) is not None]


def _written_in(module: Module) -> dict[str, list[ast.expr]]:
    """Every place where a name for the schedule is written, in the order of the source."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in SCHEDULES:
            found.setdefault(node.id, []).append(node)
        elif isinstance(node, ast.Attribute) and node.attr in SCHEDULES:
            found.setdefault(node.attr, []).append(node)
    return {name: sorted(nodes, key=lambda node: (node.lineno, node.col_offset)) for name, nodes in found.items()}


def _unread(name: str, written: dict[str, list[ast.expr]], module: Module) -> UnreadSchedule | None:
    nodes = written[name]
    own = None if is_settings_module(module) else namespace_in(module.dotted, module.project)
    namespace = own or namespace_in_django(module.project)
    if namespace is None or not all(map(_is_of_settings, nodes)) or not _sets(name, module, is_own=own is not None):
        return None
    read = f"{namespace.prefix}BEAT_SCHEDULE" if namespace.name else _OLD
    if name == read or (own and name in (_OLD, _NEW)) or (name == _NEW and _is_helper(nodes, module)):
        return None
    read = _NEW if own and not namespace.name else read
    if is_read_in(module.project, name) or _shares_statement(name, read, module):
        return None
    return UnreadSchedule(nodes, name, read, namespace, name == _OLD, read in written)


def _sets(name: str, module: Module, *, is_own: bool) -> bool:
    """Whether a module sets or fills a schedule of this name where an application might look for it."""
    stored = [target for scope in module.scopes.all for target, _, _ in scope.stores]
    if any(_is_setting(part, name) for target in stored for part in (target, target.value)):
        return True
    if not is_own and not is_settings_module(module):
        return False
    bound = any(name in scope.bindings for scope in module.scopes.all if scope.kind in ("module", "class"))
    return bound or any(isinstance(target.value, ast.Name) and target.value.id == name for target in stored)


def _is_setting(node: ast.expr, name: str) -> bool:
    """``settings.CELERY_BEAT_SCHEDULE``, as an app or a document sets it."""
    return isinstance(node, ast.Attribute) and node.attr == name and _is_of_settings(node)


def _is_of_settings(node: ast.expr) -> bool:
    """Whether a name is a variable, or an attribute of something that is called settings."""
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Attribute) and (dotted_name(node.value) or "").rpartition(".")[2] == "settings"
    )


def _is_helper(nodes: Iterable[ast.expr], module: Module) -> bool:
    """Whether a name in small letters is used, or stands in a document, where it may be a `celeryconfig`."""
    return module.in_document or any(isinstance(getattr(node, "ctx", None), ast.Load) for node in nodes)


def _shares_statement(name: str, read: str, module: Module) -> bool:
    """Whether one statement speaks of a schedule by both names: ``CELERY_BEAT_SCHEDULE = CELERYBEAT_SCHEDULE``."""
    for statement in module.tree.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)):
            names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            if {name, read} <= names:
                return True
    return False
