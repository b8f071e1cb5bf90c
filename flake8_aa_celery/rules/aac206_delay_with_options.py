"""AAC206: options of ``apply_async`` that are given to ``delay``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model import calling, workflows
from flake8_aa_celery.model.facts import Function, Signature, Task, Workflow
from flake8_aa_celery.model.options import APPLY_ASYNC_OPTIONS
from flake8_aa_celery.rules import rule
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.facts import Dispatch, Target
    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings

#: Options that hardly any task has a parameter for: they are flagged where the task cannot be read, too.
_TELLING = frozenset({"priority", "countdown", "eta", "queue"})


@rule("AAC206", "delay-with-options", fix="safe or unsafe")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    `delay` is given options, which it hands to the task as arguments.

    Flags `delay` with `priority`, `countdown`, `eta`, `expires`, `queue`, `routing_key`, `retry`, `link` or another
    option of `apply_async`, where the task has no parameter of that name.

    ## Why
    Everything that `delay` is given is an argument of the task. Celery refuses an argument that the task does not
    take, with a `TypeError` where `delay` is called. An immutable signature loses the option without a word.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update_character(pk): ...


    def refresh(character):
        update_character.delay(character.pk, priority=3)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(pk): ...


    def refresh(character):
        update_character.apply_async(args=[character.pk], priority=3)
    ```

    ## Leaves alone
    - a task that has such a parameter, or `**kwargs`;
    - a task whose parameters cannot be known, because it is defined elsewhere or has further decorators: there
      `priority`, `countdown`, `eta` and `queue` alone are flagged.

    ## Fix
    Writes `apply_async` with `args`, `kwargs` and the options. Safe: Celery refuses the call as it is; unsafe where
    the task cannot be read: it may have taken the option. Nothing is done to a signature that ignores what `delay`
    is given, to a workflow, and to options that come by `**`.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_priority.py::test_delay_refuses_a_priority`: the `TypeError`.
    - `test_priority.py::test_delay_refuses_every_other_option`: for the other options, too.
    - `test_priority.py::test_delay_hands_a_priority_to_a_task_with_kwargs`: why such a task is left alone.
    - `test_priority.py::test_a_workflows_delay_takes_a_priority_as_an_argument`: and loses it.

    ## References
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html#basics)
    - [Alliance Auth: How can I use priorities for tasks?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-can-i-use-priorities-for-tasks)
    """
    for dispatch in module.dispatches:
        if dispatch.method.startswith("delay"):
            options = _misplaced(dispatch)
            if options:
                yield Violation.at(dispatch.node, _message(dispatch, options), _fix(dispatch, options))


def _misplaced(dispatch: Dispatch) -> list[str]:
    """The options that are given to a ``delay`` whose task cannot take them, in the order of the source."""
    given = dispatch.module.values.keywords(dispatch.node, dispatch.site).entries
    options = [name for name in given if name in APPLY_ASYNC_OPTIONS]
    if not options:
        return []
    targets = _targets(dispatch)
    return [name for name in options if not any(_may_take(target, name, dispatch.module) for target in targets)]


def _targets(dispatch: Dispatch) -> list[Target | None]:
    """The tasks that get the arguments of a dispatch; None where one cannot be known."""
    if isinstance(dispatch.receiver, (Signature, Workflow)):
        starters: list[Target | None] = [signature.task for signature in workflows.starters(dispatch.receiver)]
        return starters or [None]
    return [dispatch.task]


def _may_take(target: Target | None, option: str, module: Module) -> bool:
    if isinstance(target, Function):
        return True  # no task, so that there is no telling what was meant
    known = calling.parameters_of(target, module)
    if known is not None:
        return known.accepts(option)
    return option not in _TELLING or (isinstance(target, Task) and target.parameters.accepts(option))


def _message(dispatch: Dispatch, options: list[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in options[:3]) + (" …" if len(options) > 3 else "")
    method = dispatch.method.replace("delay", "apply_async")
    return f"`{dispatch.method}` hands {listed} to {called(dispatch.receiver)} as an argument: use `{method}`"


def _fix(dispatch: Dispatch, options: list[str]) -> Fix | None:
    receiver = dispatch.receiver
    if isinstance(receiver, Workflow) or (isinstance(receiver, Signature) and receiver.immutable is not False):
        return None
    if not {keyword.arg for keyword in dispatch.node.keywords}.issuperset(options):
        return None
    is_known = all(calling.parameters_of(target, dispatch.module) for target in _targets(dispatch))
    method = dispatch.method.replace("delay", "apply_async")
    return Fix("safe" if is_known else "unsafe", f"Use `{method}`", "use_apply_async", {"moved": options})
