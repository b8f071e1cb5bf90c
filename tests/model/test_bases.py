"""What classes inherit from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.bindings import member
from flake8_aa_celery.model.resolve.classes import bases_of, lineage
from flake8_aa_celery.model.resolve.orm import is_model
from flake8_aa_celery.model.resolve.task_functions import tasks_of
from flake8_aa_celery.model.resolve.values import Class
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "app/base.py": "from django.db.models import Model\n"
    "from celery import Task\n"
    "class Loud(Task):\n    priority = 3\n"
    "class Rowed(Model): ...\n",
}


def class_of(root: Path, bases: str) -> Class:
    """A class with these bases."""
    source = f"from app.base import *\nfrom app.gone import Gone\nclass Owner({bases}): ..."
    owner = member(module_of(root, source, files=FILES), "Owner")
    assert isinstance(owner, Class)
    return owner


@pytest.mark.parametrize(
    ("bases", "expected"), [("Model", True), ("Rowed", True), ("Loud, Rowed", True), ("Loud", False), ("", False)]
)
def test_a_class_is_a_model_by_whatever_name_it_inherits_that(tmp_path: Path, bases: str, expected: bool) -> None:
    assert is_model(class_of(tmp_path, bases)) is expected


def test_the_nearest_classes_come_first(tmp_path: Path) -> None:
    found = lineage(class_of(tmp_path, "Loud, Rowed"))
    assert found.names == (
        "app.tasks.Owner", "app.base.Loud", "app.base.Rowed", "celery.Task", "django.db.models.Model"
    )  # fmt: skip
    assert found.complete
    assert found.defines("priority")


def test_a_class_that_inherits_from_itself_is_not_known_to_the_end(tmp_path: Path) -> None:
    owner = member(module_of(tmp_path, "class A(B): ...\nclass B(A): ..."), "A")
    assert isinstance(owner, Class)
    assert not lineage(owner).complete


@pytest.mark.parametrize(
    ("options", "may"),
    [("", False), ("base=Loud", True), ("base=Gone", True), ("base=Task", False), ("**OPTIONS", True)],
)
def test_what_the_class_of_a_task_may_define(tmp_path: Path, options: str, may: bool) -> None:
    source = (
        "from celery import Task, shared_task\nfrom app.base import Loud\nfrom app.gone import Gone\n"
        f"@shared_task({options})\ndef update(): ...\n"
    )
    (task,) = tasks_of(module_of(tmp_path, source, files=FILES))
    assert bases_of(task).may_define("priority") is may
