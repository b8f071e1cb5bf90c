"""Programs made at random do after a fix what they did before it; ``python -m benchmarks.differential`` tries more."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from .differential import SAFE, UNSAFE, Done, _differs, _differs_unsafely, outcomes, tried
from .harness import Message
from .programs import Program, make_program

if TYPE_CHECKING:
    from pathlib import Path

#: So many programs take a few seconds.
PROGRAMS = 30
NOTHING = Done("", "None", [], [])
SENT = Message("proof.tasks.t0", [1], {}, 5, None, None, "celery", 0, None, "proof.tasks.t0", "SUCCESS")


def test_programs_do_the_same_after_safe_fixes(tmp_path: Path) -> None:
    trials = [tried(make_program(Random(seed)), tmp_path, SAFE, unsafe=False) for seed in range(PROGRAMS)]
    assert [str(difference) for trial in trials for difference in trial.differences] == []
    assert {code for trial in trials for code in trial.applied} >= {"AAC102", "AAC109", "AAC206", "AAC308", "AAC402"}


def test_programs_do_after_unsafe_fixes_what_the_pages_say(tmp_path: Path) -> None:
    trials = [
        tried(make_program(Random(seed), unsafe=True), tmp_path, (UNSAFE[seed % len(UNSAFE)],), unsafe=True)
        for seed in range(PROGRAMS)
    ]
    assert [str(difference) for trial in trials for difference in trial.differences] == []
    assert sum(bool(trial.applied) for trial in trials) > PROGRAMS // 5


def test_a_case_says_what_it_returns_sends_and_runs(tmp_path: Path) -> None:
    tasks = "from celery import shared_task\nRUNS = []\n\n@shared_task\ndef t0(pk):\n    RUNS.append(('t0', pk))\n"
    views = "from proof.tasks import t0\ndef case_0():\n    t0.delay(1)\n    return 2\ndef case_1():\n    t0.delay()\n"
    files = {"__init__": "", "tasks": tasks, "views": views}
    (tmp_path / "proof").mkdir()
    for name, text in files.items():
        (tmp_path / "proof" / f"{name}.py").write_text(text)
    done = outcomes(Program(files, [("views", "case_0"), ("views", "case_1")]), tmp_path)
    assert done["views.case_0"] == Done("", "2", [SENT], [("t0", 1)])
    assert done["views.case_1"].error == "TypeError"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (NOTHING, NOTHING, False),
        (NOTHING, NOTHING._replace(messages=[SENT]), True),
        (NOTHING._replace(error="TypeError"), NOTHING._replace(messages=[SENT]), False),
        (NOTHING._replace(messages=[SENT]), NOTHING._replace(messages=[SENT._replace(args=[2])]), True),
        (NOTHING._replace(messages=[SENT._replace(outcome="FAILURE")]), NOTHING, False),
        (NOTHING, NOTHING._replace(value="1"), True),
    ],
)
def test_a_safe_fix_may_change_what_failed_and_nothing_else(before: Done, after: Done, expected: bool) -> None:
    assert _differs(before, after, ["AAC206"]) is expected


@pytest.mark.parametrize(
    ("code", "after", "expected"),
    [
        ("AAC205", SENT._replace(priority=7), False),
        ("AAC205", SENT._replace(args=[2]), True),
        ("AAC106", SENT._replace(priority=7), True),
    ],
)
def test_an_unsafe_fix_may_change_what_its_page_says(code: str, after: Message, expected: bool) -> None:
    before = NOTHING._replace(messages=[SENT])
    assert _differs_unsafely(before, NOTHING._replace(messages=[after]), [code]) is expected
