"""What pyflakes says of a file: a fix must leave nothing that it objects to."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

from pyflakes.checker import Checker  # flake8 needs it, so it is there
from pyflakes.messages import UnusedImport

from flake8_aa_celery.fixes import Refused

#: What a message says of another place, which a fix above it moves.
_LINE = re.compile(r" from line \d+")


class Flake(NamedTuple):
    """Something that pyflakes objects to.

    :param unused: the import that nothing uses, as pyflakes writes it; empty for other messages.
    """

    text: str
    unused: str


@lru_cache(maxsize=4)
def flakes(text: str) -> Counter[Flake]:
    """What pyflakes says of a text, each with how often it does.

    :raises Refused: where it crashes.
    """
    with catch_warnings():
        simplefilter("ignore")
        tree = ast.parse(text)
    found: Counter[Flake] = Counter()
    try:
        messages = Checker(tree).messages
    except AssertionError as error:  # so at an import from `__future__` that stands too late
        raise Refused("pyflakes cannot check the file") from error
    for message in messages:
        unused = str(message.message_args[0]) if isinstance(message, UnusedImport) else ""
        found[Flake(_LINE.sub("", message.message % message.message_args), unused)] += 1
    return found
