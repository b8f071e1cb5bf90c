"""What the calls of Celery's canvas are made of: members, bodies, options, names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.occurrences import dispatches_of
from flake8_aa_celery.model.resolve.values import NamedTask, Signature, Workflow
from modules import TWO_TASKS, module_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.resolve.values import Dispatch


def sent(root: Path, source: str) -> Dispatch:
    """The one dispatch of a module with two tasks and this source below them."""
    (dispatch,) = dispatches_of(module_of(root, TWO_TASKS + source))
    return dispatch


def members(workflow: object) -> list[object]:
    """The members of a workflow as they are written, ``...`` after them where there may be more."""
    assert isinstance(workflow, Workflow)
    written: list[object] = [ast.unparse(member.node) for member in workflow.members.elements]
    return written if workflow.members.complete else [*written, ...]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("chain(a.s(), b.s())", ["a.s()", "b.s()"]),
        ("chain(*[a.s()], *[b.s()])", ["a.s()", "b.s()"]),
        ("chain(*unknown, *[b.s()])", ["b.s()", ...]),
        ("chain(chain(a.s(), b.s()), b.s())", ["a.s()", "b.s()", "b.s()"]),
        ("chain(chain(a.s(), *unknown), b.s())", ["a.s()", "b.s()", ...]),
        ("chain(chain(a.s(), b.s()), *unknown)", ["a.s()", "b.s()", ...]),
        ("(a.s() | b.s())", ["a.s()", "b.s()"]),
        ("(a.s() | unknown)", ["a.s()", "unknown", ...]),
        ("(unknown | a.s())", ["unknown", "a.s()", ...]),
        ("a.chunks(x, 5).group()", [...]),
    ],
)
def test_the_members_of_a_workflow(tmp_path: Path, made: str, expected: list[object]) -> None:
    assert members(sent(tmp_path, f"{made}.delay()").receiver) == expected


@pytest.mark.parametrize(
    ("made", "header", "body"),
    [
        ("chord([a.s(), b.s()], b.si())", ["a.s()", "b.s()"], "b.si()"),
        ("chord([a.s()], body=b.si())", ["a.s()"], "b.si()"),
        ("chord([a.s()], app=x, body=b.si())", ["a.s()"], "b.si()"),
        ("chord([a.s()], app=x)", ["a.s()"], None),
        ("chord([a.s()])", ["a.s()"], None),
        ("chord(unknown, b.si())", [...], "b.si()"),
        ("chord(header=[a.s()], body=b.si())", [...], "b.si()"),
    ],
)
def test_the_header_and_the_body_of_a_chord(tmp_path: Path, made: str, header: list[object], body: str | None) -> None:
    chord = sent(tmp_path, f"{made}.delay()").receiver
    assert members(chord) == header
    assert isinstance(chord, Workflow)
    assert (ast.unparse(chord.body.node) if chord.body else None) == body


@pytest.mark.parametrize(
    ("called", "options"),
    [
        ("chord([a.s()])(b.si(), priority=3)", set()),
        ("chord([a.s()], b.si())(1, priority=3)", {"priority"}),
        ("chord([a.s()])(body=b.si())", {"body"}),
    ],
)
def test_the_body_that_a_chord_is_called_with_takes_no_options(tmp_path: Path, called: str, options: set[str]) -> None:
    dispatch = sent(tmp_path, called)
    assert dispatch.method == "()"
    assert set(dispatch.options.entries) == options


@pytest.mark.parametrize(
    ("given", "known", "complete"),
    [
        ("options={'queue': 'slow'}, priority=3", {"queue", "priority"}, True),
        ("options=unknown, priority=3", {"priority"}, False),
        ("priority=3", {"priority"}, True),
        ("**unknown", set(), False),
    ],
)
def test_the_options_of_a_signature(tmp_path: Path, given: str, known: set[str], *, complete: bool) -> None:
    signature = sent(tmp_path, f"a.signature((), {given}).delay()").receiver
    assert isinstance(signature, Signature)
    assert (set(signature.options.entries), signature.options.complete) == (known, complete)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ("'app.tasks.a'", "app.tasks.a"),
        ("args=[1], name='app.tasks.a'", "app.tasks.a"),
        ("args=[1]", None),
        ("5", None),
        ("unknown", None),
    ],
)
def test_the_task_that_is_sent_by_its_name(tmp_path: Path, arguments: str, name: str | None) -> None:
    task = sent(tmp_path, f"current_app.send_task({arguments})").receiver
    assert isinstance(task, NamedTask)
    assert task.name == name
