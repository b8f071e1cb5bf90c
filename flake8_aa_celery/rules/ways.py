"""How a message speaks of calls that lead somewhere, and how a violation shows them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_aa_celery.rules.words import shortened
from flake8_aa_celery.violation import Related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.model.effects.graph import Stage


def trace(way: Sequence[Stage]) -> tuple[Related, ...]:
    """The calls of a way as related places; none where the first of them does it itself."""
    if len(way) < 2:
        return ()
    return tuple(Related(stage.module.path, stage.line, written_call(stage)) for stage in way)


def written_call(stage: Stage, most: int = 60) -> str:
    """A call as it is written, without its arguments: ``owner.update_assets()``; of a long one the end."""
    written = ast.unparse(stage.step.call.node.func)
    return f"{written if len(written) <= most else '…' + written[1 - most :]}()"


def by(way: Sequence[Stage]) -> str:
    """What does it at the end of a way, and in which function: "`requests.get` in `fetch()`"."""
    what = f"`{shortened(way[-1].what)}`"
    return f"{what} in `{shortened(way[-2].what, 40)}()`" if len(way) > 1 else what


def place(stage: Stage) -> str:
    """Where the end of a way stands: ``managers.py:163``."""
    return f"{stage.module.file_name}:{stage.line}"
