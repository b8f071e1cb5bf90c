"""The facts of one module."""

from __future__ import annotations

import ast
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code import names
from flake8_aa_celery.model.code.traversal import scopes_of
from flake8_aa_celery.model.django import views
from flake8_aa_celery.model.effects import blocking_loops
from flake8_aa_celery.model.periodic import crontabs, schedules
from flake8_aa_celery.model.priorities import settings as priorities
from flake8_aa_celery.model.resolve import prefilters, task_functions
from flake8_aa_celery.model.resolve.evaluation import Values
from flake8_aa_celery.model.resolve.values import (
    CHANGING_METHODS,
    UNKNOWN,
    App,
    Dispatch,
    LocalCall,
    Origin,
    Signature,
    Task,
    Value,
    Workflow,
)
from flake8_aa_celery.model.results import uses as results
from flake8_aa_celery.places import below, is_test_code, real

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flake8_aa_celery.model.code.names import ImportedName
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Binding, CallSite, FunctionNode, Scope, Site
    from flake8_aa_celery.model.django.views import View
    from flake8_aa_celery.model.effects.blocking_loops import BlockingLoop
    from flake8_aa_celery.model.periodic.crontabs import Crontab
    from flake8_aa_celery.model.periodic.schedules import ScheduleEntry
    from flake8_aa_celery.model.priorities.settings import PrioritySetting
    from flake8_aa_celery.model.resolve.values import Entry, Function
    from flake8_aa_celery.model.results.uses import ResultUse

_APP = frozenset({"Celery"})
_AUTODISCOVER = frozenset({"autodiscover_tasks"})


class Module:
    """What one file says about Celery, worked out when first asked for.

    :param path: the file.
    :param dotted: its dotted name, by the packages that it lies in.
    :param tree: its syntax tree.
    :param project: what the names that it imports lead to.
    :param in_document: whether it is a code block of a document: an excerpt of somebody's settings.
    """

    def __init__(
        self, path: str, dotted: str, tree: ast.Module, project: Project, *, in_document: bool = False
    ) -> None:
        self.in_document = in_document
        self.path = path
        self.dotted = dotted
        self.tree = tree
        self.project = project
        self.scopes = scopes_of(tree)
        self.values = Values(self)
        #: what each function was found to be; kept by :mod:`flake8_aa_celery.model.resolve.task_functions`
        self.functions: dict[FunctionNode, Task | Function] = {}
        self._members: dict[str, Value | None] = {}
        self._origins: dict[int, str | None] = {}
        #: what was worked out of it; kept by :mod:`flake8_aa_celery.model.code.memo`
        self.remembered: dict[object, Any] = {}

    def let_go(self) -> None:
        """Break the circles of references, so that the syntax tree is freed without a search for garbage."""
        self.scopes.let_go()
        vars(self).clear()

    # -- questions ----------------------------------------------------------------------------------------------

    def evaluate(self, node: ast.expr, site: Site) -> Value:
        """What an expression of this module is; follows imports into other files of the project."""
        return self.values.of(node, site)

    def origin(self, node: ast.expr, site: Site) -> str | None:
        """The dotted origin of an expression by the imports of this file alone: cheaper, and knows libraries only."""
        known = self._origins.get(id(node), "")
        if known == "":
            known = self._origins[id(node)] = names.origin(node, site)
        return known

    def imported(self, name: ImportedName) -> Value:
        """What an import binds."""
        return self.project.imported(name, self)

    def star_imported(self, name: str) -> Value | None:
        """What a name that is bound nowhere is by ``from … import *``; None where no such import offers it."""
        for imported in tuple(self._asked_stars):
            if not self.project.can_read(imported, self):
                self._asked_stars.remove(imported)
            elif (value := self.project.star_member(imported, name, self)) is not None:
                return value
        return None

    @cached_property
    def _stars(self) -> list[tuple[names.ImportedName, int]]:
        """What ``from … import *`` names, and in which order it stands."""
        stars = self.scopes.module.star_imports
        return [(names.ImportedName(node.level, node.module or "", ""), site.order) for node, site in stars]

    @cached_property
    def _asked_stars(self) -> list[names.ImportedName]:
        """Those that may offer a name, the last first: a file is read when it is asked, and not asked again in vain."""
        return [imported for imported, _ in reversed(self._stars)]

    @cached_property
    def _readable_stars(self) -> list[tuple[names.ImportedName, int]]:
        """Those of which it is known what they offer."""
        return [star for star in self._stars if self.project.can_read(star[0], self)]

    @cached_property
    def _unreadable_stars(self) -> list[int]:
        """In which order the others stand, sorted: there may be many, and no name need be asked of each."""
        readable = {order for _, order in self._readable_stars}
        return sorted(order for _, order in self._stars if order not in readable)

    def member(self, name: str) -> Value | None:
        """What a name of this module is to whoever imports it; None where it is not bound."""
        if name not in self._members:
            # imports that lead in a circle: by this way the name is not bound
            self._members[name] = None
            bindings = names.without_fallbacks(self.scopes.module.bindings.get(name, []))
            value = self.values.of_name(name, bindings) if bindings else self.star_imported(name)
            unclear = value is UNKNOWN or isinstance(value, Origin)
            self._members[name] = App() if unclear and self._is_used_as_app(name) else value
        return self._members[name]

    def _is_used_as_app(self, name: str) -> bool:
        """Whether a name is asked for what only a Celery application has, however it was made."""
        return any(
            isinstance(function := call.node.func, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id == name
            and call.site.scope is self.scopes.module
            for call in self.calls_of(_AUTODISCOVER)
            if call.name in _AUTODISCOVER
        )

    def overriding(self, name: str, bindings: list[Binding], site: Site | None) -> list[Value]:
        """What ``from … import *`` may make of a name that has these bindings in this module, too.

        :param site: where it is asked for; None for the end of the module.
        """
        block = self.scopes.module.block
        if not self._stars or bindings[0].site.scope is not self.scopes.module:
            return []
        certain = max((binding.site.order for binding in bindings if binding.site.block is block), default=-1)
        end = site.order if site and site.scope.runs_in() is self.scopes.module else None
        found: list[Value] = []
        for imported, order in self._readable_stars:
            if order > certain and (end is None or order < end):
                value = self.project.star_member(imported, name, self)
                found += [value] if value is not None else []
        following = bisect_right(self._unreadable_stars, certain)
        hidden = self._unreadable_stars[following : following + 1]
        if hidden and bindings[0].kind == "assign" and (end is None or hidden[0] < end):
            found.append(UNKNOWN)
        return found

    # -- what kind of module it is ------------------------------------------------------------------------------

    @property
    def file_name(self) -> str:
        """``tasks.py``."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @property
    def path_in_project(self) -> str:
        """``app/tasks.py``, from the project's root on."""
        return below(real(self.path), self.project.root)

    @property
    def is_run_by_hand(self) -> bool:
        """Whether whoever starts it sits in front of it: test code, or a management command."""
        return "/management/commands/" in f"/{self.path_in_project}" or is_test_code(self.path, self.project.root)

    @cached_property
    def is_tasks_module(self) -> bool:
        """Whether tasks belong here: ``tasks.py``, or any module of a package called ``tasks``."""
        return any(part in self.project.tasks_modules for part in self.dotted.split("."))

    @cached_property
    def is_settings_module(self) -> bool:
        """Whether it holds a project's settings."""
        last = self.dotted.rpartition(".")[2]
        return (
            self.in_document
            or last in ("settings", "local")
            or (last.endswith("_settings") and last != "app_settings")
            or "settings" in self.dotted.split(".")[:-1]
            or "INSTALLED_APPS" in self.scopes.module.bindings
        )  # fmt: skip

    @cached_property
    def apps(self) -> list[CallSite]:
        """Every ``Celery(...)``: the applications that it makes."""
        return [call for call in self.calls_of(_APP) if self.origin(call.node.func, call.site) == "celery.Celery"]

    # -- facts --------------------------------------------------------------------------------------------------

    def all_calls(self) -> list[CallSite]:
        """Every call of the module, in the order of the source."""
        return self.scopes.calls

    def calls_of(self, names: frozenset[str]) -> Iterator[CallSite]:
        """Every call of something with one of these names, as written or as it was imported, in their order."""
        written = names.union(alias for alias, name in self.scopes.renamed.items() if name in names)
        named = self.scopes.calls_named
        numbers = sorted(number for name in named.keys() & written for number in named[name])
        return (self.scopes.calls[number] for number in numbers)

    def calls_in(self, scope: Scope) -> Iterator[CallSite]:
        """Every call that runs as part of a function, in its comprehensions too but not in functions within it."""
        for part in scope.frame():
            yield from part.calls

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks that are defined here, in the order of the source."""
        found = [
            task_functions.of_function(node, site, self) for node, site in self.scopes.functions if node.decorator_list
        ]
        return [task for task in found if isinstance(task, Task)]

    @cached_property
    def canvas(self) -> list[tuple[CallSite, Dispatch | Signature | Workflow]]:
        """Every call that makes or sends something of Celery's, with what it is."""
        found: list[tuple[CallSite, Dispatch | Signature | Workflow]] = []
        for call in self.calls_of(prefilters.canvas_names(self)):
            if prefilters.canvas(call, self):
                value = self.evaluate(call.node, call.site)
                if isinstance(value, (Dispatch, Signature, Workflow)):
                    found.append((call, value))
        return found

    @cached_property
    def dispatches(self) -> list[Dispatch]:
        """Every dispatch."""
        return [value for call, value in self.canvas if isinstance(value, Dispatch) and value.node is call.node]

    @cached_property
    def signatures(self) -> list[Signature]:
        """Every signature as it was made, without what ``.set`` adds."""
        return [
            value
            for call, value in self.canvas
            if isinstance(value, Signature) and value.node is value.call is call.node
        ]

    @cached_property
    def workflows(self) -> list[Workflow]:
        """Every workflow as it was made, without what ``.set`` adds; of ``a | b | c`` the whole."""
        found = [
            value
            for call, value in self.canvas
            if isinstance(value, Workflow) and value.node is call.node and not _changes(call.node)
        ]
        inner: set[int] = set()
        for node, site in (join for scope in self.scopes.all for join in scope.joins):
            inner.update((id(node.left), id(node.right)))
            value = self.evaluate(node, site) if id(node) not in inner else UNKNOWN
            if isinstance(value, Workflow):
                found.append(value)
        return found

    @cached_property
    def schedule(self) -> list[ScheduleEntry]:
        """Every entry of a schedule that is set here."""
        return schedules.entries_of(self)

    @cached_property
    def views(self) -> list[View]:
        """The functions and methods that answer a request."""
        return views.views_in(self)

    @cached_property
    def crontabs(self) -> list[Crontab]:
        """Every call of Celery's ``crontab``."""
        return list(crontabs.crontabs_in(self))

    @cached_property
    def task_names(self) -> frozenset[str]:
        """The names that may be tasks or hold them, wherever they are bound; none where this file knows no task."""
        return prefilters.task_names(self)

    @cached_property
    def local_calls(self) -> list[LocalCall]:
        """Every task that its caller runs itself: ``t(x)``, ``t.run(x)``, ``t.apply()``."""
        calls = prefilters.local_calls(self)
        return [found for call in calls if (found := self._local_call(call)) is not None]

    def _local_call(self, call: CallSite) -> LocalCall | None:
        function, method = call.node.func, "()"
        if isinstance(function, ast.Attribute) and function.attr in ("run", "apply"):
            method = function.attr
            function = function.value
        task = self.evaluate(function, call.site) if prefilters.task(function, call.site, self) else UNKNOWN
        return LocalCall(call.node, task, method, call.site) if isinstance(task, Task) else None

    @cached_property
    def result_uses(self) -> list[ResultUse]:
        """Everything that is asked of the result of a dispatch."""
        return results.uses_in(self)

    @cached_property
    def blocking_loops(self) -> list[BlockingLoop]:
        """The loops of tasks that block once per item: of a nest the outermost that goes over the items."""
        return blocking_loops.loops_in(self)

    @cached_property
    def priorities(self) -> list[PrioritySetting]:
        """Every priority that something is given here."""
        return priorities.settings_in(self)

    @cached_property
    def written_priorities(self) -> list[PrioritySetting]:
        """Every place that gives a priority, once however many tasks share it."""
        return priorities.written_in(self)

    @cached_property
    def bulk_priorities(self) -> list[PrioritySetting]:
        """Every priority at which something is sent once per item or by a schedule, wherever it comes from."""
        return priorities.bulk_in(self)

    def place_of(self, entry: Entry, otherwise: ast.expr) -> ast.expr:
        """Where to report an option: where it is written, if that is in this file."""
        return entry.node if entry.module is self else otherwise


def _changes(node: ast.Call) -> bool:
    """Whether a call changes a signature or workflow that was made before it."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING_METHODS
