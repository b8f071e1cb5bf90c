"""Begin a new rule: its file, its fixtures, its lines in catalogue and changelog, and all that is made of them.

``python -m docs.new_rule AAC605 name-in-words --about views`` writes a small rule about a fact, which works and passes
every test of a rule, to be changed bit by bit into the one that is meant; ``docs/facts.md`` lists the facts. The rule
is off by default, unless ``--proof test_priority.py::test_name`` names what proves on a running Celery that it should
be on. ``python -m docs.new_rule AAC605 --proof test_priority.py::test_name`` adds a proof to a rule that there is.
"""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser
from textwrap import fill
from typing import TYPE_CHECKING

from docs.generate import BEHAVIOUR, FAMILIES, ROOT, facts
from docs.scaffold import fixture_files, rule_text, sample_of
from flake8_aa_celery.model.facts import FACTS
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RULES = ROOT / "flake8_aa_celery" / "rules"
CATALOGUE = RULES / "catalogue.py"
FIXTURES = ROOT / "tests" / "fixtures"
CHANGELOG = ROOT / "CHANGELOG.md"
#: What the page of a rule that nobody has proven says of that.
_UNPROVEN = " Off by default: nobody has proven it."


class Refused(Exception):
    """What somebody asked for cannot be made, and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files of a new rule, or the proof of one that there is, and what follows from them.

    :return: 0; ``ArgumentParser`` ends the process with 2 where the code, the name, the fact or a proof will not do.
    """
    parser = ArgumentParser(prog="python -m docs.new_rule", description="Begin a new rule, or prove one.")
    parser.add_argument("code", help="a free code of a family, such as AAC605; or that of a rule, to prove it")
    parser.add_argument("name", nargs="?", help="the code in words, such as view-without-limit; not of a rule that is")
    parser.add_argument("--about", metavar="FACT", default="tasks", help="the fact that it is about; tasks if none")
    parser.add_argument(
        "--proof",
        metavar="FILE::TEST",
        help="a test of tests/behaviour that proves it; a rule with one is on by default",
    )
    given = parser.parse_args(arguments)
    try:
        proven = sentence_of(given.proof) if given.proof else ""
        if given.name is None:
            files = with_proof(given.code, given.proof, proven)
        else:
            refuse_what_will_not_do(given.code, given.name, given.about)
            files = written(given.code, given.name, given.about, given.proof, proven)
    except Refused as refused:
        parser.error(str(refused))
    for file in files:
        print(f"wrote {file.relative_to(ROOT)}")
    # in a process that has not read the catalogue before
    subprocess.run([sys.executable, "-m", "docs.generate"], cwd=ROOT, check=True)
    print(f"Its tests: pytest -k {given.code} tests/test_fixtures.py tests/test_documentation.py")
    return 0


def refuse_what_will_not_do(code: str, name: str, about: str) -> None:
    """Raise :class:`Refused` where a code or a name is malformed or taken, or where there is no such fact."""
    families = [f"{prefix}xx" for prefix in FAMILIES if prefix != "AAC9"]
    if not re.fullmatch(r"AAC\d{3}", code) or f"{code[:4]}xx" not in families:
        raise Refused(f"{code} belongs to no family: there are {', '.join(families)}")
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        raise Refused(f"{name} is no name: write a few words in small letters, with hyphens between them")
    wanted = f"{code.lower()}_{name.replace('-', '_')}"
    for file in sorted(RULES.glob("aac*.py")):
        if set(wanted.split("_", 1)) & set(file.stem.split("_", 1)):
            raise Refused(f"{file.relative_to(ROOT)} has the code or the name already")
    if about not in FACTS:
        raise Refused(f"there is no fact {about!r}{nearest(about, FACTS)}; docs/facts.md lists them")
    try:
        sample_of(about)
    except LookupError as error:
        raise Refused(str(error)) from error
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


def written(code: str, name: str, about: str, proof: str | None, proven: str) -> list[Path]:
    """Write the files of the rule, and return them."""
    file = name.replace("-", "_")
    rule = RULES / f"{code.lower()}_{file}.py"
    why_off = "" if proof else _UNPROVEN
    text = rule_text(code, about, why_off=why_off, proof=proof_section(proof, proven) if proof else "")
    rule.write_text(text, "utf-8")
    fixtures = {FIXTURES / code / file / path: text for path, text in fixture_files(code, about).items()}
    for path, content in fixtures.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return [rule, *fixtures, listed(code, name, about, default=proof is not None), announced(code, name)]


def with_proof(code: str, proof: str | None, proven: str) -> list[Path]:
    """Add a proof to the page of a rule that there is; one that is off only for want of a proof is on from now on.

    :raises Refused: where there is no such rule, or no proof.
    """
    if code not in all_rules():
        raise Refused(f"{code} is no rule yet: the name of a new one must follow")
    if proof is None:
        raise Refused(f"{code} is a rule already: it can be given a --proof")
    (file,) = RULES.glob(f"{code.lower()}_*.py")
    text = file.read_text("utf-8")
    if proof in text:
        raise Refused(f"{file.relative_to(ROOT)} names {proof} already")
    if "\n    ## Proof\n" in text:
        before, heading, after = text.partition("\n    ## Proof\n")
        bullets, end, rest = after.partition("\n\n")
        text = f"{before}{heading}{bullets}\n{bullet(f'`{proof}`: {proven}')}{end}{rest}"
    else:
        text = text.replace("\n    ## References\n", f"{proof_section(proof, proven)}\n    ## References\n", 1)
    file.write_text(text.replace(_UNPROVEN, ""), "utf-8")
    if _UNPROVEN not in text:
        return [file]
    lines = CATALOGUE.read_text("utf-8").splitlines(keepends=True)
    own = f'    _rule("{code}"'
    CATALOGUE.write_text(
        "".join(line.replace(", default=False", "") if line.startswith(own) else line for line in lines), "utf-8"
    )
    return [file, CATALOGUE]


def proof_section(proof: str, proven: str) -> str:
    """The part of a page that names what proves it."""
    return f"\n    ## Proof\n{bullet(f'`{proof}`: {proven}')}\n"


def bullet(text: str) -> str:
    """An item of a list in the page of a rule, in lines of the usual length."""
    return fill(text, 116, initial_indent="    - ", subsequent_indent="      ", break_on_hyphens=False)


def listed(code: str, name: str, about: str, *, default: bool) -> Path:
    """Add the rule to the catalogue, in the order of the codes, and return that."""
    lines = CATALOGUE.read_text("utf-8").splitlines(keepends=True)
    own = f'    _rule("{code}", "{name}", facts.{about.upper()}{"" if default else ", default=False"}),\n'
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
