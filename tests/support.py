"""What the tests share: fixtures as cases, cases as projects on disk, and what the linter says of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.linter import lint
from flake8_aa_celery.pyproject import read_pyproject
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
FIXTURES = Path(__file__).parent / "fixtures"
CHECKED_SUFFIXES = {".py", ".md", ".rst"}
ALWAYS_SELECTED = ("AAC900", "AAC999")

DIRECTIVE = re.compile(r"^# (path|select|setting|python): (.+)$")
EXPECT = re.compile(r"#\s*expect:(.*)")
EXPECTED_CODE = re.compile(r"(AAC\d{3})(?:\s*\[([^\]]*)\])?")
OK = re.compile(r"#\s*ok:\s*\S")


class Mark(NamedTuple):
    """A violation on a line: one that a comment expects, or one that the linter found.

    :param message: the whole message, or the part of it that is expected.
    """

    path: str
    line: int
    code: str
    message: str

    def is_met_by(self, found: Mark) -> bool:
        """Whether ``found`` is the violation that this one expects."""
        return self[:3] == found[:3] and self.message in found.message


#: The head of our settings. Fixtures are of Alliance Auth unless they say something else.
SECTION = "[tool.flake8-aa-celery]\n"


class Case(NamedTuple):
    """One fixture: a file, or a folder that is a small project.

    :param code: the rule that it belongs to, the name of the folder above it.
    """

    code: str
    source: Path

    @property
    def name(self) -> str:
        """How the case is called in a test's id: ``AAC205/loops.py``."""
        return f"{self.code}/{self.source.name}"

    def lines(self) -> list[str]:
        """Every line of the case, file after file."""
        return [line for file in checked_files(self.source) for line in lines_of(file)]

    def directives(self) -> dict[str, list[str]]:
        """What the comments in the first lines of the case's files ask for, by word."""
        asked: dict[str, list[str]] = {"path": [], "select": [], "setting": [], "python": []}
        for file in checked_files(self.source):
            for line in lines_of(file):
                if not line.startswith("#"):
                    break
                if directive := DIRECTIVE.match(line):
                    asked[directive[1]].append(directive[2].strip())
        return asked

    def needs_python(self) -> tuple[int, ...]:
        """The oldest Python whose syntax the case uses; ``(3, 10)`` where it does not say."""
        versions = self.directives()["python"]
        return max((tuple(map(int, version.split("."))) for version in versions), default=(3, 10))

    def selected(self) -> tuple[str, ...]:
        """The codes to look for: the case's own, or those it selects."""
        return (*(self.directives()["select"] or [self.code]), *ALWAYS_SELECTED)

    def build(self, root: Path) -> Path:
        """Lay the case out as a project under ``root``, which must not exist yet, and return that."""
        asked = self.directives()
        if self.source.is_dir():
            shutil.copytree(self.source, root, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            default = "app/tasks.py" if self.source.suffix == ".py" else self.source.name
            place(root, (asked["path"] or [default])[0], self.source.read_bytes())
        project = root / "pyproject.toml"
        if not project.exists():
            project.write_text("\n".join(["[tool.flake8-aa-celery]", *asked["setting"], ""]), "utf-8")
        settings = project.read_text("utf-8")
        if "profile =" not in settings and "[tool.flake8-aa-celery]" in settings:
            settings = settings.replace(SECTION, f'{SECTION}profile = "alliance-auth"\n', 1)
        elif "profile =" not in settings:
            settings += f'{SECTION}profile = "alliance-auth"\n'
        project.write_text(settings, "utf-8")
        return root


def hidden_interrupt(*_: object) -> None:
    """An interrupt that comes out of a library as another error, as out of libcst's contexts."""
    try:
        raise KeyboardInterrupt
    finally:
        raise KeyError("half done")


def cases() -> list[Case]:
    """Every fixture that is linted; the expected outcomes of fixes beside them are none."""
    return [
        Case(folder.name, entry)
        for folder in sorted(FIXTURES.glob("AAC*"))
        for entry in sorted(folder.iterdir())
        if (entry.is_dir() or entry.suffix in CHECKED_SUFFIXES)
        and entry.name != "__pycache__"
        and not entry.name.removesuffix(entry.suffix if entry.is_file() else "").endswith((".fixed", ".unsafe"))
    ]


def place(root: Path, path: str, source: bytes) -> Path:
    """Write a file into the project under ``root``, in packages all the way down to it."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    for package in file.relative_to(root).parents[:-1]:
        (root / package / "__init__.py").touch()
    file.write_bytes(source)
    return file


def checked_files(source: Path) -> list[Path]:
    """The files that the linter is asked about, in order: of a project, or the one file alone."""
    files = source.rglob("*") if source.is_dir() else [source]
    return sorted(file for file in files if file.suffix in CHECKED_SUFFIXES and file.is_file())


def settings_of(root: Path) -> Settings:
    """The settings that the project under ``root`` keeps in its ``pyproject.toml``."""
    return read_pyproject(Settings(), str(root), all_rules)


def found_in(root: Path, selected: tuple[str, ...]) -> list[Mark]:
    """What the linter says of the project under ``root`` when ``selected`` codes are asked for."""
    settings = settings_of(root)._replace(select=selected)
    return [
        Mark(file.relative_to(root).as_posix(), violation.line, violation.code, violation.message)
        for file in checked_files(root)
        for violation in lint(str(file), file.read_bytes(), settings)
    ]


def expected_in(root: Path) -> list[Mark]:
    """What the comments of the project under ``root`` expect."""
    return [
        Mark(file.relative_to(root).as_posix(), number, code, part)
        for file in checked_files(root)
        for number, line in enumerate(lines_of(file), 1)
        if (comment := EXPECT.search(line))
        for code, part in EXPECTED_CODE.findall(comment[1])
    ]


def lines_of(file: Path) -> list[str]:
    """The lines of a file as Python counts them: a form feed ends none."""
    return file.read_text("utf-8", "replace").split("\n")


def differences(root: Path, expected: list[Mark], found: list[Mark]) -> Iterator[str]:
    """A line for each violation that is missing (``-``) or that nobody expected (``+``), with its source."""
    unexpected = list(found)
    missing = []
    for mark in expected:
        met = next((other for other in unexpected if mark.is_met_by(other)), None)
        if met is None:
            missing.append(mark)
        else:
            unexpected.remove(met)
    signed = [*((mark, "-") for mark in missing), *((mark, "+") for mark in unexpected)]
    for mark, sign in sorted(signed):
        message = f" {mark.message}" if sign == "+" else f" [{mark.message}]" * bool(mark.message)
        yield f"{sign} {mark.path}:{mark.line}: {mark.code}{message}"
        yield f"      {lines_of(root / mark.path)[mark.line - 1].strip()}"
