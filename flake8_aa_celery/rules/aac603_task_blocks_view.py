"""AAC603: a view that runs a task itself or waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.syntax import is_statement
from flake8_aa_celery.model.configuration.result_backend import has_result_backend
from flake8_aa_celery.model.resolve.values import LocalCall
from flake8_aa_celery.rules.ways import by as by_way
from flake8_aa_celery.rules.ways import trace
from flake8_aa_celery.rules.words import called, fix_by_delay, shortened
from flake8_aa_celery.violation import Violation
from flake8_aa_celery.wording import counted

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Site
    from flake8_aa_celery.model.django.waiting import TaskInView


def check(found: TaskInView, module: Module) -> Iterator[Violation]:
    """
    A view runs a task in its own process, or waits for its result.

    Flags `task(…)`, `task.run(…)` and `task.apply(…)` in a view and, where there is a result backend, a wait for what
    a dispatch returned. A view is a function whose first parameter is `request`, or a method such as `get`, `post` or
    `form_valid` of a class that is based on a view of Django.

    ## Why
    A task that is called like a function is one: it runs here and now, in the web server, with no worker, no retry
    and no lock of celery-once. The user looks at an empty page until it is done, and a slow request times out.

    ## Example
    ```python
    # app/views.py
    from django.shortcuts import redirect

    from app.tasks import update_owner


    def update(request, owner_pk):
        update_owner(owner_pk)
        return redirect("app:index")

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk):
        Owner.objects.get(pk=owner_pk).update()
    ```

    ## Instead
    ```python
    # app/views.py
    from django.shortcuts import redirect

    from app.tasks import update_owner


    def update(request, owner_pk):
        update_owner.delay(owner_pk)
        return redirect("app:index")

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk):
        Owner.objects.get(pk=owner_pk).update()
    ```

    ## Leaves alone
    - receivers of Celery's own signals, which run in a worker or as it starts;
    - tasks that cannot be read: they may be plain functions;
    - more views of a module that come to run a task by the same call: the first of them says how many they are;
    - a view that sends the same task on its other path (`if settings.DEBUG: …`, `else: t.delay(x)`);
    - a wait without a result backend, which raises at once: that is AAC304.

    ## Fix
    Calls `delay`. Unsafe: the page is there before the task has run. Nothing is done where the view uses what the
    task returns, or runs it by `apply`, and where an argument is not known to be a number, a text, a key, or a list or
    dict of them: JSON may not carry it.

    ## Profile
    Both: it is so in every project.

    ## Proof
    - `test_calling.py::test_a_task_called_directly_runs_in_this_process`: no worker has a part in it.
    - `test_calling.py::test_apply_swallows_the_tasks_exception`: `apply` runs here too, and hides a failure.
    - `test_fixes.py::test_a_task_that_ran_in_the_callers_process_is_sent`: what the fix does.

    ## References
    - [Alliance Auth: Duration](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#duration)
    - [Celery: calling tasks](https://docs.celeryq.dev/en/stable/userguide/calling.html#basics)
    """
    view, by = shortened(found.name, 30), found.by
    if by is None:
        last = found.way[-1].step.call
        advice = f"{_advice(last.node, last.site)} there"
        what = f"the task {by_way(found.way)}"
        told = f"`{view}` runs {what} itself"
        if found.others:
            told = f"`{view}` and {counted(found.others, 'more view')} run {what} themselves"
        message = f"{told} while the user waits: {advice}"
        yield Violation.at(found.way[0].step.call.node, message, trace=trace(found.way))
    elif isinstance(by, LocalCall):
        what = f"`{view}` runs `{shortened(by.task.name, 25)}` itself while the user waits"
        yield Violation.at(by.node, f"{what}: {_advice(by.node, by.site)}", fix_by_delay(by))
    elif by.dispatch is not None and has_result_backend(module.project):
        message = f"`{view}` keeps the user waiting for {called(by.dispatch.receiver)}: let the page ask for it later"
        yield Violation.at(by.node, message)


def _advice(node: ast.expr, site: Site) -> str:
    """What to write instead: a task that is sent returns nothing."""
    if is_statement(node, site):
        return "use `delay`"
    return "call a plain function, or show the result later"
