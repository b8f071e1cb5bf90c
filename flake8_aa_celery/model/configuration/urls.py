"""Passwords that stand in the URLs of brokers and backends."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of
from flake8_aa_celery.model.configuration.eager import is_of_development
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.values import Constant, Items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Expression

_SETTINGS = frozenset({"broker_read_url", "broker_url", "broker_write_url", "database_url", "result_backend"})
#: The first parameters of ``Celery(…)``.
_BY_POSITION = ("main", "loader", "backend", "amqp", "events", "log", "control", "set_as_current", "tasks", "broker")
_OF_APP = ("backend", "broker")
#: Stands for what an f-string puts in.
_UNSEEN = "\0"
_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://(?P<user>[^:/@\s]*):(?P<password>[^@/\s]+)@(?P<host>\[[^\]]*\]|[^:/?\s]*)", re.I
)
#: What nobody takes for a password.
_PLACEHOLDERS = frozenset({
    "admin", "changeit", "changeme", "example", "guest", "pass", "passwd", "password", "postgres", "pw", "pwd", "redis",
    "root", "secret", "test",
})  # fmt: skip
_SIGNS = re.compile(r"[<>{}$%]|\.\.\.|…|^[*x]+$|your|my[-_]?pass|change[-_ ]?me", re.I)
_HERE = frozenset({"", "127.0.0.1", "::1", "[::1]", "localhost", "0.0.0.0"})


class PasswordInUrl(NamedTuple):
    """A URL whose text holds a password.

    :param node: where to report it.
    :param name: what is set to it: a setting as it is written, or a parameter of ``Celery``.
    """

    node: ast.expr
    name: str


@fact
def passwords_of(module: Module) -> list[PasswordInUrl]:
    """The URLs in the configuration of a module that hold a password."""
    found: dict[int, PasswordInUrl] = {}
    for name, expression, otherwise in _urls(module):
        texts = list(_texts(expression))
        if any(_has_password(text, is_development=is_of_development(expression.site)) for text in texts):
            node = expression.reported_in(module, otherwise)
            found.setdefault(id(node), PasswordInUrl(node, name))
    return list(found.values())


def _urls(module: Module) -> Iterator[tuple[str, Expression, ast.expr]]:
    for setting in celery_settings_of(module):
        if setting.name in _SETTINGS:
            yield setting.written, setting.entry, setting.node
    for call in apps_of(module):
        given = by_name(call.node, call.site, _BY_POSITION)
        for name in _OF_APP:
            entry = given.get(name)
            if entry is not None:
                yield name, entry, call.node


def _texts(expression: Expression) -> Iterator[str]:
    """The texts that an expression is: itself, or the members of a list; what an f-string puts in is not seen."""
    node, value = expression.node, expression.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else _UNSEEN for part in node.values)
    elif isinstance(value, Constant) and isinstance(value.value, str):
        yield from value.value.split(";")
    elif isinstance(value, Items):
        for element in value.elements:
            yield from _texts(element)


def _has_password(text: str, *, is_development: bool) -> bool:
    found = _URL.search(text)
    if found is None or _UNSEEN in found["password"]:
        return False
    password = found["password"]
    if password.lower() in _PLACEHOLDERS | {found["user"].lower()} or _SIGNS.search(password):
        return False
    return not (is_development and found["host"].lower() in _HERE)
