"""What runs while Django saves a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.django.saving import while_saving
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from django.db.models import Model
from django.db.models.signals import post_save, pre_delete
from django.core.signals import request_finished
from django.dispatch import receiver
from django.dispatch import dispatcher
"""
LOOK = frozenset({"look"})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@receiver(post_save)\ndef f(): look()", "a receiver of `post_save`"),
        ("@receiver([request_finished, pre_delete])\ndef f(): look()", "a receiver of `pre_delete`"),
        ("@dispatcher.receiver(post_save)\ndef f(): look()", "a receiver of `post_save`"),
        ("def f(): look()\npost_save.connect(f)", "a receiver of `post_save`"),
        ("def f(): look()\npost_save.connect(receiver=f)", "a receiver of `post_save`"),
        ("@receiver(signal=post_save)\ndef f(): look()", "a receiver of `post_save`"),
        ("class A:\n    def f(self): look()\npost_save.connect(f)", None),
        ("class Owner(Model):\n    def save(self): look()", "a model's `save`"),
        ("@receiver(post_save)\ndef f(): return [look() for x in y]", "a receiver of `post_save`"),
        ("@receiver(post_save)\ndef f(): on_commit(lambda: look())", None),
        ("@receiver(request_finished)\ndef f(): look()", None),
        ("class Owner(Model):\n    def clean(self): look()", None),
        ("class Owner:\n    def save(self): look()", None),
        ("look()", None),
    ],
)
def test_what_a_place_is_part_of(tmp_path: Path, source: str, expected: str | None) -> None:
    module = module_of(tmp_path, IMPORTS + source)
    (call,) = module.calls_of(LOOK)
    assert while_saving(call.site) == expected
