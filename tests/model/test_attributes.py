"""What tasks ask themselves for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery.app.task import Context, Task
from celery.contrib.django.task import DjangoTask
from celery_once import QueueOnce

from flake8_aa_celery.model.tasks.attributes import OF_A_REQUEST, OF_A_TASK, unknown_attributes_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\n"


def unknown(root: Path, source: str) -> list[str]:
    """What the tasks of a module ask themselves for that no task has."""
    return [found.node.attr for found in unknown_attributes_of(module_of(root, HEAD + source))]


def test_a_request_has_what_is_known_of_it() -> None:
    assert [name for name in OF_A_REQUEST if not hasattr(Context(), name)] == []


def test_a_task_has_none_of_it() -> None:
    assert OF_A_REQUEST.isdisjoint(dir(Task)) and OF_A_REQUEST.isdisjoint(OF_A_TASK)


def test_every_public_attribute_of_a_task_is_known() -> None:
    names = {*dir(Task), *dir(DjangoTask), *dir(QueueOnce)}
    assert {name for name in names if not name.startswith("_")} <= OF_A_TASK


def test_an_attribute_that_no_task_has_is_found(tmp_path: Path) -> None:
    assert unknown(tmp_path, "@shared_task(bind=True)\ndef t(me): me.retries, me.request, me.other") == [
        "retries",
        "other",
    ]


def test_an_attribute_that_somebody_sets_is_known(tmp_path: Path) -> None:
    source = "@shared_task(bind=True)\ndef t(self): self.a, self.b, self.c\nt.a = 1\nsetattr(t, 'b', 1)"
    assert unknown(tmp_path, source) == ["c"]
