"""Which functions are receivers of signals."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.signals import connections
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = """\
from celery.signals import worker_ready
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from app.signals import fitted
"""


def signals_of_f(root: Path, source: str) -> list[str]:
    """The signals that the function ``f`` of a module is connected to, as they are written."""
    module = module_of(root, IMPORTS + source, "app/receivers.py")
    return [
        ast.unparse(signal)
        for node, site in module.scopes.functions
        if node.name == "f"
        for connection in connections(node, site)
        for signal in connection.signals
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@receiver(post_save, sender=X)\ndef f(): ...", ["post_save"]),
        ("@receiver(signal=post_save)\ndef f(): ...", ["post_save"]),
        ("@receiver([post_save, post_delete])\ndef f(): ...", ["post_save", "post_delete"]),
        ("@receiver(post_save)\n@receiver(post_delete)\ndef f(): ...", ["post_save", "post_delete"]),
        ("@worker_ready.connect\ndef f(): ...", ["worker_ready"]),
        ("@worker_ready.connect(weak=False)\ndef f(): ...", ["worker_ready"]),
        ("@fitted.connect\ndef f(): ...", ["fitted"]),
        ("def f(): ...\npost_save.connect(f, sender=X)", ["post_save"]),
        ("def f(): ...\npost_save.connect(receiver=f)", ["post_save"]),
        ("def f(): ...\npost_save.connect(sender=X, receiver=f)", ["post_save"]),
        ("def f(): ...\ndef ready():\n    post_save.connect(f)", ["post_save"]),
        ("@cached\ndef f(): ...\nfitted.connect(f)", ["fitted"]),
        ("from celery import shared_task\n@shared_task\ndef f(): ...\nfitted.connect(f)", ["fitted"]),
        ("def f(): ...\npost_save.disconnect(f)", []),
        ("def f(): ...\npost_save.connect(g, sender=f)", []),
        ("def f(): ...\nconnect(f)", []),
        ("class A:\n    def f(self): ...\npost_save.connect(f)", []),
        ("def f(): ...\nfrom app.other import f\npost_save.connect(f)", []),
        ("@post_save.connect\ndef f(): ...", []),  # Django's `connect` returns None
        ("@receiver\ndef f(): ...", []),
        ("def f(): ...", []),
    ],
)
def test_the_signals_of_a_function(tmp_path: Path, source: str, expected: list[str]) -> None:
    assert signals_of_f(tmp_path, source) == expected
