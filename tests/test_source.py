"""Files are found as flake8 and git would have it, and read whatever they hold."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.settings import Settings
from flake8_aa_celery.source import decode, find, lines_of, read

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, *files: str) -> None:
    """Lay out empty files below a folder."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()


def ignore(folder: Path, *lines: str) -> None:
    """Write a ``.gitignore``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("\n".join(lines), "utf-8")


def found(*paths: str, settings: Settings | None = None) -> list[str]:
    """What is found, where nothing fails."""
    failures: list[tuple[str, str]] = []
    files = find(paths or ["."], settings or Settings(), lambda path, why: failures.append((path, why)))
    assert not failures
    return files


def failures(*paths: str) -> list[tuple[str, str]]:
    """What cannot be read, with the reasons."""
    failed: list[tuple[str, str]] = []
    find(paths, Settings(), lambda path, why: failed.append((path, why)))
    return failed


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_the_python_files_below_it_in_order(root: Path) -> None:
    tree(root, "b/z.py", "b/a.py", "a.py", "b/note.txt", "b/c/x.pyi")
    assert found("b", "a.py") == ["a.py", "b/a.py", "b/z.py"]


def test_documents_are_found_too(root: Path) -> None:
    tree(root, "README.md", "docs/a.rst", "a.txt")
    assert found() == ["./README.md", "./docs/a.rst"]


@pytest.mark.parametrize("name", ["CHANGELOG.md", "changes.rst", "History.md", "NEWS.rst", "releases.md"])
def test_documents_of_the_past_are_not_searched_for(root: Path, name: str) -> None:
    tree(root, name, f"{name}.py")
    assert found() == [f"./{name}.py"]
    assert found(name) == [name]


def test_what_is_searched_for_can_be_set(root: Path) -> None:
    tree(root, "a.py", "a.pyw", "a.md", "Task", "b/Task", "b/x.py")
    settings = Settings(include=("*.pyw", "Task", str(root / "b" / "x*")))
    assert found(settings=settings) == ["./Task", "./a.pyw", "./b/Task", "./b/x.py"]
    assert found(settings=Settings(include=())) == []


def test_paths_begin_as_they_were_given(root: Path) -> None:
    tree(root, "a.py")
    assert found(".") == ["./a.py"]
    assert found(str(root)) == [f"{root}/a.py"]


def test_a_file_is_found_once(root: Path) -> None:
    tree(root, "a/x.py")
    assert found("a", "a/x.py", "a") == ["a/x.py"]


def test_what_tools_leave_behind_is_not_searched(root: Path) -> None:
    tree(root, ".venv/x.py", "node_modules/x.py", "a.egg/x.py", "src/build/x.py", "__pycache__/x.py", "src/y.py")
    assert found() == ["./src/y.py"]


def test_a_named_file_is_found_whatever_it_is_called_and_wherever_it_lies(root: Path) -> None:
    tree(root, "build/x.py", "script")
    ignore(root, "script")
    assert found("build/x.py", "script") == ["build/x.py", "script"]


def test_a_named_path_that_is_excluded_is_left_out_where_that_is_forced(root: Path) -> None:
    tree(root, "build/x.py", "src/x.py", "src/old/deep/y.py", "a/b.py", "z.py")
    excluded = ("old", "z.py", str(root / "a"))
    settings = Settings(extend_exclude=excluded, force_exclude=True)
    named = ("build/x.py", "src/x.py", "src/old/deep/y.py", "a/b.py", "a", "src/old", "z.py", str(root / "build"))
    assert found(*named, settings=settings) == ["src/x.py"]
    assert len(found(*named, settings=settings._replace(force_exclude=False))) == 6


def test_what_is_above_the_current_folder_does_not_exclude_a_named_path(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(root, "build/app/x.py", "build/app/build/y.py", "build/app/pyproject.toml")
    settings = Settings(force_exclude=True)
    assert found(f"{root}/build/app/x.py", settings=settings) == []
    monkeypatch.chdir(root / "build" / "app")
    assert found("x.py", "build/y.py", settings=settings) == ["x.py"]
    (root / "elsewhere").mkdir()
    monkeypatch.chdir(root / "elsewhere")
    assert found("../build/app/x.py", "../build/app/build/y.py", settings=settings) == ["../build/app/x.py"]


@pytest.mark.parametrize("settings", [Settings(), Settings(include=("*.ipynb", "*.py")), Settings(include=("*",))])
def test_a_notebook_is_refused_where_it_is_named_and_else_left_out(root: Path, settings: Settings) -> None:
    tree(root, "a.ipynb", "b.py")
    assert found(settings=settings) == ["./b.py"]
    assert failures("a.ipynb") == [("a.ipynb", "notebooks are not checked")]


def test_excluded_names_and_paths_are_not_found(root: Path) -> None:
    tree(root, "a/x.py", "b/x.py", "b/y.py", "c_old/x.py")
    settings = Settings(extend_exclude=(str(root / "a"), "*_old", "y.py"))
    assert found(settings=settings) == ["./b/x.py"]


def test_excluding_anew_forgets_the_defaults(root: Path) -> None:
    tree(root, "build/x.py", "a/x.py")
    assert found(settings=Settings(exclude=("a",))) == ["./build/x.py"]


def test_a_gitignore_is_heeded_below_its_folder(root: Path) -> None:
    tree(root, "a/local.py", "a/b/local.py", "local.py", "a/kept.py")
    ignore(root / "a", "local.py")
    assert found() == ["./a/kept.py", "./local.py"]


def test_the_nearest_gitignore_has_the_last_word(root: Path) -> None:
    tree(root, "gen_a.py", "a/gen_a.py", "a/gen_b.py")
    ignore(root, "gen_*.py")
    ignore(root / "a", "!gen_a.py")
    assert found() == ["./a/gen_a.py"]


def test_below_an_ignored_folder_nothing_is_taken_back(root: Path) -> None:
    tree(root, "out/x.py", "out/y.py")
    ignore(root, "out/", "!out/x.py")
    assert found() == []


def test_a_gitignore_above_counts_within_a_repository(root: Path) -> None:
    tree(root, ".git/HEAD", "a/b/x.py", "a/b/y.py")
    ignore(root, "x.py")
    assert found("a/b") == ["a/b/y.py"]


def test_a_gitignore_above_does_not_count_without_a_repository(root: Path) -> None:
    tree(root, "a/b/x.py")
    ignore(root, "x.py")
    assert found("a/b") == ["a/b/x.py"]


@pytest.mark.parametrize(
    "lines",
    [
        ["*.py"], ["/a"], ["a/*"], ["a/**"], ["**/c.py"], ["b/c.py"], ["/b/c.py"], ["a/b/"], ["*", "!*/", "!c.py"],
        ["*.pyc", "*.py[cod]"], ["?.py"], ["[ab].py"], ["!a"], ["# a"], [r"\#a"], ["a "], ["c.p*"], ["a/b"], ["b"],
        ["!"], ["/"], ["", "*.log", "c.py  "], ["*.py", "!/a/b/"], ["a/**/c.py"], ["c.py/"], ["*", "!a*", "!b"],
        ["a/*", "!a/b*"],
        ["*.py", "!a/b*"], ["[!a].py"], ["[^a-b].py"], ["[]a].py"], ["[[:alpha:]].py"], ["[a"], ["a\\"], ["**"],
        ["c.py\\ "], ["a/b/**", "!a/b/c.py"], ["**.py"], ["/*", "!/a", "/a/*", "!/a/b"], ["**/b/**"],
        ["\\!x", "!"], ["a//b"], ["./a"], ["a[/]b"], ["[z-a].py"], ["*.md"], ["b.*"], ["c.md", "*.rst"],
        ["a**/c.py"], ["a**"], ["a/b**"], ["a**/d/c.py"], ["/a**/c.py", "!a/b/c.py"], ["**a/c.py"], ["a/**c.py"],
        ["a***/c.py"], ["a/***/c.py"], ["a?**/c.py"], ["?.py"], ["??.py"], ["???"], ["???/c.py"], ["ä.py"], ["[ä].py"],
        ["[ä][ä].py"], ["[!a].py"], ["\\ä.py"], ["*ä*"], ["é/?.py"], ["[[:alpha:]][[:alpha:]].py"], ["[[:punct:]].py"],
        ["[[:nonsense:]].py"], ["[z-a]].py"], ["[a\\-c].py"], ["[[:a].py"], ["[a-].py"], ["c.py\r"], ["c.py\\\\  "],
        ["\ufeffc.py"], ["a.py\rb.py"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_git_itself_says_the_same(root: Path, lines: list[str]) -> None:
    """What git itself has changed its mind about is compared with those that think as we do."""
    tree(root, "a.py", "b.py", "a/a.py", "a/b/c.py", "a/c.py", "b/c.py", "c.py", "a/b/d/c.py", "a/c.md", "b.rst")
    tree(root, "ab/c.py", "ab/d/c.py", "b/ab/c.py", "ä.py", "a/ä.py", "é/c.py", "-.py")
    ignore(root, *lines)
    subprocess.run(["git", "init", "-q"], check=True)
    command = [
        "git",
        "-c",
        "core.quotePath=off",
        "ls-files",
        "--others",
        "--exclude-standard",
        "--",
        "*.py",
        "*.md",
        "*.rst",
    ]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    if re.match(r"/?a\*{2,}/", lines[0]) and "a/b/d/c.py" in listed:
        pytest.skip("to this git ** beside letters is *, which crosses no folder")
    assert found() == sorted(f"./{path}" for path in listed)


def test_a_name_that_is_no_text_is_compared_byte_by_byte(root: Path) -> None:
    (root / os.fsdecode(b"\xff.py")).touch()
    assert len(found()) == 1
    (root / ".gitignore").write_bytes(b"\xff.py\n")
    assert found() == []


def test_a_link_to_a_folder_is_not_followed(root: Path) -> None:
    tree(root, "a/x.py")
    (root / "a" / "again").symlink_to(root / "a")
    (root / "x.py").symlink_to("a/x.py")
    assert found() == ["./a/x.py", "./x.py"]


def test_a_link_to_itself_is_no_file(root: Path) -> None:
    (root / "loop.py").symlink_to("loop.py")
    assert found() == []
    assert failures("loop.py") == [("loop.py", os.strerror(40))]


def test_what_is_no_regular_file_is_not_read(root: Path) -> None:
    os.mkfifo(root / "pipe.py")
    assert found() == []
    assert failures("pipe.py") == [("pipe.py", "Not a regular file")]


def test_a_folder_with_the_name_of_a_module_is_a_folder(root: Path) -> None:
    tree(root, "x.py/y.py")
    assert found() == ["./x.py/y.py"]


@pytest.mark.parametrize("path", ["none.py", "none/"])
def test_a_path_that_does_not_exist_is_named_with_its_reason(root: Path, path: str) -> None:
    assert failures(path) == [(path, "No such file or directory")]


def test_a_path_that_cannot_exist_is_named_with_its_reason(root: Path) -> None:
    ((failed, why),) = failures("a\0b")
    assert failed == "a\0b"
    assert "embedded null" in why


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may enter every folder")
def test_a_folder_that_must_not_be_entered_is_named(root: Path) -> None:
    tree(root, "a/x.py")
    (root / "a").chmod(0)
    assert failures(".") == [("./a", "Permission denied")]
    (root / "a").chmod(0o700)


def test_a_folder_that_vanishes_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanished(path: str) -> None:
        raise FileNotFoundError(2, "No such file or directory", path)

    monkeypatch.setattr(os, "scandir", vanished)
    assert failures(".") == [(".", "No such file or directory")]


def test_a_file_is_read_as_it_is(root: Path) -> None:
    (root / "a.py").write_bytes(b"\xef\xbb\xbfx\r\n\0")
    assert read("a.py") == b"\xef\xbb\xbfx\r\n\0"


def test_text_is_decoded_by_mark_and_cookie() -> None:
    assert decode(b"\xef\xbb\xbfx = '\xc3\xa4'") == "x = 'ä'"
    assert decode(b"# coding: latin-1\nx = '\xe4'") == "# coding: latin-1\nx = 'ä'"


@pytest.mark.parametrize("data", [b"x = '\xe4'", b"# coding: nonsense\n", b"\xef\xbb\xbf# coding: latin-1\n"])
def test_what_cannot_be_decoded_is_an_error(data: bytes) -> None:
    with pytest.raises((SyntaxError, UnicodeError)):
        decode(data)


def test_lines_end_where_python_ends_them() -> None:
    assert lines_of(b"a\r\nb\rc\n\x0cd\xc2\x85e") == ["a\n", "b\n", "c\n", "\x0cd\x85e"]


def test_there_are_lines_even_where_nothing_can_be_decoded() -> None:
    assert lines_of(b"a\n\xff\n") == ["a\n", "ÿ\n"]
