"""The engine: which place is fixed, in which order, and what it refuses."""

from __future__ import annotations

import codecs
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.fixes import engine
from flake8_aa_celery.fixes.engine import Fixed, fix
from flake8_aa_celery.fixes.whole_project import fix_all
from flake8_aa_celery.settings import Settings
from support import hidden_interrupt

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from celery import shared_task\n\n\n@shared_task\ndef update(pk):\n    ...\n\n\n"
BULK = Settings(select=("AAC205",))


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").touch()
    return str(tmp_path / "app" / "tasks.py")


def fixed(path: str, body: str, settings: Settings = BULK, head: str = HEAD) -> str:
    outcome = fix(path, (head + body).encode(), settings, unsafe=True)
    text = outcome.data.decode()
    assert text.startswith(head)
    return text[len(head) :]


def test_a_file_without_anything_to_fix_is_the_same(path: str) -> None:
    data = (HEAD + "def f():\n\tupdate.delay(1)   \n").encode()
    assert fix(path, data, BULK, unsafe=True) == Fixed(data, (), (), ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("for x in y: update.delay(x)\n", "for x in y: update.apply_async(args=[x], priority=7)\n"),
        ("for x in y: (update.delay)(x)\n", "for x in y: (update.apply_async)(args=[x], priority=7)\n"),
        ("for x in y: ((update.delay(x)))\n", "for x in y: ((update.apply_async(args=[x], priority=7)))\n"),
        ("for x in y: 'ä€𝄞'; update.delay(x)\n", "for x in y: 'ä€𝄞'; update.apply_async(args=[x], priority=7)\n"),
        ("for x in y:\n\tupdate.delay(x)\n", "for x in y:\n\tupdate.apply_async(args=[x], priority=7)\n"),
        ("\x0c\nfor x in y:\n  update.delay(x)", "\x0c\nfor x in y:\n  update.apply_async(args=[x], priority=7)"),
        (
            "for x in y:\n    z = update \\\n        .delay(x)\n",
            "for x in y:\n    z = update \\\n        .apply_async(args=[x], priority=7)\n",
        ),
        (
            "for x in y: update.si(x).set(expires='60').delay()\n",
            "for x in y: update.si(x).set(expires='60').apply_async(priority=7)\n",
        ),
        (
            "for x in y: f'{update.delay(x)} {x:>{3}}'\n",
            "for x in y: f'{update.apply_async(args=[x], priority=7)} {x:>{3}}'\n",
        ),
        ("z = [[update.delay(x) for x in y]]\n", "z = [[update.apply_async(args=[x], priority=7) for x in y]]\n"),
        (
            "for x in y: update.delay(update.delay(x))\n",
            "for x in y: update.apply_async(args=[update.apply_async(args=[x], priority=7)], priority=7)\n",
        ),
    ],
)
def test_the_place_is_found(path: str, before: str, after: str) -> None:
    assert fixed(path, before) == after


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_ends_of_lines_are_kept(path: str, end: str) -> None:
    before = (HEAD + "for x in y:\n    update.delay(x)\n    update.apply_async(\n        (x,),\n    )\n").replace(
        "\n", end
    )
    found = fix(path, before.encode(), Settings(select=("AAC205", "AAC105")), unsafe=True).data.decode()
    assert "apply_async(args=[x], priority=7)" in found
    assert f"{end}        priority=7,{end}    )" in found
    assert f"{end}logger = logging.getLogger(__name__){end}" in found
    assert "\n" not in found.replace(end, "")


def test_a_file_whose_lines_end_as_on_an_old_macintosh_is_left_alone(path: str) -> None:
    data = (HEAD + "for x in y: update.delay(x)\n").replace("\n", "\r").encode()
    outcome = fix(path, data, BULK, unsafe=True)
    assert outcome.data == data
    assert [why for _, why in outcome.refused] == ["its lines end in a way that libcst does not keep"]


def test_mixed_ends_of_lines_stay_mixed(path: str) -> None:
    assert fixed(path, "for x in y:\r\n    update.delay(x)\n    pass\r\n") == (
        "for x in y:\r\n    update.apply_async(args=[x], priority=7)\n    pass\r\n"
    )


def test_the_byte_order_mark_is_kept(path: str) -> None:
    data = codecs.BOM_UTF8 + (HEAD + "for x in 'ä': update.delay(x)\n").encode()
    assert fix(path, data, BULK, unsafe=True).data == data.replace(b"delay(x)", b"apply_async(args=[x], priority=7)")


def test_the_encoding_is_kept(path: str) -> None:
    data = b"# -*- coding: latin-1 -*-\n" + (HEAD + "for x in 'ä': update.delay(x)\n").encode("latin-1")
    assert fix(path, data, BULK, unsafe=True).data == data.replace(b"delay(x)", b"apply_async(args=[x], priority=7)")


def test_unsafe_fixes_are_made_on_request_only(path: str) -> None:
    data = (HEAD + "for x in y: update.delay(x)\n").encode()
    assert fix(path, data, BULK).applied == ()
    assert [violation.code for violation in fix(path, data, BULK, unsafe=True).applied] == ["AAC205"]


def test_what_noqa_silences_is_left_alone(path: str) -> None:
    body = "for x in y: update.delay(x)  # noqa: AAC205\n"
    assert fixed(path, body) == body


def test_an_import_with_noqa_is_not_made_longer(path: str) -> None:
    head = "from celery import chain  # noqa\n"
    body = "\n\ndef update():\n    ...\n\n\nchain(update.si())\n"
    found = fix(path, (head + body).encode(), Settings(select=("AAC103",))).data.decode()
    assert found == head + "from celery import shared_task\n" + body.replace("def", "@shared_task\ndef")


def test_a_fix_that_would_change_a_line_with_noqa_is_refused(path: str) -> None:
    body = "for x in y:\n    update.apply_async(\n        args=[x],\n        countdown=5)  # noqa: AAC205\n"
    assert fixed(path, body) == body
    assert fixed(path, body.replace("AAC205", "E501")) != body


def test_a_comment_is_never_lost(path: str) -> None:
    head = "from celery import shared_task\n\n\n@shared_task\ndef update(pk):\n    ...\n\n\n"
    body = "update.apply_async(\n    args=(  # which\n        1\n    ),\n)\n"
    outcome = fix(path, (head + body).encode(), Settings(select=("AAC402",)))
    assert outcome.data == (head + body).encode()
    assert [why for _, why in outcome.refused] == ["a comment would be lost"]
    assert [violation.code for violation in outcome.left] == ["AAC402"]


def test_a_fix_that_would_make_another_violation_is_refused(path: str) -> None:
    head = "from celery import shared_task\n\n\n"
    body = "@shared_task(bind=True)\ndef update():\n    ...\n\n\nupdate.delay(1)\n"
    outcome = fix(path, (head + body).encode(), Settings(select=("AAC109",)))
    assert outcome.applied == ()
    assert [why for _, why in outcome.refused] == ["AAC401 would be violated"]


def test_two_rules_at_one_place_are_fixed_one_after_the_other(path: str) -> None:
    body = "for x in y: update.delay(x, priority=0)\n"
    settings = Settings(select=("AAC201", "AAC205", "AAC206"))
    assert fixed(path, body, settings) == "for x in y: update.apply_async(args=[x], priority=5)\n"


def test_a_fix_that_would_bring_up_what_nothing_fixes_is_refused(path: str) -> None:
    outcome = fix(path, (HEAD + "update.delay(1, priority=0)\n").encode(), Settings(select=("AAC206",)))
    assert [why for _, why in outcome.refused] == ["AAC201 would be violated"]


def test_no_more_than_ten_rounds_are_made(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []

    def endless(self: object, *_: object) -> bool:
        rounds.append(self)
        return True

    monkeypatch.setattr(engine._Fixer, "_round", endless)
    fix(path, HEAD.encode(), BULK)
    assert len(rounds) == engine.ROUNDS == 10


@pytest.mark.parametrize("step", ["_tree.Tree.find", "_edit.apply", "_guard.checked"])
def test_an_interrupt_that_hides_in_an_error_is_no_crash(step: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"flake8_aa_celery.fixes.{step}", hidden_interrupt)
    with pytest.raises(KeyboardInterrupt):
        fix(path, (HEAD + "for x in y: update.delay(x)\n").encode(), BULK, unsafe=True)


def test_a_rewrite_that_crashes_is_reported_and_the_others_are_made(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from flake8_aa_celery.fixes import use_apply_async

    def crash(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(use_apply_async, "rewrite", crash)
    body = "for x in y:\n    update.delay(x)\n    update.apply_async((x,))\n"
    outcome = fix(path, (HEAD + body).encode(), BULK, unsafe=True)
    assert b"update.apply_async((x,), priority=7)" in outcome.data
    assert [why.partition(";")[0] for _, why in outcome.refused] == ["the fix crashed: KeyError: 'x'"]


def test_a_file_that_libcst_cannot_read_is_left_alone(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import libcst

    def refuse(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(libcst, "parse_module", refuse)
    outcome = fix(path, (HEAD + "for x in y: update.delay(x)\n").encode(), BULK, unsafe=True)
    assert [why for _, why in outcome.refused] == ["libcst cannot parse the file"]


def test_a_file_that_is_no_python_is_reported_and_left_alone(path: str) -> None:
    data = (HEAD + "for x in y: update.delay(x\n").encode()
    outcome = fix(path, data, Settings(), unsafe=True)
    assert outcome.data == data
    assert [violation.code for violation in outcome.left] == ["AAC900"]


def test_what_one_file_becomes_is_seen_from_another(tmp_path: Path) -> None:
    """A function becomes a task in one file; that its bulk dispatch in another has no priority is found then."""
    for name in ("tasks", "views"):
        (tmp_path / "app").mkdir(exist_ok=True)
        (tmp_path / "app" / f"{name}.py").touch()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").touch()
    tasks = b"def update(pk):\n    ...\n\n\nupdate.delay(1)\n"
    views = b"from app.tasks import update\n\nfor x in y: update.delay(x)\n"
    (tmp_path / "app" / "tasks.py").write_bytes(tasks)
    (tmp_path / "app" / "views.py").write_bytes(views)
    files = [(str(tmp_path / "app" / "tasks.py"), tasks), (str(tmp_path / "app" / "views.py"), views)]
    from test_fixes import at_once

    found = fix_all(files, Settings(select=("AAC103", "AAC205")), at_once, unsafe=True)
    assert [outcome.data.decode() for outcome in found.values()] == [
        "from celery import shared_task\n\n\n@shared_task\ndef update(pk):\n    ...\n\n\nupdate.delay(1)\n",
        "from app.tasks import update\n\nfor x in y: update.apply_async(args=[x], priority=7)\n",
    ]
    assert [outcome.left for outcome in found.values()] == [(), ()]
    assert (tmp_path / "app" / "tasks.py").read_bytes() == tasks


def test_checking_imports_no_libcst(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(HEAD)
    code = (
        "import sys; from flake8_aa_celery.cli import main; code = main(['fix', 'tasks.py']);"
        "sys.exit(code or 'libcst' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "AAC105" in ran.stdout or ran.returncode == 1
    (tmp_path / "tasks.py").write_text("from celery import chain\n")
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_fixes_that_do_harm_use_up_no_rounds_of_the_others(path: str) -> None:
    """Of twenty tasks that do not need `bind` every second one is sent wrongly, as would be seen then."""
    task = "@shared_task(bind=True)\ndef task_{}():\n    ...\n\n\ntask_{}.delay({})\n\n\n"
    body = "".join(task.format(number, number, number if number % 2 else "") for number in range(20))
    data = ("from celery import shared_task\n\n\n" + body).encode()
    settings = Settings(select=("AAC109",))
    fixed = fix(path, data, settings, unsafe=True)
    assert (len(fixed.applied), len(fixed.refused)) == (10, 10)
    assert fix(path, fixed.data, settings, unsafe=True).applied == ()
