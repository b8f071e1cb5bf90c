"""AAC103: a function that is used as a task and is none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.undecorated import may_work_without
from flake8_aa_celery.rewrites import AddSharedTask
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.undecorated import UsedAsTask
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Function
    from flake8_aa_celery.violation import Safety


def check(use: UsedAsTask, module: Module) -> Iterator[Violation]:
    """
    A function is used as a task without having been made one.

    Flags a function without any decorator of which `.delay`, `.apply_async`, `.s` or `.si` is called, or that a
    schedule names as its task: once, at its `def` if that is in the same file, otherwise at the first such place.

    ## Why
    A plain function has no such methods: the call raises `AttributeError` where it is made, for instance in the view
    that a user has opened. What a schedule names is sent all the same, and dropped by the worker as the message of
    an unknown task.

    ## Example
    ```python
    def update_character(character_pk): ...


    def update_all(character_pks):
        for character_pk in character_pks:
            update_character.apply_async(args=[character_pk], priority=7)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_character(character_pk): ...


    def update_all(character_pks):
        for character_pk in character_pks:
            update_character.apply_async(args=[character_pk], priority=7)
    ```

    ## Leaves alone
    - functions with a decorator, whichever: it may make a task of them;
    - functions that are given such methods by hand: `update.delay = …`;
    - a call under `except AttributeError`, and functions that the module asks: `hasattr(update, "delay")`;
    - names whose definition is not found in the project.

    ## Fix
    Puts `@shared_task` above a function of the module itself, and adds the import. Safe: the call could only raise.
    Unsafe where something in the project catches that, as an `except Exception` around it does or an
    `except AttributeError` of a caller, or asks first whether it is a task: then it is sent where it was run in place;
    and where the function itself is handed on, for instance to a class as a method, which a task is not. Nothing is
    done to a method, a coroutine, a function within a function, and one of another file.

    ## Profile
    Both: it is Celery that gives a task its methods.

    ## Proof
    - `test_defining.py::test_a_plain_function_cannot_be_dispatched`: it has none of a task's methods.

    ## References
    - [Celery: tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    function = use.function
    if function.module is module:
        how = f"`{use.spelled}` in line {use.node.lineno}"
        message = f"`{function.node.name}` is used as a task ({how}) but is none: {_advice(function)}"
        yield Violation.at(function.node, message, _fix(function))
    else:
        where = function.module.file_name
        message = f"`{function.node.name}` of `{where}` is no task: {_advice(function)} there"
        yield Violation.at(use.node, message)


def _advice(function: Function) -> str:
    if isinstance(function.node, ast.AsyncFunctionDef):
        return "it is a coroutine, which no worker runs: write a task"
    return "decorate it with `@shared_task`"


def _fix(function: Function) -> Fix | None:
    if function.site.block.kind != "module" or not isinstance(function.node, ast.FunctionDef):
        return None
    safety: Safety = "unsafe" if may_work_without(function) else "safe"
    return Fix(safety, "Decorate it with `@shared_task`", AddSharedTask())
