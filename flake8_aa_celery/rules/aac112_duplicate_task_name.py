"""AAC112: two tasks of which a worker knows only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.tasks.duplicates import Duplicate


def check(duplicate: Duplicate, module: Module) -> Iterator[Violation]:
    """
    Two tasks of the project are registered by the same name.

    Flags a task, be it a function or a class of which an object is registered, whose name another task of the project
    has: within one module the later one, in different modules each that is given its name by `name`. So are tasks below
    whose decorator stands one of the project without `functools.wraps`: all of these are called after the function that
    it returns; they are flagged once, at the second of them. All files of the project are looked at, whichever are
    checked.

    ## Why
    Celery keeps one task for each name: of two functions the one that it sees first, to which the second one's name
    leads, too, of two objects the one that is registered last. Whoever sends one of the two tasks runs the other.

    ## Example
    ```python
    from celery import shared_task


    @shared_task(name="app.update")
    def update_characters(): ...


    @shared_task(name="app.update")
    def update_corporations(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task(name="app.update_characters")
    def update_characters(): ...


    @shared_task(name="app.update_corporations")
    def update_corporations(): ...
    ```

    ## Leaves alone
    - alternatives under `if` and `else`, or `try` and `except`, of which only one is defined;
    - a `name` that cannot be resolved, and decorators that cannot be read;
    - test code, migrations, and files that the settings exclude.

    ## Profile
    Both: it is Celery's registry that has room for only one.

    ## Proof
    - `test_defining.py::test_the_first_of_two_tasks_with_one_name_wins`: sending the second runs the first.
    - `test_defining.py::test_the_last_of_two_objects_with_one_name_wins`: for classes it is the other way round.
    - `test_defining.py::test_a_tasks_name_is_its_module_and_function`: the name that a task has by itself.

    ## References
    - [Celery: names](https://docs.celeryq.dev/en/stable/userguide/tasks.html#names)
    """
    yield Violation.at(duplicate.task.definition, _message(duplicate, module))


def _message(duplicate: Duplicate, module: Module) -> str:
    name, other = shortened(duplicate.task.name, 25), duplicate.other
    line = other.definition.lineno
    where = f"line {line}" if other.module is module else f"{shortened(other.module.path_in_project, 40)}:{line}"
    if not duplicate.wrapper:
        return f"`{name}` has the name of the task in {where}: only one of them ever runs, rename it"
    decorator, more = shortened(duplicate.decorator, 20), f" and {duplicate.others} more" if duplicate.others else ""
    what = f"sending `{name}`{more} runs the task in {where}"
    return f"{what}, as `@{decorator}` gives them one name: use `functools.wraps` in it"
