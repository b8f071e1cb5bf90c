"""What is on the map, by the files of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.graph.build import build
from flake8_aa_celery.settings import Settings
from maps import copy_project, of_files, starts

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.graph.elements import Graph

TASKS = """\
from celery import chain, chord, group, shared_task

@shared_task(**OTHERS, priority=7, bind=True)
def a(self): ...

@shared_task(name="app.bee")
def b(): ...
"""


@pytest.fixture
def hangar(folder: Path) -> Graph:
    copy_project(folder)
    return build(["."], Settings(), lambda path, why: pytest.fail(f"{path}: {why}"))


def test_a_task_has_its_name_place_options_and_priority(folder: Path) -> None:
    graph = of_files(folder, {"app/__init__.py": "", "app/tasks.py": TASKS})
    a, b = graph.tasks
    assert (a.id, a.registered_name, a.path, a.line) == ("app.tasks.a", "", "app/tasks.py", 4)
    assert a.options == (("bind", "True"), ("priority", "7"), ("**", "…"))
    assert a.priority == (7, "given", "7")
    assert (b.registered_name, b.priority) == ("app.bee", (5, "default", "5"))


@pytest.mark.parametrize(
    ("source", "kind", "detail"),
    [
        ("hangar.views.index", "view", ""),
        ("hangar.views.Polls.post", "view", ""),
        ("hangar.signals.character_saved", "receiver", "post_save"),
        ("hangar.admin.CharacterAdmin.update", "admin", ""),
        ("hangar.management.commands.hangar_load.Command.handle", "command", ""),
        ("hangar.models.Character._start", "function", ""),
        ("schedule hangar_update_all", "schedule", "crontab(minute='0', hour='3')"),
        ("esi.tasks.cleanup_token", "foreign", ""),
    ],
)
def test_what_starts_tasks_is_known_by_its_kind(hangar: Graph, source: str, kind: str, detail: str) -> None:
    node = hangar.by_id()[source]
    assert (node.kind, node.detail) == (kind, detail)


@pytest.mark.parametrize(
    "source",
    [
        "def start(**kwargs):\n    b.delay()\n\npost_save.connect(receiver=start)\n",
        "def start(**kwargs):\n    b.delay()\n\npost_save.connect(start)\n",
        "@receiver(signal=post_save)\ndef start(**kwargs):\n    b.delay()\n",
    ],
)
def test_a_receiver_is_one_however_it_is_connected(folder: Path, source: str) -> None:
    imports = "from django.db.models.signals import post_save\nfrom django.dispatch import receiver\n"
    files = {"app/tasks.py": TASKS, "app/signals.py": f"{imports}from .tasks import b\n{source}"}
    (node,) = (node for node in of_files(folder, files).nodes if node.name == "start")
    assert (node.kind, node.detail) == ("receiver", "post_save")


def test_a_checkout_below_a_folder_of_commands_holds_more_than_commands(folder: Path) -> None:
    checkout = folder / "management" / "commands" / "checkout"
    checkout.mkdir(parents=True)
    start = "from app.tasks import b\n\ndef start():\n    b.delay()\n"
    files = {"app/tasks.py": TASKS, "app/helpers.py": start, "app/management/commands/load.py": start}
    kinds = {node.id: node.kind for node in of_files(checkout, files, str(checkout)).nodes if node.name == "start"}
    assert kinds == {"helpers.start": "function", "load.start": "command"}


def test_a_task_is_found_by_its_name_in_another_project_of_the_map(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "pyproject.toml").touch()
    text = "from celery import current_app\ncurrent_app.send_task('app.bee')\n"
    graph = of_files(folder, {"other/tasks.py": TASKS, "app/start.py": text}, "app", "other")
    assert starts(graph) == {("start", "send_task", "tasks.b", "5")}


def test_every_way_to_start_a_task_is_an_edge_with_its_priority(hangar: Graph) -> None:
    tasks = "hangar.tasks."
    assert starts(hangar) == {
        ("schedule hangar_update_all", "beat", f"{tasks}update_all", "5"),
        ("hangar.admin.CharacterAdmin.update", "apply_async", f"{tasks}update_assets", "6"),
        ("hangar.admin.CharacterAdmin.update", "delay", "esi.tasks.cleanup_token", "5"),
        ("hangar.helpers.tell", "delay", f"{tasks}notify", "5"),
        ("hangar.helpers.tell_all", "calls", "hangar.helpers.tell", ""),
        ("hangar.management.commands.hangar_load.Command.handle", "()", f"{tasks}update_prices", ""),
        ("hangar.models.Character._start", "apply_async", f"{tasks}update_assets", "2"),
        ("hangar.models.Character.refresh", "calls", "hangar.models.Character._start", ""),
        ("hangar.signals.character_saved", "apply_async", f"{tasks}update_assets", "5"),
        (f"{tasks}update_all", "delay", f"{tasks}update_assets", "7"),
        (f"{tasks}poll", "apply_async", f"{tasks}poll", "number"),
        ("hangar.views.index", "apply_async", f"{tasks}update_prices", "3"),
        ("hangar.views.index", "calls", "hangar.helpers.tell_all", ""),
        ("hangar.views.Polls.post", "delay", f"{tasks}poll", "5"),
    }


def test_what_a_loop_sends_is_marked(hangar: Graph) -> None:
    marked = {edge.source for edge in hangar.edges if edge.per_item}
    assert marked == {"hangar.tasks.update_all", "hangar.admin.CharacterAdmin.update"}


def test_a_schedule_that_documents_repeat_is_there_once(hangar: Graph) -> None:
    assert [(node.path, node.line) for node in hangar.nodes if node.kind == "schedule"] == [("README.md", 6)]


def test_a_workflow_has_its_members_in_order_each_with_the_priority_that_it_gets(hangar: Graph) -> None:
    (workflow,) = hangar.workflows
    assert (workflow.title, workflow.owner, workflow.method) == ("chain of 3", "hangar.tasks.update_all", "apply_async")
    assert [(step.number, step.depth, step.text, step.priority and step.priority.text) for step in workflow.steps] == [
        ("1", 0, "update_prices", "8"),
        ("2", 0, "group", None),
        ("", 1, "update_assets", "7"),
        ("", 1, "notify", "5"),
        ("3", 0, "notify", "5"),
    ]


def test_the_violations_of_a_task_are_those_between_its_decorator_and_its_end(hangar: Graph) -> None:
    found = {node.name: [finding.code for finding in node.violations] for node in hangar.tasks if node.violations}
    assert found == {"update_all": ["AAC303", "AAC207"]}


@pytest.mark.parametrize(("comment", "is_there"), [("", True), ("  # noqa: AAC207", False)])
def test_what_noqa_silences_is_no_violation_on_the_map(folder: Path, comment: str, is_there: bool) -> None:
    text = f"{TASKS}@shared_task\ndef c():\n    chain(b.si(), b.si()).apply_async(priority=8){comment}\n"
    graph = of_files(folder, {"app/tasks.py": text})
    assert ("AAC207" in {finding.code for task in graph.tasks for finding in task.violations}) is is_there


WORKFLOWS = {
    "group(b.si(), b.si()).apply_async(priority=8)": ("group of 2", "apply_async", ["8", "8"]),
    "chain(b.si(), b.si())(priority=8)": ("chain of 2", "()", ["5", "5"]),
    "chord([b.si()], b.si()).apply_async()": ("chord of 2", "apply_async", ["5", "5"]),
    "chord([b.si()])(b.si().set(priority=3))": ("chord of 2", "()", ["5", "3"]),
    "chord(b.si() for x in y)(body=b.si())": ("chord", "()", ["5", "5"]),
    "header = chord([b.si()])\n    header(chain(b.si(), b.si()))": ("chord of 2", "()", ["5", None, "5", "5"]),
    "chord([b.si()], b.si())(priority=3)": ("chord of 2", "()", ["3", "3"]),
    "chain(b.si().set(priority=3) for x in y).delay()": ("chain", "delay", ["3"]),
    "(b.si() | b.si().set(priority=4)).delay()": ("chain of 2", "delay", ["5", "4"]),
    "b.map(xs).apply_async(priority=6)": ("map of 1", "apply_async", ["6"]),
    "a.map(xs).delay()": ("map of 1", "delay", ["5"]),
    "return chain(b.si(), unknown(), *more)": ("chain", "", ["5", None, None]),
}


@pytest.mark.parametrize("source", WORKFLOWS)
def test_each_kind_of_workflow_is_one_with_the_priorities_of_its_members(folder: Path, source: str) -> None:
    graph = of_files(folder, {"app/tasks.py": f"{TASKS}\ndef start(y):\n    {source}\n"})
    (workflow,) = graph.workflows
    assert (workflow.title, workflow.method, [s.priority and s.priority.text for s in workflow.steps]) == WORKFLOWS[
        source
    ]
    assert graph.edges == ()


def test_a_signature_that_goes_elsewhere_is_an_edge(folder: Path) -> None:
    graph = of_files(folder, {"app/tasks.py": f"{TASKS}\ndef make():\n    return b.s().set(priority=3)\n"})
    assert starts(graph) == {("tasks.make", "s", "tasks.b", "5")}


def test_a_signature_that_is_sent_is_one_edge(folder: Path) -> None:
    graph = of_files(folder, {"app/tasks.py": f"{TASKS}\ndef send():\n    b.si().set(priority=3).delay()\n"})
    assert starts(graph) == {("tasks.send", "delay", "tasks.b", "3")}


def test_a_task_that_is_sent_by_its_name_is_found(folder: Path) -> None:
    text = "from celery import current_app\ncurrent_app.send_task('app.bee', priority=9)\n"
    graph = of_files(folder, {"app/tasks.py": TASKS, "app/start.py": text})
    assert starts(graph) == {("start", "send_task", "tasks.b", "9")}
    assert graph.by_id()["start"].kind == "module"


def test_only_what_belongs_to_the_paths_is_shown(folder: Path) -> None:
    copy_project(folder)
    graph = build(["hangar/models.py"], Settings(), lambda path, why: None)
    names = {node.name for node in graph.nodes}
    assert names == {"Character._start", "Character.refresh", "update_assets"}


def test_starters_outside_of_the_paths_are_shown_through_the_functions_that_they_call(folder: Path) -> None:
    copy_project(folder)
    graph = build(["hangar/tasks.py"], Settings(), lambda path, why: None)
    assert {"index", "tell_all", "tell", "notify"} <= {node.name for node in graph.nodes}


def test_whoever_calls_a_function_that_a_task_calls_too_is_shown(folder: Path) -> None:
    tasks = "from celery import shared_task\nfrom helpers import start\n"
    tasks += "@shared_task\ndef a():\n    start()\n\n@shared_task\ndef b(): ...\n"
    helpers = "def start():\n    from tasks import b\n    b.delay()\n"
    views = "from helpers import start\n\ndef view(request):\n    start()\n"
    files = {"tasks.py": tasks, "helpers.py": helpers, "views.py": views}
    graph = of_files(folder, files, "tasks.py")
    assert {node.name for node in graph.nodes} == {"a", "b", "start", "view"}


def test_a_file_that_cannot_be_parsed_is_told_and_the_others_are_shown(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    (folder / "broken.py").write_text("from celery import\n")
    (folder / "tasks.py").write_text("from celery import shared_task\n@shared_task\ndef f(): ...\n")
    failures: list[str] = []
    graph = build([".", "missing.py"], Settings(), lambda path, why: failures.append(path))
    assert ([node.id for node in graph.nodes], failures) == (["tasks.f"], ["missing.py", "broken.py"])


def test_tests_are_left_out_unless_they_are_asked_for(folder: Path) -> None:
    files = {"app/tests/tasks.py": TASKS}
    assert of_files(folder, files).tasks == []
    graph = build(["."], Settings()._replace(check_tests=True), lambda path, why: None)
    assert [task.name for task in graph.tasks] == ["a", "b"]


def test_without_alliance_auth_nobody_knows_the_default(folder: Path) -> None:
    of_files(folder, {"app/tasks.py": TASKS})
    graph = build(["."], Settings()._replace(profile="celery"), lambda path, why: None)
    assert graph.tasks[1].priority == (None, "default", "default")


def test_nothing_of_the_project_is_imported(folder: Path) -> None:
    graph = of_files(folder, {"app/tasks.py": f"{TASKS}\nopen('imported', 'w')\n"})
    assert len(graph.tasks) == 2
    assert not (folder / "imported").exists()


def test_two_tasks_of_one_name_are_two_nodes(folder: Path) -> None:
    text = "from celery import shared_task\n@shared_task\ndef f(): ...\n"
    graph = of_files(folder, {"app/tasks.py": text, "other/tasks.py": text})
    assert [task.id for task in graph.tasks] == ["tasks.f", "tasks.f#2"]


FETCHING = """\
import requests

def load(url):
    return requests.get(url, timeout=5)

def load_all(urls):
    for url in urls:
        load(url)
"""
WAITING = """\
import time

from celery import shared_task
from app import api

@shared_task
def once(url):
    api.load(url)

@shared_task
def often(urls):
    api.load_all(urls)
    time.sleep(5)

@shared_task
def in_its_own_loop(urls):
    for url in urls:
        api.load(url)

@shared_task
def both(urls):
    api.load(urls[0])
    api.load_all(urls)

@shared_task
def now_and_then(url):
    try:
        len(url)
    except ValueError:
        api.load(url)

@shared_task
def never(url):
    return len(url)

@shared_task
def of_another(url):
    once(url)
    never.run(url)
"""


@pytest.mark.parametrize(
    ("task", "waits"),
    [
        ("once", [("requests.get", False, "app/api.py", 4)]),
        ("often", [("time.sleep", False, "app/tasks.py", 13), ("requests.get", True, "app/api.py", 4)]),
        ("in_its_own_loop", [("requests.get", True, "app/api.py", 4)]),
        ("both", [("requests.get", True, "app/api.py", 4)]),
        ("now_and_then", []),
        ("never", []),
        ("of_another", [("requests.get", False, "app/api.py", 4)]),
    ],
)
def test_a_task_has_what_it_waits_for(folder: Path, task: str, waits: list[tuple[str, bool, str, int]]) -> None:
    graph = of_files(folder, {"app/__init__.py": "", "app/api.py": FETCHING, "app/tasks.py": WAITING})
    assert list(graph.by_id()[f"app.tasks.{task}"].waits) == waits


def test_functions_that_call_each_other_wait_once(folder: Path) -> None:
    text = """\
import time

from celery import shared_task

@shared_task
def start(n):
    ping(n)

def ping(n):
    pong(n)

def pong(n):
    time.sleep(9)
    for each in range(n):
        ping(each)
"""
    graph = of_files(folder, {"app/__init__.py": "", "app/tasks.py": text})
    assert [wait.text for wait in graph.by_id()["app.tasks.start"].waits] == ["time.sleep"]


def test_a_view_and_a_function_have_what_they_wait_for(folder: Path) -> None:
    views = """\
import requests
from app.tasks import once

def index(request):
    start(request.user)

def start(user):
    requests.post("https://example.com", timeout=3)
    once.delay(user.pk)
"""
    graph = of_files(
        folder, {"app/__init__.py": "", "app/api.py": FETCHING, "app/tasks.py": WAITING, "app/views.py": views}
    )
    waits = [("requests.post", False, "app/views.py", 8)]
    assert [list(graph.by_id()[f"app.views.{name}"].waits) for name in ("index", "start")] == [waits, waits]
