"""What a module imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.model.code.memo import once_a_part

if TYPE_CHECKING:
    from flake8_aa_celery.model.code.module import Module


@once_a_part
def imports_from(package: str, module: Module) -> bool:
    """Whether a module imports something from a package where it runs, and not for type checkers alone."""
    return any(
        isinstance(binding.node, ast.ImportFrom)
        and not binding.node.level
        and (binding.node.module or "").partition(".")[0] == package
        and binding.site.block.kind == "module"
        for bindings in module.scopes.module.bindings.values()
        for binding in bindings
    )
