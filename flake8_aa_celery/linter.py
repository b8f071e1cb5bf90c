"""One file in, its violations out: the only place where source, model and rules meet."""

from __future__ import annotations

import os
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from flake8_aa_celery import model
from flake8_aa_celery.documents import code_blocks, is_document
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import ALL, NAMES_A_GROUP
from flake8_aa_celery.source import decode, heed_noqa, lines_of, noqa_comments

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flake8_aa_celery.documents import CodeBlock
    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.project import Project
    from flake8_aa_celery.model.code.workspace import Workspace
    from flake8_aa_celery.rules import Rule
    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

#: The rule on comments by which nothing is silenced, which needs to know what all others find.
_UNUSED_NOQA = "AAC901"
_TOO_DEEP = "it is nested too deeply"

_order = attrgetter("line", "column", "code")


def lint(
    path: str,
    data: bytes,
    settings: Settings,
    workspace: Workspace | None = None,
    tree: ast.Module | None = None,
    lines: Sequence[str] | None = None,
    *,
    keep: bool = False,
    seen: Callable[[Module], object] | None = None,
) -> list[Violation]:
    """The violations of one file, sorted, whatever its ``noqa`` comments say.

    Never raises for what stands in the file: one that cannot be parsed is a violation of AAC900, a rule that
    crashes on it one of AAC999.

    :param path: where the file is, or would be.
    :param data: its bytes.
    :param workspace: the files that it is one of; what is known of them is kept there. One of its own where None.
    :param tree: its syntax tree, where somebody has parsed it already.
    :param lines: its decoded lines, where somebody has them already.
    :param keep: whether somebody goes on to ask for what the model knows of the file.
    :param seen: is handed what the model knows of the file, if it knows anything.
    """
    workspace = workspace or _new_workspace()
    if not workspace.places.is_checked(path, settings):
        return []
    is_relevant = _is_relevant(path, data, settings)
    if not is_relevant and not _may_be_led_to_celery(path, data, settings):
        return []
    project = workspace.project_at_work(path, settings)
    if not is_relevant and not _imports_celery(path, data, project):
        return []
    rules = rules_for(path, settings)
    if is_document(path):
        return _in_document(rules, path, data, project, settings)
    try:
        module = project.loaded(path, data) or _module(path, tree or parse(data), project)
        found = _found(rules, module)
        unused = _unused_noqa(rules, module, data)
        if seen is not None and not isinstance(module, Exception):
            seen(module)
        if not keep and not isinstance(module, Exception):
            project.done_with(module)
    except SyntaxError as error:
        from flake8_aa_celery.rules.aac900_syntax_error import check as violation_for

        return _reported(rules, "AAC900", violation_for(error, data))
    if found and not data.isascii():
        found = _in_characters(found, lines or lines_of(data))
    return sorted([*found, *unused], key=_order)


def _may_silence_in_vain(path: str, data: bytes, settings: Settings) -> bool:
    """Whether a file may have a ``noqa`` comment for a rule of ours, and somebody asks whether that is needed."""
    return b"noqa" in data.lower() and b"AAC" in data and _judges_noqa(rules_for(path, settings))


def _new_workspace() -> Workspace:
    from flake8_aa_celery.model.code.workspace import Workspace

    return Workspace()


def may_find(path: str, data: bytes, settings: Settings) -> bool:
    """Whether :func:`lint` may find anything in a file, by its bytes alone."""
    return _is_relevant(path, data, settings) or _may_be_led_to_celery(path, data, settings)


def has_to_do_with_celery(path: str, data: bytes, settings: Settings, project: Project) -> bool:
    """Whether :func:`lint` looks into a file, by its bytes and by what it imports of its project."""
    return _is_relevant(path, data, settings) or (
        _may_be_led_to_celery(path, data, settings) and _imports_celery(path, data, project)
    )


def _may_be_led_to_celery(path: str, data: bytes, settings: Settings) -> bool:
    """Whether a rule looks into a file for the sake of what it imports, as far as its own bytes tell."""
    if is_document(path) or b"import" not in data:
        return False
    return model.may_answer(data) or any(rule.anywhere for rule in selected_rules(settings))


def _is_relevant(path: str, data: bytes, settings: Settings) -> bool:
    return (
        model.relevant(data, settings.tasks_modules)
        or (b"import" in data and model.may_lie_among_tasks(path, settings.tasks_modules))
        or any(name.rpartition(".")[2].encode() in data for name, _ in settings.task_decorators)
        or _may_silence_in_vain(path, data, settings)
    )


def _imports_celery(path: str, data: bytes, project: Project) -> bool:
    """Whether a file that does not speak of Celery imports one of the project that does."""
    return any(project.speaks_of_celery(each) for each in project.imported_from(path, data))


def check(
    path: str,
    data: bytes,
    settings: Settings,
    workspace: Workspace | None = None,
    *,
    seen: Callable[[Module], object] | None = None,
) -> list[Violation]:
    """The violations of one file that are reported: those of :func:`lint` that no ``noqa`` silences."""
    return heed_noqa(lint(path, data, settings, workspace, seen=seen), path, data)


def parse(data: bytes) -> ast.Module:
    """The syntax tree of Python source.

    :raises SyntaxError: where there is none, be it for the syntax, the encoding, null bytes, or nesting.
    """
    import ast
    from warnings import catch_warnings, simplefilter

    with catch_warnings():
        simplefilter("ignore")  # what Python warns of in a file is not ours to say
        try:
            tree = ast.parse(data)
            if not data.isascii():
                decode(data)  # ast does not look at the bytes of comments, but import does
        except ValueError as error:
            end = error.start if isinstance(error, UnicodeDecodeError) else data.find(b"\0")
            line = data.count(b"\n", 0, max(end, 0)) + 1
            raise SyntaxError(str(error), ("", line, 1, None)) from error
        except LookupError as error:  # what Python 3.14 says of a codec that is no text encoding, such as rot13
            raise SyntaxError(str(error)) from error
        except (RecursionError, MemoryError) as error:
            raise SyntaxError(_TOO_DEEP) from error
    return tree


@lru_cache(maxsize=8)
def selected_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules that the settings turn on, in the order of their codes.

    Of a selecting and an ignoring prefix the longer one decides, and the ignoring one where they are as long.
    """
    return tuple(rule for rule in all_rules().values() if _is_selected(rule, settings))


def _is_selected(rule: Rule, settings: Settings) -> bool:
    by_default = rule.default and settings.rules_of in rule.profiles
    shortest = 0 if by_default else NAMES_A_GROUP
    selected = [
        weight
        for prefix in (*settings.select, *settings.extend_select)
        if (weight := _weight(prefix, rule)) >= shortest or (prefix == ALL)
    ]
    if by_default and not settings.select:
        selected.append(0)
    ignored = [_weight(prefix, rule) for prefix in settings.ignore]
    return max(selected, default=-1) > max(ignored, default=-1)


def _weight(prefix: str, rule: Rule) -> int:
    """How closely a prefix names a rule; -1 where it does not."""
    if prefix == ALL:
        return 0
    return len(prefix) if rule.code.startswith(prefix) else -1


def rules_for(path: str, settings: Settings) -> tuple[Rule, ...]:
    """The selected rules that ``per-file-ignores`` leaves for a file."""
    rules = selected_rules(settings)
    if not settings.per_file_ignores:
        return rules
    from fnmatch import fnmatch

    name, absolute = os.path.basename(path), os.path.abspath(path)
    ignored = tuple(
        prefix
        for pattern, prefixes in settings.per_file_ignores
        if fnmatch(name, pattern) or fnmatch(absolute, pattern)
        for prefix in prefixes
    )
    return () if ALL in ignored else tuple(rule for rule in rules if not rule.code.startswith(ignored))


def _module(path: str, tree: ast.Module, project: Project, *, in_document: bool = False) -> Module | Exception:
    """The facts of a file, or what went wrong in finding them."""
    try:
        return project.document(path, tree) if in_document else project.module(path, tree)
    except Exception as error:
        return error


def _found(rules: Sequence[Rule], module: Module | Exception) -> list[Violation]:
    """What the rules find, and for each that crashes a violation that says so."""
    if isinstance(module, Exception):
        return _crashed(rules, "the model", module)
    return [violation for rule in rules for violation in _found_by(rule, module, rules)]


def _found_by(rule: Rule, module: Module, rules: Sequence[Rule]) -> list[Violation]:
    try:
        return [each._replace(code=rule.code, name=rule.name) for each in rule.violations_in(module)]
    except Exception as error:
        return _crashed(rules, f"rule {rule.code} ({rule.name})", error)


def _judges_noqa(rules: Iterable[Rule]) -> bool:
    return any(rule.code == _UNUSED_NOQA for rule in rules)


def _unused_noqa(rules: Sequence[Rule], module: Module | Exception, data: bytes) -> list[Violation]:
    """The ``noqa`` comments of a file by whose codes nothing is silenced, be their rules selected or not."""
    if isinstance(module, Exception) or not _judges_noqa(rules):
        return []
    try:
        return list(_named_in_vain(rules, module, data))
    except Exception as error:
        return _crashed(rules, f"rule {_UNUSED_NOQA} (unused-noqa)", error)


def _named_in_vain(rules: Sequence[Rule], module: Module, data: bytes) -> Iterator[Violation]:
    from flake8_aa_celery.rules.aac901_unused_noqa import check as violation_for

    spoken = [comment for comment in noqa_comments(data) if any(map(_is_ours, comment.codes))]
    prefixes = tuple(code for comment in spoken for code in comment.codes if _is_ours(code))
    named = [rule for rule in all_rules().values() if rule.fact is not None and rule.code.startswith(prefixes)]
    silenced = _found(named, module) if prefixes else []
    if any(each.code == "AAC999" for each in silenced):
        return
    for comment in spoken:
        heard = [each.code for each in silenced if comment.first <= each.line <= comment.last]
        dead = [code for code in comment.codes if _is_ours(code) and not any(each.startswith(code) for each in heard)]
        if dead:
            exist = any(code.startswith(tuple(dead)) for code in all_rules())
            yield from _reported(rules, _UNUSED_NOQA, violation_for(comment, dead, exist=exist))


def _is_ours(code: str) -> bool:
    """Whether a code is one of ours, or could be, and no report of the linter itself."""
    return code.startswith("AAC") and not code.startswith("AAC9")


def _crashed(rules: Sequence[Rule], what: str, error: Exception) -> list[Violation]:
    from flake8_aa_celery.interrupts import hand_on_interrupt
    from flake8_aa_celery.rules.aac999_internal_error import check as violation_for

    hand_on_interrupt(error)
    return _reported(rules, "AAC999", violation_for(what, error))


def _in_document(
    rules: Sequence[Rule], path: str, data: bytes, project: Project, settings: Settings
) -> list[Violation]:
    """The violations in the code blocks of a document; a block that is no whole Python is left alone."""
    rules = [rule for rule in rules if rule.documents]
    found = [
        violation
        for block in code_blocks(path, lines_of(data))
        for violation in _in_block(block, rules, path, project, settings)
    ]
    return sorted(found, key=_order)


def _in_block(
    block: CodeBlock, rules: Sequence[Rule], path: str, project: Project, settings: Settings
) -> list[Violation]:
    code = block.code.encode(errors="surrogatepass")
    if not model.relevant(code, settings.tasks_modules):
        return []
    try:
        module = _module(path, parse(code), project, in_document=True)
        found = _found(rules, module)
    except SyntaxError:
        return []  # an excerpt, or an older Python: not ours to say
    found = _in_characters(found, block.code.splitlines(keepends=True))
    return [_moved(violation, block.line - 1, block.indent) for violation in found]


def _moved(violation: Violation, lines: int, columns: int) -> Violation:
    """A violation of a code block where it stands in its document, which is not ours to fix."""
    return violation._replace(
        line=violation.line + lines,
        column=violation.column + columns,
        end_line=violation.end_line + lines,
        end_column=violation.end_column + columns,
        fix=None,  # what rewrites a module cannot rewrite a part of a document
    )


def _reported(rules: Sequence[Rule], code: str, violation: Violation) -> list[Violation]:
    """A violation of the linter's own, where its rule is selected."""
    return [violation._replace(code=code, name=rule.name) for rule in rules if rule.code == code]


def _in_characters(found: Iterable[Violation], lines: Sequence[str]) -> list[Violation]:
    """The same violations with columns that count characters instead of the bytes that ``ast`` counts."""
    return [
        each._replace(
            column=_characters(lines, each.line, each.column),
            end_column=_characters(lines, each.end_line, each.end_column),
        )
        for each in found
    ]


def _characters(lines: Sequence[str], line: int, column: int) -> int:
    if not 0 < line <= len(lines):  # flake8 may hand over a tree that was not made of these lines
        return column
    return len(lines[line - 1].encode(errors="surrogatepass")[:column].decode(errors="ignore"))
