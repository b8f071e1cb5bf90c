"""Which tasks and views ask the workers, which tasks start processes, and which updates beat does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.periodic.rows import unseen_updates_of
from flake8_aa_celery.model.workers.inspection import asked_workers_of
from flake8_aa_celery.model.workers.processes import processes_in_tasks_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

APP = "from celery import Celery, shared_task\nfrom celery.result import AsyncResult\napp = Celery('app')\n"
PROCESSES = "import multiprocessing\nimport concurrent.futures as f\nfrom celery import Celery, shared_task\n"
BEAT = "from django_celery_beat.models import PeriodicTask, PeriodicTasks\n"


def in_task(body: str) -> str:
    """A task that does something."""
    return f"@shared_task\ndef task(pk):\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("app.control.inspect()", ["inspect"]),
        ("i = app.control.inspect()\n    i.active()", ["inspect"]),
        ("app.control.revoke(pk, terminate=True)", ["revoke"]),
        ("AsyncResult(pk).revoke(terminate=True)", ["revoke"]),
        ("task.delay().revoke(terminate=True)", ["revoke"]),
        ("app.control.revoke(pk)", []),
        ("app.control.revoke(pk, terminate=pk)", []),
        ("other.control.inspect()", []),
        ("app.inspect()", []),
    ],
)
def test_what_a_task_asks(tmp_path: Path, body: str, asked: list[str]) -> None:
    module = module_of(tmp_path, APP + in_task(body))
    assert [found.what for found in asked_workers_of(module)] == asked


def test_what_asks_may_stand_in_another_file(tmp_path: Path) -> None:
    files = {"app/helpers.py": APP + "def active():\n    return app.control.inspect().active()"}
    source = "from celery import shared_task\nfrom app.helpers import active\n" + in_task("active()")
    (found,) = asked_workers_of(module_of(tmp_path, source, files=files))
    assert [stage.what for stage in found.way] == ["active", "inspect"]


@pytest.mark.parametrize(
    ("body", "started"),
    [
        ("multiprocessing.Process(target=print)", "multiprocessing.Process"),
        ("multiprocessing.Pool()", "multiprocessing.Pool"),
        ("multiprocessing.pool.Pool()", "multiprocessing.pool.Pool"),
        ("multiprocessing.get_context('spawn').Pool()", "multiprocessing.get_context.Pool"),
        ("f.ProcessPoolExecutor()", "concurrent.futures.ProcessPoolExecutor"),
        ("f.ThreadPoolExecutor()", ""),
        ("multiprocessing.pool.ThreadPool()", ""),
        ("multiprocessing.dummy.Pool()", ""),
    ],
)
def test_which_processes_a_task_starts(tmp_path: Path, body: str, started: str) -> None:
    module = module_of(tmp_path, PROCESSES + in_task(body))
    assert [found.way[-1].what for found in processes_in_tasks_of(module)] == [started] * bool(started)


@pytest.mark.parametrize(("pool", "number"), [("prefork", 1), ("solo", 0), ("threads", 0)])
def test_the_pool_of_the_workers_decides(tmp_path: Path, pool: str, number: int) -> None:
    source = f"{PROCESSES}app = Celery('app')\napp.conf.worker_pool = '{pool}'\n"
    module = module_of(tmp_path, source + in_task("multiprocessing.Pool()"))
    assert len(processes_in_tasks_of(module)) == number


@pytest.mark.parametrize(
    ("body", "methods"),
    [
        ("PeriodicTask.objects.filter(pk=pk).update(enabled=False)", ["update"]),
        ("PeriodicTask.objects.bulk_update(pk, ['enabled'])", ["bulk_update"]),
        ("PeriodicTask.objects.update(enabled=False)\n    PeriodicTasks.update_changed()", []),
        ("PeriodicTask.objects.filter(pk=pk).delete()", []),
        ("other.objects.update(enabled=False)", []),
    ],
)
def test_which_updates_beat_does_not_see(tmp_path: Path, body: str, methods: list[str]) -> None:
    module = module_of(tmp_path, f"{BEAT}def change(pk):\n    {body}\n")
    assert [found.method for found in unseen_updates_of(module)] == methods
