"""Receivers of Celery's signals: which are connected, which are gone, and what they cannot take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.knowledge.celery_signals import SENT
from flake8_aa_celery.model.workers.receivers import lost_receivers_of, refused_receivers_of, signal_receivers_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = "from celery import signals\nfrom celery.signals import task_success as done\n"


def test_the_signals_are_those_of_the_installed_celery() -> None:
    signals = pytest.importorskip("celery.signals")
    told = {name: signal.providing_args for name, signal in vars(signals).items() if hasattr(signal, "providing_args")}
    assert told.keys() == SENT.keys()
    assert {name: args for name, args in told.items() if not args <= set(SENT[name])} == {}


@pytest.mark.parametrize(
    "source",
    [
        "@done.connect\ndef f(**_): ...",
        "@signals.task_success.connect(weak=False)\ndef f(**_): ...",
        "def f(**_): ...\ndone.connect(f)",
        "def f(**_): ...\ndone.connect(receiver=f, sender=None)",
        "signal = done\nsignal.connect(lambda **_: None)",
    ],
)
def test_how_a_receiver_is_connected(tmp_path: Path, source: str) -> None:
    (receiver,) = signal_receivers_of(module_of(tmp_path, IMPORTS + source))
    assert receiver.signal == "task_success"


@pytest.mark.parametrize(
    "source", ["other.connect(f)", "done.disconnect(f)", "done.connect(sender=x)(f)", "connect(f)"]
)
def test_what_connects_nothing(tmp_path: Path, source: str) -> None:
    assert signal_receivers_of(module_of(tmp_path, IMPORTS + source)) == []


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        ("done.connect(lambda **_: None)", ["lambda"]),
        ("done.connect(lambda **_: None, weak=True)", ["lambda"]),
        ("done.connect(lambda **_: None, weak=unknown)", []),
        ("def f():\n    def g(**_): ...\n    done.connect(g)", ["local function"]),
        ("def f():\n    def g(**_): ...\n    done.connect(g)\n    return g", []),
        ("class A:\n    @done.connect\n    def g(**_): ...", []),
    ],
)
def test_which_receivers_are_gone(tmp_path: Path, source: str, lost: list[str]) -> None:
    assert [found.what for found in lost_receivers_of(module_of(tmp_path, IMPORTS + source))] == lost


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [
        ("sender, result", [""]),
        ("sender, result, **kwargs", []),
        ("sender, result, args, **kwargs", ["args"]),
        ("args=None, **kwargs", []),
        ("*, task_id, **kwargs", ["task_id"]),
    ],
)
def test_what_a_receiver_demands(tmp_path: Path, parameters: str, missing: list[str]) -> None:
    module = module_of(tmp_path, f"{IMPORTS}@done.connect\ndef f({parameters}): ...")
    assert [found.missing for found in refused_receivers_of(module)] == missing


def test_a_receiver_of_another_module_is_reported_where_it_is_connected(tmp_path: Path) -> None:
    files = {"app/receivers.py": "def on_success(sender): ..."}
    module = module_of(
        tmp_path, IMPORTS + "from app.receivers import on_success\ndone.connect(on_success)", files=files
    )
    assert [found.node.lineno for found in refused_receivers_of(module)] == [4]
