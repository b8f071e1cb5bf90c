"""The harness itself: what other tests rely on when they compare what code sends before and after a fix."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

from .harness import ALLIANCE_AUTH, Message, Worker, messages_of

SOURCE = """
from celery import chain, shared_task

@shared_task
def one(x):
    return x

@shared_task
def two(x, y=0):
    raise ValueError(x)
"""


def message(task: str, **fields: Any) -> Message:
    """A message as `delay()` sends it, but for `fields`."""
    plain = Message(task, [], {}, 5, None, None, "celery", 0, None, task, "SUCCESS")
    return plain._replace(**fields)


def test_messages_of_tells_what_was_sent_and_what_became_of_it() -> None:
    """Task, arguments, priority, parent, root and outcome of each message, in order."""
    assert messages_of(SOURCE, "chain(one.s(1), two.s(y=2)).apply_async(priority=8)") == [
        message("proof.tasks.one", args=[1], priority=8),
        message(
            "proof.tasks.two",
            args=[1],
            kwargs={"y": 2},
            parent="proof.tasks.one",
            root="proof.tasks.one",
            outcome="FAILURE",
        ),
    ]


def test_messages_of_tells_countdown_expiry_and_queue_of_what_did_not_run() -> None:
    """A message with a countdown, or in a queue that nobody consumes, has no outcome."""
    call = "one.apply_async([1], countdown=60, expires=90)\none.apply_async([2], queue='services')"
    assert messages_of(SOURCE, call) == [
        message("proof.tasks.one", args=[1], countdown=60, expires=90, outcome=None),
        message("proof.tasks.one", args=[2], queue="services", outcome=None),
    ]


def test_messages_of_is_equal_for_the_same_code_and_differs_for_other_code() -> None:
    """Two readings of one source compare equal, so that a difference is the code's."""
    call = "for i in range(3): chain(one.s(i), two.si(1)).delay()"
    assert messages_of(SOURCE, call) == messages_of(SOURCE, call)
    assert messages_of(SOURCE, call) != messages_of(SOURCE, call.replace("two.si(1)", "two.si(2)"))


def test_messages_of_raises_what_the_call_raises() -> None:
    """An error of the code under proof reaches the test."""
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        messages_of(SOURCE, "one.delay()")


def test_messages_of_leaves_nothing_behind(worker: Worker) -> None:
    """Its tasks are gone afterwards, so that the fixed source can define them anew."""
    tasks, app = set(worker.app.tasks), current_app._get_current_object()
    messages_of(SOURCE, "one.apply_async([1], countdown=60)", module="proof.not_used_before")
    assert set(worker.app.tasks) == tasks
    assert current_app._get_current_object() is app
    assert [m.task for m in messages_of("", "1")] == []


def test_the_application_is_configured_as_alliance_auth_ships_it(worker: Worker) -> None:
    """Default priority 5, ten steps by priority, JSON, no result backend."""
    conf = worker.app.conf
    assert {key: conf[key] for key in ALLIANCE_AUTH} == ALLIANCE_AUTH
    assert (conf.task_serializer, conf.result_backend) == ("json", None)


def test_the_worker_takes_nothing_before_it_is_told_to_run(worker: Worker) -> None:
    """What is sent waits, so that order never depends on who is faster."""
    worker.app.send_task("nobody.knows")
    assert [m.outcome for m in worker.sent] == [None]
    worker.run()
    assert [m.outcome for m in worker.sent] == ["UNREGISTERED"]


HERE = Path(__file__).parent
#: They are about the harness itself, and about programs made at random: neither observes Celery.
NO_FACTS = {Path(__file__).name, "test_differential.py"}
FILES = sorted(file for file in HERE.glob("test_*.py") if file.name not in NO_FACTS)


def facts(file: Path) -> list[ast.FunctionDef]:
    """The tests of a file, in order."""
    functions = (node for node in ast.parse(file.read_bytes()).body if isinstance(node, ast.FunctionDef))
    return [function for function in functions if function.name.startswith("test_")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_fact_has_a_sentence(file: Path) -> None:
    """The docstring of a test states the fact that its name shortens."""
    assert [
        fact.name for fact in facts(file) if not (ast.get_docstring(fact) or "").partition("\n")[0].endswith(".")
    ] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_readme_lists_every_fact(file: Path) -> None:
    """Each test has its row in `README.md`, under the heading of its file, in the file's order."""
    _, _, section = (HERE / "README.md").read_text(encoding="utf-8").partition(f"`{file.name}`\n")
    rows = re.findall(r"\| `(test_\w+)` \|", section.partition("\n## ")[0])
    assert rows == [fact.name for fact in facts(file)]
