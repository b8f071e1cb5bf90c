"""Whether a signature or workflow is used in one place alone, so that changing it changes nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.parents import parents_of, scope_around
from flake8_aa_celery.model.knowledge.celery import CHANGING_METHODS, DISPATCH_METHODS
from flake8_aa_celery.model.resolve.occurrences import workflows_of
from flake8_aa_celery.model.resolve.values import Signature

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Workflow

_GROWING = frozenset({"append", "extend", "insert"})
_LIST_MAKERS = frozenset({"list", "reversed", "tuple"})
#: What a signature may be a member of, and is still itself.
_AROUND = (ast.List, ast.Tuple, ast.Set, ast.Starred, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.IfExp)
#: Through this many names a signature is followed.
_MOST_STEPS = 10


def is_used_once(made: Signature | Workflow) -> bool:
    """Whether a signature or workflow that is made in a function goes into one workflow and nowhere else.

    What is made in place does; what a name holds, or a list that a name holds, where that name is read once.
    """
    node = made.call if isinstance(made, Signature) else made.node
    return _Way(made.module, into_workflow=True).leads_on(node, _MOST_STEPS)


def is_only_sent_within(made: Signature) -> bool:
    """As :func:`is_used_once`, and nothing is done with that workflow but that it is sent, once or more."""
    return _Way(made.module, into_workflow=True, to_its_end=True).leads_on(made.call, _MOST_STEPS)


def is_only_sent(made: Workflow) -> bool:
    """Whether a workflow that is made in a function is sent once, and nothing else is asked of it."""
    return _Way(made.module, into_workflow=False).leads_on(made.node, _MOST_STEPS)


class _Way:
    """Where an expression goes to.

    :param into_workflow: whether it is to become part of a workflow, or to be sent.
    :param to_its_end: whether that workflow is to be sent then, or dropped.
    """

    def __init__(self, module: Module, *, into_workflow: bool, to_its_end: bool = False) -> None:
        self._module = module
        self._parents = parents_of(module)
        self._into_workflow = into_workflow
        self._to_its_end = to_its_end

    def leads_on(self, node: ast.AST, steps: int) -> bool:
        """Whether an expression goes there, and nowhere else."""
        while steps:
            part, node = node, self._parents[node]
            if isinstance(node, ast.Attribute):
                called = self._parents[node]
                if not isinstance(called, ast.Call) or called.func is not node:
                    return False
                if node.attr not in CHANGING_METHODS:
                    return not self._into_workflow and node.attr in DISPATCH_METHODS
                node = called
            elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
                return part is node.value and self._is_bound_and_read_once(node, steps - 1)
            elif isinstance(node, ast.Call) and node.func is part:
                return not self._into_workflow
            elif not self._into_workflow:
                return False
            elif isinstance(node, ast.BinOp):
                return isinstance(node.op, ast.BitOr) and self._is_sent_then(node, steps)
            elif isinstance(node, ast.Call):
                if id(node) in _nodes_of_workflows(self._module):
                    return self._is_sent_then(node, steps)
                grown = _grown_by(node)
                if grown is not None:
                    return self._is_read_once(grown, steps - 1)
                if not isinstance(node.func, ast.Name) or node.func.id not in _LIST_MAKERS:
                    return False
            elif not isinstance(node, _AROUND):
                return False
        return False

    def _is_sent_then(self, workflow: ast.AST, steps: int) -> bool:
        """Whether a workflow is sent and nothing else is done with it, if that is asked; or part of one that is."""
        if not self._to_its_end or isinstance(self._parents[workflow], ast.Expr):
            return True
        if _Way(self._module, into_workflow=False).leads_on(workflow, steps - 1):
            return True
        return self.leads_on(workflow, steps - 1)

    def _is_bound_and_read_once(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr, steps: int) -> bool:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        (target, *more) = targets
        return not more and isinstance(target, ast.Name) and self._is_read_once(target, steps)

    def _is_read_once(self, name: ast.Name, steps: int) -> bool:
        """Whether what a local name holds goes there: the name is read once, but to add to a list."""
        scope = scope_around(name, self._module).owner_of(name.id)
        if scope is None or scope.runs_in().kind != "function" or name.id in scope.foreign:
            return False
        reads = [
            node
            for node in ast.walk(scope.node)
            if isinstance(node, ast.Name) and node.id == name.id and not isinstance(node.ctx, ast.Store)
        ]
        others = [node for node in reads if not _only_grows(node, self._parents)]
        return len(others) == 1 and self.leads_on(others[0], steps)


@fact
def _nodes_of_workflows(module: Module) -> set[int]:
    return {id(workflow.node) for workflow in workflows_of(module)}


def _grown_by(call: ast.Call) -> ast.Name | None:
    """``steps`` of ``steps.append(…)``."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in _GROWING and isinstance(function.value, ast.Name):
        return function.value
    return None


def _only_grows(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    call = parents[parents[node]] if isinstance(parents[node], ast.Attribute) else None
    return isinstance(call, ast.Call) and _grown_by(call) is node
