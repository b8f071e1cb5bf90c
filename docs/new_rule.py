"""Begin a new rule: its file, its fixtures, its lines in catalogue and changelog, and all that is made of them.

``python -m docs.new_rule AAC605 name-in-words`` writes a small rule that works and passes every test of a rule, to be
changed bit by bit into the one that is meant. It is off by default, unless ``--proof test_priority.py::test_name``
names what proves on a running Celery that it should be on.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from string import Template
from textwrap import fill
from typing import TYPE_CHECKING

from docs import generate
from docs.generate import BEHAVIOUR, FAMILIES, ROOT, facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: What stands in a page until somebody has written it.
TO_BE_WRITTEN = "(To be written.)"
RULES = ROOT / "flake8_aa_celery" / "rules"
CATALOGUE = RULES / "catalogue.py"
FIXTURES = ROOT / "tests" / "fixtures"
CHANGELOG = ROOT / "CHANGELOG.md"

RULE = Template('''"""$code: a task that is called `example`. $to_be_written"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task is called `example`.

    Flags a task whose function is called `example`. $to_be_written

    ## Why
    What goes wrong, with what Celery does. $to_be_written

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def example(): ...
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update_prices(): ...
    ```

    ## Leaves alone
    - functions that are no tasks.

    ## Profile
    Both: Celery is the same everywhere.$why_off $to_be_written
$proof
    ## References
    - [Celery: Tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    if task.name == "example":
        yield Violation.at(task.node, f"the task `{task.name}` is called like an example: say what it does")
''')

FIXTURE = Template("""\
from celery import shared_task


@shared_task
def example():  # expect: $code [example]
    ...


@shared_task
def update_prices():  # ok: its name says what it does
    ...
""")


class Refused(Exception):
    """What somebody asked for cannot be made, and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files of a new rule and what follows from them.

    :return: 0; ``ArgumentParser`` ends the process with 2 where the code, the name or a proof will not do.
    """
    parser = ArgumentParser(prog="python -m docs.new_rule", description="Begin a new rule.")
    parser.add_argument("code", help="a free code of one of the families, such as AAC605")
    parser.add_argument("name", help="the code in words, such as view-without-limit")
    parser.add_argument(
        "--proof",
        metavar="FILE::TEST",
        help="a test of tests/behaviour that proves it; a rule with one is on by default",
    )
    given = parser.parse_args(arguments)
    try:
        refuse_what_will_not_do(given.code, given.name)
        proven = sentence_of(given.proof) if given.proof else ""
    except Refused as refused:
        parser.error(str(refused))
    for file in written(given.code, given.name, given.proof, proven):
        print(f"wrote {file.relative_to(ROOT)}")
    generate.main([])
    print(f"Its tests: pytest -k {given.code} tests/test_fixtures.py tests/test_documentation.py")
    return 0


def refuse_what_will_not_do(code: str, name: str) -> None:
    """Raise :class:`Refused` where a code or a name is malformed or taken."""
    families = [f"{prefix}xx" for prefix in FAMILIES if prefix != "AAC9"]
    if not re.fullmatch(r"AAC\d{3}", code) or f"{code[:4]}xx" not in families:
        raise Refused(f"{code} belongs to no family: there are {', '.join(families)}")
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        raise Refused(f"{name} is no name: write a few words in small letters, with hyphens between them")
    wanted = f"{code.lower()}_{name.replace('-', '_')}"
    for file in sorted(RULES.glob("aac*.py")):
        if set(wanted.split("_", 1)) & set(file.stem.split("_", 1)):
            raise Refused(f"{file.relative_to(ROOT)} has the code or the name already")
    if (FIXTURES / code).exists():
        raise Refused(f"{(FIXTURES / code).relative_to(ROOT)} exists already")


def sentence_of(proof: str) -> str:
    """What a test of ``tests/behaviour`` says that it shows.

    :raises Refused: where there is no such test.
    """
    file, _, test = proof.partition("::")
    known = facts(BEHAVIOUR / file) if re.fullmatch(r"test_\w+\.py", file) and (BEHAVIOUR / file).exists() else {}
    if test not in known:
        raise Refused(f"{proof} is no test of {BEHAVIOUR.relative_to(ROOT)}: write test_priority.py::test_name")
    return known[test]


def written(code: str, name: str, proof: str | None, proven: str) -> list[Path]:
    """Write the files of the rule, and return them."""
    file = name.replace("-", "_")
    rule, fixture = RULES / f"{code.lower()}_{file}.py", FIXTURES / code / f"{file}.py"
    fixture.parent.mkdir()
    fixture.write_text(FIXTURE.substitute(code=code), "utf-8")
    text = RULE.substitute(
        code=code,
        name=name,
        why_off="" if proof else " Off by default: nobody has proven it.",
        proof=f"\n    ## Proof\n{bullet(f'`{proof}`: {proven}')}\n" if proof else "",
        to_be_written=TO_BE_WRITTEN,
    )
    rule.write_text(text, "utf-8")
    return [rule, fixture, listed(code, name, default=proof is not None), announced(code, name)]


def bullet(text: str) -> str:
    """An item of a list in the page of a rule, in lines of the usual length."""
    return fill(text, 116, initial_indent="    - ", subsequent_indent="      ", break_on_hyphens=False)


def listed(code: str, name: str, *, default: bool) -> Path:
    """Add the rule to the catalogue, in the order of the codes, and return that."""
    lines = CATALOGUE.read_text("utf-8").splitlines(keepends=True)
    own = f'    _rule("{code}", "{name}", facts.TASKS{"" if default else ", default=False"}),\n'
    following = next(index for index, line in enumerate(lines) if line.startswith('    _rule("AAC') and line > own)
    CATALOGUE.write_text("".join([*lines[:following], own, *lines[following:]]), "utf-8")
    return CATALOGUE


def announced(code: str, name: str) -> Path:
    """Add a line on the rule to what is unreleased, and return the changelog."""
    before, heading, rest = CHANGELOG.read_text("utf-8").partition("## Unreleased\n")
    unreleased, released, older = rest.partition("\n## ")
    line = f"- A new rule, {code} `{name}`.\n"
    CHANGELOG.write_text(f"{before}{heading}{unreleased.rstrip()}\n{line}{released}{older}", "utf-8")
    return CHANGELOG


if __name__ == "__main__":
    sys.exit(main())
