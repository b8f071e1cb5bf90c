"""Ten times as much of anything costs about ten times as much.

Counted are the lines of our own code that run: unlike seconds they are the same on every machine.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from counting import lines_run

from flake8_aa_celery.fixes import whole_project
from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.project import Project
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.tasks.index import task_index_of
from flake8_aa_celery.settings import Settings
from support import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


HEAD = """
from celery import shared_task, chain, group, chord
from celery.result import AsyncResult
from celery_once import AlreadyQueued, QueueOnce
from django.db.models.signals import post_save
import requests
import time

@shared_task(priority=5)
def t(a=1):
    print(a)

"""
EVERY_RULE = tuple(f"AAC{group}" for group in "1234569")
SOME, MORE = 40, 400
#: Of ten times as much; sorting and the like may cost a little more than that.
MOST = 12

CASES: dict[str, Callable[[int], str]] = {
    "tasks": lambda n: "".join(
        f"@shared_task(bind=True)\ndef t{i}(self, a):\n    t.delay({i})\n    for x in a:\n        t{i}.delay(x)\n"
        for i in range(n)
    ),
    "dispatches": lambda n: "t.delay(1)\n" * n,
    "dispatch_in_fn": lambda n: "def f():\n" + "    t.delay(1)\n" * n,
    "dispatch_in_loop": lambda n: "def f(xs):\n  for x in xs:\n" + "    t.delay(x)\n" * n,
    "imports": lambda n: (
        "".join(f"from m{i} import x{i}\n" for i in range(n)) + "".join(f"x{i}.delay()\n" for i in range(n))
    ),
    "samename": lambda n: "x = t.s()\nx.delay()\n" * n,
    "samename_if": lambda n: "def f(a):\n" + "    if a: x = t.s()\n    x.delay()\n" * n,
    "samename_if_loop": lambda n: "def f(a):\n  for b in a:\n" + "    if a: x = t.s()\n    x.delay()\n" * n,
    "samename_module_fn": lambda n: "x = t.s()\n" * n + "def f():\n" + "    x.delay()\n" * n,
    "global": lambda n: "x=None\n" + "def f():\n    global x\n    x = t.s()\n    x.delay()\n" * n,
    "groups": lambda n: "def f():\n    group(t.si(1), t.si(2)).delay()\n    return 1\n" * n,
    "results_by_hand": lambda n: "@shared_task\ndef f(x):\n    r = AsyncResult(x)\n    r.get()\n" * n,
    "results_revoked": lambda n: "def f(x):\n    r = AsyncResult(x)\n    r.revoke()\n" * n,
    "naps": lambda n: "@shared_task\ndef f(x):\n    time.sleep(3)\n    for y in x:\n        requests.get(y)\n" * n,
    "hidden_tasks": lambda n: "".join(
        f"@login\n@shared_task\ndef h{i}(x):\n    pass\nh{i}.delay(1)\n" for i in range(n)
    ),
    "plain_functions": lambda n: "".join(f"def p{i}(x): pass\np{i}.delay(1)\n" for i in range(n)),
    "receivers": lambda n: "".join(f"def r{i}(sender): t.delay(1)\npost_save.connect(r{i})\n" for i in range(n)),
    "caught": lambda n: "".join(
        f"@shared_task(base=QueueOnce, once={{'keys': []}})\ndef o{i}(): pass\n"
        f"def s{i}():\n    try:\n        o{i}.delay()\n    except AlreadyQueued:\n        pass\n"
        for i in range(n)
    ),
    "append": lambda n: "def f():\n    l = []\n" + "    l.append(t.s(1))\n" * n + "    group(l).delay()\n",
    "plus": lambda n: "def f():\n    l = []\n" + "    l += [t.s(1)]\n" * n + "    chain(l).delay()\n",
    "dictopts": lambda n: "opts = {'priority': 3}\ndef f():\n" + "    t.apply_async(**opts)\n" * n,
    "dictopts_calls": lambda n: (
        "def f():\n    opts = {'priority': 3}\n" + "    g(opts)\n    t.apply_async(**opts)\n" * n
    ),
    "dictlocal_calls": lambda n: (
        "def f():\n    opts = {'priority': 3}\n" + "    print(opts)\n    t.apply_async(**opts)\n" * n
    ),
    "manydicts": lambda n: (
        "def f():\n" + "".join(f"    o{i} = {{'priority': 3}}\n    t.apply_async(**o{i})\n" for i in range(n))
    ),
    "manylists": lambda n: "def f():\n" + "".join(f"    o{i} = [t.s()]\n    chain(o{i}).delay()\n" for i in range(n)),
    "bigchain": lambda n: "chain(" + "t.s(1)," * n + ").delay()\n",
    "bigchains": lambda n: ("chain(" + "t.si(1)," * 30 + ").delay()\n") * n,
    "results": lambda n: "def f():\n" + "".join(f"    r{i} = t.delay()\n    r{i}.get()\n" for i in range(n)),
    "results_same": lambda n: "def f():\n" + "    r = t.delay()\n    r.get()\n" * n,
    "logs": lambda n: (
        "import logging\nlogger=logging.getLogger(__name__)\n"
        + "@shared_task\ndef t1():\n"
        + "    logger.info('x')\n" * n
    ),
    "taskbody": lambda n: "@shared_task\ndef t1(a):\n" + "    a = a + 1\n" * n,
    "taskloops": lambda n: (
        "import requests\n@shared_task\ndef t1(a):\n" + "    for x in a:\n        requests.get(x)\n" * n
    ),
    "retry": lambda n: (
        "@shared_task(bind=True)\ndef t1(self, a):\n"
        + "    try:\n        pass\n    except Exception as e:\n        self.retry(exc=e)\n" * n
    ),
    "orm": lambda n: (
        "from app.models import M\n@shared_task\ndef t1(a):\n"
        + "    for x in M.objects.all():\n        x.save()\n        t.delay(x)\n" * n
    ),
    "transaction": lambda n: (
        "from django.db import transaction\ndef f():\n  with transaction.atomic():\n" + "    t.delay(1)\n" * n
    ),
    "schedule": lambda n: (
        "CELERYBEAT_SCHEDULE = {\n"
        + "".join(f" 'e{i}': {{'task': 'app.tasks.t{i}', 'schedule': crontab(minute='*')}},\n" for i in range(n))
        + "}\n"
    ),
    "schedule_sub": lambda n: (
        "from celery.schedules import crontab\n"
        + "".join(
            f"CELERYBEAT_SCHEDULE['e{i}'] = {{'task': 'app.tasks.t{i}', 'schedule': crontab(minute='*')}}\n"
            for i in range(n)
        )
    ),
    "plainfns": lambda n: "".join(f"def p{i}(a):\n    return a\n" for i in range(n)),
    "helpers": lambda n: (
        "".join(f"def p{i}(a):\n    t.delay(a)\n" for i in range(n))
        + "".join(f"@shared_task\ndef q{i}(a):\n    p{i}(a)\n" for i in range(n))
    ),
    "views": lambda n: "".join(
        f"def v{i}(request):\n    t.delay(1)\n    return render(request, 'x')\n" for i in range(n)
    ),
    "attrs": lambda n: (
        "class P:\n"
        + "".join(f"    A{i} = 3\n" for i in range(n))
        + "".join(f"t.apply_async(priority=P.A{i})\n" for i in range(n))
    ),
    "args": lambda n: (
        "@shared_task\ndef t1("
        + ",".join(f"a{i}" for i in range(n))
        + "): pass\nt1.delay("
        + ",".join("1" for i in range(n))
        + ")\n"
    ),
    "kwargs": lambda n: (
        "@shared_task\ndef t1("
        + ",".join(f"a{i}" for i in range(n))
        + "): pass\nt1.delay("
        + ",".join(f"a{i}=1" for i in range(n))
        + ")\n"
    ),
    "opts": lambda n: "t.apply_async(" + ",".join(f"a{i}=1" for i in range(n)) + ")\n",
    "dups": lambda n: "@shared_task\ndef d(): pass\n" * n,
    "tasks_called": lambda n: "".join(f"@shared_task\ndef c{i}(): c{i + 1}()\n" for i in range(n)),
    "comps": lambda n: "def f(xs):\n" + "    group(t.s(x) for x in xs).delay()\n" * n,
    "signals": lambda n: (
        "from django.dispatch import receiver\n"
        + "".join(f"@receiver(post_save)\ndef r{i}(sender, **kw):\n    t.delay(1)\n" for i in range(n))
    ),
    "nested_fn": lambda n: "def f():\n" + "".join(f"    def g{i}():\n        t.delay({i})\n" for i in range(n)),
    "joins": lambda n: "x = t.s() | t.s()\n" * n,
    "nonascii": lambda n: "".join("t.apply_async(priority='ä')\n" for i in range(n)),
    "oneline": lambda n: "; ".join("t.apply_async(priority='3')" for i in range(n)) + "\n",
    "oneline_nonascii": lambda n: "'ä'; " + "; ".join("t.apply_async(priority='3')" for i in range(n)) + "\n",
    "noqa": lambda n: "".join("t.apply_async(priority='3')  # noqa: E501\n" for i in range(n)),
    "mixed_calls": lambda n: "def f():\n" + "    g(h(1), k=2)\n" * n + "    x=[t.s()]\n    chain(x)()\n",
    "aliases": lambda n: "x=[]\n" + "".join(f"x{i} = x\n" for i in range(n)) + "x.append(t.s())\ngroup(x)()\n",
    "reaching_reads": lambda n: "def f(a):\n" + "".join(f"    x{i} = a\n    x{i}.foo()\n" for i in range(n)),
    "decorators": lambda n: "".join(f"@d{i}\n" for i in range(n)) + "@shared_task\ndef f(): pass\n",
    "sends": lambda n: "app.send_task('app.tasks.t')\n" * n,
    "prio_const": lambda n: "P = 3\n" + "t.apply_async(priority=P)\n" * n,
    "stars": lambda n: (
        "".join(f"from .m{i} import *\n" for i in range(n)) + "".join(f"x{i}.delay()\n" for i in range(n))
    ),
    "names_before_stars": lambda n: (
        "".join(f"x{i} = y{i}\n" for i in range(n))
        + "".join(f"from .m{i} import *\n" for i in range(n))
        + "".join(f"x{i}.delay()\n" for i in range(n))
    ),
    "waits": lambda n: (
        "@shared_task\ndef w(xs):\n    rs = []\n    for x in xs:\n        rs.append(t.delay(x))\n"
        + "    for r in rs:\n        r.get()\n" * n
    ),
    "once_tasks": lambda n: "".join(
        f"@shared_task(base=QueueOnce, once={{'keys': ['a']}})\ndef o{i}(a): pass\no{i}.delay({i})\n" for i in range(n)
    ),
    "names_sent": lambda n: "".join(
        f"@shared_task\ndef n{i}(): pass\napp.send_task('app.tasks.n{i}')\n" for i in range(n)
    ),
    "unknown_names": lambda n: "".join(
        f"@shared_task\ndef n{i}(): pass\napp.send_task('app.tasks.m{i}')\n" for i in range(n)
    ),
    "unknown_in_schedule": lambda n: (
        "CELERYBEAT_SCHEDULE = {\n"
        + "".join(f" 'e{i}': {{'task': 'app.tasks.x{i}', 'schedule': 60}},\n" for i in range(n))
        + "}\n"
        + "".join(f"@shared_task\ndef n{i}(): pass\n" for i in range(n))
    ),
    "asking_tasks": lambda n: (
        "def ask(x):\n    return requests.get(x)\n"
        + "".join(f"@shared_task\ndef a{i}(x):\n    ask(x)\n" for i in range(n))
    ),
    "calling_each_other": lambda n: (
        "".join(f"def f{i}(x):\n    f{i + 1}(x)\n    f{i // 2}(x, True)\n" for i in range(n))
        + f"def f{n}(x):\n    requests.get(x)\n    f0(x)\n"
        + "".join(f"@shared_task\ndef a{i}(x):\n    f{i}(x)\n" for i in range(n))
    ),
    "methods_calling_each_other": lambda n: (
        "class C:\n"
        + "".join(f"    def f{i}(self, x):\n        self.f{(i + 1) % n}(x)\n        print(x)\n" for i in range(n))
        + "@shared_task\ndef a(x):\n    for each in x:\n        C().f0(each)\n"
    ),
    "helpers_of_views": lambda n: "".join(
        f"def h{i}(x):\n    h{i + 1}(x)\ndef v{i}(request):\n    h{i}(1)\n    return render(request, 'x')\n"
        for i in range(n)
    ),
    "models": lambda n: (
        "from django.db import models\n"
        + "".join(
            f"class M{i}(models.Model):\n    o = models.ForeignKey('M{i // 2}', related_name='r{i}')\n"
            f"    def f(self):\n        self.o.f()\n        self.r{i + 1}.all()\n"
            for i in range(n)
        )
        + "@shared_task\ndef m(): M1().f()\n"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_ten_times_as_much_costs_ten_times_as_much(tmp_path: Path, case: str) -> None:
    (tmp_path / "setup.py").touch()
    settings = Settings(select=EVERY_RULE)

    def cost(count: int) -> int:
        data = (HEAD + CASES[case](count)).encode()
        return lines_run(lambda: lint(str(tmp_path / "app" / "tasks.py"), data, settings))

    cost(1)
    assert cost(MORE) < MOST * cost(SOME)


def test_a_task_that_moves_leaves_no_copy_of_its_project_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each move looks at the project before and after it; the command looks for no garbage."""
    (tmp_path / "setup.py").touch()
    text = "from celery import shared_task\n\n\n@shared_task\ndef update():\n    print(1)\n\n\nupdate.delay()\n"
    files = [(str(tmp_path / f"app{number}" / "helpers.py"), text.encode()) for number in range(12)]
    for number in range(12):  # a task moves in an app alone
        place(tmp_path, f"app{number}/__init__.py", b"")
        place(tmp_path, f"app{number}/apps.py", b"")
    monkeypatch.setattr(whole_project, "_ENOUGH_GARBAGE", 1_000)
    gc.collect()
    gc.disable()
    try:
        fixed = whole_project.fix_all(files, Settings(select=("AAC101",)), lambda part, work: work(part), unsafe=True)
        kept = sum(type(found) is Project for found in gc.get_objects())
    finally:
        gc.enable()
    assert len(fixed) == 24
    assert kept < 12  # of some the last answers are remembered


def test_a_line_full_of_signs_is_searched_once(tmp_path: Path) -> None:
    """What a search goes through again for each sign takes hours here."""
    (tmp_path / "setup.py").touch()
    file = tmp_path / "tasks.py"
    file.write_text(HEAD + "x = '" + "@a" * 2_000_000 + "'\n")
    assert [task.name for task in task_index_of(Workspace().project_of(str(file), Settings())).named("tasks.t")] == [
        "t"
    ]
