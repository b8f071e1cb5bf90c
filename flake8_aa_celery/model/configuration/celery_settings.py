"""What a module sets of Celery's settings: in Django's settings, in a module of Celery's own, or by ``app.conf``.

What a name means depends on the namespace that the application reads it in:
https://docs.celeryq.dev/en/stable/userguide/configuration.html#new-lowercase-settings
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.namespaces import (
    Namespace,
    is_app,
    is_conf,
    namespace_in,
    namespace_in_django,
)
from flake8_aa_celery.model.knowledge.celery_settings import NEW_NAMES, OLD_NAMES
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.modules import is_settings_module
from flake8_aa_celery.model.resolve.values import UNKNOWN, Constant, Entry, Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Scope, Site

    Way = Literal["variable", "attribute", "item", "key", "keyword"]

#: What the names of Celery's settings begin with in Django's, be they known or not.
_BEGINNINGS = ("CELERY_", "CELERYD_", "CELERYBEAT_", "BROKER_")
_UPDATES = frozenset({"update"})
#: Methods of an application that take settings as a dict.
_TAKES_SETTINGS = frozenset({"add_defaults", "config_from_object"})


class CelerySetting(NamedTuple):
    """A setting that is given to Celery, or would be if Celery knew it.

    :param name: what Celery calls it today; empty where it knows no such setting.
    :param written: its name as it is written.
    :param node: where that is: a variable, an attribute, an item, a key; of a keyword argument the value.
    :param entry: what it is set to.
    :param way: how it is written.
    :param namespace: in which it is read.
    :param is_old: whether it is written as before Celery 4.
    """

    name: str
    written: str
    node: ast.expr
    entry: Entry
    way: Way
    namespace: Namespace
    is_old: bool = False

    @property
    def bare(self) -> str:
        """Its name in small letters, without what the namespace or an older Celery puts before it."""
        for start, instead in ((self.namespace.prefix, ""), *_INSTEAD):
            if start and self.written.startswith(start):
                return instead + self.written[len(start) :].lower()
        return self.written.lower()


_INSTEAD = (("CELERY_", ""), ("CELERYD_", "worker_"), ("CELERYBEAT_", "beat_"), ("BROKER_", "broker_"))


@fact
def celery_settings_of(module: Module) -> list[CelerySetting]:
    """Every setting of Celery's that a module sets, in the order of the source."""
    found = [*_of_django(module), *_of_own_modules(module), *_of_stores(module), *_of_updates(module)]
    return sorted(found, key=lambda setting: (setting.node.lineno, setting.node.col_offset))


def spelled(name: str, setting: CelerySetting, module: Module) -> str:
    """How one of Celery's settings is spelled beside another that a module sets.

    Names of before Celery 4 are refused beside new ones, and Django's settings take names in capital letters alone.

    :param name: what Celery calls it today.
    """
    if not setting.written.isupper():
        return name
    if setting.namespace.name:
        return setting.namespace.prefix + name.upper()
    styles = {found.is_old for found in celery_settings_of(module) if found.name and not found.namespace.name}
    only_capitals = setting.way == "variable" and is_settings_module(module)
    is_old = True in styles or (not styles and only_capitals)
    return OLD_NAMES[name] if is_old and False not in styles else name


def given_in(project: Project, name: str) -> list[CelerySetting]:
    """What the files of a project set one of Celery's settings to; not test code.

    :param name: what Celery calls it today.
    """
    known = _given(project)
    if name not in known:
        spellings = [spelling.encode() for spelling in (name, name.upper(), OLD_NAMES[name])]
        known[name] = [
            setting
            for module in modules_with(project, lambda data: any(spelling in data for spelling in spellings))
            for setting in celery_settings_of(module)
            if setting.name == name
        ]
    return known[name]


@fact
def _given(project: Project) -> dict[str, list[CelerySetting]]:
    """The settings of a project that were asked for so far, by their names."""
    return {}


def only_constant(project: Project, name: str, default: object = None) -> object:
    """The one constant that a project sets a setting to, or its default where it is not set; UNKNOWN for others."""
    values = [setting.entry.value for setting in given_in(project, name)]
    constants = {value.value for value in values if isinstance(value, Constant)}
    if len(constants) > 1 or any(not isinstance(value, Constant) for value in values):
        return UNKNOWN
    return constants.pop() if constants else default


def _of_django(module: Module) -> Iterator[CelerySetting]:
    """Variables of Django's settings, in a module or in a class of them."""
    if not is_settings_module(module) or module.in_document or not _has_names(module):
        return
    namespace = namespace_in_django(module.project)
    if namespace is not None:
        for scope in module.scopes.all:
            if scope.kind in ("module", "class"):
                yield from (found for found in _of_variables(scope, namespace) if found.written.isupper())


def _has_names(module: Module) -> bool:
    """Whether any variable of a module or of its classes is called as one of Celery's settings may be."""
    scopes = (scope for scope in module.scopes.all if scope.kind in ("module", "class"))
    return any(name.isupper() for scope in scopes for name in scope.bindings)


def _of_own_modules(module: Module) -> Iterator[CelerySetting]:
    """Variables of a module, or of a class in it, that an application is told to read."""
    for scope in module.scopes.all:
        if scope.kind == "module":
            dotted = module.dotted
        elif scope.kind == "class" and isinstance(scope.node, ast.ClassDef):
            dotted = f"{module.dotted}.{scope.node.name}"
        else:
            continue
        namespace = namespace_in(dotted, module.project)
        if namespace is not None:
            yield from _of_variables(scope, namespace)


def _of_variables(scope: Scope, namespace: Namespace) -> Iterator[CelerySetting]:
    for name, bindings in scope.bindings.items():
        for binding in bindings:
            if binding.kind == "assign" and binding.value is not None:
                for target in _targets(binding.node):
                    if isinstance(target, ast.Name) and target.id == name:
                        yield from _setting(name, target, Entry(binding.value, binding.site), "variable", namespace)


def _targets(node: ast.AST) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []


def _of_stores(module: Module) -> Iterator[CelerySetting]:
    """``app.conf.task_time_limit = 60`` and ``app.conf["task_time_limit"] = 60``."""
    for scope in module.scopes.all:
        for target, value, site in scope.stores:
            if not is_conf(target.value, site):
                continue
            entry = Entry(value, site)
            if isinstance(target, ast.Attribute):
                yield from _setting(target.attr, target, entry, "attribute", _of_conf(module))
            elif name := _text(target.slice, site):
                yield from _setting(name, target.slice, entry, "item", _of_conf(module))


def _of_updates(module: Module) -> Iterator[CelerySetting]:
    """``app.conf.update(task_time_limit=60)``, the same with a dict, and ``app.add_defaults({…})``."""
    for call in module.calls_of(_UPDATES):
        if isinstance(call.node.func, ast.Attribute) and is_conf(call.node.func.value, call.site):
            yield from _of_update(call, [keywords_of(call.node, call.site)])
    for call in module.calls_of(_TAKES_SETTINGS):
        if isinstance(call.node.func, ast.Attribute) and is_app(call.node.func.value, call.site):
            yield from _of_update(call, [])


def _of_update(call: CallSite, given: list[Mapping]) -> Iterator[CelerySetting]:
    """What a call is given as dicts, and by keyword."""
    module = call.site.module
    given += [value for node in call.node.args if isinstance(value := value_of(node, call.site), Mapping)]
    for mapping in given:
        for name, entry in mapping.entries.items():
            if entry.module is module:
                if entry.key is not None:
                    yield from _setting(name, entry.key, entry, "key", _of_conf(module))
                else:
                    yield from _setting(name, entry.node, entry, "keyword", _of_conf(module))


def _of_conf(module: Module) -> Namespace:
    """The namespace of ``app.conf``; where it is not known, names in capital letters say nothing."""
    return namespace_in_django(module.project) or Namespace("")


def _setting(name: str, node: ast.expr, entry: Entry, way: Way, namespace: Namespace) -> Iterator[CelerySetting]:
    prefix = namespace.prefix
    if not name.isupper():
        known = name if name in OLD_NAMES else ""
        yield CelerySetting(known, name, node, entry, way, namespace)
    elif prefix and name.startswith(prefix) and name[len(prefix) :].lower() in OLD_NAMES:
        yield CelerySetting(name[len(prefix) :].lower(), name, node, entry, way, namespace)
    elif name.startswith(_BEGINNINGS) and name in NEW_NAMES:
        yield CelerySetting(NEW_NAMES[name], name, node, entry, way, namespace, is_old=True)
    elif name.startswith(prefix or _BEGINNINGS):
        yield CelerySetting("", name, node, entry, way, namespace)


def _text(node: ast.expr, site: Site) -> str:
    value = value_of(node, site)
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
