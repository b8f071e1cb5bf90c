"""Which bindings a name can mean at a place, and which dotted origin it has.

Looks at the scopes of one module alone; what another file makes of an import is the project's to say.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.model.code.scopes import Binding, Block, Scope, Site

#: Where Celery defines what it offers under a shorter name.
_CANONICAL = {
    "celery.canvas.": "celery.",
    "celery.app.base.Celery": "celery.Celery",
    "celery.app.shared_task": "celery.shared_task",
    "celery._state.current_app": "celery.current_app",
    "celery.app.task.Task": "celery.Task",
    "celery.app.Celery": "celery.Celery",
}


#: Through this many bindings an origin is followed.
_MOST_STEPS = 20
#: Attributes and calls in a row beyond these are not followed.
_MOST_PARTS = 40

#: Of more possible meanings of a name none is considered: to ask all of them at each use would take for ever.
_MOST = 50


class ImportedName(NamedTuple):
    """What an import statement binds a name to.

    :param level: the number of leading dots.
    :param module: the dotted module, empty in ``from . import x``.
    :param member: the name taken out of it, empty where the module itself is bound.
    """

    level: int
    module: str
    member: str

    @property
    def dotted(self) -> str:
        """The origin as written, without the leading dots."""
        return ".".join(part for part in (self.module, self.member) if part)


def canonical(dotted: str) -> str:
    """The name under which Celery's own documentation knows an origin; others are returned as they are."""
    if dotted.startswith("celery."):
        for long, short in _CANONICAL.items():
            if dotted.startswith(long):
                return short + dotted[len(long) :]
    return dotted


def imported_name(name: str, node: ast.Import | ast.ImportFrom) -> ImportedName:
    """What the import statement ``node`` binds ``name`` to."""
    for alias in reversed(node.names):
        if isinstance(node, ast.ImportFrom):
            if (alias.asname or alias.name) == name:
                return ImportedName(node.level, node.module or "", alias.name)
        elif alias.asname == name:
            return ImportedName(0, alias.name, "")
    return ImportedName(0, name, "")


def scope_of(name: str, site: Site) -> Scope | None:
    """The scope whose binding of ``name`` is seen from ``site``; None for built-in and star-imported names."""
    scope = site.scope.owner_of(name)
    if scope is None or scope is not site.scope or scope.kind != "class" or scope.parent is None:
        return scope
    # before it is bound in the body of a class, a name is that of the code around
    return scope.parent.owner_of(name) if scope.bindings[name][0].site.order >= site.order else scope


def means_the_same(node: ast.expr, one: Site, other: Site) -> bool:
    """Whether a constant, a name or an attribute of one is certain to be the same at two places."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.Constant)
    scope = scope_of(node.id, one)
    if scope is None or scope is not scope_of(node.id, other):
        return False
    bindings = scope.bindings[node.id]
    return len(bindings) == 1 and (scope.kind == "module" or bindings[0].kind == "parameter")


def reaching(name: str, site: Site) -> list[Binding]:
    """The bindings that ``name`` may mean at ``site``; empty where it is not bound in this module.

    One binding means that it is certain. Within the scope that binds it the order of statements counts; seen
    from a function, every binding of the module may be the one in force. Of too many, one that says nothing.
    """
    scope = scope_of(name, site)
    if scope is None:
        return []
    bindings = scope.bindings[name]
    if len(bindings) > 1 and scope in (site.scope, site.scope.runs_in()):
        bindings = _of_function(bindings, site, scope) if name in scope.foreign else _in_force(bindings, site)
    if scope.kind == "class" and not any(_is_certain(binding, site) for binding in bindings):
        bindings = [*bindings, *_around_class(name, scope)]
    return without_fallbacks(bindings) if len(bindings) <= _MOST else _nobody_knows(name, bindings)


def _around_class(name: str, scope: Scope) -> list[Binding]:
    """What a name is in the body of a class where that may not have bound it: what it is in the code around."""
    owner = scope.parent.owner_of(name) if scope.parent is not None else None
    return owner.bindings[name] if owner is not None else []


def _nobody_knows(name: str, bindings: list[Binding]) -> list[Binding]:
    site = bindings[0].site
    node = ast.copy_location(ast.Name(name, ast.Store()), site.statement)
    return [bindings[0]._replace(kind="other", node=node, value=None)]


def _of_function(bindings: list[Binding], site: Site, scope: Scope) -> list[Binding]:
    """As :func:`_in_force`, and what functions bind by ``global``: in force nobody knows when."""
    if len(bindings) > _MOST:
        return bindings
    own = [binding for binding in bindings if binding.site.scope.runs_in() is scope]
    return _in_force(own, site) + [binding for binding in bindings if binding.site.scope.runs_in() is not scope]


def _in_force(bindings: list[Binding], site: Site) -> list[Binding]:
    """Those of the bindings, which are in the order of the source, that can be the last one before ``site``."""
    end = bisect_left(bindings, site.order, key=_order)
    while end < len(bindings) and _is_header_of(bindings[end], site):
        end += 1
    start = end
    certain: Binding | None = None
    while start and not certain:
        if end - start > _MOST:
            return bindings
        start -= 1
        certain = bindings[start] if _is_certain(bindings[start], site) else None
    # what the round before bound in a loop that does not begin with a binding of its own
    loop = next((block for block in _loops_outwards(site) if not (certain and _in_loop(certain, block))), None)
    beside = [] if loop is not None else takewhile(lambda binding: _is_beside(binding, site), bindings[end:])
    return [
        *(b for b in bindings[start:end] if _in_loop(b, loop) or not other_branch(b.site.block, site.block)),
        *beside,
        *takewhile(lambda binding: _in_loop(binding, loop), (bindings[i] for i in range(end, len(bindings)))),
    ]


def _order(binding: Binding) -> int:
    return binding.site.order


def _loops_outwards(site: Site) -> list[Block]:
    """The loops around a place, the outermost first."""
    return [block for block in site.block.around() if block.kind == "loop"][::-1]


def _is_beside(binding: Binding, site: Site) -> bool:
    """Whether it is made by ``:=`` in the very statement of a place: before it or after it."""
    return binding.site.order == site.order and isinstance(binding.node, ast.NamedExpr)


def _in_loop(binding: Binding, loop: Block | None) -> bool:
    return loop is not None and loop.encloses(binding.site.block)


def _is_certain(binding: Binding, site: Site) -> bool:
    """Whether a binding that stands before ``site`` is always made when that is reached."""
    return binding.site.block.encloses(site.block) and not isinstance(binding.node, ast.NamedExpr)


def _is_header_of(binding: Binding, site: Site) -> bool:
    """Whether the binding is made by the statement or comprehension itself that ``site`` stands in."""
    return binding.site.order == site.order and binding.kind in ("loop", "context", "parameter", "handler")


def other_branch(block: Block, other: Block) -> bool:
    """Whether the two blocks are different branches of one statement, so that only one of them runs."""
    mine = {id(around.node): around for around in block.around() if around.kind in ("if", "else", "case")}
    for around in other.around():
        twin = mine.get(id(around.node))
        if twin is not None and twin.kind != around.kind:
            return True
    return False


def without_fallbacks(bindings: list[Binding]) -> list[Binding]:
    """Leave out ``x = None`` in the handler of a failed import: what is asked for is what ``x`` is when it is there."""
    if len(bindings) < 2:
        return bindings
    return [binding for binding in bindings if not _is_fallback(binding)] or bindings


def _is_fallback(binding: Binding) -> bool:
    block, value = binding.site.block, binding.value
    if block.kind != "handler" or not isinstance(value, ast.Constant) or value.value is not None:
        return False
    caught = block.node.type if isinstance(block.node, ast.ExceptHandler) else None
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(kind, ast.Name) and kind.id in ("ImportError", "ModuleNotFoundError") for kind in kinds)


def origin(node: ast.expr, site: Site) -> str | None:
    """The dotted origin of an expression as far as this file's imports tell.

    ``requests.Session().get`` for ``s.get`` where ``s = requests.Session()``; a call is written with ``()``.
    A leading dot for each level of a relative import. None where no import leads to it.
    """
    return _origin(node, site, {})


def _origin(node: ast.expr, site: Site, known: dict[int, str | None]) -> str | None:
    """As :func:`origin`; ``known`` holds what the expressions are that names were found to be bound to."""
    parts: list[str] = []
    while not isinstance(node, ast.Name) and len(parts) < _MOST_PARTS:
        if isinstance(node, ast.Attribute):
            parts.append(f".{node.attr}")
        elif isinstance(node, ast.Call):
            parts.append("()")
        elif not isinstance(node, ast.Await):
            return None
        node = node.func if isinstance(node, ast.Call) else node.value
    base = _origin_of_name(node.id, site, known) if isinstance(node, ast.Name) else None
    return canonical(base + "".join(reversed(parts))) if base else None


def _origin_of_name(name: str, site: Site, known: dict[int, str | None]) -> str | None:
    bindings = reaching(name, site)
    if not bindings:
        return f"builtins.{name}" if scope_of(name, site) is None else None
    first = _origin_of_binding(name, bindings[0], known)
    if first is None or any(_origin_of_binding(name, binding, known) != first for binding in bindings[1:]):
        return None
    return first


def _origin_of_binding(name: str, binding: Binding, known: dict[int, str | None]) -> str | None:
    if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        imported = imported_name(name, binding.node)
        return "." * imported.level + canonical(imported.dotted)
    if binding.kind not in ("assign", "context") or binding.value is None:
        return None
    key = id(binding.value)
    if key not in known and len(known) < _MOST_STEPS:
        known[key] = None  # a name that leads back to itself is not known
        known[key] = _origin(binding.value, binding.site, known)
    return known.get(key)


def last_part(dotted: str) -> str:
    """``get`` of ``requests.get``."""
    return dotted.rpartition(".")[2]


def dotted_name(node: ast.expr) -> str | None:
    """``a.b.c`` as written, None for anything but names and attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join((node.id, *reversed(parts)))


def any_of(names: Iterable[str], dotted: str) -> bool:
    """Whether ``dotted`` is one of ``names`` or lies in one of them."""
    return any(dotted == name or dotted.startswith(name + ".") for name in names)


def absolute(dotted: str, importer: str, path: str) -> str:
    """An origin without leading dots, as the module ``importer`` in the file ``path`` would find it."""
    relative = dotted.lstrip(".")
    level = len(dotted) - len(relative)
    if not level:
        return dotted
    package = importer.split(".")
    up = level - 1 if path.endswith("__init__.py") else level
    return ".".join([*package[: max(len(package) - up, 0)], relative])
