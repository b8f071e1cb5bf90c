"""Add an import next to those that are there, and take out one that nothing uses any more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst
from libcst.helpers import get_full_name_for_node

from flake8_aa_celery.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_aa_celery.fixes import Import

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
#: A line of imported names is not made longer than this; beyond it a further line is begun.
_LONGEST = 88

#: Packages that isort, as Alliance Auth's apps set it up, puts below a heading of their own.
_WITH_HEADING = ("django", "allianceauth")

_OVER_LINES = cst.ParenthesizedWhitespace
_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")
_FUTURE, _STANDARD, _THIRD_PARTY, _LOCAL = range(4)


class _Imported(NamedTuple):
    """An import statement at the top of the module.

    :param place: its place in the module's body.
    :param key: how isort sorts it: section, plain imports first, module.
    """

    place: int
    statement: cst.SimpleStatementLine
    node: cst.Import | cst.ImportFrom
    key: tuple[int, bool, str]


def add_import(module: cst.Module, wanted: Import, path: str) -> cst.Module:
    """The module with one more import, where isort would have it among those at the top.

    :param path: of the file: what lies in the same package is local to it.
    """
    module = _without_typing_only(module, wanted)
    found = _imports_at_the_top(module, path)
    for imported in found:
        longer = _extended(module, imported, wanted)
        if longer is not None:
            return _with_statement(module, imported.place, longer)
    return _inserted(module, wanted, found, path)


def add_after_imports(module: cst.Module, code: str) -> cst.Module:
    """The module with one more statement, apart from the imports at its top and right below them."""
    new = cst.parse_statement(code, config=module.config_for_parsing)
    assert isinstance(new, cst.SimpleStatementLine)
    places = [place for place, _, _ in _run_of_imports(module)]
    place = places[-1] + 1 if places else _after_docstring(module)
    body = [*module.body[:place], _after_blank(new) if place else new, *module.body[place:]]
    _blank_below(body, place + 1)
    return _with_body(module, body)


def remove_unused(module: cst.Module, unused: str) -> cst.Module:
    """The module without an import, where that stands at its top level and no ``noqa`` says that it is meant.

    :param unused: the import as pyflakes writes it: ``a.b``, ``a.b as c``.
    """
    for place, statement, name in _statements_importing(module, unused):
        if not _has_noqa(statement):
            return _without_name(module, place, statement, name)
    return module


def keep_unused(module: cst.Module, unused: str) -> cst.Module:
    """The module with a comment after an import that says that it is meant, where nothing uses it."""
    for place, statement, name in _statements_importing(module, unused):
        if not _has_noqa(statement):
            body = [*module.body[:place], *_apart(module, statement, name), *module.body[place + 1 :]]
            return _with_body(module, body)
    return module


def is_kept(module: cst.Module, unused: str) -> bool:
    """Whether a comment says of an import that it is meant."""
    return any(_has_noqa(statement) for _, statement, _ in _statements_importing(module, unused))


def bound_by(module: cst.Module, unused: str) -> str:
    """The name that an import at the top level binds; empty where there is none."""
    return next((name for _, _, name in _statements_importing(module, unused)), "")


def _statements_importing(module: cst.Module, unused: str) -> Iterator[tuple[int, cst.SimpleStatementLine, str]]:
    """The statements at the top level that make an import: each with its place and the name that it binds."""
    for place, statement in enumerate(module.body):
        node = _import_of(statement)
        if node is not None and isinstance(statement, cst.SimpleStatementLine):
            name = _bound_by(node, unused)
            if name:
                yield place, statement, name


# -- what is there ----------------------------------------------------------------------------------------------


def _imports_at_the_top(module: cst.Module, path: str) -> list[_Imported]:
    """The import statements of the module's first run of imports."""
    return [_Imported(place, statement, node, _key(node, path)) for place, statement, node in _run_of_imports(module)]


def _run_of_imports(
    module: cst.Module,
) -> Iterator[tuple[int, cst.SimpleStatementLine, cst.Import | cst.ImportFrom]]:
    """The import statements at the top of the module, after its docstring, with their places in its body."""
    begun = False
    for place, statement in enumerate(module.body):
        node = _import_of(statement)
        if node is not None and isinstance(statement, cst.SimpleStatementLine):
            begun = True
            yield place, statement, node
        elif begun or not _is_docstring(statement):
            break


def _import_of(statement: Statement) -> cst.Import | cst.ImportFrom | None:
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        node = statement.body[0]
        return node if isinstance(node, (cst.Import, cst.ImportFrom)) else None
    return None


def _is_docstring(statement: Statement) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


def _key(node: cst.Import | cst.ImportFrom, path: str) -> tuple[int, bool, str]:
    if isinstance(node, cst.Import):
        dotted, is_relative = get_full_name_for_node(node.names[0].name) or "", False
    else:
        dotted, is_relative = _module_of(node), bool(node.relative)
    return _LOCAL if is_relative else _section(dotted, path), isinstance(node, cst.ImportFrom), dotted.lower()


def _section(dotted: str, path: str) -> int:
    package = dotted.partition(".")[0]
    if package == "__future__":
        return _FUTURE
    if package in sys.stdlib_module_names:
        return _STANDARD
    return _LOCAL if package == Places().dotted_name(path).partition(".")[0] else _THIRD_PARTY


def _module_of(node: cst.ImportFrom) -> str:
    return (get_full_name_for_node(node.module) or "") if node.module else ""


def _source_of(node: cst.ImportFrom) -> str:
    """The module that names are imported from, with the dots before it."""
    return "." * len(node.relative) + _module_of(node)


def _has_noqa(statement: cst.SimpleStatementLine) -> bool:
    return any("noqa" in comment.lower() for comment in _comments_at_its_ends(statement))


def _comments_at_its_ends(statement: cst.SimpleStatementLine) -> Iterator[str]:
    """The comments in the lines of an import: to flake8 a ``noqa`` in any of them is one of the whole."""
    node = statement.body[0]
    spaces = [node.lpar.whitespace_after] if isinstance(node, cst.ImportFrom) and node.lpar else []
    if isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(node.names, cst.ImportStar):
        spaces += [alias.comma.whitespace_after for alias in node.names if isinstance(alias.comma, cst.Comma)]
    for space in spaces:
        comment = space.first_line.comment if isinstance(space, _OVER_LINES) else None
        yield comment.value if comment else ""
    comment = statement.trailing_whitespace.comment
    yield comment.value if comment else ""


def _apart(module: cst.Module, statement: cst.SimpleStatementLine, name: str) -> list[Statement]:
    """An import that is kept with a comment that says so; what is imported beside it in a statement of its own.

    flake8 looks for the comment in the first line of a statement, and it would silence more than is meant there.
    """
    node, rest = statement.body[0], _fewer_names(statement, name)
    if rest is None or not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        return [_with_noqa(statement)]
    (alias,) = [alias for alias in node.names if _bound_name(alias) == name][:1]
    code = module.code_for_node(alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip()
    line = f"from {_source_of(node)} import {code}  # noqa: F401"
    kept = cst.parse_statement(line, config=module.config_for_parsing)
    names = [_bound_name(each) for each in node.names]
    first, second = (kept, rest) if name == min(names, key=_name_key) else (rest, kept)
    return [first.with_changes(leading_lines=statement.leading_lines), second.with_changes(leading_lines=[])]


def _with_noqa(statement: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    """An import with a comment in its first line that has flake8 leave it alone."""
    node = statement.body[0]
    if isinstance(node, cst.ImportFrom) and node.lpar and isinstance(node.lpar.whitespace_after, _OVER_LINES):
        space = node.lpar.whitespace_after
        line = _line_with_noqa(space.first_line)
        lpar = node.lpar.with_changes(whitespace_after=space.with_changes(first_line=line))
        return statement.with_changes(body=[node.with_changes(lpar=lpar)])
    return statement.with_changes(trailing_whitespace=_line_with_noqa(statement.trailing_whitespace))


def _line_with_noqa(end: cst.TrailingWhitespace) -> cst.TrailingWhitespace:
    text = "# noqa: F401" + (f"  {end.comment.value}" if end.comment else "")
    return end.with_changes(whitespace=cst.SimpleWhitespace("  "), comment=cst.Comment(text))


# -- adding -----------------------------------------------------------------------------------------------------


def _extended(module: cst.Module, imported: _Imported, wanted: Import) -> cst.SimpleStatementLine | None:
    """``from celery import chain`` with ``shared_task`` after it; None where that is not the way."""
    node = imported.node
    if not wanted.name or not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        return None
    if wanted.alias or _source_of(node) != wanted.module or _has_noqa(imported.statement):
        return None
    longer = imported.statement.with_changes(body=[node.with_changes(names=_with_alias(node.names, wanted.name))])
    is_one_line = "\n" not in module.code_for_node(node)
    too_long = is_one_line and len(module.code_for_node(longer.with_changes(leading_lines=[])).rstrip()) > _LONGEST
    return None if too_long else longer


def _with_alias(names: Sequence[cst.ImportAlias], name: str) -> list[cst.ImportAlias]:
    """The names with one more, sorted in if they are sorted, otherwise last."""
    words = [alias.evaluated_name for alias in names]
    place = len(names)
    if words == sorted(words, key=_name_key):
        place = sum(_name_key(word) < _name_key(name) for word in words)
    between = next((alias.comma for alias in names[:-1]), cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    if len(names) == 1 and isinstance(names[0].comma, cst.Comma):
        between = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    new = cst.ImportAlias(cst.Name(name), comma=between)
    if place == len(names):
        last = names[-1]
        return [*names[:-1], last.with_changes(comma=between), new.with_changes(comma=last.comma)]
    return [*names[:place], new, *names[place:]]


def _name_key(name: str) -> tuple[int, str]:
    """isort sorts constants, then classes, then the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


def _inserted(module: cst.Module, wanted: Import, found: Sequence[_Imported], path: str) -> cst.Module:
    new = cst.parse_statement(wanted.code, config=module.config_for_parsing)
    node = _import_of(new)
    assert isinstance(new, cst.SimpleStatementLine) and node is not None
    key = _key(node, path)
    body = list(module.body)
    near = _neighbours(found, key)
    before = [imported for imported in near if imported.key <= key]
    if before:
        body.insert(before[-1].place + 1, new)
    elif near:
        # the first of its section: blank lines and a heading stay above it
        first = near[0]
        body[first.place] = first.statement.with_changes(leading_lines=[])
        body.insert(first.place, new.with_changes(leading_lines=first.statement.leading_lines))
    else:
        above = [imported.place + 1 for imported in found if imported.key <= key]
        below = [imported.place for imported in found] or [_after_docstring(module)]
        place = above[-1] if above else below[0]
        body.insert(place, _after_blank(new) if place else new)
        _blank_below(body, place + 1)
    return _with_body(module, body)


def _neighbours(found: Sequence[_Imported], key: tuple[int, bool, str]) -> list[_Imported]:
    """The imports among which a new one belongs: those of its package, or of its section.

    Many apps have headings in their imports; Django and Alliance Auth have one of their own there.
    """
    package = key[2].partition(".")[0]
    section = [imported for imported in found if imported.key[0] == key[0]]
    same = [imported for imported in section if imported.key[2].partition(".")[0] == package]
    apart = [imported for imported in section if imported.key[2].partition(".")[0] not in _WITH_HEADING]
    headed = any(line.comment for imported in found for line in imported.statement.leading_lines)
    return same or (headed and apart) or section


def _after_docstring(module: cst.Module) -> int:
    return int(bool(module.body) and _is_docstring(module.body[0]))


def _after_blank(statement: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    return statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)])


def _blank_below(body: list[Statement], index: int) -> None:
    """See to it that blank lines are above the statement at ``index``, which is none of the imports any more."""
    if index >= len(body):
        return
    below = body[index]
    wanted = 2 if isinstance(below, (cst.FunctionDef, cst.ClassDef)) else 1
    there = next((i for i, line in enumerate(below.leading_lines) if line.comment), len(below.leading_lines))
    blank = [cst.EmptyLine(indent=False)] * (wanted - there)
    body[index] = below.with_changes(leading_lines=[*blank, *below.leading_lines])


def _with_body(module: cst.Module, body: Sequence[Statement]) -> cst.Module:
    return module.with_changes(body=body)


def _with_statement(module: cst.Module, index: int, statement: Statement) -> cst.Module:
    return _with_body(module, [*module.body[:index], statement, *module.body[index + 1 :]])


def _without_typing_only(module: cst.Module, wanted: Import) -> cst.Module:
    """The module without the same import in a block for type checkers, which would now be a second one."""
    for index, statement in enumerate(module.body):
        if not isinstance(statement, cst.If) or get_full_name_for_node(statement.test) not in _TYPE_CHECKING:
            continue
        body = list(statement.body.body)
        for inner, line in enumerate(body):
            node = _import_of(line)  # type: ignore[arg-type]  # of a suite on the line of the `if` it is None
            if not isinstance(node, cst.ImportFrom) or _source_of(node) != wanted.module or not wanted.name:
                continue
            if not _binds(node, wanted.alias or wanted.name):
                continue
            return _without_inner(module, index, statement, inner, wanted.alias or wanted.name)
    return module


def _without_inner(module: cst.Module, index: int, block: cst.If, inner: int, name: str) -> cst.Module:
    lines = list(block.body.body)
    line = lines[inner]
    fewer = _fewer_names(line, name)  # type: ignore[arg-type]  # the caller has seen an import there
    lines[inner : inner + 1] = [fewer] if fewer else []
    if lines:
        return _with_statement(module, index, block.with_changes(body=block.body.with_changes(body=lines)))
    if block.orelse is not None:
        return module
    return _with_body(module, [*module.body[:index], *module.body[index + 1 :]])


# -- removing ---------------------------------------------------------------------------------------------------


def _binds(node: cst.Import | cst.ImportFrom, name: str) -> bool:
    return not isinstance(node.names, cst.ImportStar) and any(_bound_name(alias) == name for alias in node.names)


def _bound_name(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def _bound_by(node: cst.Import | cst.ImportFrom, unused: str) -> str | None:
    """The name that a statement binds by the import that pyflakes writes so."""
    if isinstance(node.names, cst.ImportStar):
        return None
    above = _source_of(node) if isinstance(node, cst.ImportFrom) else ""
    if above and not above.endswith("."):
        above += "."
    for alias in node.names:
        name = above + alias.evaluated_name
        if unused in (name, f"{name} as {alias.evaluated_alias}"):
            return _bound_name(alias)
    return None


def _without_name(module: cst.Module, place: int, statement: cst.SimpleStatementLine, name: str) -> cst.Module:
    fewer = _fewer_names(statement, name)
    if fewer is not None:
        return _with_statement(module, place, fewer)
    body = [*module.body[:place], *module.body[place + 1 :]]
    if place == 0:
        return _without_first(module, body)
    lines = statement.leading_lines
    if place < len(body) and lines:
        below = body[place]
        begins_section = _import_of(below) is not None and not below.leading_lines
        if begins_section or any(line.comment for line in lines):
            body[place] = below.with_changes(leading_lines=[*lines, *below.leading_lines])
    return _with_body(module, body)


def _without_first(module: cst.Module, body: Sequence[Statement]) -> cst.Module:
    """The module without its first statement: blank lines at the top of a file go with it."""
    rest = list(body)
    if rest:
        lines = list(rest[0].leading_lines)
        while lines and lines[0].comment is None and not module.header:
            del lines[0]
        rest[0] = rest[0].with_changes(leading_lines=lines)
    return _with_body(module, rest)


def _fewer_names(statement: cst.SimpleStatementLine, name: str) -> cst.SimpleStatementLine | None:
    """An import statement without one of its names; None where no name would be left."""
    node = statement.body[0]
    assert isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(node.names, cst.ImportStar)
    names = [alias for alias in node.names if _bound_name(alias) != name]
    if not names:
        return None
    if names[-1] is not node.names[-1]:
        names[-1] = names[-1].with_changes(comma=node.names[-1].comma)
    return statement.with_changes(body=[node.with_changes(names=names)])
