"""Every place of a project in which a task is spoken of, and what it is given there.

A fix that changes how a task is called is safe only where all of them are known. Test code counts, too: it calls the
task as well.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.code.parents import parents_of, scope_around
from flake8_aa_celery.model.knowledge.celery import DISPATCH_METHODS, SIGNATURE_METHODS
from flake8_aa_celery.model.periodic.schedules import schedule_of
from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.bindings import member, member_of, value_of_binding
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, local_calls_of, signatures_of
from flake8_aa_celery.model.resolve.swallowing import is_caught_anywhere
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Class,
    ModuleValue,
    NamedTask,
    Signature,
    Task,
    parameters_of,
)
from flake8_aa_celery.model.tasks.parameters import mismatch
from flake8_aa_celery.source import find, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.arguments import Arguments
    from flake8_aa_celery.model.resolve.values import Value

    Way = Literal["dispatch", "signature", "call", "by name", "unknown"]

#: What only a task is asked for: ``x.update.delay`` is one, whatever ``x`` may be.
_OF_A_TASK = DISPATCH_METHODS | SIGNATURE_METHODS | {"apply", "chunks", "map", "starmap"}
#: Attributes of a task that tell something and call nothing.
_HARMLESS = frozenset(
    {"__doc__", "__module__", "__name__", "__qualname__", "app", "backend", "default_retry_delay", "max_retries"}
    | {"name", "priority", "rate_limit", "request", "soft_time_limit", "time_limit"}
)
#: What a call raises that gives a task the wrong arguments, or asks a function for what a task has.
_RAISED = ("builtins.AttributeError", "builtins.TypeError")
#: What a name is looked up in that is given as a text.
_LOOKUPS = frozenset({"__import__", "getattr", "hasattr", "import_module", "import_string", "methodcaller"})
#: What gives all that the module has that calls it.
_NAMESPACES = frozenset({"globals", "locals", "vars"})
#: What is done with a module as a whole and calls nothing of it.
_RELOADING = frozenset({"getsource", "print", "register", "reload", "repr", "spec_from_file_location"})
#: What takes the place of a task while a test runs.
_PATCHES = frozenset({"patch", "object", "override", "setattr", "mocker"})


class Use(NamedTuple):
    """A place where a task is spoken of.

    :param way: what is done with it there; ``by name`` where its registered name sends it.
    :param given: the arguments that it is given, a signature's own.
    :param is_partial: whether it may be given more of them later, in front.
    :param is_caught: whether something around it may catch what it raises.
    """

    module: Module
    node: ast.AST
    way: Way
    given: Arguments
    is_partial: bool = False
    is_caught: bool = False


def uses_of(task: Task) -> list[Use]:
    """Every use of a task in its project, file after file.

    What cannot be followed is a use of the way ``unknown``: a task in a list, one that is handed to somebody, or the
    text of its name where that looks something up; and what is done with its module as a whole, as by
    ``getattr(tasks, name)``.
    """
    found: list[Use] = []
    names, searched = {task.name}, set[str]()
    while names - searched:
        name = (names - searched).pop()
        searched.add(name)
        for module in _mentioning(name, task):
            mentions = _Mentions(task, name, module)
            found += mentions.uses()
            names |= mentions.other_names()
    for module in _mentioning(last_part(task.module.dotted), task):
        found += _whole_uses(module, task)
    return sorted(_each_once(found), key=lambda use: (use.module.path, getattr(use.node, "lineno", 0)))


def passes_itself(task: Task) -> bool | None:
    """Whether a use of a task that takes ``self`` and is not bound gives it something for that.

    :return: None where that cannot be known; False where every use could only raise.
    """
    taken, least = parameters_of(task.node.args), len(task.node.args.posonlyargs) + len(task.node.args.args)
    uncertain = False
    for use in uses_of(task):
        if (
            use.way != "unknown"
            and not use.is_caught
            and mismatch(taken, use.given, partial=use.is_partial) is not None
        ):
            continue
        if "self" in use.given.names or use.given.positional >= least > 0:
            return True
        uncertain = True
    return None if uncertain else False


def is_caught_somewhere(task: Task) -> bool:
    """Whether what a use of a task raises is caught around it, or may be: it cannot be followed who uses it."""
    return any(use.is_caught or use.way == "unknown" for use in uses_of(task))


def only_raises_where_hidden(task: Task) -> bool:
    """Whether what the project does with a task that a decorator hides raises, or calls it as a function.

    It is sent by the name of its function somewhere, which a function cannot be, and nowhere by its registered name.
    """
    uses = uses_of(task)
    ways = {use.way for use in uses}
    if any(use.is_caught for use in uses):
        return False
    return not ways.isdisjoint(("dispatch", "signature")) and ways.isdisjoint(("by name", "unknown"))


def _whole_uses(module: Module, task: Task) -> Iterator[Use]:
    """Where a module hands on all that the module of a task has, by names that are not seen."""
    parents = parents_of(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and module is task.module and _is_called_so(node, _NAMESPACES):
            is_whole = not node.args and not _is_asked_by_text(node, parents)
        elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            is_whole = _is_handed_on(node, parents) and _is_module(node, module, task.module.path)
        else:
            is_whole = False
        if is_whole:
            yield Use(module, node, "unknown", arguments.ANYTHING, is_partial=True)


def _is_asked_by_text(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether one name is asked for: ``globals()["update"]``."""
    parent = parents.get(node)
    return isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant)


def _is_handed_on(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether somebody gets a thing as a whole: it is an argument, in a list, or its ``__dict__`` is read."""
    parent = parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr == "__dict__"
    if isinstance(parent, ast.Call) and _is_called_so(parent, _LOOKUPS):
        return len(parent.args) > 1 and parent.args[0] is node and not isinstance(parent.args[1], ast.Constant)
    if isinstance(parent, ast.Call):
        return parent.func is not node and not _is_called_so(parent, _PATCHES | _RELOADING)
    return isinstance(parent, (ast.Dict, ast.List, ast.Return, ast.Set, ast.Starred, ast.Tuple, ast.keyword))


def _is_module(node: ast.expr, module: Module, path: str) -> bool:
    """Whether a name or an attribute leads to the module of a file, whatever else it may be."""
    return any(isinstance(value, ModuleValue) and value.path == path for value in values_of(node, module))


def _each_once(uses: list[Use]) -> list[Use]:
    return list({id(use.node): use for use in uses}.values())


def _mentioning(name: str, task: Task) -> Iterator[Module]:
    """The modules whose files hold a name, that of the task among them."""
    project, wanted = task.module.project, name.encode()
    yield task.module
    for path, data in _all_files(project):
        if wanted in data and path != task.module.path:
            module = project.load(path)
            if module is not None:
                yield module


@fact
def _all_files(project: Project) -> list[tuple[str, bytes]]:
    """The Python files of a project with their bytes, test code among them."""
    known = dict(project.files)
    for path in find([project.root], project.settings._replace(include=("*.py",)), _leave_out):
        if path not in known:
            with suppress(OSError):  # whoever lints that file is told
                known[path] = read(path)
    return sorted(known.items())


def _leave_out(path: str, why: str) -> None:
    """A folder that cannot be entered holds nothing that is known."""


class _Mentions:
    """Where a module speaks of a task by one name."""

    def __init__(self, task: Task, name: str, module: Module) -> None:
        self._task = task
        self._name = name
        self._module = module

    def uses(self) -> Iterator[Use]:
        known = self._known()
        yield from known.values()
        accounted = {id(node) for node in known}
        for node in ast.walk(self._module.tree):
            if id(node) not in accounted and self._is_mention(node) and not self._is_harmless(node):
                yield Use(self._module, node, "unknown", arguments.ANYTHING, is_partial=True)

    def other_names(self) -> set[str]:
        """The names that imports give to what has this name here."""
        return {
            alias.asname
            for node in ast.walk(self._module.tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
            if alias.asname and last_part(alias.name) == self._name
        }

    # -- what is known ------------------------------------------------------------------------------------------

    def _known(self) -> dict[ast.AST, Use]:
        """The uses that are followed, by the expression that names the task in each."""
        found: dict[ast.AST, Use] = {}
        for dispatch in dispatches_of(self._module):
            if self._is_named(dispatch.receiver):
                named = _receiver(dispatch.node) if dispatch.method != "send_task" else self._text(dispatch.receiver)
                way: Way = "by name" if isinstance(dispatch.receiver, NamedTask) else "dispatch"
                found[named] = self._use(dispatch.node, dispatch.site, way, arguments.of_dispatch(dispatch))
        for made in signatures_of(self._module):
            if self._is_named(made.task):
                named = _receiver(made.call) if isinstance(made.task, Task) else self._text(made.task)
                named = self._argument(made) or named
                way = "by name" if isinstance(made.task, NamedTask) else "signature"
                given, is_partial = arguments.of_signature(made), made.immutable is not True
                found[named] = self._use(made.call, made.site, way, given, is_partial)
        for call in local_calls_of(self._module):
            if call.method != "signature" and self._is_it(call.task):
                function = call.node.func
                named = function if call.method == "()" else _receiver(call.node)
                given = arguments.ANYTHING if call.method == "apply" else arguments.of_call(call.node, call.site)
                found[named] = self._use(call.node, call.site, "call", given)
        for entry in schedule_of(self._module):
            field = entry.fields.get("task")
            if field is not None and entry.task_name == self._task.registered_name:
                found[field.node] = self._use(
                    entry.node, entry.site, "by name", arguments.of_entry(entry.fields, entry.site)
                )
        return found

    def _use(self, node: ast.AST, site: Site, way: Way, given: Arguments, is_partial: bool = False) -> Use:
        is_caught = any(is_caught_anywhere(site, exception) for exception in _RAISED)
        return Use(self._module, node, way, given, is_partial, is_caught)

    def _is_named(self, receiver: object) -> bool:
        if isinstance(receiver, NamedTask):
            return receiver.name is not None and receiver.name == self._task.registered_name
        return self._is_it(receiver)

    def _is_it(self, value: object) -> bool:
        """Whether something is the task; while fixes are made, other files may know it as it was before."""
        task = self._task
        return isinstance(value, Task) and (value.module.path, value.name) == (task.module.path, task.name)

    @staticmethod
    def _text(target: object) -> ast.AST:
        return target.node if isinstance(target, NamedTask) and target.node is not None else ast.Pass()

    def _argument(self, made: Signature) -> ast.expr | None:
        """The task that is handed to ``signature(task)``."""
        first = made.call.args[0] if made.call.args else None
        is_it = first is not None and made.method in ("signature", "subtask") and self._means(first)
        return first if is_it else None

    # -- what is not --------------------------------------------------------------------------------------------

    def _is_mention(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return self._is_looked_up(node)
        if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
            return False
        return self._means(node)

    def _means(self, node: ast.expr) -> bool:
        """Whether a name or an attribute may be the task."""
        if isinstance(node, ast.Name):
            return node.id == self._name and any(map(self._is_it, self._values(node)))
        if not isinstance(node, ast.Attribute) or node.attr != self._name:
            return False
        owners = self._values(node.value)
        if any(isinstance(owner, (Class, ModuleValue)) for owner in owners):
            return any(value is UNKNOWN or self._is_it(value) for value in self._values(node))
        parent = parents_of(self._module).get(node)
        is_asked = isinstance(parent, ast.Attribute) and parent.attr in _OF_A_TASK
        return is_asked or _is_imported_by_name(node.value)

    def _values(self, node: ast.expr) -> list[Value]:
        return values_of(node, self._module)

    def _is_looked_up(self, node: ast.Constant) -> bool:
        """Whether a text names the task where something is looked up by its name, or is its registered name."""
        if not isinstance(node.value, str):
            return False
        parent = parents_of(self._module).get(node)
        if node.value == self._task.registered_name and "." in node.value:
            if isinstance(parent, ast.Dict):
                return any(value is node for value in parent.values)
            return not _is_called_so(parent, _PATCHES) and not isinstance(parent, (ast.keyword, ast.Expr, ast.Compare))
        if node.value != self._name:
            return False
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.value, ast.Call) and _is_called_so(parent.value, frozenset({"globals", "vars"}))
        return _is_called_so(parent, _LOOKUPS)

    def _is_harmless(self, node: ast.AST) -> bool:
        """Whether what is done with the task calls it in no way."""
        parent = parents_of(self._module).get(node)
        if isinstance(parent, ast.Attribute):
            return parent.attr in _HARMLESS
        if isinstance(parent, ast.Call) and _is_called_so(parent, _PATCHES):
            return True
        return isinstance(parent, (ast.Expr, ast.Delete))


def values_of(node: ast.expr, module: Module) -> list[Value]:
    """What a name or an attribute may be, wherever it stands: by all that binds it."""
    if isinstance(node, ast.Name):
        scope = scope_around(node, module).owner_of(node.id)
        if scope is None:
            return [member(module, node.id) or UNKNOWN]  # by a star import
        return [value_of_binding(node.id, binding) for binding in scope.bindings[node.id]]
    if not isinstance(node, ast.Attribute):
        return [UNKNOWN]
    return [found for owner in values_of(node.value, module) for found in _attributes(owner, node.attr, module)]


def _attributes(owner: Value, name: str, module: Module) -> list[Value]:
    if isinstance(owner, ModuleValue):
        return [member_of(owner, name, module)]
    if isinstance(owner, Class):
        return [value_of_binding(name, binding) for binding in owner.scope.bindings.get(name, ())] or [UNKNOWN]
    return [UNKNOWN]


def _receiver(call: ast.Call) -> ast.AST:
    """``t`` of ``t.delay(1)`` and of ``t.s(1)``."""
    return call.func.value if isinstance(call.func, ast.Attribute) else call.func


def _is_called_so(node: ast.AST | None, names: frozenset[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return (getattr(node.func, "attr", "") or getattr(node.func, "id", "")) in names


def _is_imported_by_name(node: ast.expr) -> bool:
    """Whether something is what ``import_module("app.tasks")`` returns, or of ``sys.modules``."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "modules"
    return _is_called_so(node, _LOOKUPS)
