"""AAC601: a view that starts a task and does not tell the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.django.notices import tells_user
from flake8_aa_celery.model.django.views import view_around
from flake8_aa_celery.rules.words import called, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch


def check(dispatch: Dispatch, module: Module) -> Iterator[Violation]:
    """
    A view starts a task, and the user learns nothing of it.

    Flags a dispatch in a view that, on the way which it takes from there, leaves no message and answers with nothing
    but a redirect: `if request.method == "POST": …; return redirect(…)` before the page is shown is one. A view is a
    function whose first parameter is `request`, or a method such as `get`, `post` or `form_valid` of a class that is
    based on a view of Django.

    ## Why
    The page comes back at once and looks as before, because the task has not run yet. The user cannot know that
    something was started, clicks again, and starts it twice. Alliance Auth's pattern is to notify the user
    immediately, to start the task, and to report its result later.

    ## Example
    ```python
    # app/views.py
    from django.shortcuts import redirect

    from app.tasks import update_owner


    def update(request, owner_pk):
        update_owner.delay(owner_pk)
        return redirect("app:index")
    ```

    ## Instead
    ```python
    # app/views.py
    from django.contrib import messages
    from django.shortcuts import redirect

    from app.tasks import update_owner


    def update(request, owner_pk):
        update_owner.delay(owner_pk)
        messages.info(request, "The update was started. You will be notified when it is done.")
        return redirect("app:index")
    ```

    ## Leaves alone
    - views that call anything with "message" or "notif" in its name, or that hand the request to a helper which may
      leave the message: `tell(request)`;
    - views that answer with a page, with data, or with what cannot be told.

    ## Profile
    Both: users are the same everywhere. Off by default: a task that nobody waits for needs no notice, and no rule can
    tell which one that is.

    ## References
    - [Alliance Auth: How should I use celery tasks in the UI?](https://allianceauth.readthedocs.io/en/latest/development/tech_docu/celery.html#how-should-i-use-celery-tasks-in-the-ui)
    """
    view = view_around(dispatch.site)
    if view is not None and not tells_user(view, dispatch):
        what = f"`{shortened(view.name, 30)}` starts {shortened(called(dispatch.receiver), 30)}"
        yield Violation.at(dispatch.node, f"{what} and tells the user nothing: add `messages.info(…)`")
