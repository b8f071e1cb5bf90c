"""AAC901: a `noqa` comment that silences nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.rewrites import DropNoqaCodes
from flake8_aa_celery.violation import Fix, Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_aa_celery.source import NoqaComment


def check(comment: NoqaComment, dead: Sequence[str], *, exist: bool) -> Violation:
    """
    A `noqa` comment names one of our codes and silences nothing.

    Flags a `noqa` comment that names a code of ours whose rule finds nothing there, or a code that we do not have, in
    every spelling that flake8 accepts. Rules count that are not selected, too: what they would find is silenced.

    ## Why
    Such a comment stays when the code is corrected, or when a rule learns better. Whoever reads it looks for a
    mistake that is not there, and it will hide the next one.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def update(): ...


    update.delay()  # noqa: AAC206
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def update(): ...


    update.delay()
    ```

    ## Leaves alone
    - codes of other tools, and `noqa` without codes;
    - comments in documents, and files that `# flake8: noqa` silences as a whole;
    - codes that begin with `AAC9`: this one, and what the linter says of itself.

    ## Fix
    Safe: the code is taken out of the comment, and the comment goes where it names no other.

    ## Profile
    Both: it is about comments. Off by default: what is in the way is nothing of Celery's.

    ## References
    - [flake8: selecting and ignoring violations](https://flake8.pycqa.org/en/latest/user/violations.html)
    """
    codes = ", ".join(dead)
    why = "nothing is found here" if exist else "there is no such rule"
    message = f"this `noqa` names {codes} in vain, as {why}: take it out"
    fix = Fix("safe", f"Take out {codes}", DropNoqaCodes(dead))
    return Violation(comment.line, comment.column, comment.line, comment.end, message, fix)
