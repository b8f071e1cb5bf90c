"""``@app.task(bind=True)`` becomes ``@shared_task(bind=True)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Import
from flake8_aa_celery.fixes._names import use

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import UseSharedTask


def rewrite(place: Place, wanted: UseSharedTask) -> Change:
    """Replace what registers the task, and leave its options as they are.

    Not where another task of the module cannot be changed: half of them would belong to one application.
    """
    decorator = place.node((cst.Call, cst.Attribute, cst.Name))
    registers = decorator.func if isinstance(decorator, cst.Call) else decorator
    wanted_import = Import("celery", "shared_task")
    for other in wanted.others:
        use(place, wanted_import, other.line)
    written, imports = use(place, wanted_import)
    return Change({registers: place.tree.instead(registers, written)}, imports, wanted.kept)
