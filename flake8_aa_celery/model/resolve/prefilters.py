"""Which expressions are worth a full answer.

Working out what an expression is may read other files. Most calls can be told by their shape and by the imports of
this file alone to have nothing to do with Celery; these questions never say no where the full answer would be yes.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import imported_name, reaching
from flake8_aa_celery.model.code.scopes import FUNCTIONS
from flake8_aa_celery.model.knowledge.celery import CHANGING_METHODS, DISPATCH_METHODS, SIGNATURE_METHODS

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.scopes import Binding, CallSite, Site

#: Functions and classes of Celery whose call makes something that can be sent.
_MAKERS = frozenset({"chain", "group", "chord", "chunks", "xmap", "xstarmap", "signature", "subtask", "Signature"})
#: Methods that make a workflow of a task.
_TASK_WORKFLOWS = frozenset({"chunks", "map", "starmap"})
_SENDERS = DISPATCH_METHODS | {"send_task"}
#: Names of what may make or send something of Celery's; an empty one stands for what is called without a name.
_OF_CANVAS = _SENDERS | SIGNATURE_METHODS | _MAKERS | CHANGING_METHODS | _TASK_WORKFLOWS | {""}
#: Names of what may be called to get something of Celery's, a setting, or a copy, wherever it was imported from.
_TELLING = (_OF_CANVAS - {""}) | {"Celery", "clean_setting", "copy"}
#: How a task is run in the process of whoever calls it.
LOCAL_RUNS = frozenset({"run", "apply", "__call__"})
#: How a name is bound to what may be a task: by a definition, or by an assignment.
_BOUND = re.compile(rb"\b(?:def|class)[ \t]+([A-Za-z_]\w*)|^[ \t]*([A-Za-z_]\w*)[ \t]*[:=]", re.MULTILINE)
#: Through this many bindings the result of a dispatch is looked for.
_MOST_STEPS = 100
#: Through this many other names for a function the first one is looked for.
_MOST_NAMES = 5


def canvas_names(module: Module) -> frozenset[str]:
    """The names of what is called where :func:`canvas` may say yes; an empty one for what has no name."""
    return _OF_CANVAS | module.scopes.assigned


def canvas(call: CallSite) -> bool:
    """Whether a call may make or send something of Celery's."""
    function, site = call.node.func, call.site
    if isinstance(function, ast.Attribute):
        method = function.attr
        if method in _SENDERS or method in SIGNATURE_METHODS or method in _TASK_WORKFLOWS:
            return True
        if method in CHANGING_METHODS:
            return _holds_call(function.value, site)
        return method in _MAKERS and (_is_of_celery(function, site) or _holds_call(function.value, site))
    if isinstance(function, ast.Name):
        return _named_canvas(function.id, site, _MOST_NAMES)
    return isinstance(function, (ast.Call, ast.BinOp))


def _named_canvas(name: str, site: Site, steps: int) -> bool:
    """Whether a call of a name may make or send something: one of Celery's makers, or what it was bound to here."""
    if site.module.scopes.renamed.get(name, name) in _MAKERS:
        return True
    values = ((binding.value, binding.site) for binding in reaching(name, site) if binding.kind == "assign")
    for value, place in values:
        if isinstance(value, ast.Name) and steps:
            found = _named_canvas(value.id, place, steps - 1)
        elif isinstance(value, ast.Attribute):
            found = value.attr in _TELLING
        else:
            found = not isinstance(value, (ast.Constant, ast.Lambda))
        if found:
            return True
    return False


def _is_of_celery(node: ast.expr, site: Site) -> bool:
    return (site.module.origin(node, site) or "").startswith("celery.")


def _holds_call(node: ast.expr, site: Site) -> bool:
    """Whether an expression is a call or a name that may have been bound to one; not imported, no attribute."""
    if isinstance(node, ast.Name):
        return any(binding.kind in ("assign", "loop") for binding in reaching(node.id, site))
    return isinstance(node, (ast.Call, ast.BinOp, ast.IfExp, ast.NamedExpr, ast.Subscript))


def may_run_task(call: CallSite) -> bool:
    """Whether a call may run a task in this process, by its name."""
    function, module = call.node.func, call.site.module
    if isinstance(function, ast.Attribute):
        return function.attr in LOCAL_RUNS or function.attr in _task_names(module.project)
    if isinstance(function, ast.Name):
        return any(_may_be_task(function.id, binding) for binding in reaching(function.id, call.site))
    return True


def _may_be_task(name: str, binding: Binding) -> bool:
    if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        return imported_name(name, binding.node).member in _task_names(binding.site.module.project)
    if isinstance(binding.node, FUNCTIONS):
        return bool(binding.node.decorator_list)
    return binding.kind != "class"


@fact
def _task_names(project: Project) -> frozenset[str]:
    """The names that are bound in those files of a project that have to do with tasks, by their bytes."""
    data = (data for path, data in project.files if b"task" in data or "task" in path)
    return frozenset(name.decode() for each in data for found in _BOUND.findall(each) for name in found)


def result(node: ast.expr, site: Site) -> bool:
    """Whether an expression may be what a dispatch returned."""
    return _result(node, site, set())


def _result(node: ast.expr, site: Site, seen: set[int]) -> bool:
    """As :func:`result`; ``seen`` holds the bindings that were asked already, which need not be asked again."""
    if isinstance(node, ast.Call):
        function = node.func
        return not isinstance(function, ast.Attribute) or function.attr in _SENDERS
    if isinstance(node, (ast.NamedExpr, ast.Await)):
        return _result(node.value, site, seen)
    if isinstance(node, ast.Name):
        return any(_may_bind_result(binding, seen) for binding in reaching(node.id, site))
    return isinstance(node, ast.IfExp)


def _may_bind_result(binding: Binding, seen: set[int]) -> bool:
    if binding.value is None or id(binding.value) in seen or len(seen) > _MOST_STEPS:
        return False
    seen.add(id(binding.value))
    if binding.kind == "loop":
        return _results(binding.value, binding.site, seen)
    return binding.kind == "assign" and _result(binding.value, binding.site, seen)


def _results(node: ast.expr, site: Site, seen: set[int]) -> bool:
    """Whether what a loop goes over may be a list of what dispatches returned, made in this file."""
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        return isinstance(node.elt, (ast.Call, ast.Name))
    if isinstance(node, ast.Name):
        return any(_may_bind_results(binding, seen) for binding in reaching(node.id, site))
    return isinstance(node, (ast.List, ast.Tuple))


def _may_bind_results(binding: Binding, seen: set[int]) -> bool:
    if binding.kind != "assign" or binding.value is None or id(binding.value) in seen or len(seen) > _MOST_STEPS:
        return False
    seen.add(id(binding.value))
    return _results(binding.value, binding.site, seen)
