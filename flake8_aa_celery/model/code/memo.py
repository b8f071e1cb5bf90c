"""What is worked out once and kept as long as the module is that it was asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from flake8_aa_celery.model.code.module import Module

_Answer = TypeVar("_Answer")
_Part = TypeVar("_Part", bound="Hashable")


def once_a_module(work: Callable[[Module], _Answer]) -> Callable[[Module], _Answer]:
    """Make a function of a module one that does its work the first time that it is asked."""

    def ask(module: Module) -> _Answer:
        if work not in module.remembered:
            module.remembered[work] = work(module)
        answer: _Answer = module.remembered[work]
        return answer

    return ask


def once_a_part(work: Callable[[_Part, Module], _Answer]) -> Callable[[_Part, Module], _Answer]:
    """As :func:`once_a_module`, for a function of a scope or block of a module."""

    def ask(part: _Part, module: Module) -> _Answer:
        if (work, part) not in module.remembered:
            module.remembered[work, part] = work(part, module)
        answer: _Answer = module.remembered[work, part]
        return answer

    return ask
