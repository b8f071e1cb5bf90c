"""What programs do before a fix and after it: the messages that they send, what runs, and what their cases return.

After safe fixes a case does the same, unless it raised, or a task of it failed. After an unsafe fix it differs in
what the page of the rule says.
"""

from __future__ import annotations

import importlib
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_aa_celery.fixes.whole_project import fix_all
from flake8_aa_celery.settings import Settings

from . import harness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .harness import Message
    from .programs import Program

#: The rules whose fixes are safe, or may be.
SAFE = ("AAC102", "AAC103", "AAC105", "AAC108", "AAC109", "AAC202", "AAC206", "AAC308", "AAC402")
#: The rules with unsafe fixes that need no Django, and no Alliance Auth.
UNSAFE = [
    "AAC102",
    "AAC103",
    "AAC106",
    "AAC108",
    "AAC109",
    "AAC113",
    "AAC201",
    "AAC204",
    "AAC205",
    "AAC206",
    "AAC207",
    "AAC208",
    "AAC302",
    "AAC306",
    "AAC308",
    "AAC309",
    "AAC402",
    "AAC403",
    "AAC404",
]
#: What no fix may bring about: the code that it writes must be right.
_BROKEN = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "SyntaxError", "AttributeError")
_FAILED = ("FAILURE", "REJECTED", "UNREGISTERED")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Done(NamedTuple):
    """What a case did.

    :param error: the name of the exception that it raised; empty where it returned.
    :param value: what it returned, without ids.
    :param runs: the tasks that ran, in this process or in the worker, with their arguments.
    """

    error: str
    value: str
    messages: list[Message]
    runs: list[Any]

    @property
    def is_failure(self) -> bool:
        """Whether it raised, or one of the tasks that it sent did."""
        return bool(self.error) or any(message.outcome in _FAILED for message in self.messages)


class Difference(NamedTuple):
    """A case that does something else after fixes than it may."""

    case: str
    before: Done
    after: Done

    def __str__(self) -> str:
        return f"{self.case}\n  before: {self.before}\n  after:  {self.after}"


class Trial(NamedTuple):
    """What became of a program.

    :param applied: the codes of the violations that were fixed.
    :param refused: the reasons why others were not.
    :param files: the text of its modules after the fixes.
    """

    applied: list[str]
    refused: list[str]
    files: dict[str, str]
    differences: list[Difference]


def tried(program: Program, root: Path, codes: tuple[str, ...], *, unsafe: bool) -> Trial:
    """Run a program, fix it, run it again, and compare.

    :param root: a folder in which it is written; what is in there is overwritten.
    :param codes: the rules whose violations are fixed.
    """
    _write(program.files, root)
    before = outcomes(program, root)
    applied, refused, after_files = _fixed(program, root, codes, unsafe=unsafe)
    if not applied:
        return Trial([], refused, program.files, [])
    _write(after_files, root)
    after = outcomes(program, root)
    different = _differs_unsafely if unsafe else _differs
    pairs = [(name, old, after[name]) for name, old in before.items()]
    differences = [Difference(name, old, new) for name, old, new in pairs if different(old, new, applied)]
    return Trial(applied, refused, after_files, differences)


def _write(files: Mapping[str, str], root: Path) -> None:
    package = root / "proof"
    package.mkdir(exist_ok=True)
    (root / "pyproject.toml").touch()
    for old in package.glob("*.py"):
        old.unlink()
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)


def _fixed(
    program: Program, root: Path, codes: tuple[str, ...], *, unsafe: bool
) -> tuple[list[str], list[str], dict[str, str]]:
    paths = {str(root / "proof" / f"{name}.py"): name for name in program.files}
    files = [(path, program.files[name].encode()) for path, name in sorted(paths.items())]
    fixed = fix_all(files, Settings(select=codes), lambda some, work: work(some), unsafe=unsafe)
    applied = [violation.code for outcome in fixed.values() for violation in outcome.applied]
    refused = [f"{violation.code}: {why}" for outcome in fixed.values() for violation, why in outcome.refused]
    return applied, refused, {name: fixed[path].data.decode() for path, name in paths.items()}


# -- what a program does ----------------------------------------------------------------------------------------


def outcomes(program: Program, root: Path) -> dict[str, Done]:
    """What each case of a program does; where its modules cannot be imported, all of them raise that."""
    with harness.worker.observing(), _importing(root):
        done: dict[str, Done] = {}
        for module, case in program.cases:
            done[f"{module}.{case}"] = _run(module, case)
        return done


@contextmanager
def _importing(root: Path) -> Iterator[None]:
    writes = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(root))
        sys.dont_write_bytecode = writes
        for name in [name for name in sys.modules if name.partition(".")[0] == "proof"]:
            del sys.modules[name]


def _run(module: str, case: str) -> Done:
    error, value = "", ""
    sent = len(harness.worker.sent)
    runs: list[Any] = []
    ran = 0
    try:
        function = getattr(importlib.import_module(f"proof.{module}"), case)
        runs = importlib.import_module("proof.tasks").RUNS
        ran = len(runs)
        value = _ID.sub("ID", repr(function()))
    except Exception as raised:
        error = type(raised).__name__
    try:
        harness.worker.run()
    except TimeoutError:
        error = error or "TimeoutError"
    return Done(error, re.sub(r" at 0x\w+", "", value), harness.worker.sent[sent:], runs[ran:])


# -- what may be different --------------------------------------------------------------------------------------


def _differs(before: Done, after: Done, applied: list[str]) -> bool:
    """Whether a case that did not fail does anything else after safe fixes."""
    if before.is_failure:
        return False
    before, after = _with_numbers(before), _with_numbers(after)
    # what follows in a chain and could not be sent: the worker raised where nobody sees it
    children = [message for message in after.messages if message.parent and message not in before.messages]
    sent = {message.task for message in children}
    after = after._replace(messages=[message for message in after.messages if message not in children])
    return _without_runs(before, sent) != _without_runs(after, sent)


def _without_runs(done: Done, tasks: set[str]) -> Done:
    return done._replace(runs=[run for run in done.runs if f"proof.tasks.{run[0]}" not in tasks])


def _with_numbers(done: Done) -> Done:
    """What a case did, with each priority as the number that the broker makes of it."""
    numbers = [message._replace(priority=_number(message.priority)) for message in done.messages]
    return done._replace(messages=numbers)


def _number(priority: object) -> int | None:
    return None if priority is None else int(float(str(priority)))


def _differs_unsafely(before: Done, after: Done, applied: list[str]) -> bool:
    """Whether a case that did not fail does something after unsafe fixes that no page announces."""
    if before.is_failure:
        return False
    if after.error in _BROKEN and after.error != before.error:
        return True
    codes = set(applied)
    if codes <= {"AAC106", "AAC113", "AAC105"}:
        return before != after
    if codes <= {"AAC106", "AAC113", "AAC105", "AAC201", "AAC204", "AAC205", "AAC207", "AAC208"}:
        return _without_priorities(before) != _without_priorities(after)
    if codes <= {"AAC302"}:
        return [message[:3] for message in before.messages] != [message[:3] for message in after.messages]
    if codes <= {"AAC306", "AAC403"}:
        return sorted(before.runs, key=repr) != sorted(after.runs, key=repr)
    if codes <= {"AAC309"}:
        return not _is_part(before.messages, after.messages)
    return False


def _without_priorities(done: Done) -> Done:
    return done._replace(messages=[message._replace(priority=0) for message in done.messages])


def _is_part(some: list[Message], more: list[Message]) -> bool:
    left = [message[:3] for message in more]
    for message in some:
        if message[:3] not in left:
            return False
        left.remove(message[:3])
    return True
