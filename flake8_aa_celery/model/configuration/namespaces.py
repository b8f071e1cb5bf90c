"""How a project's Celery applications are configured: from which objects, and in which namespace.

https://docs.celeryq.dev/en/stable/userguide/application.html#configuration
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import absolute, dotted_name
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.code.syntax import positional_parameters, without_call
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.classes import lineage
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, App, Class, Constant, Instance, ModuleValue, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Site

_CONFIGURES = frozenset({"config_from_object"})
_PARAMETERS = ("obj", "silent", "force", "namespace")
#: Django's settings, as an application is told to read them.
_DJANGO = frozenset({"django.conf:settings", "django.conf.settings"})
#: The module that Celery reads where it is told of no other.
_DEFAULT = "celeryconfig"


class Namespace(NamedTuple):
    """In which namespace settings are read.

    :param name: ``CELERY`` for names such as ``CELERY_TASK_TIME_LIMIT``; empty for none.
    """

    name: str

    @property
    def prefix(self) -> str:
        """What the names of settings begin with."""
        return f"{self.name.rstrip('_')}_" if self.name else ""


class Reading(NamedTuple):
    """An object that an application is configured from.

    :param dotted: Django's settings as ``django.conf.settings``, a module or a class by its dotted name.
    :param namespace: None where it cannot be resolved.
    """

    dotted: str
    namespace: Namespace | None


def is_conf(node: ast.expr, site: Site) -> bool:
    """Whether an expression is the configuration of a Celery application."""
    return isinstance(node, ast.Attribute) and node.attr == "conf" and is_app(node.value, site)


def is_app(node: ast.expr, site: Site) -> bool:
    """Whether an expression is a Celery application, be it the ``sender`` of one of its signals."""
    if isinstance(value_of(node, site), App):
        return True
    function = site.scope.function()
    if not isinstance(node, ast.Name) or function is None or node.id not in function.bindings:
        return False
    definition = function.node
    return (
        isinstance(definition, FUNCTIONS)
        and positional_parameters(definition)[:1] == [node.id]
        and any(map(_is_signal_of_app, definition.decorator_list))
    )


def _is_signal_of_app(decorator: ast.expr) -> bool:
    name = dotted_name(without_call(decorator)) or ""
    return name.endswith((".on_after_configure.connect", ".on_after_finalize.connect"))


@fact
def readings_of(project: Project) -> list[Reading]:
    """What the applications of a project are configured from; not in test code."""
    found: list[Reading] = []
    for module in modules_with(project, lambda data: b"config_from_object" in data):
        found += [reading for call in module.calls_of(_CONFIGURES) for reading in _readings(call)]
    return found


def _readings(call: CallSite) -> Iterator[Reading]:
    """What an application is told to read; of a class those that it inherits from, too."""
    given = by_name(call.node, call.site, _PARAMETERS)
    entry = given.get("obj")
    namespace = _namespace(given.constant("namespace"))
    if given.lacks("namespace"):
        namespace = _of_application(call.site.module)
    value = entry.value if entry else UNKNOWN
    value = value.of if isinstance(value, Instance) else value
    if isinstance(value, Class):
        for each in lineage(value).classes:
            yield Reading(f"{each.module.dotted}.{each.node.name}", namespace)
    else:
        yield Reading(_read_from(value, entry.origin, call.site.module) if entry else "", namespace)


def _read_from(value: Value, origin: str | None, module: Module) -> str:
    """The dotted name of what an application reads its settings from; empty where it is not known."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return "django.conf.settings" if value.value in _DJANGO else value.value.replace(":", ".")
    if isinstance(value, ModuleValue):
        return value.dotted
    return absolute(origin, module.dotted, module.path) if origin else ""


def _of_application(module: Module) -> Namespace | None:
    """The namespace that ``Celery(namespace=…)`` says, where ``config_from_object`` says none."""
    given = [keywords_of(call.node, call.site) for call in apps_of(module)]
    named = {_namespace(options.constant("namespace")) for options in given if not options.lacks("namespace")}
    return Namespace("") if not named else named.pop() if len(named) == 1 and len(given) == 1 else None


def _namespace(value: object) -> Namespace | None:
    if value is None:
        return Namespace("")
    return Namespace(value) if isinstance(value, str) else None


@fact
def namespace_in_django(project: Project) -> Namespace | None:
    """In which namespace a project's applications read Django's settings; None where that is not seen.

    An app of Alliance Auth is run by Alliance Auth's application, which has none.
    """
    read = {reading.namespace for reading in readings_of(project) if reading.dotted == "django.conf.settings"}
    if read:
        return read.pop() if len(read) == 1 else None
    of_alliance_auth = project.settings.is_of_alliance_auth and not readings_of(project)
    return Namespace("") if of_alliance_auth else None


def namespace_in(dotted: str, project: Project) -> Namespace | None:
    """In which namespace a module or a class is read as a configuration; None where none is known to read it.

    :param dotted: its name.
    """
    read = {reading.namespace for reading in readings_of(project) if _names(reading.dotted, dotted)}
    if read:
        return read.pop() if len(read) == 1 else None
    return Namespace("") if dotted == _DEFAULT and not readings_of(project) else None


def _names(told: str, dotted: str) -> bool:
    """Whether what an application is told to read is a module or class, whose name may be longer here."""
    return bool(told) and (dotted == told or dotted.endswith(f".{told}"))
