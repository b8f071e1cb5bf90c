"""What is handed to ``delay`` and ``apply_async`` in a way that only the other one takes.

``delay`` takes the task's arguments one by one and no options; ``apply_async`` takes options, and the arguments as a
list or tuple and a mapping: https://docs.celeryq.dev/en/stable/userguide/calling.html
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.workflows import starters
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.knowledge.celery import APPLY_ASYNC_OPTIONS
from flake8_aa_celery.model.resolve import arguments, object_types
from flake8_aa_celery.model.resolve.classes import bases_of
from flake8_aa_celery.model.resolve.evaluation import keywords_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, local_calls_of
from flake8_aa_celery.model.resolve.swallowing import is_caught_anywhere
from flake8_aa_celery.model.resolve.values import Function, LocalCall, Mapping, Signature, Task, Workflow
from flake8_aa_celery.model.tasks import parameters

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch, Entry, Target

#: Options that hardly any task has a parameter for: no task that cannot be read is taken to have one.
_TELLING = frozenset({"priority", "countdown", "eta", "queue"})
#: What Celery takes one value for, or its characters.
SCALARS = frozenset({object_types.KEY, object_types.NUMBER, object_types.TEXT})
_GOOD_ARGS = frozenset({object_types.LIST, object_types.TUPLE, object_types.NONE})
_GOOD_KWARGS = frozenset({object_types.DICT, object_types.NONE})
_METHODS = frozenset({"apply_async", "apply_async_on_commit", "send_task"})


class MisplacedOptions(NamedTuple):
    """Options that ``delay`` hands to tasks which have no such parameters.

    :param names: the options, in the order of the source.
    :param certain: whether it is known that the dispatch raises, and that nothing around it catches that.
    """

    dispatch: Dispatch
    names: list[str]
    certain: bool


class WrongCollection(NamedTuple):
    """Something that is no list or tuple given as ``args``, or no mapping given as ``kwargs``.

    :param dispatch: what is given it: a dispatch, or a task that is run here by ``apply``.
    :param name: which of the two.
    :param kind: what it is, with its article.
    """

    dispatch: Dispatch | LocalCall
    name: str
    entry: Entry
    kind: str


@fact
def misplaced_options_of(module: Module) -> list[MisplacedOptions]:
    """The options that a module gives to ``delay``."""
    found: list[MisplacedOptions] = []
    for dispatch in dispatches_of(module):
        options = _options(dispatch) if dispatch.method.startswith("delay") else []
        targets = _targets(dispatch) if options else []
        names = [name for name in options if not any(_may_take(target, name, module) for target in targets)]
        if names:
            certain = all(parameters.parameters_of(target, module) for target in targets)
            certain = certain and not is_caught_anywhere(dispatch.site, "builtins.TypeError")
            found.append(MisplacedOptions(dispatch, names, certain))
    return found


def _options(dispatch: Dispatch) -> list[str]:
    given = keywords_of(dispatch.node, dispatch.site).entries
    return [name for name in given if name in APPLY_ASYNC_OPTIONS]


def _targets(dispatch: Dispatch) -> list[Target | None]:
    """The tasks that get the arguments of a dispatch; None where one cannot be known."""
    if isinstance(dispatch.receiver, (Signature, Workflow)):
        found: list[Target | None] = [signature.task for signature in starters(dispatch.receiver)]
        return found or [None]
    return [dispatch.task]


def _may_take(target: Target | None, option: str, module: Module) -> bool:
    if isinstance(target, Function):
        return True  # no task, so that there is no telling what was meant
    known = parameters.parameters_of(target, module)
    if known is not None:
        return known.accepts(option)
    return option not in _TELLING or (isinstance(target, Task) and target.parameters.accepts(option))


@fact
def wrong_collections_of(module: Module) -> list[WrongCollection]:
    """What a module gives as ``args`` and ``kwargs`` and Celery refuses, as far as it is known what it is."""
    found: list[WrongCollection] = []
    for call in local_calls_of(module):
        given = arguments.by_name(call.node, call.site, ("args", "kwargs")) if call.method == "apply" else Mapping({})
        for name, good in (("args", _GOOD_ARGS), ("kwargs", _GOOD_KWARGS)):
            entry = given.get(name)
            kind = _wrong(entry, good)
            if entry and kind:
                found.append(WrongCollection(call, name, entry, kind))
    for dispatch in dispatches_of(module):
        if dispatch.method in _METHODS:
            args, kwargs = arguments.pair_of(dispatch)
            kind = _wrong(args, _GOOD_ARGS)
            if args and kind and (kind in SCALARS or not isinstance(dispatch.receiver, (Signature, Workflow))):
                found.append(WrongCollection(dispatch, "args", args, kind))
            kind = _wrong(kwargs, _GOOD_KWARGS)
            if kwargs and kind:
                found.append(WrongCollection(dispatch, "kwargs", kwargs, kind))
    return found


def could_only_raise(wrong: WrongCollection) -> bool:
    """Whether a dispatch that is given one value as ``args`` raises, whatever that value is.

    What may be empty counts as nothing to Celery, so that the task must need an argument. A signature makes a tuple
    of what it is given: of a text its characters.
    """
    dispatch, node = wrong.dispatch, wrong.entry.node
    if isinstance(dispatch, LocalCall) or is_caught_anywhere(dispatch.site, "builtins.TypeError"):
        return False
    if isinstance(dispatch.receiver, Workflow) or _may_send_otherwise(dispatch.receiver):
        return False
    if isinstance(dispatch.receiver, Signature):
        return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
    return _is_something(node) or _needs_an_argument(dispatch)


def _may_send_otherwise(receiver: object) -> bool:
    """Whether a task is of a class that may see to how it is sent."""
    return isinstance(receiver, Task) and bases_of(receiver).may_define("apply_async")


def _is_something(node: ast.expr) -> bool:
    """Whether a value is certain not to be empty, nor zero."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and part.value for part in node.values)
    return isinstance(node, ast.Constant) and bool(node.value)


def _needs_an_argument(dispatch: Dispatch) -> bool:
    """Whether a task is known to need an argument beside those that it is given by name."""
    taken = parameters.parameters_of(dispatch.task, dispatch.module)
    given = arguments.of_pair(None, arguments.pair_of(dispatch)[1], dispatch.site)
    return taken is not None and parameters.mismatch(taken, given) is not None


def _wrong(given: Entry | None, good: frozenset[str]) -> str | None:
    """The kind of what is given, where it is known and not a good one; what is empty counts as nothing to Celery."""
    if given is None or _is_empty(given.node):
        return None
    kind = object_types.type_of(given.node, given.site)
    return None if kind in good else kind


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not node.value
    return ast.unparse(node) in ("{}", "[]", "()", "set()", "dict()")
