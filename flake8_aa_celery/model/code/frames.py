"""A function as it is called at one place: what its parameters are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.code.scopes import Binding, Scope, Site


class Frame:
    """A call of a function that is looked into.

    :param scope: the function.
    :param arguments: what its parameters are in this call, by their names; what is not among them is unknown.
    :param outer: the call of the function around it in which it was defined; None where there is none.
    :param key: what tells this call from others of the function: its parameters with what is known of them, None
        where that is nothing.
    :param site: where it is called.
    :ivar callers: the modules in which it is called, and the function that calls it: what it is given may stand there.
    """

    __slots__ = ("arguments", "callers", "key", "outer", "scope", "values")

    def __init__(
        self,
        scope: Scope,
        arguments: dict[str, Any],
        outer: Frame | None,
        key: tuple[tuple[str, Hashable], ...],
        site: Site,
    ) -> None:
        inner = site.frame.callers if site.frame is not None else frozenset()
        self.callers: frozenset[Module] = inner if site.module in inner else inner | {site.module}
        self.scope = scope
        self.arguments = arguments
        self.outer = outer
        self.key = key
        #: what the expressions of the function are in this call; kept by
        #: :mod:`flake8_aa_celery.model.resolve.evaluation`
        self.values: dict[int, Any] = {}

    @property
    def is_known(self) -> bool:
        """Whether anything is known of what it is called with."""
        return self.outer is not None or any(identity is not None for _, identity in self.key)

    def around(self, scope: Scope) -> Frame | None:
        """This frame or one around it: that of the function which a scope is part of."""
        frame: Frame | None = self
        while frame is not None:
            inside: Scope | None = scope
            while inside is not None:
                if inside is frame.scope:
                    return frame
                inside = inside.parent
            frame = frame.outer
        return None


def in_frame(binding: Binding, scope: Scope, site: Site | None) -> Site:
    """The place of a binding, in the call in which its name is asked for.

    :param scope: what the name belongs to.
    :param site: where it is asked for.
    """
    if site is None or site.frame is None:
        return binding.site
    return binding.site.framed(site.frame.around(scope))
