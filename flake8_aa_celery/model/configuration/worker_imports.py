"""Which modules a worker imports by their names: what ``autodiscover_tasks``, ``include`` and ``imports`` say."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.files import modules_with
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.configuration.installed_apps import installed_apps_of
from flake8_aa_celery.model.configuration.settings import configured
from flake8_aa_celery.model.resolve.arguments import by_name
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import apps_of
from flake8_aa_celery.model.resolve.values import Constant, Items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import CallSite, Site
    from flake8_aa_celery.model.resolve.values import Value

_AUTODISCOVER = "autodiscover_tasks"
_MAKES_APP = re.compile(rb"\bCelery\b")
_SETS = re.compile(rb"\bconf\.(?:imports|include)\b")
#: The settings that name modules, as Django's settings spell them.
_SETTINGS = ("CELERY_IMPORTS", "CELERY_INCLUDE")


class Search(NamedTuple):
    """One search for modules of tasks.

    :param packages: those that are searched; None for any that may be an installed app.
    :param name: what is looked for in each; None for the packages themselves.
    :param listed_in: where the packages are listed.
    """

    packages: frozenset[str] | None
    name: str | None
    listed_in: Literal["autodiscover_tasks", "INSTALLED_APPS"] = "INSTALLED_APPS"

    def finds(self, dotted: str) -> bool:
        """Whether the module of a dotted name is found by it."""
        if self.packages is None:
            return self.name is None or f".{dotted}".endswith(f".{self.name}")
        named = {f"{each}.{self.name}" if self.name else each for each in self.packages}
        return any(_are_the_same(name, dotted) for name in named | self.packages)


def _are_the_same(one: str, other: str) -> bool:
    """Whether two dotted names may mean the same module: one may begin further down than the other."""
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


class Discovery(NamedTuple):
    """All searches of a project; what ``include`` and ``imports`` name is seen as any text is."""

    searches: tuple[Search, ...]

    def finds(self, dotted: str) -> bool:
        """Whether a worker imports the module of a dotted name."""
        return any(search.finds(dotted) for search in self.searches)

    def misses(self, dotted: str) -> str:
        """Where the package of a module would have to be listed for the module to be found; empty for other names."""
        name = dotted.rpartition(".")[2]
        return next((search.listed_in for search in self.searches if search.name == name), "")

    @property
    def names(self) -> list[str]:
        """What is looked for in packages, without those that are looked for themselves."""
        return [search.name for search in self.searches if search.name is not None]


@fact
def discovery_of(project: Project) -> Discovery | None:
    """How workers of a project find modules of tasks; None where that is not known.

    An app of Alliance Auth is found as its documentation says, if it makes no application of its own.
    """
    named = list(_named(project))
    calls = list(_autodiscovering(project))
    if any(value is None for value in named):
        return None
    extra = tuple(Search(None, name) for name in project.settings.tasks_modules if name != "tasks")
    if calls:
        found = [search for call in calls if (search := _search(call)) is not None]
        return Discovery((*found, *extra)) if len(found) == len(calls) else None
    if named:
        return Discovery(extra)
    is_app = project.settings.is_of_alliance_auth and not _makes_application(project)
    return Discovery((Search(None, "tasks"), *extra)) if is_app else None


def _autodiscovering(project: Project) -> Iterator[CallSite]:
    for module in modules_with(project, lambda data: _AUTODISCOVER.encode() in data):
        yield from module.calls_of(frozenset({_AUTODISCOVER}))


def _search(call: CallSite) -> Search | None:
    """What a call of ``autodiscover_tasks`` looks for; None where its name for modules is not known."""
    given = by_name(call.node, call.site, ("packages", "related_name", "force"))
    related = given.constant("related_name") if "related_name" in given.entries else "tasks"
    if not given.complete or not (related is None or isinstance(related, str)):
        return None
    packages = given.get("packages")
    if packages is not None:
        return Search(_texts(_listed(packages.node, packages.site)), related, "autodiscover_tasks")
    installed = installed_apps_of(call.site.module.project)
    return Search(installed.packages if installed.is_complete else None, related)


def _listed(node: ast.expr, site: Site) -> Value:
    """What a list is, or a function without a name that returns it."""
    return value_of(node.body if isinstance(node, ast.Lambda) else node, site)


def _texts(value: Value) -> frozenset[str] | None:
    """The texts in a list; None where not all are known."""
    if not isinstance(value, Items) or not value.complete:
        return None
    texts = [member.value for element in value.elements if isinstance(member := element.value, Constant)]
    known = frozenset(text for text in texts if isinstance(text, str))
    return known if len(texts) == len(value.elements) else None


# -- modules that are named -------------------------------------------------------------------------------------


def _named(project: Project) -> Iterator[frozenset[str] | None]:
    """What ``include`` and ``imports`` name, wherever they are set; None for what cannot be read."""
    for setting in _SETTINGS:
        yield from map(_written_texts, configured(project, setting))
    for module in modules_with(project, _may_name):
        yield from _given_to_apps(module)
        yield from _stored(module)


def _may_make_app(data: bytes) -> bool:
    return b"Celery" in data and _MAKES_APP.search(data) is not None


def _may_name(data: bytes) -> bool:
    return _may_make_app(data) or (b"conf." in data and _SETS.search(data) is not None)


def _given_to_apps(module: Module) -> Iterator[frozenset[str] | None]:
    for call in apps_of(module):
        for keyword in call.node.keywords:
            if keyword.arg in ("include", "imports"):
                yield _texts(value_of(keyword.value, call.site))


def _stored(module: Module) -> Iterator[frozenset[str] | None]:
    """``app.conf.imports = […]``."""
    for scope in module.scopes.all:
        for store in scope.stores:
            target = store.target
            if isinstance(target, ast.Attribute) and ast.unparse(target).endswith((".conf.include", ".conf.imports")):
                yield _texts(value_of(store.value, store.site))


def _written_texts(node: ast.expr) -> frozenset[str] | None:
    """The texts of a list as it is written; None where something else is among them."""
    if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return None
    texts = [part.value for part in node.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return frozenset(texts) if len(texts) == len(node.elts) else None


def _makes_application(project: Project) -> bool:
    return any(apps_of(module) for module in modules_with(project, _may_make_app))
