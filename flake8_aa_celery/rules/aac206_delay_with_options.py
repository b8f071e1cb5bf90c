"""AAC206: options of ``apply_async`` that are given to ``delay``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.resolve.values import Signature, Workflow
from flake8_aa_celery.rewrites import UseApplyAsync
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.misplaced import MisplacedOptions
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.violation import Safety


def check(misplaced: MisplacedOptions, module: Module) -> Iterator[Violation]:
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
    is given, to a workflow, to `partial(t.delay, …)`, and to options that come by `**`.

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
    yield Violation.at(misplaced.dispatch.node, _message(misplaced), _fix(misplaced))


def _message(misplaced: MisplacedOptions) -> str:
    dispatch, names = misplaced.dispatch, misplaced.names
    listed = ", ".join(f"`{name}`" for name in names[:3]) + (" …" if len(names) > 3 else "")
    instead = dispatch.method.replace("delay", "apply_async")
    task = shortened(called(dispatch.receiver), 24)
    return f"`{dispatch.method}` hands {listed} to {task} as an argument: use `{instead}`, which takes options"


def _fix(misplaced: MisplacedOptions) -> Fix | None:
    dispatch, receiver = misplaced.dispatch, misplaced.dispatch.receiver
    if (
        dispatch.is_handed_over
        or isinstance(receiver, Workflow)
        or (isinstance(receiver, Signature) and receiver.immutable is not False)
    ):
        return None
    if not {keyword.arg for keyword in dispatch.node.keywords}.issuperset(misplaced.names):
        return None
    method = dispatch.method.replace("delay", "apply_async")
    safety: Safety = "safe" if misplaced.certain else "unsafe"
    return Fix(safety, f"Use `{method}`", UseApplyAsync(moved=misplaced.names))
