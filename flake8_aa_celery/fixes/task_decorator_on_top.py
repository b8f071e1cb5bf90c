"""The decorator that makes the task is put above those that hide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_aa_celery.fixes import Change, Refused

if TYPE_CHECKING:
    from flake8_aa_celery.fixes._tree import Place
    from flake8_aa_celery.rewrites import TaskDecoratorOnTop


def rewrite(place: Place, wanted: TaskDecoratorOnTop) -> Change:
    """Move the decorator at the violation to the top, with the comment after it."""
    function = place.at(wanted.spot, cst.FunctionDef)
    decorators = list(function.decorators)
    moved = decorators.pop(wanted.index)
    top = sum(1 for _ in _leading_static_methods(decorators))
    if any(_is_static_method(decorator) for decorator in decorators[top : wanted.index]):
        raise Refused("a static method stays on top")
    return Change({function: function.with_changes(decorators=[*decorators[:top], moved, *decorators[top:]])})


def _leading_static_methods(decorators: list[cst.Decorator]) -> list[cst.Decorator]:
    leading = []
    for decorator in decorators:
        if not _is_static_method(decorator):
            break
        leading.append(decorator)
    return leading


def _is_static_method(decorator: cst.Decorator) -> bool:
    return isinstance(decorator.decorator, cst.Name) and decorator.decorator.value == "staticmethod"
