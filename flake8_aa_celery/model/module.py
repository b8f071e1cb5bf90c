"""The facts of one module."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_aa_celery.model import names, schedules, tasks
from flake8_aa_celery.model.facts import (
    DISPATCH_METHODS,
    SIGNATURE_METHODS,
    UNKNOWN,
    App,
    Dispatch,
    Entry,
    LocalCall,
    Mapping,
    Origin,
    PrioritySetting,
    ResultUse,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)
from flake8_aa_celery.model.scopes import CallSite, Scopes
from flake8_aa_celery.model.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Function
    from flake8_aa_celery.model.names import ImportedName
    from flake8_aa_celery.model.project import Project
    from flake8_aa_celery.model.schedules import ScheduleEntry
    from flake8_aa_celery.model.scopes import FunctionNode, Scope, Site

#: Methods of what a dispatch returns that need a result backend.
RESULT_METHODS = frozenset({"get", "wait", "join", "ready", "successful", "failed", "collect"})
_RESULT_CLASSES = {
    "celery.result.AsyncResult": "AsyncResult",
    "celery.result.GroupResult": "GroupResult",
    "celery.result.ResultSet": "ResultSet",
}
#: Functions and classes of Celery whose call makes something that can be sent.
_CANVAS_MAKERS = frozenset(
    {"chain", "group", "chord", "chunks", "xmap", "xstarmap", "signature", "subtask", "Signature"}
)
#: Methods whose call may make or send something of Celery's.
_CANVAS_METHODS = (
    DISPATCH_METHODS | SIGNATURE_METHODS | _CANVAS_MAKERS | {"send_task", "map", "starmap", "set", "clone"}
)


class Module:
    """What one file says about Celery, worked out when first asked for.

    :param path: the file.
    :param dotted: its dotted name, by the packages that it lies in.
    :param tree: its syntax tree.
    :param project: what the names that it imports lead to.
    """

    def __init__(self, path: str, dotted: str, tree: ast.Module, project: Project) -> None:
        self.path = path
        self.dotted = dotted
        self.tree = tree
        self.project = project
        self.scopes = Scopes(tree)
        self.values = Values(self)
        #: what each function was found to be; kept by :mod:`flake8_aa_celery.model.tasks`
        self.functions: dict[FunctionNode, Task | Function] = {}
        self._members: dict[str, Value | None] = {}

    # -- questions ----------------------------------------------------------------------------------------------

    def evaluate(self, node: ast.expr, site: Site) -> Value:
        """What an expression of this module is; follows imports into other files of the project."""
        return self.values.of(node, site)

    def origin(self, node: ast.expr, site: Site) -> str | None:
        """The dotted origin of an expression by the imports of this file alone: cheaper, and knows libraries only."""
        return names.origin(node, site)

    def imported(self, name: ImportedName) -> Value:
        """What an import binds."""
        return self.project.imported(name, self)

    def star_imported(self, name: str) -> Value | None:
        """What a name that is bound nowhere is by ``from … import *``; None where no such import offers it."""
        for node, _ in reversed(self.scopes.module.star_imports):
            value = self.project.star_member(names.ImportedName(node.level, node.module or "", ""), name, self)
            if value is not None:
                return value
        return None

    def member(self, name: str) -> Value | None:
        """What a name of this module is to whoever imports it; None where it is not bound."""
        if name not in self._members:
            # imports that lead in a circle: by this way the name is not bound
            self._members[name] = None
            bindings = names.without_fallbacks(self.scopes.module.bindings.get(name, []))
            self._members[name] = self.values.of_name(name, bindings) if bindings else self.star_imported(name)
        return self._members[name]

    # -- what kind of module it is ------------------------------------------------------------------------------

    @property
    def file_name(self) -> str:
        """``tasks.py``."""
        return self.path.replace("\\", "/").rpartition("/")[2]

    @cached_property
    def is_tasks_module(self) -> bool:
        """Whether tasks belong here: ``tasks.py``, or any module of a package called ``tasks``."""
        return any(part in self.project.tasks_modules for part in self.dotted.split("."))

    @cached_property
    def is_settings_module(self) -> bool:
        """Whether it holds a project's settings."""
        last = self.dotted.rpartition(".")[2]
        return (
            last in ("settings", "local")
            or (last.endswith("_settings") and last != "app_settings")
            or "settings" in self.dotted.split(".")[:-1]
            or "INSTALLED_APPS" in self.scopes.module.bindings
        )  # fmt: skip

    @cached_property
    def creates_app(self) -> bool:
        """Whether it makes the ``Celery(...)`` application."""
        return any(self.origin(call.node.func, call.site) == "celery.Celery" for call in self.all_calls())

    # -- facts --------------------------------------------------------------------------------------------------

    def all_calls(self) -> Iterator[CallSite]:
        """Every call of the module."""
        for scope in self.scopes.all:
            yield from scope.calls

    def calls_in(self, scope: Scope) -> Iterator[CallSite]:
        """Every call that runs as part of a function, in its comprehensions too but not in functions within it."""
        for part in scope.frame():
            yield from part.calls

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks that are defined here, in the order of the source."""
        found = [tasks.of_function(node, site, self) for node, site in self.scopes.functions if node.decorator_list]
        return [task for task in found if isinstance(task, Task)]

    @cached_property
    def _canvas(self) -> list[tuple[CallSite, Value]]:
        """Every call that makes or sends something of Celery's, with what it is."""
        found: list[tuple[CallSite, Value]] = []
        for call in self.all_calls():
            if self._may_be_canvas(call):
                value = self.evaluate(call.node, call.site)
                if isinstance(value, (Dispatch, Signature, Workflow)):
                    found.append((call, value))
        return found

    def _may_be_canvas(self, call: CallSite) -> bool:
        function = call.node.func
        if isinstance(function, ast.Attribute):
            return function.attr in _CANVAS_METHODS
        if isinstance(function, ast.Name):
            bindings = names.reaching(function.id, call.site)
            if any(binding.kind == "assign" for binding in bindings) or not bindings:
                return True
            return names.last_part(self.origin(function, call.site) or "") in _CANVAS_MAKERS
        return isinstance(function, (ast.Call, ast.BinOp))

    @cached_property
    def dispatches(self) -> list[Dispatch]:
        """Every dispatch."""
        return [value for call, value in self._canvas if isinstance(value, Dispatch) and value.node is call.node]

    @cached_property
    def signatures(self) -> list[Signature]:
        """Every signature as it was made, without what ``.set`` adds."""
        return [
            value
            for call, value in self._canvas
            if isinstance(value, Signature) and value.node is value.call is call.node
        ]

    @cached_property
    def workflows(self) -> list[Workflow]:
        """Every workflow as it was made, without what ``.set`` adds; of ``a | b | c`` the whole."""
        found = [
            value
            for call, value in self._canvas
            if isinstance(value, Workflow) and value.node is call.node and not _is_method(call.node, "set", "clone")
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
    def local_calls(self) -> list[LocalCall]:
        """Every task that its caller runs itself: ``t(x)``, ``t.run(x)``, ``t.apply()``."""
        return [found for call in self.all_calls() if (found := self._local_call(call)) is not None]

    def _local_call(self, call: CallSite) -> LocalCall | None:
        function = call.node.func
        if isinstance(function, ast.Attribute) and function.attr in ("run", "apply"):
            task = self.evaluate(function.value, call.site)
            method = function.attr
        elif self._may_be_task(function, call.site):
            task, method = self.evaluate(function, call.site), "()"
        else:
            return None
        if isinstance(task, Task):
            return LocalCall(
                call.node, task, "()" if method == "()" else "run" if method == "run" else "apply", call.site
            )
        return None

    def _may_be_task(self, function: ast.expr, site: Site) -> bool:
        """Whether a name is defined here or comes from a module of tasks: others are not worth reading a file for."""
        dotted = self.origin(function, site)
        if dotted is None:
            return isinstance(function, (ast.Name, ast.Attribute))
        return self.project.is_of_tasks_module(dotted.lstrip("."))

    @cached_property
    def result_uses(self) -> list[ResultUse]:
        """Everything that is asked of the result of a dispatch."""
        return [*self._result_calls(), *self._result_reads()]

    def _result_calls(self) -> Iterator[ResultUse]:
        for call in self.all_calls():
            function = call.node.func
            receiver = function.value if isinstance(function, ast.Attribute) else None
            name = function.attr if isinstance(function, ast.Attribute) else ""
            if receiver is not None and name in RESULT_METHODS:
                value = self.evaluate(receiver, call.site)
                if isinstance(value, Dispatch):
                    yield ResultUse(call.node, name, value, call.site)
            elif self._makes_result(call, receiver, name):
                yield ResultUse(
                    call.node, _RESULT_CLASSES.get(self.origin(function, call.site) or "", name), None, call.site
                )

    def _makes_result(self, call: CallSite, receiver: ast.expr | None, name: str) -> bool:
        """Whether a call makes a result by hand: ``AsyncResult(id)``, ``task.AsyncResult(id)``."""
        if receiver is not None and name == "AsyncResult":
            value = self.evaluate(receiver, call.site)
            if isinstance(value, (App, Task, UnreadableTask)):
                return True
        return (self.origin(call.node.func, call.site) or "") in _RESULT_CLASSES

    def _result_reads(self) -> Iterator[ResultUse]:
        for scope in self.scopes.all:
            for node, site in scope.attribute_reads:
                value = self.evaluate(node.value, site)
                if isinstance(value, Dispatch):
                    yield ResultUse(node, node.attr, value, site)

    @cached_property
    def priorities(self) -> list[PrioritySetting]:
        """Every priority that something is given here."""
        return [*self._task_priorities(), *self._canvas_priorities(), *self._schedule_priorities()]

    def _task_priorities(self) -> Iterator[PrioritySetting]:
        for task in self.tasks:
            entry = task.options.get("priority")
            if entry is not None:
                yield PrioritySetting(entry, "task", task, self.place_of(entry, task.decorator))

    def _canvas_priorities(self) -> Iterator[PrioritySetting]:
        for call, value in self._canvas:
            if isinstance(value, Dispatch):
                entry = value.options.get("priority")
                place = "dispatch"
            else:
                entry = self._own_options(call, value).get("priority")
                place = "signature" if isinstance(value, Signature) else "workflow"
            if entry is not None:
                yield PrioritySetting(entry, place, value, self.place_of(entry, call.node))  # type: ignore[arg-type]

    def _schedule_priorities(self) -> Iterator[PrioritySetting]:
        for scheduled in self.schedule:
            entry = scheduled.options.get("priority")
            if entry is not None:
                yield PrioritySetting(entry, "schedule", None, self.place_of(entry, scheduled.node))

    def _own_options(self, call: CallSite, value: Value) -> Mapping:
        """The options that this very call gives, not those that it takes over."""
        if isinstance(value, Signature) and value.node is value.call is call.node:
            return value.options
        return self.values.keywords(call.node, call.site)

    def place_of(self, entry: Entry, otherwise: ast.expr) -> ast.expr:
        """Where to report an option: where it is written, if that is in this file."""
        return entry.node if entry.module is self else otherwise

    def library_calls(self, scope: Scope) -> Iterator[tuple[CallSite, str]]:
        """The calls in a function whose origin is known, with it."""
        for call in self.calls_in(scope):
            dotted = self.origin(call.node.func, call.site)
            if dotted:
                yield call, dotted

    def is_library(self, value: Value, dotted: str) -> bool:
        """Whether a value is this very thing of a library."""
        return isinstance(value, Origin) and value.dotted == dotted


def _is_method(node: ast.Call, *methods: str) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in methods
