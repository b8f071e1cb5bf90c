"""Callbacks that cannot take what Celery calls them with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.canvas.misplaced import callbacks_of
from flake8_aa_celery.model.canvas.workflows import sent_at_once
from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.arguments import NOTHING, Arguments
from flake8_aa_celery.model.resolve.values import Signature, Workflow
from flake8_aa_celery.model.tasks import parameters

if TYPE_CHECKING:
    import ast

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Expression, Parameters

#: What an errback gets that can take more than one argument: the request, the exception and the traceback.
_OF_ERROR = Arguments(positional=3)
#: What any other errback gets: the id of the task that failed.
_ID = Arguments(positional=1)


class RefusedCall(NamedTuple):
    """A callback that cannot take what Celery calls it with.

    :param node: where to report it: the signature, or what is given it where that stands in another file.
    :param option: whether it is a ``link`` or a ``link_error``.
    :param given: how many arguments Celery calls it with.
    :param reason: why they do not fit: "it takes no positional arguments, not 1".
    :param fits_alone: whether the signature's own arguments are all that its task needs.
    """

    node: ast.expr
    signature: Signature
    option: str
    given: int
    reason: str
    fits_alone: bool


@fact
def refused_calls_of(module: Module) -> list[RefusedCall]:
    """Every callback of a module that cannot be called, each once."""
    found: dict[int, RefusedCall] = {}
    for expression, option, node in callbacks_of(module):
        for called in _called(expression, option):
            signature = called.value
            if isinstance(signature, Signature) and signature.immutable is False:
                refused = _refused(signature, option, called.reported_in(module, node))
                if refused is not None:
                    found.setdefault(id(signature.call), refused)
    return list(found.values())


def _called(expression: Expression, option: str) -> list[Expression]:
    """What of a callback is given the result: of a chain the first, of a group all."""
    value = expression.value
    if not isinstance(value, Workflow):
        return [expression]
    return [*sent_at_once(value)] if option == "link" else []


def _refused(signature: Signature, option: str, node: ast.expr) -> RefusedCall | None:
    taken = parameters.parameters_of(signature.task, signature.module)
    own = arguments.of_signature(signature)
    if taken is None or parameters.mismatch(taken, own, partial=True):
        return None  # what does not fit whatever is added is a mistake of its own
    added = arguments.PREVIOUS_RESULT if option == "link" else _of_failure(signature, own, taken)
    reason = parameters.mismatch(taken, own.after(added)) if added is not None else None
    if added is None or not reason:
        return None
    return RefusedCall(node, signature, option, added.positional, reason, not parameters.mismatch(taken, own))


def _of_failure(signature: Signature, own: Arguments, taken: Parameters) -> Arguments | None:
    """What an errback is called with; None where versions of Celery differ, or where that is not known.

    What counts is how many parameters its task has, and for a bound task never.
    """
    task = parameters.task_of(signature.task, signature.module)
    if task is None or own != NOTHING:
        return None
    takes_more = len(taken.by_position) > 1 or taken.takes_any_positional
    return _OF_ERROR if takes_more and not task.bound else _ID
