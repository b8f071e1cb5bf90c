"""What a task is given, by a signature or an entry of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve import arguments
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path


TASKS = "from celery import shared_task, signature\n@shared_task\ndef t(x, y=1): ...\n"


@pytest.mark.parametrize(
    ("made", "given"),
    [
        ("t.s(1, y=2)", arguments.Arguments(1, ("y",))),
        ("t.si(1)", arguments.Arguments(1)),
        ("t.signature((1, 2), {'y': 3})", arguments.Arguments(2, ("y",))),
        ("t.subtask(args=[1], kwargs={'y': 3}, immutable=True)", arguments.Arguments(1, ("y",))),
        ("signature(t, (1, 2))", arguments.Arguments(2)),
        ("signature('app.tasks.t', args=(1, 2))", arguments.Arguments(2)),
        ("t.s(1).set(priority=3)", arguments.Arguments(1)),
        ("t.s(1).clone()", arguments.Arguments(1)),
        ("t.s(1).clone(args=(2,))", arguments.Arguments(0, (), True, True)),
        ("t.s(1).set(priority=3).clone((2,)).set(queue='a')", arguments.Arguments(0, (), True, True)),
    ],
)
def test_the_arguments_of_a_signature(tmp_path: Path, made: str, given: arguments.Arguments) -> None:
    module = module_of(tmp_path, f"{TASKS}{made}.delay()\n")
    (dispatch,) = dispatches_of(module)
    signature = dispatch.receiver
    assert hasattr(signature, "call")
    assert arguments.of_signature(signature) == given  # type: ignore[arg-type]


def test_a_schedule_entry_is_bound_by_its_args_and_kwargs(tmp_path: Path) -> None:
    module = module_of(tmp_path, "ENTRY = {'task': 'app.tasks.t', 'args': (1, 2), 'kwargs': {'y': 3}}\nprint(ENTRY)")
    ((call, site, _),) = module.all_calls()
    entry = value_of(call.args[0], site)
    assert arguments.of_entry(entry, site) == arguments.Arguments(2, ("y",))  # type: ignore[arg-type]
