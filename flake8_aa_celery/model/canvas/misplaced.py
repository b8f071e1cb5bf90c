"""What stands where only a signature can: in a workflow, as a callback, before ``.delay``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import reaching
from flake8_aa_celery.model.resolve import arguments, models, object_types
from flake8_aa_celery.model.resolve.classes import lineage
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import canvas_of, dispatches_of, workflows_of
from flake8_aa_celery.model.resolve.values import (
    Class,
    Dispatch,
    Element,
    Expression,
    Instance,
    Items,
    Rows,
    Signature,
    Task,
    Value,
    Workflow,
)
from flake8_aa_celery.model.tasks.parameters import names_missing, parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import CallSite, Site
    from flake8_aa_celery.model.resolve.arguments import Arguments
    from flake8_aa_celery.model.resolve.values import Mapping, Target

    What = Literal["sent", "run", "task", "other"]

#: Workflows whose members are signatures; the others are made of one task.
_OF_SIGNATURES = frozenset({"chain", "chord", "group"})
_CALLBACKS = ("link", "link_error")
#: Methods that take a callback.
_TAKING = frozenset({"link", "link_error", "on_error"})
#: Methods that return nothing: they wait for the commit.
_WITHOUT_RESULT = frozenset({"apply_async_on_commit", "delay_on_commit"})
_SENDING = frozenset({"apply_async", "delay"})
#: Objects that certainly have no ``delay``.
_PLAIN = {
    object_types.LIST: "a list", object_types.TUPLE: "a tuple", object_types.DICT: "a dict",
    object_types.SET: "a set", object_types.TEXT: "a text", object_types.NUMBER: "a number",
    object_types.GENERATOR: "a generator",
}  # fmt: skip
#: Through this many names a member is followed.
_MOST_STEPS = 5


class NoSignature(NamedTuple):
    """Something that is no signature where one is needed.

    :param node: where to report it: where it is made, or the workflow where that is in another file.
    :param what: whether it has been sent, was run in place, is a task without arguments, or something else.
    :param task: the task that was sent or run; what the workflow is where that was sent.
    :param place: where it stands, as a message calls it: "the chain", "`link`"; for something else what it is.
    :param method: what makes the signature of it that is meant: `s` where the task needs the result before it.
    """

    node: ast.expr
    what: What
    task: Value | None
    place: str
    method: Literal["s", "si"] = "si"


@fact
def no_signatures_of(module: Module) -> list[NoSignature]:
    """Everything of the kind in a module, each once, in the order of the source."""
    found: dict[int, NoSignature] = {}
    for mistaken in [*_in_workflows(module), *_in_callbacks(module), *_before_sending(module)]:
        found.setdefault(id(mistaken.node), mistaken)
    return sorted(found.values(), key=lambda mistaken: (mistaken.node.lineno, mistaken.node.col_offset))


def _in_workflows(module: Module) -> Iterator[NoSignature]:
    for workflow in workflows_of(module):
        if workflow.kind in _OF_SIGNATURES:
            for member, follows in _members_of(workflow):
                mistaken = _mistaken(member, f"the {workflow.kind}", workflow.node, module, follows=follows)
                if mistaken is not None:
                    yield mistaken
    for dispatch in dispatches_of(module):
        chord = dispatch.receiver
        is_open = isinstance(chord, Workflow) and chord.kind == "chord" and chord.body is None
        if is_open and dispatch.method == "()" and dispatch.node.args:
            body = Expression(dispatch.node.args[0], dispatch.site)
            mistaken = _mistaken(body, "the chord", dispatch.node, module, follows=True)
            if mistaken is not None:
                yield mistaken


def _members_of(workflow: Workflow) -> Iterator[tuple[Element, bool]]:
    """The members of a workflow, each with whether it follows another whose result it may take."""
    for index, member in enumerate(workflow.members.elements):
        yield member, workflow.kind == "chain" and index > 0
    if workflow.body:
        yield workflow.body, True


def _in_callbacks(module: Module) -> Iterator[NoSignature]:
    for expression, name, node in callbacks_of(module):
        mistaken = _mistaken(expression, f"`{name}`", node, module, follows=True)
        if mistaken is not None:
            yield mistaken


def callbacks_of(module: Module) -> Iterator[tuple[Expression, str, ast.expr]]:
    """Everything that is given as a callback, with the option or method, and where to report it otherwise."""
    for call, value in canvas_of(module):
        yield from ((part, name, call.node) for part, name in callbacks_in(value.options))
    for call in module.calls_of(_TAKING):
        if len(call.node.args) == 1 and _is_of_canvas(call):
            name = "link" if call.name == "link" else "link_error"
            yield from ((part, name, call.node) for part in _parts(Expression(call.node.args[0], call.site)))


def callbacks_in(options: Mapping) -> Iterator[tuple[Expression, str]]:
    """The callbacks that options hold, with the option that each is given as."""
    for name in _CALLBACKS:
        entry = options.get(name)
        if entry is not None:
            yield from ((part, name) for part in _parts(entry))


def _is_of_canvas(call: CallSite) -> bool:
    """Whether a call is one of a method of a signature or workflow."""
    function = call.node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _TAKING:
        return False
    return isinstance(value_of(function.value, call.site), (Signature, Workflow))


def _parts(expression: Expression) -> Iterator[Expression]:
    """The callbacks that an option holds: one, or a list of them."""
    value = expression.value
    if isinstance(value, Items):
        yield from value.elements
    else:
        yield expression


def _mistaken(
    expression: Expression, place: str, otherwise: ast.expr, module: Module, *, follows: bool
) -> NoSignature | None:
    node = expression.reported_in(module, otherwise)
    value = expression.value
    if isinstance(value, Dispatch):
        given = arguments.of_dispatch(value) if value.receiver is value.task else arguments.ANYTHING
        return NoSignature(node, "sent", value.receiver, place, _method(value.task, given, module, follows))
    if isinstance(value, Task):
        return NoSignature(node, "task", value, place, _method(value, arguments.NOTHING, module, follows))
    run = _task_run_by(expression)
    if run is None:
        return None
    task, given = run
    return NoSignature(node, "run", task, place, _method(task, given, module, follows))


def _method(task: Target | None, given: Arguments, module: Module, follows: bool) -> Literal["s", "si"]:
    """Whether a task needs the result before it, to be called at all."""
    taken = parameters_of(task, module) if follows else None
    return "s" if taken is not None and names_missing(taken, given) else "si"


def _task_run_by(expression: Expression) -> tuple[Task, Arguments] | None:
    """The task that an expression runs in place, ``t(x)``, and that returns nothing which can be sent."""
    node, site = expression.node, expression.site
    for _ in range(_MOST_STEPS):
        bindings = reaching(node.id, site) if isinstance(node, ast.Name) else []
        if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].value is None:
            break
        node, site = bindings[0].value, bindings[0].site
    task = value_of(node.func, site) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or not isinstance(task, Task):
        return None
    returned = [value_of(statement.value, place) for statement, place in task.scope.returns if statement.value]
    if any(isinstance(value, (Signature, Workflow)) for value in returned):
        return None
    return task, arguments.of_call(node, site)


# -- before `.delay` ----------------------------------------------------------------------------------------------


def _before_sending(module: Module) -> Iterator[NoSignature]:
    for call in module.calls_of(_SENDING):
        function = call.node.func
        if call.name in _SENDING and isinstance(function, ast.Attribute):
            mistaken = _sent(call, function)
            if mistaken is not None:
                yield mistaken


def _sent(call: CallSite, function: ast.Attribute) -> NoSignature | None:
    receiver, site = function.value, call.site
    run = _task_run_by(Expression(receiver, site))
    if run is not None and _returns_nothing(run[0]):
        return NoSignature(call.node, "run", run[0], f"`.{function.attr}`")
    kind = _kind_without(function.attr, receiver, site)
    return NoSignature(call.node, "other", None, kind) if kind else None


def _returns_nothing(task: Task) -> bool:
    """Whether a task returns None, or a literal, on all its ways."""
    return (
        all(statement.value is None or isinstance(statement.value, ast.Constant) for statement, _ in task.scope.returns)
        and not task.scope.yields
    )


def _kind_without(method: str, node: ast.expr, site: Site) -> str | None:
    """What an expression is that has no such method: "a list", "a queryset"; None where it may have it."""
    kind = object_types.type_of(node, site)
    if kind in _PLAIN:
        return _PLAIN[kind]
    value = value_of(node, site)
    if isinstance(value, Dispatch) and value.method not in _WITHOUT_RESULT:
        return "the result of a dispatch"
    if isinstance(value, Rows):
        known = value.model is not None and all(_lacks(found, method) for found in models.classes_of(value))
        return "a queryset or a list of rows" if known else None
    owner = value.of if isinstance(value, Instance) else value
    if not isinstance(owner, Class) or not models.is_model(owner) or not _lacks(owner, method):
        return None
    return "a model" if owner is value else "a row of a model"


def _lacks(owner: Class, method: str) -> bool:
    """Whether a class of Django's certainly has no method of this name."""
    bases = lineage(owner)
    django = all(dotted.startswith("django.") or dotted == "builtins.object" for dotted in bases.origins)
    return bases.complete and django and not bases.defines(method)
