"""What a fix does to what Celery sends: the same code, before it and after it, on a running Celery.

A safe fix sends the same messages, or the code before it could only raise. An unsafe one differs in what its page says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kombu.exceptions import EncodeError

from flake8_aa_celery.fixes.engine import fix, fix_all
from flake8_aa_celery.model.project import Project
from flake8_aa_celery.settings import Settings

from .harness import messages_of

if TYPE_CHECKING:
    from pathlib import Path

    from .harness import Message

TASKS = """
import logging

from celery import chain, group, shared_task
from celery import current_app as app

logger = logging.getLogger(__name__)


@shared_task
def update(pk, force=False):
    return pk


@shared_task
def report():
    return None


@shared_task(bind=True)
def fails_once(self, pk):
    if not self.request.retries:
        raise self.retry(countdown=0)
"""


@pytest.fixture
def fixed(tmp_path: Path) -> Fixer:
    return Fixer(tmp_path)


class Fixer:
    """Fixes code as the module of tasks of an app."""

    def __init__(self, root: Path) -> None:
        (root / "pyproject.toml").touch()
        (root / "proof").mkdir()
        (root / "proof" / "__init__.py").touch()
        self.path = root / "proof" / "tasks.py"

    def __call__(self, source: str, code: str, *, unsafe: bool = False) -> str:
        """What the fix of one rule makes of the code; it must change something."""
        Project.forget()
        self.path.write_text(source)
        outcome = fix(str(self.path), source.encode(), Settings(select=(code,)), unsafe=unsafe)
        assert outcome.applied, outcome.refused
        return outcome.data.decode()


def both(fixed: Fixer, body: str, code: str, *, unsafe: bool) -> tuple[list[Message], list[Message]]:
    """The messages of code before and after a fix."""
    source = TASKS + body
    return messages_of(source, "run()"), messages_of(fixed(source, code, unsafe=unsafe), "run()")


def priorities(messages: list[Message]) -> list[tuple[str, int | None]]:
    return [(message.name, message.priority) for message in messages]


def arguments(messages: list[Message]) -> list[tuple[str, list[object], dict[str, object]]]:
    return [(message.name, message.args, message.kwargs) for message in messages]


# -- safe: the same messages ------------------------------------------------------------------------------------


def test_a_shared_task_is_sent_as_the_applications_was(fixed: Fixer) -> None:
    body = (
        "\n\n@app.task(priority=6)\ndef tied(pk):\n    ...\n\n\ndef run():\n    tied.delay(1)\n    tied.si(2).delay()\n"
    )
    before, after = both(fixed, body, "AAC102", unsafe=False)
    assert before == after != []


def test_a_logger_changes_no_message(fixed: Fixer) -> None:
    source = TASKS.replace("logger = logging.getLogger(__name__)", "") + "\n\ndef run():\n    update.delay(1)\n"
    assert messages_of(source, "run()") == messages_of(fixed(source, "AAC105"), "run()") != []


def test_a_priority_that_is_a_float_or_a_text_is_the_same_number(fixed: Fixer) -> None:
    before, after = both(fixed, 'def run():\n    update.apply_async((1,), priority="3")\n', "AAC202", unsafe=False)
    assert [int(priority or 0) for _, priority in priorities(before)] == [3]
    assert priorities(after) == [("update", 3)]
    assert arguments(before) == arguments(after)


# -- safe: the code before could only raise ---------------------------------------------------------------------

RAISES = {
    "AAC103": ("def plain(pk):\n    ...\n\n\ndef run():\n    plain.delay(1)\n", AttributeError, "plain", [1], {}, 5),
    "AAC206": (
        "def run():\n    update.delay(1, force=True, priority=3)\n",
        TypeError,
        "update",
        [1],
        {"force": True},
        3,
    ),
    "AAC402": ("def run():\n    update.apply_async(args=(5), priority=3)\n", TypeError, "update", [5], {}, 3),
    "AAC108": (
        "import functools\n\n\ndef plain(f):\n    @functools.wraps(f)\n    def inner(*args):\n        return f(*args)\n"
        "    return inner\n\n\n@plain\n@shared_task\ndef hidden(pk):\n    ...\n\n\ndef run():\n    hidden.delay(1)\n",
        AttributeError,
        "hidden",
        [1],
        {},
        5,
    ),
    "AAC109": ("@shared_task(bind=True)\ndef nothing():\n    ...\n\n\ndef run():\n    nothing.delay()\n", TypeError,
               "nothing", [], {}, 5),
}  # fmt: skip


@pytest.mark.parametrize("code", RAISES)
def test_a_safe_fix_sends_what_could_only_raise(fixed: Fixer, code: str) -> None:
    body, error, name, args, kwargs, priority = RAISES[code]
    source = TASKS + "\n\n" + body
    with pytest.raises(error):
        messages_of(source, "run()")
    after = messages_of(fixed(source, code), "run()")
    assert arguments(after) == [(name, args, kwargs)]
    assert priorities(after) == [(name, priority)]


def test_a_task_that_uses_itself_gets_itself(fixed: Fixer) -> None:
    body = (
        "@shared_task\ndef again(self, pk):\n    if not self.request.retries:\n        raise self.retry(countdown=0)\n"
    )
    source = TASKS + "\n\n" + body
    with pytest.raises(TypeError, match="missing"):
        messages_of(source, "again.delay(1)")
    after = messages_of(fixed(source, "AAC109"), "again.delay(1)")
    assert [(message.name, message.args, message.outcome) for message in after] == [
        ("again", [1], "RETRY"),
        ("again", [1], "SUCCESS"),
    ]


def test_an_immutable_signature_is_not_given_the_result_before(fixed: Fixer) -> None:
    before, after = both(fixed, "\n\ndef run():\n    chain(update.s(1), report.s()).delay()\n", "AAC308", unsafe=False)
    assert ("report", "SUCCESS") not in [(message.name, message.outcome) for message in before]
    assert [(message.name, message.outcome) for message in after] == [("update", "SUCCESS"), ("report", "SUCCESS")]


# -- unsafe: different in what the page says ---------------------------------------------------------------------

PRIORITY = {
    "AAC201": ("update.apply_async((1,), priority=0)", [("update", 0)], [("update", 5)]),
    "AAC204": (
        "for pk in range(4): update.apply_async((pk,), priority=2)",
        [("update", 2)] * 4,
        [("update", 7)] * 4,
    ),
    "AAC205": (
        "for pk in range(4): update.delay(pk, force=True)",
        [("update", 5)] * 4,
        [("update", 7)] * 4,
    ),
    "AAC207": (
        "chain(update.si(1), report.si(), update.si(2)).apply_async(priority=8)",
        [("update", 8), ("report", 5), ("update", 5)],
        [("update", 8), ("report", 8), ("update", 8)],
    ),
    "AAC208": ("update.apply_async((1,), priority=None)", [("update", None)], [("update", 5)]),
}


@pytest.mark.parametrize("code", PRIORITY)
def test_an_unsafe_fix_of_a_priority_changes_nothing_else(fixed: Fixer, code: str) -> None:
    body, old, new = PRIORITY[code]
    before, after = both(fixed, f"\n\ndef run():\n    {body}\n", code, unsafe=True)
    assert priorities(after) == new
    assert [name for name, _ in priorities(before)] == [name for name, _ in old]
    if code != "AAC208":  # which number None becomes is the broker's business
        assert priorities(before) == old
    assert [message._replace(priority=0) for message in before] == [message._replace(priority=0) for message in after]


def test_a_group_that_becomes_a_chain_runs_in_order(fixed: Fixer) -> None:
    body = "\n\ndef run():\n    group([update.si(pk) for pk in (3, 1, 2)]).delay()\n"
    before, after = both(fixed, body, "AAC302", unsafe=True)
    assert arguments(before) == arguments(after) == [("update", [pk], {}) for pk in (3, 1, 2)]
    assert [message.parent for message in before] == [None, None, None]
    assert [message.parent for message in after] == [None, "proof.tasks.update", "proof.tasks.update"]


def test_a_loop_of_calls_becomes_a_chain_of_messages(fixed: Fixer) -> None:
    body = "\n\n@shared_task\ndef everything(pks):\n    for pk in pks:\n        update(pk, force=True)\n"
    source = TASKS + body
    before = messages_of(source, "everything.delay([1, 2])")
    after = messages_of(fixed(source, "AAC306", unsafe=True), "everything.delay([1, 2])")
    assert [message.name for message in before] == ["everything"]
    assert arguments(after)[1:] == [("update", [1], {"force": True}), ("update", [2], {"force": True})]


@pytest.mark.parametrize("body", ["update.si(1)", "chain(update.si(1), report.si())", "update.si(1) | report.si()"])
def test_what_was_forgotten_is_sent(fixed: Fixer, body: str) -> None:
    before, after = both(fixed, f"\n\ndef run():\n    {body}\n", "AAC309", unsafe=True)
    assert before == []
    assert [message.name for message in after] == ["update", "report"][: 1 + ("report" in body)]


def test_an_argument_that_json_cannot_carry_is_sent_as_a_list(fixed: Fixer) -> None:
    source = TASKS + "\n\ndef run():\n    update.delay(range(2))\n"
    with pytest.raises((TypeError, EncodeError), match="not JSON serializable"):
        messages_of(source, "run()")
    assert arguments(messages_of(fixed(source, "AAC404", unsafe=True), "run()")) == [("update", [[0, 1]], {})]


def test_a_log_line_changes_no_message(fixed: Fixer) -> None:
    body = (
        "@shared_task\ndef loops(pks):\n    for pk in pks:\n        print(pk)\n\n\ndef run():\n    loops.delay([1])\n"
    )
    before, after = both(fixed, "\n\n" + body, "AAC106", unsafe=True)
    assert before == after != []


def test_a_name_that_is_spelled_out_is_the_one_it_was(fixed: Fixer) -> None:
    before, after = both(fixed, "\n\ndef run():\n    update.delay(1)\n", "AAC113", unsafe=True)
    assert before == after != []


@pytest.mark.parametrize(
    ("code", "body", "name", "value"),
    [
        ("AAC114", "@shared_task(timeout=60)\ndef odd():\n    ...\n", "time_limit", 60),
        ("AAC119", "@shared_task(autoretry_for=(OSError,))\ndef odd():\n    ...\n", "retry_backoff", True),
    ],
)
def test_an_option_that_is_written_right_is_one_of_the_task(
    fixed: Fixer, code: str, body: str, name: str, value: object
) -> None:
    source = TASKS + "\n\n" + body
    check = f"assert getattr(odd, {name!r}, None) "
    assert messages_of(source, f"{check}!= {value!r}") == []
    assert messages_of(fixed(source, code, unsafe=True), f"{check}== {value!r}") == []


def test_a_once_task_is_graceful_after_the_fix(fixed: Fixer) -> None:
    body = (
        "from allianceauth.services.tasks import QueueOnce\n\n\n"
        '@shared_task(base=QueueOnce, once={"keys": []})\ndef once():\n    ...\n'
    )
    assert '"graceful": True' in fixed("from celery import shared_task\n" + body, "AAC116", unsafe=True)


def test_a_task_that_was_moved_has_the_name_that_it_had(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "proof").mkdir()
    (tmp_path / "proof" / "__init__.py").touch()
    path = tmp_path / "proof" / "helpers.py"
    before = "from celery import shared_task\n\n\n@shared_task(priority=6)\ndef helps(pk):\n    return pk\n"
    path.write_text(before)
    Project.forget()
    settings = Settings(select=("AAC101",))
    fixed = fix_all([(str(path), before.encode())], settings, lambda files, work: work(files), unsafe=True)
    after = fixed[str(tmp_path / "proof" / "tasks.py")].data.decode()
    sent = messages_of(before, "helps.delay(1)", module="proof.helpers")
    assert sent == messages_of(after, "helps.delay(1)", module="proof.tasks") != []
