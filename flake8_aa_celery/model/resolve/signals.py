"""Which functions are receivers of signals: of Django's, of Celery's, of an app's own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part, origin
from flake8_aa_celery.model.code.syntax import keyword_of, without_call
from flake8_aa_celery.model.knowledge.celery_signals import SENT_BY_APP
from flake8_aa_celery.model.knowledge.django import RECEIVERS, SIGNALS_OF_SAVING
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import BoundMethod, Function, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, FunctionNode, Site

_CONNECT = frozenset({"connect"})


class Connection(NamedTuple):
    """One place where a function is connected to signals.

    :param written: the signal, or the list of signals; None where ``@receiver`` is given none.
    :param site: where that is written.
    """

    written: ast.expr | None
    site: Site

    @property
    def signals(self) -> list[ast.expr]:
        """The signals one by one."""
        if isinstance(self.written, (ast.List, ast.Tuple)):
            return self.written.elts
        return [] if self.written is None else [self.written]

    @property
    def is_of_celery(self) -> bool:
        """Whether it is signals of Celery, or of an application of it: their receivers keep no user waiting."""
        return any(
            (origin(signal, self.site) or "").startswith("celery.")
            or (isinstance(signal, ast.Attribute) and signal.attr in SENT_BY_APP)
            for signal in self.signals
        )


def connections(node: FunctionNode, site: Site) -> Iterator[Connection]:
    """Every connection of a function that its own module makes: by a decorator, or by ``signal.connect(…)``.

    :param site: where the function is defined.
    """
    for decorator in node.decorator_list:
        found = _of_decorator(decorator, site)
        if found is not None:
            yield found
    yield from _by_function(site.module).get(node, ())


def signals_of(node: FunctionNode, site: Site) -> list[str]:
    """The signals of Django's ORM that a function is connected to, by ``@receiver`` or ``signal.connect``."""
    found = (_signal(part, connection.site) for connection in connections(node, site) for part in connection.signals)
    return [name for name in found if name]


def _signal(node: ast.expr, site: Site) -> str | None:
    dotted = origin(node, site) or ""
    name = last_part(dotted)
    return name if name in SIGNALS_OF_SAVING and dotted == f"django.db.models.signals.{name}" else None


def _of_decorator(decorator: ast.expr, site: Site) -> Connection | None:
    """The connection that ``@receiver(signal)`` or ``@signal.connect`` makes."""
    if isinstance(decorator, ast.Call) and origin(decorator.func, site) in RECEIVERS:
        return Connection(_first_argument(decorator, "signal"), site)
    target = without_call(decorator)
    if not isinstance(target, ast.Attribute) or target.attr not in _CONNECT:
        return None
    # Django's own `connect` is no decorator: it returns None, and forgets what nothing else refers to
    return None if (origin(target.value, site) or "").startswith("django.") else Connection(target.value, site)


@fact
def _by_function(module: Module) -> dict[FunctionNode, list[Connection]]:
    """The connections that calls of ``connect`` make, by the functions of the module that they are given."""
    found: dict[FunctionNode, list[Connection]] = {}
    for call in module.calls_of(_CONNECT):
        function = _connected(call)
        if function is not None and isinstance(call.node.func, ast.Attribute):
            found.setdefault(function, []).append(Connection(call.node.func.value, call.site))
    return found


def _connected(call: CallSite) -> FunctionNode | None:
    """The function of the module that a call of ``connect`` is given, as its first argument or as ``receiver=``."""
    given = _first_argument(call.node, "receiver")
    value = value_of(given, call.site) if isinstance(given, (ast.Name, ast.Attribute)) else None
    if isinstance(value, BoundMethod):
        value = value.function
    return value.node if isinstance(value, (Function, Task)) and value.module is call.site.module else None


def _first_argument(call: ast.Call, name: str) -> ast.expr | None:
    """The argument of a call that is its first, or has this name."""
    return call.args[0] if call.args else keyword_of(call, name)
