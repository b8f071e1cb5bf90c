"""Write what the documentation takes from the code: pages and tables of the rules, the facts, the settings, what was
observed.

Run ``python -m docs.generate`` after a change of a rule, a fact, a setting or a test of ``tests/behaviour``;
``--check`` writes nothing and exits with 1 when a file is not as it would be written.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from inspect import getdoc
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model import facts as model_facts_file
from flake8_aa_celery.model.facts import FACTS
from flake8_aa_celery.report._links import page_of
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_aa_celery.rules import Rule
    from flake8_aa_celery.settings import Option

ROOT = Path(__file__).parent.parent
FAMILIES = {
    "AAC1": "Defining tasks",
    "AAC2": "Priorities",
    "AAC3": "Workflows, results, long-running work",
    "AAC4": "Calling tasks",
    "AAC5": "Schedules",
    "AAC6": "Tasks that a page starts",
    "AAC7": "Configuration",
    "AAC8": "Workers and signals",
    "AAC9": "The tool itself",
}
PROFILES = {"alliance-auth": "Alliance Auth", "celery": "any Celery project"}
BEHAVIOUR = ROOT / "tests" / "behaviour"
PROOF = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
EXAMPLE = re.compile(r"^```(?:python|markdown|rst)\n([\s\S]*?)^```$", re.MULTILINE)
FILE_NAME = re.compile(r"^# ([\w./-]+\.(?:py|md|rst))$", re.MULTILINE)
OBSERVED = (
    "Each claim on the page of a rule rests on tests that run Celery itself, on the oldest and the newest version that "
    "this linter speaks of. Here they are, with what each of them says."
)
GENERATED = "<!-- Made by `python -m docs.generate`; change the code instead. -->"


class Page(NamedTuple):
    """A rule's documentation in its parts.

    :param summary: its first line, one sentence.
    :param flagged: what follows, up to the first heading.
    :param sections: the text below each heading, by heading, in order.
    """

    summary: str
    flagged: str
    sections: dict[str, str]


def read_page(documentation: str) -> Page:
    """Take a rule's documentation apart. A heading within a block of code is none."""
    parts = re.split(r"^(?:## (.+)|(```[\s\S]*?^```))$", documentation, flags=re.MULTILINE)
    headings, texts = [""], [parts[0]]
    for heading, code, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if heading:
            headings.append(heading)
            texts.append(text)
        else:
            texts[-1] += code + text
    summary, _, flagged = texts[0].strip().partition("\n")
    sections = zip(headings[1:], map(str.strip, texts[1:]), strict=True)
    return Page(summary, flagged.strip(), dict(sections))


def example_files(section: str) -> dict[str, str]:
    """The files that a section's one block of code stands for, by path; a comment names each but ``app/tasks.py``."""
    (block,) = EXAMPLE.findall(section)
    parts = FILE_NAME.split(block)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {"app/tasks.py": parts[0], **named} if parts[0].strip() else named


def rule_page(rule: Rule) -> str:
    """The page of one rule: its documentation below its code and name."""
    text = PROOF.sub(_linked, rule.documentation)
    return f"{GENERATED}\n\n# {rule.code} {rule.name}\n\n{standing(rule)}\n\n{text}\n"


def _linked(proof: re.Match[str]) -> str:
    """The name of a test as a link to it."""
    return f"[{proof[0]}](../observed.md#{proof[2]})"


def observations() -> str:
    """The page of what was observed of a running Celery, which the proofs lead to."""
    parts = [f"{GENERATED}\n\n# What was observed\n\n{OBSERVED}"]
    for file in sorted(BEHAVIOUR.glob("test_*.py")):
        title = (ast.get_docstring(ast.parse(file.read_bytes())) or file.stem).partition("\n")[0].rstrip(".")
        found = [f'- <a id="{name}"></a>`{name}`: {cell(sentence)}' for name, sentence in facts(file).items()]
        parts.append("\n".join([f"## {title}\n", f"`{file.name}`\n", *found]))
    return "\n\n".join(parts) + "\n"


def standing(rule: Rule) -> str:
    """Whether and where a rule is on, as what, and whether it is fixed, in a sentence each."""
    reported = "Reported by default" if rule.default else "Reported when selected"
    where = " and ".join(PROFILES[profile] for profile in rule.profiles)
    fix = f"Has a fix ({rule.fix})." if rule.fix else "Has no fix."
    return f"{reported}, for {where}, as {_article(rule.severity)}. {fix}"


def _article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def tables(page_of: Callable[[str], str]) -> str:
    """A table of the rules for each family, with links to their pages.

    :param page_of: gives the address of the page of a code.
    """
    blocks = []
    for prefix, title in FAMILIES.items():
        rows = [row(rule, page_of(rule.code)) for rule in all_rules().values() if rule.code.startswith(prefix)]
        if rows:
            head = "| Code | Name | What it finds | Severity | On | Fix |\n| --- | --- | --- | --- | --- | --- |"
            blocks.append("\n".join([f"### {prefix}xx: {title}\n", head, *rows]))
    return "\n\n".join(blocks)


def row(rule: Rule, page: str) -> str:
    """A rule's line in the table, with a link to its page."""
    summary = cell(read_page(rule.documentation).summary)
    on = "when selected" if not rule.default else "yes" if len(rule.profiles) > 1 else PROFILES[rule.profiles[0]]
    return f"| [{rule.code}]({page}) | {rule.name} | {summary} | {rule.severity} | {on} | {rule.fix or 'none'} |"


def cell(text: str) -> str:
    """Text as it may stand in a Markdown table."""
    return " ".join(text.replace("|", r"\|").split())


def settings_table() -> str:
    """The table of the settings."""
    rows = [
        f"| `{option.name}` | {cell(option.help)} | {cell(option.allowed)} | `{cell(shown_default(option))}` |"
        for option in OPTIONS
    ]
    return "\n".join(["| Setting | What it sets | Value | Default |", "| --- | --- | --- | --- |", *rows])


def shown_default(option: Option) -> str:
    """A default as it would be written in ``pyproject.toml``; JSON is near enough for what there is."""
    if option.kind in ("path", "environment"):
        return json.dumps(option.default or False)
    return json.dumps(dict(option.default) if option.kind == "codes by file" else option.default)


def navigation() -> str:
    """The pages of the rules as the site's navigation lists them: by name, in their families."""
    lines = []
    for prefix, title in FAMILIES.items():
        rules = [rule for rule in all_rules().values() if rule.code.startswith(prefix)]
        lines += [
            f'      - "{title}":',
            *(f"          - {rule.code} {rule.name}: rules/{rule.code}.md" for rule in rules),
        ]
    return "\n".join(lines)


def facts(file: Path) -> dict[str, str]:
    """What a file of ``tests/behaviour`` observes: its tests in order, each with the sentence it begins with."""
    functions = [node for node in ast.parse(file.read_bytes()).body if isinstance(node, ast.FunctionDef)]
    sentences = {function.name: ast.get_docstring(function) or "" for function in functions}
    return {name: text.partition("\n")[0] for name, text in sentences.items() if name.startswith("test_")}


def proofs() -> dict[tuple[str, str], list[str]]:
    """The codes of the rules whose pages name a test as a proof, by its file and name."""
    proven: dict[tuple[str, str], list[str]] = {}
    for rule in all_rules().values():
        for place in dict.fromkeys(PROOF.findall(read_page(rule.documentation).sections.get("Proof", ""))):
            proven.setdefault(place, []).append(rule.code)
    return proven


def facts_table(file: Path, proven: dict[tuple[str, str], list[str]]) -> str:
    """The table of what a file of ``tests/behaviour`` observes, and which rules rest on it."""
    rows = [
        f"| {cell(sentence.replace('``', '`'))} | `{name}` | {', '.join(proven.get((file.name, name), []))} |"
        for name, sentence in facts(file).items()
    ]
    return "\n".join(["| fact | test | rules |", "| --- | --- | --- |", *rows])


def model_facts() -> str:
    """The tables of the facts of the model, as its file groups them, with what a rule about each is handed."""
    blocks: list[str] = []
    for heading, names in groups_of_facts().items():
        rows = [fact_row(name) for name in names]
        head = "| Fact | What it is | An item | Stands in `model/` | Rules |\n| --- | --- | --- | --- | --- |"
        blocks.append("\n".join([f"### {heading[0].upper()}{heading[1:]}\n", head, *rows]))
    return "\n\n".join(blocks)


def groups_of_facts() -> dict[str, list[str]]:
    """The names of the facts below the headings of ``model/facts.py``."""
    groups: dict[str, list[str]] = {}
    for line in Path(model_facts_file.__file__).read_text("utf-8").splitlines():
        heading, fact = re.match(r"# -- (.+?) -+$", line), re.match(r"([A-Z_]+): Fact\[", line)
        if heading:
            groups[heading[1]] = []
        elif fact:
            groups[list(groups)[-1]].append(fact[1].lower())
    return groups


def fact_row(name: str) -> str:
    """A fact's line in the tables."""
    fact = FACTS[name]
    sentence = (getdoc(fact.function) or "").partition("\n\n")[0].replace("``", "`")
    about = ", ".join(f"[{code}](rules/{code}.md)" for code, rule in all_rules().items() if rule.fact is fact)
    file = f"{fact.file.replace('.', '/')}.py"
    return f"| `{name}` | {cell(sentence)} | `{cell(type_of_items(name))}` | `{file}` | {about} |"


def type_of_items(name: str) -> str:
    """What a rule about a fact is handed, as ``model/facts.py`` writes it: ``Dispatch``."""
    written: str = model_facts_file.__annotations__[name.upper()]
    return written.removeprefix("Fact[").removesuffix("]")


def between_markers(text: str, name: str, content: str) -> str:
    """Replace what stands between ``<!-- name -->`` and ``<!-- /name -->``, where there are such lines."""
    between = rf"(<!-- {re.escape(name)} -->\n)[\s\S]*?([^\n]*<!-- /{re.escape(name)} -->)"
    return re.sub(between, lambda marked: f"{marked[1]}{content}\n{marked[2]}", text)


def with_tables(file: Path, tables: dict[str, str]) -> str:
    """The text of a file with each table in its place, by the name of its markers."""
    text = file.read_text("utf-8")
    for name, table in tables.items():
        text = between_markers(text, name, table)
    return text


def generated() -> Iterator[tuple[Path, str]]:
    """Every file that is made, wholly or in part, with what belongs into it."""
    rules = ROOT / "docs" / "rules"
    for rule in all_rules().values():
        yield rules / f"{rule.code}.md", rule_page(rule)
    yield ROOT / "docs" / "observed.md", observations()
    yield rules / "index.md", f"{GENERATED}\n\n# Rules\n\n{tables('{}.md'.format)}\n"
    whole = {"rules": tables(page_of), "settings": settings_table(), "pages": navigation(), "facts": model_facts()}
    docs = ROOT / "docs"
    for file in (ROOT / "README.md", docs / "facts.md", docs / "settings.md", ROOT / "mkdocs.yml"):
        yield file, with_tables(file, whole)
    proven = proofs()
    observed = {file.name: facts_table(file, proven) for file in BEHAVIOUR.glob("test_*.py")}
    yield BEHAVIOUR / "README.md", with_tables(BEHAVIOUR / "README.md", observed)


def stale(files: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    """Those files that do not hold what belongs into them."""
    for file, text in files:
        if not file.exists() or file.read_text("utf-8") != text:
            yield file, text


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name those that differ. Returns the exit code."""
    known = {ROOT / "docs" / "rules" / f"{code}.md" for code in (*all_rules(), "index")}
    orphans = sorted(set((ROOT / "docs" / "rules").glob("*.md")) - known)
    changed = list(stale(generated()))
    if arguments == ["--check"]:
        for file in [*(file for file, _ in changed), *orphans]:
            print(f"{file.relative_to(ROOT)} is out of date: run `python -m docs.generate`")
        return int(bool(changed or orphans))
    for file, text in changed:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    for file in orphans:
        file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
