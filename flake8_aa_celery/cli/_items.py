"""The items of facts as plain values: for programs, and for a contributor who wonders what the model knows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.scopes import Block, CallSite, Scope, Site
from flake8_aa_celery.model.effects.graph import Stage
from flake8_aa_celery.model.resolve.values import (
    UNKNOWN,
    Constant,
    Dispatch,
    Element,
    Expression,
    Function,
    Items,
    Mapping,
    NamedTask,
    Origin,
    Parameters,
    Signature,
    Task,
    UnreadableTask,
    Value,
    Workflow,
)
from flake8_aa_celery.places import below
from flake8_aa_celery.wording import cut

if TYPE_CHECKING:
    from typing import Any

#: What is shown of the values that facts are made of, beside the source.
_SHOWN: dict[type, tuple[str, ...]] = {
    Task: ("registered_name", "options", "bound"),
    Function: (),
    Dispatch: ("method", "receiver", "options", "loop"),
    Signature: ("method", "task", "options", "immutable"),
    Workflow: ("kind", "members", "body", "options"),
}
#: Where the node of an item is that has none of its own, the first that there is.
_PLACES = ("node", "call", "by", "element", "option", "chain", "dispatch", "task", "view")
#: Fields that say where something is, or that the source shows.
_LEFT_OUT = frozenset({"module", "name_node", "node", "scope", "site"})
_LONGEST = 100


def node_of(item: Any) -> Any:
    """The node of the syntax tree where an item of a fact stands; None for a value that says nothing of that."""
    return _place_of(item)[1]


def way_to_node(item: Any) -> str:
    """How an item is asked for where it stands: ``.call.node``."""
    return _place_of(item)[0]


def _place_of(item: Any) -> tuple[str, Any]:
    if isinstance(item, ast.AST):
        return "", item
    if isinstance(item, (list, tuple)) and not hasattr(item, "_fields"):
        way, node = _place_of(item[0]) if item else ("", None)
        return f"[0]{way}", node
    for name in (*_PLACES, *getattr(item, "_fields", ())):
        nearer = getattr(item, name, None)
        way, node = ("", None) if nearer is None else _place_of(nearer)
        if node is not None:
            return f".{name}{way}", node
    return "", None


def source_of(item: Any) -> str:
    """An item as it is written, on one line: of a function its first line, of a statement the same."""
    node = node_of(item)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _cut(f"def {node.name}({ast.unparse(node.args)})")
    return _cut(ast.unparse(node).partition("\n")[0] if isinstance(node, ast.stmt) else ast.unparse(node))


def details_of(item: Any) -> dict[str, Any]:
    """What is known of an item beside its source, by the names of its fields."""
    if isinstance(item, (ast.AST, CallSite)):
        return {}
    names: tuple[str, ...] = _SHOWN[type(item)] if type(item) in _SHOWN else getattr(item, "_fields", ())
    known = {name: plain(getattr(item, name)) for name in names if name not in _LEFT_OUT}
    return {name: value for name, value in known.items() if value != source_of(item)}


def plain(value: Any) -> Any:
    """A value as JSON can say it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Stage):
        return f"{below(value.module.path)}:{value.line} {value.what}"
    if isinstance(value, Parameters):
        return {name: plain(field) for name, field in value._asdict().items() if field}
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return [plain(member) for member in value]
    if hasattr(value, "_fields") and node_of(value) is None:
        return {name: plain(field) for name, field in value._asdict().items()}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return {name: plain(entry) for name, entry in value.entries.items()} | ({} if value.complete else {"**": "…"})
    if isinstance(value, Items):
        return [*map(plain, value.elements), *([] if value.complete else ["…"])]
    return _in_words(value)


def _in_words(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, ast.AST):
        return _cut(ast.unparse(value))
    if isinstance(value, Expression):
        return _expression(value)
    if isinstance(value, (Task, Function, UnreadableTask, NamedTask)):
        return (value.node.name if isinstance(value, Function) else value.name) or "a task"
    if isinstance(value, (Dispatch, Signature, Workflow)):
        return source_of(value)
    if isinstance(value, Constant):
        return repr(value.value)
    if isinstance(value, Origin):
        return value.dotted
    if isinstance(value, Block):
        return f"{value.kind} in line {getattr(value.node, 'lineno', 1)}"
    if isinstance(value, (Scope, Site)):
        return value.module.dotted
    return "?" if value is UNKNOWN else type(value).__name__ if isinstance(value, Value) else source_of(value)


def _expression(value: Expression) -> str:
    """An expression as it is written, with the constant that it is known to be, and the loop that adds it."""
    text, known = _cut(ast.unparse(value.node)), value.value
    if isinstance(known, Constant) and not isinstance(value.node, ast.Constant):
        text += f" = {known.value!r}"
    loop = value.loop if isinstance(value, Element) else None
    return f"{text} for each item of {plain(loop)}" if loop else text


def _cut(text: str) -> str:
    return cut(" ".join(text.split()), _LONGEST)
