"""The options of a task that the model knows are those that the installed Celery has."""

from __future__ import annotations

import inspect
import re

from celery import Celery, Task
from celery.app import task as celery_task
from celery.app.autoretry import add_autoretry_behaviour

from flake8_aa_celery.model.knowledge.celery import TASK_OPTIONS


def test_every_public_attribute_of_a_task_is_an_option() -> None:
    assert {name for name in dir(Task) if not name.startswith("_")} <= TASK_OPTIONS


def test_every_parameter_of_the_registration_is_an_option() -> None:
    parameters = inspect.signature(Celery._task_from_fun).parameters
    assert {name for name in parameters if name not in ("self", "fun", "options")} <= TASK_OPTIONS


def test_every_option_of_automatic_retries_is_known() -> None:
    read = re.findall(r"options\.get\(\s*'(\w+)'", inspect.getsource(add_autoretry_behaviour))
    assert "autoretry_for" in read
    assert set(read) <= TASK_OPTIONS


def test_every_option_that_is_sent_along_is_known() -> None:
    class Asked:
        def __init__(self) -> None:
            self.names: list[str] = []

        def __getattr__(self, name: str) -> None:
            self.names.append(name)

    asked = Asked()
    celery_task.extract_exec_options(asked)
    assert set(asked.names) <= TASK_OPTIONS
    assert "queue" in asked.names
    assert {option for option, _ in Task.from_config} <= TASK_OPTIONS
