"""What a fix does to what Celery sends: the same code, before it and after it, on a running Celery.

A safe fix sends the same messages, or the code before it could only raise. An unsafe one differs in what its page says.
"""

from __future__ import annotations

import logging
import sys
import types
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from celery import Celery, signals
from celery.exceptions import ImproperlyConfigured
from celery_once import AlreadyQueued
from kombu.exceptions import EncodeError

from flake8_aa_celery.fixes.engine import fix
from flake8_aa_celery.fixes.whole_project import fix_all
from flake8_aa_celery.settings import Settings

from . import beat, harness
from .harness import messages_of
from .once_backend import locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .harness import Message, Worker

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
        self.package = root / "proof"

    def __call__(self, source: str, code: str, *, unsafe: bool = False, file: str = "tasks.py") -> str:
        """What the fix of one rule makes of a file of the app; it must change something."""
        path = self._written(source, file)
        outcome = fix(str(path), source.encode(), Settings(select=(code,)), unsafe=unsafe)
        assert outcome.applied, outcome.refused
        return outcome.data.decode()

    def moved(self, source: str, code: str, *, file: str) -> str:
        """What the fix of one rule puts into the app's ``tasks.py``, which is not there before."""
        path = self._written(source, file)
        settings = Settings(select=(code,))
        fixed = fix_all([(str(path), source.encode())], settings, lambda files, work: work(files), unsafe=True)
        return fixed[str(self.package / "tasks.py")].data.decode()

    def _written(self, source: str, file: str) -> Path:
        path = self.package / file
        path.write_text(source)
        return path


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
    """AAC102: `@shared_task` with the same options sends the same."""
    body = (
        "\n\n@app.task(priority=6)\ndef tied(pk):\n    ...\n\n\ndef run():\n    tied.delay(1)\n    tied.si(2).delay()\n"
    )
    before, after = both(fixed, body, "AAC102", unsafe=False)
    assert before == after != []


def test_a_logger_changes_no_message(fixed: Fixer) -> None:
    """AAC105: a module with a logger sends what it sent without."""
    source = TASKS.replace("logger = logging.getLogger(__name__)", "") + "\n\ndef run():\n    update.delay(1)\n"
    assert messages_of(source, "run()") == messages_of(fixed(source, "AAC105"), "run()") != []


def test_a_priority_that_is_a_float_or_a_text_is_the_same_number(fixed: Fixer) -> None:
    """AAC202: the number is the same, and so is everything else."""
    before, after = both(fixed, 'def run():\n    update.apply_async((1,), priority="3")\n', "AAC202", unsafe=False)
    assert [int(priority or 0) for _, priority in priorities(before)] == [3]
    assert priorities(after) == [("update", 3)]
    assert arguments(before) == arguments(after)


# -- safe: the code before could only raise ---------------------------------------------------------------------


class Raising(NamedTuple):
    """Code whose ``run()`` raises, and the one message that it was meant to send."""

    body: str
    error: type[Exception]
    task: str
    args: list[object]
    kwargs: dict[str, object]
    priority: int


RAISES = {
    "AAC103": Raising("def plain(pk): ...\n\n\ndef run():\n    plain.delay(1)\n", AttributeError, "plain", [1], {}, 5),
    "AAC108": Raising(
        "import functools\n\n\ndef plain(f):\n    @functools.wraps(f)\n    def inner(*args):\n        return f(*args)\n"
        "    return inner\n\n\n@plain\n@shared_task\ndef hidden(pk): ...\n\n\ndef run():\n    hidden.delay(1)\n",
        AttributeError, "hidden", [1], {}, 5,
    ),
    "AAC109": Raising(
        "@shared_task(bind=True)\ndef nothing(): ...\n\n\ndef run():\n    nothing.delay()\n",
        TypeError, "nothing", [], {}, 5,
    ),
    "AAC125": Raising(
        "@shared_task(autoretry_for=OSError)\ndef tried(pk): ...\n\n\ndef run():\n    tried.delay(1)\n",
        TypeError, "tried", [1], {}, 5,
    ),
    "AAC206": Raising(
        "def run():\n    update.delay(1, force=True, priority=3)\n", TypeError, "update", [1], {"force": True}, 3
    ),
    "AAC402": Raising("def run():\n    update.apply_async(args=(5), priority=3)\n", TypeError, "update", [5], {}, 3),
}  # fmt: skip


@pytest.mark.parametrize("code", RAISES)
def test_a_safe_fix_sends_what_could_only_raise(fixed: Fixer, code: str) -> None:
    """AAC103, AAC108, AAC109, AAC125, AAC206, AAC402: the dispatch raised, and is sent with what was meant."""
    raising = RAISES[code]
    source = TASKS + "\n\n" + raising.body
    with pytest.raises(raising.error):
        messages_of(source, "run()")
    after = messages_of(fixed(source, code), "run()")
    assert arguments(after) == [(raising.task, raising.args, raising.kwargs)]
    assert priorities(after) == [(raising.task, raising.priority)]


def test_a_task_that_uses_itself_gets_itself(fixed: Fixer) -> None:
    """AAC109: a task without `bind` that retries itself raised, and retries."""
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


def test_a_task_that_asks_its_request_has_an_answer(fixed: Fixer) -> None:
    """AAC130: a task that asked itself for its retries failed, and succeeds."""
    body = "\n\n@shared_task(bind=True)\ndef asks(self):\n    return self.retries\n\n\ndef run():\n    asks.delay()\n"
    before, after = both(fixed, body, "AAC130", unsafe=False)
    assert [(message.name, message.outcome) for message in before] == [("asks", "FAILURE")]
    assert [(message.name, message.outcome) for message in after] == [("asks", "SUCCESS")]


def test_an_immutable_signature_is_not_given_the_result_before(fixed: Fixer) -> None:
    """AAC308: the second task of the chain never ran, and runs."""
    before, after = both(fixed, "\n\ndef run():\n    chain(update.s(1), report.s()).delay()\n", "AAC308", unsafe=False)
    assert ("report", "SUCCESS") not in [(message.name, message.outcome) for message in before]
    assert [(message.name, message.outcome) for message in after] == [("update", "SUCCESS"), ("report", "SUCCESS")]


# -- unsafe: different in what the page says ---------------------------------------------------------------------

PRIORITY: dict[str, tuple[str, list[tuple[str, int | None]], list[tuple[str, int | None]]]] = {
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
    """AAC201, AAC204, AAC205, AAC207, AAC208: another priority, and the same in all else."""
    body, old, new = PRIORITY[code]
    before, after = both(fixed, f"\n\ndef run():\n    {body}\n", code, unsafe=True)
    assert priorities(after) == new
    assert [name for name, _ in priorities(before)] == [name for name, _ in old]
    if code != "AAC208":  # which number None becomes is the broker's business
        assert priorities(before) == old
    assert [message._replace(priority=0) for message in before] == [message._replace(priority=0) for message in after]


def test_a_group_that_becomes_a_chain_runs_in_order(fixed: Fixer) -> None:
    """AAC302: the same tasks, each sent when the one before it is done."""
    body = "\n\ndef run():\n    group([update.si(pk) for pk in (3, 1, 2)]).delay()\n"
    before, after = both(fixed, body, "AAC302", unsafe=True)
    assert arguments(before) == arguments(after) == [("update", [pk], {}) for pk in (3, 1, 2)]
    assert [message.parent for message in before] == [None, None, None]
    assert [message.parent for message in after] == [None, "proof.tasks.update", "proof.tasks.update"]


def test_a_loop_of_calls_becomes_a_chain_of_messages(fixed: Fixer) -> None:
    """AAC306: what one task did is a message for each item."""
    body = "\n\n@shared_task\ndef everything(pks):\n    for pk in pks:\n        update(pk, force=True)\n"
    source = TASKS + body
    before = messages_of(source, "everything.delay([1, 2])")
    after = messages_of(fixed(source, "AAC306", unsafe=True), "everything.delay([1, 2])")
    assert [message.name for message in before] == ["everything"]
    assert arguments(after)[1:] == [("update", [1], {"force": True}), ("update", [2], {"force": True})]


@pytest.mark.parametrize("body", ["update.si(1)", "chain(update.si(1), report.si())", "update.si(1) | report.si()"])
def test_what_was_forgotten_is_sent(fixed: Fixer, body: str) -> None:
    """AAC309: no message before, those of the workflow after."""
    before, after = both(fixed, f"\n\ndef run():\n    {body}\n", "AAC309", unsafe=True)
    assert before == []
    assert [message.name for message in after] == ["update", "report"][: 1 + ("report" in body)]


def test_an_argument_that_json_cannot_carry_is_sent_as_a_list(fixed: Fixer) -> None:
    """AAC404: the dispatch raised, and sends a list."""
    source = TASKS + "\n\ndef run():\n    update.delay(range(2))\n"
    with pytest.raises((TypeError, EncodeError), match="not JSON serializable"):
        messages_of(source, "run()")
    assert arguments(messages_of(fixed(source, "AAC404", unsafe=True), "run()")) == [("update", [[0, 1]], {})]


def test_a_log_line_changes_no_message(fixed: Fixer) -> None:
    """AAC106: a task that logs is sent as it was."""
    body = (
        "@shared_task\ndef loops(pks):\n    for pk in pks:\n        print(pk)\n\n\ndef run():\n    loops.delay([1])\n"
    )
    before, after = both(fixed, "\n\n" + body, "AAC106", unsafe=True)
    assert before == after != []


def test_a_name_that_is_spelled_out_is_the_one_it_was(fixed: Fixer) -> None:
    """AAC113: the name is the one that Celery made."""
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
    """AAC114, AAC119: the task has the option, which it did not have."""
    source = TASKS + "\n\n" + body
    check = f"assert getattr(odd, {name!r}, None) "
    assert messages_of(source, f"{check}!= {value!r}") == []
    assert messages_of(fixed(source, code, unsafe=True), f"{check}== {value!r}") == []


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """What stands for Alliance Auth's modules; its `QueueOnce` is the test's to set."""
    module = types.ModuleType("allianceauth.services.tasks")
    hooks = types.ModuleType("allianceauth.services.hooks")
    vars(hooks)["get_extension_logger"] = logging.getLogger
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    return module


ONCE = """
from allianceauth.services.hooks import get_extension_logger
from {module} import QueueOnce
from celery import shared_task

logger = get_extension_logger(__name__)


@shared_task(base=QueueOnce{options})
def once(pk):
    ...


def run():
    once.delay(1)
    once.delay(2)
    once.delay(1)
"""


def test_a_once_task_is_graceful_after_the_fix(fixed: Fixer, stand_in: types.ModuleType, alliance_auth: type) -> None:
    """AAC116: a second dispatch raised, and is left out."""
    vars(stand_in)["QueueOnce"] = alliance_auth
    source = ONCE.format(module=stand_in.__name__, options=', once={"keys": ["pk"]}')
    after = messages_of(fixed(source, "AAC116", unsafe=True), "run()")
    assert arguments(after) == [("once", [1], {}), ("once", [2], {})]
    with pytest.raises(AlreadyQueued):
        messages_of(source, "run()")


def test_a_task_with_once_is_locked_after_the_fix(fixed: Fixer, once_set_up: None) -> None:
    """AAC122: `once` locked nothing, and keeps the second of two equal sends out."""
    body = """

@shared_task(once={"keys": ["pk"], "graceful": True})
def locked(pk): ...


def run():
    locked.delay(1)
    locked.delay(2)
    locked.delay(1)
"""
    before, after = both(fixed, body, "AAC122", unsafe=True)
    assert arguments(before) == [("locked", [1], {}), ("locked", [2], {}), ("locked", [1], {})]
    assert arguments(after) == [("locked", [1], {}), ("locked", [2], {})]


def test_alliance_auths_class_sends_what_celery_onces_did(
    fixed: Fixer, stand_in: types.ModuleType, request: pytest.FixtureRequest, once_set_up: None
) -> None:
    """AAC117: a second dispatch raised, unless Alliance Auth's class was imported before: then all is the same."""
    source = ONCE.format(module="celery_once", options="")
    after = fixed(source, "AAC117", unsafe=True)
    with pytest.raises(AlreadyQueued):
        messages_of(source, "run()")
    locks.clear()
    vars(stand_in)["QueueOnce"] = request.getfixturevalue("alliance_auth")
    sent = messages_of(after, "run()")
    assert arguments(sent) == [("once", [1], {}), ("once", [2], {})]
    assert messages_of(source, "run()") == sent


CALLS = {
    "AAC403": ("services.py", "def run():\n    note(1)\n", "run()"),
    "AAC603": ("views.py", "def show(request):\n    note(1)\n    return None\n", "show(None)"),
}


@pytest.mark.parametrize("code", CALLS)
def test_a_task_that_ran_in_the_callers_process_is_sent(fixed: Fixer, code: str) -> None:
    """AAC403, AAC603: no message and done at once before, one message and done by the worker after."""
    file, body, call = CALLS[code]
    tasks = "from celery import shared_task\n\nran = []\n\n\n@shared_task\ndef note(pk):\n    ran.append(pk)\n"
    (fixed.package / "tasks.py").write_text(tasks)
    source = "from proof.tasks import note\n\n\n" + body
    after = fixed(source, code, unsafe=True, file=file)
    assert messages_of(tasks, f"{source}\n{call}\nassert ran == [1]") == []
    sent = messages_of(tasks, f"{after}\n{call}\nassert ran == []")
    assert [(message.name, message.args, message.outcome) for message in sent] == [("note", [1], "SUCCESS")]


# -- what nobody read, and what was no signature -------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Exception raised outside body:RuntimeWarning")
def test_a_link_that_cannot_take_the_result_is_sent(fixed: Fixer) -> None:
    """AAC313: the callback was never sent."""
    body = "\n\ndef run():\n    update.apply_async([1], link=report.s())\n"
    before, after = both(fixed, body, "AAC313", unsafe=False)
    assert [message.name for message in before] == ["update"]
    assert [(message.name, message.outcome) for message in after] == [("update", "SUCCESS"), ("report", "SUCCESS")]


def test_an_option_that_nobody_read_is_read(fixed: Fixer) -> None:
    """AAC413: a countdown, and an argument of the task."""
    body = "\n\ndef run():\n    update.apply_async([1], delay=60)\n    update.apply_async([1], force=True)\n"
    before, after = both(fixed, body, "AAC413", unsafe=True)
    assert [(message.countdown, message.kwargs) for message in before] == [(None, {}), (None, {})]
    assert [(message.countdown, message.kwargs) for message in after] == [(60, {}), (None, {"force": True})]


@pytest.mark.parametrize("options", ["expires=60", 'queue="slow"'])
def test_an_option_of_a_chain_reaches_all_its_tasks(fixed: Fixer, options: str) -> None:
    """AAC311: the second task had none."""
    body = f"\n\ndef run():\n    chain(update.si(1), report.si()).apply_async({options})\n"
    source = TASKS + body
    after = fixed(source, "AAC311", unsafe=True)
    assert f"chain(update.si(1).set({options}), report.si().set({options})).delay()" in after
    (first, *_) = messages_of(after, "run()")
    assert (first.expires, first.queue) != (None, "celery")
    assert first == messages_of(source, "run()")[0]


@pytest.mark.parametrize("member", ["update.delay(1)", "update(1)", "report"])
def test_what_was_no_signature_is_one(fixed: Fixer, member: str) -> None:
    """AAC312: the workflow raised, and is sent."""
    source = TASKS + f"\n\ndef run():\n    chain(report.si(), {member}).delay()\n"
    with pytest.raises((TypeError, AttributeError, NotImplementedError)):
        messages_of(source, "run()")
    after = messages_of(fixed(source, "AAC312", unsafe=True), "run()")
    assert [message.name for message in after] == ["report", member.partition("(")[0].partition(".")[0]]


def test_a_handler_that_never_ran_runs(fixed: Fixer) -> None:
    """AAC414: with no retries left the handler sends its notice."""
    source = TASKS + (
        "\n\n@shared_task(bind=True, max_retries=0)\ndef gives_up(self):\n    try:\n        raise OSError\n"
        "    except OSError as error:\n        try:\n            self.retry(exc=error)\n"
        "        except self.MaxRetriesExceededError:\n            report.delay()\n"
    )
    before = messages_of(source, "gives_up.delay()")
    after = messages_of(fixed(source, "AAC414", unsafe=True), "gives_up.delay()")
    assert [(message.name, message.outcome) for message in before] == [("gives_up", "FAILURE")]
    assert [message.name for message in after] == ["gives_up", "report"]


@pytest.mark.parametrize(("mapped", "options"), [("map([1])", ""), ("chunks([(1,)], 1)", "countdown=5")])
def test_a_map_has_the_priority_of_its_task(fixed: Fixer, mapped: str, options: str) -> None:
    """AAC210: the priority of the decorator is given to the dispatch."""
    task = "\n\n@shared_task(priority=7)\ndef low(pk):\n    return pk\n"
    source = TASKS + task + f"\n\ndef run():\n    low.{mapped}.apply_async({options})\n"
    before, after = messages_of(source, "run()"), messages_of(fixed(source, "AAC210", unsafe=True), "run()")
    assert ([message.priority for message in before], [message.priority for message in after]) == ([5], [7])


def test_a_foreign_task_is_sent_at_the_default(fixed: Fixer) -> None:
    """AAC209: 0, the reserved priority, and 5 after the fix."""
    body = "\n\ndef run():\n    app.send_task('elsewhere.tasks.update', args=[1])\n"
    before, after = both(fixed, body, "AAC209", unsafe=True)
    assert ([message.priority for message in before], [message.priority for message in after]) == ([0], [5])


# -- unsafe: sent after the commit --------------------------------------------------------------------------------

CHARACTERS = f"""
from celery import shared_task
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from {__package__}.database import Character
from {harness.__name__} import worker


@shared_task
def update(pk):
    try:
        Character.objects.get(pk=pk)
    finally:
        connection.close()
"""

TRANSACTIONS = {
    "AAC405": """

def create(meanwhile):
    with transaction.atomic():
        character = Character.objects.create(name="Bruce")
        update.delay(character.pk)
        meanwhile()
""",
    "AAC409": """

@receiver(post_save, sender=Character)
def on_save(sender, instance, **kwargs):
    update.delay(instance.pk)


def create(meanwhile):
    try:
        with transaction.atomic():
            Character.objects.create(name="Bruce")
            meanwhile()
    finally:
        post_save.disconnect(on_save, sender=Character)
""",
}

ROLLED_BACK = """
def fails():
    worker.run()
    raise ZeroDivisionError


try:
    create(fails)
except ZeroDivisionError:
    pass
"""


@pytest.fixture
def _django(worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A database, and an application whose tasks are those of a Django project."""
    pytest.importorskip("django", reason="Django is not installed: pip install django to run these")
    from .database import database

    base = worker.app.subclass_with_self(
        "celery.contrib.django.task:DjangoTask", name="Task", attribute="_app", keep_reduce=True, abstract=True
    )
    monkeypatch.setattr(worker.app, "Task", base)
    with database(tmp_path / "db.sqlite3"):
        yield


@pytest.mark.usefixtures("_django")
@pytest.mark.parametrize("code", TRANSACTIONS)
def test_a_dispatch_in_a_transaction_waits_for_the_commit(fixed: Fixer, code: str) -> None:
    """AAC405, AAC409: sent before the commit, and when that never comes; after the fix only when it has come."""
    before = CHARACTERS + TRANSACTIONS[code]
    after = fixed(before, code, unsafe=True)
    (early,) = messages_of(before, "create(worker.run)")
    (late,) = messages_of(after, "create(worker.run)")
    assert (early.outcome, late.outcome) == ("FAILURE", "SUCCESS")
    assert early._replace(args=[], outcome=None) == late._replace(args=[], outcome=None)
    assert [message.outcome for message in messages_of(before, ROLLED_BACK)] == ["FAILURE"]
    assert messages_of(after, ROLLED_BACK) == []


LOOP = """

def run(pks=(1, 2, 3)):
    with transaction.atomic():
        for pk in pks:
            {}
"""


@pytest.mark.usefixtures("_django")
@pytest.mark.parametrize(
    "line",
    [
        "transaction.on_commit(lambda: update.delay(pk))",
        "transaction.on_commit(lambda: update.apply_async([pk], priority=7), robust=True)",
    ],
)
def test_callbacks_of_a_loop_send_each_its_own_item(fixed: Fixer, line: str) -> None:
    """AAC411: the last item three times, and each item once after the fix, be it by a method or by `partial`."""
    before = CHARACTERS + LOOP.format(line)
    sent, then = (messages_of(source, "run()") for source in (before, fixed(before, "AAC411")))
    assert [message.args for message in sent] == [[3], [3], [3]]
    assert [message.args for message in then] == [[1], [2], [3]]
    assert {message.priority for message in sent} == {message.priority for message in then}


@pytest.mark.usefixtures("_django")
@pytest.mark.parametrize("options", ["", ", using='default'"])
def test_a_dispatch_handed_to_on_commit_waits_for_it(fixed: Fixer, options: str) -> None:
    """AAC412: the code raised, and sends after the commit, be it by a method or by `partial`."""
    line = f"transaction.on_commit(update.delay(pk){options})"
    before = CHARACTERS + LOOP.format(line)
    with pytest.raises(TypeError, match="callback must be a callable"):
        messages_of(before, "run()")
    after = messages_of(fixed(before, "AAC412"), "run()")
    assert [message.args for message in after] == [[1], [2], [3]]


# -- unsafe: schedules --------------------------------------------------------------------------------------------


def schedule_of(source: str) -> dict[str, dict[str, Any]]:
    """The schedule that settings define."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    schedule: dict[str, dict[str, Any]] = namespace["CELERYBEAT_SCHEDULE"]
    return schedule


@pytest.mark.parametrize(
    ("fields", "often", "expected"),
    [
        ("hour=3", 60, ["Mon 01 03:00"]),
        ('minute="0", day_of_week="mon"', 24, ["Mon 01 00:00"]),
    ],
)
def test_a_crontab_is_due_once_where_it_was_each_minute(
    fixed: Fixer, worker: Worker, fields: str, often: int, expected: list[str]
) -> None:
    """AAC501: at each minute of an hour, or hour of a day, before; at the first of them after."""
    source = (
        "from celery.schedules import crontab\n\nCELERYBEAT_SCHEDULE = {\n"
        f'    "proof_report": {{"task": "proof.tasks.report", "schedule": crontab({fields})}},\n}}\n'
    )
    after = fixed(source, "AAC501", unsafe=True, file="settings.py")
    before, then = (beat.times(schedule_of(text)["proof_report"]["schedule"]) for text in (source, after))
    assert len(before) == often
    assert then == expected


def test_an_entry_of_a_schedule_sends_the_same_under_another_name(fixed: Fixer) -> None:
    """AAC505: beat sends the same messages, for an entry that is called otherwise."""
    (fixed.package / "tasks.py").write_text(TASKS)
    source = (
        'CELERYBEAT_SCHEDULE = {\n    "update it": {\n        "task": "proof.tasks.update",\n'
        '        "schedule": 3600,\n        "args": [1],\n        "options": {"priority": 7},\n    },\n}\n'
    )
    after = fixed(source, "AAC505", unsafe=True, file="settings.py")
    assert [list(schedule_of(text)) for text in (source, after)] == [["update it"], ["proof_update"]]
    send = f"\nfrom {beat.__name__} import send_all\nsend_all(CELERYBEAT_SCHEDULE)"
    sent = messages_of(TASKS, source + send)
    assert [(message.name, message.args, message.priority) for message in sent] == [("update", [1], 7)]
    assert messages_of(TASKS, after + send) == sent


def test_a_task_that_was_moved_has_the_name_that_it_had(fixed: Fixer) -> None:
    """AAC101: the moved task is sent under its old name."""
    before = "from celery import shared_task\n\n\n@shared_task(priority=6)\ndef helps(pk):\n    return pk\n"
    after = fixed.moved(before, "AAC101", file="helpers.py")
    sent = messages_of(before, "helps.delay(1)", module="proof.helpers")
    assert sent == messages_of(after, "helps.delay(1)", module="proof.tasks") != []


# -- settings and signals ---------------------------------------------------------------------------------------


def read_by_an_application(source: str, name: str) -> Any:
    """What an application without a namespace reads for a setting from a module with this source."""
    settings = types.ModuleType("settings_of_a_test")
    exec(source, vars(settings))
    app = Celery("reads", set_as_current=False)
    app.config_from_object(settings)
    try:
        return getattr(app.conf, name)
    finally:
        app.close()


def test_a_schedule_is_read_under_its_right_name(fixed: Fixer) -> None:
    """AAC507: the schedule that nobody read is the one that beat has."""
    source = 'INSTALLED_APPS = []\nCELERY_BEAT_SCHEDULE = {"a": {"task": "x.tasks.a", "schedule": 60}}\n'
    after = fixed(source, "AAC507", file="settings.py")
    assert read_by_an_application(source, "beat_schedule") == {}
    assert list(read_by_an_application(after, "beat_schedule")) == ["a"]


def test_settings_of_one_style_are_read(fixed: Fixer) -> None:
    """AAC704: settings of two styles could only raise."""
    source = 'task_default_queue = "services"\nCELERY_ACKS_LATE = True\n'
    application = "from celery import Celery\napp = Celery('a')\napp.config_from_object('proof.configuration')\n"
    (fixed.package / "application.py").write_text(application)
    after = fixed(source, "AAC704", file="configuration.py")
    with pytest.raises(ImproperlyConfigured):
        read_by_an_application(source, "task_acks_late")
    assert read_by_an_application(after, "task_acks_late") is True


def test_a_receiver_that_is_not_weak_is_called(fixed: Fixer, monkeypatch: pytest.MonkeyPatch) -> None:
    """AAC801: `weak=False` keeps the receiver that was gone before."""
    monkeypatch.setattr(signals.heartbeat_sent, "receivers", [])
    source = (
        "from celery import signals\n\nheard = []\n"
        "signals.heartbeat_sent.connect(lambda **_: heard.append(1))\n"
        "signals.heartbeat_sent.send(sender=None)\n"
    )
    before: dict[str, Any] = {}
    exec(source, before)
    after: dict[str, Any] = {}
    exec(fixed(source, "AAC801"), after)
    assert (before["heard"], after["heard"]) == ([], [1])
