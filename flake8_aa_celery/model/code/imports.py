"""What a module imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import fact

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module


@fact
def packages_imported_from(module: Module) -> frozenset[str]:
    """The packages that a module imports something from where it runs, and not for type checkers alone."""
    return frozenset(
        (binding.node.module or "").partition(".")[0]
        for bindings in module.scopes.module.bindings.values()
        for binding in bindings
        if isinstance(binding.node, ast.ImportFrom) and not binding.node.level and binding.site.block.kind == "module"
    )
