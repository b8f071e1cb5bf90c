"""AAC103: a function that is used as a task and is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.undecorated import plain_functions_used_as_tasks
from flake8_aa_celery.rules import rule
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.module import Module
    from flake8_aa_celery.settings import Settings


@rule("AAC103", "missing-shared-task")
def check(module: Module, settings: Settings) -> Iterator[Violation]:
    """
    A function is used as a task without having been made one.

    Flags a function without any decorator of which `.delay`, `.apply_async`, `.s` or `.si` is called: once, at its
    `def` if that is in the same file, otherwise at the first such call of the file.

    ## Why
    A plain function has no such methods: the call raises `AttributeError` in whoever makes it, for instance in
    the view that a user has opened.

    ## Example
    ```python
    def update_character(character_pk):
        ...


    def update_all(character_pks):
        for character_pk in character_pks:
            update_character.apply_async(args=[character_pk], priority=7)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk):
        ...


    def update_all(character_pks):
        for character_pk in character_pks:
            update_character.apply_async(args=[character_pk], priority=7)
    ```

    ## Leaves alone
    Functions that have a decorator, whichever: it may make a task of them. Names whose definition is not found in
    the project.

    ## Profile
    Both: it is Celery that gives a task its methods.

    ## References
    - [Celery: tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    for use in plain_functions_used_as_tasks(module):
        function = use.function
        if function.module is module:
            how = f"`{use.spelled}` in line {use.node.lineno}"
            message = f"`{function.node.name}` is used as a task ({how}) but is none: decorate it with `@shared_task`"
            yield Violation.at(function.node, message)
        else:
            where = function.module.file_name
            message = f"`{function.node.name}` of `{where}` is no task: decorate it with `@shared_task` there"
            yield Violation.at(use.node, message)
