"""``aa-celery trace``: what a task, a view or a function leads to."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any

import pytest

from flake8_aa_celery.cli import main
from flake8_aa_celery.trace.text import WORDS
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    Shown = Callable[..., list[str]]

#: A small shop, of which every file has a part in what its tasks do.
FILES = {
    "pyproject.toml": "",
    "shop/__init__.py": "",
    "shop/tasks.py": """
        import logging

        from celery import chain, group, shared_task

        from shop.models import Product

        logger = logging.getLogger(__name__)


        @shared_task
        def update_all():
            logger.info("starts")
            logger.debug("goes on")
            for product in Product.objects.all():
                update.apply_async(args=[product.pk], priority=7)
            chain(update.si(1), report.si()).delay()


        @shared_task(name="shop.update-one", bind=True)
        def update(self, pk, force=False):
            product = Product.objects.get(pk=pk)
            try:
                product.fetch()
            except ValueError:
                logger.exception("failed")
                self.retry()
            if force:
                product.store([1, 2])


        @shared_task
        def report():
            update(1)


        @shared_task
        def nothing(x):
            return x + 1
        """,
    "shop/models.py": """
        import requests
        from django.db import models, transaction


        class Product(models.Model):
            def fetch(self):
                for part in self.parts.all():
                    requests.get(part.url)
                helper(self)

            @transaction.atomic
            def store(self, data):
                helper(self)

            def again(self):
                with transaction.atomic():
                    self.save()


        def helper(product):
            if product.pk:
                requests.post("x")
            helper(product)
        """,
    "shop/views.py": """
        from django.db import transaction
        from django.shortcuts import render

        from shop import tasks


        def index(request):
            with transaction.atomic():
                transaction.on_commit(lambda: tasks.update.delay(1))
            globals()["x"].apply_async(priority=3)
            return render(request, "index.html")


        def plain(request):
            return render(request, "plain.html")
        """,
    "other/__init__.py": "",
    "other/tasks.py": """
        from celery import shared_task


        @shared_task
        def report():
            report.delay()
        """,
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop, in the current folder."""
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text).lstrip("\n"), "utf-8")


@pytest.fixture
def shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> Shown:
    """The lines that the command prints with some arguments."""

    def lines(*arguments: str) -> list[str]:
        assert main(["trace", *arguments]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out.splitlines()

    return lines


def test_what_a_task_sends_is_shown_with_loops_priorities_and_the_members_of_workflows(shown: Shown) -> None:
    assert shown("shop.tasks.update_all") == [
        "task shop.tasks.update_all  shop/tasks.py:11",
        "├─ 12 logs info, debug (also in 13)",
        "├─ 14 for product in Product.objects.all()",
        "│  └─ 15 sends update, priority 7",
        "└─ 16 sends a chain of 2",
        "   ├─ 16 update, priority 5 by default",
        "   └─ 16 report, priority 5 by default",
    ]


def test_calls_are_followed_into_other_files_each_function_once(shown: Shown) -> None:
    assert shown("shop.tasks.update") == [
        "task shop.tasks.update  shop/tasks.py:20",
        "├─ 23 Product.fetch  shop/models.py:6",
        "│  ├─ 7 for part in self.parts.all(), waits for each item",
        "│  │  └─ 8 waits for requests.get",
        "│  └─ 9 helper  shop/models.py:20",
        "│     ├─ 22 if product.pk: waits for requests.post",
        "│     └─ 23 helper  shop/models.py:20  see above",
        "├─ 25 on ValueError: logs exception",
        "├─ 26 on ValueError: retries update",
        "└─ 28 if force: Product.store  shop/models.py:12",
        "   └─ 11 in transaction.atomic",
        "      └─ 13 helper  shop/models.py:20  see above",
    ]


def test_a_task_that_runs_here_is_shown_with_what_it_leads_to(shown: Shown) -> None:
    lines = shown("shop.tasks.report")
    assert lines[1] == "└─ 33 runs here update()  shop/tasks.py:20"
    assert lines[2] == "   ├─ 23 Product.fetch  shop/models.py:6"


def test_a_view_is_shown_with_its_transaction_and_what_runs_after_it(shown: Shown) -> None:
    assert shown("index") == [
        "view shop.views.index  shop/views.py:7",
        "├─ 8 in transaction.atomic",
        "│  └─ 9 on_commit(lambda)  shop/views.py:9",
        "│     └─ 9 sends update, priority 5 by default",
        "└─ 10 sends a task that is not known, priority 3",
    ]


def test_a_transaction_is_shown_though_nothing_is_in_it(shown: Shown) -> None:
    assert shown("Product.again") == [
        "function shop.models.Product.again  shop/models.py:15",
        "└─ 16 in transaction.atomic",
    ]


def test_what_leads_to_nothing_says_so(shown: Shown) -> None:
    assert shown("nothing") == [
        "task shop.tasks.nothing  shop/tasks.py:37",
        "└─ nothing that is known of: no wait, no send, no log, no transaction",
    ]


@pytest.mark.parametrize("name", ["shop.tasks.update", "shop.update-one", "update", "tasks.update"])
def test_a_task_has_several_names(shown: Shown, name: str) -> None:
    assert shown(name)[0] == "task shop.tasks.update  shop/tasks.py:20"


def test_without_a_name_all_tasks_and_views_are_shown_that_lead_to_something(shown: Shown) -> None:
    heads = [line.split()[1] for line in shown() if line[:1].isalpha()]
    assert heads == [
        "other.tasks.report",
        "shop.tasks.update_all",
        "shop.tasks.update",
        "shop.tasks.report",
        "shop.views.index",
    ]
    assert [line.split()[1] for line in shown("other") if line[:1].isalpha()] == ["other.tasks.report"]


def test_the_path_says_where_the_project_is(shown: Shown, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.parent)
    assert shown("update_all", f"{shop.name}/shop")[0].endswith(f"  {shop.name}/shop/tasks.py:11")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("report",),
            "2 functions are called 'report': other.tasks.report (other/tasks.py:5), "
            "shop.tasks.report (shop/tasks.py:32)",
        ),
        (("updte_all",), "there is no function 'updte_all'; did you mean 'update_all'?"),
        (
            ("shop.tasks.updte_all",),
            "there is no function 'shop.tasks.updte_all'; did you mean 'shop.tasks.update_all'?",
        ),
    ],
)
def test_a_name_that_is_not_that_of_one_function_is_misuse(
    shop: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], error: str
) -> None:
    assert main(["trace", *arguments]) == 2
    assert capsys.readouterr() == ("", f"aa-celery: {error}\n")


def test_a_path_that_is_not_there_is_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "none/there", "other"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "aa-celery: none/there: No such file or directory\n"
    assert captured.out.startswith("task other.tasks.report")


def test_programs_get_the_same_as_one_object(shown: Shown) -> None:
    answer: dict[str, Any] = json.loads("\n".join(shown("update_all", "--output-format", "json")))
    assert answer["version"] == 1
    (trace,) = answer["traces"]
    assert {key: trace[key] for key in ("kind", "name", "path", "line")} == {
        "kind": "task", "name": "shop.tasks.update_all", "path": "shop/tasks.py", "line": 11
    }  # fmt: skip
    first, second, loop, sent = trace["below"]
    assert [(item["kind"], item["text"], item["line"]) for item in (first, second)] == [
        ("logs", "info", 12), ("logs", "debug", 13)
    ]  # fmt: skip
    assert loop["below"] == [
        {
            "kind": "sends",
            "text": "update",
            "path": "shop/tasks.py",
            "line": 15,
            "when": "",
            "priority": {"value": 7, "source": "given", "text": "7"},
            "target": {"path": "shop/tasks.py", "line": 20},
            "per_item": False,
            "seen": False,
            "below": [],
        }
    ]
    assert [member["kind"] for member in sent["below"]] == ["member", "member"]


def test_a_terminal_gets_colours(shown: Shown) -> None:
    assert "\x1b[" in shown("update_all", "--color", "always")[0]


def test_a_hundred_calls_after_one_another_end(shop: Path, shown: Shown) -> None:
    text = "import requests\n\n\ndef f100():\n    requests.get('x')\n"
    text += "".join(f"\n\ndef f{number}():\n    f{number + 1}()\n" for number in range(100))
    (shop / "shop/deep.py").write_text(text, "utf-8")
    lines = shown("f0")
    assert lines[1].endswith("f1  shop/deep.py:12")
    assert lines[-1].endswith("f51 …  shop/deep.py:212")


def test_another_way_through_a_function_is_shown_where_arguments_decide(shop: Path, shown: Shown) -> None:
    write(shop, {"shop/ways.py": """
        import logging

        import requests

        logger = logging.getLogger(__name__)


        def start():
            work(True)
            work(False)
            work(True)


        def work(quiet):
            if quiet:
                return
            requests.get("x")
            logger.info("done")
        """})  # fmt: skip
    assert shown("start") == [
        "function shop.ways.start  shop/ways.py:8",
        "└─ 10 work  shop/ways.py:14",
        "   ├─ 17 waits for requests.get",
        "   └─ 18 logs info",
    ]


@pytest.mark.parametrize(
    ("branch", "when"),
    [("if x:", "if x"), ("if not x:", "if not x"), ("if x:\n    pass\nelse:", "unless x"),
     ("if not x:\n    pass\nelse:", "if x"), ("try:\n    pass\nexcept (A, B):", "on A, B"),
     ("try:\n    pass\nexcept:", "on any exception")],
)  # fmt: skip
def test_the_nearest_condition_is_told(shop: Path, shown: Shown, branch: str, when: str) -> None:
    body = indent(f"{branch}\n    requests.get(x)\n", "    ")
    (shop / "shop/branch.py").write_text(f"import requests\n\n\ndef take(x):\n{body}", "utf-8")
    assert shown("take")[-1].partition(" ")[2].partition(" ")[2] == f"{when}: waits for requests.get"


def test_every_field_is_described(shown: Shown) -> None:
    page = (ROOT / "docs" / "trace.md").read_text("utf-8")
    answer = json.loads("\n".join(shown("update_all", "--output-format", "json")))
    (trace,) = answer["traces"]
    fields = {*answer, *trace, *trace["below"][0], *trace["below"][2]["below"][0]["priority"]}
    assert [field for field in sorted(fields) if f"`{field}`" not in page] == []
    assert [kind for kind in WORDS if f"`{kind}`" not in page] == []


CLASSES = """\
import requests
from shop.tasks import app


class Fetch(app.Task):
    name = "fetch"

    def run(self, url):
        return self.load(url)

    def load(self, url):
        return requests.get(url, timeout=3)


fetch = app.register_task(Fetch())
"""


@pytest.mark.parametrize("name", ["fetch", "Fetch", "Fetch.run", "shop.classes.Fetch", "shop.classes.Fetch.run"])
def test_a_task_that_is_a_class_is_known_by_its_names(shop: Path, shown: Shown, name: str) -> None:
    (shop / "shop" / "classes.py").write_text(CLASSES.replace("shop.tasks", "shop.celery"))
    (shop / "shop" / "celery.py").write_text('from celery import Celery\n\napp = Celery("shop")\n')
    head, *below = shown(name)
    assert head == "task shop.classes.Fetch  shop/classes.py:8"
    assert [line.lstrip("└─ ") for line in below] == [
        "9 Fetch.load  shop/classes.py:11",
        "12 waits for requests.get",
    ]
