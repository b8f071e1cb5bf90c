"""What follows what in a workflow."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

import modules
from flake8_aa_celery.model.canvas.workflows import followed_of, followers, sent_groups_of, starters
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, workflows_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_aa_celery.model.code.module import Module


def module_of(root: Path, source: str) -> Module:
    """The facts of a module with two tasks and this source below them."""
    return modules.module_of(root, modules.TWO_TASKS + source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("chain(a.si(), b.si())", ["a.si()"]),
        ("chain(a.si())", []),
        ("a.si() | b.si() | a.si()", ["a.si()", "b.si()"]),
        ("chain(a.si() for x in y)", ["a.si()"]),
        ("group(a.si(), b.si())", []),
        ("t = [a.si()] if x else []\nchain(t)", []),
        ("t = [a.si()]\nt.append(b.si())\nchain(t)", ["a.si()"]),
        ("t = []\nif x:\n    t.append(a.si())\nelse:\n    t.append(b.si())\nchain(t)", []),
        ("w = chain(a.si(), b.si())\nchain(w, a.si())", ["a.si()", "b.si()"]),
    ],
)
def test_the_members_that_another_one_follows(tmp_path: Path, source: str, expected: list[str]) -> None:
    found = followed_of(module_of(tmp_path, source))
    assert [ast.unparse(followed.node) for followed in found] == expected


def test_a_member_that_a_loop_adds_follows_itself(tmp_path: Path) -> None:
    (followed,) = followed_of(module_of(tmp_path, "chain(a.si() for x in y)"))
    assert followed.following is followed.member


def test_a_group_that_is_started_twice_and_returned_is_one(tmp_path: Path) -> None:
    source = "def f():\n    g = group(a.si(), b.si())\n    g.delay()\n    g()\n    return g"
    assert len(sent_groups_of(module_of(tmp_path, source))) == 1


def test_what_starts_and_returns_a_group_is_told_with_it(tmp_path: Path) -> None:
    source = "def f():\n    g = group(a.si(), b.si())\n    g.delay()\n    g()\n    return g\ngroup(b.si()).delay()"
    found = sent_groups_of(module_of(tmp_path, source))
    assert [(len(sent.dispatches), len(sent.returns)) for sent in found] == [(2, 1), (1, 0)]


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("chain(a.s(1), a.s(2), a.s(3))", [2, 3]),
        ("a.s(1) | a.s(2)", [2]),
        ("chain(a.s(1), group(a.s(2), a.s(3)))", [2, 3]),
        ("group(a.s(1), a.s(2))", []),
        ("chain(a.s(1) for _ in rest)", [1]),
        ("chain(*[a.s(1) for _ in rest], a.s(2))", [1, 2]),
        ("chain(unknown, a.s(2))", [2]),
        ("chain(*unknown, a.s(2))", []),
    ],
)
def test_the_followers_in_a_chain(tmp_path: Path, source: str, numbers: list[int]) -> None:
    module = module_of(tmp_path, source)
    found = [follower.call.args[0] for workflow in workflows_of(module) for follower in followers(workflow)]
    assert [ast.literal_eval(argument) for argument in found] == numbers


@pytest.mark.parametrize(
    ("sent", "numbers"),
    [
        ("a.s(1)", [1]),
        ("chain(a.s(1), a.s(2))", [1]),
        ("group(a.s(1), chain(a.s(2), a.s(3)), group(a.s(4)))", [1, 2, 4]),
        ("chord([a.s(1), a.s(2)], a.s(3))", [1, 2]),
        ("chain(*unknown, a.s(2))", []),
    ],
)
def test_the_starters_of_what_is_sent(tmp_path: Path, sent: str, numbers: list[int]) -> None:
    (dispatch,) = dispatches_of(module_of(tmp_path, f"({sent}).apply_async()"))
    assert [ast.literal_eval(starter.call.args[0]) for starter in starters(dispatch.receiver)] == numbers


def test_a_workflow_that_a_loop_puts_into_itself_starts_once(tmp_path: Path) -> None:
    source = "ws = [a.s()]\nfor x in y:\n    ws.append(group(ws))\n    group(ws).delay()"
    (dispatch,) = dispatches_of(module_of(tmp_path, source))
    assert len(list(starters(dispatch.receiver))) == 1  # in the group that is sent and in the one in it, told once
