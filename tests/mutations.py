"""Programs that nobody would write, made of Celery code that somebody did: for fuzzing."""

from __future__ import annotations

import ast
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from support import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

#: No program becomes longer than this: what is quadratic is measured elsewhere.
_LONGEST = 20_000
_STATEMENTS = (
    "for item in items:\n    pass",
    "while items:\n    pass",
    "if item:\n    pass\nelse:\n    update.delay(1)",
    "try:\n    pass\nexcept Exception as error:\n    raise",
    "with transaction.atomic():\n    pass",
    "def update(self, item):\n    pass",
    "async def update(*items, **item):\n    pass",
    "class Update(Task):\n    pass",
    "@shared_task(bind=True, priority=3)\ndef update(self):\n    pass",
    "match item:\n    case update:\n        pass",
)
_EXPRESSIONS = (
    "[HERE]", "(HERE,)", "{HERE}", "{'priority': HERE}", "{**HERE}", "lambda *update: HERE", "HERE if HERE else None",
    "HERE()", "HERE.s()", "HERE.delay(item)", "HERE.apply_async(args=[HERE], **HERE)", "HERE | HERE", "HERE + HERE",
    "[HERE for item in HERE]", "group(HERE for item in items)", "chain(*HERE)", "chord(HERE, HERE)", "HERE[0]",
    "HERE[HERE:]", "HERE.get()", "(HERE := 1)", "f'{HERE}'", "not HERE", "-HERE", "HERE.set(priority=HERE)", "None",
    "3", "'3'", "b''", "...", "1e999", "10**10**10", "\"\"", "celery.shared_task", "HERE.update", "HERE == HERE",
)  # fmt: skip


@lru_cache(maxsize=1)
def sources() -> tuple[str, ...]:
    """The fixtures that can be parsed here, in order."""
    found = []
    for path in sorted(FIXTURES.rglob("*.py")):
        try:
            text = path.read_bytes().decode()
            ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        if len(text) < _LONGEST:
            found.append(text)
    return tuple(found)


def mutated(random: Random) -> str:
    """A program: one of the fixtures after a few mutations; mostly, but not always, Python."""
    text = random.choice(sources())
    mutate = random.choice((_mutated_tree, _mutated_tree, _mutated_lines))
    return mutate(text, random)[: 2 * _LONGEST]


# -- trees ------------------------------------------------------------------------------------------------------------


def _mutated_tree(text: str, random: Random) -> str:
    tree = ast.parse(text)
    for _ in range(random.randint(1, 6)):
        random.choice(_MUTATIONS)(tree, random)
    try:
        return ast.unparse(ast.fix_missing_locations(tree))
    except (ValueError, RecursionError):  # a tree that no source has
        return text


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    found = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                found.append(body)
    return found


def _delete(tree: ast.Module, random: Random) -> None:
    body = random.choice(_bodies(tree) or [tree.body])
    if len(body) > 1:
        del body[random.randrange(len(body))]


def _duplicate(tree: ast.Module, random: Random) -> None:
    bodies = _bodies(tree) or [tree.body]
    source, target = random.choice(bodies), random.choice(bodies)
    if source:
        target.insert(random.randint(0, len(target)), deepcopy(random.choice(source)))


def _swap(tree: ast.Module, random: Random) -> None:
    bodies = _bodies(tree) or [tree.body]
    one, other = random.choice(bodies), random.choice(bodies)
    if one and other:
        first, second = random.randrange(len(one)), random.randrange(len(other))
        one[first], other[second] = deepcopy(other[second]), deepcopy(one[first])


def _nest(tree: ast.Module, random: Random) -> None:
    body = random.choice(_bodies(tree) or [tree.body])
    index = random.randrange(len(body) + 1)
    outer = ast.parse(random.choice(_STATEMENTS)).body[0]
    inner = random.choice(_bodies(outer))
    inner[:] = body[index : index + random.randint(1, 3)] or inner
    body[index : index + len(inner)] = [outer]


def _splice(tree: ast.Module, random: Random) -> None:
    other = ast.parse(random.choice(sources()))
    body = random.choice(_bodies(tree) or [tree.body])
    start = random.randrange(len(other.body) + 1)
    at = random.randint(0, len(body))
    body[at:at] = other.body[start : start + random.randint(1, 4)]


def _expressions(tree: ast.AST) -> list[tuple[ast.AST, str, int | None]]:
    """Where expressions stand: a node, one of its fields, and a place in that where it is a list."""
    found: list[tuple[ast.AST, str, int | None]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if name == "format_spec" or isinstance(node, ast.JoinedStr):
                continue  # parts of an f-string, which nothing else can stand in for
            if isinstance(value, list):
                found += [(node, name, index) for index, part in enumerate(value) if _is_read(part)]
            elif _is_read(value):
                found.append((node, name, None))
    return found


def _is_read(part: object) -> bool:
    return isinstance(part, ast.expr) and isinstance(getattr(part, "ctx", ast.Load()), ast.Load)


def _at(place: tuple[ast.AST, str, int | None]) -> ast.expr:
    node, name, index = place
    value = getattr(node, name)
    return cast("ast.expr", value if index is None else value[index])


def _put(place: tuple[ast.AST, str, int | None], new: ast.expr) -> None:
    node, name, index = place
    if index is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[index] = new


def _wrap(tree: ast.Module, random: Random) -> None:
    places = _expressions(tree)
    if places:
        place = random.choice(places)
        _put(place, _Here(_at(place)).visit(ast.parse(random.choice(_EXPRESSIONS), mode="eval").body))


def _swap_expressions(tree: ast.Module, random: Random) -> None:
    places = _expressions(tree)
    if places:
        one, other = random.choice(places), random.choice(places)
        first, second = deepcopy(_at(one)), deepcopy(_at(other))
        _put(one, second)
        _put(other, first)


def _arguments(tree: ast.Module, random: Random) -> None:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not calls:
        return
    call, other = random.choice(calls), random.choice(calls)
    call.args += [deepcopy(argument) for argument in other.args]
    call.keywords += [deepcopy(keyword) for keyword in other.keywords]
    random.shuffle(call.args)
    if random.random() < 0.5:
        del call.args[: random.randint(0, 2)], call.keywords[: random.randint(0, 2)]


def _rename(tree: ast.Module, random: Random) -> None:
    """Let one name shadow another, everywhere or in one place."""
    fields = ("id", "name", "arg", "attr", "asname")
    nodes: list[Any] = list(ast.walk(tree))
    holders = [(node, field) for node in nodes for field in fields if isinstance(getattr(node, field, None), str)]
    if len(holders) < 2:
        return
    (one, field), (other, its_field) = random.choice(holders), random.choice(holders)
    old, new = getattr(one, field), getattr(other, its_field).partition(".")[0]
    everywhere = random.random() < 0.5
    for node, name in holders if everywhere else [(one, field)]:
        if getattr(node, name) == old and new != "*":
            setattr(node, name, new)


class _Here(ast.NodeTransformer):
    """Puts an expression where ``HERE`` stands."""

    def __init__(self, expression: ast.expr) -> None:
        self._expression = expression

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return node if node.id != "HERE" or isinstance(node.ctx, ast.Store) else deepcopy(self._expression)


_MUTATIONS: tuple[Callable[[ast.Module, Random], None], ...] = (
    _delete, _duplicate, _swap, _nest, _splice, _wrap, _wrap, _wrap, _swap_expressions, _arguments, _rename, _rename,
)  # fmt: skip


# -- lines: comments and layout stay ----------------------------------------------------------------------------------


_ENDS = ("\r\n", "\n", "  # noqa\n", "\n\n", "\x0c\n")


def _mutated_lines(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    statements = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    spans = [slice(node.lineno - 1, node.end_lineno) for node in statements]
    for _ in range(random.randint(1, 3) if spans else 0):
        random.choice(_LINE_MUTATIONS)(lines, spans, random)
    return "".join(lines)


def _delete_lines(lines: list[str], spans: list[slice], random: Random) -> None:
    del lines[random.choice(spans)]


def _repeat_lines(lines: list[str], spans: list[slice], random: Random) -> None:
    place = random.choice(spans)
    lines[place.stop : place.stop] = lines[place]


def _move_lines_into_a_block(lines: list[str], spans: list[slice], random: Random) -> None:
    place = random.choice(spans)
    lines[place] = ["if item:  # why\n", *("    " + line for line in lines[place])]


def _insert_another_head(lines: list[str], spans: list[slice], random: Random) -> None:
    start = random.choice(spans).start
    lines[start:start] = random.choice(sources()).splitlines(keepends=True)[:30]


def _copy_lines(lines: list[str], spans: list[slice], random: Random) -> None:
    start = random.choice(spans).start
    lines[start:start] = lines[random.choice(spans)]


def _change_ends(lines: list[str], spans: list[slice], random: Random) -> None:
    lines[:] = [line.replace("\n", random.choice(_ENDS)) for line in lines]


_LINE_MUTATIONS: tuple[Callable[[list[str], list[slice], Random], None], ...] = (
    _delete_lines, _repeat_lines, _move_lines_into_a_block, _insert_another_head, _copy_lines, _change_ends,
)  # fmt: skip
