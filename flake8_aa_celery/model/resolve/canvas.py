"""Calls that make or send something of Celery's: signatures, workflows, dispatches.

"Canvas" is Celery's own word for the primitives that workflows are made of.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.knowledge.celery import (
    DISPATCH_METHODS,
    SIGNATURE_MAKERS,
    SIGNATURE_METHODS,
    TASK_WORKFLOWS,
    WORKFLOWS,
)
from flake8_aa_celery.model.resolve import loops
from flake8_aa_celery.model.resolve.evaluation import keywords_of, value_of
from flake8_aa_celery.model.resolve.modules import is_of_tasks_module
from flake8_aa_celery.model.resolve.task_classes import registered_object, task_behind
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    App,
    Constant,
    Dispatch,
    Element,
    Function,
    Items,
    Mapping,
    NamedTask,
    Origin,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.resolve.values import DispatchMethod, Target

#: What is taken for granted of a name that comes from a module of tasks which cannot be read.
_TELLTALES = frozenset({"delay", "apply_async", "s", "si"})


def method_call(node: ast.Call, method: str, receiver: Value, site: Site) -> Value | None:
    """What ``receiver.method(…)`` is; None where the call has nothing to do with Celery."""
    if (
        isinstance(receiver, Origin)
        and method in _TELLTALES
        and is_of_tasks_module(receiver.dotted, site.module.project)
    ):
        receiver = UnreadableTask(receiver.dotted)
    if isinstance(receiver, App):
        return _of_app(node, method, site)
    receiver = task_behind(receiver)
    if isinstance(receiver, Function) and not receiver.is_plain:
        return None
    if isinstance(receiver, (Signature, Workflow)):
        return _of_canvas(node, method, receiver, site)
    if isinstance(receiver, (Task, UnreadableTask, Function, NamedTask)):
        return _of_task(node, method, receiver, site)
    return None


def _of_task(node: ast.Call, method: str, task: Target, site: Site) -> Value | None:
    if method in DISPATCH_METHODS:
        return _dispatch(node, method, task, site)
    if isinstance(task, Function):
        # a plain function has none of these: only the methods that nothing but a task has count as such a mistake
        return _signature(node, method, task, site) if method in ("s", "si") else None
    if method in SIGNATURE_METHODS:
        return _signature(node, method, task, site)
    kind = TASK_WORKFLOWS.get(method)
    if kind and isinstance(node.func, ast.Attribute):
        members = Items((Element(node.func.value, site),))
        return Workflow(node, kind, members, Mapping({}), site)
    return None


def _of_canvas(node: ast.Call, method: str, receiver: Signature | Workflow, site: Site) -> Value | None:
    if method in DISPATCH_METHODS:
        return _dispatch(node, method, receiver, site)
    if method in ("set", "clone"):
        given = keywords_of(node, site)
        if method == "clone":
            given.entries.pop("args", None)
            given.entries.pop("kwargs", None)
        # .set(immutable=True) is an argument of its own, no option
        changed = receiver.with_options(node, given)
        if isinstance(changed, Signature) and "immutable" in given.entries:
            changed.immutable = None
        return changed
    if method == "on_error":
        return receiver.with_options(node, Mapping({}))
    if method == "group" and isinstance(receiver, Workflow) and receiver.kind == "chunks":
        return Workflow(node, "group", Items((), complete=False), receiver.options, site)
    return None


def _of_app(node: ast.Call, method: str, site: Site) -> Value | None:
    if method == "send_task":
        return _dispatch(node, "send_task", _named(node, site), site)
    if method in ("signature", "subtask"):
        return _signature_by_name(node, site)
    return registered_object(node, site) if method == "register_task" else None


def _dispatch(node: ast.Call, method: str, receiver: Target | Signature | Workflow, site: Site) -> Dispatch:
    takes_options = method not in ("delay", "delay_on_commit")
    options = keywords_of(node, site) if takes_options else Mapping({})
    known: DispatchMethod = method  # type: ignore[assignment]  # one of the literals, by the callers' checks
    return Dispatch(node, known, receiver, options, site, loops.bulk_loop(site))


def _signature(node: ast.Call, method: str, task: Target, site: Site) -> Signature:
    options: Mapping = Mapping({})
    immutable: bool | None = method == "si"
    if method in ("signature", "subtask"):
        given = keywords_of(node, site)
        options, immutable = _options_argument(given), _is_immutable(given)
    return Signature(node, node, method, task, options, immutable, site)


def _options_argument(given: Mapping) -> Mapping:
    """The options of ``t.signature(args, kwargs, options={…}, priority=3)``."""
    entry = given.get("options")
    written = entry.value if entry else Mapping({}, given.complete)
    options = written if isinstance(written, Mapping) else Mapping({}, complete=False)
    own = {"args", "kwargs", "options", "immutable", "app", "subtask_type", "type", "task"}
    rest = {key: entry for key, entry in given.entries.items() if key not in own}
    return options.merged(Mapping(rest, given.complete))


def _signature_by_name(node: ast.Call, site: Site) -> Signature:
    given = keywords_of(node, site)
    first = value_of(node.args[0], site) if node.args else UNKNOWN
    task: Target = first if isinstance(first, (Task, UnreadableTask)) else _named(node, site)
    return Signature(node, node, "signature", task, _options_argument(given), _is_immutable(given), site)


def _is_immutable(given: Mapping) -> bool | None:
    """Whether ``immutable=`` keeps a signature from being given more arguments; None where that cannot be resolved."""
    if given.lacks("immutable"):
        return False
    value = given.constant("immutable")
    return None if value is UNKNOWN else bool(value)


def _named(node: ast.Call, site: Site) -> NamedTask:
    """The task that the first argument of a call names."""
    name = node.args[0] if node.args else next((word.value for word in node.keywords if word.arg == "name"), None)
    value = value_of(name, site) if name is not None else UNKNOWN
    known = value.value if isinstance(value, Constant) and isinstance(value.value, str) else None
    return NamedTask(known, name)


def celery_call(node: ast.Call, dotted: str, site: Site) -> Value | None:
    """What a call of one of Celery's own functions is: ``chain(…)``, ``signature(…)``."""
    if dotted in SIGNATURE_MAKERS:
        made = value_of(node.args[0], site) if node.args else UNKNOWN
        # of a signature it makes a copy, and passes over what else it is given
        return made if isinstance(made, (Signature, Workflow)) else _signature_by_name(node, site)
    kind = WORKFLOWS.get(dotted)
    if kind is None:
        return None
    if kind == "chord":
        return _chord(node, site)
    if kind in ("chunks", "map", "starmap"):
        members = Items(tuple(Element(argument, site) for argument in node.args[:1]))
    else:
        members = _members(node, site)
    options = keywords_of(node, site)
    return Workflow(node, kind, _flattened(members) if kind == "chain" else members, options, site)


def _chord(node: ast.Call, site: Site) -> Workflow:
    header = value_of(node.args[0], site) if node.args else UNKNOWN
    members = header if isinstance(header, Items) else Items((), complete=False)
    body = node.args[1] if len(node.args) > 1 else next((w.value for w in node.keywords if w.arg == "body"), None)
    following = Element(body, site) if body is not None else None
    return Workflow(node, "chord", members, keywords_of(node, site), site, following)


def _members(node: ast.Call, site: Site) -> Items:
    """The members of ``chain(a, b)``, ``chain([a, b])``, ``chain(*tasks)``, ``chain(x for x in y)``."""
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        value = value_of(node.args[0], site)
        if isinstance(value, Items):
            return value
        known = isinstance(value, (Signature, Workflow))
        return Items((Element(node.args[0], site),) if known else (), complete=known)
    elements: list[Element] = []
    complete = True
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            elements.append(Element(argument, site))
            continue
        value = value_of(argument.value, site)
        complete = complete and isinstance(value, Items) and value.complete
        elements += value.elements if isinstance(value, Items) else ()
    return Items(tuple(elements), complete)


def _flattened(members: Items) -> Items:
    """A chain in a chain is one chain, unless it has options of its own."""
    elements: list[Element] = []
    complete = members.complete
    for element in members.elements:
        if len(elements) > Items.MOST:
            break
        value = element.value
        if isinstance(value, Workflow) and value.kind == "chain" and not value.options.entries:
            complete = complete and value.members.complete
            elements += [inner.within(element.loop) for inner in value.members.elements]
        else:
            elements.append(element)
    return Items(tuple(elements), complete)


def joined(node: ast.BinOp, left: Value, right: Value, site: Site) -> Value:
    """What ``left | right`` is: a chain, where one of them is known to be Celery's."""
    if not isinstance(left, (Signature, Workflow)) and not isinstance(right, (Signature, Workflow)):
        return UNKNOWN
    sides = [(node.left, left), (node.right, right)]
    complete = all(isinstance(value, (Signature, Workflow)) for _, value in sides)
    members = Items(tuple(Element(side, site) for side, _ in sides), complete)
    return Workflow(node, "chain", _flattened(members), Mapping({}), site)


def started(node: ast.Call, called: Value, site: Site) -> Value | None:
    """What calling a workflow does: it is sent. (Calling a signature runs it here.)"""
    if not isinstance(called, Workflow):
        return None
    if called.kind == "chord" and called.body is None and node.args:
        # the body is no argument of the tasks
        return Dispatch(node, "()", called, Mapping({}), site, loops.bulk_loop(site))
    return _dispatch(node, "()", called, site)
