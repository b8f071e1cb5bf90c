"""What is handed to ``transaction.on_commit``, and what is made of the None that it returns."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.leaving import way_out
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching, scope_of
from flake8_aa_celery.model.code.scopes import FUNCTIONS, Site
from flake8_aa_celery.model.code.syntax import is_statement, keyword_of
from flake8_aa_celery.model.django.transactions import is_transaction
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import Constant, Dispatch, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, Block, CallSite, Scope

_ON_COMMIT = frozenset({"on_commit"})
_ORIGINS = frozenset({
    "django.db.connection.on_commit", "django.db.transaction.get_connection().on_commit",
    "django.db.transaction.on_commit",
})  # fmt: skip
_CONNECTIONS = "django.db.connections"
#: The methods of a task that wait for the commit, and return nothing.
_WITHOUT_RESULT = frozenset({"apply_async_on_commit", "delay_on_commit"})


class LateCallback(NamedTuple):
    """A callback for the commit that looks up what its loop has bound when the loop has ended.

    :param call: the call of ``on_commit``.
    :param names: what it looks up then.
    :param dispatch: what it sends, where it does nothing else.
    """

    call: CallSite
    names: list[str]
    dispatch: Dispatch | None


class MisusedCommit(NamedTuple):
    """Something that is done by the time it is handed to ``on_commit``, or a None that is used as if it were a result.

    :param node: what is handed over, or the call that returns None.
    :param call: the call of ``on_commit`` that it is handed to; None for a None that is used.
    :param dispatch: what is sent, at once; None for a task that is run, here.
    :param method: what is called: ``delay``, ``delay_on_commit``, ``on_commit``.
    """

    node: ast.expr
    call: CallSite | None
    dispatch: Dispatch | None
    method: str


# -- callbacks ----------------------------------------------------------------------------------------------------


def _registrations(module: Module) -> Iterator[tuple[CallSite, ast.expr]]:
    """Every call of ``on_commit``, with what it is handed."""
    for call in module.calls_of(_ON_COMMIT):
        handed = call.node.args[0] if call.node.args else keyword_of(call.node, "func")
        if handed is not None and _is_on_commit(call):
            yield call, handed


def _is_on_commit(call: CallSite) -> bool:
    """Whether it is Django's, of a module or of a connection: ``connections["default"].on_commit(…)``."""
    function, module = call.node.func, call.site.module
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Subscript):
        return module.origin(function.value.value, call.site) == _CONNECTIONS
    return module.origin(function, call.site) in _ORIGINS


def may_be_of_another_database(call: CallSite) -> bool:
    """Whether a call of ``on_commit`` may wait for another database than the default one."""
    owner = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
    is_one_of_many = isinstance(owner, ast.Subscript) or (
        isinstance(owner, ast.Call) and bool(owner.args or owner.keywords)
    )
    return is_one_of_many or len(call.node.args) + len(call.node.keywords) > 1


@fact
def late_callbacks_of(module: Module) -> list[LateCallback]:
    """Every callback that sends something in a loop and takes what the loop binds from the last round."""
    found: list[LateCallback] = []
    for call, handed in _registrations(module):
        scope = _scope_of_callback(handed, call.site)
        names = _late_names(scope, call.site) if scope is not None else []
        if scope is not None and names and (sent := _sent_in(scope)):
            body = handed.body if isinstance(handed, ast.Lambda) else None
            only = next((dispatch for dispatch in sent if dispatch.node is body), None)
            found.append(LateCallback(call, names, only))
    return found


def _scope_of_callback(handed: ast.expr, site: Site) -> Scope | None:
    """The scope of a lambda, or of the one function that a name stands for and that is defined where it is used."""
    if isinstance(handed, ast.Lambda):
        return site.module.scopes.by_node[handed]
    bindings = reaching(handed.id, site) if isinstance(handed, ast.Name) else []
    if len(bindings) != 1:
        return None
    node, value = bindings[0].node, bindings[0].value
    if bindings[0].kind == "assign" and isinstance(value, ast.Lambda):
        return site.module.scopes.by_node[value]
    is_plain = isinstance(node, FUNCTIONS) and not node.decorator_list
    return site.module.scopes.by_node[node] if is_plain else None


def _sent_in(scope: Scope) -> list[Dispatch]:
    """What is sent in a lambda or function, in the comprehensions of it too."""
    return [dispatch for dispatch in dispatches_of(scope.module) if dispatch.site.scope.runs_in() is scope]


def _late_names(callback: Scope, site: Site) -> list[str]:
    """The names that a callback looks up later and that a loop around ``site`` binds anew each round."""
    loops = list(_loops_in_transaction(site))
    if not loops or way_out(site) is not None:
        return []
    inside = Site(callback.block, site.statement, site.order)
    body = callback.node.body if isinstance(callback.node, (*FUNCTIONS, ast.Lambda)) else []
    read = {
        part.id: part
        for node in (body if isinstance(body, list) else [body])
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }
    own = {name for scope in callback.frame() for name in scope.bindings}
    return [name for name, node in read.items() if name not in own and _is_bound_anew(node, inside, loops)]


def _loops_in_transaction(site: Site) -> Iterator[Block]:
    """The loops around a place whose rounds all end before the transaction does."""
    for block in site.block.around():
        if block.kind in ("loop", "comprehension"):
            yield block
        elif is_transaction(block):
            return


def _is_bound_anew(node: ast.Name, inside: Site, loops: list[Block]) -> bool:
    owner = scope_of(node.id, inside)
    if owner is None or isinstance(value_of(node, inside), Constant):
        return False
    return any(_binds_in(binding, loop, owner) for binding in owner.bindings[node.id] for loop in loops)


def _binds_in(binding: Binding, loop: Block, owner: Scope) -> bool:
    """Whether a binding is made by a loop or in its body."""
    if isinstance(binding.node, (ast.Import, ast.ImportFrom, ast.ClassDef, *FUNCTIONS)):
        return False
    if loop.kind == "comprehension":
        return owner.block is loop
    return binding.node is loop.node or loop.encloses(binding.site.block)


# -- what is no callback ------------------------------------------------------------------------------------------


@fact
def misused_commits_of(module: Module) -> list[MisusedCommit]:
    """Every result that is handed to ``on_commit``, and every None that what waits for a commit returns and is used."""
    handed_over = list(_handed_over(module))
    known = {id(found.node) for found in handed_over}
    calls: list[tuple[ast.Call, Site, str]] = [
        (each.node, each.site, each.method) for each in dispatches_of(module) if each.method in _WITHOUT_RESULT
    ]
    calls += [(call.node, call.site, "on_commit") for call, _ in _registrations(module)]
    used = [
        MisusedCommit(node, None, None, method)
        for node, site, method in calls
        if id(node) not in known and _is_used(node, site)
    ]
    return handed_over + used


def _handed_over(module: Module) -> Iterator[MisusedCommit]:
    """Every dispatch, and every task run in place, whose result is handed to ``on_commit``."""
    for call, handed in _registrations(module):
        value = value_of(handed, call.site)
        if isinstance(value, Dispatch):
            yield MisusedCommit(handed, call, value, value.method)
        elif isinstance(handed, ast.Call) and isinstance(value_of(handed.func, call.site), Task):
            yield MisusedCommit(handed, call, None, "()")


def _is_used(node: ast.Call, site: Site) -> bool:
    """Whether something is asked of what a call returns, or it is handed or stored somewhere."""
    if is_statement(node, site):
        return False
    parent = next((part for part in ast.walk(site.statement) if node in ast.iter_child_nodes(part)), None)
    if isinstance(parent, ast.keyword):
        return True
    if isinstance(parent, ast.Assign):
        targets = parent.targets
        return not all(isinstance(target, ast.Name) for target in targets) or any(
            _is_read(target.id, parent, site) for target in targets if isinstance(target, ast.Name)
        )
    is_argument = isinstance(parent, ast.Call) and node in parent.args
    return is_argument or isinstance(parent, (ast.Attribute, ast.Dict, ast.FormattedValue))


def _is_read(name: str, statement: ast.Assign, site: Site) -> bool:
    """Whether a name is read in its function after a statement that binds it, and nothing binds it but that."""
    bindings = site.scope.bindings.get(name, [])
    if len(bindings) != 1 or site.scope.kind != "function":
        return False
    return (
        any(
            isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
            for part in ast.walk(site.scope.node)
        )
        and bindings[0].node is statement
    )
