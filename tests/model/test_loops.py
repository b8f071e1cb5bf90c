"""What runs once per item: lexical, and only where there may be more than a few items."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.resolve.occurrences import dispatches_of, workflows_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path

TASKS = "from celery import chain, group, shared_task\n@shared_task\ndef t(x=None): ...\n"


def in_bulk(root: Path, source: str) -> list[bool]:
    """Whether each dispatch of a function with this body is a bulk dispatch, in the order of the source."""
    module = module_of(root, f"{TASKS}def f(xs, x, y):\n{indent(dedent(source).strip(), '    ')}\n")
    dispatches = sorted(dispatches_of(module), key=lambda dispatch: (dispatch.node.lineno, dispatch.node.col_offset))
    return [dispatch.loop is not None for dispatch in dispatches]


def cases(*sources: str) -> pytest.MarkDecorator:
    """Bodies of a function."""
    return pytest.mark.parametrize("source", sources)


@cases(
    "for x in xs:\n    t.delay(x)",
    "for x in xs:\n    t.apply_async([x])",
    "for x in xs:\n    t.si(x).delay()",
    "for x in xs:\n    chain(t.si(x), t.si(x)).delay()",
    "for x in xs:\n    chain(t.si(x), t.si(x))()",
    "for x in xs:\n    (t.si(x) | t.si(x)).apply_async()",
    "while x:\n    t.delay(x)",
    "while t.delay(x):\n    pass",
    "while True:\n    t.delay(x)",
    "[t.delay(x) for x in xs]",
    "{t.delay(x) for x in xs}",
    "{x: t.delay(x) for x in xs}",
    "list(t.delay(x) for x in xs)",
    "[x for x in xs if t.delay(x)]",
    "[y for x in xs for y in t.delay(x)]",
    "return [t.delay(x) for x in xs]",
    "for x in xs:\n    if x:\n        t.delay(x)",
    "for x in xs:\n    if x:\n        pass\n    else:\n        t.delay(x)",
    "for x in xs:\n    try:\n        t.delay(x)\n    except E:\n        pass",
    "for x in xs:\n    try:\n        pass\n    except E:\n        t.delay(x)",
    "for x in xs:\n    with x:\n        t.delay(x)",
    "for x in xs:\n    match x:\n        case 1:\n            t.delay(x)",
    "for x in xs:\n    y = t.delay(x)\n    print(y)",
    "for x in xs:\n    for y in (1, 2):\n        t.delay(y)",
    "for x in (1, 2):\n    for y in xs:\n        t.delay(y)",
    "for x in xs:\n    t.delay(x)\n    if y:\n        break",
    "for x in xs:\n    t.delay(x)\n    print(x)\n    break",
    "for x in xs:\n    if x:\n        t.delay(x)\n    break",
    "for x in xs:\n    t.delay(x)\n    continue",
    "for x in xs:\n    for y in xs:\n        t.delay(x)\n        break",
    "for x in xs:\n    return [t.delay(y) for y in x]",
    "async def g():\n    async for x in xs:\n        t.delay(x)",
    "async def g():\n    return [t.delay(x) async for x in xs]",
)
def test_a_loop_or_comprehension_is_bulk(tmp_path: Path, source: str) -> None:
    assert in_bulk(tmp_path, source) == [True]


@cases(
    "t.delay(x)",
    "if x:\n    t.delay(x)",
    "for x in t.delay(x).get():\n    pass",
    "[x for x in t.delay(x).get()]",
    "for x in xs:\n    pass\nelse:\n    t.delay(x)",
    "while x:\n    pass\nelse:\n    t.delay(x)",
    "for x in xs:\n    def g():\n        t.delay(x)",
    "for x in xs:\n    y(lambda: t.delay(x))",
    "[lambda: t.delay(x) for x in xs]",
    "for x in xs:\n    class A:\n        y = t.delay(x)",
    "for x in xs:\n    t.delay(x)\n    break",
    "for x in xs:\n    t.delay(x)\n    return",
    "for x in xs:\n    if x:\n        t.delay(x)\n        break",
    "for x in xs:\n    if x:\n        t.delay(x)\n        return x",
    "for x in xs:\n    return t.delay(x)",
    "for x in xs:\n    for y in x:\n        t.delay(x)\n        return",
    "while True:\n    t.delay(x)\n    break",
    "for x in xs:\n    try:\n        t.delay(x)\n        break\n    except E:\n        pass",
)
def test_what_runs_once_is_no_bulk(tmp_path: Path, source: str) -> None:
    assert in_bulk(tmp_path, source) == [False]


@pytest.mark.parametrize(
    "few",
    [
        "(1, 2, 3)",
        "[1, 2]",
        "{1}",
        "()",
        "{'a': 1, 'b': 2}",
        "{'a': 1, 'b': 2}.items()",
        "{'a': 1}.values()",
        "enumerate((1, 2, 3))",
        "sorted([3, 2, 1])",
        "list((1, 2))",
        "zip((1, 2), xs)",
        "range(3)",
        "range(0, 3)",
        "range(5, 7)",
        "xs[:3]",
        "xs[:1]",
        "xs[0:2]",
        "xs[2:5]",
        "xs[-3:]",
        "xs.filter(a=1)[:3]",
        "enumerate(xs[:3])",
        "itertools.islice(xs, 2)",
        "FEW",
        "xs[:LIMIT]",
    ],
)
def test_a_few_items_are_no_bulk(tmp_path: Path, few: str) -> None:
    source = f"import itertools\nFEW = (1, 2)\nLIMIT = 3\nfor x in {few}:\n    t.delay(x)\n[t.delay(x) for x in {few}]"
    assert in_bulk(tmp_path, source) == [False, False]


@pytest.mark.parametrize(
    "many",
    [
        "(1, 2, 3, 4)",
        "[1, *xs]",
        "{'a': 1, 'b': 2, 'c': 3, 'd': 4}",
        "{'a': 1, **xs}",
        "{'a': 1}.other()",
        "enumerate(xs)",
        "zip(xs, x)",
        "range(4)",
        "range(0, 9)",
        "range(0, x)",
        "range(x)",
        "range(0, 30, 10)",
        "xs[:4]",
        "xs[1:]",
        "xs[:x]",
        "xs[:-3]",
        "xs[-4:]",
        "xs[-1:3]",
        "xs[x]",
        "itertools.islice(xs, 9)",
        "itertools.islice(xs, 0, 9)",
        "[1 for y in xs]",
        "filled",
        "x()",
        "xs",
    ],
)
def test_what_may_be_many_is_bulk(tmp_path: Path, many: str) -> None:
    fill = "import itertools\nfilled = []\nfor y in xs:\n    filled.append(y)\n"
    assert in_bulk(tmp_path, f"{fill}for x in {many}:\n    t.delay(x)\n[t.delay(x) for x in {many}]") == [True, True]


def test_a_list_that_is_handed_on_may_be_long(tmp_path: Path) -> None:
    assert in_bulk(tmp_path, "few = []\ny(few)\nfor x in few:\n    t.delay(x)") == [True]


def test_a_list_that_grows_in_its_own_loop_is_long(tmp_path: Path) -> None:
    assert in_bulk(tmp_path, "few = [1]\nfor x in few:\n    t.delay(x)\n    few.append(x)") == [True]


def test_two_short_loops_are_no_bulk(tmp_path: Path) -> None:
    source = "for x in (1, 2):\n    for y in (1, 2):\n        t.delay(x)\n[t.delay(x) for x in (1, 2) for y in (1, 2)]"
    assert in_bulk(tmp_path, source) == [False, False]


def test_of_a_comprehension_each_part_must_be_short(tmp_path: Path) -> None:
    assert in_bulk(tmp_path, "[t.delay(x) for x in (1, 2) for y in xs]\n[t.delay(x) for x in xs for y in x[:2]]") == [
        True,
        True,
    ]


def test_a_loop_over_the_module_level_is_bulk_too(tmp_path: Path) -> None:
    module = module_of(tmp_path, f"{TASKS}for x in y:\n    t.delay(x)\n")
    assert [dispatch.loop is not None for dispatch in dispatches_of(module)] == [True]


@pytest.mark.parametrize(
    "members",
    [
        "t.si(x) for x in xs",
        "[t.si(x) for x in xs]",
        "*[t.si(x) for x in xs]",
        "*(t.si(x) for x in xs)",
        "list(t.si(x) for x in xs)",
        "[t.si(0)] + [t.si(x) for x in xs]",
        "t.si(0), *[t.si(x) for x in xs]",
        "filled",
        "*filled",
        "extended",
        "added",
    ],
)
def test_a_workflow_knows_that_its_members_come_from_a_loop(tmp_path: Path, members: str) -> None:
    fill = (
        "filled = []\nfor x in xs:\n    filled.append(t.si(x))\n"
        "extended = []\nextended.extend([t.si(x) for x in xs])\n"
        "added = []\nfor x in xs:\n    added += [t.si(x)]\n"
    )
    body = indent(f"{fill}group({members}).delay()", "    ")
    (workflow,) = workflows_of(module_of(tmp_path, f"{TASKS}def f(xs):\n{body}\n"))
    assert any(member.loop for member in workflow.members.elements)
