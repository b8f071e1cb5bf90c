"""What can be set, and what it may be set to.

One table, :data:`OPTIONS`, describes every setting. ``[tool.flake8-aa-celery]`` of ``pyproject.toml``,
flake8's options and those of the command are all derived from it. Where two of them set the same, the command
line or flake8 wins over ``pyproject.toml``; settings called ``extend-…`` add up.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Literal, Protocol

    class Named(Protocol):
        """What is known of a rule here."""

        @property
        def name(self) -> str: ...

    Kind = Literal[
        "codes", "codes by file", "patterns", "names", "decorators", "flag", "choice", "number", "path", "environment"
    ]
    Profile = Literal["alliance-auth", "celery"]
    #: asks for the codes of all rules, when a setting names one, with the rules themselves where they have names
    Codes = Callable[[], Iterable[str] | Mapping[str, Named]]

#: Of a value that is not allowed an error shows so many characters.
_LONGEST = 80
#: No system has longer ones.
_LONGEST_PATH = 4096

PROFILES = ("alliance-auth", "celery")
#: By this one it is found out.
AUTO = "auto"

#: A prefix of at least this length can turn on a rule that is off by default: ``AAC1``, not ``AAC``.
NAMES_A_GROUP = len("AAC1")

#: Stands for all rules, those that are off by default too.
ALL = "ALL"

#: What is not searched for files: what flake8 leaves out, and what tools of today create.
EXCLUDED = (
    ".svn", "CVS", ".bzr", ".hg", ".git", "__pycache__", ".tox", ".nox", ".eggs", "*.egg", ".venv", "venv",
    "node_modules", "build", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache",
)  # fmt: skip


#: What is searched for: code, and the documents in which authors show what users copy into their settings.
INCLUDED = ("*.py", "*.md", "*.rst")


class SettingsError(Exception):
    """A setting is unknown or its value is not allowed; the text says where, which and what is allowed."""


class Settings(NamedTuple):
    """Everything that can be set; each field is described in :data:`OPTIONS`."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    include: tuple[str, ...] = INCLUDED
    exclude: tuple[str, ...] = EXCLUDED
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    baseline: str = ""
    environment: str = ""
    check_tests: bool = False
    profile: Literal["auto", "alliance-auth", "celery"] = "auto"
    tasks_modules: tuple[str, ...] = ("tasks",)
    celery_apps: tuple[str, ...] = ()
    task_decorators: tuple[tuple[str, bool], ...] = ()
    highest_priority: int = 3
    bulk_priority: int = 7
    result_backend: Literal["auto", "true", "false"] = "auto"
    max_task_statements: int = 40
    blocking_calls: tuple[str, ...] = ()
    async_bases: tuple[str, ...] = ()
    visibility_timeout: int = 3600

    @property
    def rules_of(self) -> Profile:
        """The profile whose rules are on: Alliance Auth's where nobody has found out."""
        return "celery" if self.profile == "celery" else "alliance-auth"

    def asks_for(self, code: str) -> bool:
        """Whether a rule is named that may be off by default: by its code, a beginning with a digit, or ``ALL``."""
        prefixes = (*self.select, *self.extend_select)
        return any(prefix == ALL or (len(prefix) >= NAMES_A_GROUP and code.startswith(prefix)) for prefix in prefixes)

    @property
    def is_of_alliance_auth(self) -> bool:
        """Whether the rules of Alliance Auth are on."""
        return self.rules_of == "alliance-auth"


class Option(NamedTuple):
    """How one setting is spelled and what it may be.

    :param name: as it is written in ``pyproject.toml`` and, after ``--``, on the command line.
    :param choices: the values that a choice may have.
    :param lowest: the smallest number that is allowed.
    :param highest: the greatest number that is allowed.
    :param flake8: whether it is an option of flake8 too; what flake8 itself has is not.
    """

    name: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 9
    flake8: bool = True

    @property
    def field(self) -> str:
        """The name of the field in :class:`Settings`."""
        return self.name.replace("-", "_")

    @property
    def default(self) -> Any:
        """The value where nothing is set."""
        return Settings._field_defaults[self.field]

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        return {
            "codes": 'a list of codes, their beginnings, or names, such as ["AAC205", "AAC2"], or ["ALL"]',
            "codes by file": 'a table of file patterns with lists of codes: "tests/*" = ["AAC1"], or tests/*:AAC1',
            "patterns": "a list of file patterns",
            "names": "a list of dotted names",
            "decorators": "a list of dotted names, or of tables where the task itself is the first argument: "
            '["shop.tasks.job", {name = "shop.tasks.bound_job", bind = true}]',
            "flag": "true or false",
            "choice": "one of " + ", ".join(self.choices),
            "path": "the path of a file, or false",
            "environment": "the path of a virtual environment, auto, or false",
            "number": f"a whole number from {self.lowest} to {self.highest}",
        }[self.kind]


OPTIONS = (
    Option(
        "select",
        "codes",
        "report these rules and no others; those that are off by default need at least AAC and a digit, or ALL",
        flake8=False,
    ),
    Option("extend-select", "codes", "report these rules, too", flake8=False),
    Option("ignore", "codes", "do not report these rules", flake8=False),
    Option("per-file-ignores", "codes by file", "rules that are not reported in some files", flake8=False),
    Option("include", "patterns", "files that the command searches folders for; not changelogs", flake8=False),
    Option("exclude", "patterns", "files and folders that the command does not search", flake8=False),
    Option("extend-exclude", "patterns", "more files and folders that the command does not search", flake8=False),
    Option("force-exclude", "flag", "leave out what is excluded even where its path is given", flake8=False),
    Option("baseline", "path", "a file with the violations that the command does not report", flake8=False),
    Option(
        "environment",
        "environment",
        "read the packages with tasks that are installed there, too; auto looks for it",
    ),
    Option("check-tests", "flag", "check test code and migrations, too"),
    Option(
        "profile",
        "choice",
        "whose rules: Alliance Auth's or those of any Celery project; auto goes by what the project says",
        choices=(AUTO, *PROFILES),
    ),
    Option("tasks-modules", "names", "modules that tasks belong in, by name or by a pattern such as tasks_*"),
    Option("celery-apps", "names", "more Celery applications, by their dotted names"),
    Option("task-decorators", "decorators", "more decorators that register tasks"),
    Option("highest-priority", "number", "the most urgent priority that an app may use (AAC203)"),
    Option("bulk-priority", "number", "the priority that fixes give to bulk dispatches (AAC204, AAC205)"),
    Option(
        "result-backend",
        "choice",
        "whether the project has a result backend; auto looks for its configuration",
        choices=("auto", "true", "false"),
    ),
    Option(
        "max-task-statements",
        "number",
        "how many statements a task may have (AAC107)",
        lowest=1,
        highest=100_000,
    ),
    Option("blocking-calls", "names", "more functions that block (AAC306)"),
    Option("async-bases", "names", "task classes that can run coroutines (AAC110)"),
    Option(
        "visibility-timeout",
        "number",
        "seconds after which the broker delivers a message again (AAC408)",
        lowest=1,
        highest=31_536_000,
    ),
)


def parse_text(option: Option, text: str) -> Any:
    """What a value on a command line or in flake8's configuration means, as TOML would have it.

    Lists are separated by commas or blanks. A text that cannot be understood comes back as it is, for
    :func:`merge` to refuse.
    """
    if option.kind in ("codes", "patterns", "names"):
        return text.replace(",", " ").split()
    if option.kind == "codes by file":
        return _parse_per_file(text)
    if option.kind == "decorators":
        parts = text.replace(",", " ").split()
        return [_parse_decorator(part) for part in parts] if all("." in part for part in parts) else text
    if option.kind == "flag":
        return {"true": True, "false": False}.get(text.lower(), text)
    if option.kind in ("path", "environment"):
        return False if text == "false" else text
    if option.kind == "number":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text
    return text


def _parse_decorator(text: str) -> Any:
    """Read ``shop.tasks.job``, or ``shop.tasks.bound_job:bind``."""
    name, colon, bind = text.partition(":")
    return {"name": name, "bind": True} if colon and bind == "bind" else text


def _parse_per_file(text: str) -> Any:
    """Read ``pattern:code`` pairs; a pattern may stand more than once."""
    table: dict[str, list[str]] = {}
    for pair in text.replace(",", " ").split():
        pattern, colon, code = pair.rpartition(":")
        if not colon or not pattern or not code:
            return text
        table.setdefault(pattern, []).append(code)
    return table


def merge(settings: Settings, values: Mapping[str, Any], origin: str, base: str, codes: Codes) -> Settings:
    """Put values over settings.

    :param values: by the names in :data:`OPTIONS`, typed as TOML types them.
    :param origin: where the values come from, as an error names it.
    :param base: the folder that file patterns with a slash are relative to.
    :param codes: gives the codes of all rules.
    :raises SettingsError: for an unknown name and for a value that is not allowed.
    """
    return _Source(origin, base, codes).over(settings, values)


class _Source:
    """Where values come from, by which they are understood; the parameters are those of :func:`merge`."""

    __slots__ = ("_base", "_codes", "_origin")

    def __init__(self, origin: str, base: str, codes: Codes) -> None:
        self._origin, self._base, self._codes = origin, base, codes

    def over(self, settings: Settings, values: Mapping[str, Any]) -> Settings:
        """Put values over settings."""
        known = {option.name: option for option in OPTIONS}
        changed: dict[str, Any] = {}
        for name, given in values.items():
            if name not in known:
                raise self._error(f"there is no setting {name!r}{nearest(name, known)}")
            option = known[name]
            value = self._checked(option, given)
            if name.startswith("extend-"):
                value = getattr(settings, option.field) + value
            changed[option.field] = value
        return settings._replace(**changed)

    def _checked(self, option: Option, value: Any) -> Any:
        if option.kind == "choice" and isinstance(value, bool):
            value = str(value).lower()
        if not _is_allowed(option, value):
            raise self._error(f"{option.name} must be {option.allowed}, not {_shortened(value)}{_hint(option, value)}")
        if option.kind == "codes":
            return self._checked_codes(option, value)
        if option.kind == "path":
            return (value if self._base == "." else os.path.join(self._base, value)) if value else ""
        if option.kind == "environment":
            return value if value == AUTO else os.path.join(os.path.abspath(self._base), value) if value else ""
        if option.kind == "patterns":
            return tuple(map(self._anchored, value))
        if option.kind == "codes by file":
            return tuple((self._anchored(pattern), self._checked_codes(option, value[pattern])) for pattern in value)
        if option.kind == "decorators":
            pairs = ({"name": each} if isinstance(each, str) else each for each in value)
            return tuple((pair["name"], pair.get("bind", False)) for pair in pairs)
        return tuple(value) if option.kind == "names" else value

    def _checked_codes(self, option: Option, prefixes: Sequence[str]) -> tuple[str, ...]:
        rules = self._codes() if prefixes else ()
        names = {rule.name: code for code, rule in rules.items()} if isinstance(rules, Mapping) else {}
        known = list(rules)
        found = [names.get(prefix.lower(), prefix) for prefix in prefixes]
        for prefix in found:
            if prefix != ALL and not any(code.startswith(prefix) for code in known):
                beginnings = {code[: len(prefix)] for code in known}
                hint = nearest(prefix.upper(), sorted(beginnings)) or nearest(prefix.lower(), names)
                raise self._error(f"{option.name} names no rule with {prefix!r}{hint}")
        return tuple(found)

    def _anchored(self, pattern: str) -> str:
        """Make a pattern with a slash absolute, as flake8 does; one without is compared with names alone."""
        if "/" not in pattern and pattern != ".":
            return pattern
        return os.path.abspath(os.path.join(self._base, pattern))

    def _error(self, text: str) -> SettingsError:
        return SettingsError(f"{self._origin}: {text}")


def _is_allowed(option: Option, value: Any) -> bool:
    if option.kind == "flag":
        return isinstance(value, bool)
    if option.kind in ("path", "environment"):
        return value is False or (isinstance(value, str) and 0 < len(value) <= _LONGEST_PATH)
    if option.kind == "choice":
        return value in option.choices
    if option.kind == "number":
        return type(value) is int and option.lowest <= value <= option.highest
    if option.kind == "codes by file":
        return isinstance(value, dict) and all(map(_is_texts, value.values()))
    if option.kind == "decorators":
        return isinstance(value, list) and all(map(_is_decorator, value))
    return _is_texts(value)


def _is_decorator(value: Any) -> bool:
    pair = value if isinstance(value, dict) else {"name": value}
    name = pair.get("name")
    is_dotted = isinstance(name, str) and "." in name and all(part.isidentifier() for part in name.split("."))
    return is_dotted and pair.keys() <= {"name", "bind"} and isinstance(pair.get("bind", False), bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _hint(option: Option, value: Any) -> str:
    """The end of an error where a text stands for a list."""
    if not isinstance(value, str) or option.kind not in ("codes", "patterns", "names"):
        return ""
    from json import dumps

    return f"; did you mean {_shortened(dumps(parse_text(option, value)), str)}?"


def _shortened(value: Any, shown: Callable[[Any], str] = repr) -> str:
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
