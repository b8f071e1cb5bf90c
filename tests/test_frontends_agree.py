"""flake8 and the command find the same in the same trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.documents import is_document
from frontends import CELERY, Frontends
from support import Case, cases, expected_in

if TYPE_CHECKING:
    from pathlib import Path

#: What each tree holds: paths with their lines, below the import of Celery.
TREES = {
    "many files": {f"app{number}/tasks.py": ["f()", "g()  # noqa", "f(", "  g())"] for number in range(5)},
    "noqa": {
        "a.py": ["f()  # noqa: AAC201", "g()  # NOQA:AAC2", "x = '''", "''' + f()  # noqa: AAC203", "g()  #noqa"],
        "b.py": ["f()", "# flake8: noqa"],
        "c.py": ["f()  # flake8: noqa"],
    },
    "test code": {
        "setup.py": [],
        "tests/a.py": ["f()"],
        "app/test_a.py": ["f()"],
        "app/migrations/a.py": ["f()"],
        "app/a.py": ["f()"],
    },
    "characters": {"ä.py": ["'äöü€'; f()", "if f():", "\tg()  # ä", "x = {'😀': f(), **g()}"]},
    "form feeds": {"a.py": ["f()\x0c", "\x0cg()", "x = '\x1c'; f()"]},
    "crashes": {"a.py": ["crash()", "f()"], "b.py": ["f()"]},
    "exclusions": {"build/a.py": ["f()"], "a.py": ["g()"], ".tox/a.py": ["f()"], "b.egg/a.py": ["f()"]},
    "optional": {"a.py": ["optional()", "alliance()"]},
}
SELECTIONS = (
    ["--select", "AAC"],
    ["--select", "AAC1,AAC203"],
    ["--select", "AAC2", "--ignore", "AAC201"],
    ["--select", "AAC,AAC104", "--per-file-ignores", "a.py:AAC201"],
)


#: How many violations each selection finds in each tree.
FOUND = {
    "many files": (15, 5, 5, 15),
    "noqa": (3, 1, 1, 2),
    "test code": (1, 0, 0, 0),
    "characters": (5, 2, 2, 5),
    "form feeds": (3, 1, 1, 1),
    "crashes": (3, 0, 0, 2),
    "exclusions": (1, 1, 1, 1),
    "optional": (1, 1, 0, 2),
}


def agreed(frontends: Frontends, *arguments: str) -> list[str]:
    """What both frontends find; they must not differ."""
    # flake8 does not know what we do not search of our own: it gets it here
    left_out = ["--extend-exclude", ".venv,venv,node_modules,build,dist,.mypy_cache,.ruff_cache,.pytest_cache"]
    command, flake8 = frontends.check(*arguments), frontends.flake8(*left_out, *arguments)
    assert command.lines == flake8.lines
    assert command.code == flake8.code
    return command.lines


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("selection", SELECTIONS, ids=" ".join)
@pytest.mark.parametrize("name", TREES)
def test_both_frontends_agree_on(frontends: Frontends, tmp_path: Path, name: str, selection: list[str]) -> None:
    for path, lines in TREES[name].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(CELERY + "".join(f"{line}\n" for line in lines), "utf-8")
    assert len(agreed(frontends, *selection)) == FOUND[name][SELECTIONS.index(selection)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.usefixtures("fakes")
def test_both_frontends_agree_whatever_ends_the_lines(
    frontends: Frontends, tmp_path: Path, end: str, mark: bytes
) -> None:
    source = end.join([CELERY.strip(), "'ä'; f()", "x = '''", "'''; g()  # noqa: AAC201", "f()  # noqa"])
    (tmp_path / "a.py").write_bytes(mark + source.encode())
    assert len(agreed(frontends, "--select", "AAC")) == 2


@pytest.mark.usefixtures("fakes")
def test_both_frontends_agree_on_other_encodings(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\n# crontab\n'\xe4\xf6'; f()\n")
    assert agreed(frontends, "--select", "AAC") == ["./a.py:3:7: AAC201 f is called at 7"]


@pytest.mark.usefixtures("fakes")
def test_both_frontends_agree_with_settings_of_pyproject(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.flake8-aa-celery]\nextend-select = ["AAC104"]\nignore = ["AAC203"]\nbulk-priority = 4\n'
        'per-file-ignores = { "sub/*" = ["AAC201"] }\n'
    )
    for path in ("a.py", "sub/a.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(f"{CELERY}f(); g(); optional()\n")
    command, flake8 = frontends.check(), frontends.flake8("--extend-ignore", "E,F,W")
    assert command[:2] == flake8[:2]
    assert len(command.lines) == 3


# flake8 never sees the documents of a project
@pytest.mark.parametrize("case", [case for case in cases() if not is_document(case.name)], ids=lambda case: case.name)
def test_both_frontends_agree_on_every_fixture(
    frontends: Frontends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    root = case.build(tmp_path / "project")
    monkeypatch.chdir(root)  # where both look for settings
    files = sorted(str(path.relative_to(root)) for path in root.rglob("*.py"))
    found = agreed(frontends, "--select", f"AAC,{case.code}", "--ignore", "AAC900", *files)
    expected = any(mark.code == case.code and mark.path.endswith(".py") for mark in expected_in(root))
    assert any(f": {case.code} " in line for line in found) or not expected
