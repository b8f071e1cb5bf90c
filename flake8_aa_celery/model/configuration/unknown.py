"""Settings that mean nothing to Celery, and what was meant by them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.celery_settings import celery_settings_of, spelled
from flake8_aa_celery.model.configuration.namespaces import readings_of
from flake8_aa_celery.model.knowledge.celery import SCHEDULES
from flake8_aa_celery.model.knowledge.celery_settings import CONFUSED, GROUPS, OLD_NAMES, TRANSPORT_OPTIONS
from flake8_aa_celery.model.resolve.modules import is_settings_module
from flake8_aa_celery.model.resolve.values import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.configuration.celery_settings import CelerySetting

#: From this likeness on a name is taken for a misspelt one.
_ALIKE = 0.9
_OPTIONS = "broker_transport_options"
#: What the environment is called: a name that is looked up there is none of the settings.
_ENVIRONMENT = re.compile(r"(^|[._])(env|environ|getenv)$", re.IGNORECASE)


class UnknownSetting(NamedTuple):
    """A setting that does nothing.

    :param setting: what is written; of a key of the transport's options the setting that holds these.
    :param node: where the name is written.
    :param written: the name.
    :param meant: what does something there, as it is spelled there; empty where the setting is in the wrong place.
    :param belongs: where it does something, in words; empty where its name is wrong.
    :param others: of names that are right in the namespace ``CELERY``, which the application does not have, how many
        more there are.
    """

    setting: CelerySetting
    node: ast.expr
    written: str
    meant: str
    belongs: str = ""
    others: int = 0


@fact
def unknown_settings_of(module: Module) -> list[UnknownSetting]:
    """The settings of a module that Celery does not know and that resemble one, or that stand in the wrong place."""
    lacking = _without_namespace(module)
    found: list[UnknownSetting] = []
    if lacking:
        first = lacking[0]
        found.append(UnknownSetting(first, first.node, first.written, "", others=len(lacking) - 1))
    for setting in celery_settings_of(module):
        if setting in lacking:
            continue
        if setting.name == _OPTIONS:
            found += _misplaced_in(setting, module)
        elif not setting.name:
            found += _unknown(setting, module)
    return found


def _without_namespace(module: Module) -> list[CelerySetting]:
    """The settings of Django that would be right, had the project's application the namespace ``CELERY``.

    None where there is but one, or where another setting would no longer count.
    """
    settings = [setting for setting in celery_settings_of(module) if setting.way == "variable"]
    if any(setting.namespace.name for setting in settings) or not readings_of(module.project):
        return []
    if not is_settings_module(module) or any(setting.name and not _is_namespaced(setting) for setting in settings):
        return []
    lacking = [setting for setting in settings if not setting.name and _is_namespaced(setting)]
    return lacking if len(lacking) > 1 and not any(is_read(setting, module) for setting in lacking) else []


def _is_namespaced(setting: CelerySetting) -> bool:
    """Whether a name is that of a setting in the namespace ``CELERY``."""
    prefix = "CELERY_"
    return setting.written.startswith(prefix) and setting.written[len(prefix) :].lower() in OLD_NAMES


def _misplaced_in(options: CelerySetting, module: Module) -> Iterator[UnknownSetting]:
    """Celery's settings among the options of the transport."""
    value = options.entry.value
    for key, entry in value.entries.items() if isinstance(value, Mapping) else ():
        if key in OLD_NAMES and entry.module is module and entry.key is not None:
            yield UnknownSetting(options, entry.key, key, "", spelled(key, options, module))


def _unknown(setting: CelerySetting, module: Module) -> Iterator[UnknownSetting]:
    if setting.written in SCHEDULES and setting.way == "variable":  # one that is not read is a mistake of its own
        return
    meant = meant_by(setting.bare)
    misplaced = setting.bare.removeprefix("broker_") in TRANSPORT_OPTIONS
    if not (meant or misplaced) or is_read(setting, module):
        return
    if misplaced:
        yield UnknownSetting(setting, setting.node, setting.written, "", f"`{spelled(_OPTIONS, setting, module)}`")
    else:
        yield UnknownSetting(setting, setting.node, setting.written, spelled(meant, setting, module))


def meant_by(name: str) -> str:
    """The setting that somebody meant by a name that is none; empty where it resembles none, or several.

    :param name: in small letters, without a namespace.
    """
    if name in OLD_NAMES or name in CONFUSED:
        return CONFUSED.get(name, name)
    first, _, rest = name.partition("_")
    for part in (name, rest) if first in GROUPS else (name,):
        grouped = [f"{group}_{part}" for group in GROUPS if f"{group}_{part}" in OLD_NAMES]
        if len(grouped) == 1:
            return grouped[0]
    from difflib import get_close_matches

    near = get_close_matches(name, OLD_NAMES, n=2, cutoff=_ALIKE)
    return near[0] if near else ""


def is_read(setting: CelerySetting, module: Module) -> bool:
    """Whether the project itself reads a setting, so that it is one of its own."""
    if setting.way == "keyword":
        return False
    if setting.way == "variable" and setting.written in _used_in(module):
        return True
    return is_read_in(module.project, setting.written)


def is_used(setting: CelerySetting, module: Module) -> bool:
    """Whether anything in its own module uses the variable that a setting is."""
    names = (node for node in ast.walk(module.tree) if isinstance(node, ast.Name) and node.id == setting.written)
    return setting.way == "variable" and sum(1 for _ in names) > 1


@fact
def _used_in(module: Module) -> frozenset[str]:
    """The variables that a module itself uses for anything but a setting that Celery does not know either."""
    unresolved = (setting for setting in celery_settings_of(module) if not setting.name)
    unknown = {id(setting.entry.node) for setting in unresolved if meant_by(setting.bare)}
    found: set[str] = set()
    waiting: list[ast.AST] = [module.tree]
    while waiting:
        node = waiting.pop()
        if id(node) in unknown:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def is_read_in(project: Project, name: str) -> bool:
    """Whether any file of a project reads a name from an object, such as Django's settings."""
    known = _names_read(project)
    if name not in known:
        known[name] = any(_reads(module, name) for module in modules_with(project, lambda data: name.encode() in data))
    return known[name]


@fact
def _names_read(project: Project) -> dict[str, bool]:
    """Of the names that were asked for so far, whether the project reads them."""
    return {}


def _reads(module: Module, name: str) -> bool:
    """Whether a file reads ``settings.NAME``, ``getattr(settings, "NAME")``, ``config["NAME"]``, or imports it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Call) and _looks_up(node, name):
            return True
        if isinstance(node, ast.Subscript) and _is_text(node.slice, name) and _is_read_from(node):
            return True
        if isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names):
            return not is_settings_module(module)
    return False


def _is_read_from(item: ast.Subscript) -> bool:
    return isinstance(item.ctx, ast.Load) and not _ENVIRONMENT.search(ast.unparse(item.value))


def _looks_up(call: ast.Call, name: str) -> bool:
    """Whether a call asks an object for a name: ``getattr(x, name)``, ``hasattr(x, name)``, ``x.get(name)``."""
    function = call.func
    if isinstance(function, ast.Name) and function.id in ("getattr", "hasattr"):
        return len(call.args) > 1 and _is_text(call.args[1], name)
    if isinstance(function, ast.Attribute) and function.attr == "get" and call.args:
        return _is_text(call.args[0], name) and not _ENVIRONMENT.search(ast.unparse(function.value))
    return False


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text
