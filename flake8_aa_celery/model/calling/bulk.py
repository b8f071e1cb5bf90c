"""Which dispatches are bulk: sent once per item of something, where others have to wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.admin import goes_over_picked_rows
from flake8_aa_celery.model.resolve.values import Constant, Dispatch, Signature, Task, Value

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Block, Site
    from flake8_aa_celery.model.resolve.values import Mapping

#: The queue that everybody's tasks wait in.
_SHARED = frozenset({None, "celery"})


def bulk_loop_of(dispatch: Dispatch) -> Block | None:
    """The loop or comprehension that makes a dispatch a bulk dispatch; None where it is none.

    None is what an ``except`` handler sends, what is sent for the rows that a person has picked and waits for, and
    what goes into a queue of its own.
    """
    loop = dispatch.loop
    if loop is None or is_exempt(loop, dispatch.site):
        return None
    return None if has_own_queue(dispatch) else loop


def is_exempt(loop: Block, site: Site) -> bool:
    """Whether what runs at a place in a loop is no bulk, by who has it run: a failure, or a person who picked rows."""
    return any(block.kind == "handler" for block in site.block.around()) or goes_over_picked_rows(loop)


def has_own_queue(value: Value) -> bool:
    """Whether something is sent to a queue of its own: by its options, its signature's, or its task's."""
    if isinstance(value, Dispatch):
        return _names_queue(value.options) or has_own_queue(value.receiver)
    if isinstance(value, Signature):
        return _names_queue(value.options) or has_own_queue(value.task)
    return isinstance(value, Task) and _names_queue(value.options)


def _names_queue(options: Mapping) -> bool:
    entry = options.get("queue")
    value = entry.value if entry else Constant(None)
    return not (isinstance(value, Constant) and value.value in _SHARED)
