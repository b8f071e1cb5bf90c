"""Which bindings a name can mean at a place, and which dotted origin it has.

Looks at the scopes of one module alone; what another file makes of an import is the project's to say.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_aa_celery.model.scopes import Binding, Block, Scope, Site

#: Where Celery defines what it offers under a shorter name.
_CANONICAL = {
    "celery.canvas.": "celery.",
    "celery.app.base.Celery": "celery.Celery",
    "celery.app.shared_task": "celery.shared_task",
    "celery._state.current_app": "celery.current_app",
    "celery.app.task.Task": "celery.Task",
    "celery.app.Celery": "celery.Celery",
}


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
    if isinstance(node, ast.ImportFrom):
        for alias in reversed(node.names):
            if (alias.asname or alias.name) == name:
                return ImportedName(node.level, node.module or "", alias.name)
    for alias in reversed(node.names):
        if alias.asname == name:
            return ImportedName(0, alias.name, "")
    return ImportedName(0, name, "")


def scope_of(name: str, site: Site) -> Scope | None:
    """The scope whose binding of ``name`` is seen from ``site``; None for built-in and star-imported names."""
    scope: Scope | None = site.scope
    innermost = True
    while scope is not None:
        # the body of a class is not seen from the functions in it
        if name in scope.bindings and (innermost or scope.kind != "class"):
            return scope
        innermost = innermost and scope.kind == "comprehension"
        scope = scope.parent
    return None


def reaching(name: str, site: Site) -> list[Binding]:
    """The bindings that ``name`` may mean at ``site``; empty where it is not bound in this module.

    One binding means that it is certain. Within the scope that binds it the order of statements counts; seen
    from a function, every binding of the module may be the one in force.
    """
    scope = scope_of(name, site)
    if scope is None:
        return []
    bindings = scope.bindings[name]
    if len(bindings) > 1 and _same_frame(scope, site.scope):
        bindings = _in_force(bindings, site)
    return without_fallbacks(bindings)


def _same_frame(scope: Scope, seen_from: Scope) -> bool:
    """Whether the code of ``seen_from`` runs while the statements of ``scope`` run, and not later."""
    while seen_from is not scope and seen_from.kind == "comprehension" and seen_from.parent is not None:
        seen_from = seen_from.parent
    return seen_from is scope


def _in_force(bindings: list[Binding], site: Site) -> list[Binding]:
    """The bindings that can be the last one before ``site``."""
    before = [binding for binding in bindings if binding.site.order < site.order or _is_header_of(binding, site)]
    certain = max(
        (index for index, binding in enumerate(before) if _block_of(binding).encloses(site.block)),
        default=None,
    )
    found = before if certain is None else before[certain:]
    found = [binding for binding in found if not other_branch(_block_of(binding), site.block)]
    loops = [block for block in site.block.around() if block.kind == "loop"]
    later = [
        binding
        for binding in bindings
        if binding not in found
        and binding.site.order >= site.order
        and any(loop.encloses(_block_of(binding)) for loop in loops)
        and not (certain is not None and any(loop.encloses(_block_of(before[certain])) for loop in loops))
    ]
    return found + later


def _is_header_of(binding: Binding, site: Site) -> bool:
    """Whether the binding is made by the statement or comprehension itself that ``site`` stands in."""
    return binding.site.order == site.order and binding.kind in ("loop", "context", "parameter", "handler")


def _block_of(binding: Binding) -> Block:
    """The block in which a binding is in force: a loop's target and a ``with``'s name reach past the header."""
    return binding.site.block


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
    real = [
        binding
        for binding in bindings
        if not (
            binding.site.block.kind == "handler"
            and isinstance(binding.value, ast.Constant)
            and binding.value.value is None
        )
    ]
    return real or bindings


def origin(node: ast.expr, site: Site, depth: int = 0) -> str | None:
    """The dotted origin of an expression as far as this file's imports tell.

    ``requests.Session().get`` for ``s.get`` where ``s = requests.Session()``; a call is written with ``()``.
    A leading dot for each level of a relative import. None where no import leads to it.
    """
    if depth > 20:
        return None
    if isinstance(node, ast.Name):
        return _origin_of_name(node.id, site, depth)
    if isinstance(node, ast.Attribute):
        base = origin(node.value, site, depth + 1)
        return canonical(f"{base}.{node.attr}") if base else None
    if isinstance(node, ast.Call):
        base = origin(node.func, site, depth + 1)
        return f"{base}()" if base else None
    if isinstance(node, ast.Await):
        return origin(node.value, site, depth + 1)
    return None


def _origin_of_name(name: str, site: Site, depth: int) -> str | None:
    bindings = reaching(name, site)
    if not bindings:
        return f"builtins.{name}" if scope_of(name, site) is None else None
    found = {_origin_of_binding(name, binding, depth) for binding in bindings}
    return found.pop() if len(found) == 1 else None


def _origin_of_binding(name: str, binding: Binding, depth: int) -> str | None:
    if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
        imported = imported_name(name, binding.node)
        return "." * imported.level + canonical(imported.dotted)
    if binding.kind in ("assign", "context") and binding.value is not None:
        return origin(binding.value, binding.site, depth + 1)
    return None


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
