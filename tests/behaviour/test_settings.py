"""Which settings Celery reads, under which names, and what it makes of them."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery
from celery.exceptions import ImproperlyConfigured, QueueNotFound

from .harness import CELERY
from .tasks import a, b

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .harness import Worker
    from .redis_broker import Broker

SCHEDULE = {"entry": {"task": "app.update", "schedule": 60}}


def read(name: str, settings: dict[str, Any], namespace: str | None = None) -> Any:
    """What an application has for a setting that is configured from an object, as from Django's settings."""
    app = Celery("reads", set_as_current=False)
    app.config_from_object(SimpleNamespace(**settings), namespace=namespace)
    try:
        return getattr(app.conf, name)
    finally:
        app.close()


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("CELERYBEAT_SCHEDULE", SCHEDULE),
        ("beat_schedule", SCHEDULE),
        ("CELERY_BEAT_SCHEDULE", {}),
        ("BEAT_SCHEDULE", {}),
    ],
)
def test_a_schedule_without_a_namespace_is_called_celerybeat_schedule(name: str, read_as: dict[str, Any]) -> None:
    """Without a namespace, as in Alliance Auth, `CELERY_BEAT_SCHEDULE` is never read; `CELERYBEAT_SCHEDULE` is."""
    assert read("beat_schedule", {name: SCHEDULE}) == read_as


def test_a_schedule_in_a_namespace_is_called_by_it() -> None:
    """With `namespace="CELERY"`, `CELERY_BEAT_SCHEDULE` is read."""
    assert read("beat_schedule", {"CELERY_BEAT_SCHEDULE": SCHEDULE}, "CELERY") == SCHEDULE


OLD = [
    ("CELERYBEAT_SCHEDULE", "beat_schedule", SCHEDULE),
    ("CELERY_ACKS_LATE", "task_acks_late", True),
    ("CELERY_DEFAULT_QUEUE", "task_default_queue", "services"),
    ("CELERY_ALWAYS_EAGER", "task_always_eager", True),
    ("CELERYD_TASK_TIME_LIMIT", "task_time_limit", 60),
]
"""Names of before Celery 4, what they are called now, and a value."""


@pytest.mark.parametrize(("old", "new", "value"), OLD, ids=lambda x: x if isinstance(x, str) else "")
def test_old_names_are_read_without_a_namespace(old: str, new: str, value: object) -> None:
    """`CELERY_ACKS_LATE` and its like mean what they always did."""
    assert read(new, {old: value}) == value


@pytest.mark.skipif(CELERY < (5, 7), reason="Celery before 5.7 does not read them")
@pytest.mark.parametrize(("old", "new", "value"), OLD, ids=lambda x: x if isinstance(x, str) else "")
def test_old_names_are_read_in_a_namespace(old: str, new: str, value: object) -> None:
    """From Celery 5.7 on, with `namespace="CELERY"` the old names count, too, `CELERYBEAT_SCHEDULE` among them."""
    assert read(new, {old: value}, "CELERY") == value


@pytest.mark.skipif(CELERY >= (5, 7), reason="Celery 5.7 reads them")
@pytest.mark.parametrize(("old", "new", "value"), OLD, ids=lambda x: x if isinstance(x, str) else "")
def test_old_names_are_not_read_in_a_namespace_on_older_celery(old: str, new: str, value: object) -> None:
    """Before Celery 5.7, with `namespace="CELERY"` no old name counts."""
    assert read(new, {old: value}, "CELERY") != value


@pytest.mark.parametrize(
    ("wrong", "right", "name"),
    [
        ("CELERY_TIME_LIMIT", "CELERY_TASK_TIME_LIMIT", "task_time_limit"),
        ("CELERY_SOFT_TIME_LIMIT", "CELERY_TASK_SOFT_TIME_LIMIT", "task_soft_time_limit"),
        ("CELERY_MAX_TASKS_PER_CHILD", "CELERY_WORKER_MAX_TASKS_PER_CHILD", "worker_max_tasks_per_child"),
        ("CELERY_CONCURRENCY", "CELERY_WORKER_CONCURRENCY", "worker_concurrency"),
        ("CELERY_TASK_DEFAULT_PRORITY", "CELERY_TASK_DEFAULT_PRIORITY", "task_default_priority"),
    ],
)
def test_a_setting_of_a_namespace_that_celery_does_not_know_means_nothing(wrong: str, right: str, name: str) -> None:
    """With `namespace="CELERY"`, `CELERY_TIME_LIMIT` is accepted, and no limit: it is `CELERY_TASK_TIME_LIMIT`."""
    assert read(name, {wrong: 60}, "CELERY") is None
    assert read(name, {right: 60}, "CELERY") == 60


def test_a_setting_that_celery_does_not_know_means_nothing(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`app.conf.task_default_prority = 8` is accepted, and the default stays."""
    monkeypatch.setitem(worker.app.conf, "task_default_prority", 8)
    a.delay()
    assert worker.priorities() == [("a", 5)]


def test_a_setting_of_celery_is_none_of_its_transport(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """`task_default_priority` inside `broker_transport_options` means nothing."""
    options = {**worker.app.conf.broker_transport_options, "task_default_priority": 8}
    monkeypatch.setitem(worker.app.conf, "broker_transport_options", options)
    a.delay()
    assert worker.priorities() == [("a", 5)]


@pytest.mark.parametrize(
    "settings",
    [
        {"CELERY_ACKS_LATE": True, "task_default_queue": "services"},
        {"CELERYD_TASK_TIME_LIMIT": 60, "worker_concurrency": 2},
    ],
    ids=["task", "worker"],
)
def test_old_and_new_names_of_settings_are_refused_together(settings: dict[str, Any]) -> None:
    """`CELERY_ACKS_LATE` beside `task_default_queue`: `ImproperlyConfigured` when the settings are first read."""
    with pytest.raises(ImproperlyConfigured, match="Cannot mix new and old setting keys"):
        read("task_acks_late", settings)


def test_new_names_in_upper_case_are_not_read_without_a_namespace() -> None:
    """`CELERY_TASK_ACKS_LATE`, which is right with `namespace="CELERY"`, is nothing without."""
    assert read("task_acks_late", {"CELERY_TASK_ACKS_LATE": True}) is False
    assert read("task_acks_late", {"CELERY_TASK_ACKS_LATE": True}, "CELERY") is True


def test_a_password_in_a_url_is_the_one_that_is_used() -> None:
    """`broker_url = "redis://:secret@…"`: whoever reads the settings can connect; Celery hides it when it logs."""
    app = Celery("secret", broker="redis://:secret@127.0.0.1:1/0", set_as_current=False)
    with app.connection_for_write() as connection:
        assert connection.password == "secret"
        assert "secret" not in connection.as_uri()
    app.close()


@pytest.fixture
def routes(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the application these settings of its routing."""

    def set_up(**settings: Any) -> None:
        for name, value in settings.items():
            monkeypatch.setitem(worker.app.conf, name, value)
        for cached in ("router", "queues", "_rtable", "_queues"):
            monkeypatch.delitem(worker.app.amqp.__dict__, cached, raising=False)
        monkeypatch.setattr(worker.app.amqp, "_rtable", None)

    return set_up


@pytest.mark.parametrize(
    ("pattern", "queue"),
    [
        (a.name, "services"),
        ("*.tasks.a", "services"),
        ("*", "services"),
        ("behaviour.task.a", "celery"),
        ("a", "celery"),
        ("tasks.*", "celery"),
    ],
)
def test_a_route_to_no_task_is_ignored(worker: Worker, routes: Callable[..., None], pattern: str, queue: str) -> None:
    """A key of `task_routes` that matches no name: the task goes to the default queue, and nobody complains."""
    routes(task_routes={pattern: {"queue": "services"}})
    a.delay()
    assert [message.queue for message in worker.sent] == [queue]


@pytest.mark.parametrize("setting", ["imports", "include"])
def test_an_import_that_is_no_module_stops_the_worker(setting: str) -> None:
    """`imports = ["nope.tasks"]`: `ModuleNotFoundError` when a worker imports its modules."""
    app = Celery("imports", set_as_current=False, changes={setting: ["nope.tasks"]})
    with pytest.raises(ModuleNotFoundError, match="nope"):
        app.loader.import_default_modules()
    app.close()


def test_an_undeclared_queue_is_refused_where_missing_ones_are_not_made(
    worker: Worker, routes: Callable[..., None]
) -> None:
    """With `task_create_missing_queues` off, `apply_async(queue="services")` raises `QueueNotFound`."""
    routes(task_create_missing_queues=False)
    with pytest.raises(QueueNotFound, match="services"):
        a.apply_async(queue="services")
    assert worker.sent == []


def test_an_undeclared_queue_is_made_and_nobody_consumes_it(worker: Worker) -> None:
    """Unless it is told to, no worker takes what lies in it."""
    a.apply_async(queue="services")
    b.delay()
    worker.run()
    assert [(message.name, message.outcome) for message in worker.sent] == [("a", None), ("b", "SUCCESS")]


class Touches:
    """An object that makes a directory when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str, int, bool]]:
        return os.makedirs, (self.path, 0o777, True)


@pytest.mark.parametrize("accepted", [["json", "pickle"], ["json"]], ids=["pickle", "json"])
def test_a_worker_that_accepts_pickle_runs_code_of_whoever_can_write_to_its_broker(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accepted: list[str]
) -> None:
    """The code runs while the message is read, whatever the task makes of it; a worker of JSON alone refuses it."""
    monkeypatch.setenv("C_FORCE_ROOT", "1")  # without it Celery refuses to accept pickle where root runs it
    broker.app.send_task("redis_tasks.say", [Touches(tmp_path / "made")], serializer="pickle", priority=5)
    broker.send("say", "next", priority=9)
    with broker.worker(accept_content=accepted):
        assert broker.happened(1) == ["next"]
    assert (tmp_path / "made").exists() == ("pickle" in accepted)


def test_yaml_runs_no_code(tmp_path: Path) -> None:
    """kombu reads YAML by `safe_load`: an object in it is refused."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: pip install it to run this")
    serialization = pytest.importorskip("kombu.serialization")
    text = f"!!python/object/apply:os.mkdir [{tmp_path / 'made'}]"
    with pytest.raises(serialization.DecodeError):
        serialization.loads(text, "application/x-yaml", "utf-8", accept={"application/x-yaml"})
    assert not (tmp_path / "made").exists()
    yaml.unsafe_load(text)
    assert (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("expires", "seconds"), [({}, 86400), ({"result_expires": None}, -1), ({"result_expires": 0}, -1)]
)
def test_a_result_is_kept_for_ever_if_it_does_not_expire(broker: Broker, expires: dict[str, Any], seconds: int) -> None:
    """`result_expires = None` or 0 leaves every result in Redis; it is a day unless told."""
    app = Celery("results", broker=broker.url, backend=broker.url, set_as_current=False, changes=expires)
    app.backend.store_result("an-id", 1, "SUCCESS")
    assert broker.client.ttl("celery-task-meta-an-id") == seconds
    app.close()
