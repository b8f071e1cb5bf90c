"""What something is by its annotation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.names import last_part
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, App, Class, Constant, Instance, Origin, Rows, Value

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.scopes import Site

#: What stands around an annotation without changing what the thing is.
_WRAPPERS = frozenset({"Annotated", "Awaitable", "ClassVar", "Final", "Optional", "Required"})
#: What holds many of what stands in brackets.
_MANY = frozenset(
    {"Collection", "Iterable", "Iterator", "List", "Manager", "QuerySet", "Sequence", "Set", "Tuple", "frozenset"}
    | {"list", "set", "tuple"}
)
#: Of those, what is none of a list.
_OF_DJANGO = frozenset({"Manager", "QuerySet"})


def value_of_annotation(node: ast.expr, site: Site) -> Value:
    """What something is that is annotated so; of ``Owner | None`` what it is when it is there.

    A class of Python's own says nothing: what is annotated with it is given by the caller.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _of_text(node, node.value, site)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _either(node.left, node.right, site)
    if isinstance(node, ast.Subscript):
        return _subscripted(node, site)
    named = value_of(node, site)
    if isinstance(named, Class):
        return Instance(named)
    if isinstance(named, Origin) and not named.dotted.startswith(("builtins.", "typing.")):
        return App() if named.dotted == "celery.Celery" else Origin(f"{named.dotted}()")
    return UNKNOWN


def _of_text(node: ast.Constant, text: str, site: Site) -> Value:
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN
    for part in ast.walk(parsed):
        ast.copy_location(part, node)
    # the module keeps what it knows of a node by its identity: this one must live as long
    site.module.memo[value_of_annotation, id(parsed)] = parsed
    return value_of_annotation(parsed, site)


def _either(left: ast.expr, right: ast.expr, site: Site) -> Value:
    others = [part for part in (left, right) if not (isinstance(part, ast.Constant) and part.value is None)]
    return value_of_annotation(others[0], site) if len(others) == 1 else UNKNOWN


def _subscripted(node: ast.Subscript, site: Site) -> Value:
    named = value_of(node.value, site)
    name = last_part(named.dotted) if isinstance(named, Origin) else ""
    inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    if name in _WRAPPERS:
        return value_of_annotation(inner, site)
    if name == "Union" and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
        return _either(node.slice.elts[0], node.slice.elts[1], site)
    if name in _MANY:
        item = value_of_annotation(inner, site)
        return Rows(item.of, is_list=name not in _OF_DJANGO) if isinstance(item, Instance) else UNKNOWN
    if isinstance(named, Class):
        return Instance(named)
    return UNKNOWN


def item_of(value: Value) -> Value:
    """What a loop over something takes out of it; unknown where it is no manager, queryset or list of instances."""
    if isinstance(value, Rows) and value.model is not None:
        return Instance(value.model)
    return UNKNOWN


def is_none(value: Value) -> bool:
    """Whether a value is ``None``."""
    return isinstance(value, Constant) and value.value is None
