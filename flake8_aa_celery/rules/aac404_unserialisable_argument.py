"""AAC404: arguments that JSON cannot carry."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling import serialising
from flake8_aa_celery.model.resolve import object_types, orm
from flake8_aa_celery.model.resolve.values import Dispatch
from flake8_aa_celery.rewrites import WrapExpression
from flake8_aa_celery.rules.words import called
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.serialising import RefusedArgument
    from flake8_aa_celery.model.code.module import Module

_INSTEAD = {
    orm.INSTANCE: "pass its primary key",
    serialising.LIST_OF_INSTANCES: "pass their primary keys",
    orm.QUERYSET: "pass a list of primary keys",
    orm.VALUES: "pass a list",
    orm.ITERATOR: "pass a list of primary keys",
    orm.REQUEST: "pass what the task needs of it",
    orm.SESSION: "pass what the task needs of it",
    orm.UPLOAD: "save it and pass its path",
    orm.FILES: "save them and pass their paths",
    object_types.LIST_OF_UPLOADS: "save them and pass their paths",
    orm.INSTANCES_BY_KEY: "pass their primary keys",
    orm.CLASS: "pass its name",
    object_types.FILE: "pass its path",
    "a timedelta": "pass its seconds",
    "a path": "pass a string",
    "an enum member": "pass its value",
    "an exception": "pass its text",
}
#: What can be made a list of.
_ITERABLES = frozenset({object_types.SET, object_types.GENERATOR, "a deque", "a filter", "a map", "a range", "a zip"})
#: A message shows no more of the code than this.
_LONGEST = 22


def check(refused: RefusedArgument, module: Module) -> Iterator[Violation]:
    """
    A task is given an argument that JSON cannot carry.

    Flags an argument of a dispatch or signature that is known to be an instance of a model, a queryset, the request,
    a set, a `timedelta`, a lambda or another function, a class, a generator, a `range`, a `Path`, an open file, an
    exception or the like; also inside a list or a dict. An instance of a model is `request.user`, what
    `objects.get`, `create`, `first` … returned, an item of a queryset, `self` in a method of a model, and `instance`
    in a signal receiver; `sender`, `model`, `pk_set` and `update_fields` there are classes and sets. So are
    `request.FILES[…]`, `request.session`, what `in_bulk()` returns, and the rows that `user.groups.all()` leads to.

    ## Why
    Celery sends arguments as JSON. What JSON does not know raises kombu's `EncodeError: Object of type Character is not
    JSON serializable` where the task is dispatched, and nothing is sent; `except TypeError` does not catch it. Kombu
    adds dates, decimals, UUIDs and bytes to what JSON knows, and little else. A task that gets the primary key also
    sees the row as it is when the task runs, and not as it was when the task was sent.

    ## Example
    ```python
    # app/views.py
    from .tasks import update_user


    def update(request):
        update_user.delay(request.user)

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_user(user_pk): ...
    ```

    ## Instead
    ```python
    # app/views.py
    from .tasks import update_user


    def update(request):
        update_user.delay(request.user.pk)

    # app/tasks.py
    from celery import shared_task


    @shared_task
    def update_user(user_pk): ...
    ```

    ## Leaves alone
    - tasks with another `serializer`, a dispatch that sets one, a project that sets `task_serializer`, and tasks
      with `pydantic=True`;
    - the items of `values()` and `values_list()`;
    - whatever is not known for certain: parameters, attributes, the results of functions that are not Django's;
    - what JSON does carry: dates, decimals, UUIDs, bytes, named tuples, members of `IntegerChoices`, `TextChoices`.

    ## Fix
    Passes the `pk` of an instance, and a `list(…)` of a set, a generator, a range and the like. Unsafe: the task gets
    something else than its author thought of, and must fetch the row. Nothing is done to an instance that may be
    `None`, as what `first()`, a condition, a foreign key with `null=True` or a function that may return `None` gives,
    to a set of what JSON cannot carry either, and to whatever else is passed.

    ## Profile
    Both: JSON is Celery's own default.

    ## Proof
    - `test_calling.py::test_json_refuses`: one by one what cannot be sent.
    - `test_calling.py::test_json_refuses_them_inside_a_list_or_dict_too`: nor can it be sent in a list.
    - `test_calling.py::test_json_carries`: what can be sent.
    - `test_calling.py::test_a_task_with_the_pickle_serializer_takes_any_object`: why another serialiser is left alone.

    ## References
    - [Celery: serializers](https://docs.celeryq.dev/en/stable/userguide/calling.html#serializers)
    - [Celery: Django instances and state](https://docs.celeryq.dev/en/stable/userguide/tasks.html#state)
    """
    sent, text = refused.sent, ast.unparse(refused.node)
    place = refused.node if refused.given.module is module else sent.node
    task = called(sent.receiver if isinstance(sent, Dispatch) else sent)
    what = f"{refused.kind}, `{text}`" if len(text) <= _LONGEST else refused.kind
    fix = _fix(refused) if place is refused.node else None
    yield Violation.at(place, f"{task} is given {what}, which JSON cannot carry: {_instead(refused.kind)}", fix)


def _instead(kind: str) -> str:
    return _INSTEAD.get(kind) or ("pass a list" if kind in _ITERABLES else "pass plain data")


def _fix(refused: RefusedArgument) -> Fix | None:
    if refused.kind == orm.INSTANCE:
        if serialising.may_be_none(refused.node, refused.given.site):
            return None
        return Fix("unsafe", "Pass its primary key", WrapExpression("", ".pk"))
    if refused.kind in _ITERABLES and not serialising.holds_more(refused.node, refused.given.site):
        return Fix("unsafe", "Pass a list", WrapExpression("list(", ")"))
    return None
