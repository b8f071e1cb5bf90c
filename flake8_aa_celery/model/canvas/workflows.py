"""What follows what in a workflow, and which groups are sent as they are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.model.code.memo import fact
from flake8_aa_celery.model.code.names import other_branch
from flake8_aa_celery.model.resolve import loops
from flake8_aa_celery.model.resolve.evaluation import value_of
from flake8_aa_celery.model.resolve.occurrences import dispatches_of, workflows_of
from flake8_aa_celery.model.resolve.values import UNKNOWN, Signature, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Dispatch, Element, Value


class Followed(NamedTuple):
    """A member of a chain with one that runs after it.

    :param following: the next one; the member itself where a loop adds one such member per item.
    :param chain: the chain that they are members of.
    """

    member: Element
    following: Element
    chain: Workflow

    @property
    def node(self) -> ast.expr:
        """Where to report it: the member, or the chain where the member stands in another file."""
        return self.member.node if self.member.module is self.chain.module else self.chain.node


class SentGroup(NamedTuple):
    """A group that is started or returned as it is.

    :param node: where to report it: where it is made, or its dispatch where that is in another file.
    :param dispatches: what starts it here.
    :param returns: what hands it out of a function.
    """

    group: Workflow
    node: ast.expr
    dispatches: list[Dispatch]
    returns: list[ast.Return]


@fact
def followed_of(module: Module) -> list[Followed]:
    """Every member of a chain of this module that another one follows, each once."""
    found: dict[int, Followed] = {}
    for chain in workflows_of(module):
        for followed in followed_in(chain):
            found.setdefault(id(followed.member.node), followed)
    return list(found.values())


def followed_in(workflow: Workflow) -> Iterator[Followed]:
    """Every member of a chain that another one follows; none of another workflow."""
    members = workflow.members.elements if workflow.kind == "chain" else ()
    for index, member in enumerate(members):
        following = _next(member, members[index + 1 :])
        if following is not None:
            yield Followed(member, following, workflow)


def _next(member: Element, later: tuple[Element, ...]) -> Element | None:
    """What comes after a member: not the one that stands in its stead under ``else``."""
    for other in later:
        if not other_branch(member.site.block, other.site.block):
            return other
    return member if member.loop is not None else None


def is_unrolled(group: Workflow) -> bool:
    """Whether a group has at most one member for certain: in a chain Celery puts that one in its place."""
    members = group.members
    return members.complete and len(members.elements) <= 1 and all(map(_is_single, members.elements))


def _is_single(member: Element) -> bool:
    """Whether a member of a group is one signature: not one per item, and no group of several."""
    value = member.value
    is_one = not isinstance(value, Workflow) or value.kind != "group" or is_unrolled(value)
    return is_one and member.loop is None


@fact
def sent_groups_of(module: Module) -> list[SentGroup]:
    """Every group that is started or returned as it is, each once."""
    found: dict[int, SentGroup] = {}
    for dispatch in dispatches_of(module):
        group = dispatch.receiver
        if isinstance(group, Workflow) and group.kind == "group":
            node = group.node if group.module is module else dispatch.node
            found.setdefault(id(node), SentGroup(group, node, [], [])).dispatches.append(dispatch)
    for group, statement in _groups_returned(module):
        found.setdefault(id(group.node), SentGroup(group, group.node, [], [])).returns.append(statement)
    return list(found.values())


def _groups_returned(module: Module) -> Iterator[tuple[Workflow, ast.Return]]:
    """The groups of this module that a function returns, and where."""
    if not any(workflow.kind == "group" for workflow in workflows_of(module)):
        return
    for scope in module.scopes.all:
        for statement, site in scope.returns:
            value = value_of(statement.value, site) if statement.value is not None else None
            if isinstance(value, Workflow) and value.kind == "group" and value.module is module:
                yield value, statement


# -- where results are handed on --------------------------------------------------------------------------------


def followers(chain: Workflow) -> Iterator[Signature]:
    """The signatures of a chain that are given the result of what runs before them unless they are immutable.

    Those after the first that certainly is one; of a group or chord in the chain its members.
    """
    if chain.kind != "chain":
        return
    preceded, seen = False, set[object]()
    for element in chain.members.elements:
        repeats = _follows_itself(element)
        if preceded or repeats:
            yield from _starters([element], seen)
        preceded = preceded or repeats or loops.is_certain(element, chain.site)


def _follows_itself(element: Element) -> bool:
    """Whether a loop adds it once per item, under no further condition."""
    return element.loop is not None and element.site.block.node is element.loop.node


def starters(value: Value) -> Iterator[Signature]:
    """The signatures that are given what a workflow is sent with: the first of a chain, all of a group."""
    if isinstance(value, Signature):
        yield value
    elif isinstance(value, Workflow):
        yield from _starters(_first_members(value), {value.node})


def _starters(elements: Iterable[Element], seen: set[object]) -> Iterator[Signature]:
    """As :func:`starters`, of several things one after the other.

    :param seen: the elements and workflows that were looked into: the same one may stand in several places, and a
        loop may put a workflow into itself.
    """
    waiting = list(elements)[::-1]
    while waiting:
        element = waiting.pop()
        key = (element.node, element.site.frame)
        value = UNKNOWN if key in seen else element.value
        seen.add(key)
        if isinstance(value, Signature):
            yield value
        elif isinstance(value, Workflow) and value.node not in seen:
            seen.add(value.node)
            waiting += reversed(_first_members(value))


def sent_at_once(workflow: Workflow) -> tuple[Element, ...]:
    """What of a chain or a group is sent by itself: its first member, all members; nothing of other workflows."""
    return _first_members(workflow) if workflow.kind != "chord" else ()


def _first_members(workflow: Workflow) -> tuple[Element, ...]:
    """The members that run first, as far as it is known that nothing runs before them."""
    members = workflow.members
    if workflow.kind == "chain":
        return members.elements[:1] if members.complete else ()
    return members.elements if workflow.kind in ("group", "chord") else ()
