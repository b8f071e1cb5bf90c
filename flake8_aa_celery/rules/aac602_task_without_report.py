"""AAC602: a task that a user waits for and that never reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.django.notices import Report, hands_on_user, hands_user_elsewhere, report_of
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.model.resolve.values import Task
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch

#: What a task leaves untold that reports like this.
_UNTOLD = {
    Report(on_success=True, on_failure=True): "",
    Report(on_success=True, on_failure=False): "when it fails",
    Report(on_success=False, on_failure=True): "when it succeeds",
    Report(on_success=False, on_failure=False): "how it went",
}


def check(dispatch: Dispatch, module: Module) -> Iterator[Violation]:
    """
    A view hands the user to a task, and the task never tells the user how it went.

    Flags the dispatch of a task of this project in a view, with `request.user` or its key among the arguments, where
    the task calls nothing with "message" or "notif" in its name when it succeeds, or nothing of the kind when it
    fails, in an `except` or `finally`.

    ## Why
    A task that is given the user is meant to report to that user. One that fails without a word leaves them waiting
    for ever. Alliance Auth's documentation asks for a notification at the end, and especially in case of errors.

    ## Example
    ```python
    # app/views.py
    from django.shortcuts import render

    from app.tasks import update_owner


    def update(request, owner_pk):
        update_owner.delay(owner_pk, user_pk=request.user.pk)
        return render(request, "app/started.html")

    # app/tasks.py
    from allianceauth.notifications import notify
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk, user_pk):
        Owner.objects.get(pk=owner_pk).update()
        notify(User.objects.get(pk=user_pk), "Update completed")
    ```

    ## Instead
    ```python
    # app/views.py
    from django.shortcuts import render

    from app.tasks import update_owner


    def update(request, owner_pk):
        update_owner.delay(owner_pk, user_pk=request.user.pk)
        return render(request, "app/started.html")

    # app/tasks.py
    from allianceauth.notifications import notify
    from celery import shared_task


    @shared_task
    def update_owner(owner_pk, user_pk):
        user = User.objects.get(pk=user_pk)
        try:
            Owner.objects.get(pk=owner_pk).update()
        except Exception:
            notify(user, "Update failed", level="danger")
            raise
        notify(user, "Update completed", level="success")
    ```

    ## Leaves alone
    - tasks that cannot be read, and those that are not given the user;
    - tasks that hand the user on to code of another module, which may report in their place;
    - tasks that notify in functions of the same module that they call.

    ## Profile
    Both: users are the same everywhere. Off by default: a task may need the user for something else than reporting.

    ## References
    - [Alliance Auth: How should I use celery tasks in the UI?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-should-i-use-celery-tasks-in-the-ui)
    """
    task = dispatch.task
    if not isinstance(task, Task) or not hands_on_user(dispatch.node):
        return
    if view_around(dispatch.site) is None or hands_user_elsewhere(task):
        return
    when = _UNTOLD[report_of(task)]
    if when:
        message = fitted(f"`{{}}` is given the user but never tells them {when}: call `notify`", task.name)
        yield Violation.at(dispatch.node, message)
